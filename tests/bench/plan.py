"""The plan of 500 units over 30 days, with a deployment and an assignment each day: read, tried, assigned, on SQLite.

The reference is the bare reading of the same rows. Times are CPU of this process, so that what else runs does not count. Each
page of the screen counts the conflicts of all units and draws 24 of them.
"""

import gc
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from ops_centre.api.plan_routes import row_plain
from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.bootstrap import OpsCentre, bootstrap
from ops_centre.config import load
from ops_centre.domain.intervals import Interval
from ops_centre.domain.planning import BookingKind
from ops_centre.models import Assignment, Deployment
from ops_centre.picture.plan_gathering import PlanGathering
from ops_centre.picture.plan_reads import PlanFilter
from ops_centre.picture.plan_rules import plan_rules
from ops_centre.services.plan_asking import Wanted
from ops_centre.services.schema import upgrade
from tests.factories import make_feed, make_unit
from tests.support.clock import START, FakeClock

UNITS, DAYS, TRIES, TIMES = 500, 30, 40, 15
ROWS = 24  # of a page of the screen
ACTOR = Actor(1, "bench", "Bench", Role.SHIFT_LEAD, "OPS")
PLACES = ("NZAKL", "NZTRG", "NZWLG", "NZLYT", "NZBLU")
TYPES = ("team", "vessel", "vehicle", "dog team", "aircraft")


def measure() -> list[str]:
    """Lines of the report."""
    with tempfile.TemporaryDirectory() as folder:
        ops = bootstrap(
            load({"OPS_DATA_DIR": folder, "OPS_DATABASE_URL": f"sqlite:///{Path(folder) / 'ops.db'}"}), FakeClock()
        )
        upgrade(ops.db)
        units = _fill(ops)
        try:
            return _measure(ops, units)
        finally:
            ops.close()


def _fill(ops: OpsCentre) -> list[int]:
    dice = random.Random(4)
    with ops.db.begin() as session:
        feed = make_feed(session, "deployments")
        units = [make_unit(session, feed, unit_type=TYPES[n % 5]) for n in range(UNITS)]
        for unit in units:
            for day in range(DAYS):
                begins = START + timedelta(days=day, hours=dice.randint(0, 6))
                place = dice.choice(PLACES)
                session.add(
                    Deployment(
                        unit_id=unit.id, ref=f"{day}", place=place, starts_at=begins, ends_at=begins + timedelta(hours=10),
                        crew=4, duty_hours=10.0, received_at=START,
                    )
                )  # fmt: skip
                session.add(
                    Assignment(
                        unit_id=unit.id, kind="deployment", place=place, starts_at=begins + timedelta(hours=2),
                        ends_at=begins + timedelta(hours=8), overrides=[], assigned_by="bench", assigned_at=START,
                        handling_id=unit.handling_id,
                    )
                )  # fmt: skip
        return [unit.id for unit in units]


def _measure(ops: OpsCentre, units: list[int]) -> list[str]:
    window = Interval(START, START + timedelta(days=DAYS))
    week = Interval(START, START + timedelta(days=7))
    gc.collect()
    gc.freeze()  # as gunicorn.conf.py does
    plan, end, seven = ops.plan_reads.plan, window.ends_at, week.ends_at
    bare = _ms(lambda: _bare(ops, units, window), 3)
    plan(ACTOR, START - timedelta(days=80), START - timedelta(days=79))
    for unit in _planned(ops, units[: len(TYPES)]).values():  # sea and coast are read once
        plan_rules(ops.settings).travel_min(unit, (-36.8, 174.8), (-41.3, 174.8))
    cold = _ms(lambda: plan(ACTOR, START, end, limit=ROWS), 1)
    page = _ms(lambda: plan(ACTOR, START, end, limit=ROWS), TIMES)
    broken, placed = PlanFilter(conflicts_only=True), PlanFilter(place=PLACES[0])
    of_broken = _ms(lambda: plan(ACTOR, START, end, broken, limit=ROWS), TIMES)
    of_place = _ms(lambda: plan(ACTOR, START, end, placed, limit=ROWS), TIMES)
    cold_week = _ms(lambda: plan(ACTOR, START, seven, limit=ROWS), 1)
    of_week = _ms(lambda: plan(ACTOR, START, seven, limit=ROWS), TIMES)
    changed = _ms(lambda: plan(ACTOR, START, _moved(ops, end), limit=ROWS), TIMES)
    whole = _ms(lambda: plan(ACTOR, START, end, limit=UNITS), 2)
    view = plan(ACTOR, START, end, limit=UNITS)
    wire = _ms(lambda: orjson.dumps([row_plain(row) for row in view.rows]), 3)
    check = _ms(lambda: ops.plans.check(ACTOR, _wanted(units)), TRIES)
    assign = _ms(lambda: ops.plans.assign(ACTOR, [_wanted(units)], {"": "bench"}), TRIES)
    return [
        f"  500 units, 30 days, {sum(len(row.bars) for row in view.rows):,} bars, {view.conflicts:,} with conflicts",
        f"  {'reference: the same rows read, nothing judged':<52} {bare}",
        f"  {'30 days, each bar judged for the first time':<52} {cold}",
        f"  {'30 days, judged before':<52} {page}",
        f"  {'30 days, an assignment of one unit moved before each':<52} {changed}",
        f"  {'30 days, only units with conflicts':<52} {of_broken}",
        f"  {'30 days, only units with a bar at one place':<52} {of_place}",
        f"  {'a week, each bar judged for the first time':<52} {cold_week}",
        f"  {'a week, judged before':<52} {of_week}",
        f"  {'30 days with the bars of all units':<52} {whole}",
        f"  {'30 days turned into JSON':<52} {wire}",
        f"  {'one assignment tried':<52} {check}",
        f"  {'one assignment made, logged and sealed':<52} {assign}",
    ]


def _planned(ops: OpsCentre, units: list[int]) -> Any:
    with ops.db.reading() as session:
        return PlanGathering(session, ops.settings, ops.gazetteer, START).units(units, {}, {})


def _moved(ops: OpsCentre, end: datetime) -> datetime:
    """One assignment ends a minute later."""
    with ops.db.begin() as session:
        row = session.get_one(Assignment, 40)
        row.ends_at += timedelta(minutes=1)
    return end


def _bare(ops: OpsCentre, units: list[int], window: Interval) -> Any:
    with ops.db.reading() as session:
        gathering = PlanGathering(session, ops.settings, ops.gazetteer, START)
        return [gathering.assignments(set(units), window), gathering.deployments(set(units), window)]


_tries = iter(range(10_000))


def _wanted(units: list[int]) -> Wanted:
    number = next(_tries)
    begins = START + timedelta(days=DAYS + 2 + number // len(units))
    unit = units[number % len(units)]
    return Wanted(unit, BookingKind.DEPLOYMENT, begins, begins + timedelta(hours=6), place="NZAKL")


def _ms(what: Callable[[], object], times: int) -> str:
    spent = []
    for _ in range(times):
        begun = time.process_time()
        what()
        spent.append((time.process_time() - begun) * 1000)
    p95 = sorted(spent)[max(0, round(0.95 * len(spent)) - 1)]
    return f"CPU median {statistics.median(spent):8.1f} ms   p95 {p95:8.1f} ms"
