"""Acts on what devices in the field report."""

from ops_centre.api.acts.base import Act, Body, Line, Number
from ops_centre.auth.permissions import Permission


class OfDevice(Body):
    """Which device."""

    device: Number


class Identify(OfDevice):
    """Which unit it is."""

    unit: Number


class OfNote(Body):
    """Which message."""

    message: Number


class SetAside(OfNote):
    """Why."""

    reason: Line


ACTS = (
    Act(
        "devices/identify",
        Permission.TASKING_DECIDE,
        Identify,
        lambda ops, actor, body: ops.field_devices.identify(actor, body.device, body.unit, body.request_id),
        "Say which unit a device in the field is.",
    ),
    Act(
        "devices/release",
        Permission.TASKING_DECIDE,
        OfDevice,
        lambda ops, actor, body: ops.field_devices.release(actor, body.device, body.request_id),
        "Say that a device is not the unit it was taken as.",
    ),
    Act(
        "messages/take",
        Permission.LOG_WRITE,
        OfNote,
        lambda ops, actor, body: ops.field_notes.take(actor, body.message, body.request_id),
        "Take a message from the field into the duty log.",
    ),
    Act(
        "messages/set-aside",
        Permission.LOG_WRITE,
        SetAside,
        lambda ops, actor, body: ops.field_notes.set_aside(actor, body.message, body.reason, body.request_id),
        "Set a message from the field aside, with a word why.",
    ),
)
