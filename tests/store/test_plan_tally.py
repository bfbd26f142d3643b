"""Conflicts are counted, and units found, over the whole plan: at every moment as its rows themselves would tell, whatever was
kept from an earlier read."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.models import Assignment, Deployment, Operation, Unit
from ops_centre.picture.plan_reads import PlanFilter, PlanReads
from ops_centre.picture.plan_tally import AHEAD
from tests.factories import actor, make_deployment, make_feed, make_handling, make_unit
from tests.operation_factories import make_operation
from tests.support.clock import START, FakeClock
from tests.watch_factories import make_tasking

Ops = Any
LEAD = actor(Role.SHIFT_LEAD, name="lead")
LIAISON = actor(Role.AGENCY_LIAISON, "CUS", name="liaison")
WEEK = (START, START + timedelta(days=7))
LATER = (START + timedelta(days=2), START + timedelta(days=3))
PLACES = ("NZAKL", "NZWLG", "NZLYT")


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def conflicts(ops: Ops, window: tuple[datetime, datetime] = WEEK, readers: Sequence[Actor] = (LIAISON, LEAD)) -> int:
    """As they are counted, which must be as the rows themselves tell, for each reader."""
    counted = 0
    for who in readers:
        whole = ops.plan_reads.plan(who, *window, limit=1000)
        counted = sum(row.unaccepted for row in whole.rows)
        assert whole == drawn_anew(ops).plan(who, *window, limit=1000)
        assert ops.plan_reads.plan(who, *window, limit=1).conflicts == whole.conflicts == counted
        found = ops.plan_reads.plan(who, *window, PlanFilter(conflicts_only=True), limit=1000)
        assert [row.unit_id for row in found.rows] == [row.unit_id for row in whole.rows if row.unaccepted]
        for place in PLACES:
            there = ops.plan_reads.plan(who, *window, PlanFilter(place=place), limit=1000)
            assert [row.unit_id for row in there.rows] == [
                row.unit_id for row in whole.rows if place in {row.place, *(bar.place for bar in row.bars)}
            ]
        for number in {bar.operation_id for row in whole.rows for bar in row.bars} - {None}:
            on_it = ops.plan_reads.plan(who, *window, PlanFilter(operation_id=number), limit=1000)
            assert [row.unit_id for row in on_it.rows] == [
                row.unit_id for row in whole.rows if number in {bar.operation_id for bar in row.bars}
            ]
    return counted


def drawn_anew(ops: Ops) -> PlanReads:
    """Reads that have kept nothing."""
    return PlanReads(ops.db, ops.clock, ops.settings, ops.gazetteer)


def units(ops: Ops, number: int = 2, **given: Any) -> list[int]:
    with ops.db.begin() as session:
        feed, green = make_feed(session, "deployments"), make_handling(session, "CUS", "GREEN")
        given = {"lat": None, "lon": None} | given
        return [make_unit(session, feed, handling=green, **given).id for _ in range(number)]


def book(ops: Ops, unit: int, starts: float, ends: float, place: str | None = "NZAKL", **given: Any) -> int:
    """Straight into the plan, whatever it breaks, and without raising any revision."""
    values = {"kind": "deployment", "overrides": [], "assigned_by": "lead", "assigned_at": START, "revision": 0} | given
    with ops.db.begin() as session:
        values.setdefault("handling_id", make_handling(session, "CUS", "GREEN").id)
        row = Assignment(unit_id=unit, place=place, starts_at=at(starts), ends_at=at(ends), **values)
        session.add(row)
        session.flush()
        return row.id


def change(ops: Ops, model: Any, number: int, **values: Any) -> None:
    with ops.db.begin() as session:
        row = session.get_one(model, number)
        for name, value in values.items():
            setattr(row, name, value)


def test_the_count_covers_units_of_every_page(sqlite_ops: Ops) -> None:
    first, last = units(sqlite_ops)
    for unit in (first, last):
        book(sqlite_ops, unit, 10, 14)
        book(sqlite_ops, unit, 12, 16)
    page = sqlite_ops.plan_reads.plan(LEAD, *WEEK, offset=1, limit=1)
    assert ([row.unit_id for row in page.rows], page.units, page.conflicts) == ([last], 2, 4)


def test_what_another_unit_does_and_what_is_accepted_is_seen_at_once(ops: Ops) -> None:
    one, other = units(ops)
    book(ops, one, 10, 14)
    second = book(ops, one, 30, 34)
    assert conflicts(ops) == 0
    change(ops, Assignment, second, starts_at=at(12), ends_at=at(16))
    assert conflicts(ops) == 2
    change(ops, Assignment, second, unit_id=other)  # it is another's now
    assert conflicts(ops) == 0
    change(ops, Assignment, second, ends_at=at(40))
    assert conflicts(ops) == 1  # longer than a duty may be
    said = ops.plan_reads.assignment(LEAD, second)[1].conflicts[0]
    agreed = {"kind": said.kind, "mark": said.words, "reason": "two crews"}
    change(ops, Assignment, second, overrides=[agreed])
    assert conflicts(ops) == 0
    change(ops, Assignment, second, cancelled_at=START)
    assert conflicts(ops) == 0


def test_what_an_agency_changes_of_its_unit_is_seen_at_once(sqlite_ops: Ops, frozen_clock: FakeClock) -> None:
    (unit,) = units(sqlite_ops, 1)
    book(sqlite_ops, unit, 50, 60)
    with sqlite_ops.db.begin() as session:
        duty = make_deployment(
            session, session.get_one(Unit, unit), starts_at=at(48), ends_at=at(62), duty_hours=None
        ).id
    assert conflicts(sqlite_ops) == 0
    change(sqlite_ops, Deployment, duty, starts_at=at(52))
    assert conflicts(sqlite_ops) == 1  # off duty until then
    change(sqlite_ops, Deployment, duty, starts_at=at(48))
    change(sqlite_ops, Unit, unit, availability="out of service", out_of_service_reason="defect")
    assert conflicts(sqlite_ops) == 0  # it is taken to last for twelve hours from now
    frozen_clock.advance(hours=39)
    assert conflicts(sqlite_ops) == 1
    change(sqlite_ops, Unit, unit, availability="available", out_of_service_reason=None)
    assert conflicts(sqlite_ops) == 0


def test_as_time_goes_on_a_tasking_drags_into_what_is_booked_and_what_ended_no_longer_counts(
    sqlite_ops: Ops, frozen_clock: FakeClock
) -> None:
    (unit,) = units(sqlite_ops, 1)
    with sqlite_ops.db.begin() as session:
        make_tasking(session, session.get_one(Unit, unit), due_at=at(1), handling_id=make_handling(session).id)
    book(sqlite_ops, unit, 3, 5)
    assert conflicts(sqlite_ops) == 0
    frozen_clock.advance(hours=2.5)
    assert conflicts(sqlite_ops) == 0
    frozen_clock.advance(hours=1)
    assert conflicts(sqlite_ops) == 1
    frozen_clock.advance(hours=2)
    assert conflicts(sqlite_ops) == 0


def test_the_way_to_what_comes_next_is_judged_from_where_the_unit_is(sqlite_ops: Ops, frozen_clock: FakeClock) -> None:
    (unit,) = units(sqlite_ops, 1, lat=-36.84, lon=174.77)
    book(sqlite_ops, unit, 4, 6)
    book(sqlite_ops, unit, 24 + AHEAD / timedelta(hours=1), 30 + AHEAD / timedelta(hours=1))
    assert conflicts(sqlite_ops) == 0
    change(sqlite_ops, Unit, unit, lat=-46.6, lon=168.35)  # at the other end of the country
    assert conflicts(sqlite_ops) == 1
    change(sqlite_ops, Unit, unit, lat=-36.84, lon=174.77)
    assert conflicts(sqlite_ops) == 0
    frozen_clock.advance(hours=7 + AHEAD / timedelta(hours=1))  # what was far off begins where the unit is, too
    change(sqlite_ops, Unit, unit, lat=-46.6, lon=168.35, position_at=frozen_clock.now())
    assert conflicts(sqlite_ops) == conflicts(sqlite_ops, LATER)
    frozen_clock.advance(hours=16.5)
    change(sqlite_ops, Unit, unit, position_at=frozen_clock.now())
    assert conflicts(sqlite_ops) == 1


def test_what_an_operation_asks_for_and_who_may_know_of_it_is_seen_at_once(sqlite_ops: Ops) -> None:
    (unit,) = units(sqlite_ops, 1)
    with sqlite_ops.db.begin() as session:
        number = make_operation(session, "OPS", "GREEN", agencies=[], place="NZWLG").id
        amber = make_handling(session, "OPS", "AMBER").id
    book(sqlite_ops, unit, 10, 14, None, kind="operation", operation_id=number)
    assert conflicts(sqlite_ops) == 0
    change(sqlite_ops, Operation, number, required=[{"capability": "diving", "count": 1}])
    assert conflicts(sqlite_ops) == 1
    assert sqlite_ops.plan_reads.plan(LIAISON, *WEEK, PlanFilter(operation_id=number)).units == 1
    change(sqlite_ops, Operation, number, handling_id=amber, place="NZLYT")
    assert conflicts(sqlite_ops) == 1
    assert sqlite_ops.plan_reads.plan(LIAISON, *WEEK, PlanFilter(operation_id=number)).units == 0


def test_whatever_happens_in_whatever_order_the_count_is_what_the_rows_tell(
    sqlite_ops: Ops, frozen_clock: FakeClock
) -> None:
    dice = random.Random(7)
    every = units(sqlite_ops, 3, unit_type="aircraft")
    with sqlite_ops.db.begin() as session:
        operation = make_operation(session, "OPS", "GREEN", agencies=[], place="NZWLG").id
        secret = make_handling(session, "OPS", "RED").id
        for unit in every:
            begins = at(dice.randint(-10, 90))
            make_deployment(session, session.get_one(Unit, unit), place=dice.choice(PLACES), starts_at=begins,
                            ends_at=begins + timedelta(hours=12), duty_hours=None)  # fmt: skip

    def booked() -> None:
        begins = dice.randint(-10, 150)
        given: dict[str, Any] = dice.choice(({}, {"operation_id": operation, "kind": "operation"}, {"kind": "rest"}))
        given |= {"handling_id": secret} if dice.random() < 0.2 else {}
        book(sqlite_ops, dice.choice(every), begins, begins + dice.randint(1, 30), dice.choice(PLACES), **given)

    def moved() -> None:
        number = _any(sqlite_ops, Assignment, dice)
        if number is not None:
            begins = at(dice.randint(-10, 150))
            change(
                sqlite_ops, Assignment, number, starts_at=begins, ends_at=begins + timedelta(hours=dice.randint(1, 30))
            )

    def redeployed() -> None:
        begins = at(dice.randint(-10, 150))
        change(sqlite_ops, Deployment, _any(sqlite_ops, Deployment, dice), starts_at=begins, place=dice.choice(PLACES),
               ends_at=begins + timedelta(hours=12))  # fmt: skip

    def seen() -> None:
        place = sqlite_ops.gazetteer.get(dice.choice(PLACES))
        out = dice.random() < 0.3
        change(sqlite_ops, Unit, dice.choice(every), lat=place.lat, lon=place.lon, position_at=frozen_clock.now(),
               availability="out of service" if out else "available")  # fmt: skip

    def later() -> None:
        frozen_clock.advance(minutes=dice.choice((1, 30, 200, 900)))

    acts: list[Callable[[], None]] = [booked, moved, redeployed, seen, later]
    counts = set()
    for step in range(36):
        acts[step % len(acts) if step < 10 else dice.randrange(len(acts))]()
        counts.add(conflicts(sqlite_ops, dice.choice((WEEK, WEEK, LATER)), [dice.choice((LEAD, LIAISON))]))
    assert len(counts) > 3


def _any(ops: Ops, model: Any, dice: random.Random) -> Any:
    with ops.db.reading() as session:
        ids = sorted(session.scalars(select(model.id)))
    return dice.choice(ids) if ids else None


def test_a_row_that_was_drawn_before_shows_every_change_of_what_stands_on_it(
    sqlite_ops: Ops, frozen_clock: FakeClock
) -> None:
    """Also of what breaks nothing: notes, crews, names, who assigned it, what comes of a tasking, where the unit is."""
    [unit] = units(sqlite_ops, 1, lat=-36.8, lon=174.8, position_at=START)
    with sqlite_ops.db.begin() as session:
        night = make_operation(session, name="Night tide").id
        deployed = make_deployment(session, session.get_one(Unit, unit)).id
    first = book(sqlite_ops, unit, 1, 4, "NZWLG")
    book(sqlite_ops, unit, 20, 24, None, kind="operation", operation_id=night)
    changes: list[tuple[Any, int, dict[str, Any]]] = [
        (Assignment, first, {"note": "with the dog"}),
        (Assignment, first, {"crew": 3}),
        (Assignment, first, {"assigned_by": "other"}),
        (Assignment, first, {"version": 7}),
        (Deployment, deployed, {"area": "Harbour"}),
        (Operation, night, {"name": "Day tide"}),
        (Unit, unit, {"callsign": "Renamed 1"}),
        (Unit, unit, {"lat": -41.3}),
        (Unit, unit, {"position_at": START - timedelta(days=1)}),
    ]
    for model, number, values in changes:
        conflicts(sqlite_ops)
        change(sqlite_ops, model, number, **values)
    for _ in range(8):
        conflicts(sqlite_ops)
        frozen_clock.advance(hours=1)
