"""What a subject asks for: which capabilities, and which agencies may deal with it. Tables from the settings, no I/O.

A rule belongs to a kind of subject and to words of the recommended action. Rules whose words stand in the action all
apply; when none does, the rules of that kind without words do. A capability is held when one of the unit's begins with
it: "detector dog" is answered by "detector dog: drugs".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True)
class NeedRule:
    """Each of `needs` must be met, by any of its alternatives."""

    subject: str
    words: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class AuthorityRule:
    """The agency may deal with this kind of subject, when any of the words stands in the action, or whatever it is."""

    agency: str
    subject: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """What one subject asks for."""

    needs: tuple[tuple[str, ...], ...]
    agencies: frozenset[str] | None  # None: any

    def lacks(self, capabilities: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """The needs that these capabilities leave open."""
        return tuple(need for need in self.needs if not _meets(capabilities, need))

    def allows(self, agency: str) -> bool:
        """Whether this agency may deal with the subject."""
        return self.agencies is None or agency in self.agencies

    def in_words(self) -> tuple[str, ...]:
        """Each need as the officer reads it."""
        return tuple(either(need) for need in self.needs)


def either(need: Iterable[str]) -> str:
    """``"boarding or winch"``."""
    return " or ".join(need)


def _meets(capabilities: Sequence[str], need: Iterable[str]) -> bool:
    return any(held.casefold().startswith(word.casefold()) for word in need for held in capabilities)


def _apply(words: tuple[str, ...], action: str) -> bool:
    return any(word.casefold() in action for word in words)


def demand_of(
    needs: Sequence[NeedRule], authority: Sequence[AuthorityRule], subject: str | None, action: str | None
) -> Demand:
    """What a subject of this kind with this recommended action asks for. A kind no rule speaks of asks for nothing."""
    said = (action or "").casefold()
    own = [rule for rule in needs if rule.subject == subject]
    matched = [rule for rule in own if _apply(rule.words, said)] or [rule for rule in own if not rule.words]
    wanted = tuple(dict.fromkeys(need for rule in matched for need in rule.needs))
    mine = [rule for rule in authority if rule.subject == subject]
    agencies = frozenset(rule.agency for rule in mine if not rule.words or _apply(rule.words, said))
    return Demand(wanted, agencies if mine else None)


def together(demand: Demand, units: Sequence[tuple[int, str, tuple[str, ...]]], most: int = 3) -> list[tuple[int, ...]]:
    """Smallest sets of units (id, agency, capabilities; best first) that meet the demand between them, best first.

    At least one must be of an agency with authority. Only units that bring something are looked at.
    """
    useful = [
        (unit, agency, frozenset(need for need in demand.needs if _meets(held, need)))
        for unit, agency, held in units
        if demand.allows(agency) or any(_meets(held, need) for need in demand.needs)
    ]
    kept = _few_of_each(useful, demand)
    for size in range(2, most + 1):
        sets = [
            tuple(unit for unit, _agency, _met in some)
            for some in combinations(kept, size)
            if frozenset().union(*(met for _unit, _agency, met in some)) >= frozenset(demand.needs)
            and any(demand.allows(agency) for _unit, agency, _met in some)
        ]
        if sets:
            return sets[:3]
    return []


def _few_of_each(
    units: Sequence[tuple[int, str, frozenset[tuple[str, ...]]]], demand: Demand, few: int = 3
) -> list[tuple[int, str, frozenset[tuple[str, ...]]]]:
    """The best few of those that bring the same, so that the search stays short."""
    counted: dict[object, int] = {}
    kept = []
    for unit in units:
        brings = (unit[2], demand.allows(unit[1]))
        counted[brings] = counted.get(brings, 0) + 1
        if counted[brings] <= few:
            kept.append(unit)
    return kept
