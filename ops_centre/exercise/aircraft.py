"""Aircraft of the exercise: who they are and where they are at a scenario time.

Airliners fly the geodesic between real airports with climb, cruise and descent; light aircraft go out from an aerodrome
and come back. Like vessels they go round after round, each a function of seed, number and time alone.
"""

import math
from dataclasses import dataclass

from ops_centre.domain import geo
from ops_centre.exercise.airlines import AIRLINES, AIRPORTS, HOME, PATTERNS
from ops_centre.exercise.scenario import HOUR, MINUTE, chance, share

TAXI_S = 12 * MINUTE  # seen on the ground so long before and after a flight
CLIMB_H, DESCENT_H = 0.38, 0.42
LIFT_OFF_KN, TOUCH_DOWN_KN = 150.0, 135.0
NOTORIOUS = frozenset({"NZ900", "NZ901"})


@dataclass(frozen=True, slots=True)
class Airframe:
    """What an aircraft is."""

    icao24: str
    registration: str
    type_code: str
    category: str
    airline: str


@dataclass(frozen=True, slots=True)
class Flight:
    """One flight, scenario seconds."""

    number: str  # as passengers know it: "NZ289"
    callsign: str  # as it is transmitted: "ANZ289"
    origin: str  # IATA
    destination: str
    departs_s: float
    arrives_s: float

    @property
    def crosses_border_inward(self) -> bool:
        """Whether it comes from abroad."""
        return self.destination in HOME and self.origin not in HOME


@dataclass(frozen=True, slots=True)
class AircraftState:
    """An aircraft at a scenario time."""

    airframe: Airframe
    flight: Flight | None
    callsign: str
    lat: float
    lon: float
    track_deg: float
    speed_kn: float
    altitude_ft: int | None  # None: on the ground
    climb_fpm: int
    squawk: str


class Aircraft:
    """One aircraft of the scenario, the `index`-th."""

    def __init__(self, seed: int, index: int) -> None:
        self._words = (seed, "aircraft", index)
        self.index = index
        self.pattern = PATTERNS[index % len(PATTERNS)]
        rng = chance(*self._words)
        line = AIRLINES[self.pattern.airline]
        suffix = "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(2 if len(line.registration) > 3 else 3))
        if line.registration[-1].isdigit():
            suffix = f"{(rng.randrange(100) * 20 + index) % 900 + 100}" + (
                rng.choice("UW") if line.iata == "UA" else ""
            )
        self.airframe = Airframe(
            f"{line.block + index * 3 + rng.randrange(3):06x}",
            line.registration + suffix,
            self.pattern.type_code,
            self.pattern.category,
            line.iata,
        )
        self.squawk = "1200" if not line.iata else f"{rng.randrange(0o1000, 0o6777):04o}"
        self._first_number = 200 + index * 8 % 8000
        hops = list(zip(self.pattern.stops, (*self.pattern.stops[1:], self.pattern.stops[0]), strict=True))
        self._hops = hops if line.iata else []
        self._hours = [_flight_hours(_distance(*hop), self.pattern.cruise_kn) for hop in self._hops]
        self._round_s = (sum(self._hours) + self.pattern.turn_h * len(hops)) * HOUR if line.iata else 2.4 * HOUR
        self._phase_s = rng.random() * self._round_s

    def flight(self, at_s: float) -> Flight | None:
        """The flight under way, else the one it has just ended or will begin next."""
        if not self._hops:
            return None
        number = math.floor((at_s + self._phase_s) / self._round_s)
        begins = number * self._round_s - self._phase_s
        departs = begins
        for i, ((origin, destination), hours) in enumerate(zip(self._hops, self._hours, strict=True)):
            arrives = departs + hours * HOUR
            if at_s < arrives + self.pattern.turn_h * HOUR / 2 or i == len(self._hops) - 1:
                return self._named(i, origin, destination, departs, arrives)
            departs = arrives + self.pattern.turn_h * HOUR
        raise AssertionError("a pattern has at least one hop")

    def state(self, at_s: float) -> AircraftState | None:
        """The aircraft at a scenario time; None while it is on the ground and silent."""
        flight = self.flight(at_s)
        if flight is None:
            return self._local(at_s)
        if flight.departs_s <= at_s <= flight.arrives_s:
            return self._airborne(flight, at_s)
        airport = flight.origin if at_s < flight.departs_s else flight.destination
        wait = flight.departs_s - at_s if at_s < flight.departs_s else at_s - flight.arrives_s
        if airport not in HOME or wait > TAXI_S:
            return None
        _, lat, lon = AIRPORTS[airport]
        stand = geo.destination(lat, lon, 360.0 * share(*self._words, "stand"), 0.25)
        return AircraftState(self.airframe, flight, flight.callsign, *stand, 0.0, 0.0, None, 0, self.squawk)

    def _named(self, hop: int, origin: str, destination: str, departs_s: float, arrives_s: float) -> Flight:
        number = (
            self._first_number
            + hop
            + (4000 if f"{self.airframe.airline}{self._first_number + hop}" in NOTORIOUS else 0)
        )
        line = AIRLINES[self.airframe.airline]
        return Flight(f"{line.iata}{number}", f"{line.icao}{number}", origin, destination, departs_s, arrives_s)

    def _airborne(self, flight: Flight, at_s: float) -> AircraftState:
        _, lat1, lon1 = AIRPORTS[flight.origin]
        _, lat2, lon2 = AIRPORTS[flight.destination]
        total = _distance(flight.origin, flight.destination)
        done, speed, height, rate = _profile(
            (at_s - flight.departs_s) / HOUR,
            (flight.arrives_s - flight.departs_s) / HOUR,
            total,
            self.pattern.cruise_kn,
        )
        lat, lon = geo.destination(lat1, lon1, geo.bearing_deg(lat1, lon1, lat2, lon2), done)
        track = geo.bearing_deg(lat, lon, lat2, lon2) if total - done > 0.5 else geo.bearing_deg(lat1, lon1, lat2, lon2)
        ceiling = self.pattern.cruise_ft * min(1.0, total / 240.0) // 1000 * 1000
        return AircraftState(
            self.airframe,
            flight,
            flight.callsign,
            lat,
            lon,
            track,
            speed,
            round(ceiling * height / 25) * 25,
            round(ceiling * rate / 60.0 / 64) * 64,
            self.squawk,
        )

    def _local(self, at_s: float) -> AircraftState | None:
        """Out from the aerodrome on one side of a loop and home on the other."""
        turn = math.floor((at_s + self._phase_s) / self._round_s)
        since_h = (at_s + self._phase_s - turn * self._round_s) / HOUR
        airborne_h = 1.3 + 0.7 * share(*self._words, "lasts", turn)
        if since_h > airborne_h:
            return None
        _, lat, lon = AIRPORTS[self.pattern.stops[0]]
        radius = self.pattern.cruise_kn * airborne_h / (2 * math.pi)
        outward = 360.0 * share(*self._words, "outward", turn)
        centre = geo.destination(lat, lon, outward, radius)
        angle = outward + 180.0 + 360.0 * since_h / airborne_h
        here = geo.destination(*centre, angle % 360.0, radius)
        height = min(1.0, since_h / 0.08, (airborne_h - since_h) / 0.1)
        return AircraftState(
            self.airframe,
            None,
            self.airframe.registration.replace("-", ""),
            *here,
            (angle + 90.0) % 360.0,
            self.pattern.cruise_kn,
            max(100, round(self.pattern.cruise_ft * height / 25) * 25),
            0,
            self.squawk,
        )


def _distance(origin: str, destination: str) -> float:
    return geo.distance_nm(*AIRPORTS[origin][1:], *AIRPORTS[destination][1:])


def _ends(total_nm: float, cruise_kn: float) -> tuple[float, float, float]:
    """Hours of climb and of descent, and the fastest speed; short hops have less of all three."""
    climb_nm = (LIFT_OFF_KN + cruise_kn) / 2 * CLIMB_H
    descent_nm = (TOUCH_DOWN_KN + cruise_kn) / 2 * DESCENT_H
    part = min(1.0, 0.85 * total_nm / (climb_nm + descent_nm))
    return CLIMB_H * part, DESCENT_H * part, cruise_kn


def _flight_hours(total_nm: float, cruise_kn: float) -> float:
    climb, descent, fastest = _ends(total_nm, cruise_kn)
    level_nm = total_nm - (LIFT_OFF_KN + fastest) / 2 * climb - (TOUCH_DOWN_KN + fastest) / 2 * descent
    return climb + descent + level_nm / fastest


def _profile(hours: float, all_hours: float, total_nm: float, cruise_kn: float) -> tuple[float, float, float, float]:
    """Miles flown, ground speed, height as a share of the ceiling, and the share climbed in an hour."""
    climb, descent, fastest = _ends(total_nm, cruise_kn)
    if hours < climb:
        gain = (fastest - LIFT_OFF_KN) / climb
        part = hours / climb
        return LIFT_OFF_KN * hours + gain * hours**2 / 2, LIFT_OFF_KN + gain * hours, part, 1.0 / climb
    left = max(0.0, all_hours - hours)
    if left < descent:
        gain = (fastest - TOUCH_DOWN_KN) / descent
        part = left / descent
        return total_nm - TOUCH_DOWN_KN * left - gain * left**2 / 2, TOUCH_DOWN_KN + gain * left, part, -1.0 / descent
    return (LIFT_OFF_KN + fastest) / 2 * climb + fastest * (hours - climb), fastest, 1.0, 0.0
