"""What screens ask of the plan: every unit's row over a window, each in its reader's scope, with what is broken in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.plan_rights import may_plan, may_plan_all
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.intervals import Interval
from ops_centre.domain.patterns import pattern_of
from ops_centre.domain.places import Gazetteer
from ops_centre.errors import Invalid, NotFound
from ops_centre.models import Assignment, AssignmentPattern, PlanCalendar, PlanChange, Unit
from ops_centre.picture.brief_gathering import rules_in_scope
from ops_centre.picture.plan_drawn import KEPT, DrawnRows
from ops_centre.picture.plan_gathering import PlanGathering
from ops_centre.picture.plan_rules import plan_rules
from ops_centre.picture.plan_tally import BESIDE, Tallied, Tallies
from ops_centre.picture.plan_verdicts import Verdicts
from ops_centre.picture.plan_views import CalendarView, PatternView, PlanBar, PlanChangeView, PlanRow, PlanView
from ops_centre.picture.scope import scope_of

LONGEST = timedelta(days=93)
MOST_ROWS = 1000
MAX_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """Which units are wanted; empty parts do not narrow."""

    text: str = ""  # words of callsign, capability or note of place
    agency: str | None = None
    unit_type: str | None = None
    capability: str | None = None
    operation_id: int | None = None  # units with a bar for it in the window
    place: str | None = None  # units with a bar there in the window
    unit_ids: tuple[int, ...] = ()
    conflicts_only: bool = False


class PlanReads:
    """Reads of the plan."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, gazetteer: Gazetteer) -> None:
        self.db, self.clock, self.settings, self.gazetteer = db, clock, settings, gazetteer
        self._verdicts, self._tallies = Verdicts(), Tallies(settings, gazetteer)
        self._drawn = DrawnRows(self._verdicts)

    def plan(
        self,
        actor: Actor,
        starts_at: datetime,
        ends_at: datetime,
        wanted: PlanFilter | None = None,
        *,
        offset: int = 0,
        limit: int = 200,
    ) -> PlanView:
        """Rows by agency and callsign. Raises Invalid for a window that is empty or longer than 93 days.

        Bars are read for the page alone. Conflicts are counted over all units that match, whatever the page (`plan_tally`).
        """
        authorise(actor, Permission.PLAN_VIEW)
        if not timedelta(0) < ends_at - starts_at <= LONGEST:
            raise Invalid(f"Ask for a window of at most {LONGEST.days} days.")
        wanted, window = wanted or PlanFilter(), Interval(starts_at, ends_at)
        cut = slice(max(offset, 0), max(offset, 0) + min(max(limit, 1), MOST_ROWS))
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            units = _units(session, rules, wanted)
            tallied = self._tallies.of(session, units, rules, window, self.clock.now())
            found = [one for one in units if _matches(tallied.get(one.id), wanted)]
            rows = self._rows(session, actor, found[cut], window, rules)
        conflicts = sum(tallied[one.id].conflicts for one in found if one.id in tallied)
        some = may_plan_all(actor) or any(may_plan(actor, unit.agency) for unit in units)
        return PlanView(starts_at, ends_at, tuple(rows), len(found), conflicts, some, may_plan_all(actor))

    def assignment(self, actor: Actor, assignment_id: int) -> tuple[PlanRow, PlanBar]:
        """One assignment with its unit's row of its time. Raises NotFound, also for a cancelled one."""
        authorise(actor, Permission.PLAN_VIEW)
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            row = session.get(Assignment, assignment_id) if 0 < assignment_id <= MAX_ID else None
            unit = session.get_one(Unit, row.unit_id) if row is not None else None
            if row is None or unit is None or row.handling_id not in rules or unit.handling_id not in rules:
                raise NotFound("There is no such assignment, or it is not released to you.")
            window = Interval(row.starts_at, row.ends_at)
            rows = self._rows(session, actor, [unit], window, rules)
        bar = next((bar for one in rows for bar in one.bars if bar.key == f"assignment:{assignment_id}"), None)
        if bar is None:
            raise NotFound("It was cancelled.")
        return rows[0], bar

    def of_operation(self, actor: Actor, operation_id: int) -> list[tuple[PlanRow, PlanBar]]:
        """Assignments to an operation, by start, each with its unit's row."""
        authorise(actor, Permission.PLAN_VIEW)
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            here = (Assignment.operation_id == operation_id, Assignment.cancelled_at.is_(None))
            query = select(Assignment.unit_id, Assignment.starts_at, Assignment.ends_at).where(
                *here, Assignment.handling_id.in_(rules)
            )
            found = session.execute(query).all() if 0 < operation_id <= MAX_ID else []
            if not found:
                return []
            window = Interval(min(row.starts_at for row in found), max(row.ends_at for row in found))
            ids = {row.unit_id for row in found}
            units = [unit for unit in _units(session, rules, PlanFilter()) if unit.id in ids]
            rows = self._rows(session, actor, units, window, rules)
        pairs = [(row, bar) for row in rows for bar in row.bars if bar.operation_id == operation_id]
        return sorted((p for p in pairs if p[1].kind == "assignment"), key=lambda pair: (pair[1].starts_at, pair[1].id))

    def changes(self, actor: Actor, limit: int = 20) -> list[PlanChangeView]:
        """The reader's own changes, newest first."""
        authorise(actor, Permission.PLAN_EDIT)
        with self.db.reading() as session:
            query = select(PlanChange.id, PlanChange.at, PlanChange.said, PlanChange.undone_at)
            mine = query.where(PlanChange.by == actor.name).order_by(PlanChange.id.desc()).limit(min(limit, 100))
            return [PlanChangeView(*row) for row in session.execute(mine)]

    def patterns(self, actor: Actor, *, ended: bool = False) -> list[PatternView]:
        """Recurring assignments, newest first; ended ones when asked for."""
        authorise(actor, Permission.PLAN_VIEW)
        now = self.clock.now()
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            ahead = (
                select(Assignment.pattern_id, func.count().label("count"))
                .where(Assignment.cancelled_at.is_(None), Assignment.starts_at > now)
                .group_by(Assignment.pattern_id)
            ).subquery()
            query = (
                select(AssignmentPattern, Unit.callsign, ahead.c.count)
                .join(Unit, Unit.id == AssignmentPattern.unit_id)
                .outerjoin(ahead, ahead.c.pattern_id == AssignmentPattern.id)
                .where(AssignmentPattern.handling_id.in_(rules), Unit.handling_id.in_(rules))
                .order_by(AssignmentPattern.id.desc())
                .limit(MOST_ROWS)
            )
            if not ended:
                query = query.where(AssignmentPattern.ended_at.is_(None))
            return [
                PatternView(
                    one.id, one.unit_id, callsign, pattern_of(one.rule).words, one.made_by, one.made_at, one.ended_at,
                    count or 0,
                )
                for one, callsign, count in session.execute(query)
            ]  # fmt: skip

    def calendars(self, actor: Actor) -> list[CalendarView]:
        """Secret addresses of the agencies whose units the reader may plan, newest first; addresses stand nowhere."""
        authorise(actor, Permission.PLAN_EDIT)
        with self.db.reading() as session:
            query = select(PlanCalendar).order_by(PlanCalendar.id.desc()).limit(MOST_ROWS)
            if not may_plan_all(actor):
                query = query.where(PlanCalendar.agency == actor.agency)
            return [
                CalendarView(one.id, one.agency, one.label, one.made_by, one.made_at, one.read_at, one.ended_at)
                for one in session.scalars(query)
            ]

    def _rows(
        self,
        session: Session,
        actor: Actor,
        units: Sequence[Unit],
        window: Interval,
        rules: Mapping[int, HandlingRule],
    ) -> list[PlanRow]:
        gathering = PlanGathering(session, self.settings, self.gazetteer, self.clock.now())
        wide = Interval(window.starts_at - BESIDE, window.ends_at + BESIDE)
        stored = gathering.rows({unit.id for unit in units}, wide)
        mine = {unit: may_plan(actor, unit.agency) for unit in units}
        kept = self._drawn if len(units) <= KEPT else DrawnRows(self._verdicts, 0)
        return kept.of(gathering, mine, stored, window, rules, plan_rules(self.settings))


def _units(session: Session, rules: Mapping[int, HandlingRule], wanted: PlanFilter) -> list[Unit]:
    query = select(Unit).where(Unit.withdrawn_at.is_(None), Unit.handling_id.in_(rules))
    if wanted.agency:
        query = query.where(Unit.agency == wanted.agency)
    if wanted.unit_type:
        query = query.where(Unit.unit_type == wanted.unit_type)
    if wanted.unit_ids:
        query = query.where(Unit.id.in_(wanted.unit_ids))
    words = wanted.text.casefold().split()[:8]
    found = session.scalars(query.order_by(Unit.agency, Unit.callsign, Unit.id))
    return [unit for unit in found if _speaks_of(unit, words) and _can(unit, wanted.capability)]


def _speaks_of(unit: Unit, words: Sequence[str]) -> bool:
    texts: list[Any] = [unit.callsign, unit.unit_type, unit.agency, *(unit.capabilities or ())]
    said = " ".join(str(text) for text in texts).casefold()
    return all(word in said for word in words)


def _can(unit: Unit, capability: str | None) -> bool:
    if not capability:
        return True
    return any(str(held).casefold().startswith(capability.casefold()) for held in unit.capabilities or ())


def _matches(tallied: Tallied | None, wanted: PlanFilter) -> bool:
    """Whether a unit's row has what only bars tell. None: of a type that has no row."""
    if not (wanted.conflicts_only or wanted.operation_id is not None or wanted.place):
        return True
    if tallied is None or (wanted.conflicts_only and not tallied.conflicts):
        return False
    if wanted.operation_id is not None and wanted.operation_id not in tallied.operations:
        return False
    return not wanted.place or wanted.place in tallied.places
