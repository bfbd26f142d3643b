"""Which lessons are put before a planner, and what a debrief needs before it is closed."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from ops_centre.domain.debriefs import lacking
from ops_centre.domain.handling import HandlingRule, Marking
from ops_centre.domain.lessons import MOST, Traits, likeness, most_alike, telling_words
from ops_centre.models import Operation
from ops_centre.picture.lesson_putting import Matching

GATE = Traits(
    kinds=frozenset({"deliberate"}),
    places=frozenset({"NZAKL"}),
    spots=((-36.84, 174.78),),
    subjects=frozenset({"vessel"}),
    agencies=frozenset({"CUS"}),
    words=frozenset({"gangway", "container"}),
)


@pytest.mark.parametrize(
    ("lesson", "enough", "reason"),
    [
        (Traits(places=frozenset({"NZAKL"}), agencies=frozenset({"CUS"})), True, "same place: NZAKL"),
        (Traits(places=frozenset({"NZAKL"})), False, "same place: NZAKL"),
        (Traits(kinds=GATE.kinds, subjects=GATE.subjects), True, "same subject: vessel"),
        (Traits(kinds=GATE.kinds, agencies=GATE.agencies), False, "agencies: CUS"),
        (
            Traits(places=frozenset({"NZORR"}), spots=((-36.6, 174.9),), words=frozenset({"gangway", "container"})),
            True,
            "near place: NZORR, 16 nm",
        ),
        (Traits(spots=((-43.6, 172.7),), kinds=GATE.kinds), False, "same kind: deliberate"),
        (Traits(words=frozenset({"gangway"})), False, "words in common: gangway"),
    ],
)
def test_a_lesson_is_put_before_a_planner_when_enough_speaks_for_it(lesson: Traits, enough: bool, reason: str) -> None:
    found = likeness(lesson, GATE)
    assert found.is_enough is enough
    assert reason in found.reasons


def test_places_on_both_sides_of_the_date_line_are_near() -> None:
    lesson = Traits(places=frozenset({"FJX"}), spots=((-19.0, 179.8),))
    assert likeness(lesson, Traits(spots=((-19.0, -179.8),))).reasons == ("near place: FJX, 23 nm",)


def test_no_more_lessons_than_a_planner_will_read_are_put_before_them_the_most_alike_first() -> None:
    near = Traits(kinds=GATE.kinds, subjects=GATE.subjects)
    lessons = [(number, near) for number in range(20)] + [(99, GATE)]
    found = most_alike(lessons, GATE)
    assert len(found) == MOST
    assert found[0][0] == 99
    assert most_alike([(1, Traits())], GATE) == []


def test_words_that_stand_in_every_plan_tell_nothing() -> None:
    assert telling_words("The operation: boarding teams at the GANGWAY", "Gangways 2026, whānau") == [
        "boarding",
        "gangway",
        "whanau",
    ]


def test_a_debrief_is_closed_when_it_says_what_was_meant_what_happened_why_and_what_follows() -> None:
    assert lacking("", [], "") == [
        "what was meant", "what happened", "why", "what to keep or to change", "a summary",
    ]  # fmt: skip
    assert lacking("To search her.", ["happened", "why", "change"], "Late.") == []


def _lesson_row(number: int, handling: int, about_id: str | None, place: str, word: str) -> SimpleNamespace:
    return SimpleNamespace(
        id=number, handling_id=handling, about_id=about_id, kinds=["deliberate"], places=[place],
        subjects=["vessel"] if number % 2 else ["flight"], agencies=["CUS"] if number % 3 else ["POL"], words=[word],
    )  # fmt: skip


def _operation(number: int, **given: Any) -> Operation:
    values = {"kind": "deliberate", "place": "NZAKL", "area": [], "subjects": ["vessel"], "agencies": ["CUS"],
              "name": "Gangway", "purpose": "Containers.", "handling_id": 1}  # fmt: skip
    return Operation(id=number, **(values | given))


def test_what_is_kept_of_the_lessons_asked_is_what_matching_all_of_them_anew_gives() -> None:
    rows = [
        _lesson_row(
            n, 1 + n % 3, "7" if n % 5 == 0 else None, ("NZAKL", "NZORR", "NZCHC")[n % 3], ("gangway", "seal")[n % 2]
        )
        for n in range(60)
    ]
    rules = {
        1: HandlingRule("OPS", Marking.AMBER, frozenset({"CUS"})),
        2: HandlingRule("OPS", Marking.GREEN),
        3: HandlingRule("POL", Marking.RED),
    }
    kept = Matching(b"", rows, rules)
    first = _operation(7)
    steps: list[Callable[[], object]] = [
        lambda: None,
        lambda: setattr(first, "place", "NZCHC"),
        lambda: first.subjects.append("flight"),  # in place: what was kept must not follow it
        lambda: setattr(first, "handling_id", 3),
        lambda: setattr(first, "place", None),
        lambda: first.area.append({"kind": "polygon", "points": [[-36.84, 174.78], [-36.9, 174.8], [-36.9, 174.7]]}),
        lambda: setattr(first, "purpose", "Seals of parcels."),
    ]
    answers = []
    for step in steps:
        step()
        for operation in (first, _operation(8), _operation(8, handling_id=2)):
            found = kept.asked(operation)
            assert found == kept.asked(operation) == Matching(b"", rows, rules).asked(operation)
            answers.append(tuple(found))
    assert len(set(answers)) > len(steps)


def test_a_lesson_that_not_all_who_see_the_operation_may_see_is_not_asked() -> None:
    rows = [_lesson_row(1, 3, None, "NZAKL", "gangway"), _lesson_row(2, 1, "7", "NZAKL", "gangway")]
    matching = Matching(b"", rows, {1: HandlingRule("OPS", Marking.GREEN), 3: HandlingRule("POL", Marking.RED)})
    assert matching.asked(_operation(7)) == [], "one is for police only, the other was learned in this very operation"
    assert [number for number, _alike in matching.asked(_operation(8))] == [2]
