"""Rules behind the options: what is asked for, who may, how long people may work, what a leaving uncovers."""

from datetime import timedelta

from ops_centre.config import load
from ops_centre.domain.authority import AuthorityRule, Demand, NeedRule, demand_of, together
from ops_centre.domain.crewing import Duty, unbroken
from ops_centre.domain.ranking import Uncovering
from ops_centre.domain.telling import length_of
from ops_centre.domain.travel import UnitNow
from ops_centre.domain.units import UnitType
from ops_centre.exercise.criteria import CRITERIA
from ops_centre.exercise.roster import ROSTER
from tests.support.clock import START

NEEDS = (
    NeedRule("vessel", (), (("boarding",),)),
    NeedRule("vessel", ("hull",), (("divers", "hull search"),)),
    NeedRule("vessel", ("stores",), (("vessel inspection",),)),
)
AUTHORITY = (AuthorityRule("CUS", "vessel"), AuthorityRule("BIO", "vessel", ("hull",)))


def test_rules_whose_words_stand_in_the_action_all_apply_and_else_the_ordinary_one() -> None:
    assert demand_of(NEEDS, AUTHORITY, "vessel", "Inspect stores and HULL").needs == (
        ("divers", "hull search"),
        ("vessel inspection",),
    )
    assert demand_of(NEEDS, AUTHORITY, "vessel", None).needs == (("boarding",),)


def test_authority_goes_by_the_action_and_a_kind_nobody_spoke_of_is_open() -> None:
    assert demand_of(NEEDS, AUTHORITY, "vessel", "Hull inspection").allows("BIO")
    assert not demand_of(NEEDS, AUTHORITY, "vessel", "Board").allows("BIO")
    assert demand_of(NEEDS, AUTHORITY, "person", "x").allows("ANY")


def test_the_smallest_set_with_an_agency_in_authority_is_found() -> None:
    demand = Demand((("a",), ("b",)), frozenset({"CUS"}))
    units = [(1, "BIO", ("a",)), (2, "BIO", ("b",)), (3, "CUS", ("b",))]
    assert together(demand, units) == [(1, 3)]
    assert together(demand, units[:2]) == []


def test_duties_that_follow_one_another_are_one_and_duty_hours_end_them() -> None:
    hour = timedelta(hours=1)
    shifts = [Duty(START - hour, START + hour), Duty(START + hour, START + 9 * hour, duty_hours=6.0)]
    assert unbroken(shifts, START, START + 99 * hour) == ((START - hour, START + 7 * hour),)
    assert unbroken([Duty(START - hour, None)], START, START + 5 * hour) == ((START - hour, START + 5 * hour),)
    assert unbroken([Duty(START, START - hour)], START, START) == ()


def test_a_units_leaving_uncovers_its_place_only_when_it_is_the_last_of_its_kind() -> None:
    one, two = (
        UnitNow(n, f"K{n}", "CUS", UnitType.DOG_TEAM, (), "available", place="NZAA", station="Auckland") for n in (1, 2)
    )
    arrivals = [("NZAA", START + timedelta(hours=1)), ("NZAA", START + timedelta(hours=9)), (None, START)]
    back = START + timedelta(hours=2)
    assert Uncovering([one, two], arrivals).of(one, START, back) is None
    said = Uncovering([one], arrivals).of(one, START, back)
    assert said == "the only dog team free at Auckland; 1 target arrives there meanwhile"


def test_lengths_are_told_as_people_say_them() -> None:
    assert [length_of(m) for m in (0, 59.4, 61, -125, 5000)] == [
        "0 min",
        "59 min",
        "1 h 01 min",
        "2 h 05 min",
        "3 d 11 h",
    ]


def test_every_action_of_the_exercise_can_be_met_by_units_of_its_roster() -> None:
    settings = load({})
    needs = [NeedRule(r.subject, tuple(r.words), tuple(tuple(n) for n in r.needs)) for r in settings.needs]
    authority = [AuthorityRule(r.agency, r.subject, tuple(r.words)) for r in settings.authority]
    held = [(number, post.agency, post.capabilities) for number, post in enumerate(ROSTER)]
    for kind, criteria in CRITERIA.items():
        for criterion in criteria:
            demand = demand_of(needs, authority, kind.value, criterion.action)
            alone = any(demand.allows(agency) and not demand.lacks(skills) for _n, agency, skills in held)
            assert alone or together(demand, held), criterion.action
