"""The world of the exercise: repeatable, without jumps, well-formed, and belonging to nobody."""

import itertools
from collections import Counter
from datetime import UTC, datetime

import pytest

from ops_centre.domain import geo
from ops_centre.domain.targeting import OPEN_STATUSES
from ops_centre.exercise import identities, routes
from ops_centre.exercise.aircraft import Aircraft
from ops_centre.exercise.airlines import AIRPORTS
from ops_centre.exercise.receiver import aircraft_json
from ops_centre.exercise.scenario import DAY, HOUR, MINUTE, ScenarioTime
from ops_centre.exercise.stations import in_shore_range, rescue_flight
from ops_centre.exercise.trades import TRADES, trade_of
from ops_centre.exercise.vessels import Vessel
from ops_centre.exercise.world import World, make_world
from ops_centre.feeds.schemas.deployments import DeploymentsEnvelope
from ops_centre.feeds.schemas.targeting import TargetingEnvelope

SEED = 20260401
NOON = datetime(2026, 11, 24, 0, 0, tzinfo=UTC).timestamp()  # 13:00 in Auckland, in the yachts' season


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(SEED, ScenarioTime(), vessels=200, aircraft=40, units=30)


def test_the_same_seed_makes_the_same_world_and_another_seed_another() -> None:
    def picture(seed: int) -> list[object]:
        made = make_world(seed, ScenarioTime(), vessels=40, aircraft=10, units=30)
        records, _ = made.targeting.since("", NOON)
        units = [unit.record(made.timeline, NOON) for unit in made.units]
        return [
            *(vessel.state(NOON) for vessel in made.vessels),
            aircraft_json(made.aircraft, made.timeline, NOON),
            records,
            units,
        ]

    assert picture(SEED) == picture(SEED)
    assert picture(SEED) != picture(SEED + 1)


def test_a_vessel_that_was_never_looked_at_before_is_where_one_is_that_was_followed() -> None:
    for index in range(0, 200, 7):
        followed = Vessel(SEED, index)
        for step in range(20):
            followed.state(NOON + step * 6 * HOUR)
        assert followed.state(NOON) == Vessel(SEED, index).state(NOON)


def test_two_hundred_vessels_are_exactly_the_table_and_any_number_is_a_mix() -> None:
    assert Counter(trade_of(index).name for index in range(200)) == {trade.name: trade.of_200 for trade in TRADES}
    assert len({trade_of(index).name for index in range(20)}) >= 6


def test_about_two_hundred_vessels_are_in_the_world_under_way_and_in_port(world: World) -> None:
    for day in range(0, 20, 4):
        states = [state for vessel in world.vessels if (state := vessel.state(NOON + day * DAY))]
        assert 180 <= len(states) <= 200
        conditions = Counter(state.nav_status for state in states)
        assert conditions[0] > 50
        assert conditions[5] > 30
        assert conditions[7] > 5


def test_no_vessel_ever_jumps_not_even_from_one_round_to_the_next(world: World) -> None:
    step_s = 20 * MINUTE
    for vessel in world.vessels[::4]:
        before = None
        for step in range(0, 12 * 72):
            state = vessel.state(NOON + step * step_s)
            if state and before and state.ship.mmsi == before.ship.mmsi:
                fastest_kn = max(26.0, state.speed_kn, before.speed_kn)
                went_nm = geo.distance_nm(before.lat, before.lon, state.lat, state.lon)
                assert went_nm <= fastest_kn * step_s / HOUR * 1.03, (vessel.trade.name, vessel.index, step)
            before = state


def test_a_ship_in_port_lies_at_its_berth(world: World) -> None:
    for vessel in world.vessels:
        state = vessel.state(NOON)
        if state and state.at:
            assert state.speed_kn == 0
            assert geo.distance_nm(state.lat, state.lon, *routes.HARBOURS[state.at].berth) < 0.3


def test_every_identity_is_well_formed_and_no_two_vessels_share_one(world: World) -> None:
    ships = [state.ship for vessel in world.vessels if (state := vessel.state(NOON))]
    assert len({ship.mmsi for ship in ships}) == len(ships)
    assert all(ship.mmsi // 1_000_000 in identities.FLAGS[ship.flag].mids for ship in ships)
    with_imo = [ship.imo for ship in ships if ship.imo]
    assert len(set(with_imo)) == len(with_imo) > 100
    for imo in with_imo:
        digits = [int(digit) for digit in str(imo)]
        assert len(digits) == 7
        assert sum(digit * weight for digit, weight in zip(digits, range(7, 1, -1), strict=False)) % 10 == digits[6]
    assert all(len(ship.name) <= 20 and len(ship.callsign) <= 7 for ship in ships)


def test_numbers_stay_apart_for_the_largest_scenario() -> None:
    indices = range(0, 20_000 * 15, 15)
    assert len({identities.imo_number(index) for index in indices}) == len(indices)
    assert len({(index * 7919 + 104_729) % 1_000_000 for index in indices}) == len(indices)


def test_container_numbers_carry_the_check_digit_of_iso_6346() -> None:
    assert identities.container_check_digit("CSQU305438") == 3  # the example of the standard


def test_the_way_to_the_chathams_crosses_the_antimeridian_without_a_leap() -> None:
    track = routes.course("NZNPE", "NZCHT", 0.5)
    assert track[0][1] > 176
    assert 183 < track[-1][1] < 184
    assert all(abs(two[1] - one[1]) < 1 for one, two in itertools.pairwise(track))


def test_every_harbour_can_be_reached_from_every_gate() -> None:
    for gate in routes.GATE_PORTS:
        for code in routes.HARBOURS:
            assert not set(routes.way(gate, code)[1:-1]) & set(routes.HARBOURS)


def test_some_vessels_go_dark_for_an_hour_or_two(world: World) -> None:
    fishing = next(vessel for vessel in world.vessels if vessel.trade.name == "fishing vessel")
    dark = [minute for minute in range(0, 60 * 24 * 60, 5) if fishing.is_dark(NOON + minute * MINUTE)]
    assert 0.002 < len(dark) * 5 / (60 * 24 * 60) < 0.05


def test_the_open_sea_is_beyond_shore_stations_and_the_gulf_is_not() -> None:
    assert in_shore_range(-36.6, 174.95)
    assert in_shore_range(-43.93, -176.7)
    assert not in_shore_range(-36.0, -160.0)
    assert not in_shore_range(-30.0, 179.9)


def test_a_rescue_aircraft_is_out_now_and_then() -> None:
    hours = [rescue_flight(SEED, NOON + hour * HOUR) for hour in range(24 * 30)]
    assert 10 < sum(flight is not None for flight in hours) < 90


def test_flights_keep_to_the_great_circle_between_their_airports(world: World) -> None:
    checked = 0
    for aircraft in world.aircraft:
        flight, state = aircraft.flight(NOON), aircraft.state(NOON)
        if flight and state and state.altitude_ft:
            start, end = AIRPORTS[flight.origin][1:], AIRPORTS[flight.destination][1:]
            whole = geo.distance_nm(*start, *end)
            by_way = geo.distance_nm(*start, state.lat, state.lon) + geo.distance_nm(state.lat, state.lon, *end)
            assert by_way == pytest.approx(whole, abs=0.05)
            checked += 1
    assert checked > 20


def test_an_airliner_climbs_cruises_and_descends() -> None:
    airliner = Aircraft(SEED, 0)
    flight = airliner.flight(NOON)
    assert flight is not None
    quarter = (flight.arrives_s - flight.departs_s) / 4
    climbing, cruising, descending = (
        state
        for moment in (flight.departs_s + 300, flight.departs_s + 2 * quarter, flight.arrives_s - 300)
        if (state := airliner.state(moment))
    )
    assert climbing.climb_fpm > 500
    assert cruising.altitude_ft == 35_000
    assert cruising.climb_fpm == 0
    assert descending.climb_fpm < -500
    assert climbing.speed_kn < cruising.speed_kn > descending.speed_kn


def test_no_aircraft_is_ever_faster_than_an_airliner(world: World) -> None:
    for aircraft in world.aircraft:
        before = None
        for minute in range(0, 24 * 60, 2):
            state = aircraft.state(NOON + minute * MINUTE)
            if state and before:
                assert geo.distance_nm(before.lat, before.lon, state.lat, state.lon) * 30 < 520, aircraft.pattern
            before = state


def test_about_forty_aircraft_are_seen_each_under_its_own_address(world: World) -> None:
    for hour in range(0, 48, 6):
        rows = aircraft_json(world.aircraft, world.timeline, NOON + hour * HOUR)["aircraft"]
        assert 30 <= len(rows) <= 48
        assert len({row["hex"] for row in rows}) == len(rows)
        assert all(0 <= row["seen"] <= row["seen_pos"] + 0.05 <= 241 for row in rows)


def test_availability_changes_with_the_clock_and_somebody_is_always_available(world: World) -> None:
    seen = set()
    for hour in range(0, 48, 3):
        kinds = Counter(unit.condition(NOON + hour * HOUR)[0].value for unit in world.units)
        assert kinds["available"] >= 5
        assert kinds["out of service"] <= 15
        seen.add(tuple(sorted(kinds.items())))
    assert len(seen) > 5
    night_dog = next(unit for unit in world.units if unit.callsign == "K9 NORTH")
    reasons = [night_dog.condition(NOON + hour * HOUR)[1] for hour in range(24 * 7)]
    assert "rest" in reasons
    assert None in reasons


def test_the_units_are_thirty_of_five_agencies_and_all_types(world: World) -> None:
    assert len({unit.callsign for unit in world.units}) == 30
    assert {unit.post.agency for unit in world.units} == {"CUS", "IMM", "BIO", "MAR", "POL"}
    assert {unit.post.kind.value for unit in world.units} == {"team", "vessel", "aircraft", "dog team", "vehicle"}


def test_units_move_no_faster_than_they_can(world: World) -> None:
    moved = 0
    for unit in world.units:
        before = None
        for minute in range(0, 36 * 60, 4):
            here = unit.position(NOON + minute * MINUTE)
            if before:
                went_nm = geo.distance_nm(*before[:2], *here[:2])
                assert went_nm <= max(unit.post.speed_kn * 1.05, 4.0) / 15 + 0.01, unit.callsign
                moved += went_nm > 0.1
            before = here
    assert moved > 500


def test_the_unit_records_are_of_the_published_format_and_stand_still_between_reports(world: World) -> None:
    records = [unit.record(world.timeline, NOON + 3) for unit in world.units]
    envelope = {"schema": "ops-centre/deployments/1.0", "complete": True, "records": records}
    assert len(DeploymentsEnvelope.model_validate(envelope).records) == 30
    assert all(record["deployments"] for record in records)
    assert records == [unit.record(world.timeline, NOON + 25) for unit in world.units]


def test_a_bearable_number_of_targets_is_open_and_new_ones_come_every_few_minutes(world: World) -> None:
    numbers = [len(world.targeting.open_cases(NOON + hour * HOUR)) for hour in range(0, 72, 2)]
    assert min(numbers) >= 5
    assert max(numbers) <= 26
    assert 11 <= sum(numbers) / len(numbers) <= 20
    issued = sorted(case.steps[0].at_s for case in world.targeting.open_cases(NOON))
    assert all(later - earlier >= 3 * MINUTE for earlier, later in itertools.pairwise(issued))


def test_the_targets_are_of_every_kind_and_most_of_them_are_normal(world: World) -> None:
    cases = {case.ref: case for hour in range(0, 240, 1) for case in world.targeting.open_cases(NOON + hour * HOUR)}
    kinds = Counter(case.kind.value for case in cases.values())
    assert min(kinds[kind] for kind in ("vessel", "flight", "person", "consignment")) > 40
    severities = Counter(case.steps[0].severity.value for case in cases.values())
    assert 0.02 < severities["top"] / len(cases) < 0.09
    assert 0.1 < severities["high"] / len(cases) < 0.22
    markings = Counter((case.marking, bool(case.releases)) for case in cases.values())
    assert markings["RED", False] > 0
    assert markings["AMBER", False] > 0
    assert markings["AMBER", True] > markings["AMBER", False]
    assert markings["GREEN", False] > len(cases) / 3
    hits = {criterion.kind.value for case in cases.values() for criterion in case.criteria}
    assert hits == {"rule", "watchlist", "partial", "random", "manual", "external"}


def test_every_target_belongs_to_a_craft_of_the_scenario_and_arrives_where_that_does(world: World) -> None:
    for case in world.targeting.open_cases(NOON):
        issued = case.steps[0].at_s
        if case.craft.by_air:
            flights = {craft.airframe.icao24: craft.flight(issued) for craft in world.aircraft}
            flight = flights[case.identifiers["icao24"]]
            assert flight is not None
            assert flight.number == case.identifiers["flight"]
            assert AIRPORTS[flight.destination][0] == case.craft.place
        else:
            states = [state for vessel in world.vessels if (state := vessel.state(issued))]
            ship = next(state for state in states if state.ship.mmsi == case.identifiers["mmsi"])
            assert ship.bound_for == case.craft.place
            assert ship.arrives_s == case.craft.arrives_s


def test_no_target_names_a_person_and_every_record_is_of_the_published_format(world: World) -> None:
    records, cursor = world.targeting.since("", NOON)
    read = TargetingEnvelope.model_validate(
        {"schema": "ops-centre/targeting/1.0", "records": records, "next_cursor": cursor}
    )
    assert len(read.records) == len(records) > 5
    for record in records:
        assert not {"name", "date_of_birth"} & set(record["subject"]["identifiers"])
        assert all(hit["source"]["text"] for hit in record["hits"])


def test_a_reader_with_a_cursor_is_told_every_change_once_and_in_order(world: World) -> None:
    told: list[tuple[str, int]] = []
    _, cursor = world.targeting.since("", NOON)
    for minute in range(5, 12 * 60, 5):
        records, cursor = world.targeting.since(cursor, NOON + minute * MINUTE)
        told += [(record["ref"], record["version"]) for record in records]
    assert len(told) == len(set(told)) > 150
    newest: dict[str, int] = {}
    for ref, version in told:
        assert version > newest.get(ref, 0)
        newest[ref] = version
    ended = [record for record in world.targeting.since(cursor, NOON + 20 * HOUR)[0] if record["version"] > 1]
    assert {record["status"] for record in ended} >= {"released", "withdrawn", "encountered"}


def test_a_reader_that_has_everything_is_told_nothing_and_keeps_its_cursor(world: World) -> None:
    _, cursor = world.targeting.since("", NOON)
    assert world.targeting.since(cursor, NOON) == ([], cursor)


def test_a_cursor_outlives_a_restart_but_not_a_change_of_scenario(world: World) -> None:
    _, cursor = world.targeting.since("", NOON)
    again = make_world(SEED, ScenarioTime(), vessels=200, aircraft=40, units=0).targeting
    later = NOON + HOUR
    assert again.since(cursor, later) == world.targeting.since(cursor, later)
    other = make_world(SEED + 1, ScenarioTime(), vessels=200, aircraft=40, units=0).targeting
    for strange in (cursor, "nonsense", "x.nan", f"{cursor.split('.')[0]}.inf"):
        records, _ = other.since(strange, later)
        assert records
        assert {record["status"] for record in records} <= OPEN_STATUSES


def test_the_story_of_a_week_comes_in_pages() -> None:
    system = make_world(SEED, ScenarioTime(), vessels=60, aircraft=20, units=0).targeting
    _, cursor = system.since("", NOON - 2 * DAY)
    first, middle = system.since(cursor, NOON)
    second, _ = system.since(middle, NOON)
    assert len(first) == 200
    assert second
    assert not {record["ref"] for record in first} & {record["ref"] for record in second}


def test_speed_stretches_the_scenario_over_less_time_and_observations_stay_present() -> None:
    fast = ScenarioTime(60.0, wall_start_s=NOON, scenario_start_s=NOON)
    assert fast.at(NOON + 60) == NOON + HOUR
    assert fast.wall(NOON + HOUR) == NOON + 60
    slow_ship, fast_ship = Vessel(SEED, 0), Vessel(SEED, 0)
    assert slow_ship.state(NOON + HOUR) == fast_ship.state(fast.at(NOON + 60))
