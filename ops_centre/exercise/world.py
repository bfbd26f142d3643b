"""The whole scenario in one hand: timeline, vessels, aircraft, units, targets."""

from dataclasses import dataclass

from ops_centre.exercise.aircraft import Aircraft
from ops_centre.exercise.scenario import ScenarioTime
from ops_centre.exercise.targeting import TargetingSystem
from ops_centre.exercise.units import Unit
from ops_centre.exercise.vessels import Vessel

PARKED = 1.2  # of so many aircraft about one in six is parked abroad at any time


@dataclass(frozen=True, slots=True)
class World:
    """Everything that happens in an exercise. Each publisher has a world of its own: the same seed makes the same."""

    seed: int
    timeline: ScenarioTime
    vessels: list[Vessel]
    aircraft: list[Aircraft]
    units: list[Unit]
    targeting: TargetingSystem


def make_world(seed: int, timeline: ScenarioTime, *, vessels: int, aircraft: int, units: int) -> World:
    """The world of a seed with about so many vessels, aircraft and units on the picture."""
    ships = [Vessel(seed, index) for index in range(vessels)]
    fleet = [Aircraft(seed, index) for index in range(round(aircraft * PARKED))]
    return World(
        seed,
        timeline,
        ships,
        fleet,
        [Unit(seed, index) for index in range(units)],
        TargetingSystem(seed, timeline, ships, fleet),
    )
