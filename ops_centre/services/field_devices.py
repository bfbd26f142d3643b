"""Which unit a device is: said by a person, taken back by a person. What a person said, a callsign does not undo."""

from typing import Any

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.db import next_revision
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.errors import Conflict
from ops_centre.models import FieldDevice, Unit
from ops_centre.services.deeds import Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.in_scope import in_scope
from ops_centre.services.ingest_field import called, live_device_of, may_place, place_unit


class FieldDevices:
    """Acts on devices."""

    def __init__(self, deeds: Deeds) -> None:
        self.deeds = deeds

    def identify(self, actor: Actor, device_id: int, unit_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Say that a device is a unit; its position becomes the unit's. Raises NotFound, Conflict."""
        authorise(actor, Permission.TASKING_DECIDE)
        with self.deeds.begin(actor, "identify device", request_id) as deed:
            lock_log(deed.session)
            device = in_scope(deed.session, actor, FieldDevice, device_id, "device")
            unit = in_scope(deed.session, actor, Unit, unit_id, "unit")
            if device.unit_id == unit.id and device.mapped_by == actor.name:
                raise Conflict(f"You have said so already: {called(device)} is {unit.callsign}.")
            if unit.withdrawn_at is not None:
                raise Conflict(f"{unit.callsign} is no longer listed by its agency.")
            other = live_device_of(deed.session, unit.id, deed.now, but=device.id)
            if other is not None:
                raise Conflict(f"{unit.callsign} has a live device already, {called(other)}. Release that one first.")
            if not may_place(deed.session, unit, device):
                raise Conflict(
                    f"Not everybody who sees {unit.callsign} may know where this device is: it is handled more strictly."
                )
            device.unit_id, device.mapped_by, device.mapped_at = unit.id, actor.name, deed.now
            place_unit(deed.session, device, lambda: next_revision(deed.session))
            deed.touch(device, unit)
            words = f"Device {called(device)} is unit {unit.callsign}, says {actor.display_name}."
            things = [link(ThingKind.UNIT, unit.id, unit.callsign)]
            deed.log(EntryKind.UNIT, words, handling_id=unit.handling_id, links=things, detail={"device": device.uid})
            deed.subject = f"device {device.id}"
            deed.answer = {"said": f"{called(device)} is {unit.callsign}."}
        return deed.answer

    def release(self, actor: Actor, device_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Say that a device is not the unit it was taken as: it is unidentified again. Raises NotFound, Conflict."""
        authorise(actor, Permission.TASKING_DECIDE)
        with self.deeds.begin(actor, "release device", request_id) as deed:
            lock_log(deed.session)
            device = in_scope(deed.session, actor, FieldDevice, device_id, "device")
            if device.unit_id is None:
                raise Conflict(f"{called(device)} is not identified as a unit.")
            unit = in_scope(deed.session, actor, Unit, device.unit_id, "unit")
            device.unit_id, device.mapped_by, device.mapped_at = None, actor.name, deed.now
            deed.touch(device, unit)
            words = f"Device {called(device)} is no longer unit {unit.callsign}, says {actor.display_name}."
            things = [link(ThingKind.UNIT, unit.id, unit.callsign)]
            deed.log(EntryKind.UNIT, words, handling_id=unit.handling_id, links=things, detail={"device": device.uid})
            deed.subject = f"device {device.id}"
            deed.answer = {"said": f"{called(device)} is an unidentified unit again."}
        return deed.answer
