"""The search for a proposal: whatever the case, nothing it proposes breaks a rule of the plan."""

from datetime import timedelta
from itertools import count
from random import Random

import numpy as np
import pytest

from ops_centre.domain.intervals import Interval
from ops_centre.domain.planning import (
    Booking,
    BookingKind,
    Limits,
    PlannedUnit,
    Rules,
    Spot,
    conflicts,
    is_clear,
)
from ops_centre.domain.proposal_scene import Ask, Bounds, Group, Scene, Why, on_sphere_nm
from ops_centre.domain.proposal_search import Draft, Search
from ops_centre.domain.units import UnitType
from tests.support.clock import START

HOUR = timedelta(hours=1)
SPOTS: tuple[Spot, ...] = ((-36.8, 174.8), (-36.9, 174.9), (-37.7, 176.2), (-41.3, 174.8))
CAPABILITIES = ("boarding", "dog")


def minutes(_unit: PlannedUnit, start: Spot, end: Spot) -> float:
    """Half a minute for a mile, and five to set out."""
    return 5.0 + float(on_sphere_nm(start, np.array([end]))[0])


RULES = Rules({kind: Limits(13.0, 11.0) for kind in UnitType}, minutes)


def random_scene(seed: int) -> Scene:
    """Five units, some with a known roster, some booked already; needs at four places in six blocks."""
    chance = Random(seed)
    units, bookings, positions = {}, {}, {}
    keys = count(1)
    for number in range(1, 6):
        own: list[Booking] = []
        spot = chance.randrange(4)
        if chance.random() < 0.6:
            for day in range(2):
                span = Interval(START + (24 * day + chance.choice((0, 4))) * HOUR, START + (24 * day + 12) * HOUR)
                place = f"P{spot}"
                own.append(Booking(f"d:{next(keys)}", number, BookingKind.AGENCY, span, "deployed", place, SPOTS[spot]))
        if chance.random() < 0.4:
            begins = START + chance.randrange(30) * HOUR
            span = Interval(begins, begins + 5 * HOUR)
            own.append(Booking(f"assignment:{next(keys)}", number, BookingKind.REST, span, "rest"))
        rosters = [one.span.ends_at for one in own if one.kind is BookingKind.AGENCY]
        capabilities = tuple(word for word in CAPABILITIES if chance.random() < 0.7)
        known = max(rosters, default=None)
        units[number] = PlannedUnit(number, f"U{number}", "CUS", UnitType.TEAM, capabilities, roster_until=known)
        bookings[number] = sorted(own, key=lambda one: one.span)
        positions[number] = SPOTS[spot]
    groups = [
        Group(
            f"P{place}", f"P{place}", SPOTS[place], Interval(START + 6 * block * HOUR, START + 6 * (block + 1) * HOUR),
            (Ask((chance.choice(CAPABILITIES),), None, "top", chance.randint(1, 2), chance.choice((400.0, 16.0)), "it"),),
            3 * HOUR,
        )
        for block in range(6)
        for place in range(4)
        if chance.random() < 0.6
    ]  # fmt: skip
    return Scene(START, groups, units, bookings, positions, {}, {}, RULES, Bounds(240.0, 4, 5.0))


def draft_of(scene: Scene) -> Draft:
    """Without a limit of time that a busy machine could reach."""
    scene.speeds = dict.fromkeys(scene.units, 60.0)
    return Search(scene, 60.0, lambda: 0.0).draft()


@pytest.mark.parametrize("seed", range(25))
def test_no_proposal_breaks_a_rule_of_the_plan(seed: int) -> None:
    scene = random_scene(seed)
    draft = draft_of(scene)
    made = [
        Booking(
            f"draft:{number}", stay.unit, BookingKind.DEPLOYMENT, stay.span, "draft",
            scene.groups[stay.goings[0].group].place, scene.groups[stay.goings[0].group].spot,
        )
        for number, stay in enumerate(draft.stays)
    ]  # fmt: skip
    for booking in made:
        others = [*scene.bookings[booking.unit_id], *made]
        assert is_clear(conflicts(booking, others, scene.units[booking.unit_id], RULES))
    filled = sum(len(stay.serves) for stay in draft.stays)
    assert filled + sum(one.count for one in draft.open) == draft.wanted


def test_what_stays_open_says_why() -> None:
    scene = random_scene(1)
    out = START + 90 * HOUR
    scene.units = {
        number: PlannedUnit(number, f"U{number}", "CUS", UnitType.TEAM, CAPABILITIES, out_until=out)
        for number in range(1, 6)
    }
    draft = draft_of(scene)
    assert draft.stays == ()
    near = [one for one in draft.open if Why.OUT in one.whys]
    assert near
    assert all(sum(one.whys.values()) == len(scene.units) for one in draft.open)


def test_somebody_who_is_there_already_is_neither_moved_nor_counted_as_travel() -> None:
    scene = random_scene(2)
    able = {unit.id for unit in scene.units.values() if scene.groups[0].asks[0].is_met_by(unit)}
    scene.stays = {0: frozenset(able)}
    draft = draft_of(scene)
    wanted = scene.groups[0].asks[0].wanted
    assert not [stay for stay in draft.stays if any(going.group == 0 for going in stay.goings) and stay.unit in able]
    assert sum(one.count for one in draft.open if one.group == 0) <= max(0, wanted - len(able))
