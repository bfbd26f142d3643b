"""Watch: each part is drawn when the page is shown, when the watch or what its brief tells has moved, and each minute."""

from typing import Any
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output

from callbacks.binding import Address, Due, on
from callbacks.debriefs_on import debriefs_of
from layouts.components.marks import empty
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board, Shell
from layouts.ids_watch import Since, WatchPage
from layouts.since import since_panel, since_section
from layouts.watch import handover_panel, now_panel, past_panel, roster_panel, watch_card
from layouts.watch_forms import assign_form, offer_form
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.debriefs import DebriefOf
from ops_centre.errors import OpsError
from ops_centre.picture.handover_views import WatchView

SLUG = "watch"
FACTS_MOVE = (Board.ALERTS, Board.TARGETS, Board.TASKINGS, Board.ENQUIRIES, Board.DEBRIEFS)


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page and of the panel that is shown at sign-in."""
    _page(app, ops)
    _roster(app, ops)
    _card(app, ops)
    _since(app, ops)


def _page(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(WatchPage.NOW, PROPERTY),
        Output(WatchPage.HANDOVER, PROPERTY),
        Output(WatchPage.OFFER, PROPERTY),
        due=Due(SLUG, (Board.WATCH, *FACTS_MOVE), every_s=60),
        needs=Permission.WATCH_VIEW,
    )
    def draw_watch(actor: Actor, _address: Address) -> Any:
        view = ops.watch_reads.view(actor)
        return painted(now_panel(view, _load(ops, actor))), painted(handover_panel(view)), painted(offer_form(view))


def _roster(app: Dash, ops: OpsCentre) -> None:
    zone = ZoneInfo(ops.settings.centre.time_zone)

    @on(
        app,
        Output(WatchPage.ROSTER, PROPERTY),
        Output(WatchPage.PAST, PROPERTY),
        Output(WatchPage.PEOPLE, PROPERTY),
        Output(WatchPage.SINCE, PROPERTY),
        due=Due(SLUG, (Board.WATCH,)),
        needs=Permission.WATCH_VIEW,
    )
    def draw_roster(actor: Actor, _address: Address) -> Any:
        view: WatchView = ops.watch_reads.view(actor)
        people = painted(assign_form(view.people) if view.may_lead else None)
        since = since_section(ops.since.view(actor))
        return painted(roster_panel(view, zone)), painted(past_panel(view.past)), people, painted(since)


def _card(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(WatchPage.CARD, PROPERTY),
        due=Due(SLUG, (Board.WATCH, Board.DEBRIEFS), of_one=True),
        needs=Permission.WATCH_VIEW,
    )
    def draw_card(actor: Actor, address: Address) -> Any:
        number = number_of(address.path, SLUG)
        if number is None:
            return painted()
        try:
            card = watch_card(ops.watch_reads.card(actor, number))
            may = actor.may(Permission.DEBRIEF_VIEW)
            return painted([*card, *(debriefs_of(ops, actor, DebriefOf.WATCH, number) if may else ())])
        except OpsError as refused:
            return painted(empty(str(refused)))


def _since(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(Since.PANEL, PROPERTY),
        Input(Shell.ROOT, "id"),
        needs=Permission.WATCH_VIEW,
    )
    def draw_since(actor: Actor, _frame: Any) -> Any:
        if not actor.may(Permission.LOG_WRITE):  # an open screen belongs to nobody who was away
            return painted()
        view = ops.watch_reads.view(actor)
        there = view.on is not None and any(one.name == actor.name for one in view.on.present)
        panel = since_panel(
            ops.since.view(actor), ops.picture.watch(actor), actor.name, may_join=view.on is not None and not there
        )
        return painted(panel)


def _load(ops: OpsCentre, actor: Actor) -> str:
    """Alert load in words, for who may see alerts."""
    if not actor.may(Permission.ALERT_VIEW):
        return ""
    load = ops.alert_reads.load(actor, hours=1)
    return f"{load.per_officer:g} per officer in 10 min · {'FLOOD' if load.flood else load.band}"


def number_of(path: Any, slug: str) -> int | None:
    """The number in ``/watch/12``; 0 for an address that names none; None for the page itself."""
    parts = [part for part in str(path or "").split("/") if part]
    if len(parts) < 2 or parts[0] != slug:
        return None
    return int(parts[1]) if parts[1].isascii() and parts[1].isdigit() and len(parts) == 2 else 0
