"""Options out of the JSON they were kept as, and what of them may be told to whom."""

from dataclasses import fields
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

from ops_centre.domain import sealing
from ops_centre.domain.options import Option, Options, Together

Shown = TypeVar("Shown", Option, Options, Together)


def options_from(plain: dict[str, Any]) -> Options:
    """What `Options.as_plain` gave."""
    parts = dict(plain)
    for name in ("able", "unable"):
        parts[name] = tuple(_made(Option, one) for one in plain[name])
    parts["together"] = tuple(_made(Together, one) for one in plain["together"])
    return _made(Options, parts)


def without_units(plain: dict[str, Any], hidden: frozenset[int]) -> tuple[dict[str, Any], int]:
    """The options without units that a reader may not know of, and how many those were."""
    if not plain or not hidden:
        return plain, 0
    kept, withheld = dict(plain), 0
    for name in ("able", "unable"):
        seen = [one for one in plain[name] if one["unit_id"] not in hidden]
        withheld += len(plain[name]) - len(seen)
        kept[name] = seen
    kept["together"] = [one for one in plain["together"] if not hidden.intersection(one["unit_ids"])]
    return kept, withheld


def units_in(plain: dict[str, Any]) -> set[int]:
    """Ids of all units that the options name."""
    return {one["unit_id"] for name in ("able", "unable") for one in plain.get(name, ())}


def seal_of(plain: dict[str, Any]) -> str:
    """SHA-256 of the options in canonical form, hexadecimal: stands for those that are withheld from an entry too."""
    return sha256(sealing.canonical(sealing.sealable(plain))).hexdigest()


def _made(kind: type[Shown], plain: dict[str, Any]) -> Shown:
    known = {field.name for field in fields(kind)}
    return kind(**{name: _value(name, value) for name, value in plain.items() if name in known})


def _value(name: str, value: Any) -> Any:
    if isinstance(value, str) and name.endswith("_at"):
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
