"""Acts on orders, objectives, situation reports and attachments. Their services ask who may: it depends on the operation."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from ops_centre.api.acts.base import Act, Body, Line, Number, Words
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.results import Result
from ops_centre.domain.situation_reports import Head as ReportHead
from ops_centre.domain.watches import Head as OrderHead

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=8000)]
Edition = Annotated[int, Field(ge=0, le=2**31 - 1)]
Agencies = Annotated[list[Line], Field(max_length=40)]


class Order(Body):
    """The words of an order. ``version``: its number; ``edition``: the saving of the draft it was written on, 0 for none."""

    operation: Number
    version: Number
    edition: Edition = 0
    situation: Text = ""
    mission: Text = ""
    execution: Text = ""
    administration: Text = ""
    command: Text = ""

    def heads(self) -> dict[str, str]:
        """By the names under which they are stored."""
        return {
            OrderHead.SITUATION.value: self.situation,
            OrderHead.MISSION.value: self.mission,
            OrderHead.EXECUTION.value: self.execution,
            OrderHead.ADMINISTRATION.value: self.administration,
            OrderHead.COMMAND.value: self.command,
        }


class DiscardOrder(Body):
    """Which draft."""

    operation: Number
    edition: Edition


class AddObjective(Body):
    """What is to be reached, and how that is measured."""

    operation: Number
    text: Line
    measure: Line


class EditObjective(Body):
    """Its new words. ``version``: the one they were made on."""

    objective: Number
    version: Number
    text: Line
    measure: Line


class DropObjective(Body):
    """Which, and why."""

    objective: Number
    reason: Words


class ShiftObjective(Body):
    """Which objective changes places with the one before it (``up``) or after it, and on which version."""

    objective: Number
    version: Number
    up: bool


class PlaceObjective(Body):
    """Which objective, on which version, takes the place of objective ``onto``."""

    objective: Number
    version: Number
    onto: Number


class JudgeObjective(Body):
    """How far it was reached."""

    objective: Number
    version: Number
    result: Result
    note: Text = ""


class DraftReport(Body):
    """For whom. ``edition``: of the draft that is written anew, 0 for none."""

    operation: Number
    agencies: Agencies = []
    edition: Edition = 0


class Report(Body):
    """The words of a report and for whom it is."""

    report: Number
    edition: Edition
    agencies: Agencies = []
    situation: Text = ""
    events: Text = ""
    taskings: Text = ""
    units: Text = ""
    objectives: Text = ""
    next: Text = ""

    def heads(self) -> dict[str, str]:
        """By the names under which they are stored."""
        return {
            ReportHead.SITUATION.value: self.situation,
            ReportHead.EVENTS.value: self.events,
            ReportHead.TASKINGS.value: self.taskings,
            ReportHead.UNITS.value: self.units,
            ReportHead.OBJECTIVES.value: self.objectives,
            ReportHead.NEXT.value: self.next,
        }


class DiscardReport(Body):
    """Which draft."""

    report: Number
    edition: Edition


class RemoveAttachment(Body):
    """Which, and why."""

    attachment: Number
    reason: Words


def _save_order(ops: OpsCentre, actor: Actor, body: Order) -> dict[str, Any]:
    return ops.orders.save(actor, body.operation, body.version, body.edition, body.heads(), body.request_id)


def _issue_order(ops: OpsCentre, actor: Actor, body: Order) -> dict[str, Any]:
    return ops.orders.issue(actor, body.operation, body.version, body.edition, body.heads(), body.request_id)


def _discard_order(ops: OpsCentre, actor: Actor, body: DiscardOrder) -> dict[str, Any]:
    return ops.orders.discard(actor, body.operation, body.edition, body.request_id)


def _add(ops: OpsCentre, actor: Actor, body: AddObjective) -> dict[str, Any]:
    return ops.objectives.add(actor, body.operation, body.text, body.measure, body.request_id)


def _edit(ops: OpsCentre, actor: Actor, body: EditObjective) -> dict[str, Any]:
    return ops.objectives.edit(actor, body.objective, body.version, body.text, body.measure, body.request_id)


def _drop(ops: OpsCentre, actor: Actor, body: DropObjective) -> dict[str, Any]:
    return ops.objectives.drop(actor, body.objective, body.reason, body.request_id)


def _shift(ops: OpsCentre, actor: Actor, body: ShiftObjective) -> dict[str, Any]:
    return ops.objectives.shift(actor, body.objective, body.version, body.up, body.request_id)


def _place(ops: OpsCentre, actor: Actor, body: PlaceObjective) -> dict[str, Any]:
    return ops.objectives.place(actor, body.objective, body.version, body.onto, body.request_id)


def _judge(ops: OpsCentre, actor: Actor, body: JudgeObjective) -> dict[str, Any]:
    return ops.objectives.judge(actor, body.objective, body.version, body.result, body.note, body.request_id)


def _draft(ops: OpsCentre, actor: Actor, body: DraftReport) -> dict[str, Any]:
    return ops.situation_reports.draft(actor, body.operation, body.agencies, body.edition, body.request_id)


def _save_report(ops: OpsCentre, actor: Actor, body: Report) -> dict[str, Any]:
    return ops.situation_reports.save(actor, body.report, body.edition, body.heads(), body.agencies, body.request_id)


def _issue_report(ops: OpsCentre, actor: Actor, body: Report) -> dict[str, Any]:
    return ops.situation_reports.issue(actor, body.report, body.edition, body.heads(), body.agencies, body.request_id)


def _discard_report(ops: OpsCentre, actor: Actor, body: DiscardReport) -> dict[str, Any]:
    return ops.situation_reports.discard(actor, body.report, body.edition, body.request_id)


def _remove(ops: OpsCentre, actor: Actor, body: RemoveAttachment) -> dict[str, Any]:
    return ops.attachments.remove(actor, body.attachment, body.reason, body.request_id)


SEE = Permission.OPERATION_VIEW  # the least; `auth.operation_rights.may_work` says who may
ACTS = (
    Act("orders/save", SEE, Order, _save_order, "Keep the draft of an operation's order."),
    Act("orders/issue", SEE, Order, _issue_order, "Issue the next version of an operation's order."),
    Act("orders/discard", SEE, DiscardOrder, _discard_order, "Throw the draft of an order away."),
    Act("objectives/add", SEE, AddObjective, _add, "Add an objective to an operation."),
    Act("objectives/edit", SEE, EditObjective, _edit, "Change the words of an objective."),
    Act("objectives/shift", SEE, ShiftObjective, _shift, "Put an objective before or after its neighbour."),
    Act("objectives/place", SEE, PlaceObjective, _place, "Put an objective in the place of another."),
    Act("objectives/drop", SEE, DropObjective, _drop, "Take an objective out."),
    Act("objectives/judge", SEE, JudgeObjective, _judge, "Say how far an objective was reached."),
    Act("reports/draft", SEE, DraftReport, _draft, "Draft a situation report from what happened."),
    Act("reports/save", SEE, Report, _save_report, "Keep the draft of a situation report."),
    Act("reports/issue", SEE, Report, _issue_report, "Issue a situation report to agencies."),
    Act("reports/discard", SEE, DiscardReport, _discard_report, "Throw the draft of a situation report away."),
    Act("attachments/remove", SEE, RemoveAttachment, _remove, "Remove a file from an operation; its row stays."),
)
