"""Every fault of config.toml at once, each with its line and, where one can be named, its remedy.

tomllib tells no lines, so a scan of the text finds where each key stands. It knows tables, arrays of tables, dotted keys
and texts of several lines; of what stands inside one value it knows the line where the value begins.
"""

import copy
import difflib
import os
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ops_centre.config import DEFAULT_PATH, OVERRIDES, FeedBlock, Settings, channel_variable, fault_text
from ops_centre.feeds.plugins import load_plugins
from ops_centre.feeds.registry import KINDS, all_kinds

MOST_LOOKS = 4
STAND_INS = {"name": "unnamed feed", "agency": "OPS", "kind": "ais"}  # of a feed that lacks them
Place = tuple[str | int, ...]
_TABLE = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_NUMBERED = re.compile(r"^feeds\.(\d+)\.")
_TEXT = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def lines_of(text: str) -> dict[Place, int]:
    """Where each table and key of a TOML text begins, from 1."""
    found: dict[Place, int] = {}
    table: Place = ()
    counts: dict[Place, int] = {}
    quotes = ""
    depth = 0  # of brackets that a value has opened
    for number, line in enumerate(text.splitlines(), start=1):
        if quotes:
            quotes = "" if quotes in line else quotes
            continue
        if depth:
            depth = max(0, depth + _opened(line))
            continue
        if match := _TABLE.match(line):
            table = _resolved(_parts(match[2]), counts, is_array=match[1] == "[[")
            found.setdefault(table, number)
        elif match := _KEY.match(line):
            found.setdefault((*table, *_parts(match[1])), number)
            for mark in ('"""', "'''"):
                quotes = mark if line.count(mark) % 2 else quotes
            depth = 0 if quotes else max(0, _opened(line[match.end() :]))
    return found


def _opened(line: str) -> int:
    """How many more brackets a line opens than it closes, outside texts and comments."""
    bare = _TEXT.sub("", line).partition("#")[0]
    return sum(bare.count(mark) for mark in "[{") - sum(bare.count(mark) for mark in "]}")


def _parts(name: str) -> Place:
    return tuple(part.strip("\"'") for part in _PART.findall(name))


def _resolved(name: Place, counts: dict[Place, int], *, is_array: bool) -> Place:
    """The name with the number of each array's element that it stands in."""
    whole: Place = ()
    for step, part in enumerate(name):
        whole = (*whole, part)
        if is_array and step == len(name) - 1:
            counts[whole] = counts.get(whole, -1) + 1
        if whole in counts:
            whole = (*whole, counts[whole])
    return whole


def line_for(place: Iterable[str | int], lines: dict[Place, int]) -> int | None:
    """The line of the place, or of the nearest thing around it that stands in the file."""
    at = tuple(place)
    while at and at not in lines:
        at = at[:-1]
    return lines.get(at)


def find_faults() -> list[str]:
    """Every fault of the file that is in force; none where it cannot be read at all (loading it says so)."""
    path = Path(os.environ.get("OPS_CONFIG") or DEFAULT_PATH)
    try:
        text = path.read_text("utf-8")
        raw = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return []
    lines = lines_of(text)
    found = [*_settings_faults(raw), *_channel_faults(raw), *_feed_faults(raw)]
    ordered = sorted(((line_for(place, lines) or 0, words) for place, words in found), key=lambda one: one[0])
    told = [(line, counted_from_one(words)) for line, words in ordered]
    return [f"{path.name} line {line}: {words}" if line else f"{path.name}: {words}" for line, words in told]


def counted_from_one(fault: str) -> str:
    """A fault of a feed without a name, as somebody counts who looks at the file."""
    return _NUMBERED.sub(lambda at: f"feed number {int(at[1]) + 1}: ", fault)


def _settings_faults(raw: dict[str, Any]) -> list[tuple[Place, str]]:
    for variable, place in OVERRIDES.items():
        if value := os.environ.get(variable):
            tree = raw
            for part in place[:-1]:
                tree = tree.setdefault(part, {}) if isinstance(tree, dict) else {}
            tree[place[-1]] = value
    shown = (
        raw | {"channels": [_without_address(one) for one in _tables(raw, "channels")]} if "channels" in raw else raw
    )
    return _faults_of(Settings, shown)


def _faults_of(model: type[BaseModel], value: dict[str, Any]) -> list[tuple[Place, str]]:
    """What is wrong with ``value``, also what only shows once single faults are out of the way (how settings fit together)."""
    found: dict[tuple[Place, str], None] = {}
    for _ in range(MOST_LOOKS):
        try:
            model.model_validate(value)
            break
        except ValidationError as invalid:
            told = {place for place, _words in found}  # what was wrong is not missing for being taken out
            errors = [error for error in invalid.errors() if error["type"] != "missing" or error["loc"] not in told]
        known = len(found)
        found |= {fault: None for error in errors for fault in _placed(error, model)}
        if len(found) == known:
            break
        value = _repaired(value, [error["loc"] for error in errors], getattr(model, "STAND_INS", {}))
    return list(found)


def _placed(error: Any, model: type[BaseModel]) -> list[tuple[Place, str]]:
    """The fault with its place; of blocks that do not fit together, each of them."""
    if error["type"] != "blocks_disagree":
        return [(error["loc"], _words(error, model))]
    return [(tuple(place), f"{words}{_remedy(words)}") for place, words in error["ctx"]["faults"]]


def _remedy(words: str) -> str:
    return (
        ". Give one of them another name" if words.endswith("stands twice") else ". Add it there, or name one that is"
    )


def _repaired(value: dict[str, Any], places: Iterable[Place], stand_ins: dict[str, Any]) -> dict[str, Any]:
    """A copy in which a faulty setting has its default or ``stand_ins``, and a feed what it lacks, so that the rest can be
    looked at."""
    whole = copy.deepcopy(value)
    for place in places:
        match place:
            case ("feeds", int(number), str(name)) if name in STAND_INS and number < len(whole["feeds"]):
                whole["feeds"][number][name] = _stand_in(name, number, whole)
            case (str(name), *_) if name in stand_ins:
                whole[name] = stand_ins[name]
            case _:
                _drop(whole, place)
    return whole


def _stand_in(name: str, number: int, whole: dict[str, Any]) -> Any:
    """For what a feed lacks: nothing that would be a fault in itself."""
    centre = whole.get("centre")
    if name == "agency" and isinstance(centre, dict):
        return centre.get("agency", STAND_INS[name])
    return f"{STAND_INS[name]} {number}" if name == "name" else STAND_INS[name]


def _drop(whole: dict[str, Any], place: Place) -> None:
    """Take the innermost setting at or around the place out."""
    node: Any = whole
    last: tuple[dict[str, Any], str] | None = None
    for part in place:
        if isinstance(node, dict) and isinstance(part, str) and part in node:
            last, node = (node, part), node[part]
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            break
    if last is not None:
        del last[0][last[1]]


def _without_address(channel: Any) -> Any:
    return {name: value for name, value in channel.items() if name != "url"} if isinstance(channel, dict) else channel


def _channel_faults(raw: dict[str, Any]) -> list[tuple[Place, str]]:
    return [
        (
            ("channels", number, "url"),
            f"channels.url: an address is a secret and must come from {channel_variable(str(channel.get('name', '')))}",
        )
        for number, channel in enumerate(_tables(raw, "channels"))
        if isinstance(channel, dict) and "url" in channel
    ]


def _feed_faults(raw: dict[str, Any]) -> list[tuple[Place, str]]:
    found: list[tuple[Place, str]] = []
    kinds, broken = all_kinds(), load_plugins(KINDS).faults
    for number, table in enumerate(_tables(raw, "feeds")):
        try:
            block = FeedBlock.model_validate(_filled(table, number))
        except ValidationError:
            continue  # told of with the settings
        place: Place = ("feeds", number)
        kind = kinds.get(block.kind)
        if kind is None:
            words = broken.get(block.kind) or f"kind {block.kind!r} is unknown; known are {', '.join(sorted(kinds))}"
            found.append(((*place, "kind"), f"feed {block.name}: {words}{_near(block.kind, kinds)}"))
            continue
        for at, words in _faults_of(kind.settings, block.particulars):
            found.append(((*place, *at), f"feed {block.name}: {words}"))
    return found


def _filled(table: Any, number: int) -> Any:
    """A feed's block with what it lacks, which is told of with the settings."""
    return {"name": f"number {number + 1}", "agency": STAND_INS["agency"]} | table if isinstance(table, dict) else table


def _tables(raw: dict[str, Any], name: str) -> list[Any]:
    found = raw.get(name)
    return found if isinstance(found, list) else []


def _words(error: Any, model: type[BaseModel]) -> str:
    """What is wrong and what to do."""
    text = fault_text(error)
    if error["type"] == "extra_forbidden":
        name = str(error["loc"][-1])
        known = _names_at(model, error["loc"][:-1])
        return f"{text}. There is no such setting{_near(name, known) or '; take the line out (docs/settings.md has them all)'}"
    if error["type"] == "missing":
        return f"{text}. Write it"
    if error["type"] == "string_pattern_mismatch" and error["loc"][-1] == "url_env":
        return f"{text}: name a variable of the environment, such as OPS_CASES_URL, and keep the address in that"
    found = error.get("input")
    return f"{text} (found {found!r})" if isinstance(found, int | float | bool) else text


def _near(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _names_at(model: Any, place: Iterable[str | int]) -> list[str]:
    """Names of the settings that may stand at a place of the model; none where that cannot be told."""
    for part in place:
        if isinstance(part, int):
            continue
        field = getattr(model, "model_fields", {}).get(part)
        if field is None:
            return []
        model = field.annotation
        model = next(iter(getattr(model, "__args__", ())), model) if not hasattr(model, "model_fields") else model
    return list(getattr(model, "model_fields", {}))
