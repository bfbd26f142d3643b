"""Acts on the duty log."""

from typing import Annotated, Any, Literal

from pydantic import Field

from ops_centre.api.acts.base import Act, Body, Line, Moment, Words
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.services.log_entries import Correction, NewEntry

Reference = tuple[Annotated[str, Field(max_length=20)], Annotated[str, Field(min_length=1, max_length=80)]]
Seq = Annotated[int, Field(ge=1, le=2**53)]


class Write(Body):
    """A new entry. ``links``: kind and id of each thing it refers to."""

    text: Words
    kind: Literal["note", "observation", "call", "report", "request"] | None = None
    links: Annotated[tuple[Reference, ...], Field(max_length=40)] = ()
    occurred_at: Moment | None = None
    set_back: bool = False
    decider: Line | None = None
    marking: Literal["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"] | None = None


class Correct(Body):
    """What is put right in an entry, and why."""

    entry: Seq
    text: Words
    reason: Line
    occurred_at: Moment | None = None
    links: Annotated[tuple[Reference, ...], Field(max_length=40)] = ()


def _write(ops: OpsCentre, actor: Actor, body: Write) -> dict[str, Any]:
    entry = NewEntry(body.text, body.kind, body.links, body.occurred_at, body.set_back, body.decider, body.marking)
    return ops.entries.write(actor, entry, body.request_id)


def _correct(ops: OpsCentre, actor: Actor, body: Correct) -> dict[str, Any]:
    correction = Correction(body.text, body.reason, body.occurred_at, body.links)
    return ops.entries.correct(actor, body.entry, correction, body.request_id)


ACTS = (
    Act("log/write", Permission.LOG_WRITE, Write, _write, "Write an entry in the duty log."),
    Act("log/correct", Permission.LOG_WRITE, Correct, _correct, "Put an entry right by a new one that says why."),
)
