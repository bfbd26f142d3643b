"""What the present picture keeps of the watch, and how each is read: alerts, taskings, enquiries, log lines, the watch.

Each function takes the rows that changed and gives, for each, its view or None when it is no longer shown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from ops_centre.domain.alerting import FIELD_CALL, AlertState
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.hazards import HazardState
from ops_centre.domain.operations import ENDED
from ops_centre.domain.tasking import TaskingState
from ops_centre.domain.watches import EnquiryState, WatchState
from ops_centre.models import (
    Alert,
    Assignment,
    Debrief,
    Enquiry,
    FieldDevice,
    FieldDrawing,
    FieldEmergency,
    FieldNote,
    Hazard,
    HazardMessage,
    Lesson,
    LogEntry,
    Movement,
    Operation,
    Outcome,
    PlanProposal,
    Tasking,
    Unit,
    User,
    Watch,
    WatchMember,
)
from ops_centre.picture.field_views import DeviceRow, DrawingRow
from ops_centre.picture.hazard_views import HazardRow
from ops_centre.picture.operation_counts import NONE, Counts, counts_for_all
from ops_centre.picture.operation_views import OperationRow
from ops_centre.picture.watch_views import AlertRow, EnquiryRow, LogLine, TaskingRow, WatchRow

LOG_LINES_KEPT = 300  # newest entries in memory, so that every scope has some

Spot = tuple[float | None, float | None]
Rules = Mapping[int, HandlingRule]
Views = list[tuple[int, Any | None, int]]  # id, view or None, handling id


@dataclass(frozen=True, slots=True)
class Shelf:
    """One kind of thing: its table, which of its rows are shown, and how they are viewed."""

    model: Any
    shown: ColumnElement[bool]
    views: Callable[[Session, Sequence[Any], Rules], Views]


def alert_state(alert: Alert) -> AlertState:
    """How an alert stands."""
    if alert.cleared_at is not None:
        return AlertState.CLEARED
    if alert.shelved_until is not None:
        return AlertState.SHELVED
    return AlertState.ACKNOWLEDGED if alert.acknowledged_at is not None else AlertState.UNSEEN


def alert_row(alert: Alert, rule: HandlingRule, spot: Spot = (None, None)) -> AlertRow:
    """The view of a stored alert; ``spot`` (latitude, longitude) where it is about a call for help."""
    return AlertRow(
        alert.id, alert.cause, alert.severity, alert.title, alert.text, alert.subject_kind, alert.subject_id, alert.due_at,
        alert.count, alert_state(alert).value, alert.raised_at, alert.announced_at, alert.acknowledged_at,
        alert.acknowledged_by, alert.shelved_until, alert.shelved_by, alert.shelve_reason, alert.assigned_to,
        alert.escalated_at, rule.owner, rule.marking.value, *spot,
    )  # fmt: skip


def tasking_row(tasking: Tasking, unit: Unit, rule: HandlingRule, *, outcome_owed: bool) -> TaskingRow:
    """The view of a stored tasking."""
    return TaskingRow(
        tasking.id, tasking.decision_id, tasking.unit_id, unit.callsign, unit.agency, tasking.target_id, tasking.track_id,
        tasking.subject, tasking.intent, tasking.state, tasking.meet_lat, tasking.meet_lon, tasking.meet_place,
        tasking.meet_at, tasking.accept_by, tasking.due_at, tasking.requested_at, tasking.requested_by, tasking.accepted_at,
        tasking.en_route_at, tasking.on_scene_at, tasking.ended_at, tasking.checked_in_at, outcome_owed, rule.owner,
        rule.marking.value,
    )  # fmt: skip


def enquiry_row(enquiry: Enquiry, rule: HandlingRule) -> EnquiryRow:
    """The view of a stored enquiry."""
    return EnquiryRow(
        enquiry.id, enquiry.asker_kind, enquiry.asker, enquiry.question, enquiry.asked_at, enquiry.due_at, enquiry.taken_by,
        rule.owner, rule.marking.value,
    )  # fmt: skip


def log_line(entry: LogEntry, rule: HandlingRule, *, corrected: bool) -> LogLine:
    """The view of a stored entry."""
    return LogLine(
        entry.seq, entry.recorded_at, entry.occurred_at, entry.kind, entry.by_system, entry.author, entry.agency, entry.text,
        tuple((kind, thing, label) for kind, thing, label in entry.links), entry.corrects, corrected, rule.owner,
        rule.marking.value,
    )  # fmt: skip


def _alerts(session: Session, rows: Sequence[Alert], rules: Rules) -> Views:
    standing = [row for row in rows if row.cleared_at is None]
    spots = spots_of_calls(session, standing)
    views = {row.id: alert_row(row, rules[row.handling_id], spots.get(row.id, (None, None))) for row in standing}
    return [(row.id, views.get(row.id), row.handling_id) for row in rows]


def spots_of_calls(session: Session, alerts: Sequence[Alert]) -> dict[int, Spot]:
    """Where the calls for help are that some of these alerts are about, by alert."""
    calls = {int(row.subject_id): row.id for row in alerts if row.subject_kind == FIELD_CALL}
    if not calls:
        return {}
    where = select(FieldEmergency.id, FieldEmergency.lat, FieldEmergency.lon).where(FieldEmergency.id.in_(calls))
    return {calls[number]: (lat, lon) for number, lat, lon in session.execute(where)}


def owes_outcome() -> ColumnElement[bool]:
    """Whether a tasking was carried out and nobody has said with what result."""
    return and_(Tasking.state == TaskingState.COMPLETE.value, ~exists().where(Outcome.tasking_id == Tasking.id))


def _taskings(session: Session, rows: Sequence[Tasking], rules: Rules) -> Views:
    ids = [row.id for row in rows]
    owed = set(session.scalars(select(Tasking.id).where(Tasking.id.in_(ids), owes_outcome()))) if ids else set()
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_({row.unit_id for row in rows})))}
    return [
        (
            row.id,
            tasking_row(row, units[row.unit_id], rules[row.handling_id], outcome_owed=row.id in owed)
            if row.ended_at is None or row.id in owed
            else None,
            row.handling_id,
        )
        for row in rows
    ]


def _enquiries(_session: Session, rows: Sequence[Enquiry], rules: Rules) -> Views:
    return [
        (
            row.id,
            enquiry_row(row, rules[row.handling_id]) if row.state == EnquiryState.OPEN.value else None,
            row.handling_id,
        )
        for row in rows
    ]


def operation_row(operation: Operation, rule: HandlingRule, counts: Counts) -> OperationRow:
    """The view of a stored operation."""
    return OperationRow(
        operation.id, operation.reference, operation.name, operation.kind, operation.state, operation.state_at,
        operation.is_exercise, operation.commander, tuple(operation.agencies), tuple(operation.subjects), operation.place,
        operation.starts_at, operation.ends_at, sum(int(one["count"]) for one in operation.required), counts.units,
        counts.targets, operation.next_event, operation.next_event_at, tuple(operation.area), rule.owner,
        rule.marking.value, tuple(rule.releases),
    )  # fmt: skip


def _operations(session: Session, rows: Sequence[Operation], rules: Rules) -> Views:
    counts = counts_for_all(session, [row for row in rows if row.state not in ENDED], rules)
    return [
        (
            row.id,
            operation_row(row, rules[row.handling_id], counts.get(row.id, NONE)) if row.state not in ENDED else None,
            row.handling_id,
        )
        for row in rows
    ]


def hazard_row(hazard: Hazard, message: HazardMessage, rule: HandlingRule) -> HazardRow:
    """The view of a stored hazard."""
    return HazardRow(
        hazard.id, hazard.event, hazard.headline, hazard.category, hazard.urgency, hazard.severity, hazard.certainty,
        hazard.onset_at, hazard.effective_at, hazard.expires_at, message.sent_at, hazard.sender_name or message.sender,
        message.status, tuple(area["name"] for area in hazard.areas if area["name"]),
        tuple(shape for area in hazard.areas for shape in area["shapes"]), rule.owner, rule.marking.value,
    )  # fmt: skip


def _hazards(session: Session, rows: Sequence[Hazard], rules: Rules) -> Views:
    wanted = {row.message_id for row in rows}
    messages = {one.id: one for one in session.scalars(select(HazardMessage).where(HazardMessage.id.in_(wanted)))}
    return [
        (
            row.id,
            hazard_row(row, messages[row.message_id], rules[row.handling_id])
            if row.state == HazardState.IN_FORCE.value
            else None,
            row.handling_id,
        )
        for row in rows
    ]


def _devices(_session: Session, rows: Sequence[FieldDevice], rules: Rules) -> Views:
    """Those that are no known unit: the others are seen as their units."""
    return [
        (row.id, _device(row, rules[row.handling_id]) if row.unit_id is None else None, row.handling_id) for row in rows
    ]


def _device(row: FieldDevice, rule: HandlingRule) -> DeviceRow:
    return DeviceRow(
        row.id, row.callsign or row.uid, row.type, row.lat, row.lon, row.position_at, row.observed_at, row.stale_at,
        row.agency, rule.owner, rule.marking.value,
    )  # fmt: skip


def _drawings(_session: Session, rows: Sequence[FieldDrawing], rules: Rules) -> Views:
    return [
        (row.id, _drawing(row, rules[row.handling_id]) if row.ended_at is None else None, row.handling_id)
        for row in rows
    ]


def _drawing(row: FieldDrawing, rule: HandlingRule) -> DrawingRow:
    return DrawingRow(
        row.id, row.kind, row.title, row.remarks, row.author_callsign, tuple((lat, lon) for lat, lon in row.points),
        row.radius_m, row.sent_at, row.stale_at, rule.owner, rule.marking.value,
    )  # fmt: skip


SHELVES: dict[str, Shelf] = {
    "alerts": Shelf(Alert, Alert.cleared_at.is_(None), _alerts),
    "taskings": Shelf(Tasking, or_(Tasking.ended_at.is_(None), owes_outcome()), _taskings),
    "enquiries": Shelf(Enquiry, Enquiry.state == EnquiryState.OPEN.value, _enquiries),
    "hazards": Shelf(Hazard, Hazard.state == HazardState.IN_FORCE.value, _hazards),
    "devices": Shelf(FieldDevice, FieldDevice.unit_id.is_(None), _devices),
    "drawings": Shelf(FieldDrawing, FieldDrawing.ended_at.is_(None), _drawings),
    "operations": Shelf(Operation, Operation.state.not_in([state.value for state in ENDED]), _operations),
}

# Boards whose things are not kept in memory: only that they moved, and for whom, is known here
MOVERS: dict[str, tuple[Any, ...]] = {
    "plan": (Assignment, PlanProposal),
    "debriefs": (Debrief, Lesson),
    "movements": (Movement,),
    "messages": (FieldNote,),
}


def handlings_moved(session: Session, board: str, after: int) -> set[int]:
    """The handlings of what changed on a board of `MOVERS` after revision ``after``."""
    return {
        handling
        for model in MOVERS[board]
        for handling in session.scalars(select(model.handling_id).where(model.revision > after).distinct())
    }


def newest_lines(session: Session, after: int, rules: Rules) -> list[tuple[LogLine, int]]:
    """Entries after ``after`` with their handlings, oldest first, at most `LOG_LINES_KEPT` of the newest."""
    query = select(LogEntry).where(LogEntry.seq > after).order_by(LogEntry.seq.desc()).limit(LOG_LINES_KEPT)
    entries = list(session.scalars(query))[::-1]
    mended = {entry.corrects for entry in entries if entry.corrects is not None}
    return [
        (log_line(entry, rules[entry.handling_id], corrected=entry.seq in mended), entry.handling_id)
        for entry in entries
    ]


def present_watch(session: Session) -> WatchRow | None:
    """The watch that is open or being handed over."""
    on = (WatchState.OPEN.value, WatchState.HANDOVER_PENDING.value)
    watch = session.scalars(select(Watch).where(Watch.state.in_(on)).order_by(Watch.id.desc()).limit(1)).first()
    if watch is None:
        return None
    lead_name = session.scalar(select(User.display_name).where(User.name == watch.lead))
    officers = session.scalar(
        select(func.count())
        .select_from(WatchMember)
        .where(WatchMember.watch_id == watch.id, WatchMember.joined_at.is_not(None), WatchMember.left_at.is_(None))
    )
    return WatchRow(
        watch.id,
        watch.name,
        watch.state,
        watch.lead,
        lead_name or watch.lead,
        watch.opened_at,
        watch.ends_at,
        officers or 0,
    )
