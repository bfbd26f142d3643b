"""The plan out of and into a CSV file. A file is read twice: to show what it would change, then to change just that.

The preview gives a token, made from the file and from what was shown. Whoever applies it sends both again; when the plan
has moved so that the file would now do something else, nothing is changed and the preview must be looked at anew.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.handling import Marking
from ops_centre.domain.intervals import Interval
from ops_centre.domain.planning import Weight
from ops_centre.errors import Conflict, Invalid, NotFound, OpsError
from ops_centre.models import Assignment, Operation, Unit
from ops_centre.picture.plan_reads import MOST_ROWS, PlanFilter, PlanReads
from ops_centre.services import plan_changes
from ops_centre.services.deeds import Deed
from ops_centre.services.duty_log import lock_log
from ops_centre.services.handlings import handling_id
from ops_centre.services.plan_asking import check_sense
from ops_centre.services.plan_csv import Line, read_lines, written
from ops_centre.services.plan_drafting import Drafting, settle, span_words
from ops_centre.services.plan_lines import Row, id_of, understand
from ops_centre.services.plans import About, Plans

MOST_LINES = 4  # told of at once

LineReasons = Mapping[int, str]  # by number of the line in the file


@dataclass(slots=True)
class _Sheet:
    rows: list[Row]
    drafting: Drafting
    units: dict[int, Unit] = field(default_factory=dict)

    def of(self, *does: str) -> list[Row]:
        return [row for row in self.rows if row.does in does]


class PlanImports:
    """The plan as a file."""

    def __init__(self, plans: Plans, reads: PlanReads) -> None:
        self.plans, self.reads = plans, reads
        self.zone = ZoneInfo(plans.settings.centre.time_zone)

    def export(self, actor: Actor, starts_at: datetime, ends_at: datetime, wanted: PlanFilter) -> bytes:
        """The plan of a window as CSV; that it was taken is logged. Raises Invalid."""
        authorise(actor, Permission.PLAN_VIEW)
        view = self.reads.plan(actor, starts_at, ends_at, wanted, limit=MOST_ROWS)
        exercise = self.plans.settings.is_exercise
        content = written(view.rows, self.zone, exercise=exercise)
        with self.plans.deeds.begin(actor, "export plan") as deed:
            lock_log(deed.session)
            said = f"Plan exported, {span_words(Interval(starts_at, ends_at))}: {len(view.rows)} units."
            owned = handling_id(deed.session, actor.agency, Marking.AMBER.value)
            deed.log(EntryKind.EXPORT, said, handling_id=owned)
        return content

    def preview(self, actor: Actor, text: str) -> dict[str, Any]:
        """What a file would change; nothing is stored. Answers {"said", "token", "rows", …}. Raises Invalid."""
        authorise(actor, Permission.PLAN_EDIT)
        with self.plans.db.reading() as session:
            return _answer(self._read(session, actor, text), actor, text)

    def apply(
        self, actor: Actor, text: str, token: str, reasons: LineReasons | None = None, request_id: str | None = None
    ) -> dict[str, Any]:
        """Change what the preview showed, all or nothing. ``reasons``: by number of the line, why what that row breaks is
        accepted; a row is accepted by its own alone. Raises Conflict, Invalid.
        """
        authorise(actor, Permission.PLAN_EDIT)
        with self.plans.deeds.begin(actor, "import plan", request_id) as deed:
            lock_log(deed.session)
            sheet = self._read(deed.session, actor, text)
            told = _answer(sheet, actor, text)
            if told["token"] != token:
                raise Conflict("The plan has changed since you looked at what this file would do. Look again.")
            if told["faults"]:
                raise Invalid(f"{told['faults']} rows cannot be used. Mend the file first.")
            put, gone = sheet.of("new", "change"), sheet.of("cancel")
            if not put and not gone:
                raise Invalid("This file changes nothing.")
            before, made, about = self._write(deed, sheet, put, gone, reasons or {})
            said = f"Plan imported: {told['new']} new, {told['changed']} changed, {told['cancelled']} cancelled."
            self.plans.done(deed, sheet.drafting, said, about, made, before)
        return deed.answer

    def _write(
        self, deed: Deed, sheet: _Sheet, put: Sequence[Row], gone: Sequence[Row], reasons: LineReasons
    ) -> tuple[list[dict[str, Any]], list[Assignment], About]:
        """Store what is new, changed and cancelled: as it was before, as it is now, and whom and what it is about."""
        tried = [row.tried for row in put if row.tried is not None]
        accepted = _accepted(put, reasons, deed)
        was = [plan_changes.plain(row.assignment) if row.assignment else None for row in (*put, *gone)]
        made = [
            sheet.drafting.write(one, overrides, row.assignment)
            for row, one, overrides in zip(put, tried, accepted, strict=True)
        ]
        about = [(one.unit, one.operation) for one in tried]
        for row in gone:
            if row.assignment is not None:
                row.assignment.cancelled_by, row.assignment.cancelled_at = deed.by, deed.now
                row.assignment.version += 1
                made.append(row.assignment)
                about.append((sheet.units[row.assignment.unit_id], None))
        deed.session.flush()
        before = [old or plan_changes.new(row) for old, row in zip(was, made, strict=True)]
        return before, made, about

    # Reading

    def _read(self, session: Session, actor: Actor, text: str) -> _Sheet:
        lines = read_lines(text, self.plans.settings.planning.import_rows)
        if not lines:
            raise Invalid("There are no rows in it.")
        drafting = self.plans.drafting(session, actor)
        sheet = _Sheet([Row(line) for line in lines], drafting)
        known = self._units(session, drafting)
        sheet.units = {unit.id: unit for units in known.values() for unit in units}
        operations = self._operations(session, drafting, lines)
        standing = self._standing(session, drafting, lines)
        for row in sheet.rows:
            try:
                understand(row, known, operations, standing, self.zone, drafting.now)
                if row.does in ("new", "change") and row.wanted is not None:  # before the plan around it is read
                    check_sense(row.wanted, self.plans.gazetteer, self.plans.settings.planning, drafting.now)
            except OpsError as wrong:
                row.does, row.words = "fault", str(wrong)
        _once_each(sheet.rows)
        self._judge(sheet, actor)
        return sheet

    def _units(self, session: Session, drafting: Drafting) -> dict[str, list[Unit]]:
        query = select(Unit).where(Unit.withdrawn_at.is_(None), Unit.handling_id.in_(drafting.seen))
        found: dict[str, list[Unit]] = {}
        for unit in session.scalars(query):
            found.setdefault(unit.callsign.casefold(), []).append(unit)
        return found

    def _operations(self, session: Session, drafting: Drafting, lines: Sequence[Line]) -> dict[str, int]:
        names = {line.get("operation") for line in lines} - {""}
        query = select(Operation.reference, Operation.id).where(
            Operation.reference.in_(names), Operation.handling_id.in_(drafting.seen)
        )
        return {row.reference: row.id for row in session.execute(query)}

    def _standing(self, session: Session, drafting: Drafting, lines: Sequence[Line]) -> dict[int, Assignment]:
        ids = {number for line in lines if (number := id_of(line)) is not None}
        query = select(Assignment).where(
            Assignment.id.in_(ids), Assignment.cancelled_at.is_(None), Assignment.handling_id.in_(drafting.seen)
        )
        return {row.id: row for row in session.scalars(query.execution_options(populate_existing=True))}

    def _judge(self, sheet: _Sheet, actor: Actor) -> None:
        """Try what would be new or changed, as if what is cancelled or changed were gone already."""
        moving = [row for row in sheet.of("new", "change", "cancel") if row.wanted is not None]
        if not moving:
            return
        drafting = sheet.drafting
        put = sheet.of("new", "change")  # what a line that cancels says of its time is not looked at
        spans = [(row.wanted.starts_at, row.wanted.ends_at) for row in put if row.wanted]
        spans += [(row.assignment.starts_at, row.assignment.ends_at) for row in moving if row.assignment]
        whole = Interval(min(start for start, _end in spans), max(max(pair) for pair in spans))
        ids = {row.wanted.unit_id for row in moving if row.wanted}
        ids |= {row.assignment.unit_id for row in moving if row.assignment}
        drafting.load(ids & sheet.units.keys(), whole)
        for row in moving:
            if row.assignment is not None:
                drafting.drop(f"assignment:{row.assignment.id}")
        for row in moving:
            try:
                self._try(row, sheet, actor)
            except OpsError as wrong:
                row.does, row.words = "fault", str(wrong)

    def _try(self, row: Row, sheet: _Sheet, actor: Actor) -> None:
        if row.assignment is not None:
            if row.assignment.unit_id not in sheet.units:
                raise NotFound("Its unit is not released to you.")
            self.plans.check_mine(actor, sheet.units[row.assignment.unit_id])
        if row.does != "cancel" and row.wanted is not None:
            row.tried = sheet.drafting.try_(row.wanted, row.assignment.id if row.assignment else None)
            sheet.drafting.add(row.tried.booking)
            row.words = row.tried.words


def _accepted(put: Sequence[Row], reasons: LineReasons, deed: Deed) -> list[list[dict[str, Any]]]:
    """What each row was accepted with: by its own reason, or by what was accepted of its own assignment before.

    Raises Conflict with everything that stands in the way, by line.
    """
    accepted: list[list[dict[str, Any]]] = []
    against: list[str] = []
    for row in put:
        if row.tried is None:
            continue
        kept = row.assignment.overrides if row.assignment is not None else ()
        try:
            accepted += settle([row.tried], {"": reasons.get(row.line.number) or row.reason}, deed.by, deed.now, kept)
        except Conflict as refused:
            against.append(f"Line {row.line.number}: {refused}")
    if against:
        more = f" And {len(against) - MOST_LINES} more lines." if len(against) > MOST_LINES else ""
        raise Conflict(" ".join(against[:MOST_LINES]) + more)
    return accepted


def _once_each(rows: Sequence[Row]) -> None:
    met: set[int] = set()
    for row in rows:
        if row.assignment is not None and row.assignment.id in met:
            row.does, row.words = "fault", f"Assignment {row.assignment.id} stands twice in the file."
        elif row.assignment is not None:
            met.add(row.assignment.id)


def _answer(sheet: _Sheet, actor: Actor, text: str) -> dict[str, Any]:
    rows = [row.told() for row in sheet.rows]
    stands = [[row.assignment.id, row.assignment.version] for row in sheet.rows if row.assignment is not None]
    sealed = orjson.dumps([actor.name, hashlib.sha256(text.encode()).hexdigest(), rows, stands])
    weights = {one["weight"] for row in rows for one in row["conflicts"]}
    counts = {
        name: len(sheet.of(does))
        for name, does in (
            ("new", "new"), ("changed", "change"), ("cancelled", "cancel"), ("unchanged", "unchanged"),
            ("left_alone", "left alone"), ("faults", "fault"),
        )
    }  # fmt: skip
    said = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count)
    return counts | {
        "said": f"{said}.",
        "token": hashlib.sha256(sealed).hexdigest(),
        "rows": rows,
        "forbidden": Weight.FORBIDS.value in weights,
        "needs_reason": Weight.NEEDS_REASON.value in weights,
    }
