"""What screens ask of the parts of an operation. What belongs to an operation is seen by whoever sees the operation; a
situation report is also scoped by its own handling. Drafts are seen by those who may work on them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.operation_rights import may_work
from ops_centre.auth.permissions import Permission
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.handling import HandlingRule, may_see
from ops_centre.domain.operations import ENDED, RUNNING, OperationState
from ops_centre.domain.orders import DRAFT, ISSUED, changed, differences, digest, sealed_order
from ops_centre.domain.situation_reports import sealed_report
from ops_centre.errors import NotFound
from ops_centre.models import Attachment, LogEntry, Objective, Operation, Order, SituationReport
from ops_centre.picture.brief_gathering import rules_in_scope
from ops_centre.picture.operation_part_views import (
    AttachmentView,
    FileContent,
    FilesPart,
    ObjectivesPart,
    ObjectiveView,
    OrderPart,
    OrderView,
    ReportsPart,
    ReportView,
    Standing,
)
from ops_centre.picture.scope import scope_of

MAX_ID = 2**31 - 1
NONE = "There is no such operation, or it is not released to you."


@dataclass(frozen=True, slots=True)
class _Seen:
    """An operation that the reader may see."""

    operation: Operation
    rules: Mapping[int, HandlingRule]  # in scope
    may_work: bool

    @property
    def rule(self) -> HandlingRule:
        return self.rules[self.operation.handling_id]

    @property
    def state(self) -> OperationState:
        return OperationState(self.operation.state)


class OperationPartReads:
    """Reads of orders, objectives, situation reports and attachments. All raise NotFound for what is out of scope."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self.db = db
        self.agencies = [agency.code for agency in settings.agencies]
        self.max_bytes = settings.attachments.max_bytes

    def order(self, actor: Actor, operation_id: int) -> OrderPart:
        """All issued versions, newest first, each with what changed; and the draft."""
        with self.db.reading() as session:
            seen = _seen(session, actor, operation_id)
            rows = list(
                session.scalars(select(Order).where(Order.operation_id == operation_id).order_by(Order.version))
            )
            issued = [row for row in rows if row.state == ISSUED]
            entries = _sealed_hashes(session, [row.log_seq for row in issued])
            views = [_order(seen, row, before, entries) for row, before in zip(issued, [None, *issued], strict=False)]
            last = issued[-1] if issued else None
            drafts = [_order(seen, row, last, entries) for row in rows if row.state == DRAFT and seen.may_work]
            reference, ended = seen.operation.reference, seen.state in ENDED
            draft = drafts[0] if drafts else None
            return OrderPart(operation_id, reference, seen.may_work, ended, tuple(reversed(views)), draft)

    def objectives(self, actor: Actor, operation_id: int) -> ObjectivesPart:
        """What it is to reach, in order, and what was dropped."""
        with self.db.reading() as session:
            seen = _seen(session, actor, operation_id)
            wanted = select(Objective).where(Objective.operation_id == operation_id)
            rows = [_objective(row) for row in session.scalars(wanted.order_by(Objective.position, Objective.id))]
            approved = seen.state is OperationState.APPROVED
            return ObjectivesPart(
                operation_id,
                seen.may_work,
                may_change=seen.may_work and seen.state not in ENDED and not approved,
                may_judge=seen.may_work and (seen.state in RUNNING or seen.state is OperationState.CLOSED),
                rows=tuple(row for row in rows if row.dropped_at is None),
                dropped=tuple(row for row in rows if row.dropped_at is not None),
                approved=approved,
            )

    def reports(self, actor: Actor, operation_id: int) -> ReportsPart:
        """The reports that the reader may see, newest first."""
        with self.db.reading() as session:
            seen = _seen(session, actor, operation_id)
            views = _reports(session, seen, operation_id)
            over = seen.state in (OperationState.DEBRIEFED, OperationState.CANCELLED)
            drafts = [view for view in views if view.issued_at is None and seen.may_work]
            return ReportsPart(
                operation_id,
                seen.may_work,
                may_draft=seen.may_work and not over,
                issued=tuple(view for view in views if view.issued_at is not None),
                draft=drafts[0] if drafts else None,
                may_know=tuple(code for code in self.agencies if may_see(seen.rule, agency=code, sees_restricted=True)),
            )

    def files(self, actor: Actor, operation_id: int) -> FilesPart:
        """The files, newest first, without their content."""
        with self.db.reading() as session:
            seen = _seen(session, actor, operation_id)
            wanted = select(Attachment).where(Attachment.operation_id == operation_id)
            rows = tuple(_attachment(row) for row in session.scalars(wanted.order_by(Attachment.id.desc())))
            return FilesPart(operation_id, seen.may_work, self.max_bytes, rows)

    def file(self, actor: Actor, operation_id: int, attachment_id: int) -> FileContent:
        """One file with its content. Raises NotFound also for one that was removed."""
        with self.db.reading() as session:
            _seen(session, actor, operation_id)
            wanted = select(Attachment).where(Attachment.operation_id == operation_id, Attachment.id == attachment_id)
            row = session.scalars(wanted.options(undefer(Attachment.content))).first()
            if row is None or row.content is None:
                raise NotFound("There is no such file; perhaps it was removed.")
            return FileContent(row.name, row.media_type, row.content)

    def printed_order(self, actor: Actor, operation_id: int, version: int) -> tuple[Standing, OrderView]:
        """An issued order with what its head says of the operation."""
        part = self.order(actor, operation_id)
        found = next((one for one in part.issued if one.version == version), None)
        if found is None:
            raise NotFound(f"Order {version} of {part.reference} was not issued.")
        return self._standing(actor, operation_id), found

    def printed_report(self, actor: Actor, operation_id: int, number: int) -> tuple[Standing, ReportView]:
        """An issued report with what its head says of the operation."""
        part = self.reports(actor, operation_id)
        found = next((one for one in part.issued if one.number == number), None)
        if found is None:
            raise NotFound("There is no such report, or it is not released to you.")
        return self._standing(actor, operation_id), found

    def _standing(self, actor: Actor, operation_id: int) -> Standing:
        with self.db.reading() as session:
            seen = _seen(session, actor, operation_id)
            one, rule = seen.operation, seen.rule
            return Standing(
                one.id, one.reference, one.name, one.is_exercise, one.commander, tuple(one.agencies), one.starts_at,
                one.ends_at, rule.owner, rule.marking.value, tuple(sorted(rule.releases)),
            )  # fmt: skip


def _seen(session: Session, actor: Actor, operation_id: int) -> _Seen:
    authorise(actor, Permission.OPERATION_VIEW)
    rules = rules_in_scope(session, scope_of(actor))
    operation = session.get(Operation, operation_id) if 0 < operation_id <= MAX_ID else None
    if operation is None or operation.handling_id not in rules:
        raise NotFound(NONE)
    return _Seen(operation, rules, may_work(actor, operation.kind, operation.commander))


def _sealed_hashes(session: Session, seqs: list[int | None]) -> dict[int, str]:
    """The hash that each of these log entries holds."""
    wanted = select(LogEntry.seq, LogEntry.detail).where(LogEntry.seq.in_([seq for seq in seqs if seq is not None]))
    return {seq: str(detail.get("sha256", "")) for seq, detail in session.execute(wanted)}


def _order(seen: _Seen, row: Order, before: Order | None, entries: Mapping[int, str]) -> OrderView:
    names = changed(before.heads, row.heads) if before is not None else []
    changes = tuple(
        (name, differences(before.heads.get(name, ""), row.heads.get(name, ""))) for name in names if before
    )
    return OrderView(
        row.version, row.edition, row.heads, row.written_by, row.written_at, row.issued_by, row.issued_at, row.sha256,
        row.log_seq, _order_is_sealed(seen, row, entries), changes,
    )  # fmt: skip


def _order_is_sealed(seen: _Seen, row: Order, entries: Mapping[int, str]) -> bool:
    if row.issued_by is None or row.issued_at is None or row.log_seq is None:
        return False
    content = sealed_order(seen.operation.reference, row.version, row.heads, row.issued_by, row.issued_at)
    return digest(content) == row.sha256 == entries.get(row.log_seq)


def _objective(row: Objective) -> ObjectiveView:
    return ObjectiveView(
        row.id, row.position, row.version, row.text, row.measure, row.result, row.result_note, row.result_by, row.result_at,
        row.dropped_at,
    )  # fmt: skip


def _reports(session: Session, seen: _Seen, operation_id: int) -> list[ReportView]:
    wanted = select(SituationReport).where(
        SituationReport.operation_id == operation_id, SituationReport.handling_id.in_(seen.rules)
    )
    rows = list(session.scalars(wanted.order_by(SituationReport.number.desc())))
    entries = _sealed_hashes(session, [row.log_seq for row in rows])
    return [_report(seen, row, entries) for row in rows]


def _report(seen: _Seen, row: SituationReport, entries: Mapping[int, str]) -> ReportView:
    rule = seen.rules[row.handling_id]
    sealed = False
    if row.issued_by is not None and row.issued_at is not None and row.log_seq is not None:
        span, issued = (row.since_at, row.until_at), (row.issued_by, row.issued_at)
        content = sealed_report(seen.operation.reference, row.number, span, row.heads, row.agencies, issued, rule)
        sealed = digest(content) == row.sha256 == entries.get(row.log_seq)
    return ReportView(
        row.id, row.number, row.edition, row.since_at, row.until_at, row.heads, len(row.facts), tuple(row.agencies),
        row.written_by, row.written_at, row.issued_by, row.issued_at, row.sha256, row.log_seq, sealed, rule.owner,
        rule.marking.value, tuple(sorted(rule.releases)),
    )  # fmt: skip


def _attachment(row: Attachment) -> AttachmentView:
    return AttachmentView(
        row.id, row.name, row.media_type, row.size, row.sha256, row.added_by, row.added_at, row.removed_by, row.removed_at,
        row.remove_reason, row.log_seq,
    )  # fmt: skip
