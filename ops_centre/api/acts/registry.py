"""All acts, and the routes they are posted to. Guarded like every route; each loads the actor and checks the permission."""

from collections.abc import Callable

import orjson
from flask import Blueprint, Response, request
from pydantic import ValidationError

from ops_centre.api.acts import (
    alerts,
    crews,
    debriefs,
    dispatch,
    enquiries,
    feeds,
    field,
    field_reports,
    log,
    lookouts,
    manifests,
    operation_areas,
    operation_parts,
    operations,
    outcomes,
    plans,
    proposals,
    watch,
)
from ops_centre.api.acts.base import Act, Body
from ops_centre.api.answers import json_answer
from ops_centre.api.session import current_actor
from ops_centre.auth.actor import authorise
from ops_centre.bootstrap import OpsCentre
from ops_centre.config import fault_text
from ops_centre.errors import Invalid
from ops_centre.services.deeds import Repeated, request_of

ACTS: tuple[Act, ...] = (
    *alerts.ACTS,
    *lookouts.ACTS,
    *manifests.ACTS,
    *feeds.ACTS,
    *log.ACTS,
    *dispatch.ACTS,
    *outcomes.ACTS,
    *field.ACTS,
    *field_reports.ACTS,
    *crews.ACTS,
    *watch.ACTS,
    *enquiries.ACTS,
    *debriefs.ACTS,
    *operations.ACTS,
    *operation_areas.ACTS,
    *operation_parts.ACTS,
    *plans.ACTS,
    *proposals.ACTS,
)


def blueprint(ops: OpsCentre) -> Blueprint:
    """One POST route for each act."""
    routes = Blueprint("acts", __name__, url_prefix="/api/v1/acts")
    for act in ACTS:
        routes.add_url_rule(f"/{act.name}", act.name.replace("/", "_"), _view(ops, act), methods=["POST"])
    return routes


def _view(ops: OpsCentre, act: Act) -> Callable[[], Response]:
    def view() -> Response:
        actor = current_actor()
        authorise(actor, act.needs)
        body = _one_request(_body(act))
        try:
            answer = act.run(ops, actor, body)
        except Repeated as repeated:
            answer = repeated.answer | {"repeated": True}
        return json_answer(ops, orjson.dumps(answer))

    view.__doc__ = act.does
    return view


def _one_request(body: Body) -> Body:
    """``body`` with a request id that stands for what it asks, too."""
    return body.model_copy(update={"request_id": request_of(body.request_id, body.asked())})


def _body(act: Act) -> Body:
    try:
        return act.body.model_validate(orjson.loads(request.get_data(cache=False)))
    except orjson.JSONDecodeError as garbled:
        raise Invalid("The request is not JSON.") from garbled
    except ValidationError as wrong:
        faults = [fault_text(error) for error in wrong.errors(include_url=False)]
        raise Invalid("; ".join(faults[:5])) from wrong
