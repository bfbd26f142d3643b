"""Craft that somebody watches: of open targets, of open lookouts, linked to an operation that has not ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Select, cast, select
from sqlalchemy.orm import Session

from ops_centre.domain.duty_log import ThingKind
from ops_centre.domain.operations import ENDED
from ops_centre.domain.targeting import OPEN_STATUSES, SEVERITY_ORDER, Severity
from ops_centre.models import Lookout, Operation, OperationLink, Target


@dataclass(frozen=True, slots=True)
class Interest:
    """Why a craft is watched. What is told of it is handled as this is."""

    severity: Severity
    handling_id: int
    why: str
    is_lookout: bool = False


def watched(session: Session, now: datetime) -> dict[int, Interest]:
    """By track, the foremost interest in it: a target by severity, then an operation, then a lookout."""
    found: dict[int, Interest] = {}
    of_lookouts = select(Lookout.track_id, Lookout.severity, Lookout.handling_id, Lookout.label).where(
        Lookout.ended_at.is_(None), Lookout.expires_at > now, Lookout.track_id.is_not(None)
    )
    for track_id, severity, handling, label in session.execute(of_lookouts):
        if track_id is not None:
            found[track_id] = Interest(Severity(severity), handling, f"lookout for {label}", is_lookout=True)
    for track_id, handling, reference in session.execute(_of_operations()):
        found[track_id] = Interest(Severity.HIGH, handling, f"operation {reference}")
    of_targets = select(Target.track_id, Target.severity, Target.handling_id, Target.label).where(
        Target.status.in_(OPEN_STATUSES), Target.track_id.is_not(None)
    )
    rows = sorted(session.execute(of_targets), key=lambda row: SEVERITY_ORDER[Severity(row.severity)], reverse=True)
    for track_id, severity, handling, label in rows:
        if track_id is not None:
            found[track_id] = Interest(Severity(severity), handling, f"target {label}")
    return found


def _of_operations() -> Select[int, int, str]:
    return (
        select(cast(OperationLink.thing, BigInteger), Operation.handling_id, Operation.reference)
        .join(Operation, Operation.id == OperationLink.operation_id)
        .where(OperationLink.kind == ThingKind.TRACK.value, Operation.state.not_in([state.value for state in ENDED]))
        .order_by(Operation.id.desc())
    )
