"""How each link of the chain is shown: what it is called, what it says, who and when."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session

from ops_centre.auth.permissions import Permission
from ops_centre.domain.duty_log import ThingKind
from ops_centre.models import (
    Alert,
    Debrief,
    Decision,
    Hit,
    Lesson,
    LogEntry,
    Operation,
    Outcome,
    Target,
    Tasking,
    Track,
    Unit,
)
from ops_centre.picture.dispatch_views import ChainThing

K, P = ThingKind, Permission
NEEDS: dict[ThingKind, Permission] = {
    K.HIT: P.TARGET_VIEW,
    K.TARGET: P.TARGET_VIEW,
    K.TRACK: P.PICTURE_VIEW,
    K.ALERT: P.ALERT_VIEW,
    K.ENTRY: P.LOG_VIEW,
    K.DECISION: P.TASKING_VIEW,
    K.TASKING: P.TASKING_VIEW,
    K.OUTCOME: P.TASKING_VIEW,
    K.UNIT: P.UNIT_VIEW,
    K.OPERATION: P.OPERATION_VIEW,
    K.DEBRIEF: P.DEBRIEF_VIEW,
    K.LESSON: P.DEBRIEF_VIEW,
    K.CRITERION: P.TARGET_VIEW,
}
LONGEST = 280


def thing_of(session: Session, kind: ThingKind, row: Any) -> ChainThing:
    """The view of a loaded row."""
    return _VIEWS[kind](session, row)


def _joined(*parts: object) -> str:
    text = " · ".join(str(part) for part in parts if part not in (None, ""))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _chain(kind: ThingKind, number: int) -> str:
    return f"/chain/{kind.value}/{number}"


def _hit(_session: Session, hit: Hit) -> ChainThing:
    detail = _joined(
        hit.explanation, f"{hit.kind} hit", f"message {hit.source_message} of {hit.source_system}", hit.source_text
    )
    title = f"{hit.criterion}, version {hit.criterion_version}"
    return ChainThing(K.HIT.value, str(hit.id), title, detail, hit.matched_at, hit.source_system, _chain(K.HIT, hit.id))


def _track(_session: Session, track: Track) -> ChainThing:
    title = track.flight or track.name or track.callsign or track.key
    detail = _joined(
        track.kind, f"MMSI {track.mmsi}" if track.mmsi else None, f"IMO {track.imo}" if track.imo else None
    )
    return ChainThing(K.TRACK.value, str(track.id), title, detail, track.observed_at, None, _chain(K.TRACK, track.id))


def _target(_session: Session, target: Target) -> ChainThing:
    detail = _joined(target.subject_kind, target.severity, target.status, target.reason, target.place_name)
    return ChainThing(
        K.TARGET.value,
        str(target.id),
        target.label,
        detail,
        target.issued_at,
        target.claimed_by,
        _chain(K.TARGET, target.id),
    )


def _alert(_session: Session, alert: Alert) -> ChainThing:
    seen = f"acknowledged by {alert.acknowledged_by}" if alert.acknowledged_by else "not acknowledged"
    cleared = f"cleared: {alert.clear_reason or alert.cleared_by}" if alert.cleared_at else None
    detail = _joined(alert.cause, alert.severity, alert.text, seen, cleared)
    return ChainThing(
        K.ALERT.value,
        str(alert.id),
        alert.title,
        detail,
        alert.raised_at,
        alert.acknowledged_by,
        _chain(K.ALERT, alert.id),
    )


def _entry(_session: Session, entry: LogEntry) -> ChainThing:
    return ChainThing(
        K.ENTRY.value, str(entry.seq), f"Log entry {entry.seq}", _joined(entry.kind, entry.text), entry.occurred_at,
        entry.author, f"/log/{entry.seq}",
    )  # fmt: skip


def _decision(_session: Session, decision: Decision) -> ChainThing:
    sent = f"{len(decision.chosen)} sent" if decision.sends else "nobody is sent"
    detail = _joined(sent, f"authority {decision.authority}", decision.reason, f"log entry {decision.log_seq}")
    title = f"Decision {decision.id} on {decision.about_label}"
    return ChainThing(
        K.DECISION.value, str(decision.id), title, detail, decision.decided_at, decision.decided_by,
        _chain(K.DECISION, decision.id),
    )  # fmt: skip


def _tasking(session: Session, tasking: Tasking) -> ChainThing:
    unit = session.get_one(Unit, tasking.unit_id)
    detail = _joined(tasking.state, tasking.intent, tasking.end_reason)
    return ChainThing(
        K.TASKING.value, str(tasking.id), f"{unit.callsign} to {tasking.subject}", detail, tasking.requested_at,
        tasking.requested_by, _chain(K.TASKING, tasking.id),
    )  # fmt: skip


def _outcome(_session: Session, outcome: Outcome) -> ChainThing:
    amount = f"{outcome.quantity:g} {outcome.quantity_unit}" if outcome.quantity is not None else None
    detail = _joined(outcome.reason, outcome.finding, amount, outcome.note)
    return ChainThing(
        K.OUTCOME.value, str(outcome.id), f"Outcome: {outcome.result}", detail, outcome.examined_at, outcome.recorded_by,
        _chain(K.OUTCOME, outcome.id),
    )  # fmt: skip


def _unit(_session: Session, unit: Unit) -> ChainThing:
    detail = _joined(unit.agency, unit.unit_type, unit.availability)
    return ChainThing(
        K.UNIT.value, str(unit.id), unit.callsign, detail, unit.reported_at, unit.agency, _chain(K.UNIT, unit.id)
    )


def _operation(_session: Session, operation: Operation) -> ChainThing:
    exercise = "exercise" if operation.is_exercise else None
    commander = f"commander {operation.commander}" if operation.commander else "no commander"
    detail = _joined(exercise, operation.kind, operation.state, commander, operation.purpose)
    return ChainThing(
        K.OPERATION.value, str(operation.id), f"{operation.reference} {operation.name}", detail, operation.proposed_at,
        operation.proposed_by, f"/operations/{operation.id}",
    )  # fmt: skip


def _debrief(_session: Session, debrief: Debrief) -> ChainThing:
    detail = _joined(debrief.state, debrief.summary or debrief.meant)
    title = f"{debrief.sort.capitalize()} debrief of {debrief.about_label}"
    return ChainThing(
        K.DEBRIEF.value,
        str(debrief.id),
        title,
        detail,
        debrief.opened_at,
        debrief.opened_by,
        _chain(K.DEBRIEF, debrief.id),
    )


def _lesson(_session: Session, lesson: Lesson) -> ChainThing:
    detail = _joined(lesson.state, lesson.action, f"owner {lesson.owner}")
    return ChainThing(
        K.LESSON.value,
        str(lesson.id),
        lesson.title,
        detail,
        lesson.made_at,
        lesson.made_by,
        _chain(K.LESSON, lesson.id),
    )


def _criterion(_session: Session, hit: Hit) -> ChainThing:
    """A criterion is known by its hits alone: ``hit`` is the first of them."""
    href = f"/chain/{K.CRITERION.value}/{quote(hit.criterion, safe='')}"
    return ChainThing(K.CRITERION.value, hit.criterion, hit.criterion, hit.kind, None, hit.source_system, href)


_VIEWS: dict[ThingKind, Callable[[Session, Any], ChainThing]] = {
    K.HIT: _hit,
    K.TRACK: _track,
    K.TARGET: _target,
    K.ALERT: _alert,
    K.ENTRY: _entry,
    K.DECISION: _decision,
    K.TASKING: _tasking,
    K.OUTCOME: _outcome,
    K.UNIT: _unit,
    K.OPERATION: _operation,
    K.DEBRIEF: _debrief,
    K.LESSON: _lesson,
    K.CRITERION: _criterion,
}
