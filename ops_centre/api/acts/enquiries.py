"""Acts on enquiries."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from ops_centre.api.acts.base import Act, Body, Line, Moment, Number, Words
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.handling import Marking
from ops_centre.domain.watches import AskerKind
from ops_centre.errors import Invalid
from ops_centre.services.enquiries import Asked


class TakeDown(Body):
    """An enquiry as it is taken down. Due at a moment, or so many minutes from now."""

    asker_kind: AskerKind
    asker: Line
    contact: Line | None = None
    question: Words
    due_at: Moment | None = None
    due_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 60)] | None = None
    legal_basis: Line | None = None
    outside: bool = False
    marking: Marking = Marking.AMBER
    releases: Annotated[list[Line], Field(max_length=20)] = []
    about: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""  # "target:12 unit:3"
    asked_at: Moment | None = None


class Of(Body):
    """Which enquiry."""

    enquiry: Number


class Answer(Of):
    """What was answered."""

    answer: Words
    legal_basis: Line | None = None


class Withdraw(Of):
    """Why."""

    reason: Words


def _take_down(ops: OpsCentre, actor: Actor, body: TakeDown) -> dict[str, Any]:
    due_at = body.due_at
    if due_at is None and body.due_minutes is not None:
        due_at = ops.clock.now() + timedelta(minutes=body.due_minutes)
    if due_at is None:
        raise Invalid("Say by when the answer is wanted.")
    asked = Asked(
        asker_kind=body.asker_kind,
        asker=body.asker,
        question=body.question,
        due_at=due_at,
        contact=body.contact,
        legal_basis=body.legal_basis,
        outside=body.outside,
        marking=body.marking.value,
        releases=body.releases,
        things=_things(body.about),
        asked_at=body.asked_at,
    )
    return ops.enquiries.take_down(actor, asked, body.request_id)


def _things(text: str) -> list[tuple[str, str]]:
    """``target:12 unit:3`` as kinds and ids. Raises Invalid."""
    found = []
    for word in text.replace(",", " ").split():
        kind, colon, thing = word.partition(":")
        if not colon or not kind or not thing:
            raise Invalid(f"{word!r} is no link; write it as target:12 or unit:3.")
        found.append((kind, thing))
    return found


ACTS = (
    Act("enquiries/take-down", Permission.ENQUIRY_HANDLE, TakeDown, _take_down, "Take an enquiry down."),
    Act(
        "enquiries/take-up",
        Permission.ENQUIRY_HANDLE,
        Of,
        lambda ops, actor, body: ops.enquiries.take_up(actor, body.enquiry, body.request_id),
        "Say that one works on an enquiry.",
    ),
    Act(
        "enquiries/answer",
        Permission.ENQUIRY_HANDLE,
        Answer,
        lambda ops, actor, body: ops.enquiries.answer(
            actor, body.enquiry, body.answer, body.legal_basis, body.request_id
        ),
        "Answer an enquiry.",
    ),
    Act(
        "enquiries/withdraw",
        Permission.ENQUIRY_HANDLE,
        Withdraw,
        lambda ops, actor, body: ops.enquiries.withdraw(actor, body.enquiry, body.reason, body.request_id),
        "Close an enquiry unanswered.",
    ),
)
