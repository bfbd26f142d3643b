"""`/api/v1/sufficiency` and `/api/v1/proposals`. Everything is scoped to the actor: numbers count what the actor may see."""

from typing import Any

import orjson
from flask import Blueprint, Response

from ops_centre.api.answers import json_answer
from ops_centre.api.session import current_actor
from ops_centre.bootstrap import OpsCentre
from ops_centre.picture.encoding import plain
from ops_centre.picture.sufficiency_views import PlaceView


def blueprint(ops: OpsCentre) -> Blueprint:
    """Routes under /api/v1."""
    routes = Blueprint("sufficiency", __name__, url_prefix="/api/v1")

    @routes.get("/sufficiency")
    def matrix() -> Response:
        """What each place will need in each block of hours against who is there, and the rules it is reckoned by."""
        view = ops.sufficiency.matrix(current_actor())
        body = plain(view) | {
            "blocks": [plain(block) for block in view.blocks],
            "places": [_place(place) for place in view.places],
        }
        return json_answer(ops, orjson.dumps(body))

    @routes.get("/sufficiency/rings")
    def rings() -> Response:
        """Places that run short or are sufficiently covered soon, for the map; at the others nothing is expected."""
        rows = ops.sufficiency.rings(current_actor())
        hours = ops.settings.sufficiency.ring_hours
        return json_answer(ops, orjson.dumps({"hours": hours, "places": [plain(row) for row in rows]}))

    @routes.get("/proposals")
    def proposals() -> Response:
        """The newest proposals of the solver."""
        rows = ops.proposal_reads.rows(current_actor())
        return json_answer(ops, orjson.dumps({"proposals": [plain(row) for row in rows]}))

    @routes.get("/proposals/<int:proposal_id>")
    def proposal(proposal_id: int) -> Response:
        """One proposal: its changes, what stays uncovered and why."""
        view = ops.proposal_reads.one(current_actor(), proposal_id)
        body = plain(view) | {
            "row": plain(view.row),
            "changes": [plain(one) for one in view.changes],
            "uncovered": [plain(one) for one in view.uncovered],
        }
        return json_answer(ops, orjson.dumps(body))

    return routes


def _place(place: PlaceView) -> dict[str, Any]:
    cells = [plain(cell) | {"needs": [_need(need) for need in cell.needs]} for cell in place.cells]
    return plain(place) | {"cells": cells}


def _need(need: Any) -> dict[str, Any]:
    return plain(need) | {"causes": [plain(cause) for cause in need.causes]}
