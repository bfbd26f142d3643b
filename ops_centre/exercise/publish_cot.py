"""The field's side of the exercise: what devices of units send by Cursor on Target, over TCP to any number of listeners.

Every unit's device says where it is; a visitor's device belongs to no unit. A marker, a search area and a route are drawn; now
and then somebody writes, and once an hour somebody calls for help for a few minutes. Every text says EXERCISE.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from ops_centre.exercise.publish_ais import Broadcast
from ops_centre.exercise.scenario import HOUR, MINUTE, ScenarioTime
from ops_centre.exercise.units import Unit

MOVING_S, RESTING_S, PING_S = 20.0, 60.0, 15.0
DRAWN_EVERY_S, WRITES_EVERY_S = 5 * MINUTE, 9 * MINUTE
CALL_BEGINS_S, CALL_LASTS_S = 12 * MINUTE, 5 * MINUTE  # of each hour
_M_PER_S = 1852 / 3600
_UNKNOWN = "9999999.0"
_HERE = ' relation="p-p" type="a-f-G-U-C"'
SAID = (
    "EXERCISE On the wharf, gangway is down.",
    "EXERCISE Two aboard do not answer on channel 16.",
    "EXERCISE Search of the forward hold done, nothing found.",
    "EXERCISE Fuel for three more hours.",
    "EXERCISE Request an interpreter, Spanish.",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One event: what it is, where, when and for how long."""

    uid: str
    kind: str
    lat: float
    lon: float
    at_s: float
    lasts_s: float
    detail: str
    how: str = "m-g"

    def xml(self) -> bytes:
        """As it is sent."""
        at, stale = _iso(self.at_s), _iso(self.at_s + self.lasts_s)
        return (
            f'<event version="2.0" uid={quoteattr(self.uid)} type="{self.kind}" how="{self.how}" time="{at}" start="{at}"'
            f' stale="{stale}"><point lat="{self.lat:.6f}" lon="{self.lon:.6f}" hae="{_UNKNOWN}" ce="10.0"'
            f' le="{_UNKNOWN}"/><detail>{self.detail}</detail></event>\n'
        ).encode()


class Field:
    """Lets every device report when it is due."""

    def __init__(self, units: Sequence[Unit], timeline: ScenarioTime, broadcast: Broadcast, *, talks: bool) -> None:
        """``talks``: devices send; otherwise the server only shows that it lives."""
        self._units, self._timeline, self._broadcast, self._talks = units, timeline, broadcast, talks
        self._due = [0.0] * (len(units) + 1)
        self._ping_s = self._drawn_s = 0.0
        self._written = self._called = -1

    async def run(self) -> None:
        """Report until cancelled."""
        while True:
            self.report_due(time.time())
            await asyncio.sleep(1.0)

    def report_due(self, wall_s: float) -> None:
        """Send what is due at a wall time (seconds since 1970)."""
        if wall_s >= self._ping_s:
            self._ping_s = wall_s + PING_S
            self._say(Sent("EXERCISE-SERVER", "t-x-c-t-r", 0, 0, wall_s, PING_S * 2, "", "h-g-i-g-o"))
        if not self._talks or not self._units:
            return
        for index, unit in enumerate(self._units):
            if wall_s >= self._due[index]:
                self._due[index] = wall_s + self._report(index, unit, wall_s)
        if wall_s >= self._due[-1]:
            self._due[-1] = wall_s + MOVING_S
            self._say(visitor(wall_s))
        if wall_s >= self._drawn_s:
            self._drawn_s = wall_s + DRAWN_EVERY_S
            for drawn in drawings(wall_s):
                self._say(drawn)
        self._write(wall_s)
        self._call(wall_s)

    def _report(self, index: int, unit: Unit, wall_s: float) -> float:
        """Let one device report; returns after how many seconds it does so again."""
        lat, lon, course, speed = unit.position(self._timeline.at(wall_s))
        every = RESTING_S if course is None else MOVING_S
        track = "" if course is None else f'<track course="{course:.1f}" speed="{(speed or 0) * _M_PER_S:.2f}"/>'
        detail = (
            f'<contact callsign={quoteattr(unit.callsign)}/><__group name="Blue" role="Team Member"/>'
            f'<status battery="{90 - index % 60}"/>{track}'
        )
        self._say(Sent(device_of(index), "a-f-G-U-C", lat, lon, wall_s, every * 3, detail))
        return every

    def _write(self, wall_s: float) -> None:
        number = int(wall_s // WRITES_EVERY_S)
        if number == self._written:
            return
        self._written = number
        index = number % len(self._units)
        unit, text = self._units[index], SAID[number % len(SAID)]
        lat, lon, _, _ = unit.position(self._timeline.at(wall_s))
        chat = (
            f'<__chat chatroom="Operations centre" senderCallsign={quoteattr(unit.callsign)}/>'
            f'<link uid="{device_of(index)}"{_HERE}/><remarks>{escape(text)}</remarks>'
        )
        uid = f"GeoChat.{device_of(index)}.Operations centre.{number}"
        self._say(Sent(uid, "b-t-f", lat, lon, wall_s, HOUR, chat, "h-g-i-g-o"), "written last")

    def _call(self, wall_s: float) -> None:
        """Once an hour one of the units calls for help, and takes it back."""
        hour, into = divmod(wall_s, HOUR)
        calling = CALL_BEGINS_S <= into < CALL_BEGINS_S + CALL_LASTS_S
        stage = int(hour) * 2 + calling
        if stage == self._called:
            return
        begun, self._called = self._called >= 0, stage
        if not calling and (not begun or into < CALL_BEGINS_S):
            return
        index = int(hour) % len(self._units)
        unit = self._units[index]
        lat, lon, _, _ = unit.position(self._timeline.at(wall_s))
        said = 'type="EXERCISE 911 Alert"' if calling else 'cancel="true"'
        detail = (
            f"<emergency {said}>{escape(unit.callsign)}</emergency><contact callsign={quoteattr(unit.callsign)}/>"
            f'<link uid="{device_of(index)}"{_HERE}/>'
        )
        kind = "b-a-o-tbl" if calling else "b-a-o-can"
        sent = Sent(f"{device_of(index)}-9-1-1-{int(hour)}", kind, lat, lon, wall_s, CALL_LASTS_S, detail)
        self._say(sent, "called last")
        if not calling:
            self._broadcast.forget("called last")

    def _say(self, sent: Sent, key: str = "") -> None:
        """Send to all, and to whoever comes later as the latest of its uid, or under ``key``."""
        self._broadcast.say(key or sent.uid, sent.xml())


def device_of(index: int) -> str:
    """Uid of a unit's device."""
    return f"EXERCISE-{index + 1:04d}"


def visitor(wall_s: float) -> Sent:
    """A device that no deployment record knows, driving to and fro on the wharves of Auckland."""
    along = abs((wall_s / 600) % 2 - 1)
    detail = '<contact callsign="VISITOR 1"/><__group name="Cyan" role="Team Member"/><status battery="55"/>'
    return Sent("EXERCISE-9001", "a-f-G-U-C", -36.8410, 174.7600 + 0.02 * along, wall_s, MOVING_S * 3, detail)


def drawings(wall_s: float) -> list[Sent]:
    """What is drawn on the devices' maps; it stands for an hour and is sent anew."""
    by = f'<link uid="{device_of(0)}"{_HERE} parent_callsign="EXERCISE"/>'
    circle = '<shape><ellipse major="9260" minor="9260" angle="360"/></shape><contact callsign="EXERCISE search area"/>'
    way = "".join(f'<link point="{lat},{lon}"/>' for lat, lon in ((-35.22, 174.10), (-35.16, 174.25), (-34.98, 174.42)))
    found = (
        '<contact callsign="EXERCISE drifting bales"/><remarks>EXERCISE Seen from the beach at first light.</remarks>'
    )
    return [
        Sent("EXERCISE-MARKER-1", "b-m-p-s-m", -34.9120, 173.5230, wall_s, HOUR, found + by, "h-g-i-g-o"),
        Sent("EXERCISE-CIRCLE-1", "u-d-c-c", -28.9000, -179.9500, wall_s, HOUR, circle + by, "h-e"),
        Sent(
            "EXERCISE-ROUTE-1",
            "b-m-r",
            -35.22,
            174.10,
            wall_s,
            HOUR,
            f'<contact callsign="EXERCISE way out"/>{way}{by}',
            "h-e",
        ),
    ]


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
