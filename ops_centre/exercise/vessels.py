"""Vessels of the exercise: who they are and where they are at a scenario time.

A vessel goes round after round of fixed length; each round is planned from the seed, the vessel's number and the
round's number alone, and meets the next one at the same place, so that nothing ever jumps.
"""

import math
from dataclasses import dataclass

from ops_centre.domain import geo
from ops_centre.exercise import identities, routes
from ops_centre.exercise.areas import AT_ANCHOR
from ops_centre.exercise.itinerary import Leg, leg_at
from ops_centre.exercise.rounds import Rounds
from ops_centre.exercise.scenario import HOUR, chance, share
from ops_centre.exercise.trades import trade_of


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
        self._rounds = Rounds(self._words, index, self.trade)
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

    def _round_at(self, at_s: float) -> _Round:
        number = self._rounds.number(at_s)
        present = self._present
        if present is None or present.number != number:
            present = self._present = self._plan(number)
        return present

    def _plan(self, number: int) -> _Round:
        return _Round(number, self._rounds.begins(number), self._ship(number), tuple(self._rounds.legs(number)))

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
