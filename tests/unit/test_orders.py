"""Orders: what one must say, what changed between two, word by word; which facts may stand in a situation report."""

from hypothesis import given
from hypothesis import strategies as st

from ops_centre.domain.handling import HandlingRule, Marking
from ops_centre.domain.orders import changed, differences, digest, missing, sealed_order, written
from ops_centre.domain.situation_reports import Fact, Source, handling_of, known_to, who_may_not
from tests.support.clock import START

OPEN = HandlingRule("OPS", Marking.GREEN)
CUSTOMS = HandlingRule("CUS", Marking.AMBER, frozenset({"OPS"}))
SHARED = HandlingRule("CUS", Marking.AMBER, frozenset({"OPS", "POL"}))
RULES = {1: OPEN, 2: CUSTOMS, 3: SHARED}
ROOM = ("OPS", "CUS", "POL", "BIO")
WORDS = st.lists(
    st.sampled_from(["Board", "the", "yacht", "TERN", "at", "Opua.\n", "“ā”", "  ", "12"]), max_size=30
).map(" ".join)


def fact(number: int, *handlings: int) -> Fact:
    return Fact(Source.ENTRY, str(number), START, "something happened", handlings)


@given(WORDS, WORDS)
def test_what_stayed_and_went_is_the_old_text_and_what_stayed_and_came_the_new(old: str, new: str) -> None:
    pieces = differences(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "came") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "went") == new


def test_a_changed_word_is_shown_beside_what_stayed() -> None:
    assert [(one.kind, one.text) for one in differences("Board at Opua today.", "Board at Russell today.")] == [
        ("same", "Board at "),
        ("went", "Opua "),
        ("came", "Russell "),
        ("same", "today."),
    ]


def test_an_order_needs_a_mission_and_an_execution() -> None:
    assert missing(written({"situation": "Fog.", "mission": " \0 "})) == ["mission", "execution"]
    assert changed(written({"mission": "a"}), written({"mission": "a\r\n"})) == []


def test_the_hash_of_an_order_changes_with_every_word_of_it() -> None:
    heads = written({"mission": "Board her."})
    first = digest(sealed_order("D26-001", 1, heads, "lead", START))
    assert first == digest(sealed_order("D26-001", 1, dict(heads), "lead", START))
    assert first != digest(sealed_order("D26-001", 1, heads | {"mission": "Board him."}, "lead", START))


def test_a_draft_takes_only_what_every_addressee_may_know_of() -> None:
    facts = [fact(1, 1), fact(2, 2), fact(3, 3), fact(4, 1, 2)]
    assert [one.id for one in known_to(facts, RULES, ["CUS"])] == ["1", "2", "3", "4"]
    assert [one.id for one in known_to(facts, RULES, ["CUS", "POL"])] == ["1", "3"]
    assert [one.id for one in known_to(facts, RULES, ["BIO"])] == ["1"]
    assert known_to([fact(5, 99)], RULES, ["OPS"]) == []  # handled as nobody knows


def test_an_addressee_who_may_not_know_is_named_with_what_stands_against_it() -> None:
    assert who_may_not(OPEN, [fact(2, 2), fact(4, 2)], RULES, ["CUS", "POL"]) == [
        "POL may not know of entry 2 and 1 more: draft it anew for those it goes to"
    ]
    (reason,) = who_may_not(CUSTOMS, [], RULES, ["OPS", "POL"])
    assert reason.startswith("POL may not know of the operation (CUS TLP:AMBER)")


@given(
    st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=2), max_size=5),
    st.sets(st.sampled_from(ROOM), min_size=1),
)
def test_whoever_may_see_a_report_may_know_of_all_that_it_tells(told: list[list[int]], addressed: set[str]) -> None:
    from ops_centre.domain.handling import may_see

    facts = known_to([fact(place, *one) for place, one in enumerate(told)], RULES, sorted(addressed))
    rule = handling_of(OPEN, facts, RULES, "OPS")
    for agency in ROOM:
        if may_see(rule, agency=agency, sees_restricted=True):
            assert known_to(facts, RULES, [agency]) == facts
    assert all(may_see(rule, agency=one, sees_restricted=True) for one in addressed)
