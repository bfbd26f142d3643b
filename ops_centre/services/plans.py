"""Acts on the plan: which unit is where, when and for what. Deployments of the agencies' records are never changed.

Each act judges what it books beside all else of the unit (`domain.planning`), keeps what a person accepted with a reason,
writes one log entry, and can be undone exactly by whoever did it (`services.plan_changes`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import Clock, to_ms
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.duty_log import EntryKind, Link, ThingKind, link
from ops_centre.domain.intervals import Interval
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.planning import Weight, forbidding, is_clear
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import Assignment, AssignmentPattern, Operation, PlanChange, Unit
from ops_centre.picture.plan_gathering import PlanOperation, plan_operation
from ops_centre.services import plan_changes
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.in_scope import in_scope
from ops_centre.services.plan_asking import Reasons, Wanted, check_may_plan
from ops_centre.services.plan_drafting import Drafting, Tried, settle, span_words

MOST_AT_ONCE = 2000
MOST_LINKS = 20
MOST_NAMED = 5

About = Sequence[tuple[Unit, PlanOperation | None]]


class Plans:
    """What may be done to the plan.

    ``reasons``: by kind of conflict ({"rest": "agreed with the agency"}), or under "" for all of them.
    """

    def __init__(self, db: Database, clock: Clock, settings: Settings, deeds: Deeds, gazetteer: Gazetteer) -> None:
        self.db, self.clock, self.settings, self.deeds, self.gazetteer = db, clock, settings, deeds, gazetteer

    def check(self, actor: Actor, wanted: Wanted, assignment_id: int | None = None) -> dict[str, Any]:
        """What it would break; nothing is stored. ``assignment_id``: it is that one moved.

        Answers {"said", "clear", "forbidden", "conflicts": [{"kind", "weight", "words", "with"}]}.
        """
        authorise(actor, Permission.PLAN_EDIT)
        with self.db.reading() as session:
            drafting = self.drafting(session, actor)
            if assignment_id is not None:
                in_scope(session, actor, Assignment, assignment_id, "assignment")
            drafting.load([wanted.unit_id], Interval(wanted.starts_at, max(wanted.starts_at, wanted.ends_at)))
            return _told(drafting.try_(wanted, assignment_id))

    def assign(
        self,
        actor: Actor,
        wanted: Sequence[Wanted],
        reasons: Reasons | None = None,
        request_id: str | None = None,
        proposal_id: int | None = None,
    ) -> dict[str, Any]:
        """All of them or none. Answers {"said", "assignments": [ids], "change": id, "notes": [words]}.

        Raises Conflict, NotFound, NotPermitted, Invalid.
        """
        authorise(actor, Permission.PLAN_EDIT)
        with self.deeds.begin(actor, "assign units", request_id) as deed:
            lock_log(deed.session)
            self.assign_in(deed, actor, wanted, reasons or {}, proposal_id=proposal_id)
        return deed.answer

    def assign_in(
        self,
        deed: Deed,
        actor: Actor,
        wanted: Sequence[Wanted],
        reasons: Reasons,
        *,
        proposal_id: int | None = None,
        pattern_id: int | None = None,
    ) -> list[Assignment]:
        """The same within a deed that holds the end of the log, as part of something larger."""
        if not 0 < len(wanted) <= MOST_AT_ONCE:
            raise Invalid(f"Assign 1 to {MOST_AT_ONCE} at once.")
        drafting = self.drafting(deed.session, actor)
        drafting.load({one.unit_id for one in wanted}, _around(wanted))
        tried = []
        for one in wanted:
            tried.append(drafting.try_(one))
            drafting.add(tried[-1].booking)
        accepted = settle(tried, reasons, actor.name, deed.now)
        rows = [drafting.write(one, overrides) for one, overrides in zip(tried, accepted, strict=True)]
        for row in rows:
            row.proposal_id, row.pattern_id = proposal_id, pattern_id
        deed.session.flush()
        said = _assigned(tried)
        self.done(deed, drafting, said, [(one.unit, one.operation) for one in tried], rows, None)
        deed.answer["assignments"] = [row.id for row in rows]
        deed.answer["notes"] = _notes(tried)
        return rows

    def change(
        self,
        actor: Actor,
        assignment_id: int,
        version: int,
        wanted: Wanted,
        reasons: Reasons | None = None,
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """Another time, unit, place or purpose. Raises Conflict, also when somebody changed it since."""
        authorise(actor, Permission.PLAN_EDIT)
        with self.deeds.begin(actor, "change assignment", request_id) as deed:
            lock_log(deed.session)
            row = self.standing(deed, actor, assignment_id, version)
            drafting = self.drafting(deed.session, actor)
            drafting.load({row.unit_id, wanted.unit_id}, _around([wanted], row))
            self.check_mine(actor, drafting.unit(row.unit_id))
            self.change_in(deed, drafting, row, wanted, reasons or {})
        return deed.answer

    def change_in(
        self, deed: Deed, drafting: Drafting, row: Assignment, wanted: Wanted, reasons: Reasons
    ) -> Assignment:
        """The same for a row that was found to stand, within a deed."""
        before, was = plan_changes.plain(row), span_words(Interval(row.starts_at, row.ends_at))
        old = drafting.unit(row.unit_id)
        drafting.drop(f"assignment:{row.id}")
        tried = drafting.try_(wanted, row.id)
        accepted = settle([tried], reasons, deed.by, deed.now, row.overrides)
        drafting.add(tried.booking)
        drafting.write(tried, accepted[0], row)
        said = f"Assignment of {old.callsign}, {was}, is now {tried.words}.{_because(accepted[0])}"
        self.done(deed, drafting, said, [(old, None), (tried.unit, tried.operation)], [row], [before])
        deed.answer["notes"] = _notes([tried])
        return row

    def cancel(self, actor: Actor, assignment_id: int, version: int, request_id: str | None = None) -> dict[str, Any]:
        """Take it out of the plan. Raises Conflict, NotFound, NotPermitted."""
        authorise(actor, Permission.PLAN_EDIT)
        with self.deeds.begin(actor, "cancel assignment", request_id) as deed:
            lock_log(deed.session)
            row = self.standing(deed, actor, assignment_id, version)
            self.cancel_in(deed, actor, [row], "")
        return deed.answer

    def cancel_in(self, deed: Deed, actor: Actor, rows: Sequence[Assignment], why: str) -> None:
        """The same for rows that were found to stand, within a deed."""
        drafting = self.drafting(deed.session, actor)
        before, about = [plan_changes.plain(row) for row in rows], []
        for row in rows:
            unit = in_scope(deed.session, actor, Unit, row.unit_id, "unit")
            self.check_mine(actor, unit)
            row.cancelled_by, row.cancelled_at, row.version = deed.by, deed.now, row.version + 1
            about.append((unit, self._operation_of(deed.session, drafting, row)))
        named = [
            f"{unit.callsign}, {span_words(Interval(r.starts_at, r.ends_at))}"
            for r, (unit, _o) in zip(rows, about, strict=True)
        ]
        said = f"{_counted(len(rows), 'assignment')} cancelled{why}: {_some(named)}."
        self.done(deed, drafting, said, about, rows, before)

    def undo(self, actor: Actor, change_id: int | None = None, request_id: str | None = None) -> dict[str, Any]:
        """Put back exactly what one's own last change (or that one) changed.

        Raises NotFound, and Conflict when it was changed since or the time is booked otherwise.
        """
        authorise(actor, Permission.PLAN_EDIT)
        with self.deeds.begin(actor, "undo change of the plan", request_id) as deed:
            lock_log(deed.session)
            change = self._change_of(deed.session, actor, change_id)
            rows = plan_changes.rows_of(deed.session, change)
            if len(rows) != len(change.after) or any(
                plan_changes.plain(rows[one["id"]]) != one for one in change.after
            ):
                raise Conflict("Part of it was changed since by somebody. It cannot be undone; change it anew.")
            if any(one["ends_at"] <= to_ms(deed.now) for one in (*change.before, *change.after) if "ends_at" in one):
                raise Conflict("Part of it is over: what was is not changed.")
            self._restore(deed, actor, change, list(rows.values()))
        return deed.answer

    # Parts

    def drafting(self, session: Session, actor: Actor) -> Drafting:
        """A new one."""
        return Drafting(session, actor, self.settings, self.gazetteer, self.clock.now())

    def standing(self, deed: Deed, actor: Actor, number: int, version: int) -> Assignment:
        """The assignment as the actor last saw it. Raises NotFound, Conflict."""
        row = in_scope(deed.session, actor, Assignment, number, "assignment")
        if row.cancelled_at is not None:
            raise Conflict(f"It was cancelled by {row.cancelled_by} at {row.cancelled_at:%H:%M} UTC.")
        if row.version != version:
            raise Conflict(
                f"It was changed by {row.assigned_by} at {row.assigned_at:%H:%M} UTC. Look again before you change it."
            )
        if row.ends_at <= deed.now:
            raise Conflict("It is over: what was is not changed.")
        return row

    def check_mine(self, actor: Actor, unit: Unit) -> None:
        """Raises NotPermitted for a unit of somebody else's agency."""
        check_may_plan(actor, unit.callsign, unit.agency)

    def done(
        self,
        deed: Deed,
        drafting: Drafting,
        said: str,
        about: About,
        rows: Sequence[Assignment],
        before: Sequence[dict[str, Any]] | None,
    ) -> None:
        """Touch, log and keep a change. ``before`` None: the rows are new."""
        for row in rows:
            if row.operation_id is not None:
                drafting.touch(row.operation_id)
        deed.touch(*rows, *drafting.touched.values())
        handling = drafting.entry_handling(about)
        deed.log(EntryKind.PLAN, said, handling_id=handling, links=_links(about))
        was = [plan_changes.new(row) for row in rows] if before is None else before
        change = plan_changes.keep(deed, said, was, rows)
        deed.subject = f"plan change {change.id}"
        deed.answer = {"said": said, "change": change.id}

    def _operation_of(self, session: Session, drafting: Drafting, row: Assignment) -> PlanOperation | None:
        if row.operation_id is None:
            return None
        return plan_operation(session.get_one(Operation, row.operation_id))

    def _change_of(self, session: Session, actor: Actor, change_id: int | None) -> PlanChange:
        mine = select(PlanChange).where(PlanChange.by == actor.name, PlanChange.undone_at.is_(None))
        if change_id is not None:
            mine = mine.where(PlanChange.id == change_id)
        found = session.scalars(mine.order_by(PlanChange.id.desc()).limit(1)).first()
        if found is None:
            raise NotFound("There is no change of yours to undo.")
        return found

    def _restore(self, deed: Deed, actor: Actor, change: PlanChange, rows: list[Assignment]) -> None:
        before: Mapping[int, dict[str, Any]] = {one["id"]: one for one in change.before}
        drafting = self.drafting(deed.session, actor)
        for row in rows:
            if row.operation_id is not None:
                drafting.touch(row.operation_id)
            was = before[row.id]
            if was.get("new"):
                row.cancelled_by, row.cancelled_at, row.version = deed.by, deed.now, row.version + 1
            else:
                plan_changes.put_back(row, was)
            self.check_mine(actor, in_scope(deed.session, actor, Unit, row.unit_id, "unit"))
        deed.session.flush()
        about = self._check_restored(deed, drafting, rows)
        for row in rows:
            if row.operation_id is not None:
                drafting.touch(row.operation_id)
        deed.touch(*rows, *drafting.touched.values())
        change.undone_at = deed.now
        self._patterns_too(deed, change)
        said = f"Undone: {change.said}"
        deed.log(EntryKind.PLAN, said, handling_id=drafting.entry_handling(about), links=_links(about))
        deed.subject = f"plan change {change.id}"
        deed.answer = {"said": said, "change": change.id, "assignments": [row.id for row in rows]}

    def _patterns_too(self, deed: Deed, change: PlanChange) -> None:
        """A pattern whose making is undone ends; one whose end is undone goes on."""
        made = {one["id"] for one in change.before if one.get("new")}
        for one in change.after:
            if one["pattern_id"] is None or (one["id"] not in made and one["cancelled_at"] is None):
                continue
            pattern = deed.session.get_one(AssignmentPattern, one["pattern_id"])
            pattern.ended_by, pattern.ended_at = (deed.by, deed.now) if one["id"] in made else (None, None)

    def _check_restored(self, deed: Deed, drafting: Drafting, rows: Sequence[Assignment]) -> About:
        """What stands again must not be booked twice. Raises Conflict."""
        session = deed.session
        drafting.load({row.unit_id for row in rows}, _around([], *rows))
        about = [(drafting.unit(row.unit_id), self._operation_of(session, drafting, row)) for row in rows]
        operations = {one.id: one for _unit, one in about if one is not None}
        for row in rows:
            if row.cancelled_at is None:
                if row.operation_id is not None:
                    drafting.check_open(session.get_one(Operation, row.operation_id))
                booking = drafting.gathering.of_assignment(row, operations, drafting.seen)
                against = forbidding(drafting.judge(booking))
                if against:
                    raise Conflict(f"It cannot be undone: {drafting.unit(row.unit_id).callsign} is {against[0].words}.")
        return about


def _told(tried: Tried) -> dict[str, Any]:
    found = [
        {"kind": one.kind.value, "weight": one.weight.value, "words": one.words, "with": one.with_key}
        for one in tried.found
    ]
    clear = is_clear(tried.found)
    first = "Nothing stands against it" if clear else f"{_counted(len(found), 'conflict')}"
    return {
        "said": f"{first}: {tried.words}.",
        "clear": clear,
        "forbidden": bool(forbidding(tried.found)),
        "conflicts": found,
    }


def _around(wanted: Sequence[Wanted], *rows: Assignment) -> Interval:
    starts = [*(one.starts_at for one in wanted), *(row.starts_at for row in rows)]
    return Interval(min(starts), max([*starts, *(one.ends_at for one in wanted), *(row.ends_at for row in rows)]))


def _assigned(tried: Sequence[Tried]) -> str:
    if len(tried) == 1:
        overrides = [one for one in tried[0].found if one.weight is Weight.NEEDS_REASON]
        accepted = f" Accepted: {'; '.join(one.words for one in overrides)}." if overrides else ""
        return f"Assigned: {tried[0].words}.{accepted}"
    return f"{len(tried)} assignments: {_some([one.words for one in tried])}."


def _because(accepted: Sequence[dict[str, Any]]) -> str:
    return f" Accepted: {'; '.join(one['words'] for one in accepted)}." if accepted else ""


def _notes(tried: Sequence[Tried]) -> list[str]:
    return [
        f"{one.unit.callsign}: {clash.words}" for one in tried for clash in one.found if clash.weight is Weight.NOTE
    ][:MOST_LINKS]


def _some(named: Sequence[str]) -> str:
    more = len(named) - MOST_NAMED
    return "; ".join(named[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _links(about: About) -> list[Link]:
    units = {unit.id: link(ThingKind.UNIT, unit.id, unit.callsign) for unit, _operation in about}
    operations = {one.id: link(ThingKind.OPERATION, one.id, one.reference) for _unit, one in about if one is not None}
    return [*operations.values(), *units.values()][:MOST_LINKS]
