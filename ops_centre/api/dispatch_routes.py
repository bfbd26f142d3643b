"""Dispatch as it is read by scripts: decisions, taskings, outcomes, criteria, the chain. Everything is scoped to the actor."""

import dataclasses
from typing import Any

import orjson
from flask import Blueprint, Response

from ops_centre.api.answers import json_answer, whole_number
from ops_centre.api.session import current_actor
from ops_centre.bootstrap import OpsCentre
from ops_centre.clock import to_ms

MAX_ID = 2**63 - 1


def blueprint(ops: OpsCentre) -> Blueprint:
    """Routes under /api/v1."""
    routes = Blueprint("dispatch", __name__, url_prefix="/api/v1")
    reads = ops.dispatch_reads

    def said(view: Any) -> Response:
        body = [dataclasses.asdict(one) for one in view] if isinstance(view, list) else dataclasses.asdict(view)
        return json_answer(ops, orjson.dumps(body, default=to_ms, option=orjson.OPT_PASSTHROUGH_DATETIME))

    @routes.get("/decisions/<int:decision_id>")
    def decision(decision_id: int) -> Response:
        """One decision with the options as they were shown."""
        return said(reads.decision(current_actor(), decision_id))

    @routes.get("/taskings")
    def taskings() -> Response:
        """Taskings newest first, 100 at a time; `before` is the number of the last one already read."""
        return said(reads.taskings(current_actor(), before=whole_number("before", MAX_ID, most=MAX_ID)))

    @routes.get("/taskings/<int:tasking_id>")
    def tasking(tasking_id: int) -> Response:
        """One tasking with its steps and outcomes."""
        return said(reads.tasking(current_actor(), tasking_id))

    @routes.get("/outcomes")
    def outcomes() -> Response:
        """The newest outcomes."""
        return said(reads.outcomes(current_actor()))

    @routes.get("/criteria")
    def criteria() -> Response:
        """What each version of each criterion has brought."""
        return said(reads.criteria(current_actor()))

    @routes.get("/chain/<kind>/<thing>")
    def chain(kind: str, thing: str) -> Response:
        """A thing with all it came from and all that came of it; `kind` is hit, track, target, alert, entry, decision,
        tasking, outcome, operation, unit, debrief, lesson or criterion (by its name)."""
        return said(ops.chain.of(current_actor(), kind, thing))

    return routes
