"""`GET /api/v1/log/export`: the duty log as a file. An export is an act: it is logged, audited and scoped to the actor."""

from collections.abc import Iterator

from flask import Blueprint, Response, abort, request, stream_with_context

from ops_centre.api.log_routes import filter_of
from ops_centre.api.session import current_actor
from ops_centre.auth.actor import authorise
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import Invalid
from ops_centre.services.log_export import FORMATS, Export


def blueprint(ops: OpsCentre) -> Blueprint:
    """The route."""
    routes = Blueprint("log_export", __name__)

    @routes.get("/api/v1/log/export")
    def export() -> Response:
        """The entries that match, as a file: csv, jsonl (with proofs) or pdf."""
        actor = current_actor()
        authorise(actor, Permission.LOG_EXPORT)
        if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
            abort(405)  # to ask what an export would be is not to make one
        make = {"csv": ops.log_export.csv, "jsonl": ops.log_export.jsonl, "pdf": ops.log_export.pdf}
        form = request.args.get("format", "")
        if form not in FORMATS:
            raise Invalid(f"format must be one of {', '.join(FORMATS)}.")
        return _answer(ops, make[form](actor, filter_of(request.args)))

    return routes


def _answer(ops: OpsCentre, export: Export) -> Response:
    parts: Iterator[bytes] = stream_with_context(export.parts)
    answer = Response(parts, content_type=export.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{export.name}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    if ops.settings.is_exercise:
        answer.headers["X-Ops-Exercise"] = "EXERCISE"
    return answer
