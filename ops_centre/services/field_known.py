"""What is known of the things that a batch of field reports speaks of. Read in sets: a few queries, however long the batch.

A device is another one's rival for a unit while it is live; those of the batch are judged as the batch leaves them, the others
as they are stored.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.policy import rule_of
from ops_centre.domain.field_reports import (
    DevicePosition,
    Drawing,
    Emergency,
    FieldMessage,
    FieldReport,
    Withdrawal,
    callsign_key,
)
from ops_centre.domain.handling import HandlingRule, covers
from ops_centre.models import FieldDevice, FieldDrawing, FieldEmergency, FieldNote, Handling, Unit
from ops_centre.services.chunks import chunks

Row = TypeVar("Row", FieldDevice, FieldDrawing, FieldNote, FieldEmergency)


class FieldKnown:
    """One batch's devices, drawings, messages and calls by uid; the units that its devices are or may be."""

    def __init__(self, session: Session, feed_id: int, now: datetime) -> None:
        self.session, self.feed_id, self.now = session, feed_id, now
        self.devices: dict[str, FieldDevice] = {}
        self.drawings: dict[str, FieldDrawing] = {}
        self.notes: dict[str, FieldNote] = {}
        self.calls: dict[str, FieldEmergency] = {}
        self._units: dict[int, Unit] = {}
        self._called: dict[str, dict[str, list[int]]] = {}  # by agencies, by callsign
        self._mapped: dict[int, list[FieldDevice]] = defaultdict(list)  # of the batch, by unit
        self._elsewhere: set[int] | None = None  # units that live devices outside the batch are
        self._rules: dict[int, HandlingRule] = {}

    def read(self, reports: Sequence[FieldReport]) -> None:
        """Read what these reports speak of."""
        moved = [report.uid for report in reports if isinstance(report, DevicePosition)]
        gone = [report.uid for report in reports if isinstance(report, Withdrawal)]
        calls = [report for report in reports if isinstance(report, Emergency)]
        callers = [call.device_uid or call.uid for call in calls]
        self.calls = self._by_uid(FieldEmergency, [call.uid for call in calls])
        self.notes = self._by_uid(FieldNote, [report.uid for report in reports if isinstance(report, FieldMessage)])
        drawn = [report.uid for report in reports if isinstance(report, Drawing)]
        self.drawings = self._by_uid(FieldDrawing, [*drawn, *gone])
        self.hold(self._by_uid(FieldDevice, [*moved, *gone, *callers]).values())
        self._read_units({call.device_id for call in self.calls.values()})

    def _by_uid(self, model: type[Row], uids: Iterable[str]) -> dict[str, Row]:
        table: Any = model
        found: dict[str, Row] = {}
        for some in chunks(dict.fromkeys(uids)):
            query = select(table).where(table.feed_id == self.feed_id, table.uid.in_(some))
            found |= {row.uid: row for row in self.session.scalars(query)}
        return found

    def _read_units(self, callers: set[int]) -> None:
        ids = {device.unit_id for device in self.devices.values() if device.unit_id is not None}
        for some in chunks(callers):
            query = select(FieldDevice.unit_id).where(FieldDevice.id.in_(some), FieldDevice.unit_id.is_not(None))
            ids.update(number for number in self.session.scalars(query) if number is not None)
        self.read_units(ids)

    def read_units(self, ids: Iterable[int]) -> None:
        """Have these units at hand."""
        for some in chunks(set(ids) - self._units.keys()):
            self._units |= {unit.id: unit for unit in self.session.scalars(select(Unit).where(Unit.id.in_(some)))}

    def hold(self, devices: Iterable[FieldDevice]) -> None:
        """Count these devices to the batch."""
        for device in devices:
            self.devices[device.uid] = device
            self.count(device)

    def count(self, device: FieldDevice) -> None:
        """A device of the batch that is now a unit, as far as it is one."""
        if device.unit_id is not None:
            self._mapped[device.unit_id].append(device)

    # Units

    def unit(self, unit_id: int | None) -> Unit | None:
        """A unit by its number."""
        if unit_id is not None and unit_id not in self._units:
            self.read_units([unit_id])
        return None if unit_id is None else self._units.get(unit_id)

    def units_called(self, agencies: str, callsign: str) -> list[int]:
        """Numbers of the units of these agencies (codes with commas) that have this callsign."""
        if agencies not in self._called:
            theirs = Unit.agency.in_(agencies.split(",")), Unit.withdrawn_at.is_(None)
            found: dict[str, list[int]] = defaultdict(list)
            for number, name in self.session.execute(select(Unit.id, Unit.callsign).where(*theirs)):
                found[callsign_key(name)].append(number)
            self._called[agencies] = found
        return self._called[agencies].get(callsign_key(callsign), [])

    def prepare(self, pairs: Iterable[tuple[str, str | None]]) -> None:
        """Have the units at hand that have these callsigns; each pair is agencies and callsign."""
        found = [self.units_called(agencies, callsign) for agencies, callsign in pairs if callsign]
        self.read_units(numbers[0] for numbers in found if len(numbers) == 1)

    def has_rival(self, unit_id: int, device: FieldDevice) -> bool:
        """Whether another live device is this unit."""
        for other in self._mapped.get(unit_id, ()):
            if other is not device and other.unit_id == unit_id and other.stale_at > self.now:
                return True
        return unit_id in self._others()

    def _others(self) -> set[int]:
        if self._elsewhere is None:
            query = select(FieldDevice.unit_id, FieldDevice.id).where(
                FieldDevice.unit_id.is_not(None), FieldDevice.stale_at > self.now
            )
            mine = {device.id for device in self.devices.values() if device.id is not None}
            with self.session.no_autoflush:
                rows = self.session.execute(query).all()
            self._elsewhere = {row.unit_id for row in rows if row.id not in mine}
        return self._elsewhere

    # Who may know

    def all_see(self, handling: int, its: int) -> bool:
        """Whether everybody who may know of what is handled the first way may know of what is handled the second."""
        return handling == its or covers(self._rule(handling), self._rule(its))

    def _rule(self, handling: int) -> HandlingRule:
        if handling not in self._rules:
            self._rules[handling] = rule_of(self.session.get_one(Handling, handling))
        return self._rules[handling]
