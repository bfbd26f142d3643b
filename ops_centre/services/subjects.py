"""Finds what a unit would be sent to, from whatever the officer stands before: target, track, alert, log entry, place.

Units are sent to a call for help where it came from, and to a unit, that an alert is about, where it was last.
"""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import rule_of
from ops_centre.domain import geo
from ops_centre.domain.alerting import FIELD_CALL
from ops_centre.domain.meeting import Craft, Subject
from ops_centre.domain.observations import TrackKind
from ops_centre.domain.places import Gazetteer
from ops_centre.errors import Invalid, NotFound
from ops_centre.models import (
    Alert,
    FeedRecord,
    FieldDevice,
    FieldEmergency,
    Handling,
    LogEntry,
    Lookout,
    Target,
    Tasking,
    Track,
    Unit,
)
from ops_centre.services.in_scope import in_scope

LEADS = ("target", "track", "tasking", "alert", "place")  # what a log entry is about, strongest first
DEPTH = 3  # an entry about an alert about a tasking
MAX_ID = 2**31 - 1


class Subjects:
    """Resolves things in one session, as one actor may know of them."""

    def __init__(self, session: Session, gazetteer: Gazetteer, actor: Actor) -> None:
        self.session, self.gazetteer, self.actor = session, gazetteer, actor

    def subject(self, kind: str, thing_id: str) -> Subject:
        """The subject of a thing, under the thing's own name. Raises NotFound, Invalid."""
        if kind == "place":
            return self._place(kind, thing_id, thing_id)
        return self._of(kind, thing_id, (kind, thing_id), DEPTH)

    def _of(self, kind: str, thing_id: str, about: tuple[str, str], depth: int) -> Subject:
        if kind == "place":
            return self._place(*about, thing_id)
        number = _number(thing_id)
        if kind == "target":
            authorise(self.actor, Permission.TARGET_VIEW)
            return subject_of(
                self.session, in_scope(self.session, self.actor, Target, number, "target"), about, self.gazetteer
            )
        if kind == "track":
            return self._track(number, about)
        if kind == FIELD_CALL:
            return self._call(number, about)
        if kind == "unit":
            return self._unit(in_scope(self.session, self.actor, Unit, number, "unit"), about)
        if kind in ("alert", "entry", "tasking", "lookout") and depth > 0:
            return self._behind(kind, number, about, depth - 1)
        raise Invalid(f"This is about a {kind}; no unit can be sent to that.")

    def _behind(self, kind: str, number: int, about: tuple[str, str], depth: int) -> Subject:
        session, actor = self.session, self.actor
        if kind == "alert":
            authorise(actor, Permission.ALERT_VIEW)
            alert = in_scope(session, actor, Alert, number, "alert")
            return self._of(alert.subject_kind, alert.subject_id, about, depth)
        if kind == "entry":
            authorise(actor, Permission.LOG_VIEW)
            return self._entry(in_scope(session, actor, LogEntry, number, "log entry"), about, depth)
        if kind == "lookout":
            lookout = in_scope(session, actor, Lookout, number, "lookout")
            if lookout.track_id is None:
                raise Invalid("Nothing this lookout is for has been seen yet; no unit can be sent to it.")
            return self._track(lookout.track_id, about)
        tasking = in_scope(session, actor, Tasking, number, "tasking")
        if tasking.target_id is not None:
            return self._of("target", str(tasking.target_id), about, depth)
        if tasking.track_id is not None:
            return self._track(tasking.track_id, about)
        raise Invalid("That tasking is about no target or track.")

    def _entry(self, entry: LogEntry, about: tuple[str, str], depth: int) -> Subject:
        links = {str(link[0]): str(link[1]) for link in reversed(entry.links)}
        for lead in LEADS:
            if lead in links:
                return self._of(lead, links[lead], about, depth)
        raise Invalid("This entry refers to no target, track or place that a unit could be sent to.")

    def _track(self, number: int, about: tuple[str, str]) -> Subject:
        authorise(self.actor, Permission.PICTURE_VIEW)
        track = self.session.get(Track, number)
        if track is None:
            raise NotFound("There is no such track.")
        label = track.name or track.flight or track.callsign or track.key
        place = self.gazetteer.get(track.destination)
        return Subject(
            *about,
            label,
            "vessel" if track.kind == TrackKind.VESSEL else None,
            track_id=track.id,
            place=place.code if place else None,
            place_name=place.name if place else None,
            place_lat=place.lat if place else None,
            place_lon=place.lon if place else None,
            arrives_at=track.eta_at if place else None,
            craft=craft_of(self.session, track),
        )

    def _call(self, number: int, about: tuple[str, str]) -> Subject:
        call = in_scope(self.session, self.actor, FieldEmergency, number, "call for help")
        device = self.session.get_one(FieldDevice, call.device_id)
        who = call.callsign or device.callsign or device.uid
        if call.lat is None or call.lon is None:
            raise Invalid(f"{who} calls without a position; send to a place, a track or a target.")
        at = _at(about, f"{who}: {call.kind}", f"position of {who}", (call.lat, call.lon), device.unit_id)
        return replace(at, subject_kind=FIELD_CALL)

    def _unit(self, unit: Unit, about: tuple[str, str]) -> Subject:
        if unit.lat is None or unit.lon is None:
            raise Invalid(f"{unit.callsign} has reported no position; send to a place, a track or a target.")
        return _at(about, unit.callsign, f"position of {unit.callsign}", (unit.lat, unit.lon), unit.id)

    def _place(self, about_kind: str, about_id: str, code: str) -> Subject:
        place = self.gazetteer.get(code)
        if place is None:
            raise NotFound("There is no such place.")
        return Subject(
            about_kind,
            about_id,
            place.name,
            place=place.code,
            place_name=place.name,
            place_lat=place.lat,
            place_lon=place.lon,
        )


def _at(about: tuple[str, str], label: str, place: str, spot: geo.Point, unit_id: int | None) -> Subject:
    return Subject(*about, label, place_name=place, place_lat=spot[0], place_lon=spot[1], unit_id=unit_id)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:20]) <= MAX_ID):
        raise NotFound("There is no such thing.")
    return int(text)


def craft_of(session: Session, track: Track) -> Craft | None:
    """Where a track is and how it moves, its time put right by its feed's own clock; None without a position."""
    if track.lat is None or track.lon is None or track.observed_at is None or not geo.is_position(track.lat, track.lon):
        return None
    feed = session.get(FeedRecord, track.feed_id)
    offset = timedelta(milliseconds=feed.clock_offset_ms if feed else 0)
    is_vessel = track.kind == TrackKind.VESSEL
    return Craft(is_vessel, track.lat, track.lon, track.course_deg, track.speed_kn, track.observed_at - offset)


def subject_of(session: Session, target: Target, about: tuple[str, str], gazetteer: Gazetteer) -> Subject:
    """A target as a subject. Where its source told no place, the ship's own destination stands in."""
    track = session.get(Track, target.track_id) if target.track_id is not None else None
    told = target.place_lat is not None and target.place_lon is not None
    stand_in = None if told or track is None else gazetteer.get(track.destination)
    handling = session.get_one(Handling, target.handling_id)
    return Subject(
        *about,
        target.label,
        target.subject_kind,
        target.action,
        rule_of(handling).owner,
        target.id,
        target.track_id,
        target.handling_id,
        stand_in.code if stand_in else target.place,
        stand_in.name if stand_in else target.place_name,
        stand_in.lat if stand_in else target.place_lat,
        stand_in.lon if stand_in else target.place_lon,
        target.arrives_at or (track.eta_at if stand_in and track else None),
        craft_of(session, track) if track else None,
    )
