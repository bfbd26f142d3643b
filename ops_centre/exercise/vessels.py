"""Vessels of the exercise: who they are and where they are at a scenario time.

A vessel goes round after round of fixed length; each round is planned from the seed, the vessel's number and the
round's number alone, and meets the next one at the same place, so that nothing ever jumps.
"""

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ops_centre.domain import geo
from ops_centre.exercise import identities, routes
from ops_centre.exercise.areas import (
    AT_ANCHOR,
    FISHING,
    MOORED,
    SAILING,
    Area,
    near,
    nearest,
    work_an_area,
)
from ops_centre.exercise.itinerary import (
    UNDER_WAY,
    Itinerary,
    Leg,
    Point,
    Track,
    lane_parts,
    lane_track,
    leg_at,
    track_of,
)
from ops_centre.exercise.scenario import BEGINNING_S, DAY, HOUR, chance, share
from ops_centre.exercise.trades import FAR_GROUNDS, GROUNDS, PATROLS, SURVEYS, trade_of

SHORE_RANGE_NM = 55.0
TO_MOOR_H = 0.15
SEASON_S = BEGINNING_S + 181 * DAY  # 1 July: a yacht's year begins
LANE_SHARES = (0.15, 0.35, 0.55, 0.75)
_STATIONS = (
    *(harbour.berth for harbour in routes.HARBOURS.values()),
    (-34.42, 172.68),
    (-35.17, 174.33),
    (-36.29, 175.52),
    (-37.69, 178.54),
    (-39.26, 177.87),
    (-40.90, 176.23),
    (-41.61, 175.29),
    (-40.49, 172.69),
    (-39.27, 173.76),
    (-42.42, 173.70),
    (-43.96, 169.00),
    (-46.17, 166.61),
    (-46.45, 169.82),
    (-37.00, 174.55),
)


@dataclass(frozen=True, slots=True)
class Ship:
    """What a vessel is."""

    mmsi: int
    imo: int  # 0: none
    name: str
    callsign: str
    flag: str
    ais_type: int
    length_m: int
    beam_m: int
    draught_m: float
    class_a: bool


@dataclass(frozen=True, slots=True)
class VesselState:
    """A vessel at a scenario time."""

    ship: Ship
    trade: str
    lat: float
    lon: float
    course_deg: float
    speed_kn: float
    heading_deg: int
    nav_status: int
    at: str | None  # harbour where it lies
    bound_for: str | None  # node it will reach next
    destination: str  # as the ship writes it
    arrives_s: float | None  # scenario seconds


@dataclass(frozen=True, slots=True)
class _Round:
    number: int
    begins_s: float
    ship: Ship
    legs: tuple[Leg, ...]


class Vessel:
    """One vessel of the scenario, the `index`-th. Holds the round under way and nothing else."""

    def __init__(self, seed: int, index: int) -> None:
        self.index = index
        self.trade = trade_of(index)
        self._words = (seed, "vessel", index)
        self._pattern = chance(*self._words)
        self._home = self._pattern.choice(self.trade.ports)
        self._ports, self._gate = self._draw_ports(self._pattern)
        self._speed_kn = self._pattern.uniform(*self.trade.speed_kn)
        self._share = self._pattern.choice(LANE_SHARES)
        self._round_s = self._length_of_round()
        self._phase_s = -SEASON_S if self.trade.manner == "yacht" else self._pattern.random() * self._round_s
        self._present: _Round | None = None

    def state(self, at_s: float) -> VesselState | None:
        """The vessel at a scenario time; None while it is beyond the world of the exercise."""
        round_ = self._round_at(at_s)
        seconds = at_s - round_.begins_s
        leg = leg_at(round_.legs, seconds)
        return None if leg.silent else self._state(round_, leg, seconds, at_s)

    def is_dark(self, at_s: float) -> bool:
        """Whether the vessel's transmitter is silent just now: some go dark for an hour or two."""
        watch = int(at_s // (6 * HOUR))
        if not self.trade.dark or share(*self._words, "dark", watch) >= self.trade.dark:
            return False
        begins = watch * 6 * HOUR + share(*self._words, "begins", watch) * 4 * HOUR
        return begins <= at_s < begins + (0.75 + 1.25 * share(*self._words, "lasts", watch)) * HOUR

    def calls(self, at_s: float) -> Iterator[tuple[str, float, float]]:
        """Harbours at which this round still calls: code, arrival and departure in scenario seconds."""
        round_ = self._round_at(at_s)
        for leg in round_.legs:
            if leg.at and round_.begins_s + leg.ends_s > at_s:
                yield leg.at, round_.begins_s + leg.begins_s, round_.begins_s + leg.ends_s

    def _round_at(self, at_s: float) -> _Round:
        number = math.floor((at_s + self._phase_s) / self._round_s)
        present = self._present
        if present is None or present.number != number:
            present = self._present = self._plan(number)
        return present

    def _plan(self, number: int) -> _Round:
        rng = chance(*self._words, number)
        begins = number * self._round_s - self._phase_s
        ship = self._ship(number)
        legs = {
            "liner": self._liner,
            "fishing": self._fishing,
            "shuttle": self._shuttle,
            "gulf ferry": self._gulf_ferry,
            "harbour craft": self._harbour_craft,
            "yacht": self._yacht,
            "day sail": self._day_sail,
            "patrol": self._working,
            "research": self._working,
        }[self.trade.manner](rng, begins)
        return _Round(number, begins, ship, tuple(legs))

    # --- what is fixed for the vessel -------------------------------------------------------------------------------

    def _draw_ports(self, rng: random.Random) -> tuple[tuple[str, ...], str]:
        """Ports of the round in order along the coast, and the gate it comes and goes by ("": it never leaves)."""
        trade = self.trade
        gate = rng.choice(trade.gates) if trade.gates else ""
        if trade.manner != "liner":
            return (self._home,), gate
        chosen = sorted(rng.sample(trade.ports, rng.randint(*trade.calls)), key=trade.ports.index)
        return tuple(chosen if rng.random() < 0.5 else reversed(chosen)), gate

    def _length_of_round(self) -> float:
        manner, trade = self.trade.manner, self.trade
        if manner == "liner":
            sailing = sum(self._lane(one, two).effort for one, two in _pairs(self._stops())) / self._speed_kn
            return (sailing + self._port_hours() + (8.0 if self._gate else 0.0)) * HOUR
        if manner == "shuttle":
            return (2 * self._lane(*trade.ports).effort / self._speed_kn + 3.6) * HOUR
        if manner == "yacht":
            return 365.25 * DAY
        lengths = {
            "fishing": 3.2,
            "harbour craft": 0.3,
            "yacht": 26.0,
            "day sail": 1.0,
            "patrol": 9.0,
            "research": 11.0,
        }
        return lengths.get(manner, 0.0833) * DAY * (0.9 + 0.9 * share(*self._words, "round"))

    def _port_hours(self) -> float:
        """Hours of a liner's round in and before ports."""
        return len(self._ports) * (sum(self.trade.stay_h) / 2 + 6.0 * self.trade.waits)

    def _stops(self) -> tuple[str, ...]:
        """Nodes of a liner's round, the first again at the end."""
        return (self._gate, *self._ports, self._gate) if self._gate else (*self._ports, self._ports[0])

    def _lane(self, start: str, end: str) -> Track:
        return lane_track(start, end, self._share)

    def _ship(self, number: int) -> Ship:
        trade = self.trade
        change = 0 if trade.same_ship else number % 15
        rng = chance(*self._words, "ship", change)
        flag = identities.FLAGS[rng.choice(trade.flags.split())]
        length = rng.randint(*trade.length_m)
        name = {
            "cruise ship": identities.cruise_name,
            "yacht": identities.yacht_name,
            "sport boat": identities.yacht_name,
        }.get(trade.name, identities.coastal_name if flag.country == "NZ" else identities.trading_name)(rng)
        if trade.name in ("tug", "pilot vessel"):
            name = f"{'PILOT' if trade.name == 'pilot vessel' else 'TUG'} {name}"
        number_of_ship = self.index * 15 + change
        return Ship(
            mmsi=identities.mmsi_number(rng, flag, number_of_ship),
            imo=identities.imo_number(number_of_ship) if length >= 24 and trade.class_a else 0,
            name=name[:20],
            callsign=identities.callsign(rng, flag),
            flag=flag.country,
            ais_type=trade.ais_type,
            length_m=length,
            beam_m=max(3, round(length * trade.beam_of_length)),
            draught_m=round(rng.uniform(*trade.draught_m), 1),
            class_a=trade.class_a,
        )

    # --- how each kind spends a round -------------------------------------------------------------------------------

    def _liner(self, rng: random.Random, _begins_s: float) -> list[Leg]:
        """In by the gate, from port to port, out again; without a gate round and round the coast."""
        plan, stops = Itinerary(), self._stops()
        weights = [rng.uniform(0.7, 1.3) for _ in self._ports]
        hours = {
            code: self._port_hours() * weight / sum(weights) for code, weight in zip(self._ports, weights, strict=True)
        }
        waits = {
            code: hours[code] * rng.uniform(0.1, 0.3) if rng.random() < self.trade.waits else 0.0
            for code in self._ports
        }
        away = rng.uniform(5, 11) if self._gate else 0.0
        nm = sum(self._lane(one, two).effort for one, two in _pairs(stops))
        speed = nm / (self._round_s / HOUR - self._port_hours() - away)
        if not self._gate:
            plan.stay(self._berth(stops[0]), hours[stops[0]] - TO_MOOR_H, MOORED, at=stops[0], bound_for=stops[1])
        for one, two in _pairs(stops):
            if two == stops[-1]:
                plan.sail(self._lane(one, two), speed, bound_for=two)
            else:
                self._call(plan, rng, one, two, speed, hours[two], waits[two])
        if self._gate:
            plan.stay(routes.WAYPOINTS[self._gate][:2], 999.0, UNDER_WAY, silent=True)
        else:
            plan.stay(self._berth(stops[0]), 999.0, MOORED, at=stops[0], bound_for=stops[1])
        return plan.legs

    def _call(
        self, plan: Itinerary, rng: random.Random, start: str, code: str, speed_kn: float, hours: float, wait_h: float
    ) -> None:
        """Come from a node, wait at anchor if need be, lie at a berth: so many hours in all after arrival."""
        harbour, lane = routes.HARBOURS[code], self._lane(start, code)
        leaves_s = plan.now_s + lane.effort / speed_kn * HOUR + hours * HOUR
        if wait_h:
            outer, inner = lane_parts(start, code, self._share)
            berths_s = plan.now_s + (lane.effort / speed_kn + wait_h) * HOUR
            plan.sail(outer, speed_kn, bound_for=code, arrives_s=berths_s)
            waiting_h = (berths_s - plan.now_s) / HOUR - inner.effort / speed_kn
            plan.stay(
                near(rng, harbour.anchorage or harbour.channel[-1], 0.4),
                waiting_h,
                AT_ANCHOR,
                bound_for=code,
                arrives_s=berths_s,
            )
            plan.sail(inner, speed_kn, bound_for=code)
        else:
            plan.sail(lane, speed_kn, bound_for=code)
        then = self._stops()[self._stops().index(code) + 1]
        plan.stay(
            near(rng, harbour.berth, harbour.spread_nm), (leaves_s - plan.now_s) / HOUR, MOORED, at=code, bound_for=then
        )

    def _fishing(self, rng: random.Random, _begins_s: float) -> list[Leg]:
        """Out to the ground, tow after tow across it, home to land the catch."""
        far = self.index % 3 == 0 and share(*self._words, "far") < 0.6
        ground = nearest(FAR_GROUNDS, GROUNDS[self._home]) if far else GROUNDS[self._home]
        return self._out_at_work(rng, ground, (3.0, 4.6), rng.uniform(*self.trade.stay_h), FISHING)

    def _working(self, rng: random.Random, _begins_s: float) -> list[Leg]:
        """Patrol or survey: lines across an area."""
        patrol = self.trade.manner == "patrol"
        area = rng.choice(PATROLS if patrol else SURVEYS)
        return self._out_at_work(rng, area, (11.0, 14.0) if patrol else (7.0, 9.5), rng.uniform(24, 48), UNDER_WAY)

    def _out_at_work(
        self, rng: random.Random, area: Area, pace_kn: tuple[float, float], stay_h: float, status: int
    ) -> list[Leg]:
        return work_an_area(
            rng,
            home=self._home,
            berth=self._berth(self._home),
            area=area,
            round_s=self._round_s,
            stay_h=stay_h,
            speed_kn=self._speed_kn,
            pace_kn=pace_kn,
            nav_status=status,
        )

    def _shuttle(self, _rng: random.Random, _begins_s: float) -> list[Leg]:
        """There and back again, all day."""
        plan, (one, two) = Itinerary(), self.trade.ports
        berths = self._berth(one), self._berth(two)
        plan.stay(berths[0], 1.8 - TO_MOOR_H, MOORED, at=one, bound_for=two)
        plan.sail(self._lane(one, two), self._speed_kn, bound_for=two)
        plan.stay(berths[1], 1.8, MOORED, at=two, bound_for=one)
        plan.sail(self._lane(two, one), self._speed_kn, bound_for=one)
        plan.stay(berths[0], 99.0, MOORED, at=one, bound_for=two)
        return plan.legs

    def _gulf_ferry(self, rng: random.Random, _begins_s: float) -> list[Leg]:
        """Down the harbour to an island wharf and back."""
        ways = (
            ((-36.8388, 174.7804), (-36.8307, 174.8152), (-36.8120, 174.8900), (-36.7800, 174.9850)),
            ((-36.8388, 174.7804), (-36.8330, 174.7960)),
            ((-36.8388, 174.7804), (-36.8307, 174.8152), (-36.7900, 174.8255), (-36.6500, 174.8200)),
        )
        return self._out_and_back(rng, track_of(ways[self.index % 3]), MOORED)

    def _harbour_craft(self, rng: random.Random, _begins_s: float) -> list[Leg]:
        """Out to a ship at the harbour's mouth and back, then alongside until the next."""
        harbour = routes.HARBOURS[self._home]
        length = len(harbour.channel) if self.trade.name == "pilot vessel" else max(1, len(harbour.channel) - 1)
        way = track_of((harbour.berth, *harbour.channel[:length]))
        return self._out_and_back(rng, way, MOORED, late=True)

    def _day_sail(self, rng: random.Random, _begins_s: float) -> list[Leg]:
        harbour = routes.HARBOURS[self._home]
        return self._out_and_back(rng, track_of((harbour.berth, *harbour.channel)), MOORED, late=True)

    def _out_and_back(self, rng: random.Random, way: Track, status: int, *, late: bool = False) -> list[Leg]:
        plan = Itinerary()
        berth = self._berth(self._home)
        sailing_h = 2 * way.effort / self._speed_kn + 0.3 + TO_MOOR_H
        spare_h = max(0.2, self._round_s / HOUR - sailing_h)
        plan.stay(berth, spare_h * (rng.uniform(0.1, 0.9) if late else 0.5), status, at=self._home)
        plan.sail(way, self._speed_kn)
        plan.stay(way.points[-1], 0.3, UNDER_WAY)
        plan.sail(track_of(tuple(reversed(way.points))), self._speed_kn, bound_for=self._home)
        plan.stay(berth, 99.0, status, at=self._home)
        return plan.legs

    def _yacht(self, rng: random.Random, _begins_s: float) -> list[Leg]:
        """A year from July: in before the cyclone season, coasting in summer, back to the islands in May or June."""
        gate, plan, home = self._gate, Itinerary(), self._home
        sea_h = self._lane(gate, home).effort / self._speed_kn
        lands_h = rng.triangular(100, 185, 135) * 24
        plan.stay(routes.WAYPOINTS[gate][:2], lands_h - sea_h, UNDER_WAY, silent=True)
        plan.sail(self._lane(gate, home), self._speed_kn, SAILING, bound_for=home)
        leaves_h = rng.uniform(300, 350) * 24
        others = [code for code in self.trade.ports if code != home]
        while leaves_h - plan.now_s / HOUR > 35 * 24:
            other = rng.choice(others)
            plan.stay(self._berth(home), rng.uniform(4, 14) * 24, MOORED, at=home)
            plan.sail(self._lane(home, other), self._speed_kn, SAILING, bound_for=other)
            plan.stay(self._berth(other), rng.uniform(2, 8) * 24, MOORED, at=other)
            plan.sail(self._lane(other, home), self._speed_kn, SAILING, bound_for=home)
        plan.stay(self._berth(home), leaves_h - plan.now_s / HOUR, MOORED, at=home, bound_for=gate)
        plan.sail(self._lane(home, gate), self._speed_kn, SAILING, bound_for=gate)
        plan.stay(routes.WAYPOINTS[gate][:2], 9999.0, UNDER_WAY, silent=True)
        return plan.legs

    def _berth(self, code: str) -> Point:
        """Where this vessel lies in a harbour each time."""
        harbour = routes.HARBOURS[code]
        return near(chance(*self._words, "berth", code), harbour.berth, harbour.spread_nm)

    # --- the state on a leg -----------------------------------------------------------------------------------------

    def _state(self, round_: _Round, leg: Leg, seconds: float, at_s: float) -> VesselState:
        lat, lon, course, speed = self._motion(leg, seconds, at_s)
        arrives = None if leg.arrives_s is None else round_.begins_s + leg.arrives_s
        heading = round(course) % 360
        return VesselState(
            ship=round_.ship,
            trade=self.trade.name,
            lat=lat,
            lon=geo.normalise_lon(lon),
            course_deg=course,
            speed_kn=speed,
            heading_deg=heading,
            nav_status=leg.nav_status,
            at=leg.at,
            bound_for=leg.bound_for,
            destination=self._destination(round_, leg),
            arrives_s=arrives,
        )

    def _motion(self, leg: Leg, seconds: float, at_s: float) -> tuple[float, float, float, float]:
        swing = math.sin(at_s / 700.0 + self.index)
        if leg.track is None:
            lat, lon = leg.point
            resting = 360.0 * share(*self._words, "resting", leg.begins_s)
            if leg.nav_status == AT_ANCHOR:
                turn = math.radians(resting + 40.0 * swing)
                return (
                    lat + 0.0006 * math.cos(turn),
                    lon + 0.0008 * math.sin(turn),
                    (resting + 40.0 * swing) % 360,
                    0.1 + 0.1 * abs(swing),
                )
            return lat, lon, resting, 0.0
        effort = (seconds - leg.begins_s) / HOUR * leg.speed_kn
        lat, lon, bearing, slowness = leg.track.at(effort)
        return lat, lon, (bearing + 1.5 * swing) % 360, max(0.0, leg.speed_kn / slowness + 0.2 * swing)

    def _destination(self, round_: _Round, leg: Leg) -> str:
        if leg.bound_for is None:
            return "FISHING GROUNDS" if self.trade.manner == "fishing" else (leg.at or "")
        if leg.bound_for in routes.HARBOURS:
            return leg.bound_for[:2] + " " + leg.bound_for[2:]
        ports = routes.GATE_PORTS[leg.bound_for]
        code = ports[int(share(*self._words, "port", round_.number) * len(ports))]
        return code[:2] + " " + code[2:]


def in_shore_range(lat: float, lon: float) -> bool:
    """Whether a shore station hears a craft at sea level here; beyond, only satellites do."""
    squeeze = math.cos(math.radians(lat))
    reach = (SHORE_RANGE_NM / 60.0) ** 2
    return any(
        (lat - one) ** 2 + (((lon - other + 180.0) % 360.0 - 180.0) * squeeze) ** 2 < reach for one, other in _STATIONS
    )


def _pairs(stops: Sequence[str]) -> list[tuple[str, str]]:
    return list(itertools.pairwise(stops))
