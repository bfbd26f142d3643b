"""Conditions of calls for help from devices in the field.

A call holds until its device cancels it or a person clears its alert; silence ends none. A cancel is told on the alert, which
stands until somebody has acknowledged it.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import or_, select

from ops_centre.domain.alerting import FIELD_CALL, AlertCause, Condition
from ops_centre.models import Alert, FieldDevice, FieldEmergency, Unit
from ops_centre.services.alert_conditions import Look, at_words
from ops_centre.services.ingest_field import all_see, called

TOLD_FOR = timedelta(minutes=10)  # a cancel is told on the alert at least so long


def of_field_calls(look: Look) -> Iterator[Condition]:
    """Calls for help that stand, and those cancelled that have not been told long enough or to nobody."""
    rows = look.session.execute(
        select(FieldEmergency, FieldDevice)
        .join(FieldDevice, FieldDevice.id == FieldEmergency.device_id)
        .where(
            or_(
                FieldEmergency.cancelled_at.is_(None),
                FieldEmergency.cancelled_at > look.now - TOLD_FOR,
                FieldEmergency.id.in_(_unseen(look)),
            )
        )
        .order_by(FieldEmergency.id)
    ).all()
    severity = look.rule(AlertCause.EMERGENCY).severity_of("top")
    for call, device in rows:
        title = f"{_who(look, call, device)}: {call.kind}"[:200]
        yield Condition(
            AlertCause.EMERGENCY, FIELD_CALL, str(call.id), severity, title, _text(call, device), call.handling_id,
            mark=call.turns, since=call.began_at, raises=call.cancelled_at is None,
        )  # fmt: skip


def _unseen(look: Look) -> list[int]:
    """The calls whose alerts stand and that nobody has acknowledged."""
    standing = select(Alert.subject_id).where(
        Alert.subject_kind == FIELD_CALL, Alert.cleared_at.is_(None), Alert.acknowledged_at.is_(None)
    )
    return [int(number) for number in look.session.scalars(standing)]


def _who(look: Look, call: FieldEmergency, device: FieldDevice) -> str:
    """The unit that calls, where everybody who sees the call may know which it is; else what the device calls itself."""
    unit = look.session.get(Unit, device.unit_id) if device.unit_id else None
    if unit is not None and all_see(look.session, call.handling_id, unit.handling_id):
        return unit.callsign
    return call.callsign or called(device)


def _text(call: FieldEmergency, device: FieldDevice) -> str:
    which = "" if device.unit_id else " The device is not identified as a unit."
    place = f" At {call.lat:.4f}, {call.lon:.4f}." if call.lat is not None and call.lon is not None else ""
    began = at_words(call.began_at)
    if call.cancelled_at is not None:
        return f"CANCELLED by the device at {at_words(call.cancelled_at)}. It called at {began}.{place}{which}"
    return f"A device in the field calls for help since {began}.{place}{which}"
