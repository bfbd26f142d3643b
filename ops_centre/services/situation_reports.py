"""Situation reports of operations: drafted from what the addressees have not been told, edited, issued, never changed after.

No report tells an agency more than it may know (`domain.situation_reports`): the draft takes only facts that every
addressee may know of, and saving and issuing ask again, with the handlings of that moment. An issued report is sealed: its
log entry holds the SHA-256 of its canonical content and is handled as the report is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import audience_of, rule_of
from ops_centre.config import Settings
from ops_centre.domain import situation_reports as reporting
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.operations import OperationState
from ops_centre.domain.orders import DRAFT, ISSUED, digest
from ops_centre.domain.situation_reports import Fact, Frame, Source, fact_of
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import Handling, Operation, SituationReport
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.handlings import handling_id
from ops_centre.services.in_scope import MAX_ID, in_scope, sees_handling
from ops_centre.services.objectives import standing
from ops_centre.services.operation_parts import log_part, operation_to_work_on, sees_part
from ops_centre.services.report_facts import as_handled_now, gathered

OVER = frozenset({OperationState.DEBRIEFED, OperationState.CANCELLED})  # no report is begun after that


@dataclass(frozen=True, slots=True)
class _Known:
    """All handlings, and which of them the writer may see."""

    rules: Mapping[int, HandlingRule]
    audience: Collection[int]


class SituationReports:
    """Acts on situation reports."""

    def __init__(self, deeds: Deeds, settings: Settings) -> None:
        self.deeds = deeds
        self.zone = ZoneInfo(settings.centre.time_zone)
        self.agencies = [agency.code for agency in settings.agencies]

    def draft(
        self, actor: Actor, operation_id: int, agencies: Sequence[str], edition: int = 0, request_id: str | None = None
    ) -> dict[str, Any]:
        """Draft the next one for ``agencies``. ``edition``: of a draft that is written anew; 0 begins one.

        How many facts not every addressee may know of is in the answer. Raises NotFound, NotPermitted, Conflict, Invalid.
        """
        authorise(actor, Permission.OPERATION_VIEW)
        addressed = self._addressed(agencies)
        with self.deeds.begin(actor, "draft situation report", request_id) as deed:
            operation = operation_to_work_on(deed, actor, operation_id)
            if OperationState(operation.state) in OVER:
                raise Conflict(f"{operation.reference} is {operation.state}: no further report is made.")
            known = _known(deed.session, actor)
            _check_may_have(operation, [], known, addressed)
            begun, untold = _untold(deed.session, actor, operation, known, addressed)
            facts = reporting.known_to(untold, known.rules, addressed)
            report = _draft_of(deed.session, operation.id) or _begun(deed, operation)
            if report.edition != edition:
                raise Conflict(
                    "Another draft of the next report was saved meanwhile, perhaps one that you may not see."
                )
            report.agencies, report.facts = addressed, [fact.plain() for fact in facts]
            report.since_at, report.until_at = begun, deed.now
            frame = _frame(deed.session, operation, report)
            report.heads = reporting.draft(frame, facts, self.zone)
            _handle(deed, actor, operation, report, facts, known)
            _written(deed, report)
            left_out = len(untold) - len(facts)
            deed.answer = {"said": _drafted_words(report, facts, left_out), "report": report.id, "left_out": left_out}
        return deed.answer

    def save(
        self,
        actor: Actor,
        report_id: int,
        edition: int,
        heads: Mapping[str, str],
        agencies: Sequence[str],
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """Keep the draft. Raises NotFound, NotPermitted, Conflict (saved or issued meanwhile), Invalid."""  # fmt: skip
        authorise(actor, Permission.OPERATION_VIEW)
        with self.deeds.begin(actor, "save situation report", request_id) as deed:
            _operation, report = self._edited(deed, actor, report_id, edition, heads, agencies)
            deed.answer = {"said": f"The draft of report {report.number} is kept.", "edition": report.edition}
        return deed.answer

    def issue(
        self,
        actor: Actor,
        report_id: int,
        edition: int,
        heads: Mapping[str, str],
        agencies: Sequence[str],
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """Issue it with these words to these agencies. Raises as `save`; Invalid also when it says nothing."""  # fmt: skip
        authorise(actor, Permission.OPERATION_VIEW)
        with self.deeds.begin(actor, "issue situation report", request_id) as deed:
            operation, report = self._edited(deed, actor, report_id, edition, heads, agencies)
            if not report.heads.get(reporting.Head.SITUATION.value):
                raise Invalid("A situation report says at least what the situation is.")
            _issue(deed, actor, operation, report)
        return deed.answer

    def discard(self, actor: Actor, report_id: int, edition: int, request_id: str | None = None) -> dict[str, Any]:
        """Throw the draft away. Raises NotFound, NotPermitted, Conflict."""
        authorise(actor, Permission.OPERATION_VIEW)
        with self.deeds.begin(actor, "discard situation report", request_id) as deed:
            _operation, report = _loaded(deed, actor, report_id, edition)
            deed.session.delete(report)
            deed.answer = {"said": f"The draft of report {report.number} is thrown away."}
        return deed.answer

    def _edited(
        self, deed: Deed, actor: Actor, report_id: int, edition: int, heads: Mapping[str, str], agencies: Sequence[str]
    ) -> tuple[Operation, SituationReport]:
        operation, report = _loaded(deed, actor, report_id, edition)
        addressed = self._addressed(agencies)
        facts = as_handled_now(deed.session, [fact_of(one) for one in report.facts])
        known = _known(deed.session, actor)
        _check_may_have(operation, facts, known, addressed)
        texts = reporting.written(heads)
        if (texts, addressed) != (report.heads, report.agencies):
            report.heads, report.agencies = texts, addressed
            _written(deed, report)
        report.facts = [fact.plain() for fact in facts]
        _handle(deed, actor, operation, report, facts, known)
        return operation, report

    def _addressed(self, agencies: Sequence[str]) -> list[str]:
        unknown = sorted(set(agencies) - set(self.agencies))
        if unknown:
            raise Invalid(f"There is no agency {', '.join(unknown)} in the room.")
        if not agencies:
            raise Invalid("Choose the agencies that the report goes to.")
        return [code for code in self.agencies if code in set(agencies)]


def _loaded(deed: Deed, actor: Actor, report_id: int, edition: int) -> tuple[Operation, SituationReport]:
    """A draft and its operation, locked. Raises NotFound, NotPermitted, Conflict."""
    found = deed.session.get(SituationReport, report_id) if 0 < report_id <= MAX_ID else None
    if found is None or not (
        sees_part(deed.session, actor, found) and sees_handling(deed.session, actor, found.handling_id)
    ):
        raise NotFound("There is no such report, or it is not released to you.")
    operation = operation_to_work_on(deed, actor, found.operation_id)
    report = in_scope(deed.session, actor, SituationReport, report_id, "report")
    if report.state == ISSUED:
        raise Conflict(f"Report {report.number} was issued by {report.issued_by}; draft the next one.")
    if report.edition != edition:
        raise Conflict(
            f"{report.written_by} saved the draft at {report.written_at:%H:%M} UTC, after you began. "
            "Keep a copy of your words, undo your changes and put them in again."
        )
    return operation, report


def _known(session: Session, actor: Actor) -> _Known:
    handlings = list(session.scalars(select(Handling)))
    return _Known({one.id: rule_of(one) for one in handlings}, audience_of(actor, handlings))


def _check_may_have(operation: Operation, facts: Sequence[Fact], known: _Known, agencies: Sequence[str]) -> None:
    refused = reporting.who_may_not(known.rules[operation.handling_id], facts, known.rules, agencies)
    if refused:
        raise Invalid(f"{'; '.join(refused)}.")


def _untold(
    session: Session, actor: Actor, operation: Operation, known: _Known, agencies: Sequence[str]
) -> tuple[datetime, list[Fact]]:
    """What at least one of ``agencies`` has not been told, and since when that is."""
    start = operation.started_at or operation.proposed_at
    issued = list(
        session.scalars(
            select(SituationReport).where(SituationReport.operation_id == operation.id, SituationReport.state == ISSUED)
        )
    )
    told: dict[str, set[tuple[str, str]]] = {code: set() for code in agencies}
    until: dict[str, datetime] = dict.fromkeys(agencies, start)
    for report in issued:
        for code in told.keys() & set(report.agencies):
            told[code] |= {(one["source"], one["id"]) for one in report.facts}
            until[code] = max(until[code], report.until_at)
    common = set.intersection(*told.values())
    facts = gathered(session, actor, operation, start, known.audience)
    fresh = [fact for fact in facts if fact.source is Source.TASKING or (fact.source, fact.id) not in common]
    return min(until.values()), fresh


def _draft_of(session: Session, operation_id: int) -> SituationReport | None:
    wanted = select(SituationReport).where(SituationReport.operation_id == operation_id, SituationReport.state == DRAFT)
    return session.scalars(wanted).first()


def _begun(deed: Deed, operation: Operation) -> SituationReport:
    last = select(func.max(SituationReport.number)).where(SituationReport.operation_id == operation.id)
    number = (deed.session.scalar(last) or 0) + 1
    return SituationReport(operation_id=operation.id, number=number, state=DRAFT, edition=0)


def _frame(session: Session, operation: Operation, report: SituationReport) -> Frame:
    return Frame(
        operation.reference, operation.name, operation.state, operation.state_at, operation.commander, report.since_at,
        report.until_at, tuple((one.text, one.result) for one in standing(session, operation.id)), operation.next_event,
        operation.next_event_at,
    )  # fmt: skip


def _handle(
    deed: Deed, actor: Actor, operation: Operation, report: SituationReport, facts: Sequence[Fact], known: _Known
) -> None:
    """Mark the report as the strictest of what it tells of."""
    rule = reporting.handling_of(known.rules[operation.handling_id], facts, known.rules, actor.agency)
    report.handling_id = handling_id(deed.session, rule.owner, rule.marking, rule.releases)


def _written(deed: Deed, report: SituationReport) -> None:
    report.edition += 1
    report.written_by, report.written_at = deed.by, deed.now
    deed.session.add(report)
    deed.session.flush()


def _issue(deed: Deed, actor: Actor, operation: Operation, report: SituationReport) -> None:
    rule = rule_of(deed.session.get_one(Handling, report.handling_id))
    span = (report.since_at, report.until_at)
    sealed = digest(
        reporting.sealed_report(
            operation.reference, report.number, span, report.heads, report.agencies, (actor.name, deed.now), rule
        )
    )
    report.state, report.issued_by, report.issued_at, report.sha256 = ISSUED, actor.name, deed.now, sealed
    to = ", ".join(report.agencies)
    said = f"Situation report {report.number} of {operation.reference} issued to {to}."
    report.log_seq = log_part(
        deed, operation, EntryKind.SITUATION_REPORT, said, handling_id=report.handling_id,
        number=report.number, sha256=sealed, agencies=report.agencies, facts=len(report.facts),
    )  # fmt: skip
    deed.answer = {"said": f"{said} It is entry {report.log_seq} of the log.", "report": report.id}


def _drafted_words(report: SituationReport, facts: Sequence[Fact], left_out: int) -> str:
    words = f"Report {report.number} is drafted from {len(facts)} facts"
    kept = f"; {left_out} that not every addressee may know of are left out" if left_out else ""
    return f"{words}{kept}."
