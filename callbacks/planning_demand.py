"""Sufficiency and proposals on /planning: each tab is drawn while it is shown, and again when what it tells of moved."""

from typing import Any
from zoneinfo import ZoneInfo

from dash import Dash, Output
from dash.exceptions import PreventUpdate

from callbacks.binding import Address, Due, on
from layouts.components.marks import empty
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board
from layouts.ids_planning import Planning
from layouts.planning_proposals import proposals
from layouts.planning_sufficiency import sufficiency
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import OpsError

SLUG = "planning"
SUFFICIENCY = "/planning/sufficiency"
PROPOSALS = "/planning/proposals"
LONGEST_NUMBER = 9


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the two tabs."""
    zone = ZoneInfo(ops.settings.centre.time_zone)

    @on(
        app,
        Output(Planning.SUFFICIENCY, PROPERTY),
        due=Due(SLUG, (Board.TARGETS, Board.PLAN), of_one=True),
        needs=Permission.PLAN_VIEW,
    )
    def draw_sufficiency(actor: Actor, address: Address) -> Any:
        if address.path != SUFFICIENCY:
            raise PreventUpdate
        return painted(sufficiency(ops.sufficiency.matrix(actor), zone, may_propose=actor.may(Permission.PLAN_EDIT)))

    @on(
        app,
        Output(Planning.PROPOSALS, PROPERTY),
        due=Due(SLUG, (Board.PLAN,), of_one=True),
        needs=Permission.PLAN_VIEW,
    )
    def draw_proposals(actor: Actor, address: Address) -> Any:
        path = address.path
        if not (path == PROPOSALS or path.startswith(PROPOSALS + "/")):
            raise PreventUpdate
        rows = ops.proposal_reads.rows(actor)
        number = _number(path) or (rows[0].id if rows else None)
        try:
            shown = ops.proposal_reads.one(actor, number) if number is not None else None
        except OpsError as refused:
            return painted(empty(str(refused)))
        hours = (ops.settings.sufficiency.horizon_hours, ops.settings.proposals.targets_hours)
        return painted(proposals(rows, shown, may_edit=actor.may(Permission.PLAN_EDIT), hours=hours))


def _number(path: str) -> int | None:
    """``/planning/proposals/12`` -> 12."""
    text = path.removeprefix(PROPOSALS).strip("/")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None
