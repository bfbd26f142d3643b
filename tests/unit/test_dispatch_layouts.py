"""The pages of dispatch as functions of views: what an officer reads in each state, without a server."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callbacks.chain import named_in
from callbacks.respond import asked_about
from layouts import cards, chain, chain_facts, criteria, decision_record, respond, respond_form, targets, taskings
from layouts.card_acts import CardActs
from layouts.components.painted import painted
from layouts.dispatch_words import slack_words, span
from layouts.respond_changes import changes, seen_of
from ops_centre.domain.options import Option, Options, Together
from ops_centre.picture.dispatch_views import (
    ChainThing,
    ChainView,
    CriterionRow,
    DecisionView,
    OutcomeView,
    ShownOptions,
    StepView,
    TaskingView,
)
from ops_centre.picture.views import HitRow, TargetCard, TargetRow
from ops_centre.picture.watch_views import AlertRow, TaskingRow

NOW = datetime(2026, 4, 1, 0, 4, 27, tzinfo=UTC)
HOSTILE = "<img src=x onerror=alert(1)>"


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def option(number: int = 1, **more: Any) -> Option:
    given = Option(
        unit_id=number, callsign=f"HAWK {number}", agency="CUS", unit_type="vessel", able=True, rank=number, travel_min=35,
        prep_min=10, distance_nm=12.4, manner="by sea", meet_lat=-36.8, meet_lon=174.8, meet_place="Auckland",
        meet_at=NOW + minutes(50), slack_min=40, position_age_min=2, crew=4, duty_left_min=180, uncovers=None,
        reasons=("nearest boarding team",), shortfalls=(), why_not=None, lrm_at=NOW + minutes(40),
    )  # fmt: skip
    return replace(given, **more)


def cannot(number: int, why: str) -> Option:
    return option(number, able=False, rank=None, why_not=why, lrm_at=None, slack_min=None)


def options(*able: Option, **more: Any) -> Options:
    given = Options(
        about_kind="target", about_id="12", label="CAP MANUEL", subject_kind="vessel", target_id=12, track_id=9,
        handling_id=1, place_name="Auckland", meet_how="at Auckland before it arrives", arrives_at=NOW + minutes(90),
        lrm_at=NOW + minutes(40), lrm_note=None, worked_out_at=NOW, revision=7, able=able, unable=(), together=(),
    )  # fmt: skip
    return replace(given, **more)


def target_row(**more: Any) -> TargetRow:
    row = TargetRow(
        id=12, subject_kind="vessel", label="CAP MANUEL", severity="top", status="issued", reason="Rule 7 v2", action=None,
        score=0.5, place="NZAKL", place_name="Auckland", place_lat=-36.84, place_lon=174.77, arrives_at=NOW + minutes(90),
        track_id=9, owner="CUS", marking="AMBER", releases=(), feed_id=3, issued_at=NOW, updated_at=NOW, revision=1,
        lrm_at=NOW + minutes(40),
    )  # fmt: skip
    return replace(row, **more)


def hit(criterion: str = "RULE-7", text: str | None = "<hit>raw</hit>") -> HitRow:
    return HitRow("h1", "rule", criterion, "2", "Late manifest.", 0.8, NOW, "targeting", "msg-1", text)


def card(*hits: HitRow, **row: Any) -> TargetCard:
    return TargetCard(target_row(**row), {}, hits or (hit(),), None)


def view(shown: Options, target: TargetCard | None = None) -> respond.RespondView:
    sheet = ShownOptions("token-1", shown, NOW, NOW + minutes(15))
    return respond.RespondView(sheet, target, "Duty Officer", 5, "CUS", "AMBER")


def page(*tree: Any) -> str:
    """All that is drawn, as the browser gets it. Raises TypeError for what is not plain HTML."""
    return painted(*tree)


def words(*tree: Any) -> str:
    """The texts alone."""

    def texts(nodes: list[Any]) -> list[str]:
        return [part for node in nodes for part in ([node] if isinstance(node, str) else texts(node[2:]))]

    return " ".join(" ".join(texts(json.loads(painted(*tree)))).split())


# Respond


def test_options_are_shown_best_first_with_what_speaks_for_and_against() -> None:
    second = option(2, uncovers="leaves Auckland without a vessel", shortfalls=("crew of 2 is small",))
    text = words(respond.respond_body(view(options(option(1), second), card())))
    assert text.index("HAWK 1") < text.index("HAWK 2")
    for part in ("nearest boarding team", "leaves Auckland without a vessel", "crew of 2 is small", "3 h 00 duty left"):
        assert part in text
    assert "12 nm by sea · after 10 min" in text


def test_the_subject_is_told_with_its_last_moment_and_its_hits_in_a_line() -> None:
    drawn = page(respond.respond_body(view(options(option()), card(hit(), hit("WATCHLIST-3")))))
    assert "Last responsible moment" in drawn
    assert "2 hits: " in drawn
    assert "WATCHLIST-3 2" in drawn
    assert "/chain/target/12" in drawn
    assert '"data-select": "target:12"'.replace(" ", "") in drawn


def test_why_there_is_no_last_moment_is_said() -> None:
    shown = options(option(lrm_at=None, slack_min=None), lrm_at=None, lrm_note="its time of arrival is not known")
    text = words(respond.respond_body(view(shown)))
    assert "its time of arrival is not known" in text
    assert "no last moment" in text


def test_where_no_unit_can_the_page_says_so_and_nobody_is_still_a_choice() -> None:
    shown = options(
        unable=(cannot(3, "in dock until Friday"),), together=(Together((3, 4), ("A", "B"), "both aboard"),)
    )
    text = words(respond.respond_body(view(shown)))
    assert "No unit can meet it." in text
    assert "1 unit cannot" in text
    assert "in dock until Friday" in text
    assert "A + B both aboard" in text
    assert "Send nobody" in text


def test_every_option_can_be_chosen_by_its_number_up_to_nine() -> None:
    drawn = json.loads(page(respond.respond_body(view(options(*(option(n) for n in range(1, 13)))))))
    keys = list(_elements(drawn, "kbd"))
    assert [key[2] for key in keys] == [*"123456789", "0"]


def _elements(nodes: list[Any], tag: str) -> list[Any]:
    found = []
    for node in nodes:
        if not isinstance(node, str):
            found += [node] if node[0] == tag else []
            found += _elements(node[2:], tag)
    return found


def test_hostile_text_stays_text() -> None:
    shown = options(option(callsign=HOSTILE, reasons=(HOSTILE,)), label=HOSTILE)
    nodes = json.loads(page(respond.respond_body(view(shown)), respond.respond_side(view(shown))))
    assert _elements(nodes, "img") == []
    assert HOSTILE in words(respond.respond_body(view(shown)))


def test_the_form_starts_from_what_the_target_recommends_and_the_own_name() -> None:
    drawn = page(respond.respond_side(view(options(option()), card(action="full search"))))
    assert "Full search: CAP MANUEL. Auckland." in drawn
    assert '"value":"Duty Officer"' in drawn
    assert "5 min" in drawn
    assert "TLP:AMBER" in drawn


@pytest.mark.parametrize(
    ("kind", "says"),
    [("vessel", "Meet, board and examine"), ("consignment", "Hold and examine"), ("sailing vessel", "Find CAP MANUEL")],
)
def test_the_intent_suits_the_subject(kind: str, says: str) -> None:
    assert respond_form.intent_of(options(subject_kind=kind), None).startswith(says)


def test_nothing_to_respond_to_and_a_subject_that_is_gone_lead_on() -> None:
    assert "/targets" in page(respond.nothing_asked())
    assert "released" in words(respond.not_possible("There is no such target, or it is not released to you."))


@pytest.mark.parametrize(
    ("search", "about"),
    [
        ("?about=target:12", ("target", "12")),
        ("?about=entry:7&x=1", ("entry", "7")),
        ("?about=user:1", None),
        ("?about=target:x", None),
        ("", None),
        (None, None),
    ],
)
def test_what_is_asked_about_is_read_from_the_address(search: Any, about: Any) -> None:
    assert asked_about(search) == about


@pytest.mark.parametrize(
    ("path", "named"),
    [("/chain/decision/12", ("decision", "12")), ("/chain", None), ("/chain/a/b/c", None), (None, None)],
)
def test_the_thing_of_the_chain_is_read_from_the_address(path: Any, named: Any) -> None:
    assert named_in(path) == named


# What changed since


def test_nothing_is_said_while_options_are_as_shown() -> None:
    shown = options(option(1), option(2))
    moved = options(option(1, meet_at=NOW + minutes(52)), option(2), lrm_at=NOW + minutes(38))
    assert changes(seen_of(shown), moved) == []
    assert respond.changes_note([]) == []


def test_a_unit_that_was_taken_is_named_with_why() -> None:
    fresh = options(option(2), unable=(cannot(1, "under tasking to TERN."),))
    said = changes(seen_of(options(option(1), option(2))), fresh)
    assert said[0] == "HAWK 1 cannot any more: under tasking to TERN."
    assert "HAWK 2 is now first." in said
    assert "Show new options (r)" in words(respond.changes_note(said))


def test_meetings_and_last_moments_that_moved_far_are_told() -> None:
    fresh = options(option(1, meet_at=NOW + minutes(75)), lrm_at=NOW + minutes(15))
    assert changes(seen_of(options(option(1))), fresh) == [
        "HAWK 1 meets it 25 min later.",
        "The last moment is 25 min earlier.",
    ]


def test_many_changes_are_counted() -> None:
    fresh = options(unable=tuple(cannot(n, "no crew") for n in range(1, 7)))
    said = changes(seen_of(options(*(option(n) for n in range(1, 7)))), fresh)
    assert len(said) == 4
    assert said[-1] == "And 3 more."


@pytest.mark.parametrize("seen", [None, 7, {}, {"about": "target:99"}, {"about": "target:12", "able": [1, ["x"]]}])
def test_what_the_browser_sends_back_is_not_trusted(seen: Any) -> None:
    assert changes(seen, options()) == []


@pytest.mark.parametrize(
    ("given", "state", "says"),
    [
        (-23, "past", "23 min too late"),
        (9, "soon", "9 min to spare"),
        (130, "ahead", "2 h 10 to spare"),
        (None, "unknown", "no last moment"),
    ],
)
def test_slack_is_told_in_words(given: float | None, state: str, says: str) -> None:
    assert slack_words(given) == (state, says)


@pytest.mark.parametrize(("given", "says"), [(None, None), (0.4, "0 min"), (59.6, "1 h 00"), (3000, "2 d 2 h")])
def test_spans_are_told_in_minutes_hours_and_days(given: float | None, says: str | None) -> None:
    assert span(given) == says


# Taskings


def tasking_row(**more: Any) -> TaskingRow:
    row = TaskingRow(
        id=5, decision_id=3, unit_id=2, callsign="HAWK 2", unit_agency="CUS", target_id=12, track_id=9, subject="CAP MANUEL",
        intent="Board and examine.", state="requested", meet_lat=None, meet_lon=None, meet_place="Auckland",
        meet_at=NOW + minutes(50), accept_by=NOW + minutes(5), due_at=None, requested_at=NOW, requested_by="duty.officer",
        accepted_at=None, en_route_at=None, on_scene_at=None, ended_at=None, checked_in_at=NOW, outcome_owed=False,
        owner="CUS", marking="AMBER",
    )  # fmt: skip
    return replace(row, **more)


def tasking(*, may: bool = True, outcomes: tuple[OutcomeView, ...] = (), **row: Any) -> TaskingView:
    given = tasking_row(**row)
    moves = (
        {"requested": ("accepted", "declined"), "on scene": ("complete",)}.get(given.state, ("on scene",))
        if may
        else ()
    )
    step = StepView(given.state, NOW, NOW, "duty.officer", "by radio", "says all is well", None, None, 41, late=True)
    return TaskingView(given, None, (step,), outcomes, moves, may, may, ())


def outcome(**more: Any) -> OutcomeView:
    given = OutcomeView(
        8, 5, 12, "CAP MANUEL", "HAWK 2", "positive", None, "cocaine", 12.5, "kg", None, NOW, NOW, "field.unit", 44, None,
        "CUS", "AMBER",
    )  # fmt: skip
    return replace(given, **more)


def board(**more: Any) -> taskings.TaskingsView:
    return replace(taskings.TaskingsView((), (), (), (), 30, may_report_outcome=True), **more)


def test_an_empty_board_says_of_every_state_that_there_is_none() -> None:
    text = words(taskings.taskings_board(board()))
    for title in ("Requested", "Accepted", "En route", "On scene", "Outcomes owed", "Ended today"):
        assert f"{title} 0" in text
    assert "0 units sent" in text


def test_a_requested_tasking_counts_down_to_acceptance_and_offers_the_steps() -> None:
    drawn = page(taskings.taskings_board(board(open=(tasking(),))))
    assert "to accept|not accepted in time" in drawn
    assert '\\"state\\": \\"accepted\\"' in drawn
    assert '\\"state\\": \\"declined\\"' in drawn
    assert '"data-opens":"taskings-cancel"' in drawn


def test_one_under_way_counts_down_to_its_check_in() -> None:
    drawn = page(taskings.taskings_board(board(open=(tasking(state="en route", en_route_at=NOW),))))
    assert "to next check-in|check-in overdue" in drawn
    assert "taskings/check-in" in drawn


def test_who_may_only_read_is_offered_no_act() -> None:
    shown = board(open=(tasking(may=False),), owed=(tasking(may=False, outcome_owed=True),), may_report_outcome=False)
    drawn = page(taskings.taskings_board(replace(shown, unmet=(target_row(),))))
    assert "<button" not in drawn
    assert '"button"' not in drawn


def test_outcomes_are_owed_by_taskings_and_by_targets_that_no_unit_was_sent_to() -> None:
    text = words(
        taskings.taskings_board(board(owed=(tasking(outcome_owed=True, ended_at=NOW),), unmet=(target_row(),)))
    )
    assert "Outcomes owed 2" in text
    assert "no unit was sent" in text


def test_what_ended_today_says_how_and_what_was_found() -> None:
    ended = tasking(state="complete", ended_at=NOW, outcomes=(outcome(),))
    assert "complete" in (text := words(taskings.taskings_board(board(ended=(ended,)))))
    assert "◆ positive cocaine" in text


def test_the_dialogs_hold_the_fields_of_their_acts() -> None:
    page_of_board = painted(taskings.report_dialog(), taskings.cancel_dialog(), taskings.outcome_dialog())
    for act in ("taskings/report", "taskings/cancel", "outcomes/report"):
        assert f'"data-do":"{act}"' in page_of_board
    for why in ("no unit", "weather", "released in error", "arrived early"):
        assert f'"value":"{why}"' in page_of_board


# Decision and chain


def decision(**more: Any) -> DecisionView:
    shown = options(option(1), option(2), unable=(cannot(3, "in dock"),)).as_plain()
    given = DecisionView(
        3, "target", "12", "CAP MANUEL", 12, 9, None, None, True, shown, 0, NOW - minutes(0.2), 7, NOW, (2,), ("HAWK 2",),
        "HAWK 1 is needed at the wharf.", "Shift Lead", "duty.officer", NOW, 41, (tasking_row(),), "CUS", "AMBER", (),
    )  # fmt: skip
    return replace(given, **more)


def test_the_record_shows_the_options_as_they_were_with_the_choice_marked() -> None:
    text = words(decision_record.decision_record(decision(withheld=2), "ab12"))
    for part in (
        "HAWK 2 sent to CAP MANUEL.", "HAWK 1 is needed at the wharf.", "Shift Lead", "duty.officer",
        "12 s before the decision", "entry 41", "ab12", "✓ chosen HAWK 2", "1 unit could not", 
        "2 units more that you may not see.",
    ):  # fmt: skip
        assert part in text
    assert text.count("✓ chosen") == 1


def test_sending_nobody_is_a_record_too() -> None:
    text = words(
        decision_record.decision_record(decision(sends=False, chosen=(), chosen_callsigns=(), taskings=()), None)
    )
    assert "Nobody was sent to CAP MANUEL." in text
    assert "No unit was sent." in text


def test_a_tasking_tells_each_step_with_who_and_how_and_when_it_was_recorded() -> None:
    text = words(decision_record.tasking_facts(tasking(outcomes=(outcome(superseded_by=9),))))
    for part in ("by radio", "recorded", "says all is well", "entry 41", "◆ positive", "12.5 kg"):
        assert part in text


def test_an_outcome_says_what_takes_its_place() -> None:
    text = words(decision_record.outcome_facts(outcome(superseded_by=9, result="not examined", reason="weather")))
    assert "– not examined" in text
    assert "weather" in text
    assert "outcome 9" in text


def thing(kind: str, number: int, title: str) -> ChainThing:
    return ChainThing(kind, str(number), title, f"{kind} in words", NOW, "duty.officer", f"/chain/{kind}/{number}")


def test_the_chain_shows_every_stage_and_says_what_is_missing() -> None:
    shown = ChainView(
        thing("target", 12, "CAP MANUEL"), (thing("hit", 4, "RULE-7"), thing("track", 9, "CAP MANUEL")), ()
    )
    drawn = page(chain.chain_body(shown, [], may_decide=True))
    for stage in ("nothing was decided yet", "no unit was sent", "no outcome yet", "no alert led to it"):
        assert stage in drawn
    assert '"href":"/respond?about=target:12"' in drawn
    assert "chain-thing here" in drawn
    assert "Beside it: " in drawn
    assert "/chain/hit/4" in drawn


def test_many_things_of_a_stage_are_folded_and_the_thing_itself_stays_in_sight() -> None:
    entries = tuple(thing("entry", n, f"Log entry {n}") for n in range(1, 12))
    drawn = page(chain.chain_body(ChainView(entries[-1], entries[:-1], ()), [], may_decide=False))
    assert "9 more" in drawn
    assert drawn.index("Log entry 11") < drawn.index("9 more")


def test_the_source_message_is_text() -> None:
    nodes = json.loads(page(chain_facts.hit_facts(hit(text=HOSTILE))))
    assert [pre[2] for pre in _elements(nodes, "pre")] == [HOSTILE]
    assert "no text" in words(chain_facts.source_section(hit(text=None)))


def test_a_thing_that_is_not_there_or_not_named_leads_on() -> None:
    assert "/log" in page(chain.no_such_thing("There is nothing of that name in the chain."))
    assert "/taskings" in page(chain.nothing_named())


def test_an_alert_leads_to_the_options() -> None:
    row = AlertRow(
        4, "target new", "top", "CAP MANUEL", "New.", "target", "12", None, 1, "unseen", NOW, NOW, None, None, None, None,
        None, None, None, "CUS", "AMBER",
    )  # fmt: skip
    assert "/respond?about=alert:4" in page(chain_facts.alert_facts(row, may_decide=True))
    assert "/respond" not in page(chain_facts.alert_facts(row, may_decide=False))


# Criteria


def criterion(name: str = "RULE-7", **more: Any) -> CriterionRow:
    return replace(CriterionRow(name, "2", 40, 30, 25, 5, 20, 2, 3, 0.2), **more)


def test_a_share_of_few_is_said_to_say_little() -> None:
    text = words(criteria.criteria_table([criterion(), criterion("FEW", examined=3, positive=1, share=1 / 3)], {}))
    assert "20% · 5 of 25" in text
    assert "33% · 1 of 3 few: says little" in text


def test_criteria_that_found_nothing_yet_say_so() -> None:
    assert "nothing examined yet" in words(criteria.criteria_table([criterion(examined=0, share=None)], {}))
    assert "No criterion has matched anything yet." in words(criteria.criteria_table([], {}))


@pytest.mark.parametrize(
    ("order", "first"),
    [({"column": "share", "descending": True}, "B"), ({"column": "criterion"}, "A"), ({"column": "x"}, "A")],
)
def test_criteria_are_sorted_by_any_column(order: dict[str, Any], first: str) -> None:
    rows = [criterion("A", share=0.1), criterion("B", share=0.9, hits=50)]
    text = words(criteria.criteria_table(rows, order))
    assert text.index(f"{first} version") < text.index(f"{'AB'.replace(first, '')} version")


# Cards and the table of targets


def test_the_card_of_a_target_offers_to_respond_and_to_claim_it() -> None:
    acts = CardActs(chain=ChainView(thing("target", 12, "CAP MANUEL"), (), ()), alert_to_claim=4, may_decide=True)
    drawn = page(cards.target_card(card(), acts))
    assert "/respond?about=target:12" in drawn
    assert "alerts/claim" in drawn
    assert "nothing was decided yet" in drawn
    assert "/chain/target/12" in drawn


def test_a_card_of_whoever_may_only_look_offers_nothing() -> None:
    drawn = page(cards.target_card(card(), CardActs()))
    assert "/respond" not in drawn
    assert "data-do" not in drawn


def test_the_card_shows_who_was_sent_and_asks_before_a_step_by_radio() -> None:
    acts = CardActs(taskings=(tasking(),), outcomes=(outcome(),), may_decide=True)
    drawn = page(cards.target_card(card(tasked=("HAWK 2 requested",), claimed_by="duty.officer"), acts))
    assert "HAWK 2 says by radio: accepted?" in drawn
    assert "with duty.officer" in drawn
    assert "to send a unit" not in drawn
    assert "◆ positive" in drawn


def test_the_table_of_targets_leads_to_options_and_chain() -> None:
    rows = [target_row(), target_row(id=13, tasked=("HAWK 2 en route",), claimed_by="duty.officer")]
    drawn = page(targets.targets_table(rows, "", targets.SOONEST_FIRST, may_decide=True))
    assert "/respond?about=target:12" in drawn
    assert "/respond?about=target:13" not in drawn
    assert "HAWK 2 en route" in drawn
    assert "/chain/target/13" in drawn
    assert "/respond" not in page(targets.targets_table(rows, "", targets.SOONEST_FIRST))
