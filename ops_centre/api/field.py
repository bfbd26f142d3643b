"""The phone page of a unit in the field: a light page of its own, its data, and the script that keeps it for bad lines.

The page holds nothing about anybody, so a phone may keep it; what it shows comes from /api/v1/field and is scoped there.
"""

import dataclasses
from pathlib import Path

import orjson
from flask import Blueprint, Response, make_response, render_template

from ops_centre.api.answers import json_answer, whole_number
from ops_centre.api.session import current_actor
from ops_centre.auth.actor import authorise
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.clock import to_ms
from ops_centre.config import ROOT
from ops_centre.domain.debriefs import HEAD_WORDS
from ops_centre.domain.tasking import BY_THE_UNIT, MOVES, QUANTITY_UNITS, NotExamined, TaskingState

WORKER = ROOT / "assets" / "field-worker.js"
MAX_ID = 2**63 - 1
FOLLOWING = {
    state.value: [after.value for after in TaskingState if after in following & BY_THE_UNIT]
    for state, following in MOVES.items()
}


def blueprint(ops: OpsCentre) -> Blueprint:
    """The routes /field, /field/worker.js and /api/v1/field."""
    routes = Blueprint("field", __name__, template_folder="templates")

    @routes.get("/field")
    def page() -> Response:
        """The page, the same for everybody who may report."""
        authorise(current_actor(), Permission.TASKING_REPORT)
        settings = ops.settings
        text = render_template(
            "field.html",
            centre=settings.centre,
            is_exercise=settings.is_exercise,
            reasons=[reason.value for reason in NotExamined],
            quantity_units=QUANTITY_UNITS,
            heads=[(head.value, words) for head, words in HEAD_WORDS.items()],
        )
        response = make_response(text)
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(self), payment=(), usb=()"
        return response

    @routes.get("/field/worker.js")
    def worker() -> Response:
        """The service worker. It may look after /field alone, whatever it asks for."""
        authorise(current_actor(), Permission.TASKING_REPORT)
        response = Response(_read(WORKER), content_type="text/javascript; charset=utf-8")
        response.headers["Service-Worker-Allowed"] = "/field"
        response.headers["Cache-Control"] = "no-cache"
        return response

    @routes.get("/api/v1/field")
    def data() -> Response:
        """What a unit in the field is shown: its tasking, what may follow, when this was, what is wrong with the centre.

        `unit` chooses among several.
        """
        actor = current_actor()
        authorise(actor, Permission.TASKING_REPORT)
        wanted = whole_number("unit", 0, most=MAX_ID)
        view = ops.field.view(actor, wanted or None)
        ops.picture.live.start()
        troubles = [trouble.plain() for trouble in ops.picture.live.troubles]
        body = dataclasses.asdict(view) | {"following": FOLLOWING, "troubles": troubles}
        return json_answer(ops, orjson.dumps(body, default=to_ms, option=orjson.OPT_PASSTHROUGH_DATETIME))

    return routes


def _read(path: Path) -> bytes:
    return path.read_bytes()
