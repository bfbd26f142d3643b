"""Handling markings (Traffic Light Protocol 2.0, FIRST, 2022) and who may see what.

TLP speaks of communities and organisations; in a centre the community is everyone signed in, the organisation an agency.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Marking(StrEnum):
    """TLP 2.0 labels."""

    CLEAR = "CLEAR"
    GREEN = "GREEN"
    AMBER = "AMBER"
    AMBER_STRICT = "AMBER+STRICT"
    RED = "RED"


@dataclass(frozen=True, slots=True)
class HandlingRule:
    """Owner, marking and releases of a thing."""

    owner: str
    marking: Marking
    releases: frozenset[str] = frozenset()


def may_see(rule: HandlingRule, *, agency: str, sees_restricted: bool) -> bool:
    """Whether somebody of ``agency`` may know of a thing handled by ``rule``.

    CLEAR and GREEN: everyone signed in. AMBER: the owning agency and agencies it was released to. AMBER+STRICT: likewise,
    but releases count only when they name the agency (they always do here), and never on an open screen. RED: likewise.
    ``sees_restricted`` is False for open screens such as the kiosk wall, which get CLEAR and GREEN only.
    """
    if rule.marking in (Marking.CLEAR, Marking.GREEN):
        return True
    return sees_restricted and (agency == rule.owner or agency in rule.releases)


def release_text(releases: Iterable[str]) -> str:
    """Agency codes in the one order they are stored in."""
    return ",".join(sorted(set(releases)))


_OPEN = (Marking.CLEAR, Marking.GREEN)


def released_further(rule: HandlingRule, agencies: Iterable[str]) -> HandlingRule:
    """``rule`` with these agencies among those who may know; unchanged where everybody may anyway."""
    if rule.marking in _OPEN:
        return rule
    return HandlingRule(rule.owner, rule.marking, rule.releases | frozenset(agencies) - {rule.owner})


def covers(rule: HandlingRule, its: HandlingRule) -> bool:
    """Whether everybody whom ``rule`` lets see may see what ``its`` handles."""
    if its.marking in _OPEN:
        return True
    return rule.marking not in _OPEN and {rule.owner, *rule.releases} <= {its.owner, *its.releases}


def narrowest(first: HandlingRule, others: Iterable[HandlingRule], *, keeper: str) -> HandlingRule:
    """The handling of something that tells of several things: only who may know of each may know of it.

    ``keeper`` is an agency that may know of all of them, such as that of whoever writes it.
    """
    restricted = [rule for rule in (first, *others) if rule.marking not in _OPEN]
    if not restricted:
        return first
    seers = frozenset.intersection(*(rule.releases | {rule.owner} for rule in restricted))
    owner = next((rule.owner for rule in restricted if rule.owner in seers), keeper)
    marking = max((rule.marking for rule in restricted), key=list(Marking).index)
    return HandlingRule(owner, marking, seers - {owner})
