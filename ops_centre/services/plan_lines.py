"""One line of a CSV file of the plan: what it asks for, and whether that is new, a change, a cancellation or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ops_centre.domain.intervals import Interval
from ops_centre.domain.planning import BookingKind
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import Assignment, Unit
from ops_centre.services.plan_asking import Wanted
from ops_centre.services.plan_csv import Line, kind_of, moment_of, number_of
from ops_centre.services.plan_drafting import Tried, span_words

LONGEST_ID = 9  # digits
MOST_REASON = 500


@dataclass(slots=True)
class Row:
    """One line of the file and what it would do."""

    line: Line
    does: str = "fault"  # new, change, cancel, unchanged, left alone, fault
    words: str = ""
    was: str = ""
    wanted: Wanted | None = None
    assignment: Assignment | None = None
    tried: Tried | None = None

    @property
    def reason(self) -> str:
        """Why the file itself says that what the row breaks is accepted."""
        return self.line.get("reason")[:MOST_REASON]

    def told(self) -> dict[str, Any]:
        """As it is shown."""
        found = self.tried.found if self.tried else ()
        return {
            "line": self.line.number,
            "does": self.does,
            "words": self.words,
            "was": self.was,
            "reason": self.reason,
            "conflicts": [{"kind": c.kind.value, "weight": c.weight.value, "words": c.words} for c in found],
        }


def understand(
    row: Row,
    units: Mapping[str, list[Unit]],
    operations: Mapping[str, int],
    standing: Mapping[int, Assignment],
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """Say what the line would do and what it asks for. Raises OpsError in the words that are shown beside it."""
    line, kind = row.line, kind_of(row.line.get("kind"))
    if kind is None:
        row.does, row.words = "left alone", "its agency's deployment: left alone"
        return
    unit = _unit_of(line, units)
    row.assignment = _assignment_of(line, standing)
    if row.assignment is not None:
        row.was = span_words(Interval(row.assignment.starts_at, row.assignment.ends_at))
    reference = line.get("operation")
    if reference and reference not in operations:
        raise NotFound(f"There is no operation {reference[:20]}, or it is not released to you.")
    crew = number_of(line.get("crew"), "crew")
    row.wanted = Wanted(
        unit.id, kind, moment_of(line.get("starts"), zone), moment_of(line.get("ends"), zone),
        _operation_of(reference, operations, kind, row.assignment), None, number_of(line.get("lat"), "latitude"),
        number_of(line.get("lon"), "longitude"), int(crew) if crew is not None else None, line.get("note") or None,
    )  # fmt: skip
    row.wanted = _with_place(row.wanted, line.get("place"), row.assignment)
    row.does = _does(line, row, now)
    row.words = f"{unit.callsign}, {span_words(Interval(row.wanted.starts_at, row.wanted.ends_at))}"


def _unit_of(line: Line, units: Mapping[str, list[Unit]]) -> Unit:
    found = units.get(line.get("callsign").casefold(), [])
    if line.get("agency"):
        found = [unit for unit in found if unit.agency == line.get("agency")]
    if not found:
        raise NotFound(f"There is no unit {line.get('callsign')[:40]!r}, or it is not released to you.")
    if len(found) > 1:
        raise Invalid(f"Several units are called {line.get('callsign')[:40]!r}; give the agency.")
    return found[0]


def id_of(line: Line) -> int | None:
    """The number of the assignment that the line names; None where it is no number that one can have."""
    word = line.get("id")
    return int(word) if word.isascii() and word.isdigit() and len(word) <= LONGEST_ID else None


def _assignment_of(line: Line, standing: Mapping[int, Assignment]) -> Assignment | None:
    if not line.get("id"):
        return None
    number = id_of(line)
    row = standing.get(number) if number is not None else None
    if row is None:
        raise NotFound(f"There is no assignment {line.get('id')[:20]}; leave the id empty for a new one.")
    if line.get("version") and line.get("version") != str(row.version):
        raise Conflict(f"Assignment {row.id} was changed by {row.assigned_by} since this file was written.")
    return row


def _operation_of(
    reference: str, operations: Mapping[str, int], kind: BookingKind, row: Assignment | None
) -> int | None:
    """That of the file; one the reader may not know of has no name in a file and stays."""
    if not reference and row is not None and kind is BookingKind.OPERATION:
        return row.operation_id
    return operations.get(reference)


def _with_place(wanted: Wanted, place: str, row: Assignment | None) -> Wanted:
    """The place of the file; an assignment that is where its operation is stays so when the file names that place."""
    follows = row is not None and row.operation_id is not None and row.place is None and row.lat is None
    unchanged = row is not None and follows and row.operation_id == wanted.operation_id
    return wanted if not place or unchanged else replace(wanted, place=place)


def _does(line: Line, row: Row, now: datetime) -> str:
    action, standing, wanted = line.get("action").casefold(), row.assignment, row.wanted
    if action not in ("", "cancel"):
        raise Invalid(f"{action[:20]!r} is no action; cancel, or nothing.")
    if action == "cancel" and standing is None:
        raise Invalid("Only an assignment with its id can be cancelled.")
    same = standing is not None and wanted is not None and _is_as(standing, wanted)
    if standing is not None and standing.ends_at <= now and not (same and not action):
        raise Conflict("It is over: what was is not changed.")
    if action:
        return "cancel"
    return "unchanged" if same else ("change" if standing is not None else "new")


def _is_as(row: Assignment, wanted: Wanted) -> bool:
    """Whether a row of the file says what is stored, to the second and about a metre as a file is written."""
    return (
        (row.unit_id, row.kind, row.operation_id, row.place, row.crew, row.note or None)
        == (wanted.unit_id, wanted.kind.value, wanted.operation_id, wanted.place, wanted.crew, wanted.note)
        and row.starts_at.replace(microsecond=0) == wanted.starts_at
        and row.ends_at.replace(microsecond=0) == wanted.ends_at
        and all(
            (one is None and two is None) or (one is not None and two is not None and abs(one - two) < 1e-5)
            for one, two in ((row.lat, wanted.lat), (row.lon, wanted.lon))
        )
    )
