"""Options for one subject among 500 units, and the last moments of 300 targets among them, on SQLite.

A third of the units are ships, many on the other side of an island from the subject, so that ways round land are sought.
Cold: the first question about a subject in a process whose coast is loaded; warm: the same question again. The reference is
the bare reading of the 500 units without any reckoning.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.bootstrap import OpsCentre, bootstrap
from ops_centre.config import load
from ops_centre.domain.landmass import load_coast
from ops_centre.domain.places import PlaceKind
from ops_centre.services.deeds import Deeds
from ops_centre.services.last_moments import LastMoments
from ops_centre.services.options import reckoning
from ops_centre.services.schema import upgrade
from ops_centre.services.units_now import units_now
from tests.factories import make_deployment, make_feed, make_target, make_unit, make_vessel
from tests.support.clock import START, FakeClock

UNITS, TARGETS, SUBJECTS, AGAIN = 500, 300, 40, 3
ACTOR = Actor(1, "bench", "Bench", Role.DUTY_OFFICER, "OPS")
KINDS = (
    ("vessel", ["boarding", "vessel search"]),
    ("vessel", ["boarding"]),
    ("aircraft", ["helicopter"]),
    ("team", ["vessel search", "boarding"]),
    ("dog team", ["detector dog: drugs"]),
    ("vehicle", ["mobile X-ray"]),
)


def measure() -> list[str]:
    """Lines of the report."""
    with tempfile.TemporaryDirectory() as folder:
        ops = bootstrap(
            load({"OPS_DATA_DIR": folder, "OPS_DATABASE_URL": f"sqlite:///{Path(folder) / 'ops.db'}"}), FakeClock()
        )
        upgrade(ops.db)
        ids = _fill(ops)
        try:
            return _measure(ops, ids)
        finally:
            ops.close()


def _measure(ops: OpsCentre, ids: dict[str, list[int]]) -> list[str]:
    reckoning.__globals__["_reckoning"].cache_clear()
    loading = _ms(lambda: (load_coast().land, reckoning(ops.settings)))
    first = _ms(lambda: ops.options.options(ACTOR, "target", str(ids["moving"][0])))
    lines = [f"coast and sea loaded once in a process: {loading:.0f} ms; first question of all: {first:.0f} ms"]
    for name, subjects in ids.items():
        cold = [_ms(lambda s=s: ops.options.options(ACTOR, "target", str(s))) for s in subjects[1 : SUBJECTS + 1]]
        warm = [
            _ms(lambda s=s: ops.options.options(ACTOR, "target", str(s)))
            for _ in range(AGAIN)
            for s in subjects[1 : SUBJECTS + 1]
        ]
        lines.append(f"{name:<8} cold {_figures(cold)}   warm {_figures(warm)}   ({UNITS} units, {len(cold)} subjects)")
    bare = [_ms(lambda: _bare(ops)) for _ in range(9)]
    lines.append(f"reference, reading the {UNITS} units alone: {statistics.median(bare):.0f} ms")
    duty = LastMoments(ops.db, ops.clock, ops.settings, ops.gazetteer, Deeds(ops.db, ops.clock))
    stored = _ms(duty.refresh)
    again = [_ms(duty.refresh) for _ in range(5)]
    lines.append(
        f"last moments of {TARGETS} targets: first {stored:.0f} ms (all stored), again {statistics.median(again):.0f} ms"
    )
    return lines


def _bare(ops: OpsCentre) -> None:
    with ops.db.reading() as session:
        units_now(session, ops.gazetteer, ops.clock.now(), lambda _handling: True)


def _ms(act: Callable[[], Any]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _figures(values: list[float]) -> str:
    ordered = sorted(values)
    return f"median {statistics.median(ordered):>4.0f} ms, p95 {ordered[int(len(ordered) * 0.95)]:>4.0f} ms"


def _fill(ops: OpsCentre) -> dict[str, list[int]]:
    """Units at every port and airport of the country, ships among them out at sea; targets at places and under way."""
    rng = random.Random(7)
    home = [place for place in ops.gazetteer.places if place.code.startswith("NZ") and place.lat > -50]
    ports = [place for place in home if place.kind is PlaceKind.PORT]
    ids: dict[str, list[int]] = {"placed": [], "moving": []}
    with ops.db.begin() as session:
        feed = make_feed(session)
        for number in range(UNITS):
            kind, able = KINDS[number % len(KINDS)]
            place = rng.choice(ports if kind == "vessel" else home)
            unit = make_unit(
                session,
                feed,
                unit_type=kind,
                capabilities=able,
                lat=place.lat,
                lon=place.lon,
                speed_kn=None,
                revision=1,
            )
            make_deployment(session, unit, place=place.code, ends_at=START + timedelta(hours=11), duty_hours=12.0)
        for number in range(TARGETS):
            place = rng.choice(ports)
            moving = number % 3 == 0
            lat, lon = rng.uniform(-47, -34), rng.uniform(160, 190)
            track = (
                make_vessel(session, feed, lat=lat, lon=lon, speed_kn=14.0) if moving and _afloat(lat, lon) else None
            )
            target = make_target(
                session, feed, place=place.code, place_name=place.name, place_lat=place.lat, place_lon=place.lon,
                arrives_at=START + timedelta(hours=rng.uniform(2, 9)), track_id=track.id if track else None,
                action="Board on arrival, search void spaces", revision=1,
            )  # fmt: skip
            ids["moving" if track else "placed"].append(target.id)
    return ids


def _afloat(lat: float, lon: float) -> bool:
    return bool(load_coast().mass_at([lat], [lon])[0] < 0)
