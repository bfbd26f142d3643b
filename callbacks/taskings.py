"""Taskings: wiring. The board is drawn anew when a tasking moved; what is done is an act."""

from datetime import timedelta
from typing import Any

from dash import Dash, Output

from callbacks.binding import Address, Due, on
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board
from layouts.ids_dispatch import Taskings
from layouts.taskings import TaskingsView, taskings_board
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.picture.dispatch_reads import TaskingFilter
from ops_centre.picture.views import TargetRow

ENDED_SHOWN = timedelta(hours=24)
MOST = 200


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""

    @on(
        app,
        Output(Taskings.BODY, PROPERTY),
        # targets become owed as time passes, without anything moving
        due=Due("taskings", (Board.TASKINGS, Board.TARGETS), every_s=60),
        needs=Permission.TASKING_VIEW,
    )
    def draw_board(actor: Actor, _address: Address) -> Any:
        return painted(taskings_board(_view(ops, actor)))


def _view(ops: OpsCentre, actor: Actor) -> TaskingsView:
    reads, now = ops.dispatch_reads, ops.clock.now()
    under_way = reads.taskings(actor, TaskingFilter(open_only=True), limit=MOST)
    lately = reads.taskings(actor, TaskingFilter(since=now - ENDED_SHOWN), limit=MOST)
    owed_ids = {row.id for row in ops.picture.taskings(actor) if row.outcome_owed and row.ended_at is not None}
    ended = [one for one in lately if one.row.ended_at is not None]
    known = {one.row.id: one for one in ended}
    owed = [known.get(number) or reads.tasking(actor, number) for number in sorted(owed_ids)]
    check_in = ops.settings.alerts.rules.check_in_overdue
    return TaskingsView(
        open=sorted(under_way, key=lambda one: one.row.accept_by),
        owed=owed,
        unmet=_unmet(ops, actor),
        ended=[one for one in ended if one.row.id not in owed_ids],
        check_in_min=check_in.minutes,
        may_report_outcome=actor.may(Permission.OUTCOME_REPORT),
    )


def _unmet(ops: OpsCentre, actor: Actor) -> list[TargetRow]:
    """Targets that arrived and to which nobody is on the way: somebody has to say what became of them."""
    now = ops.clock.now()
    sent = {row.target_id for row in ops.picture.taskings(actor)}
    return [
        row
        for row in ops.picture.targets(actor)
        if row.arrives_at is not None and row.arrives_at < now and row.id not in sent
    ]
