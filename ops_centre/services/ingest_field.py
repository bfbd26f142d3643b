"""Store what devices in the field report. An older word never overwrites a newer one; a repeat is a duplicate.

A device's position becomes its unit's when it is newer than what the unit has; nothing else of the unit changes. It is taken
as a unit only when everybody who sees the unit may see the device, since the unit's position tells where it is.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.policy import rule_of
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.field_reports import (
    UNKNOWN_KIND,
    DevicePosition,
    Drawing,
    Emergency,
    FieldMessage,
    FieldReport,
    Handled,
    NoteState,
    Withdrawal,
    began_anew,
    line_of,
)
from ops_centre.domain.handling import covers
from ops_centre.domain.tally import Tally
from ops_centre.models import FeedRecord, FieldDevice, FieldDrawing, FieldEmergency, FieldNote, Handling, Unit
from ops_centre.services.duty_log import Entry
from ops_centre.services.field_known import FieldKnown
from ops_centre.services.handlings import Handlings

BY_CALLSIGN = "callsign"
_OF_PLACE = ("lat", "lon", "course_deg", "speed_kn", "height_m")
_KEPT_WHEN_UNSAID = ("callsign", "role", "remarks", "battery_pct")
_OF_DRAWING = ("type", "title", "remarks", "radius_m", "author_callsign", "sent_at", "stale_at", "received_at")
_OF_NOTE = ("text", "sender_uid", "sender_callsign", "room", "lat", "lon", "sent_at", "received_at")


def store_field_reports(
    session: Session,
    feed_id: int,
    reports: Sequence[FieldReport],
    *,
    now: datetime,
    revision: Callable[[], int],
    said: list[Entry],
) -> Tally:
    """Store ``reports`` of one feed in the order they came. ``said`` gets what the duty log shall tell of it."""
    return _Intake(session, feed_id, now, revision, said).take(reports)


def map_unidentified(
    session: Session, feed_id: int, *, now: datetime, revision: Callable[[], int], said: list[Entry]
) -> None:
    """Look once more which units devices are that came before their unit did."""
    nobodys = (FieldDevice.unit_id.is_(None), FieldDevice.mapped_by.is_(None), FieldDevice.callsign.is_not(None))
    _Intake(session, feed_id, now, revision, said).map_all(session.scalars(select(FieldDevice).where(*nobodys)).all())


def place_unit(session: Session, device: FieldDevice, revision: Callable[[], int]) -> bool:
    """Give the device's unit its position when that is newer than what the unit has. Whether it was."""
    unit = session.get(Unit, device.unit_id) if device.unit_id else None
    return unit is not None and may_place(session, unit, device) and _place(unit, device, revision)


def _place(unit: Unit, device: FieldDevice, revision: Callable[[], int]) -> bool:
    if device.position_at is None or unit.withdrawn_at is not None:
        return False
    if unit.position_at is not None and unit.position_at >= device.position_at:
        return False
    unit.lat, unit.lon, unit.position_at = device.lat, device.lon, device.position_at
    unit.course_deg, unit.speed_kn = device.course_deg, device.speed_kn
    unit.revision = revision()
    return True


def called(device: FieldDevice) -> str:
    """What a device is called in a sentence."""
    return device.callsign or device.uid


def may_place(session: Session, unit: Unit, device: FieldDevice) -> bool:
    """Whether everybody who may know of the unit may know where the device is."""
    return all_see(session, unit.handling_id, device.handling_id)


def all_see(session: Session, handling: int, its: int) -> bool:
    """Whether everybody who may know of what is handled the first way may know of what is handled the second."""
    if handling == its:
        return True
    return covers(rule_of(session.get_one(Handling, handling)), rule_of(session.get_one(Handling, its)))


def live_device_of(session: Session, unit_id: int, now: datetime, *, but: int | None = None) -> FieldDevice | None:
    """Another device that is this unit and is not stale."""
    query = select(FieldDevice).where(FieldDevice.unit_id == unit_id, FieldDevice.stale_at > now)
    return next((device for device in session.scalars(query) if device.id != but), None)


class _Intake:
    """One batch of one feed."""

    def __init__(
        self, session: Session, feed_id: int, now: datetime, revision: Callable[[], int], said: list[Entry]
    ) -> None:
        self.session, self.feed_id, self.now, self.revision, self.said = session, feed_id, now, revision, said
        self._handlings = Handlings(session)
        self._owner = session.scalars(select(FeedRecord.agency).where(FeedRecord.id == feed_id)).one()
        self._known = FieldKnown(session, feed_id, now)

    def take(self, reports: Sequence[FieldReport]) -> Tally:
        tally = Tally()
        self._known.read(reports)
        self._known.prepare(self._names(report) for report in reports if isinstance(report, DevicePosition))
        for report in reports:
            if self._take(report):
                tally.stored += 1
            else:
                tally.duplicate += 1
        self.session.flush()
        return tally

    def _take(self, report: FieldReport) -> bool:
        """Store one report; False: it says nothing new."""
        if isinstance(report, DevicePosition):
            return self._position(report)
        if isinstance(report, Drawing):
            return self._drawing(report)
        if isinstance(report, FieldMessage):
            return self._note(report)
        return self._emergency(report) if isinstance(report, Emergency) else self._withdrawal(report)

    def _names(self, report: DevicePosition) -> tuple[str, str | None]:
        """Agencies and callsign by which a unit is looked for."""
        before = self._known.devices.get(report.uid)
        return self._agencies(report), report.callsign or (before.callsign if before else None)

    def _handling(self, report: Handled) -> int:
        return self._handlings.id(report.agency or self._owner, report.marking, report.releases)

    def _agencies(self, report: Handled) -> str:
        return ",".join(report.agencies or (report.agency or self._owner,))

    # Devices

    def _position(self, report: DevicePosition) -> bool:
        seen_at = min(report.observed_at, report.received_at)  # a device's clock may be ahead
        device = self._known.devices.get(report.uid)
        if device is None:
            device = self._new_device(report, report.uid, seen_at)
        elif seen_at <= device.observed_at and device.type:
            return False
        device.type, device.received_at, device.agency = report.type, report.received_at, report.agency or self._owner
        device.agencies = self._agencies(report)
        device.observed_at, device.stale_at = seen_at, report.stale_at
        for name in _KEPT_WHEN_UNSAID:
            said = getattr(report, name)
            setattr(device, name, getattr(device, name) if said is None else said)
        device.group_name = report.group or device.group_name
        device.handling_id = self._handling(report)
        if report.lat is not None and report.lon is not None:
            for name in _OF_PLACE:
                setattr(device, name, getattr(report, name))
            device.position_at = seen_at
        device.revision = self.revision()
        self._map(device)
        self._place_unit(device)
        return True

    def _new_device(self, report: DevicePosition | Emergency, uid: str, seen_at: datetime) -> FieldDevice:
        """A device heard of for the first time, perhaps by its call for help alone."""
        device = FieldDevice(
            feed_id=self.feed_id, uid=uid, agency=report.agency or self._owner, agencies=self._agencies(report),
            callsign=report.callsign, type="",
            observed_at=seen_at, stale_at=report.stale_at, received_at=report.received_at,
            handling_id=self._handling(report), revision=self.revision(),
        )  # fmt: skip
        if report.lat is not None and report.lon is not None:
            device.lat, device.lon, device.position_at = report.lat, report.lon, seen_at
        self.session.add(device)
        self._known.hold([device])
        return device

    def map_all(self, devices: Sequence[FieldDevice]) -> None:
        """Look which units these devices are, of whatever feed."""
        self._known.prepare((device.agencies, device.callsign) for device in devices)
        for device in devices:
            self._map(device)
            if device.unit_id is not None:
                device.revision = self.revision()
                self._place_unit(device)

    def _place_unit(self, device: FieldDevice) -> None:
        unit = self._known.unit(device.unit_id)
        if unit is not None and self._known.all_see(unit.handling_id, device.handling_id):
            _place(unit, device, self.revision)

    def _map(self, device: FieldDevice) -> None:
        """Which unit it is, by its callsign. What a person said stays."""
        if device.mapped_by not in (None, BY_CALLSIGN):
            return
        unit = self._unit_called(device)
        if (unit.id if unit else None) == device.unit_id:
            return
        device.unit_id = unit.id if unit else None
        device.mapped_by, device.mapped_at = (BY_CALLSIGN, self.now) if unit else (None, None)
        self._known.count(device)
        if unit is not None:
            words = f"Device {called(device)} is taken as unit {unit.callsign} by its callsign."
            things = [link(ThingKind.UNIT, unit.id, unit.callsign)]
            self.said.append(Entry(EntryKind.UNIT, words, unit.handling_id, things))

    def _unit_called(self, device: FieldDevice) -> Unit | None:
        """The one unit of its agencies with its callsign that no other live device is, and that it may place."""
        if not device.callsign:
            return None
        found = self._known.units_called(device.agencies, device.callsign)
        unit = self._known.unit(found[0]) if len(found) == 1 else None
        if unit is None or not self._known.all_see(unit.handling_id, device.handling_id):
            return None
        return None if self._known.has_rival(unit.id, device) else unit

    # Drawings

    def _drawing(self, report: Drawing) -> bool:
        drawing = self._known.drawings.get(report.uid)
        if drawing is not None and report.sent_at <= max(drawing.sent_at, drawing.withdrawn_at or drawing.sent_at):
            return False
        drawing = drawing or FieldDrawing(feed_id=self.feed_id, uid=report.uid)
        for name in _OF_DRAWING:
            setattr(drawing, name, getattr(report, name))
        drawing.kind, drawing.points, drawing.withdrawn_at = report.kind.value, line_of(report.points), None
        drawing.ended_at = report.stale_at if report.stale_at <= self.now else None
        self._known.drawings[report.uid] = drawing
        self._save(drawing, report)
        return True

    def _withdrawal(self, report: Withdrawal) -> bool:
        device = self._known.devices.get(report.uid)
        if device is not None:  # it says no more; where it was last stays
            if report.sent_at < device.observed_at or device.stale_at <= report.sent_at:
                return False
            device.stale_at, device.revision = report.sent_at, self.revision()
            return True
        drawing = self._known.drawings.get(report.uid)
        if drawing is None:  # it may come before the drawing that it ends
            drawing = FieldDrawing(
                feed_id=self.feed_id, uid=report.uid, kind=UNKNOWN_KIND, type="", title="", points=[],
                sent_at=report.sent_at, stale_at=report.sent_at, received_at=report.received_at,
            )  # fmt: skip
        elif drawing.withdrawn_at is not None or report.sent_at < drawing.sent_at:
            return False
        drawing.withdrawn_at, drawing.ended_at = report.sent_at, drawing.ended_at or self.now
        self._known.drawings[report.uid] = drawing
        self._save(drawing, report)
        return True

    def _save(self, row: FieldDrawing | FieldNote, report: Handled) -> None:
        row.handling_id, row.revision = self._handling(report), self.revision()
        self.session.add(row)

    # Messages and calls for help

    def _note(self, report: FieldMessage) -> bool:
        if report.uid in self._known.notes:
            return False
        note = FieldNote(feed_id=self.feed_id, uid=report.uid, state=NoteState.WAITING.value)
        self._known.notes[report.uid] = note
        for name in _OF_NOTE:
            setattr(note, name, getattr(report, name))
        self._save(note, report)
        return True

    def _emergency(self, report: Emergency) -> bool:
        call = self._known.calls.get(report.uid)
        if call is not None and report.sent_at <= call.sent_at:
            return False
        handling = self._handling(report)  # before anything is begun that a query would write unfinished
        if call is None and report.cancels and (others := self._calls_of(report)):
            return self._cancel_each(others, report)
        if call is None:
            call = self._new_call(report)
        elif report.cancels and call.cancelled_at is not None:
            return False
        elif not report.cancels and began_anew(report.sent_at, call.stale_at, call.cancelled_at):
            call.began_at, call.cancelled_at, call.turns = report.received_at, None, call.turns + 1
        call.sent_at, call.stale_at, call.received_at = report.sent_at, report.stale_at, report.received_at
        call.handling_id = handling
        if report.cancels:
            self._cancel(call)
        else:
            call.kind, call.callsign = report.kind, report.callsign or call.callsign
            call.lat, call.lon = report.lat, report.lon
        return True

    def _calls_of(self, report: Emergency) -> Sequence[FieldEmergency]:
        """Calls of the device that a cancel names."""
        device = self._known.devices.get(report.device_uid or report.uid)
        if device is None or device.id is None:
            return []
        return self.session.scalars(select(FieldEmergency).where(FieldEmergency.device_id == device.id)).all()

    def _cancel_each(self, calls: Sequence[FieldEmergency], report: Emergency) -> bool:
        """A cancel under a uid that is no call's ends what its device called before; False: nothing stood."""
        standing = [call for call in calls if call.cancelled_at is None and call.sent_at < report.sent_at]
        for call in standing:
            call.sent_at, call.received_at = report.sent_at, report.received_at
            self._cancel(call)
        return bool(standing)

    def _new_call(self, report: Emergency) -> FieldEmergency:
        uid = report.device_uid or report.uid
        device = self._known.devices.get(uid)
        if device is None:
            device = self._new_device(report, uid, min(report.sent_at, report.received_at))
            self._map(device)
        if device.id is None:
            self.session.flush()
        call = FieldEmergency(
            feed_id=self.feed_id, uid=report.uid, device_id=device.id, kind=report.kind, callsign=report.callsign,
            lat=report.lat, lon=report.lon, began_at=report.received_at, turns=0,
        )  # fmt: skip
        self.session.add(call)
        self._known.calls[report.uid] = call
        return call

    def _cancel(self, call: FieldEmergency) -> None:
        call.cancelled_at = self.now
        device = self.session.get_one(FieldDevice, call.device_id)
        unit = self._known.unit(device.unit_id)
        known = unit is not None and self._known.all_see(call.handling_id, unit.handling_id)
        things = [link(ThingKind.UNIT, unit.id, unit.callsign)] if unit is not None and known else []
        words = f"{call.callsign or called(device)} cancels its call for help: {call.kind}."
        self.said.append(Entry(EntryKind.ALERT, words, call.handling_id, things))
