"""`/api/v1/operations/<id>/…`: orders, objectives, situation reports and files of one operation. All scoped to the actor."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

import orjson
from flask import Blueprint, Response, request

from ops_centre.api.answers import json_answer
from ops_centre.api.guard import takes_up_to, token_may_write
from ops_centre.api.headers import SANDBOX
from ops_centre.api.session import current_actor
from ops_centre.auth.actor import Actor
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import Invalid
from ops_centre.picture.encoding import plain
from ops_centre.picture.operation_part_views import FileContent, OrderView
from ops_centre.services.deeds import Repeated, request_of

PDF = "application/pdf"


def blueprint(ops: OpsCentre) -> Blueprint:
    """The routes."""
    routes = Blueprint("operation_parts", __name__, url_prefix="/api/v1/operations/<int:operation_id>")
    _reads(routes, ops)
    _prints(routes, ops)
    _files(routes, ops)
    return routes


def _reads(routes: Blueprint, ops: OpsCentre) -> None:
    reads = ops.operation_parts

    @routes.get("/orders")
    def orders(operation_id: int) -> Response:
        """Issued orders, newest first, and the draft for whoever may work on it."""
        part = reads.order(current_actor(), operation_id)
        body = {"issued": [_order(one) for one in part.issued], "draft": _order(part.draft) if part.draft else None}
        return _json(ops, body)

    @routes.get("/objectives")
    def objectives(operation_id: int) -> Response:
        """Objectives in order with their measures and results; dropped ones apart."""
        part = reads.objectives(current_actor(), operation_id)
        return _json(ops, {"objectives": [*map(plain, part.rows)], "dropped": [*map(plain, part.dropped)]})

    @routes.get("/reports")
    def reports(operation_id: int) -> Response:
        """Issued situation reports, newest first, and the draft for whoever may work on it."""
        part = reads.reports(current_actor(), operation_id)
        return _json(ops, {"issued": [*map(plain, part.issued)], "draft": plain(part.draft) if part.draft else None})

    @routes.get("/attachments")
    def attachments(operation_id: int) -> Response:
        """Files kept with the operation, removed ones among them, without their content."""
        return _json(ops, {"attachments": [*map(plain, reads.files(current_actor(), operation_id).rows)]})


def _prints(routes: Blueprint, ops: OpsCentre) -> None:
    @routes.get("/orders/<int:version>.pdf")
    def order_pdf(operation_id: int, version: int) -> Response:
        """An issued order as PDF."""
        from ops_centre.services import operation_pdf as pdf  # noqa: PLC0415  (fonts and images: 28 MB that few ask for)

        actor = current_actor()
        standing, order = ops.operation_parts.printed_order(actor, operation_id, version)
        sheet = pdf.order_sheet(standing, order, pdf.Printing(*_printing(ops, actor)))
        ops.attachments.taken(actor, operation_id, f"order {version}")
        return _saved(ops, FileContent(f"{standing.reference}-order-{version}.pdf", PDF, pdf.document(sheet)))

    @routes.get("/reports/<int:number>.pdf")
    def report_pdf(operation_id: int, number: int) -> Response:
        """An issued situation report as PDF."""
        from ops_centre.services import operation_pdf as pdf  # noqa: PLC0415  (as above)

        actor = current_actor()
        standing, report = ops.operation_parts.printed_report(actor, operation_id, number)
        sheet = pdf.report_sheet(standing, report, pdf.Printing(*_printing(ops, actor)))
        ops.attachments.taken(actor, operation_id, f"situation report {number}")
        return _saved(ops, FileContent(f"{standing.reference}-report-{number}.pdf", PDF, pdf.document(sheet)))


def _files(routes: Blueprint, ops: OpsCentre) -> None:
    @routes.post("/attachments")
    @token_may_write
    @takes_up_to(ops.settings.attachments.max_bytes)
    def attach(operation_id: int) -> Response:
        """Keep a file with the operation: the body is the file, ``name`` its name, ``request_id`` as in every act."""
        actor, name = current_actor(), request.args.get("name", "").replace("\0", "")[:500]
        if not name:
            raise Invalid("Say the file's name.")
        declared = request.headers.get("Content-Type", "")
        content, request_id = request.get_data(cache=False), request.args.get("request_id") or None
        if request_id:
            request_id = request_of(request_id, b"\0".join((str(operation_id).encode(), name.encode(), content)))
        try:
            answer = ops.attachments.add(actor, operation_id, name, declared, content, request_id)
        except Repeated as repeated:
            answer = repeated.answer | {"repeated": True}
        return _json(ops, answer)

    @routes.get("/attachments/<int:attachment_id>")
    def attachment(operation_id: int, attachment_id: int) -> Response:
        """A file, to be saved and never to be shown by the browser."""
        actor = current_actor()
        file = ops.operation_parts.file(actor, operation_id, attachment_id)
        ops.attachments.taken(actor, operation_id, f"attachment {attachment_id}")
        return _saved(ops, file)


def _order(order: OrderView) -> dict[str, Any]:
    """Without the changes: a script has both texts."""
    told: dict[str, Any] = plain(order)
    told["changed"] = [name for name, _pieces in order.changes]
    del told["changes"]
    return told


def _json(ops: OpsCentre, body: Any) -> Response:
    return json_answer(ops, orjson.dumps(body))


def _printing(ops: OpsCentre, actor: Actor) -> tuple[str, str, bool, datetime, str]:
    centre = ops.settings.centre
    return centre.name, centre.time_zone, ops.settings.is_exercise, ops.clock.now(), actor.display_name


def _saved(ops: OpsCentre, file: FileContent) -> Response:
    answer = Response(file.content, content_type=file.media_type)
    bare = "".join(one if one.isascii() and (one.isalnum() or one in " ._-") else "_" for one in file.name)
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{bare}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    )
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "no-store"
    if ops.settings.is_exercise:
        answer.headers["X-Ops-Exercise"] = "EXERCISE"
    return answer
