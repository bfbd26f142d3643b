"""`/api/v1/watch`, `/api/v1/enquiries` and what hangs on them. Everything is scoped to the actor."""

from typing import Any

import orjson
from flask import Blueprint, Response, request

from ops_centre.api.answers import json_answer
from ops_centre.api.session import current_actor
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.brief import Brief
from ops_centre.domain.watches import AskerKind
from ops_centre.errors import Invalid
from ops_centre.picture.encoding import plain
from ops_centre.picture.enquiry_reads import EnquiryFilter
from ops_centre.picture.handover_views import HandoverRow, RosterRow

STATES = ("open", "overdue", "answered", "withdrawn")


def blueprint(ops: OpsCentre) -> Blueprint:
    """Routes under /api/v1."""
    routes = Blueprint("watch", __name__, url_prefix="/api/v1")

    @routes.get("/watch")
    def watch() -> Response:
        """The watch that is on, the roster ahead, the handover that waits, past watches."""
        view = ops.watch_reads.view(current_actor())
        body: dict[str, Any] = {
            "on": _row(view.on) if view.on else None,
            "handover": _offer(view.pending.handover) if view.pending else None,
            "new_since_offered": sorted(view.pending.new) if view.pending else [],
            "brief": _brief(view.brief),
            "roster": [_row(row) for row in view.roster],
            "clashes": [plain(clash) for clash in view.clashes],
            "past": [_row(row) for row in view.past],
        }
        return _answer(body)

    @routes.get("/watch/<int:watch_id>")
    def watch_card(watch_id: int) -> Response:
        """One watch with its handovers and their briefs."""
        card = ops.watch_reads.card(current_actor(), watch_id)
        return _answer({"watch": _row(card.row), "handovers": [_offer(one) for one in card.handovers]})

    @routes.get("/watch/since")
    def since() -> Response:
        """What happened since the reader was last here; null for whoever never was."""
        view = ops.since.view(current_actor())
        lines = {"lines": [plain(line) for line in view.lines], "counts": dict(view.counts)} if view else {}
        return _answer({"since": plain(view) | lines if view else None})

    @routes.get("/enquiries")
    def enquiries() -> Response:
        """Open enquiries by due time, or those in ``state``; ``q`` looks for words."""
        actor, state = current_actor(), request.args.get("state", "open")
        if state not in STATES:
            raise Invalid(f"state must be one of {', '.join(STATES)}.")
        kind = request.args.get("asker_kind") or None
        if kind is not None and kind not in tuple(AskerKind):
            raise Invalid(f"asker_kind must be one of {', '.join(AskerKind)}.")
        wanted = EnquiryFilter(request.args.get("q", "")[:200], state, kind)
        found = (ops.enquiry_reads.open if state in STATES[:2] else ops.enquiry_reads.closed)(actor, wanted)
        figures = ops.enquiry_reads.figures(actor)
        return _answer({"figures": plain(figures), "enquiries": [plain(row) for row in found]})

    @routes.get("/enquiries/<int:enquiry_id>")
    def enquiry(enquiry_id: int) -> Response:
        """One enquiry with what was done about it."""
        card = ops.enquiry_reads.card(current_actor(), enquiry_id)
        return _answer({"enquiry": plain(card.row), "steps": [plain(step) for step in card.steps]})

    def _answer(body: dict[str, Any]) -> Response:
        return json_answer(ops, orjson.dumps({"exercise": ops.settings.is_exercise} | body))

    return routes


def _row(row: RosterRow) -> dict[str, Any]:
    return plain(row) | {"members": [plain(member) for member in row.members]}


def _offer(row: HandoverRow) -> dict[str, Any]:
    return plain(row) | {"facts": _brief(row.facts), "heads": dict(row.heads) if row.heads is not None else None}


def _brief(brief: Brief | None) -> dict[str, Any] | None:
    return brief.plain() if brief is not None else None
