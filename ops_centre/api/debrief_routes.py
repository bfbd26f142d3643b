"""`/api/v1/debriefs`: a debrief as PDF."""

from flask import Blueprint, Response

from ops_centre.api.session import current_actor
from ops_centre.bootstrap import OpsCentre


def blueprint(ops: OpsCentre) -> Blueprint:
    """Routes under /api/v1/debriefs."""
    routes = Blueprint("debriefs", __name__, url_prefix="/api/v1/debriefs")

    @routes.get("/<int:debrief_id>.pdf")
    def debrief_pdf(debrief_id: int) -> Response:
        """A debrief as PDF, as far as the reader may know of what is in it."""
        from ops_centre.services import debrief_pdf as pdf  # noqa: PLC0415  (fonts and images: 28 MB that few ask for)
        from ops_centre.services.operation_pdf import Printing, document  # noqa: PLC0415  (as above)

        actor, centre = current_actor(), ops.settings.centre
        view, drill = ops.debrief_reads.printed(actor, debrief_id)
        exercise = ops.settings.is_exercise or drill
        printing = Printing(centre.name, centre.time_zone, exercise, ops.clock.now(), actor.display_name)
        content = document(pdf.debrief_sheet(view, printing, actor.agency))
        ops.debriefs.printed(actor, debrief_id)
        answer = Response(content, content_type="application/pdf")
        answer.headers["Content-Disposition"] = f'attachment; filename="debrief-{debrief_id}.pdf"'
        return answer

    return routes
