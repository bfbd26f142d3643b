"""Acts on the roster, the watch that is on, and its handover."""

from typing import Annotated

from pydantic import Field, StringConstraints

from ops_centre.api.acts.base import Act, Body, Line, Number, Words
from ops_centre.auth.permissions import Permission
from ops_centre.domain.watches import Head
from ops_centre.services import handovers

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Desk = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]


class Assign(Body):
    """Who leads and who is on a planned watch. ``desk_<n>`` is of the n-th member."""

    watch: Number
    lead: Name | None = None
    members: Annotated[list[Name], Field(max_length=40)] = []
    desks: dict[Name, Desk] = {}


class Open(Body):
    """Why a watch is opened without a handover."""

    reason: Words


class Join(Body):
    """At which desk."""

    desk: Desk | None = None


class Leave(Body):
    """Nothing more."""


class Offer(Body):
    """The five heads, or nothing to report."""

    situation: Words | None = None
    mission: Words | None = None
    execution: Words | None = None
    administration: Words | None = None
    command: Words | None = None
    nothing_to_report: bool = False
    affirmation: Line | None = None

    def words(self) -> handovers.Words:
        """As the service takes them."""
        given = {
            Head.SITUATION: self.situation,
            Head.MISSION: self.mission,
            Head.EXECUTION: self.execution,
            Head.ADMINISTRATION: self.administration,
            Head.COMMAND: self.command,
        }
        heads = {head: text for head, text in given.items() if text}
        return handovers.Words(heads, self.nothing_to_report, self.affirmation)


class OfHandover(Body):
    """Which handover."""

    handover: Number


class Return(OfHandover):
    """Why it goes back."""

    reason: Words


ACTS = (
    Act(
        "watch/assign",
        Permission.WATCH_LEAD,
        Assign,
        lambda ops, actor, body: ops.watches.assign(
            actor,
            body.watch,
            body.lead,
            [(name, body.desks.get(name) or None) for name in body.members],
            body.request_id,
        ),
        "Put a lead and members on a planned watch.",
    ),
    Act(
        "watch/open",
        Permission.WATCH_LEAD,
        Open,
        lambda ops, actor, body: ops.watches.open(actor, body.reason, body.request_id),
        "Open a watch where there is none to take over from.",
    ),
    Act(
        "watch/join",
        Permission.LOG_WRITE,
        Join,
        lambda ops, actor, body: ops.watches.join(actor, body.desk, body.request_id),
        "Come on the watch that is on.",
    ),
    Act(
        "watch/leave",
        Permission.LOG_WRITE,
        Leave,
        lambda ops, actor, body: ops.watches.leave(actor, body.request_id),
        "Go off the watch that is on.",
    ),
    Act(
        "watch/offer",
        Permission.WATCH_LEAD,
        Offer,
        lambda ops, actor, body: ops.handovers.offer(actor, body.words(), body.request_id),
        "Offer the watch to the next lead, with its brief.",
    ),
    Act(
        "watch/withdraw",
        Permission.WATCH_LEAD,
        OfHandover,
        lambda ops, actor, body: ops.handovers.withdraw(actor, body.handover, body.request_id),
        "Withdraw an offer that nobody has accepted.",
    ),
    Act(
        "watch/return",
        Permission.WATCH_LEAD,
        Return,
        lambda ops, actor, body: ops.handovers.send_back(actor, body.handover, body.reason, body.request_id),
        "Return an offered handover with a reason.",
    ),
    Act(
        "watch/accept",
        Permission.WATCH_LEAD,
        OfHandover,
        lambda ops, actor, body: ops.handovers.accept(actor, body.handover, body.request_id),
        "Accept an offered handover: the watch changes hands.",
    ),
)
