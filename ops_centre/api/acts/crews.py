"""Acts on crews: which account in the field reports for which unit."""

from typing import Any

from ops_centre.api.acts.base import Act, Body, Line
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre


class Assign(Body):
    """The account ``name`` reports for the unit ``callsign``; without one, for none."""

    name: Line
    callsign: Line | None = None


def _assign(ops: OpsCentre, actor: Actor, body: Assign) -> dict[str, Any]:
    if body.callsign is None:
        ops.crews.relieve(actor, body.name)
        return {"said": f"{body.name} reports for no unit."}
    callsign = ops.crews.assign(actor, body.name, body.callsign)
    return {"said": f"{body.name} reports for {callsign}."}


ACTS = (Act("crews/assign", Permission.ACCOUNT_ADMIN, Assign, _assign, "Let a field account report for a unit."),)
