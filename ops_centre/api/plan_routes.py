"""`/api/v1/plan` and its CSV, scoped to the actor; and the calendars of agencies at secret addresses.

The calendar is the one thing of the centre that is read without signing in: programs on people's desks cannot. What it may
hold is decided in `services.plan_calendars`.
"""

from dataclasses import fields
from datetime import datetime
from typing import Any

import orjson
from flask import Blueprint, Response, abort, request

from ops_centre.api.answers import json_answer, whole_number
from ops_centre.api.guard import CALENDAR
from ops_centre.api.session import client_address, current_actor
from ops_centre.auth.actor import authorise
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.clock import from_ms, to_ms
from ops_centre.domain.units import UnitType
from ops_centre.errors import Invalid
from ops_centre.picture.plan_reads import PlanFilter
from ops_centre.picture.plan_views import PlanRow

WEEK_MS = 7 * 86_400_000
MAX_MS = 4_102_444_800_000
MAX_ID = 2**31 - 1


def blueprint(ops: OpsCentre) -> Blueprint:
    """The routes."""
    routes = Blueprint("plan", __name__)

    @routes.get("/api/v1/plan")
    def plan() -> Response:
        """Units over a window of time, each with what it is to do and what that breaks."""
        actor = current_actor()
        authorise(actor, Permission.PLAN_VIEW)
        starts_at, ends_at = _window(ops)
        offset, limit = whole_number("offset", 0, most=MAX_ID), whole_number("limit", 200, least=1, most=1000)
        view = ops.plan_reads.plan(actor, starts_at, ends_at, _filter(), offset=offset, limit=limit)
        rows = [row_plain(row) for row in view.rows]
        body = _fields(view) | {"rows": rows, "exercise": ops.settings.is_exercise}
        return json_answer(ops, orjson.dumps(body))

    @routes.get("/api/v1/plan/export.csv")
    def export() -> Response:
        """The plan of a window as CSV. An export is an act: it is logged."""
        actor = current_actor()
        authorise(actor, Permission.PLAN_VIEW)
        if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
            abort(405)  # to ask what an export would be is not to make one
        starts_at, ends_at = _window(ops)
        content = ops.plan_imports.export(actor, starts_at, ends_at, _filter())
        answer = Response(content, content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="plan-{starts_at:%Y%m%d}-{ends_at:%Y%m%d}.csv"'
        return _unkept(answer)

    @routes.get(CALENDAR)
    def calendar(secret: str) -> Response:
        """An agency's deployments as iCalendar, for whoever has the secret address."""
        content = ops.plan_calendars.read(secret, client_address())
        answer = Response(content, content_type="text/calendar; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="deployments.ics"'
        return _unkept(answer)

    def _unkept(answer: Response) -> Response:
        answer.headers["Cache-Control"] = "no-store"
        if ops.settings.is_exercise:
            answer.headers["X-Ops-Exercise"] = "EXERCISE"
        return answer

    return routes


def row_plain(row: PlanRow) -> dict[str, Any]:
    """A row for JSON; times in milliseconds since 1970."""
    bars = [_fields(bar) | {"conflicts": [_fields(one) for one in bar.conflicts]} for bar in row.bars]
    return _fields(row) | {"bars": bars}


def _fields(view: Any) -> dict[str, Any]:
    """As `picture.encoding.plain`, without copying what is in it: a plan holds tens of thousands of bars."""
    found = ((one.name, getattr(view, one.name)) for one in fields(view))
    return {name: to_ms(value) if isinstance(value, datetime) else value for name, value in found}


def _window(ops: OpsCentre) -> tuple[datetime, datetime]:
    starts = whole_number("from", to_ms(ops.clock.now()), most=MAX_MS)
    return from_ms(starts), from_ms(whole_number("until", starts + WEEK_MS, most=MAX_MS + WEEK_MS))


def _filter() -> PlanFilter:
    asked = request.args
    kind = asked.get("type") or None
    if kind is not None and kind not in tuple(UnitType):
        raise Invalid(f"type must be one of {', '.join(UnitType)}.")
    return PlanFilter(
        text=asked.get("q", "")[:200],
        agency=asked.get("agency") or None,
        unit_type=kind,
        capability=asked.get("capability") or None,
        operation_id=whole_number("operation", 0, most=MAX_ID) or None,
        place=asked.get("place") or None,
        conflicts_only=asked.get("conflicts") == "1",
    )
