"""`/api/v1/operations`: the boards, one operation, its part of the log. Everything is scoped to the actor."""

import dataclasses
from typing import Any

import orjson
from flask import Blueprint, Response, request

from ops_centre.api.answers import json_answer, whole_number
from ops_centre.api.session import current_actor
from ops_centre.bootstrap import OpsCentre
from ops_centre.clock import to_ms
from ops_centre.domain.operations import OperationKind
from ops_centre.errors import Invalid
from ops_centre.picture.operation_reads import OperationFilter

MAX_SEQ = 2**62
EXERCISES = {"only": True, "none": False}


def blueprint(ops: OpsCentre) -> Blueprint:
    """Routes under /api/v1."""
    routes = Blueprint("operations", __name__, url_prefix="/api/v1")

    def said(body: Any) -> Response:
        told = orjson.dumps(body, default=to_ms, option=orjson.OPT_PASSTHROUGH_DATETIME)
        return json_answer(ops, told)

    @routes.get("/operations")
    def operations() -> Response:
        """The boards: every operation that the filter lets through, with the moves this actor can make and why not."""
        boards = ops.operation_reads.boards(current_actor(), _filter())
        cards = [card for states in boards.columns.values() for column in states.values() for card in column]
        return said(
            {
                "exercise": ops.settings.is_exercise,
                "operations": [_card(dataclasses.asdict(card)) for card in cards],
                "shown": boards.shown,
                "total": boards.total,
                "left_out": [{"kind": kind, "state": state, "older": n} for (kind, state), n in boards.cut.items()],
            }
        )

    @routes.get("/operations/<int:operation_id>")
    def operation(operation_id: int) -> Response:
        """One operation in full: head, steps, links, units, taskings, and what this actor may do with it."""
        view = ops.operation_reads.one(current_actor(), operation_id)
        return said({"exercise": ops.settings.is_exercise, **_card(dataclasses.asdict(view))})

    @routes.get("/operations/<int:operation_id>/log")
    def operation_log(operation_id: int) -> Response:
        """Its part of the duty log, newest first; `before` is the number of the last entry already read."""
        before = whole_number("before", MAX_SEQ, most=MAX_SEQ)
        rows = ops.operation_reads.log(
            current_actor(), operation_id, before, whole_number("limit", 100, least=1, most=500)
        )
        return said({"entries": [dataclasses.asdict(row) for row in rows]})

    return routes


def _card(plain: dict[str, Any]) -> dict[str, Any]:
    """The row's own fields beside the rest."""
    row: dict[str, Any] = plain.pop("row")
    return row | plain


def _filter() -> OperationFilter:
    kind, exercise = request.args.get("kind"), request.args.get("exercise")
    if kind is not None and kind not in set(OperationKind):
        raise Invalid(f"kind is one of {', '.join(OperationKind)}.")
    if exercise is not None and exercise not in EXERCISES:
        raise Invalid(f"exercise is one of {', '.join(EXERCISES)}.")
    return OperationFilter(
        kind=kind,
        text=request.args.get("q", "")[:200],
        agency=request.args.get("agency"),
        commander=request.args.get("commander"),
        exercise=EXERCISES.get(exercise or ""),
    )
