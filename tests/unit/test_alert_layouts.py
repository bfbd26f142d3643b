"""What an officer reads of alerts, load, rules, channels and lookouts, in each state, without a server."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from layouts import alert_parts, alerts, load, lookouts
from layouts.alert_filters import Filter, filter_bar
from layouts.alert_history import alert_card, history_list
from layouts.alert_parts import CAUSE_WORDS, DUE_WORDS, Reader, alert_line, alert_load_badge, triage_order
from layouts.alert_rules import channels_panel, rules_panel
from layouts.components.painted import painted
from layouts.load_plot import band_of, load_figure
from ops_centre.domain.alerting import AlertCause
from ops_centre.picture.alert_views import (
    AlertEventRow,
    AlertHistory,
    AlertLoad,
    ChannelView,
    LoadBand,
    LoadSlot,
    LookoutView,
    Offender,
    RuleView,
)
from ops_centre.picture.watch_views import AlertRow

NOW = datetime(2026, 4, 1, 0, 4, 27, tzinfo=UTC)
HOSTILE = "<img src=x onerror=alert(1)>"
OFFICER = Reader("duty.one", handles=True, decides=True)
READER = Reader("wall")
BANDS = (
    LoadBand("acceptable", 0, 1),
    LoadBand("manageable", 1, 2),
    LoadBand("over-demanding", 2, 10),
    LoadBand("unacceptable", 10, None),
)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def alert(number: int = 1, **more: Any) -> AlertRow:
    row = AlertRow(
        id=number, cause="last moment near", severity="high", title=f"SHIP {number}", text="15 min left to send HAWK 1.",
        subject_kind="target", subject_id=str(100 + number), due_at=NOW + minutes(15), count=1, state="unseen",
        raised_at=NOW - minutes(3), announced_at=NOW - minutes(1), acknowledged_at=None, acknowledged_by=None,
        shelved_until=None, shelved_by=None, shelve_reason=None, assigned_to=None, escalated_at=None, owner="CUS",
        marking="GREEN",
    )  # fmt: skip
    return replace(row, **more)


def seen(number: int, **more: Any) -> AlertRow:
    return alert(number, state="acknowledged", acknowledged_by="duty.two", acknowledged_at=NOW, **more)


def shelved(number: int, **more: Any) -> AlertRow:
    put_away = {"shelved_until": NOW + minutes(60), "shelved_by": "duty.two", "shelve_reason": "boat is on its way"}
    return alert(number, state="shelved", **put_away, **more)


def load_of(**more: Any) -> AlertLoad:
    slots = tuple(LoadSlot(NOW - minutes(10 * back), back % 4, float(back % 4)) for back in range(12, 0, -1))
    whole = AlertLoad(
        since=NOW - minutes(720), until=NOW, slots=slots, officers=2, per_10min=3, per_officer=1.5, band="manageable",
        bands=BANDS, flood=False, flood_since=None, standing=4, unseen=2, shelved=1, escalated=1, median_seen_s=42.0,
        share={"normal": 0.5, "high": 0.3, "top": 0.2}, worst=(Offender("feed lost", "feed:3", "AIS lost", 9),),
        announced=18, missed=1,
    )  # fmt: skip
    return replace(whole, **more)


def view(*rows: AlertRow, wanted: Filter | None = None, **more: Any) -> alerts.AlertsView:
    return alerts.AlertsView(rows, more.pop("reader", OFFICER), wanted or Filter(), more.pop("load", load_of()), **more)


Node = list[Any]


def nodes(tree: Any) -> Iterator[Node]:
    """Every element as it is drawn: ``[tag, attributes, child, …]``."""

    def walk(found: list[Any]) -> Iterator[Node]:
        for one in found:
            if isinstance(one, list):
                yield one
                yield from walk(one[2:])

    yield from walk(json.loads(painted(tree)))


def text(tree: Any) -> str:
    def walk(found: list[Any]) -> Iterator[str]:
        for one in found:
            if isinstance(one, str):
                yield one
            else:
                yield from walk(one[2:])

    return "".join(walk(json.loads(painted(tree))))


def marked(name: str, tree: Any) -> list[str]:
    """The values of an attribute, in the order drawn."""
    return [node[1][name] for node in nodes(tree) if name in node[1]]


def presses(tree: Any) -> list[str]:
    return [node[2] for node in nodes(tree) if "data-key" in node[1] and node[1]["data-key"] != "open"]


def test_every_cause_has_words_of_its_own() -> None:
    assert set(CAUSE_WORDS) == set(AlertCause)
    assert set(DUE_WORDS) <= set(AlertCause)


def test_top_severity_comes_first_then_what_nobody_has_seen_then_what_is_due() -> None:
    rows = [
        seen(1, severity="high", due_at=NOW),
        alert(2, severity="normal"),
        alert(3, severity="high", due_at=NOW + minutes(30)),
        alert(4, severity="high", due_at=NOW + minutes(5)),
        seen(5, severity="top"),
        alert(6, severity="high", due_at=None),
    ]
    assert [row.id for row in sorted(rows, key=triage_order)] == [5, 4, 3, 6, 2, 1]


def test_a_row_says_how_bad_what_why_how_long_whose_and_who_has_it() -> None:
    shown = text(alerts.alert_row(alert(count=3, assigned_to="duty.two"), OFFICER))
    for word in (
        "high",
        "SHIP 1",
        "Last moment near",
        "15 min left",
        "3×",
        "CUS",
        "TLP:GREEN",
        "UNSEEN",
        "duty.two has it",
    ):
        assert word in shown
    assert "to last moment" in shown


def test_an_unseen_alert_offers_every_act_with_its_key() -> None:
    shown = alerts.alert_row(alert(cause="emergency"), OFFICER)
    assert presses(shown) == ["Acknowledge", "Claim", "Shelve", "Clear", "Respond"]
    assert marked("data-key", shown) == ["open", "a", "c", "s", "x", "r"]
    assert json.loads(marked("data-with", shown)[0]) == {"alert": 1}
    assert "/respond?about=alert:1" in marked("href", shown)


def test_an_acknowledged_alert_of_ones_own_is_not_acknowledged_or_claimed_again() -> None:
    assert presses(alerts.alert_row(seen(1, assigned_to="duty.one"), OFFICER)) == ["Shelve", "Respond"]


def test_an_alert_that_clears_when_its_cause_has_gone_is_not_cleared_by_hand() -> None:
    assert "Clear" not in presses(alerts.alert_row(alert(cause="feed lost"), OFFICER))


def test_a_shelved_alert_is_taken_back_and_says_why_and_when_it_comes_back() -> None:
    shown = alerts.alerts_list(view(shelved(1)))
    assert presses(shown) == ["Take back", "Respond"]
    for word in ("Shelved · 1", "boat is on its way", "duty.two", "back "):
        assert word in text(shown)
    assert "No alert stands" in text(shown)


def test_whoever_may_only_read_is_offered_no_act() -> None:
    assert presses(alerts.alerts_list(view(alert(1), shelved(2), reader=READER))) == []


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("feed", "/feeds"),
        ("lookout", "/lookouts"),
        ("watch", "/watch"),
        ("tasking", "/chain/tasking/7"),
        ("enquiry", "/chain/enquiry/7"),
    ],
)
def test_what_is_not_on_the_map_is_opened_on_its_page_or_in_the_chain(kind: str, where: str) -> None:
    assert where in marked("href", alerts.alert_row(alert(subject_kind=kind, subject_id="7"), OFFICER))


def test_a_call_for_help_is_opened_on_the_map_and_can_be_responded_to() -> None:
    shown = alerts.alert_row(alert(subject_kind="field call", subject_id="7", lat=-36.5, lon=174.5), OFFICER)
    assert marked("data-select", shown) == ["call:1"]
    assert "Respond" in presses(shown)
    unplaced = alerts.alert_row(alert(subject_kind="field call", subject_id="7"), OFFICER)
    assert "/units" in marked("href", unplaced)


def test_what_is_on_the_map_is_opened_as_a_card_on_the_wall() -> None:
    shown = alerts.alert_row(alert(), OFFICER)
    assert marked("data-select", shown) == ["target:101"]
    assert marked("data-go", shown) == ["/"]


def test_nobody_is_sent_to_a_feed() -> None:
    assert "Respond" not in presses(alerts.alert_row(alert(subject_kind="feed"), OFFICER))


def test_text_of_a_feed_stays_text() -> None:
    shown = json.loads(painted(alerts.alert_row(alert(title=HOSTILE, text=HOSTILE), OFFICER)))
    assert HOSTILE in json.dumps(shown)
    assert not [node for node in nodes(alerts.alert_row(alert(title=HOSTILE), OFFICER)) if node[0] == "img"]


def test_an_empty_list_says_since_when_and_that_somebody_still_looks() -> None:
    shown = alerts.alerts_list(view(last_cleared_at=NOW - minutes(20), looked_at=NOW))
    assert "No alert stands" in text(shown)
    assert marked("data-since", shown)
    assert marked("data-age-of", shown)
    assert "data-picture-age" in painted(shown)


def test_an_empty_list_that_nobody_fills_any_more_does_not_look_calm() -> None:
    assert "at a time that is not known" in text(alerts.alerts_list(view(looked_at=None)))


def test_a_filter_that_hides_everything_says_how_many_stand() -> None:
    assert "2 alerts stand in all" in text(alerts.alerts_list(view(alert(1), alert(2), wanted=Filter(severity="top"))))


def test_in_a_flood_top_severity_stays_single_and_the_rest_is_grouped_by_cause() -> None:
    rows = [alert(number, cause="feed lost", due_at=None) for number in range(1, 12)] + [alert(20, severity="top")]
    flood = load_of(flood=True, flood_since=NOW - minutes(4), per_10min=24, per_officer=12.0, band="unacceptable")
    shown = alerts.alerts_list(view(*rows, load=flood))
    assert marked("data-alert", shown) == ["20", "group feed lost"]
    for word in ("ALERT FLOOD", "24 alerts in the last 10 minutes", "Feed lost 11", "11 unseen", "Acknowledge all 11"):
        assert word in text(shown)
    opened = alerts.alerts_list(view(*rows, load=flood, wanted=Filter(opened=frozenset({"feed lost"}))))
    assert len(marked("data-alert", opened)) == 13


def test_a_forged_filter_is_the_default() -> None:
    forged = {"state": "everything", "severity": 7, "cause": "x", "mine": "yes", "hours": 1e9, "opened": ["x", 4]}
    assert Filter.of(forged) == Filter()
    assert Filter.of("x") == Filter()


def test_the_bar_counts_each_state_and_marks_what_is_chosen() -> None:
    bar = filter_bar([alert(1), seen(2, assigned_to="duty.one"), shelved(3)], OFFICER, Filter(state="unseen"))
    for word in ("Standing 2", "Unseen 1", "Shelved 1", "History", "mine 1"):
        assert word in text(bar)
    pressed = [node[2] for node in nodes(bar) if node[1].get("aria-pressed") == "true"]
    assert pressed == ["Unseen 1", "all"]


def history(**more: Any) -> AlertHistory:
    steps = (
        AlertEventRow(NOW - minutes(9), "announced", "system", None),
        AlertEventRow(NOW - minutes(5), "announced", "system", "it got worse"),
        AlertEventRow(NOW, "cleared", "system", None),
    )
    given = {"cleared_at": NOW, "cleared_by": "system", "clear_reason": "The craft has left.", "missed": True} | more
    return AlertHistory(given.pop("alert", alert(state="cleared")), None, events=steps, can_clear=False, **given)


def test_a_missed_alert_stands_out_in_the_history() -> None:
    shown = text(history_list([history(), history(missed=False)], 12, missed_only=False))
    assert shown.count("MISSED") == 1
    for word in ("1 was missed", "the cause had gone: The craft has left.", "announced 2×, cleared"):
        assert word in shown


def test_an_empty_history_says_so() -> None:
    assert "No alert was missed in the last 24 h" in text(history_list([history(missed=False)], 24, missed_only=True))


def test_the_particulars_hold_each_step_and_lead_along_the_chain() -> None:
    shown = alert_card(history(cleared_at=None, cleared_by=None, missed=False, alert=alert()), OFFICER)
    assert text(shown).index("cleared") < text(shown).index("it got worse")  # newest first
    assert "/chain/alert/1" in marked("href", shown)
    assert "Clear" not in presses(shown)  # it clears by itself


def test_a_badge_says_the_load_in_words() -> None:
    assert "2 alerts unseen" in text(alert_load_badge(load_of()))
    assert "1.5 in 10 min · manageable" in text(alert_load_badge(load_of()))
    assert "FLOOD" in text(alert_load_badge(load_of(flood=True, flood_since=NOW)))
    assert "no alert unseen" in text(alert_load_badge(load_of(unseen=0)))
    assert "not known" in text(alert_load_badge(None))


def test_a_line_for_the_wall_leads_to_the_alert() -> None:
    assert marked("href", alert_line(alert(7))) == ["/alerts?alert=7"]


def test_the_load_page_gives_figures_with_their_band_and_their_aims() -> None:
    figures = text(load.load_figures(load.LoadView(load_of(), 12, "Pacific/Auckland")))
    for word in ("1.5", "manageable", "3 for 2 officers", "2 unseen · 1 escalated", "42 s", "Missed"):
        assert word in figures
    tables = load.load_tables(load.LoadView(load_of(), 12, "Pacific/Auckland"), OFFICER)
    for word in ("80%", "20% too many", "AIS lost", "The plot as a table"):
        assert word in text(tables)
    assert marked("data-rule", tables) == ["feed lost"]


def test_a_quiet_time_has_no_offender_and_no_share() -> None:
    quiet = load_of(worst=(), announced=0, share={}, median_seen_s=None)
    assert "Nothing was announced" in text(load.load_tables(load.LoadView(quiet, 12, "UTC"), OFFICER))
    assert "nothing was acknowledged" in text(load.load_figures(load.LoadView(quiet, 12, "UTC")))


@pytest.mark.parametrize(
    ("rate", "band"),
    [(0, "acceptable"), (1, "acceptable"), (1.5, "manageable"), (10, "over-demanding"), (11, "unacceptable")],
)
def test_a_rate_falls_into_its_band(rate: float, band: str) -> None:
    assert band_of(rate, BANDS) == band


@pytest.mark.parametrize("theme", ["dark", "light", "anything"])
def test_the_plot_is_svg_with_titles_local_times_and_the_limits_in_sight(theme: str) -> None:
    figure = load_figure(load_of(), "Pacific/Auckland", theme)
    assert figure["data"][0]["type"] == "bar"
    assert figure["data"][0]["x"][-1] == "2026-04-01T12:54:27"  # NZDT
    assert "Pacific/Auckland" in figure["layout"]["xaxis"]["title"]["text"]
    assert [one["text"] for one in figure["layout"]["annotations"]] == ["manageable above 1", "over-demanding above 2"]


def test_the_words_of_limits_do_not_run_into_each_other() -> None:
    loud = load_of(slots=(LoadSlot(NOW, 40, 40.0),))
    shown = load_figure(loud, "UTC", "dark")["layout"]
    assert [one["text"] for one in shown["annotations"]] == ["over-demanding above 2", "unacceptable above 10"]
    assert len(shown["shapes"]) == 3


def rule(**more: Any) -> RuleView:
    given = RuleView(
        "last moment near",
        "30 min before the last moment.",
        True,
        None,
        "as its subject",
        30.0,
        "minutes before it",
        None,
        None,
        True,
    )
    return replace(given, **more)


def test_whoever_may_changes_a_rule_and_others_read_it() -> None:
    changed = rule(is_default=False, changed_by="shift.lead", changed_at=NOW, enabled=False)
    assert marked("data-do", rules_panel([changed], may_change=True)) == ["rules/change", "rules/reset"]
    read_only = rules_panel([changed], may_change=False)
    assert marked("data-do", read_only) == []
    for word in ("OFF", "30 minutes before it", "by shift.lead", "The shift lead may change these."):
        assert word in text(read_only)


def test_a_rule_as_configured_is_not_reset() -> None:
    assert "rules/reset" not in marked("data-do", rules_panel([rule()], may_change=True))


def channel(**more: Any) -> ChannelView:
    given = ChannelView("mail", "OPS", "ready", "top", ("emergency",), False, NOW, None, None, 0, "OPS_NOTIFY_MAIL")
    return replace(given, **more)


def test_a_channel_says_what_it_would_do_and_what_is_missing() -> None:
    shown = channels_panel(
        [
            channel(),
            channel(name="sms", state="not configured"),
            channel(name="chat", state="failing", last_error="timed out", last_error_at=NOW, waiting=2),
        ],
        may_test=True,
    )
    for word in ("ready", "not configured", "OPS_NOTIFY_MAIL", "timed out", "2 waiting", "top and worse, emergency"):
        assert word in text(shown)
    assert marked("data-do", shown) == ["notices/test", "notices/test"]  # nothing is sent where there is no address
    assert "Nothing leaves the room" in text(channels_panel([], may_test=True))


def lookout(**more: Any) -> LookoutView:
    given = LookoutView(
        1, "vessel", "TERN", (("mmsi", "512000001"),), ("12nm",), 60, "high", "Left without clearing.", "CEA s 37", NOW,
        "duty.one", NOW + timedelta(days=7), None, None, 9, "TERN", "12 nm", NOW - minutes(2), "CUS", "AMBER",
    )  # fmt: skip
    return replace(given, **more)


def test_a_lookout_says_where_its_craft_is_and_what_is_told() -> None:
    shown = lookouts.lookouts_list([lookout()], may_edit=True)
    for word in ("TERN", "MMSI 512000001", "in the 12 nm zone", "silent for 60 min", "CEA s 37", "TLP:AMBER"):
        assert word in text(shown)
    assert "track:9" in marked("data-select", shown)
    assert "lookouts-end" in marked("data-opens", shown)


def test_a_dark_lookout_stands_out_first_and_says_since_when() -> None:
    shown = lookouts.lookouts_list([lookout(id=1), lookout(id=2, label="SEA ROVER")], frozenset({2}), may_edit=False)
    assert text(shown).index("SEA ROVER") < text(shown).index("TERN")
    assert text(shown).count("DARK") == 1


@pytest.mark.parametrize(
    ("zone", "words"),
    [(None, "outside every zone"), ("port:Auckland", "in port, Auckland"), ("EEZ", "in the EEZ zone")],
)
def test_a_zone_is_said_as_an_officer_says_it(zone: str | None, words: str) -> None:
    assert words in text(lookouts.state_of(lookout(zone=zone)))


def test_whoever_may_not_edit_lookouts_is_offered_no_form() -> None:
    assert marked("data-opens", lookouts.lookouts_list([lookout()], may_edit=False)) == []


def test_a_lookout_that_was_not_seen_or_has_ended_says_so() -> None:
    assert "not seen yet" in text(lookouts.lookouts_list([lookout(last_seen_at=None)], may_edit=False))
    assert "ended by duty.two" in text(
        lookouts.lookouts_list([lookout(ended_at=NOW, ended_by="duty.two")], may_edit=False)
    )
    assert "Nothing is looked out for" in text(lookouts.lookouts_list([], may_edit=True))


def test_the_pages_are_made_without_a_reader() -> None:
    assert all((alerts.alerts_page(), load.load_page(), lookouts.lookouts_page()))


def test_a_short_name_does_not_say_the_cause_twice() -> None:
    assert alert_parts.alert_words(alert(title="Feed lost: AIS", cause="feed lost")) == "Feed lost: AIS"
    assert alert_parts.alert_words(alert()) == "Last moment near: SHIP 1"
