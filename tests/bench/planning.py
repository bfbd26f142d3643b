"""Proposals of the solver: 500 units of 100 places over 72 hours, on SQLite, from asking to the stored draft.

Every unit works twelve hours of a day (ships all of it); 1,500 targets and 300 further craft arrive at ports and airports, more
at some than those there can meet. The reference is the same search with everybody where they are: reading, and dealing out the
units at each place, without a solver. CPU seconds are those of the whole process, all threads.
"""

import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.bootstrap import OpsCentre, bootstrap
from ops_centre.config import load
from ops_centre.domain import geo
from ops_centre.domain.intervals import Interval
from ops_centre.domain.places import Place, PlaceKind
from ops_centre.domain.planning import Booking, BookingKind, conflicts, is_clear
from ops_centre.services.proposal_runs import ProposalRuns
from ops_centre.services.proposal_scenes import Scenes
from ops_centre.services.proposals import Asked
from ops_centre.services.schema import upgrade
from tests.factories import make_deployment, make_feed, make_target, make_unit, make_user, make_vessel
from tests.support.clock import START, FakeClock

UNITS, PLACES, HOURS, TARGETS, CRAFT = 500, 100, 72, 1500, 300
CENTRE = (-41.0, 174.0)
HOUR = timedelta(hours=1)
KINDS = (
    ("vessel", "CUS", ["boarding", "vessel search"]),
    ("team", "CUS", ["vessel search", "boarding", "passenger examination"]),
    ("team", "IMM", ["document examination", "interview"]),
    ("dog team", "BIO", ["detector dog: biosecurity", "detector dog: drugs"]),
    ("vehicle", "CUS", ["mobile X-ray", "container examination"]),
    ("team", "BIO", ["vessel inspection", "container inspection"]),
)
SUBJECTS = (("vessel", "Board on arrival"), ("vessel", "Inspect stores"), ("flight", None), ("consignment", "X-ray"))


def measure() -> list[str]:
    """Lines of the report."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load({"OPS_DATA_DIR": folder, "OPS_DATABASE_URL": f"sqlite:///{Path(folder) / 'ops.db'}"})
        everywhere = settings.sufficiency.model_copy(update={"places": []})
        ops = bootstrap(settings.model_copy(update={"sufficiency": everywhere}), FakeClock())
        upgrade(ops.db)
        try:
            return _proposals(ops)
        finally:
            ops.close()


def _proposals(ops: OpsCentre) -> list[str]:
    actor = _fill(ops)
    reference = _seconds(lambda: ops.sufficiency.matrix(actor))
    rings = _seconds(lambda: ops.sufficiency.rings(actor))
    number = ops.proposals.ask(actor, Asked("shortfalls", HOURS))["proposal"]
    cpu = time.process_time()
    took = _seconds(ProposalRuns(ops.db, ops.clock, ops.settings, ops.gazetteer, ops.deeds, "bench").run_next)
    cpu = time.process_time() - cpu
    read = _seconds(lambda: ops.proposal_reads.one(actor, number))
    view = ops.proposal_reads.one(actor, number)
    told = view.figures
    if view.row.state != "draft":
        return [f"the proposal is {view.row.state}: {view.row.fault}"]
    return [
        f"proposal, {UNITS} units, {PLACES} places, {HOURS} h: {took:.1f} s, {cpu:.1f} CPU s ({told['chances']:.0f} chances, "
        f"{told['rounds']:.0f} rounds, {'proven best' if told['proven'] else 'best found in time'}, gap {told['gap']:.2%})",
        f"posts wanted {told['wanted']:.0f}: open before {told['open_before']:.0f}, after {told['open_after']:.0f}, by "
        f"{len(view.changes)} changes and {told['travel_min'] / 60:.0f} h of travel; {told['left_out']:.0f} left out",
        f"changes that break a rule of the plan beside all others: {_broken(ops, actor, view)} of {len(view.changes)}",
        f"reading the draft, each change judged anew: {read * 1000:.0f} ms",
        f"reference, sufficiency of the same alone: matrix {reference * 1000:.0f} ms, rings of 24 h {rings * 1000:.0f} ms",
    ]


def _broken(ops: OpsCentre, actor: Actor, view: Any) -> int:
    """Judged here again, by the rules themselves."""
    with ops.db.reading() as session:
        scene = (
            Scenes(session, ops.settings, ops.gazetteer, actor, ops.clock.now())
            .shortfalls(START + HOURS * HOUR, None)
            .scene
        )
    places = {place.code: (place.lat, place.lon) for place in ops.gazetteer.places}
    drafts = [
        Booking(
            f"draft:{one.key}", one.unit_id, BookingKind.DEPLOYMENT, Interval(one.starts_at, one.ends_at), one.where,
            one.place, places[one.place],
        )
        for one in view.changes
    ]  # fmt: skip
    return sum(
        not is_clear(conflicts(one, [*scene.bookings[one.unit_id], *drafts], scene.units[one.unit_id], scene.rules))
        for one in drafts
    )


def _seconds(act: Any) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _fill(ops: OpsCentre) -> Actor:
    rng = random.Random(11)
    places = sorted(ops.gazetteer.places, key=lambda place: geo.distance_nm(*CENTRE, place.lat, place.lon))[:PLACES]
    ports = [place for place in places if place.kind is PlaceKind.PORT]
    airports = [place for place in places if place.kind is PlaceKind.AIRPORT]
    with ops.db.begin() as session:
        user = make_user(session, Role.OPERATION_COMMANDER, "OPS")
        feed = make_feed(session)
        for number in range(UNITS):
            kind, agency, able = KINDS[number % len(KINDS)]
            place = rng.choice(ports if kind == "vessel" else places)
            unit = make_unit(session, feed, unit_type=kind, agency=agency, capabilities=able, lat=place.lat, lon=place.lon,
                             speed_kn=None, revision=1)  # fmt: skip
            _deploy(session, unit, place, rng, whole=kind == "vessel")
        for _ in range(TARGETS):
            subject, action = rng.choice(SUBJECTS)
            _target(session, feed, rng, rng.choice(airports if subject == "flight" else ports), subject, action)
        for _ in range(CRAFT):
            place, eta = rng.choice(ports), START + rng.uniform(0, HOURS) * HOUR
            make_vessel(session, feed, destination=place.code, eta_at=eta)
    return Actor(user.id, user.name, user.display_name, Role.OPERATION_COMMANDER, "OPS")


def _deploy(session: Any, unit: Any, place: Place, rng: random.Random, *, whole: bool) -> None:
    begins = START - rng.choice((0, 3, 6, 9, 12)) * HOUR
    for day in range(4):
        start = begins + 24 * day * HOUR
        make_deployment(session, unit, place=place.code, starts_at=start, ends_at=start + (24 if whole else 12) * HOUR,
                        duty_hours=None)  # fmt: skip


def _target(session: Any, feed: Any, rng: random.Random, place: Place, subject: str, action: str | None) -> None:
    make_target(
        session, feed, subject_kind=subject, action=action, place=place.code, place_name=place.name, place_lat=place.lat,
        place_lon=place.lon, arrives_at=START + rng.uniform(0, HOURS) * HOUR,
        severity=rng.choices(("top", "high", "normal"), (1, 3, 6))[0], revision=1,
    )  # fmt: skip
