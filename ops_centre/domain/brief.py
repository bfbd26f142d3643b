"""The handover brief that writes itself: facts of the picture under headings, what they contradict, a first draft.

Pure functions over what was gathered (`picture.brief_gathering` gathers, in one reader's scope). A heading without facts
stays and says so: what was looked at and found empty is part of the brief.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ops_centre.clock import from_ms, to_ms
from ops_centre.domain.feeds import FeedLight
from ops_centre.domain.operations import PREPARED, RUNNING
from ops_centre.domain.targeting import SEVERITY_ORDER, Severity
from ops_centre.domain.watches import Head

SHOWN = 30  # facts told under one heading; the rest is counted
SHORTEST_AFFIRMATION = 3  # letters


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the brief. ``key`` is what it is about (``alert:12``), to find it again at a later look."""

    key: str
    text: str
    detail: str
    at: datetime | None = None  # what it counts to or from
    severity: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One heading. ``total`` counts what is behind it, ``facts`` holds the first of them."""

    name: str
    title: str
    nothing: str  # what stands there when there is nothing
    total: int
    facts: tuple[Fact, ...]
    note: str = ""  # why it cannot be told


@dataclass(frozen=True, slots=True)
class Brief:
    """All headings, as of a moment, in the scope of one reader."""

    at: datetime
    sections: tuple[Section, ...]

    @property
    def total(self) -> int:
        """How many things are to be told."""
        return sum(section.total for section in self.sections)

    def plain(self) -> dict[str, Any]:
        """As it is stored and sealed."""
        return {"at": to_ms(self.at), "sections": [_plain(section) for section in self.sections]}


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the brief is written from: views of `picture.views` and `picture.watch_views`, in the reader's scope."""

    alerts: Sequence[Any]
    targets: Sequence[Any]
    taskings: Sequence[Any]
    enquiries: Sequence[Any]
    feeds: Sequence[Any]
    units: Sequence[Any]
    lessons: Sequence[Any] = ()  # overdue
    operations: Sequence[Any] = ()  # prepared or running


def write_brief(found: Gathered, now: datetime, ahead: timedelta) -> Brief:
    """The brief of what was gathered at ``now``, looking ``ahead``."""
    hours = f"{ahead / timedelta(hours=1):g} h"
    idle = [row for row in found.targets if not row.tasked]
    soon = [row for row in found.targets if row.arrives_at and now < row.arrives_at <= now + ahead]
    ending = [row for row in found.units if row.deployed_to and now < row.deployed_to <= now + ahead]
    silent = [row for row in found.feeds if row.light in (FeedLight.LATE, FeedLight.LOST, FeedLight.PAUSED)]
    return Brief(
        now,
        (
            _section("unseen", "Alerts nobody has acknowledged", "None.", map(_alert, _in_state(found, "unseen"))),
            _section("shelved", "Shelved alerts", "None.", map(_alert, _in_state(found, "shelved"))),
            _section(
                "unworked",
                "Targets nobody works on",
                "None.",
                map(_target, _urgent(row for row in idle if not row.claimed_by)),
            ),
            _section(
                "without unit",
                "Targets claimed, without a unit",
                "None.",
                map(_target, _urgent(row for row in idle if row.claimed_by)),
            ),
            _section("arrivals", f"Arrivals in the next {hours}", "None known.", map(_arrival, _by_arrival(soon))),
            _section(
                "taskings",
                "Open taskings",
                "No unit is sent.",
                (_tasking(row) for row in found.taskings if row.ended_at is None),
            ),
            _section("outcomes", "Outcomes owed", "None.", (_owed(row) for row in found.taskings if row.outcome_owed)),
            _section("enquiries", "Open enquiries", "None.", (_enquiry(row, now) for row in found.enquiries)),
            _section("lessons", "Lessons overdue", "None.", map(_lesson, found.lessons)),
            _section("feeds", "Silent feeds", "All feeds are heard.", map(_feed, silent)),
            _section(
                "off duty",
                f"Units going off duty in the next {hours}",
                "None known.",
                map(_unit, sorted(ending, key=lambda row: row.deployed_to)),
            ),
            _section(
                "operations",
                f"Operations starting in the next {hours}",
                "None.",
                map(_operation, _starting(found.operations, now + ahead)),
            ),
            _section(
                "running",
                "Operations under way",
                "None.",
                map(_running, sorted((row for row in found.operations if row.state in RUNNING), key=_next_of)),
            ),
        ),
    )


def _section(name: str, title: str, nothing: str, facts: Iterable[Fact]) -> Section:
    told = list(facts)
    return Section(name, title, nothing, len(told), tuple(told[:SHOWN]))


def _in_state(found: Gathered, state: str) -> list[Any]:
    return [row for row in found.alerts if row.state == state]


def _urgent(rows: Iterable[Any]) -> list[Any]:
    """Worst severity first, then the last responsible moment, then the arrival."""
    late = float("inf")

    def order(row: Any) -> tuple[int, float, int]:
        at = row.lrm_at or row.arrives_at
        return SEVERITY_ORDER[Severity(row.severity)], at.timestamp() if at else late, row.id

    return sorted(rows, key=order)


def _by_arrival(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row.arrives_at, SEVERITY_ORDER[Severity(row.severity)], row.id))


def _alert(row: Any) -> Fact:
    if row.state == "shelved":
        detail = f"shelved by {row.shelved_by}: {row.shelve_reason}"
        return Fact(f"alert:{row.id}", row.title, detail, row.shelved_until, row.severity)
    detail = " · ".join(part for part in (row.cause, f"{row.count} times" if row.count > 1 else "") if part)
    return Fact(f"alert:{row.id}", row.title, detail, row.due_at, row.severity)


def _target(row: Any) -> Fact:
    working = f"{row.claimed_by} works on it" if row.claimed_by else row.status
    moment = "last moment to send a unit" if row.lrm_at else "arrives" if row.arrives_at else ""
    detail = " · ".join(part for part in (row.subject_kind, row.reason, working, moment) if part)
    return Fact(f"target:{row.id}", row.label, detail, row.lrm_at or row.arrives_at, row.severity)


def _arrival(row: Any) -> Fact:
    detail = " · ".join(part for part in (row.subject_kind, row.place_name or row.place, ", ".join(row.tasked)) if part)
    return Fact(f"target:{row.id}", row.label, detail, row.arrives_at, row.severity)


def _tasking(row: Any) -> Fact:
    detail = " · ".join(part for part in (row.state, row.subject, row.meet_place) if part)
    return Fact(f"tasking:{row.id}", row.callsign, detail, row.meet_at or row.due_at)


def _owed(row: Any) -> Fact:
    return Fact(f"tasking:{row.id}", row.callsign, f"outcome owed · {row.subject}", row.ended_at)


def _enquiry(row: Any, now: datetime) -> Fact:
    late = "OVERDUE" if row.due_at <= now else f"taken by {row.taken_by}" if row.taken_by else "not taken up"
    return Fact(f"enquiry:{row.id}", f"{row.asker}: {_short(row.question)}", late, row.due_at)


def _lesson(row: Any) -> Fact:
    return Fact(f"lesson:{row.id}", row.title, f"{row.owner}: {_short(row.action)}", row.due_at)


def _feed(row: Any) -> Fact:
    return Fact(f"feed:{row.id}", row.name, f"{row.light}, last worked", row.last_good_at)


def _starting(rows: Iterable[Any], until: datetime) -> list[Any]:
    """Prepared ones that begin until then, also those that should have begun."""
    due = [row for row in rows if row.state in PREPARED and row.starts_at and row.starts_at <= until]
    return sorted(due, key=lambda row: (row.starts_at, row.reference))


def _next_of(row: Any) -> tuple[bool, float, str]:
    at = row.next_event_at or row.ends_at
    return at is None, at.timestamp() if at else 0.0, row.reference


def _operation(row: Any) -> Fact:
    exercise = "EXERCISE" if row.is_exercise else ""
    commander = f"commander {row.commander}" if row.commander else "no commander"
    units = f"{row.assigned} of {row.required} units" if row.required else ""
    detail = " · ".join(part for part in (exercise, row.kind, row.state, commander, units) if part)
    return Fact(f"operation:{row.id}", f"{row.reference} {row.name}", detail, row.starts_at)


def _running(row: Any) -> Fact:
    exercise = "EXERCISE" if row.is_exercise else ""
    commander = f"commander {row.commander}" if row.commander else "no commander"
    next_is = f"next: {row.next_event}" if row.next_event else ""
    detail = " · ".join(part for part in (exercise, row.state, commander, next_is) if part)
    return Fact(f"operation:{row.id}", f"{row.reference} {row.name}", detail, row.next_event_at or row.ends_at)


def _unit(row: Any) -> Fact:
    detail = " · ".join(part for part in (row.agency, row.unit_type, row.place_name or row.place) if part)
    return Fact(f"unit:{row.id}", row.callsign, detail, row.deployed_to)


def _short(text: str, letters: int = 90) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def contradictions(brief: Brief) -> list[str]:
    """What speaks against "nothing to report", in words; arrivals and ends of duty come by themselves and do not."""
    by_themselves = {"arrivals", "off duty", "operations"}
    return [
        f"{section.title}: {section.total}"
        for section in brief.sections
        if section.total and section.name not in by_themselves
    ]


def new_since(before: Mapping[str, Any], now: Brief) -> frozenset[tuple[str, str]]:
    """(heading, key) of facts of ``now`` that stood under no such heading of ``before``, a stored brief."""
    known = {(part["name"], fact["key"]) for part in before.get("sections", ()) for fact in part["facts"]}
    cut = {part["name"] for part in before.get("sections", ()) if part["total"] > len(part["facts"])}
    return frozenset(
        (section.name, fact.key)
        for section in now.sections
        if section.name not in cut  # what was only counted cannot be told apart
        for fact in section.facts
        if (section.name, fact.key) not in known
    )


def draft(brief: Brief) -> dict[Head, str]:
    """A first wording for each head, from the facts; the outgoing lead mends it."""
    counts = {section.name: section for section in brief.sections}

    def told(*names: str) -> str:
        lines = [_told(counts[name]) for name in names if name in counts and counts[name].total]
        return "\n".join(lines)

    return {
        Head.SITUATION: told("unseen", "shelved", "arrivals", "feeds") or "Quiet. No alert waits for anybody.",
        Head.MISSION: told("unworked", "without unit", "running", "operations")
        or "Keep the watch; no target waits for somebody.",
        Head.EXECUTION: told("taskings", "outcomes") or "No unit is sent and no outcome is owed.",
        Head.ADMINISTRATION: told("off duty") or "Nothing known.",
        Head.COMMAND: told("enquiries") or "No enquiry is open.",
    }


def _told(section: Section) -> str:
    names = ", ".join(fact.text for fact in section.facts[:5])
    more = f" and {section.total - 5} more" if section.total > 5 else ""
    return f"{section.title}: {section.total} ({names}{more})."


def _plain(section: Section) -> dict[str, Any]:
    return {
        "name": section.name,
        "title": section.title,
        "nothing": section.nothing,
        "total": section.total,
        "note": section.note,
        "facts": [
            {
                "key": fact.key,
                "text": fact.text,
                "detail": fact.detail,
                "at": to_ms(fact.at) if fact.at else None,
                "severity": fact.severity,
            }
            for fact in section.facts
        ],
    }


def read_brief(stored: Mapping[str, Any]) -> Brief:
    """A stored brief again. Raises KeyError for what `Brief.plain` did not write."""
    return Brief(
        from_ms(stored["at"]),
        tuple(
            Section(
                part["name"],
                part["title"],
                part["nothing"],
                part["total"],
                tuple(
                    Fact(
                        fact["key"],
                        fact["text"],
                        fact["detail"],
                        from_ms(fact["at"]) if fact["at"] is not None else None,
                        fact["severity"],
                    )
                    for fact in part["facts"]
                ),
                part["note"],
            )
            for part in stored["sections"]
        ),
    )
