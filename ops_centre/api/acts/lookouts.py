"""Acts on lookouts."""

from typing import Annotated, Any

from pydantic import Field

from ops_centre.api.acts.base import Act, Body, Line, Moment, Number, Words
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.lookouts import IDENTIFIERS
from ops_centre.services.lookouts import NewLookout

Whole = Annotated[int, Field(ge=1, le=2**31 - 1)]


class AddLookout(Body):
    """The craft by what it is known by, what to notice of it, until when, and why."""

    subject_kind: Line = "vessel"
    label: Line
    mmsi: Whole | None = None
    imo: Whole | None = None
    icao24: Line | None = None
    registration: Line | None = None
    flight: Line | None = None
    callsign: Line | None = None
    vessel_name: Line | None = None
    zones: list[Line] = []
    dark_after_minutes: Whole | None = None
    severity: Line = "high"
    reason: Words
    legal_basis: Line | None = None
    expires_at: Moment
    marking: Line = "GREEN"
    releases: list[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]] = []


class EndLookout(Body):
    """Which one and why."""

    lookout: Number
    reason: Words


def _add(ops: OpsCentre, actor: Actor, body: AddLookout) -> dict[str, Any]:
    given = {name: getattr(body, name) for name in IDENTIFIERS}
    new = NewLookout(
        subject_kind=body.subject_kind, label=body.label, identifiers=given, severity=body.severity, reason=body.reason,
        expires_at=body.expires_at, zones=body.zones, dark_after_minutes=body.dark_after_minutes,
        legal_basis=body.legal_basis, marking=body.marking, releases=body.releases,
    )  # fmt: skip
    return {"said": ops.lookouts.add(actor, new, body.request_id)}


def _end(ops: OpsCentre, actor: Actor, body: EndLookout) -> dict[str, Any]:
    return {"said": ops.lookouts.end(actor, body.lookout, body.reason, body.request_id)}


ACTS = (
    Act("lookouts/add", Permission.LOOKOUT_EDIT, AddLookout, _add, "Ask for a craft to be noticed."),
    Act("lookouts/end", Permission.LOOKOUT_EDIT, EndLookout, _end, "End a lookout before its time."),
)
