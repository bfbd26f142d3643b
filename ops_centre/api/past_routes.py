"""`/api/v1/past`: the picture as it was known at a moment, its time line, and exports of a span. Read only, scoped."""

from datetime import datetime

import orjson
from flask import Blueprint, Response, abort, request

from ops_centre.api.answers import json_answer, whole_number
from ops_centre.api.session import current_actor
from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.clock import from_ms, to_ms
from ops_centre.errors import Invalid
from ops_centre.picture.encoding import plain
from ops_centre.picture.past import Knowing
from ops_centre.services.past_export import FORMATS

LATEST_MS = 253_370_764_800_000


def blueprint(ops: OpsCentre) -> Blueprint:
    """Routes under /api/v1/past."""
    routes = Blueprint("past", __name__, url_prefix="/api/v1/past")

    def viewer() -> Actor:
        actor = current_actor()
        authorise(actor, Permission.PAST_VIEW)
        return actor

    @routes.get("")
    def picture() -> Response:
        """The picture of a moment, in columns: as it was known then, or as it is known now."""
        actor = viewer()
        at = from_ms(whole_number("at", most=LATEST_MS))
        return json_answer(ops, ops.past.columns(actor, at, _knowing()))

    @routes.get("/reach")
    def reach() -> Response:
        """How far back the past is kept."""
        view = ops.past.reach(viewer())
        body = plain(view) | {"exercise": ops.settings.is_exercise}
        return json_answer(ops, orjson.dumps(body))

    @routes.get("/hits")
    def hits() -> Response:
        """Hits of a target with their evidence as they were known at a moment."""
        actor = viewer()
        at = from_ms(whole_number("at", most=LATEST_MS))
        found, lost = ops.past.hits(actor, whole_number("target", most=2**53), at)
        return json_answer(ops, orjson.dumps({"hits": found, "not_kept": lost}))

    @routes.get("/plan")
    def plan() -> Response:
        """What units were to do from a moment on and the orders in force, as they were known then."""
        actor = viewer()
        planned, left_off, orders = ops.past.plans(actor, from_ms(whole_number("at", most=LATEST_MS)))
        body = {
            "plan": None if planned is None else [plain(one) for one in planned],
            "left_off": left_off,
            "orders": None if orders is None else [plain(one) for one in orders],
        }
        return json_answer(ops, orjson.dumps(body))

    @routes.get("/marks")
    def marks() -> Response:
        """Log entries of a span, for its time line."""
        actor = viewer()
        since, until = _span()
        line = ops.past.time_line(actor, since, until)
        rows = [[to_ms(mark.at), mark.seq, mark.kind, mark.by_system, mark.text] for mark in line.marks]
        body = {"since": to_ms(line.since), "until": to_ms(line.until), "marks": rows, "left_off": line.left_off}
        return json_answer(ops, orjson.dumps(body))

    @routes.get("/export")
    def export() -> Response:
        """A span as a file: geojson, kml, or html that plays without the server."""
        actor = current_actor()
        authorise(actor, Permission.PAST_EXPORT)
        if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
            abort(405)  # to ask what an export would be is not to make one
        form = request.args.get("format", "")
        if form not in FORMATS:
            raise Invalid(f"format must be one of {', '.join(FORMATS)}.")
        made = ops.past_export.make(actor, form, *_span(), _knowing())
        answer = Response(made.body, content_type=made.media_type)
        answer.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
        answer.headers["Cache-Control"] = "no-store"
        if ops.settings.is_exercise:
            answer.headers["X-Ops-Exercise"] = "EXERCISE"
        return answer

    return routes


def _span() -> tuple[datetime, datetime]:
    return from_ms(whole_number("from", most=LATEST_MS)), from_ms(whole_number("until", most=LATEST_MS))


def _knowing() -> Knowing:
    word = request.args.get("known", Knowing.THEN.value)
    try:
        return Knowing(word)
    except ValueError:
        raise Invalid("known must be then or now.") from None
