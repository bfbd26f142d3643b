"""How each kind of vessel spends a round: where it calls, how long it lies, when it is at work.

A round is of fixed length for a vessel and ends where it began; nothing of the one before is known in the next.
"""

import itertools
import math
import random
from collections.abc import Sequence

from ops_centre.exercise import routes
from ops_centre.exercise.areas import AT_ANCHOR, FISHING, MOORED, SAILING, Area, near, nearest, work_an_area
from ops_centre.exercise.itinerary import UNDER_WAY, Itinerary, Leg, Point, Track, lane_parts, lane_track, track_of
from ops_centre.exercise.scenario import BEGINNING_S, DAY, HOUR, chance, share
from ops_centre.exercise.trades import FAR_GROUNDS, GROUNDS, PATROLS, SURVEYS, Trade

TO_MOOR_H = 0.15
SEASON_S = BEGINNING_S + 181 * DAY  # 1 July: a yacht's year begins
LANE_SHARES = (0.15, 0.35, 0.55, 0.75)


class Rounds:
    """The rounds of one vessel."""

    def __init__(self, words: tuple[object, ...], index: int, trade: Trade) -> None:
        self._words, self._index, self.trade = words, index, trade
        rng = chance(*words)
        self._home = rng.choice(trade.ports)
        self._ports, self._gate = self._draw_ports(rng)
        self._speed_kn = rng.uniform(*trade.speed_kn)
        self._share = rng.choice(LANE_SHARES)
        self._round_s = self._length_of_round()
        self._phase_s = -SEASON_S if trade.manner == "yacht" else rng.random() * self._round_s

    def number(self, at_s: float) -> int:
        """The round that is under way at a scenario time."""
        return math.floor((at_s + self._phase_s) / self._round_s)

    def begins(self, number: int) -> float:
        """When a round begins, scenario seconds."""
        return number * self._round_s - self._phase_s

    def legs(self, number: int) -> list[Leg]:
        """The stays and passages of a round, seconds from its beginning."""
        plans = {
            "liner": self._liner,
            "fishing": self._fishing,
            "shuttle": self._shuttle,
            "gulf ferry": self._gulf_ferry,
            "harbour craft": self._harbour_craft,
            "yacht": self._yacht,
            "day sail": self._day_sail,
            "patrol": self._working,
            "research": self._working,
        }
        return plans[self.trade.manner](chance(*self._words, number))

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

    def _liner(self, rng: random.Random) -> list[Leg]:
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

    def _fishing(self, rng: random.Random) -> list[Leg]:
        """Out to the ground, tow after tow across it, home to land the catch."""
        far = self._index % 3 == 0 and share(*self._words, "far") < 0.6
        ground = nearest(FAR_GROUNDS, GROUNDS[self._home]) if far else GROUNDS[self._home]
        return self._out_at_work(rng, ground, (3.0, 4.6), rng.uniform(*self.trade.stay_h), FISHING)

    def _working(self, rng: random.Random) -> list[Leg]:
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

    def _shuttle(self, _rng: random.Random) -> list[Leg]:
        """There and back again, all day."""
        plan, (one, two) = Itinerary(), self.trade.ports
        berths = self._berth(one), self._berth(two)
        plan.stay(berths[0], 1.8 - TO_MOOR_H, MOORED, at=one, bound_for=two)
        plan.sail(self._lane(one, two), self._speed_kn, bound_for=two)
        plan.stay(berths[1], 1.8, MOORED, at=two, bound_for=one)
        plan.sail(self._lane(two, one), self._speed_kn, bound_for=one)
        plan.stay(berths[0], 99.0, MOORED, at=one, bound_for=two)
        return plan.legs

    def _gulf_ferry(self, rng: random.Random) -> list[Leg]:
        """Down the harbour to an island wharf and back."""
        ways = (
            ((-36.8388, 174.7804), (-36.8307, 174.8152), (-36.8120, 174.8900), (-36.7800, 174.9850)),
            ((-36.8388, 174.7804), (-36.8330, 174.7960)),
            ((-36.8388, 174.7804), (-36.8307, 174.8152), (-36.7900, 174.8255), (-36.6500, 174.8200)),
        )
        return self._out_and_back(rng, track_of(ways[self._index % 3]), MOORED)

    def _harbour_craft(self, rng: random.Random) -> list[Leg]:
        """Out to a ship at the harbour's mouth and back, then alongside until the next."""
        harbour = routes.HARBOURS[self._home]
        length = len(harbour.channel) if self.trade.name == "pilot vessel" else max(1, len(harbour.channel) - 1)
        way = track_of((harbour.berth, *harbour.channel[:length]))
        return self._out_and_back(rng, way, MOORED, late=True)

    def _day_sail(self, rng: random.Random) -> list[Leg]:
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

    def _yacht(self, rng: random.Random) -> list[Leg]:
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


def _pairs(stops: Sequence[str]) -> list[tuple[str, str]]:
    return list(itertools.pairwise(stops))
