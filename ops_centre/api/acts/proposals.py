"""Acts on proposals of the solver."""

from typing import Annotated, Literal

from pydantic import Field

from ops_centre.api.acts.base import Act, Body, Line, Moment, Number
from ops_centre.auth.permissions import Permission
from ops_centre.services.proposals import Asked


class Ask(Body):
    """What is to be proposed for."""

    sort: Literal["shortfalls", "targets"]
    hours: Annotated[int, Field(ge=1, le=168)] | None = None
    agency: Line | None = None


class Of(Body):
    """Which proposal."""

    proposal: Number


class Choose(Of):
    """One of its changes."""

    key: Line


class Retime(Choose):
    """One of its changes at another time."""

    starts_at: Moment
    ends_at: Moment


ACTS = (
    Act(
        "proposals/ask",
        Permission.PLAN_EDIT,
        Ask,
        lambda ops, actor, body: ops.proposals.ask(actor, Asked(body.sort, body.hours, body.agency), body.request_id),
        "Have the solver work out a proposal.",
    ),
    Act(
        "proposals/leave-out",
        Permission.PLAN_EDIT,
        Choose,
        lambda ops, actor, body: ops.proposals.choose(
            actor, body.proposal, body.key, dropped=True, request_id=body.request_id
        ),
        "Leave one change out of a draft.",
    ),
    Act(
        "proposals/take-in",
        Permission.PLAN_EDIT,
        Choose,
        lambda ops, actor, body: ops.proposals.choose(
            actor, body.proposal, body.key, dropped=False, request_id=body.request_id
        ),
        "Take a change back into a draft.",
    ),
    Act(
        "proposals/retime",
        Permission.PLAN_EDIT,
        Retime,
        lambda ops, actor, body: ops.proposals.retime(
            actor, body.proposal, body.key, body.starts_at, body.ends_at, body.request_id
        ),
        "Give one change of a draft another time; it is judged again.",
    ),
    Act(
        "proposals/approve",
        Permission.PLAN_EDIT,
        Of,
        lambda ops, actor, body: ops.proposals.approve(actor, body.proposal, body.request_id),
        "Make the changes of a draft assignments.",
    ),
    Act(
        "proposals/drop",
        Permission.PLAN_EDIT,
        Of,
        lambda ops, actor, body: ops.proposals.drop(actor, body.proposal, body.request_id),
        "Drop a draft, or stop a proposal that is being worked out.",
    ),
)
