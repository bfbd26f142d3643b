"""Acts on outcomes."""

from typing import Annotated, Any

from pydantic import Field

from ops_centre.api.acts.base import Act, Body, Moment, Number
from ops_centre.api.acts.dispatch import Note, words_of
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.tasking import QUANTITY_LIMIT, NotExamined, Result
from ops_centre.services.outcomes import Finding

Amount = Annotated[float, Field(gt=0, lt=QUANTITY_LIMIT, allow_inf_nan=False)]
Short = Annotated[str, Field(max_length=200)]


class ReportOutcome(Body):
    """The result of an examination, of a tasking or of a target directly."""

    tasking: Number | None = None
    target: Number | None = None
    result: Result
    reason: NotExamined | None = None
    finding: Short | None = None
    quantity: Amount | None = None
    quantity_unit: Annotated[str, Field(max_length=20)] | None = None
    note: Note | None = None
    examined_at: Moment | None = None
    completes: bool = False


def _report(ops: OpsCentre, actor: Actor, body: ReportOutcome) -> dict[str, Any]:
    found = Finding(
        body.result, body.tasking, body.target, body.reason, words_of(body.finding), body.quantity,
        words_of(body.quantity_unit) if body.quantity is not None else None, words_of(body.note), body.examined_at,
        body.completes,
    )  # fmt: skip
    return ops.outcomes.report(actor, found, body.request_id)


ACTS = (
    Act("outcomes/report", Permission.OUTCOME_REPORT, ReportOutcome, _report, "Report the result of an examination."),
)
