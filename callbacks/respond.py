"""Respond: shows options, and says when they would differ by now. The decision itself is an act (api/acts)."""

from typing import Any
from urllib.parse import parse_qs

from dash import Dash, Input, Output

from callbacks.binding import Address, Due, on
from layouts import respond
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board
from layouts.ids_dispatch import Respond
from layouts.respond_changes import changes, seen_of
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.options import Options
from ops_centre.domain.targeting import Severity
from ops_centre.errors import OpsError
from ops_centre.picture.views import TargetCard

KINDS = ("target", "track", "alert", "entry")


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""

    @on(
        app,
        Output(Respond.BODY, PROPERTY),
        Output(Respond.FORM, PROPERTY),
        Output(Respond.SEEN, "data"),
        Input(Respond.ASKED, "data"),
        due=Due("respond", follows=True),
        needs=Permission.TASKING_DECIDE,
    )
    def draw_options(actor: Actor, address: Address, _asked: Any) -> Any:
        about = asked_about(address.search)
        if about is None:
            return painted(respond.nothing_asked()), painted(), None
        try:
            view = _view(ops, actor, *about)
        except OpsError as refused:
            return painted(respond.not_possible(str(refused))), painted(), None
        return painted(respond.respond_body(view)), painted(respond.respond_side(view)), seen_of(view.shown.options)

    @on(
        app,
        Output(Respond.NOTE, PROPERTY),
        Input(Respond.SEEN, "data"),
        due=Due("respond", (Board.TASKINGS,), every_s=10),
        needs=Permission.TASKING_DECIDE,
    )
    def draw_changes(actor: Actor, address: Address, seen: Any) -> Any:
        if not (about := asked_about(address.search)) or not seen:
            return painted()
        try:
            return painted(respond.changes_note(changes(seen, ops.options.options(actor, *about))))
        except OpsError as refused:
            return painted(respond.changes_note([str(refused)]))


def asked_about(search: Any) -> tuple[str, str] | None:
    """Kind and id out of ``?about=target:12``; None where nothing usable is asked."""
    asked = parse_qs(search.removeprefix("?")).get("about", [""])[0] if isinstance(search, str) else ""
    kind, _, thing = asked[:80].partition(":")
    return (kind, thing) if kind in KINDS and thing.isdigit() else None


def _view(ops: OpsCentre, actor: Actor, kind: str, thing: str) -> respond.RespondView:
    shown = ops.dispatch.show(actor, kind, thing)
    options = shown.options
    target = ops.picture.target_card(actor, options.target_id) if options.target_id is not None else None
    owner, marking = _handling(ops, actor, options, target)
    operations = ops.operation_reads.open_ones(actor) if actor.may(Permission.OPERATION_VIEW) else []
    return respond.RespondView(
        shown, target, actor.display_name, _accept_minutes(ops, target), owner, marking,
        [(one.id, f"{one.reference} {one.name}") for one in operations],
        ops.operation_reads.about(actor, _subjects(options)),
    )  # fmt: skip


def _subjects(options: Options) -> list[tuple[str, str]]:
    """What a decision is about, as kinds and ids."""
    beside = (("target", options.target_id), ("track", options.track_id))
    return [(options.about_kind, options.about_id), *((kind, str(number)) for kind, number in beside if number)]


def _handling(ops: OpsCentre, actor: Actor, options: Options, target: TargetCard | None) -> tuple[str, str]:
    if target is not None:
        return target.row.owner, target.row.marking
    if options.about_kind == "alert":
        row = next((one for one in ops.picture.alerts(actor) if str(one.id) == options.about_id), None)
        if row is not None:
            return row.owner, row.marking
    if options.about_kind == "entry":
        entry = ops.log.entry(actor, int(options.about_id))
        return entry.owner, entry.marking
    return ops.settings.centre.agency, "GREEN"


def _accept_minutes(ops: OpsCentre, target: TargetCard | None) -> float:
    wanted = ops.settings.dispatch
    severity = target.row.severity if target else None
    by_severity = {Severity.TOP.value: wanted.accept_minutes_top, Severity.HIGH.value: wanted.accept_minutes_high}
    return by_severity.get(severity or "", wanted.accept_minutes_normal)
