"""The screens as functions of views: what an officer reads in each state, without a server."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dash import dcc, html

from layouts import cards, feeds, shell, targets, units, wall
from layouts.attention import AttentionView
from layouts.attention import attention as attention_list
from layouts.components import numbers
from layouts.components.painted import PROPERTY, painted
from layouts.feed_card import feed_card
from layouts.search import search_results
from layouts.strip import arrivals_panel, lights, units_panel
from layouts.watch_strip import alerts_mark, log_panel, sent_panel, watch_mark
from ops_centre.auth.permissions import Permission
from ops_centre.clock import to_ms
from ops_centre.domain.feeds import FeedLight
from ops_centre.domain.places import Place, PlaceKind
from ops_centre.picture.alert_views import AlertRate
from ops_centre.picture.feed_views import FeedCard, RefusalGroup, Refusals
from ops_centre.picture.fusion_views import AnomalyRow, SourceRow
from ops_centre.picture.views import (
    DeploymentRow,
    FeedRow,
    HitRow,
    SearchResult,
    TargetCard,
    TargetRow,
    TrackCard,
    UnitCard,
    UnitRow,
)
from ops_centre.picture.watch_views import AlertRow, LogLine, TaskingRow, WatchRow
from tests.support.clock import START

NOW = datetime(2026, 4, 1, 0, 4, 27, tzinfo=UTC)
HOSTILE = "<img src=x onerror=alert(1)>"


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def target(number: int = 1, **more: Any) -> TargetRow:
    row = TargetRow(
        id=number, subject_kind="vessel", label=f"SHIP {number}", severity="normal", status="issued",
        reason="Rule 7 v2",
        action=None, score=0.5, place="NZAKL", place_name="Auckland", place_lat=-36.84, place_lon=174.77,
        arrives_at=NOW + minutes(60), track_id=None, owner="CUS", marking="GREEN", releases=(), feed_id=3,
        issued_at=NOW - minutes(90), updated_at=NOW, revision=1,
    )  # fmt: skip
    return replace(row, **more)


def unit(number: int = 1, **more: Any) -> UnitRow:
    row = UnitRow(
        id=number, callsign=f"HAWK {number}", agency="CUS", unit_type="vessel", capabilities=("boarding",),
        availability="available", out_of_service_reason=None, status="standby", note=None, crew=4, lat=-36.8, lon=174.8,
        course_deg=None, speed_kn=None, position_at=NOW - minutes(2), place="NZAKL", place_name="Auckland",
        deployed_from=NOW - minutes(60), deployed_to=None, marking="GREEN", feed_id=4, reported_at=NOW,
    )  # fmt: skip
    return replace(row, **more)


def feed(name: str = "Targeting", kind: str = "targeting", **more: Any) -> FeedRow:
    row = FeedRow(
        id=3, name=name, kind=kind, agency="OPS", light=FeedLight.LIVE, light_since=NOW - minutes(9),
        last_good_at=NOW - minutes(0.2), last_record_at=NOW - minutes(1), last_error=None, last_error_at=None,
        received=110, stored=100, duplicate=7, quarantined=3, passed_over=2, is_replay=False, clock_offset_ms=0,
        paused=False, late_after_ms=60_000, lost_after_ms=120_000,
    )  # fmt: skip
    return replace(row, **more)


def track(**more: Any) -> TrackCard:
    card = TrackCard(
        id=9, key="mmsi:512000123", kind="vessel", name="CAP MANUEL", mmsi=512000123, imo=9074729, callsign="ZMAB",
        registration=None, flight=None, craft_type=70, type_text="cargo", flag="NZ", destination="NZ AKL",
        eta_at=NOW + minutes(90), length_m=182.0, beam_m=28.0, draught_m=9.8, caveats=(), lat=-36.8425, lon=-179.5,
        course_deg=41.6, speed_kn=12.44, heading_deg=None, altitude_ft=None, nav_status=0, squawk=None, on_ground=None,
        zone="EEZ", observed_at=NOW - minutes(40), received_at=NOW, heard_at=NOW - minutes(40), particulars_at=None,
        left_at=None, feed_name="AIS", clock_offset_ms=0, age_s=2400.0, targets=(),
    )  # fmt: skip
    return replace(card, **more)


def parts(*tree: Any) -> Iterator[Any]:
    """Every component and text in ``tree``, in the order it is read."""
    for node in tree:
        if isinstance(node, list | tuple):
            yield from parts(*node)
        elif node is not None:
            yield node
            yield from sketched(json.loads(getattr(node, PROPERTY, "[]")))
            yield from parts(getattr(node, "children", None))


def sketched(nodes: list[Any]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        else:
            yield from sketched(node[2:])


def text(*tree: Any) -> str:
    return " ".join(str(part) for part in parts(*tree) if isinstance(part, str | int | float))


def with_attribute(name: str, *tree: Any) -> list[Any]:
    return [part for part in parts(*tree) if hasattr(part, "to_plotly_json") and name in part.to_plotly_json()["props"]]


def attribute(part: Any, name: str) -> Any:
    return part.to_plotly_json()["props"][name]


def attention(targets: list[TargetRow], feeds: list[FeedRow], now: datetime, *alerts: AlertRow) -> Any:
    return attention_list(AttentionView(targets, alerts, feeds, now))


def alert(number: int = 1, **more: Any) -> AlertRow:
    row = AlertRow(
        number, "feed lost", "high", "AIS lost", "Nothing heard for 2 min.", "feed", "1", None, 1, "unseen", NOW, NOW, None,
        None, None, None, None, None, None, "OPS", "GREEN",
    )  # fmt: skip
    return replace(row, **more)


def tasking(number: int = 1, **more: Any) -> TaskingRow:
    row = TaskingRow(
        number, 1, number, f"HAWK {number}", "CUS", None, None, "CAP MANUEL", "Board and examine.", "requested", None, None,
        "Auckland", NOW + minutes(40), NOW + minutes(5), None, NOW, "duty", None, None, None, None, NOW, False, "OPS", "GREEN",
    )  # fmt: skip
    return replace(row, **more)


def order(*tree: Any) -> list[str]:
    return [attribute(row, "data-target") for row in with_attribute("data-target", *tree)]


def test_the_attention_list_shows_what_an_officer_needs_of_a_target() -> None:
    shown = attention([target(label="CAP MANUEL", severity="top", reason="Rule 31 v4", owner="CUS")], [feed()], NOW)
    for word in ("CAP MANUEL", "vessel", "Rule 31 v4", "Auckland", "CUS", "TLP:GREEN", "issued", "top"):
        assert word in text(shown)
    (countdown,) = with_attribute("data-until", shown)
    assert attribute(countdown, "data-until") == str(to_ms(NOW + minutes(60)))


def test_a_new_target_stands_out_by_a_word() -> None:
    assert "NEW" in text(attention([target(status="new")], [feed()], NOW))
    assert "NEW" not in text(attention([target(status="issued")], [feed()], NOW))


def test_targets_keep_their_order_and_a_fresh_arrival_stays_at_the_head() -> None:
    rows = [target(1, arrives_at=NOW - minutes(12)), target(2), target(3, arrives_at=None)]
    assert order(attention(rows, [feed()], NOW)) == ["1", "2", "3"]


def test_a_target_that_arrived_long_ago_does_not_push_off_what_is_coming() -> None:
    rows = [target(1, arrives_at=NOW - minutes(500)), target(2, arrives_at=NOW - minutes(61)), target(3), target(4)]
    assert order(attention(rows, [feed()], NOW)) == ["3", "4", "2", "1"]


def test_a_target_without_a_time_says_so() -> None:
    shown = attention([target(arrives_at=None, place=None, place_name=None)], [feed()], NOW)
    assert "no arrival time" in text(shown)
    assert "place not known" in text(shown)
    assert with_attribute("data-until", shown) == []


def test_no_targets_is_said_together_with_when_targeting_was_last_heard() -> None:
    shown = attention([], [feed(), feed("AIS", "ais", id=1)], NOW)
    assert "No open targets" in text(shown)
    assert "Targeting last heard" in " ".join(text(shown).split())
    (age,) = with_attribute("data-feed-age", shown)
    assert attribute(age, "data-age-of") == str(to_ms(NOW - minutes(0.2)))


def test_no_targets_without_a_targeting_feed_is_no_calm() -> None:
    assert "no targeting feed is configured" in text(attention([], [feed("AIS", "ais")], NOW))


@pytest.mark.parametrize("light", [FeedLight.LATE, FeedLight.LOST])
def test_the_list_carries_the_light_of_its_source_so_that_silence_shows(light: FeedLight) -> None:
    shown = attention([target()], [feed(light=light)], NOW)
    (note,) = with_attribute("data-light", shown)
    assert attribute(note, "data-light") == light
    assert "list may be incomplete" in text(note)
    assert attribute(note, "data-lost-after") == "120000"


def test_more_targets_than_the_wall_draws_are_counted() -> None:
    shown = attention([target(number) for number in range(100)], [feed()], NOW)
    assert len(order(shown)) == 80
    assert "20 more on the page of targets" in text(shown)


def test_a_light_has_a_word_beside_its_shape_unless_it_is_live() -> None:
    shown = lights([feed(light=FeedLight.LOST)])
    assert "lost" in text(shown)
    assert text(lights([])) == "no feeds"


def test_units_are_counted_by_availability_with_reasons_and_agencies() -> None:
    rows = [
        unit(1),
        unit(2, availability="assigned"),
        unit(3, availability="out of service", out_of_service_reason="rest"),
        unit(4, availability="out of service", out_of_service_reason=None, agency="POL"),
    ]
    shown = text(units_panel(rows))
    assert "rest 1" in shown
    assert "no reason given 1" in shown
    assert "CUS   1/3" in shown
    assert "POL   0/1" in shown


def test_units_at_work_are_those_we_sent_what_owes_an_outcome_and_those_their_agencies_assigned() -> None:
    shown = text(sent_panel([], [unit(1), unit(2, availability="assigned", status="en route")]))
    assert "HAWK 2 en route · Auckland" in shown
    assert "HAWK 1" not in shown
    assert "No unit is sent or at work" in text(sent_panel([], [unit(1)]))
    sent = [tasking(2, state="en route"), tasking(3, state="complete", ended_at=NOW, outcome_owed=True)]
    shown = text(sent_panel(sent, [unit(2, availability="assigned")]))
    assert "1 sent · 1 owed" in shown
    assert shown.count("HAWK 2") == 1
    assert "HAWK 3 outcome owed ·  CAP MANUEL" in shown


def test_the_attention_list_goes_by_the_last_moment_to_send_until_a_unit_is_sent() -> None:
    late = target(1, arrives_at=NOW + minutes(300), lrm_at=NOW + minutes(10))
    soon = target(2, arrives_at=NOW + minutes(60), lrm_at=NOW + minutes(50))
    sent = replace(late, id=3, tasked=("HAWK 2 en route",))
    assert order(attention([soon, late, sent], [feed()], NOW)) == ["1", "2", "3"]
    assert "HAWK 2 en route" in text(attention([sent], [feed()], NOW))


def test_what_nobody_can_be_sent_to_what_is_unseen_and_who_has_it_is_said() -> None:
    assert "NO UNIT" in text(attention([target(lrm_note="No unit holds: boarding")], [feed()], NOW))
    unseen = alert(subject_kind="target", subject_id="1", cause="last moment near", text="48 min left")
    shown = text(attention([target()], [feed()], NOW, unseen))
    assert "UNSEEN" in shown
    assert "48 min left" in shown
    assert "with duty.officer" in text(attention([target(claimed_by="duty.officer")], [feed()], NOW))


def test_alerts_about_no_target_stand_above_the_targets_unless_shelved() -> None:
    shown = text(
        attention([target(label="CAP MANUEL")], [feed()], NOW, alert(), alert(2, title="HAWK 9", state="shelved"))
    )
    assert shown.index("AIS lost") < shown.index("CAP MANUEL")
    assert "HAWK 9" not in shown
    many = [alert(number, title=f"Feed {number} lost") for number in range(1, 9)]
    assert "3 more alerts on their page" in text(attention([], [feed()], NOW, *many))


def test_the_top_line_says_who_has_the_watch_and_how_many_alerts_nobody_has_seen() -> None:
    assert "No watch is open" in text(watch_mark(None))
    watch = WatchRow(1, "A", "handover pending", "lead", "Lead", NOW, NOW, 3)
    assert "Watch  A  ·  Lead  · handover pending" in text(watch_mark(watch))
    assert "Alerts" in text(alerts_mark([alert(state="acknowledged")]))
    flood = AlertRate(12, 12.0, "unacceptable", flood=True)
    assert "Alerts 1 unseen FLOOD 12 / 10 min" in " ".join(text(alerts_mark([alert()], flood)).split())
    calm = AlertRate(1, 0.5, "acceptable", flood=False)
    assert "Alerts 1 / 10 min" in " ".join(text(alerts_mark([alert(state="acknowledged")], calm)).split())


def test_the_newest_log_lines_are_shown_with_what_was_corrected_struck_through() -> None:
    line = LogLine(7, NOW, NOW, "note", False, "duty", "OPS", "Wrong ship", (), None, True, "OPS", "GREEN")
    panel = log_panel([line])
    assert "Wrong ship" in text(panel)
    assert [part.children for part in parts(panel) if getattr(part, "name", "") == "S"] == ["Wrong ship"]
    assert "No entries yet" in text(log_panel([]))


def test_arrivals_count_the_next_twelve_hours_by_place_soonest_first() -> None:
    rows = [
        target(1, place="NZBLU", place_name="Bluff", arrives_at=NOW + minutes(300)),
        target(2, arrives_at=NOW + minutes(30)),
        target(3, arrives_at=NOW + minutes(40), severity="top"),
        target(4, arrives_at=NOW + timedelta(hours=13)),
        target(5, arrives_at=NOW - minutes(1)),
        target(6, arrives_at=None),
    ]
    shown = arrivals_panel(rows, NOW)
    assert "3 in 12 h" in text(shown)
    assert [attribute(row, "data-select") for row in with_attribute("data-select", shown)] == [
        "place:NZAKL",
        "place:NZBLU",
    ]
    assert "No target arrives within 12 h" in text(arrivals_panel([], NOW))


def test_a_track_card_gives_position_in_degrees_and_minutes_and_its_caveats() -> None:
    shown = text(cards.track_card(track(caveats=("bad mmsi",))))
    assert "36°50.55′S 179°30.00′W" in shown
    assert "042°" in shown
    assert "12.4 kn" in shown
    assert "182 m × 28 m, draught 9.8 m" in shown
    assert "bad mmsi" in shown


def test_the_age_of_a_replayed_position_counts_in_the_time_of_the_recording() -> None:
    shown = cards.track_card(track(clock_offset_ms=-5000))
    observed = [part for part in with_attribute("data-offset", shown) if attribute(part, "data-offset") == "-5000"]
    assert len(observed) == 2  # observed and last heard; received is in the wall's own time


def test_a_track_card_leads_to_its_targets() -> None:
    shown = cards.track_card(track(targets=(target(5),)))
    assert "target:5" in [attribute(part, "data-select") for part in with_attribute("data-select", shown)]


def test_a_track_without_a_name_is_called_by_its_number() -> None:
    assert "MMSI 001193046" in text(cards.track_card(track(name=None, callsign=None, mmsi=1193046)))


def test_a_track_that_left_the_picture_says_so() -> None:
    assert "No longer in the picture" in text(cards.track_card(track(left_at=NOW)))


def target_card(**more: Any) -> TargetCard:
    hit = HitRow("h", "rule", "Rule 31", "4", HOSTILE, 0.9, NOW, "RISK", "MSG-1", HOSTILE)
    return TargetCard(
        target(1, action="Board."), {"document_number": "LK-1", "imo": 9074729}, (hit,), more.get("track")
    )


def test_a_target_card_leads_from_the_hit_to_the_source_message_and_to_the_track() -> None:
    shown = cards.target_card(target_card(track=track()))
    for word in ("Rule 31", "version 4", "RISK · MSG-1", "Board.", "Document number", "IMO"):
        assert word in text(shown)
    assert "track:9" in [attribute(part, "data-select") for part in with_attribute("data-select", shown)]


def test_text_of_a_feed_stays_text() -> None:
    shown = cards.target_card(target_card())
    holders = [part for part in parts(shown) if getattr(part, "children", None) == HOSTILE]
    assert {part.name for part in holders} == {"P", "Pre"}
    assert not [part for part in parts(shown) if hasattr(part, "dangerously_allow_html") or hasattr(part, "srcDoc")]


def test_a_target_without_a_craft_says_so() -> None:
    assert "No craft in the picture" in text(cards.target_card(target_card()))


def test_a_unit_card_shows_deployments_or_that_there_are_none() -> None:
    planned = DeploymentRow("d", None, None, "Hauraki Gulf", NOW, None, 4, 8.0)
    assert "Hauraki Gulf" in text(cards.unit_card(UnitCard(unit(), (planned,))))
    assert "crew 4 · 8 h on duty" in text(cards.unit_card(UnitCard(unit(), (planned,))))
    assert "None planned." in text(cards.unit_card(UnitCard(unit(), ())))


def test_a_place_card_lists_what_arrives_and_who_is_there() -> None:
    place = Place("NZAKL", "Auckland", PlaceKind.PORT, -36.84, 174.77, ("AKL",))
    shown = text(cards.place_card(place, [target(label="CAP MANUEL")], [unit()]))
    assert "CAP MANUEL" in shown
    assert "HAWK 1 · available" in shown
    assert text(cards.place_card(place, [], [])).count("None.") == 2


def test_a_search_says_when_nothing_was_found_and_is_silent_for_one_letter() -> None:
    assert "Nothing called “zzz”" in text(search_results("zzz", []))
    assert search_results("z", []) == []


def test_a_search_result_carries_where_to_fly() -> None:
    (option,) = with_attribute("data-lat", search_results("cap", [SearchResult("track", 9, "CAP", "x", -36.8, -179.5)]))
    assert attribute(option, "data-select") == "track:9"
    assert attribute(option, "data-lon") == "-179.50000"


def test_the_table_of_targets_filters_by_every_word_and_sorts() -> None:
    rows = [
        target(1, label="ALPHA", owner="CUS"),
        target(2, label="BRAVO", owner="POL", arrives_at=None),
        target(3, label="CHARLIE", owner="CUS"),
    ]
    by_label = {"column": "label", "descending": True}
    shown = targets.targets_table(rows, "cus vessel", by_label)
    keys = [attribute(part, "data-select") for part in with_attribute("data-select", shown)]
    assert keys == ["target:3", "target:1"]
    assert "2 of 3 open targets" in text(shown)


def test_a_forged_column_sorts_by_arrival() -> None:
    rows = [target(1, arrives_at=None), target(2)]
    shown = targets.targets_table(rows, "", {"column": "__class__", "descending": "yes"})
    assert [attribute(part, "data-select") for part in with_attribute("data-select", shown)] == ["target:2", "target:1"]


@pytest.mark.parametrize("wanted", ["", "nothing like it"])
def test_an_empty_table_says_why(wanted: str) -> None:
    assert "No " in text(targets.targets_table([], wanted, {}))
    assert "No " in text(units.units_table([], wanted, opens_cards=True))


def test_units_that_can_be_sent_come_first() -> None:
    shown = units.units_table([unit(1, availability="out of service"), unit(2)], "", opens_cards=True)
    keys = [attribute(part, "data-select") for part in with_attribute("data-select", shown)]
    assert keys == ["unit:2", "unit:1"]


def test_a_reader_without_the_wall_is_offered_no_card() -> None:
    shown = units.units_table([unit(1)], "", opens_cards=False)
    assert "HAWK 1" in text(shown)
    assert with_attribute("data-select", shown) == []


def test_every_record_of_a_feed_is_accounted_for_on_its_line() -> None:
    shown = text(feeds.feeds_table([feed(last_error="connection refused", last_error_at=NOW)], lambda _feed: 42.0))
    for word in ("110", "100", "7", "3", "42", "connection refused"):
        assert word in shown
    assert "No feeds are configured" in text(feeds.feeds_table([], lambda _feed: None))


def test_feeds_that_do_not_work_stand_above_those_that_do_with_what_they_failed_of_under_them() -> None:
    rows = [feed("Good"), feed("Late", light=FeedLight.LATE), feed("Lost", light=FeedLight.LOST, last_error="refused")]
    shown = text(feeds.feeds_table(rows, lambda _feed: None))
    places = [shown.index(word) for word in ("Lost", "refused", "Late", "Good")]
    assert places == sorted(places)


def test_refused_records_of_the_reason_that_was_chosen_are_acted_on_together() -> None:
    def drawn(reason: str | None, *, retries: bool = True) -> Any:
        group = RefusalGroup(7, "severity: must be 'top'", 3_333)
        told = Refusals(3_333, (group,), 0, (), 7 if reason else None, reason, None, None)
        card = FeedCard(3, "Targeting", "targeting", "OPS", False, None, (), True, told)
        return feed_card(card, feed(), "—", retries=retries)

    assert "Try all 3,333 again" not in text(drawn(None))
    whole = text(drawn("severity: must be 'top'"))
    assert "Try all 3,333 again" in whole
    assert "Forget all 3,333, because" in whole
    assert "Try all" not in text(drawn("severity: must be 'top'", retries=False))


@pytest.mark.parametrize(
    ("lat", "lon", "shown"),
    [
        (-36.8425, 174.766667, "36°50.55′S 174°46.00′E"),
        (0.0, -180.0, "00°00.00′N 180°00.00′W"),
        (59.99999, 9.99999, "60°00.00′N 010°00.00′E"),
    ],
)
def test_positions_read_as_on_a_chart(lat: float, lon: float, shown: str) -> None:
    assert numbers.position(lat, lon) == shown


def test_a_position_that_is_not_known_is_not_invented() -> None:
    assert numbers.position(None, 170.0) is None
    assert numbers.course(None) is None
    assert numbers.speed(None) is None


def view(**more: Any) -> shell.ShellView:
    whole = shell.ShellView(
        centre_name="Border Operations", is_exercise=True, is_replay=False, time_zone="Pacific/Auckland",
        who="Duty officer", role="duty officer", agency="OPS", feeds=[feed()], watch=[], alerts=[],
        may_open=frozenset(page.path for page in shell.PAGES), pages={"/": html.P("the wall itself")},
    )  # fmt: skip
    return replace(whole, **more)


def test_every_screen_says_exercise_in_an_exercise_and_not_otherwise() -> None:
    assert "EXERCISE" in text(shell.shell(view()))
    assert "EXERCISE" not in text(shell.shell(view(is_exercise=False)))


def test_a_page_that_the_role_may_not_open_is_absent_and_says_so() -> None:
    shown = shell.shell(view(may_open=frozenset({"/units"}), role="field unit", feeds=None))
    assert "the wall itself" not in text(shown)
    assert "is not shown to the role" in text(shown)
    assert "Targeting" not in text(shown)
    links = {part.href for part in parts(shown) if getattr(part, "className", None) == "nav-link"}
    assert links == {"/units"}


def test_every_page_asks_for_a_permission_of_its_own() -> None:
    assert all(isinstance(page.needs, Permission) for page in shell.PAGES)
    assert len({page.slug for page in shell.PAGES}) == len(shell.PAGES)


def wall_view(**more: Any) -> wall.WallView:
    empty = wall.WallView(
        targets=(),
        units=(),
        feeds=(),
        now=NOW,
        centre=(-41.0, 174.5),
        zoom=5,
        whole=(-47.0, 166.0, -34.0, 179.0),
        may_save_views=True,
    )
    return replace(empty, **more)


def test_an_empty_wall_is_never_blank() -> None:
    shown = text(wall.wall_page(wall_view()))
    words = (
        "No open targets",
        "No units reported",
        "No target arrives",
        "no targeting feed is configured",
        "No entries yet",
    )
    for word in words:
        assert word in shown


def test_a_role_that_keeps_no_views_is_offered_none() -> None:
    shown = wall.wall_page(wall_view(may_save_views=False))
    assert "Your role keeps no views." in text(shown)
    assert with_attribute("data-view-save", shown) == []


def test_a_saved_view_can_be_applied_and_deleted() -> None:
    shown = wall.views_list([("North lane", '{"lat": -34.0}')])
    assert attribute(with_attribute("data-view-apply", shown)[0], "data-view-apply") == '{"lat": -34.0}'
    assert attribute(with_attribute("data-view-delete", shown)[0], "data-view-delete") == "North lane"


def test_half_a_surrogate_pair_in_a_text_is_drawn_all_the_same() -> None:
    assert json.loads(painted(html.P("\ud800"))) == [["p", {}, "\ud800"]]


def test_a_sketch_holds_texts_and_attributes_and_leaves_out_what_is_not_there() -> None:
    tree = html.Li(["a ", None, html.Strong(HOSTILE)], className="row", hidden=False, **{"data-select": "track:9"})
    assert json.loads(painted([tree])) == [
        ["li", {"class": "row", "data-select": "track:9"}, "a ", ["strong", {}, HOSTILE]]
    ]
    assert json.loads(painted(html.Span(style={"flexGrow": 3}))) == [["span", {"style": "flex-grow:3"}]]


def test_what_a_callback_listens_to_cannot_be_sketched() -> None:
    with pytest.raises(TypeError, match="not plain HTML"):
        painted(html.Div(dcc.Input(id="somewhere")))


def test_a_track_card_names_its_sources_and_what_is_in_doubt() -> None:
    shore = SourceRow(
        1, "Shore", False, True, 0, START, START, START, -36.5, 174.9, 0.0, 40, "KAIKA", None, None
    )  # fmt: skip
    late = SourceRow(2, "Satellite", False, False, 0, START, START, START, -37.5, 174.9, 60.0, 2, "ROA", None, None)
    twice = AnomalyRow(
        7, "two places at once", "", START, START, 3, "Heard here and there by turns.", "Satellite", 0, -37.5, 174.9, None, None
    )  # fmt: skip
    card = track(name="KAIKA", sources=(shore, late), anomalies=(twice,))
    shown = text(cards.track_card(card))
    assert "60.0 nm from where it is drawn" in shown
    assert "says name ROA" in shown
    assert "Two places at once, 3 times" in shown
    assert "Not drawn: 37°30.00′S" in shown
