"""Movements and manifests on the page of targets. The list is drawn when it moved; a manifest only when somebody opens
it."""

from typing import Any

from dash import Dash, Input, Output

from callbacks.binding import Address, Due, on
from layouts.components.marks import empty
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board, Targets
from layouts.manifests import manifest
from layouts.movements import movements_table, section_tabs
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import OpsError


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of both."""

    @on(
        app,
        Output(Targets.MOVEMENTS, PROPERTY),
        Input(Targets.FILTER, "value"),
        due=Due("targets", (Board.MOVEMENTS,)),
        needs=Permission.MANIFEST_VIEW,
    )
    def draw_movements(actor: Actor, _address: Address, wanted: Any) -> Any:
        text = wanted.strip()[:80] if isinstance(wanted, str) else ""
        rows = ops.manifest_reads.movements(actor, text)
        return painted(movements_table(rows, text, ops.manifest_reads.count(actor, text)))

    @on(
        app,
        Output(Targets.TABS, PROPERTY),
        due=Due("targets", (Board.TARGETS, Board.MOVEMENTS)),
        needs=Permission.MANIFEST_VIEW,
    )
    def draw_tabs(actor: Actor, _address: Address) -> Any:
        targets = len(ops.picture.targets(actor)) if actor.may(Permission.TARGET_VIEW) else None
        return painted(section_tabs(targets, ops.manifest_reads.count(actor)))

    @on(
        app,
        Output(Targets.MANIFEST, PROPERTY),
        Input(Targets.MANIFEST_OF, "data"),
        needs=Permission.MANIFEST_VIEW,
        prevent_initial_call=True,
    )
    def draw_manifest(actor: Actor, of: Any) -> Any:
        if not isinstance(of, dict) or not isinstance(of.get("movement"), int) or of["movement"] < 1:
            return painted()
        wanted = of.get("wanted")
        text = wanted[:80] if isinstance(wanted, str) else ""
        try:
            return painted(manifest(ops.manifests.look(actor, of["movement"], text), text))
        except OpsError as refused:
            return painted(empty(str(refused)))
