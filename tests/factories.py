"""Rows and reports with sensible defaults, and situations that have names.

The ``make_…`` functions add a row to a session and give it its number; the ``…_report`` functions build what a feed
hands over. Nothing here decides anything: a rule that a test relies on stands in the test.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.domain.observations import CraftReport, Fix, HitReport, Particulars, TargetReport, TrackKind, UnitReport
from ops_centre.models import Deployment, FeedRecord, Handling, Hit, Position, Target, Track, Unit, User
from tests.support.clock import START

_numbers = count(1)


def _fill(row: Any, given: dict[str, Any]) -> Any:
    for name, value in given.items():
        setattr(row, name, value)
    return row


def _added(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


# People


def make_user(session: Session, role: Role = Role.DUTY_OFFICER, agency: str = "OPS", **given: Any) -> User:
    """An account nobody can sign in to: its password hash is none."""
    number = next(_numbers)
    user = User(
        name=f"user{number}",
        display_name=f"User {number}",
        password_hash="!",
        role=role.value,
        agency=agency,
        created_at=START,
    )
    return _added(session, _fill(user, given))


def actor(role: Role = Role.DUTY_OFFICER, agency: str = "OPS", **given: Any) -> Actor:
    """Somebody who acts, without an account behind."""
    values = {"user_id": 1, "name": "someone", "display_name": "Someone", "role": role, "agency": agency}
    return Actor(**(values | given))


# Handlings


def make_handling(session: Session, owner: str = "CUS", marking: str = "GREEN", releases: str = "") -> Handling:
    """The handling of this owner, marking and releases; the same row each time."""
    found = session.scalars(select(Handling).filter_by(owner=owner, marking=marking, releases=releases)).one_or_none()
    return found or _added(session, Handling(owner=owner, marking=marking, releases=releases))


# Feeds


def make_feed(session: Session, kind: str = "ais", **given: Any) -> FeedRecord:
    """A live feed."""
    feed = FeedRecord(
        name=f"Feed {next(_numbers)}",
        kind=kind,
        agency="OPS",
        light="live",
        light_since=START,
        last_poll_at=START,
        last_good_at=START,
        last_record_at=START,
        late_after_ms=30_000,
        lost_after_ms=120_000,
    )
    return _added(session, _fill(feed, given))


def make_lost_feed(session: Session, **given: Any) -> FeedRecord:
    """A feed that last worked an hour ago."""
    long_ago = START - timedelta(hours=1)
    lost = {"light": "lost", "last_good_at": long_ago, "last_record_at": long_ago, "last_error": "connection refused"}
    return make_feed(session, **(lost | given))


# Tracks


def make_vessel(session: Session, feed: FeedRecord, **given: Any) -> Track:
    """A vessel under way in the Hauraki Gulf, heard just now."""
    mmsi = 512_000_000 + next(_numbers)
    track = Track(
        key=f"mmsi:{mmsi}",
        kind=TrackKind.VESSEL.value,
        feed_id=feed.id,
        mmsi=mmsi,
        name=f"VESSEL {mmsi % 1000}",
        lat=-36.75,
        lon=174.95,
        course_deg=45.0,
        speed_kn=12.0,
        observed_at=START,
        received_at=START,
        heard_at=START,
    )
    return _added(session, _fill(track, given))


def make_aircraft(session: Session, feed: FeedRecord, **given: Any) -> Track:
    """An aircraft on its way to Auckland, heard just now."""
    number = next(_numbers)
    flown = {
        "key": f"icao:c8{number:04x}",
        "kind": TrackKind.AIRCRAFT.value,
        "mmsi": None,
        "flight": f"ZZ{number}",
        "name": None,
        "lat": -36.0,
        "lon": 173.0,
        "speed_kn": 440.0,
        "altitude_ft": 35_000.0,
    }
    return make_vessel(session, feed, **(flown | given))


def make_stale_vessel(session: Session, feed: FeedRecord, **given: Any) -> Track:
    """A vessel last seen two hours ago, as by satellite."""
    seen = {"observed_at": START - timedelta(hours=2), "heard_at": START - timedelta(hours=2)}
    return make_vessel(session, feed, **(seen | given))


def make_vessel_across_the_antimeridian(session: Session, feed: FeedRecord, **given: Any) -> Track:
    """A vessel at 179.9° W, twelve miles from one at 179.9° E."""
    return make_vessel(session, feed, **({"lat": -20.0, "lon": -179.9} | given))


def make_trail(session: Session, track: Track, moments: Iterable[datetime]) -> list[Position]:
    """Positions of a track, a hundredth of a degree further north each time."""
    rows = [
        Position(
            track_id=track.id,
            observed_at=moment,
            lat=(track.lat or 0.0) + step / 100,
            lon=track.lon or 0.0,
            received_at=moment,
            recorded_at=moment,
            feed_id=track.feed_id,
        )
        for step, moment in enumerate(moments)
    ]
    session.add_all(rows)
    session.flush()
    return rows


# Targets


def make_target(session: Session, feed: FeedRecord, *, handling: Handling | None = None, **given: Any) -> Target:
    """An issued target of high severity that arrives at Auckland in three hours, with one hit."""
    number = next(_numbers)
    target = Target(
        feed_id=feed.id,
        ref=f"T-{number}",
        ref_version=1,
        subject_kind="vessel",
        label=f"SUBJECT {number}",
        identifiers={},
        severity="high",
        status="issued",
        reason="Rule 7: called at a listed port",
        place="NZAKL",
        place_name="Auckland",
        place_lat=-36.84,
        place_lon=174.77,
        arrives_at=START + timedelta(hours=3),
        handling_id=(handling or make_handling(session)).id,
        issued_at=START,
        received_at=START,
        updated_at=START,
    )
    _added(session, _fill(target, given))
    hit = Hit(
        target_id=target.id,
        ref="H-1",
        kind="rule",
        criterion="Rule 7",
        criterion_version="3",
        explanation=target.reason,
        matched_at=START,
        source_system="targeting",
        source_message=f"M-{number}",
        received_at=START,
    )
    _added(session, hit)
    return target


def make_restricted_target(session: Session, feed: FeedRecord, owner: str = "POL", **given: Any) -> Target:
    """A target that only its owning agency may know of."""
    return make_target(session, feed, handling=make_handling(session, owner, "RED"), **given)


# Units


def make_unit(session: Session, feed: FeedRecord, *, handling: Handling | None = None, **given: Any) -> Unit:
    """An available customs team in Auckland."""
    number = next(_numbers)
    unit = Unit(
        feed_id=feed.id,
        ref=f"U-{number}",
        callsign=f"CUSTOMS {number}",
        agency="CUS",
        unit_type="team",
        capabilities=["boarding"],
        availability="available",
        crew=4,
        lat=-36.84,
        lon=174.77,
        position_at=START,
        handling_id=(handling or make_handling(session)).id,
        reported_at=START,
        received_at=START,
    )
    return _added(session, _fill(unit, given))


def make_stood_down_unit(session: Session, feed: FeedRecord, **given: Any) -> Unit:
    """A unit that rests."""
    return make_unit(session, feed, **({"availability": "out of service", "out_of_service_reason": "rest"} | given))


def make_deployment(session: Session, unit: Unit, **given: Any) -> Deployment:
    """The unit at Auckland for this shift."""
    deployment = Deployment(
        unit_id=unit.id,
        ref=f"D-{next(_numbers)}",
        place="NZAKL",
        starts_at=START - timedelta(hours=1),
        ends_at=START + timedelta(hours=7),
        crew=4,
        duty_hours=8.0,
        received_at=START,
    )
    return _added(session, _fill(deployment, given))


# Reports, as a feed hands them over


def vessel_report(mmsi: int = 512_000_123, at: datetime = START, **given: Any) -> CraftReport:
    """A vessel's position and name."""
    report = CraftReport(
        key=f"mmsi:{mmsi}",
        kind=TrackKind.VESSEL,
        observed_at=at,
        received_at=at,
        fix=Fix(-36.75, 174.95, course_deg=45.0, speed_kn=12.0),
        particulars=Particulars(name=f"VESSEL {mmsi % 1000}"),
        mmsi=mmsi,
    )
    return _fill(report, given)


def target_report(ref: str = "T-1", at: datetime = START, **given: Any) -> TargetReport:
    """A vessel target with one hit, as a targeting system sends it."""
    report = TargetReport(
        ref=ref,
        ref_version=1,
        subject_kind="vessel",
        label="SUBJECT",
        identifiers={},
        severity="high",
        status="issued",
        issued_at=at,
        received_at=at,
        owner="CUS",
        marking="GREEN",
        releases=(),
        hits=[hit_report(at=at)],
    )
    return _fill(report, given)


def hit_report(ref: str = "H-1", at: datetime = START, **given: Any) -> HitReport:
    """One match of a rule."""
    report = HitReport(
        ref=ref,
        kind="rule",
        criterion="Rule 7",
        criterion_version="3",
        explanation="Called at a listed port",
        matched_at=at,
        source_system="targeting",
        source_message="M-1",
    )
    return _fill(report, given)


def unit_report(ref: str = "U-1", at: datetime = START, **given: Any) -> UnitReport:
    """An available customs team, as its agency reports it."""
    report = UnitReport(
        ref=ref,
        callsign="CUSTOMS 1",
        agency="CUS",
        unit_type="team",
        capabilities=("boarding",),
        availability="available",
        reported_at=at,
        received_at=at,
        marking="GREEN",
        releases=(),
    )
    return _fill(report, given)
