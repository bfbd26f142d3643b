"""Devices in the field and messages that wait, each reader's own: scope is a filter of every query, counts too."""

from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import rule_of
from ops_centre.db import Database
from ops_centre.domain.field_reports import NoteState
from ops_centre.errors import NotFound
from ops_centre.models import FieldDevice, FieldEmergency, FieldNote, Handling, Unit
from ops_centre.picture.field_views import DeviceLine, NoteLine, Waiting
from ops_centre.picture.scope import Scope, scope_of, sees

MOST_NOTES = 50
MOST_DEVICES = 300
MAX_ID = 2**31 - 1


class FieldReportReads:
    """Reads what the field reported, in the scope of whoever asks."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def devices(self, actor: Actor) -> list[DeviceLine]:
        """Devices, unidentified ones first, then by callsign; at most `MOST_DEVICES`."""
        return self._devices(actor, true())

    def counts(self, actor: Actor) -> tuple[int, int]:
        """How many devices there are in all: unidentified, and taken as units."""
        authorise(actor, Permission.UNIT_VIEW)
        with self.db.reading() as session:
            query = select(func.count(), func.count(FieldDevice.unit_id))
            every, known = session.execute(query.where(_seen(session, scope_of(actor), FieldDevice.handling_id))).one()
        return every - known, known

    def device(self, actor: Actor, device_id: int) -> DeviceLine:
        """One device. Raises NotFound, also for one outside the scope."""
        found = self._devices(actor, FieldDevice.id == device_id) if 0 < device_id <= MAX_ID else []
        if not found:
            raise NotFound("There is no such device, or it is not released to you.")
        return found[0]

    def that_calls(self, actor: Actor, call_id: int) -> DeviceLine | None:
        """The device that a call for help came from; None where the reader may not know of it."""
        its = select(FieldEmergency.device_id).where(FieldEmergency.id == call_id).scalar_subquery()
        return next(iter(self._devices(actor, FieldDevice.id == its)), None)

    def _devices(self, actor: Actor, which: ColumnElement[bool]) -> list[DeviceLine]:
        authorise(actor, Permission.UNIT_VIEW)
        scope = scope_of(actor)
        with self.db.reading() as session:
            rows = session.execute(
                select(FieldDevice, Handling)
                .join(Handling, Handling.id == FieldDevice.handling_id)
                .where(_seen(session, scope, FieldDevice.handling_id), which)
                .order_by(FieldDevice.unit_id.is_not(None), FieldDevice.callsign, FieldDevice.id)
                .limit(MOST_DEVICES)
            ).all()
            units = _units(session, scope, {device.unit_id for device, _handling in rows})
        return [_line(device, handling, units) for device, handling in rows]

    def waiting(self, actor: Actor) -> Waiting:
        """Messages nobody has decided on, the oldest first."""
        authorise(actor, Permission.LOG_VIEW)
        scope = scope_of(actor)
        with self.db.reading() as session:
            mine = (FieldNote.state == NoteState.WAITING.value, _seen(session, scope, FieldNote.handling_id))
            count = session.scalar(select(func.count()).select_from(FieldNote).where(*mine)) or 0
            rows = session.execute(
                select(FieldNote, Handling, FieldDevice.unit_id)
                .join(Handling, Handling.id == FieldNote.handling_id)
                .outerjoin(
                    FieldDevice, (FieldDevice.feed_id == FieldNote.feed_id) & (FieldDevice.uid == FieldNote.sender_uid)
                )
                .where(*mine)
                .order_by(FieldNote.sent_at, FieldNote.id)
                .limit(MOST_NOTES)
            ).all()
            units = _units(session, scope, {unit_id for _note, _handling, unit_id in rows})
        return Waiting(tuple(_note(note, handling, units.get(unit or 0)) for note, handling, unit in rows), count)


def _seen(session: Session, scope: Scope, column: Any) -> ColumnElement[bool]:
    """Whether a row's handling is in scope. There are few handlings, and each row has one."""
    seen = [one.id for one in session.scalars(select(Handling)) if sees(scope, rule_of(one))]
    return column.in_(seen) if seen else ~true()


def _units(session: Session, scope: Scope, ids: set[int | None]) -> dict[int, tuple[int, str]]:
    wanted = [one for one in ids if one is not None]
    rows = session.execute(
        select(Unit.id, Unit.callsign, Handling)
        .join(Handling, Handling.id == Unit.handling_id)
        .where(Unit.id.in_(wanted))
    )
    return {number: (number, callsign) for number, callsign, handling in rows if sees(scope, rule_of(handling))}


def _line(device: FieldDevice, handling: Handling, units: dict[int, tuple[int, str]]) -> DeviceLine:
    unit = units.get(device.unit_id or 0)
    return DeviceLine(
        device.id, device.uid, device.callsign, device.group_name, device.role, device.type, device.agency,
        device.battery_pct, device.lat, device.lon, device.position_at, device.observed_at, device.stale_at,
        device.unit_id is not None, unit, device.mapped_by if unit else None, handling.owner, handling.marking,
    )  # fmt: skip


def _note(note: FieldNote, handling: Handling, unit: tuple[int, str] | None) -> NoteLine:
    sender = note.sender_callsign or note.sender_uid or "unknown sender"
    return NoteLine(note.id, note.text, sender, unit, note.room, note.sent_at, handling.owner, handling.marking)
