"""Situation reports: which facts may stand in one, the first draft written from them, what is sealed.

A report must never tell an agency more than it may know. A draft takes only facts that every addressee may know of; the
report itself is handled as its strictest fact; and whoever may not know of it is refused by name (`who_may_not`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from ops_centre.clock import from_ms, to_ms
from ops_centre.domain.handling import HandlingRule, may_see, narrowest
from ops_centre.domain.orders import handled, tidy

MOST_LINES = 60  # under one head; older facts are counted


class Head(StrEnum):
    """Heads of a situation report, in order."""

    SITUATION = "situation"
    EVENTS = "what happened"
    TASKINGS = "taskings and outcomes"
    UNITS = "units"
    OBJECTIVES = "objectives"
    NEXT = "next"


class Source(StrEnum):
    """Where a fact comes from."""

    ENTRY = "entry"
    STEP = "tasking step"
    OUTCOME = "outcome"
    TASKING = "tasking"  # what its unit does now


_UNDER = {
    Source.ENTRY: Head.EVENTS,
    Source.STEP: Head.TASKINGS,
    Source.OUTCOME: Head.TASKINGS,
    Source.TASKING: Head.UNITS,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened. ``handlings``: ids of everything that its words tell of."""

    source: Source
    id: str
    at: datetime
    text: str
    handlings: tuple[int, ...]

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "source": self.source.value,
            "id": self.id,
            "at": to_ms(self.at),
            "text": self.text,
            "handlings": list(self.handlings),
        }


def fact_of(plain: Mapping[str, Any]) -> Fact:
    """A stored fact."""
    handlings = tuple(int(one) for one in plain["handlings"])
    return Fact(Source(plain["source"]), plain["id"], from_ms(plain["at"]), plain["text"], handlings)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a draft says of the operation itself; it is handled as the operation is."""

    reference: str
    name: str
    state: str
    state_at: datetime
    commander: str | None
    since: datetime
    until: datetime
    objectives: tuple[tuple[str, str | None], ...]  # text and result
    next_event: str | None
    next_event_at: datetime | None


def known_to(facts: Iterable[Fact], rules: Mapping[int, HandlingRule], agencies: Sequence[str]) -> list[Fact]:
    """The facts that every one of ``agencies`` may know of."""
    return [fact for fact in facts if not _kept_from(fact, rules, agencies)]


def _kept_from(fact: Fact, rules: Mapping[int, HandlingRule], agencies: Sequence[str]) -> list[str]:
    return [code for code in agencies if not all(_knows(rules.get(one), code) for one in fact.handlings)]


def _knows(rule: HandlingRule | None, agency: str) -> bool:
    return rule is not None and may_see(rule, agency=agency, sees_restricted=True)


def who_may_not(
    operation: HandlingRule, facts: Sequence[Fact], rules: Mapping[int, HandlingRule], agencies: Sequence[str]
) -> list[str]:
    """Why each addressee that may not have the report may not, in words; empty when all may."""
    reasons = []
    for code in agencies:
        if not _knows(operation, code):
            reasons.append(f"{code} may not know of the operation ({_words(operation)}): release it to {code} first")
            continue
        kept = [fact for fact in facts if _kept_from(fact, rules, (code,))]
        if kept:
            first = f"{kept[0].source.value} {kept[0].id}"
            more = f" and {len(kept) - 1} more" if len(kept) > 1 else ""
            reasons.append(f"{code} may not know of {first}{more}: draft it anew for those it goes to")
    return reasons


def handling_of(
    operation: HandlingRule, facts: Iterable[Fact], rules: Mapping[int, HandlingRule], keeper: str
) -> HandlingRule:
    """The report's own handling: that of the operation or of its strictest fact, whichever lets fewer see it."""
    used = dict.fromkeys(one for fact in facts for one in fact.handlings)
    return narrowest(operation, [rules[one] for one in used], keeper=keeper)


def _words(rule: HandlingRule) -> str:
    return f"{rule.owner} TLP:{rule.marking}"


def draft(frame: Frame, facts: Sequence[Fact], zone: ZoneInfo) -> dict[str, str]:
    """The first text under each head, oldest fact first, in local time."""

    def when(at: datetime) -> str:
        return f"{at.astimezone(zone):%d %b %H:%M}"

    lines: dict[Head, list[str]] = {head: [] for head in Head}
    for fact in sorted(facts, key=lambda one: (one.at, one.source, one.id)):
        lines[_UNDER[fact.source]].append(f"{when(fact.at)} {fact.text}{_cited(fact)}")
    texts = {head: _listed(found) for head, found in lines.items()}
    led = f"Commander: {frame.commander}." if frame.commander else "It has no commander."
    since = f"This report tells of {when(frame.since)} to {when(frame.until)}."
    texts[Head.SITUATION] = f"{frame.name} is {frame.state} since {when(frame.state_at)}. {led}\n{since}"
    texts[Head.EVENTS] = texts[Head.EVENTS] or "Nothing is to be told from the log."
    texts[Head.TASKINGS] = texts[Head.TASKINGS] or "No step of a tasking and no outcome is to be told."
    texts[Head.UNITS] = texts[Head.UNITS] or "No tasked unit is to be told of."
    texts[Head.OBJECTIVES] = "\n".join(f"{text}: {result or 'not judged yet'}" for text, result in frame.objectives)
    due = f", {when(frame.next_event_at)}" if frame.next_event_at else ""
    texts[Head.NEXT] = f"{frame.next_event}{due}" if frame.next_event else ""
    return {head.value: tidy(texts[head]) for head in Head}


def _cited(fact: Fact) -> str:
    return f" [{fact.id}]" if fact.source is Source.ENTRY else ""


def _listed(lines: Sequence[str]) -> str:
    """The newest lines; how many older ones are left out."""
    shown = list(lines[-MOST_LINES:])
    if len(lines) > MOST_LINES:
        shown.insert(0, f"({len(lines) - MOST_LINES} earlier ones are left out.)")
    return "\n".join(shown)


def written(heads: Mapping[str, str]) -> dict[str, str]:
    """Every head with its text as it is stored."""
    return {head.value: tidy(heads.get(head.value, "")) for head in Head}


def sealed_report(
    reference: str,
    number: int,
    span: tuple[datetime, datetime],
    heads: Mapping[str, str],
    agencies: Sequence[str],
    issued: tuple[str, datetime],
    rule: HandlingRule,
) -> dict[str, Any]:
    """What is sealed of an issued report. ``issued``: by whom and when."""
    return {
        "kind": "situation report",
        "operation": reference,
        "number": number,
        "since": to_ms(span[0]),
        "until": to_ms(span[1]),
        "heads": dict(heads),
        "agencies": list(agencies),
        "issued_by": issued[0],
        "issued_at": to_ms(issued[1]),
    } | handled(rule)
