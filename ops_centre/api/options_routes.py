"""`/api/v1/options`: which units could do it, for scripts and for whoever builds a screen of their own."""

import orjson
from flask import Blueprint, Response, request

from ops_centre.api.answers import json_answer
from ops_centre.api.session import current_actor
from ops_centre.auth.actor import authorise
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import Invalid
from ops_centre.services.options import ABOUT

MAX_ABOUT = 80


def blueprint(ops: OpsCentre) -> Blueprint:
    """Routes under /api/v1."""
    routes = Blueprint("options", __name__, url_prefix="/api/v1")

    @routes.get("/options")
    def options() -> Response:
        """Units that could be sent to ``about`` (kind:id, kinds target, track, alert, entry, place), best first."""
        actor = current_actor()
        authorise(actor, Permission.TASKING_DECIDE)
        kind, _, thing_id = request.args.get("about", "")[:MAX_ABOUT].partition(":")
        if kind not in ABOUT or not thing_id:
            raise Invalid(f"about must be kind:id; kinds are {', '.join(ABOUT)}.")
        found = ops.options.options(actor, kind, thing_id).as_plain()
        return json_answer(ops, orjson.dumps(found | {"exercise": ops.settings.is_exercise}))

    return routes
