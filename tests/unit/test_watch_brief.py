"""The brief writes itself: what it tells, what speaks against "nothing to report", what is new at a second look."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from ops_centre.domain.brief import (
    SHOWN,
    Brief,
    Gathered,
    Section,
    contradictions,
    draft,
    new_since,
    read_brief,
    write_brief,
)
from ops_centre.domain.feeds import FeedLight
from ops_centre.domain.watches import AskerKind, Head, leaves
from tests.support.clock import START

AHEAD = timedelta(hours=12)
NOTHING = Gathered((), (), (), (), (), ())


def target(number: int = 1, **more: Any) -> SimpleNamespace:
    given = {
        "id": number, "label": f"SHIP {number}", "severity": "high", "status": "issued", "reason": "Rule 7",
        "subject_kind": "vessel", "claimed_by": None, "tasked": (), "lrm_at": None, "place_name": "Auckland", "place": "NZAKL",
        "arrives_at": START + timedelta(hours=3),
    }  # fmt: skip
    return SimpleNamespace(**(given | more))


def alert(number: int = 1, **more: Any) -> SimpleNamespace:
    given = {
        "id": number, "title": f"Feed {number} lost", "state": "unseen", "cause": "feed lost", "count": 1, "due_at": None,
        "severity": "high", "shelved_by": None, "shelve_reason": None, "shelved_until": None,
    }  # fmt: skip
    return SimpleNamespace(**(given | more))


def section(brief: Brief, name: str) -> Section:
    return next(one for one in brief.sections if one.name == name)


def texts(brief: Brief, name: str) -> list[str]:
    return [fact.text for fact in section(brief, name).facts]


def test_an_empty_picture_still_has_every_heading() -> None:
    brief = write_brief(NOTHING, START, AHEAD)
    assert brief.total == 0
    assert len(brief.sections) == 13
    assert contradictions(brief) == []


def test_targets_stand_under_what_they_lack() -> None:
    targets = [target(1), target(2, claimed_by="duty"), target(3, claimed_by="duty", tasked=("HAWK 2 en route",))]
    brief = write_brief(replace(NOTHING, targets=targets), START, AHEAD)
    assert texts(brief, "unworked") == ["SHIP 1"]
    assert texts(brief, "without unit") == ["SHIP 2"]
    assert texts(brief, "arrivals") == ["SHIP 1", "SHIP 2", "SHIP 3"]


def test_the_worst_target_leads_then_the_one_with_least_time() -> None:
    targets = [
        target(1, severity="normal", lrm_at=START),
        target(2, lrm_at=START + timedelta(hours=2)),
        target(3, lrm_at=START + timedelta(hours=1)),
        target(4, severity="top"),
    ]
    brief = write_brief(replace(NOTHING, targets=targets), START, AHEAD)
    assert texts(brief, "unworked") == ["SHIP 4", "SHIP 3", "SHIP 2", "SHIP 1"]


def test_what_arrives_later_than_the_brief_looks_is_left_out() -> None:
    brief = write_brief(replace(NOTHING, targets=[target(arrives_at=START + timedelta(hours=13))]), START, AHEAD)
    assert texts(brief, "arrivals") == []


def test_arrivals_alone_do_not_speak_against_nothing_to_report() -> None:
    coming = target(claimed_by="duty", tasked=("HAWK 2 en route",))
    brief = write_brief(replace(NOTHING, targets=[coming]), START, AHEAD)
    assert section(brief, "arrivals").total == 1
    assert contradictions(brief) == []


def test_an_alert_nobody_saw_speaks_against_it() -> None:
    brief = write_brief(replace(NOTHING, alerts=[alert()]), START, AHEAD)
    assert contradictions(brief) == ["Alerts nobody has acknowledged: 1"]


def test_an_overdue_enquiry_says_so() -> None:
    late = SimpleNamespace(id=1, asker="POL", question="Is TERN here?", due_at=START, taken_by=None)
    brief = write_brief(replace(NOTHING, enquiries=[late]), START, AHEAD)
    assert section(brief, "enquiries").facts[0].detail == "OVERDUE"


def test_a_lost_feed_is_silent_and_a_live_one_is_not() -> None:
    feeds = [
        SimpleNamespace(id=number, name=light.value, light=light, last_good_at=START)
        for number, light in enumerate(FeedLight)
    ]
    assert texts(write_brief(replace(NOTHING, feeds=feeds), START, AHEAD), "feeds") == ["late", "lost", "paused"]


def test_a_long_list_is_cut_and_counted() -> None:
    brief = write_brief(replace(NOTHING, alerts=[alert(n) for n in range(SHOWN + 5)]), START, AHEAD)
    unseen = section(brief, "unseen")
    assert (unseen.total, len(unseen.facts)) == (SHOWN + 5, SHOWN)


def test_a_stored_brief_is_read_back_as_it_was() -> None:
    brief = write_brief(replace(NOTHING, alerts=[alert()], targets=[target()]), START, AHEAD)
    assert read_brief(brief.plain()) == brief


def test_what_came_up_since_is_new_and_the_rest_is_not() -> None:
    before = write_brief(replace(NOTHING, alerts=[alert(1)]), START, AHEAD).plain()
    now = write_brief(replace(NOTHING, alerts=[alert(1), alert(2)]), START, AHEAD)
    assert new_since(before, now) == {("unseen", "alert:2")}


def test_the_draft_has_words_under_every_head() -> None:
    brief = write_brief(replace(NOTHING, alerts=[alert(n) for n in range(7)]), START, AHEAD)
    words = draft(brief)
    assert set(words) == set(Head)
    assert all(words.values())
    assert "and 2 more" in words[Head.SITUATION]


def test_an_answer_leaves_the_room_abroad_and_to_agencies_that_are_not_in_it() -> None:
    room = frozenset({"cus", "customs"})
    assert leaves(AskerKind.ABROAD, "CUS", room)
    assert leaves(AskerKind.AGENCY, "Fisheries", room)
    assert not leaves(AskerKind.AGENCY, "Customs", room)
    assert not leaves(AskerKind.UNIT, "HAWK 2", room)
    assert leaves(AskerKind.UNIT, "HAWK 2", room, said=True)
