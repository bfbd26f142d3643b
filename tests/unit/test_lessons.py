"""Which lessons are put before a planner, and what a debrief needs before it is closed."""

import pytest

from ops_centre.domain.debriefs import lacking
from ops_centre.domain.lessons import MOST, Traits, likeness, most_alike, telling_words

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
