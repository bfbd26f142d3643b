"""The options for one subject: every unit reckoned, told in words, and ranked.

Ranking rule: able units in the order of their effort, which is preparation + travel in minutes plus `Bounds.shortfall_min`
for every shortfall; ties by callsign. So a near unit with one shortfall stands before a far one without, and the officer
can reckon it up by hand (docs/dispatch.md). Minutes, nautical miles, knots; times aware UTC.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from ops_centre.domain import geo
from ops_centre.domain.authority import AuthorityRule, Demand, NeedRule, demand_of, together
from ops_centre.domain.intercept import earliest
from ops_centre.domain.landmass import Bools, Floats, Ints
from ops_centre.domain.meeting import Meeting, Subject, meeting_of
from ops_centre.domain.moments import Moment, Roster, last_moment
from ops_centre.domain.options import Option, Options, Together
from ops_centre.domain.sea import distances_nm
from ops_centre.domain.telling import Told, Words, unfree
from ops_centre.domain.travel import AT_SEA, Manner, Paces, Travel, UnitNow

LANE_SAMPLES = 5  # places on a lane to which ways round land are looked for
COURSE_SAMPLES = 13

Arrival = tuple[str | None, datetime]  # place code, time


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the reckoning goes by, from the settings."""

    on_scene_min: float
    stale_after_min: float
    thin_slack_min: float
    shortfall_min: float
    frees_min: float
    horizon_h: float
    needs: tuple[NeedRule, ...]
    authority: tuple[AuthorityRule, ...]


@dataclass(slots=True)
class Reckoned:
    """Arrays over all units; minutes from now, NaN where there is none."""

    prepare: Floats
    speed: Floats
    to_place: Floats  # nautical miles as it travels
    meet: Floats  # when it can be there at the earliest
    travel: Floats
    nm: Floats
    lat: Floats
    lon: Floats
    latest: Floats  # last minute from now at which it can be sent; +inf when nothing hurries
    late: Floats  # minutes too late, where it is
    at_place: Bools


class Reckoning:
    """Reckons options and last moments."""

    def __init__(self, travel: Travel, paces: Paces, bounds: Bounds) -> None:
        self.travel, self.paces, self.bounds = travel, paces, bounds

    def demand(self, subject: Subject) -> Demand:
        """What a subject asks for."""
        return demand_of(self.bounds.needs, self.bounds.authority, subject.subject_kind, subject.action)

    def to_spot(self, units: Sequence[UnitNow], spot: geo.Point) -> Floats:
        """Nautical miles of each unit to a place, as it travels; NaN where there is no way."""
        nm = np.full(len(units), np.nan)
        lats, lons = positions(units)
        for manner in Manner:
            which = np.array([i for i, unit in enumerate(units) if unit.manner is manner], dtype=np.intp)
            if len(which):
                nm[which] = self.travel.distances_nm(manner, *spot, lats[which], lons[which])
        return nm

    def speeds(self, units: Sequence[UnitNow]) -> Floats:
        """Knots."""
        return np.array([self.paces.speed_of(unit) for unit in units], float)

    def prepares(self, units: Sequence[UnitNow]) -> Floats:
        """Minutes."""
        return np.array([self.paces.prepare_of(unit) for unit in units], float)

    def moment(self, roster: Roster, subject: Subject, travel_min: Floats, arrives_at: datetime) -> Moment:
        """The last responsible moment of a subject that arrives somewhere."""
        bounds = self.bounds
        return last_moment(
            roster,
            self.demand(subject),
            arrives_at,
            travel_min,
            on_scene_min=bounds.on_scene_min,
            frees_min=bounds.frees_min,
        )

    def options(
        self, subject: Subject, units: Sequence[UnitNow], arrivals: Sequence[Arrival], now: datetime, revision: int
    ) -> Options:
        """All units beside the subject."""
        meeting = meeting_of(subject, now, self.travel.sea, self.bounds.horizon_h)
        demand = self.demand(subject)
        known = self._reckon(meeting, units, demand, now)
        words = Words(subject, meeting, demand, self.bounds.on_scene_min, now)
        uncovering = Uncovering(units, arrivals)
        found = [
            self._option(unit, told, words, uncovering)
            for unit, told in zip(units, _told(units, known, meeting, now), strict=True)
        ]
        able = sorted((option for option in found if option.able), key=self._effort)
        able = [replace(option, rank=rank) for rank, option in enumerate(able, start=1)]
        unable = sorted((option for option in found if not option.able), key=lambda o: (o.callsign, o.unit_id))
        moment = self._moment(subject, meeting, units, known, now)
        sets = () if able else self._together(demand, units, unable)
        return Options(
            subject.about_kind, subject.about_id, subject.label, subject.subject_kind, subject.target_id, subject.track_id,
            subject.handling_id, subject.place_name or subject.place, meeting.how, meeting.until if meeting.bound else None,
            moment.at, moment.note, now, revision, tuple(able), tuple(unable), sets, demand.in_words(),
        )  # fmt: skip

    def _reckon(self, meeting: Meeting, units: Sequence[UnitNow], demand: Demand, now: datetime) -> Reckoned:
        count = len(units)
        lats, lons = positions(units)
        prepare, speed = self.prepares(units), self.speeds(units)
        nan = np.full(count, np.nan)
        to_place = self.to_spot(units, meeting.spot) if meeting.spot else nan
        travel = to_place / speed * 60.0
        ends = (meeting.until - now).total_seconds() / 60.0 if meeting.until else np.inf
        latest = ends - travel - prepare
        late = np.where(latest < 0, -latest, np.nan)
        spot = meeting.spot or (np.nan, np.nan)
        known = Reckoned(
            prepare, speed, to_place, np.where(latest >= 0, prepare + travel, np.nan), travel, to_place.copy(),
            np.full(count, spot[0]), np.full(count, spot[1]), latest, late, np.ones(count, dtype=bool),
        )  # fmt: skip
        if meeting.passage is not None:
            self._under_way(meeting, units, _worth(units, demand), lats, lons, known)
        return known

    def _under_way(
        self, meeting: Meeting, units: Sequence[UnitNow], which: Ints, lats: Floats, lons: Floats, known: Reckoned
    ) -> None:
        """Ships and aircraft meet what is under way."""
        passage = meeting.passage
        if passage is None or not len(which):
            return
        hours = earliest(passage, lats[which], lons[which], known.speed[which], known.prepare[which] / 60.0)
        lat, lon = passage.at(np.nan_to_num(hours))
        ships = np.array([units[i].manner is Manner.SEA for i in which], bool)
        direct = np.isfinite(hours)
        sailed = np.flatnonzero(direct & ships)
        at = which[sailed]
        direct[sailed] = self.travel.sea.sees(lats[at], lons[at], lat[sailed], lon[sailed])
        met = which[direct]
        minutes = hours[direct] * 60.0
        known.meet[met], known.travel[met] = minutes, minutes - known.prepare[met]
        known.nm[met] = known.travel[met] / 60.0 * known.speed[met]
        known.lat[met], known.lon[met], known.at_place[met], known.late[met] = lat[direct], lon[direct], False, np.nan
        bent = ships & ~direct & np.isfinite(hours)
        self._round_land(meeting, which[bent], hours[bent], lats, lons, known)
        if not meeting.bound:
            known.latest[met] = self._latest_on_course(meeting, met, lats, lons, known)

    def _round_land(
        self, meeting: Meeting, which: Ints, least_h: Floats, lats: Floats, lons: Floats, known: Reckoned
    ) -> None:
        """Ships that land keeps from the straight way meet it at the first of some places on its lane they reach in time."""
        passage = meeting.passage
        if passage is None:
            return
        open_ = np.arange(len(which))
        for hour in np.linspace(0.0, passage.ends_h, LANE_SAMPLES + 1)[1:]:
            try_ = open_[least_h[open_] <= hour]
            if not len(try_):
                continue
            units = which[try_]
            lat, lon = (float(part[0]) for part in passage.at(np.array([hour])))
            nm = self.travel.sea.distances_nm(lat, lon, lats[units], lons[units])
            minutes = known.prepare[units] + nm / known.speed[units] * 60.0
            met = minutes <= hour * 60.0
            hit = units[met]
            known.meet[hit], known.travel[hit], known.nm[hit] = (
                hour * 60.0,
                (minutes - known.prepare[units])[met],
                nm[met],
            )
            known.lat[hit], known.lon[hit], known.at_place[hit], known.late[hit] = lat, lon, False, np.nan
            if not meeting.bound:
                known.latest[hit] = hour * 60.0 - minutes[met]
            open_ = np.setdiff1d(open_, try_[met])

    def _latest_on_course(self, meeting: Meeting, units: Ints, lats: Floats, lons: Floats, known: Reckoned) -> Floats:
        """Last minute at which units can be sent to what moves on until it leaves their reach, by the geodesic."""
        passage = meeting.passage
        if passage is None or not len(units):
            return np.empty(0)
        times = np.linspace(0.0, passage.ends_h, COURSE_SAMPLES)
        lat, lon = passage.at(times)
        nm = distances_nm(lats[units, None], lons[units, None], lat[None, :], lon[None, :])
        slack = times[None, :] * 60.0 - nm / known.speed[units, None] * 60.0 - known.prepare[units, None]
        return np.asarray(np.maximum(slack.max(axis=1), 0.0))

    def _moment(
        self, subject: Subject, meeting: Meeting, units: Sequence[UnitNow], known: Reckoned, now: datetime
    ) -> Moment:
        if not meeting.bound or meeting.until is None:
            return Moment(None, None, None if meeting.passage else "No place and time of arrival are known.")
        roster = Roster(units, known.prepare, now)
        return self.moment(roster, subject, known.to_place / known.speed * 60.0, meeting.until)

    def _option(self, unit: UnitNow, told: Told, words: Words, uncovering: "Uncovering") -> Option:
        bounds = self.bounds
        why_not = words.why_not(unit, told)
        able = not why_not
        back = told.meet_at + timedelta(minutes=bounds.on_scene_min + (told.travel or 0.0)) if told.meet_at else None
        uncovers = uncovering.of(unit, words.now, back) if able else None
        shortfalls = (
            words.shortfalls(unit, told, uncovers, bounds.stale_after_min, bounds.thin_slack_min) if able else ()
        )
        return Option(
            unit.id, unit.callsign, unit.agency, unit.unit_type.value, able, None, told.travel, told.prepare, told.nm,
            unit.manner.value, told.lat, told.lon, told.meet_place, told.meet_at if able else None, told.slack,
            told.position_age, unit.crew, told.duty_left, uncovers, words.reasons(unit, told) if able else (), shortfalls,
            "; ".join(why_not) or None, unit.availability, unit.doing or unit.status, told.lrm_at,
        )  # fmt: skip

    def _effort(self, option: Option) -> tuple[float, str, int]:
        minutes = (option.prep_min or 0.0) + (option.travel_min or 0.0)
        return (round(minutes + self.bounds.shortfall_min * len(option.shortfalls), 3), option.callsign, option.unit_id)

    def _together(self, demand: Demand, units: Sequence[UnitNow], unable: Sequence[Option]) -> tuple[Together, ...]:
        """Smallest sets of units that only lack a capability or authority."""
        short = [option for option in unable if option.why_not and option.why_not.startswith(("lacks", "its agency"))]
        by_id = {unit.id: unit for unit in units}
        ready = sorted(
            (
                option
                for option in short
                if option.travel_min is not None
                and ";" not in (option.why_not or "").replace("; lacks", "").replace("; its", "")
            ),
            key=self._effort,
        )
        sets = together(demand, [(o.unit_id, o.agency, by_id[o.unit_id].capabilities) for o in ready])
        names = {option.unit_id: option.callsign for option in ready}
        need = " and ".join(demand.in_words()) or "authority"
        return tuple(
            Together(ids, tuple(names[unit] for unit in ids), f"None alone has {need}; these have it between them.")
            for ids in sets
        )


class Uncovering:
    """What a unit's leaving would leave without its kind."""

    def __init__(self, units: Sequence[UnitNow], arrivals: Sequence[Arrival]) -> None:
        free = [unit for unit in units if unit.availability == "available" and not unit.doing and unit.station]
        self._kinds = Counter((unit.station, unit.unit_type) for unit in free)
        self._arrivals: dict[str, list[datetime]] = {}
        for place, at in arrivals:
            if place:
                self._arrivals.setdefault(place, []).append(at)

    def of(self, unit: UnitNow, now: datetime, back: datetime | None) -> str | None:
        """In words; None when another of its kind stays there."""
        if not unit.station or self._kinds[(unit.station, unit.unit_type)] > 1:
            return None
        said = f"the only {unit.unit_type.value} free at {unit.station}"
        meanwhile = sum(now <= at <= back for at in self._arrivals.get(unit.place or "", ())) if back else 0
        if meanwhile:
            said += f"; {meanwhile} {'target arrives' if meanwhile == 1 else 'targets arrive'} there meanwhile"
        return said


def _worth(units: Sequence[UnitNow], demand: Demand) -> Ints:
    """Ships and aircraft that are free and fit, by place in the list: only for these is a meeting under way sought."""
    return np.array(
        [
            i
            for i, unit in enumerate(units)
            if unit.manner in AT_SEA
            and not unfree(unit)
            and demand.allows(unit.agency)
            and not demand.lacks(unit.capabilities)
        ],
        dtype=np.intp,
    )


def positions(units: Sequence[UnitNow]) -> tuple[Floats, Floats]:
    """Latitudes and longitudes, NaN where there is no sound one."""
    lats = np.array([np.nan if unit.lat is None else unit.lat for unit in units], float)
    lons = np.array([np.nan if unit.lon is None else unit.lon for unit in units], float)
    with np.errstate(invalid="ignore"):
        sound = (np.abs(lats) <= 90.0) & (np.abs(lons) <= 180.0)
    return np.where(sound, lats, np.nan), np.where(sound, lons, np.nan)


def _told(units: Sequence[UnitNow], known: Reckoned, meeting: Meeting, now: datetime) -> list[Told]:
    """The arrays, unit by unit."""
    told = []
    for i, unit in enumerate(units):
        at_place = bool(known.at_place[i])
        ready = _minutes(known.meet[i])
        meet_at = _after(now, ready) if ready is not None else None
        if meet_at is not None and at_place and meeting.bound and meeting.until is not None:
            meet_at = max(meet_at, meeting.until)
        latest = known.latest[i]
        bounded = bool(np.isfinite(latest))
        told.append(
            Told(
                prepare=round(float(known.prepare[i]), 1),
                travel=_minutes(known.travel[i]),
                nm=_minutes(known.nm[i]),
                speed=float(known.speed[i]),
                ready_at=_after(now, ready) if ready is not None else None,
                meet_at=meet_at,
                lat=_degrees(known.lat[i]),
                lon=_degrees(known.lon[i]),
                meet_place=meeting.name if at_place else None,
                slack=round(float(latest), 1) if bounded else None,
                late=_minutes(known.late[i]),
                lrm_at=_after(now, latest) if bounded and abs(latest) < 1e7 else None,
                position_age=_age(unit, now),
                duty_left=_duty_left(unit, now),
                no_way=not np.isfinite(known.to_place[i]) and at_place,
            )
        )
    return told


def _after(now: datetime, minutes: float) -> datetime:
    """To the second: more would be made up."""
    return now + timedelta(seconds=round(float(minutes) * 60.0))


def _minutes(value: float) -> float | None:
    return round(float(value), 1) if np.isfinite(value) else None


def _degrees(value: float) -> float | None:
    return round(float(value), 5) if np.isfinite(value) else None


def _age(unit: UnitNow, now: datetime) -> float | None:
    return None if unit.position_at is None else round(max(0.0, (now - unit.position_at).total_seconds() / 60.0), 1)


def _duty_left(unit: UnitNow, now: datetime) -> float | None:
    return None if unit.duty_ends_at is None else round((unit.duty_ends_at - now).total_seconds() / 60.0, 1)
