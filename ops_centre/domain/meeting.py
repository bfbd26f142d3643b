"""Where a unit would meet a subject: at its place of arrival, on its lane or course, or where it lies.

A ship that is bound somewhere is met on the sea lane there by ships and aircraft, at the place by everybody else. People,
goods and flights are met at the place they arrive at. What has no place but moves is met on its present course, within a
horizon. Times aware UTC, degrees, knots.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from ops_centre.domain import geo
from ops_centre.domain.intercept import Passage, along, on_course
from ops_centre.domain.sea import SeaRoutes

LEAST_MOVING_KN = 1.0
FRESH = timedelta(minutes=90)  # an older position says nothing of where a craft is now
FASTER, SLOWER = 1.6, 0.5  # a speed made good beside the present one that still fits a told arrival


@dataclass(frozen=True, slots=True)
class Craft:
    """The track of a subject, as it was last heard."""

    is_vessel: bool
    lat: float
    lon: float
    course_deg: float | None
    speed_kn: float | None
    observed_at: datetime

    def moves(self, now: datetime) -> bool:
        """Whether it is under way, as far as is known now."""
        numbers = (self.lat, self.lon, self.course_deg, self.speed_kn)
        if any(number is None or not np.isfinite(number) for number in numbers):
            return False
        return (self.speed_kn or 0.0) >= LEAST_MOVING_KN and now - self.observed_at <= FRESH

    def now(self, now: datetime) -> "Craft":
        """The same, moved on to where it should be now."""
        hours = max(0.0, (now - self.observed_at).total_seconds() / 3600.0)
        lat, lon = geo.destination(self.lat, self.lon, self.course_deg or 0.0, (self.speed_kn or 0.0) * hours)
        return replace(self, lat=lat, lon=lon, observed_at=now)


@dataclass(frozen=True, slots=True)
class Subject:
    """What units would be sent to."""

    about_kind: str
    about_id: str
    label: str
    subject_kind: str | None = None
    action: str | None = None
    owner: str | None = None
    target_id: int | None = None
    track_id: int | None = None
    handling_id: int | None = None
    place: str | None = None
    place_name: str | None = None
    place_lat: float | None = None
    place_lon: float | None = None
    arrives_at: datetime | None = None
    craft: Craft | None = None
    unit_id: int | None = None  # the unit that calls; it cannot be sent to itself

    @property
    def spot(self) -> geo.Point | None:
        """The place it is bound for, when its position is known."""
        if self.place_lat is None or self.place_lon is None or not geo.is_position(self.place_lat, self.place_lon):
            return None
        return self.place_lat, self.place_lon


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where and until when the subject can be met."""

    how: str
    spot: geo.Point | None = None
    name: str | None = None
    until: datetime | None = None  # it has arrived, or is out of reach
    passage: Passage | None = None
    bound: bool = False  # `until` is an arrival at the spot

    @property
    def is_possible(self) -> bool:
        """Whether there is anything to meet at."""
        return self.spot is not None or self.passage is not None


def meeting_of(subject: Subject, now: datetime, sea: SeaRoutes, horizon_h: float) -> Meeting:
    """How this subject is met."""
    craft = subject.craft
    at_sea = craft is not None and craft.is_vessel and subject.subject_kind in ("vessel", None) and craft.moves(now)
    if subject.spot is not None:
        if at_sea and craft is not None:
            return _on_the_lane(subject, craft.now(now), subject.spot, now, sea)
        return _at_the_place(subject, subject.spot)
    if craft is not None and craft.moves(now):
        return _on_course(craft.now(now), now, horizon_h)
    if craft is not None and geo.is_position(craft.lat, craft.lon):
        return Meeting("Where it was last seen; it does not move.", (craft.lat, craft.lon), "its last position")
    return Meeting("Nowhere: neither a place of arrival nor a position is known.")


def _at_the_place(subject: Subject, spot: geo.Point) -> Meeting:
    name = subject.place_name or subject.place or "its place of arrival"
    before = "before it arrives" if subject.arrives_at else "; no time of arrival is known"
    how = f"At {name} {before}." if subject.arrives_at else f"At {name}{before}."
    return Meeting(how, spot, name, subject.arrives_at, bound=subject.arrives_at is not None)


def _on_the_lane(subject: Subject, craft: Craft, spot: geo.Point, now: datetime, sea: SeaRoutes) -> Meeting:
    """On its way to the place, along the sea lane, so timed that it arrives when told, if its speed allows that."""
    name = subject.place_name or subject.place or "its place of arrival"
    line = sea.way(craft.lat, craft.lon, *spot) or [(craft.lat, craft.lon), spot]
    nm, present = geo.length_nm(line), craft.speed_kn or LEAST_MOVING_KN
    left_h = (subject.arrives_at - now).total_seconds() / 3600.0 if subject.arrives_at else None
    if nm < 1.0 or (left_h is not None and left_h <= 0.0):
        return _at_the_place(subject, spot)
    made_good = nm / left_h if left_h else present
    fits = SLOWER * present <= made_good <= FASTER * present
    speed = made_good if fits else present
    passage = along(line, speed, until_h=left_h)
    until = (
        subject.arrives_at if fits and subject.arrives_at else now + timedelta(seconds=round(passage.ends_h * 3600.0))
    )
    how = f"On its way to {name} at {speed:.0f} kn, {nm:.0f} nm to go; at {name} for those who go by road."
    if subject.arrives_at and not fits:
        how += f" At {present:.0f} kn it does not fit the arrival it was announced for."
    return Meeting(how, spot, name, until, passage, bound=True)


def _on_course(craft: Craft, now: datetime, horizon_h: float) -> Meeting:
    course, speed = craft.course_deg or 0.0, craft.speed_kn or 0.0
    passage = on_course(craft.lat, craft.lon, course, speed, horizon_h)
    how = f"On its present course ({course:03.0f}°, {speed:.0f} kn), within {horizon_h:g} h; where it is bound is not known."
    return Meeting(how, until=now + timedelta(hours=horizon_h), passage=passage)
