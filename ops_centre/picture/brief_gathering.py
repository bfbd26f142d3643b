"""Gathers what the handover brief is written from, straight from the database and in one actor's scope.

From the database and not from the present picture in memory, since the brief that is sealed must hold what is stored, in
whichever process it is written. What the actor's role may not see is gathered as nothing.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.policy import rule_of
from ops_centre.domain.brief import Gathered
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.lessons import OWED
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.targeting import OPEN_STATUSES
from ops_centre.models import FeedRecord, Handling, Lesson, Target, Unit
from ops_centre.picture.present import (
    callsigns_tasked,
    deployments_of,
    feed_row,
    open_taskings,
    row_now,
    target_row,
    unit_row,
)
from ops_centre.picture.scope import Scope, scope_of, sees
from ops_centre.picture.shelves import SHELVES

Rules = dict[int, HandlingRule]  # of the handlings in scope


def gather(session: Session, actor: Actor, now: datetime, gazetteer: Gazetteer) -> Gathered:
    """Everything the brief may tell ``actor``."""
    scope = scope_of(actor)
    rules = rules_in_scope(session, scope)
    alerts = sorted(_shelf(session, rules, "alerts") if scope.alerts else [], key=lambda row: row.announced_at)
    taskings = _shelf(session, rules, "taskings") if scope.taskings else []
    enquiries = sorted(_shelf(session, rules, "enquiries") if scope.enquiries else [], key=lambda row: row.due_at)
    return Gathered(
        alerts=alerts,
        targets=_targets(session, rules) if scope.targets else [],
        taskings=sorted(taskings, key=lambda row: row.id),
        enquiries=enquiries,
        feeds=_feeds(session, now) if scope.feeds else [],
        units=_units(session, rules, now, gazetteer) if scope.units else [],
        lessons=_lessons(session, rules, now) if scope.debriefs else [],
        operations=_shelf(session, rules, "operations") if scope.operations else [],
    )


def rules_in_scope(session: Session, scope: Scope) -> Rules:
    """The handlings a reader may see, by id: queries filter by ``handling_id IN`` these."""
    rules = {handling.id: rule_of(handling) for handling in session.scalars(select(Handling))}
    return {number: rule for number, rule in rules.items() if sees(scope, rule)}


def _shelf(session: Session, rules: Rules, name: str) -> list[Any]:
    shelf = SHELVES[name]
    rows = list(session.scalars(select(shelf.model).where(shelf.shown, shelf.model.handling_id.in_(rules))))
    return [view for _thing, view, _handling in shelf.views(session, rows, rules) if view is not None]


def _targets(session: Session, rules: Rules) -> list[Any]:
    query = select(Target).where(Target.status.in_(OPEN_STATUSES), Target.handling_id.in_(rules))
    targets = list(session.scalars(query))
    tasked = callsigns_tasked(session, [target.id for target in targets])
    return [target_row(target, rules[target.handling_id], tasked.get(target.id, ())) for target in targets]


def _units(session: Session, rules: Rules, now: datetime, gazetteer: Gazetteer) -> list[Any]:
    units = list(session.scalars(select(Unit).where(Unit.withdrawn_at.is_(None), Unit.handling_id.in_(rules))))
    numbers = [unit.id for unit in units]
    deployments, taskings = deployments_of(session, numbers), open_taskings(session, numbers)
    return [
        unit_row(unit, rules[unit.handling_id], deployments.get(unit.id, []), now, gazetteer, taskings.get(unit.id))
        for unit in units
    ]


def _lessons(session: Session, rules: Rules, now: datetime) -> list[Lesson]:
    owed = Lesson.state.in_([state.value for state in OWED])
    query = select(Lesson).where(owed, Lesson.due_at <= now, Lesson.handling_id.in_(rules))
    return list(session.scalars(query.order_by(Lesson.due_at, Lesson.id)))


def _feeds(session: Session, now: datetime) -> list[Any]:
    records = session.scalars(select(FeedRecord).where(FeedRecord.configured.is_(True)).order_by(FeedRecord.id))
    return [row_now(feed_row(record), now) for record in records]
