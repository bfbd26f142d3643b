"""`/api/v1/alerts` and what hangs on it, for scripts: standing alerts, one with its life, load, history."""

from datetime import timedelta

import orjson
from flask import Blueprint, Response, request

from ops_centre.api.answers import json_answer, whole_number
from ops_centre.api.session import current_actor
from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.clock import from_ms, to_ms
from ops_centre.domain.alerting import AlertCause
from ops_centre.errors import Invalid
from ops_centre.picture.alert_views import AlertHistory
from ops_centre.picture.encoding import plain

DAY_MS = 86_400_000
MAX_MS = 4_102_444_800_000  # 2100-01-01


def blueprint(ops: OpsCentre) -> Blueprint:
    """Routes under /api/v1/alerts."""
    routes = Blueprint("alerts", __name__, url_prefix="/api/v1/alerts")

    def viewer() -> Actor:
        actor = current_actor()
        authorise(actor, Permission.ALERT_VIEW)
        return actor

    @routes.get("")
    def standing() -> Response:
        """Standing alerts, worst first."""
        actor = viewer()
        ops.picture.live.start()
        rows = [plain(row) for row in ops.picture.alerts(actor)]
        return _answer(ops, {"alerts": rows})

    @routes.get("/<int:alert_id>")
    def one(alert_id: int) -> Response:
        """One alert, standing or not, with all that became of it."""
        return _answer(ops, {"alert": _history(ops.alert_reads.card(viewer(), alert_id))})

    @routes.get("/load")
    def load() -> Response:
        """Alert load of the last ``hours`` (12): per ten minutes and officer, band, flood, worst offenders."""
        figures = ops.alert_reads.load(viewer(), whole_number("hours", 12, least=1, most=168))
        rows = {name: [plain(row) for row in getattr(figures, name)] for name in ("slots", "worst", "bands")}
        return _answer(ops, {"load": plain(figures) | rows})

    @routes.get("/history")
    def history() -> Response:
        """Alerts raised from ``since`` to ``until`` (the last day), newest first; by ``cause``; ``missed=1``: only those."""
        actor, now = viewer(), ops.clock.now()
        until = whole_number("until", to_ms(now + timedelta(seconds=1)), most=MAX_MS)
        since = whole_number("since", max(0, until - DAY_MS), most=MAX_MS)
        cause = request.args.get("cause") or None
        if cause is not None and cause not in tuple(AlertCause):
            raise Invalid(f"cause must be one of {', '.join(AlertCause)}.")
        found = ops.alert_reads.history(
            actor, from_ms(since), from_ms(until), cause, whole_number("limit", 200, least=1, most=1000),
            missed_only=whole_number("missed", 0, most=1) == 1,
        )  # fmt: skip
        return _answer(ops, {"alerts": [_history(row) for row in found]})

    return routes


def _history(row: AlertHistory) -> dict[str, object]:
    return plain(row) | {"alert": plain(row.alert), "events": [plain(event) for event in row.events]}


def _answer(ops: OpsCentre, body: dict[str, object]) -> Response:
    return json_answer(ops, orjson.dumps({"exercise": ops.settings.is_exercise} | body))
