"""Finding entries of the duty log: words, filters, pages, and never what the reader may not see."""

from datetime import timedelta
from typing import Any

import pytest

from ops_centre.auth.roles import Role
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.log_filter import LogFilter
from ops_centre.errors import NotFound, NotPermitted
from tests.factories import actor, make_feed, make_handling, make_target, make_unit, make_vessel
from tests.support.clock import START
from tests.watch_factories import make_entry

OFFICER = actor()
IMMIGRATION = actor(Role.AGENCY_LIAISON, "IMM")
CUSTOMS = actor(Role.AGENCY_LIAISON, "CUS")
WALL = actor(Role.WALL)


def log_of(ops: Any, *texts: str, **given: Any) -> list[int]:
    with ops.db.begin() as session:
        return [make_entry(session, text, **given) for text in texts]


def texts(ops: Any, who: Any = OFFICER, **wanted: Any) -> list[str]:
    return [row.text for row in ops.log.page(who, LogFilter(**wanted))]


def test_the_newest_entries_come_first(ops: Any) -> None:
    log_of(ops, "one", "two", "three")
    assert texts(ops) == ["three", "two", "one"]


def test_pages_follow_each_other_without_gap_or_repetition(ops: Any) -> None:
    log_of(ops, *(f"entry {number}" for number in range(7)))
    seen: list[int] = []
    before = None
    while rows := ops.log.page(OFFICER, LogFilter(text="entry"), before, limit=3):
        seen += [row.seq for row in rows]
        before = seen[-1]
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_what_is_new_since_an_entry_can_be_asked_for(ops: Any) -> None:
    log_of(ops, "one", "two", "three")
    assert [row.seq for row in ops.log.page(OFFICER, LogFilter(), after=1)] == [3, 2]


def test_a_walk_gives_every_entry_that_matches(ops: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops_centre.picture.log_reads.WALK_STEP", 2)
    log_of(ops, "one", "two", "three", "four")
    assert [row.seq for row in ops.log.walk(OFFICER)] == [4, 3, 2, 1]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("tern", {"TERN at anchor", "terns over the wharf"}),  # the last word may go on
        ("tern anchor", {"TERN at anchor"}),
        ("anch tern", set()),  # only the last word may go on
        ('"tern at"', {"TERN at anchor"}),
        ('"at tern"', set()),
        ("whangarei", {"Whāngārei harbour"}),
        ("WHĀNGĀREI", {"Whāngārei harbour"}),
        ("vhf 16", {"VHF-16/call"}),
        ("36.8", {"at 36.85 south"}),
        ("nowhere", set()),
    ],
)
def test_words_are_found(ops: Any, wanted: str, found: set[str]) -> None:
    log_of(ops, "TERN at anchor", "terns over the wharf", "Whāngārei harbour", "VHF-16/call", "at 36.85 south")
    assert set(texts(ops, text=wanted)) == found


@pytest.mark.parametrize(
    "wanted",
    [
        '"',
        "'",
        "a AND",
        "words:x",
        "NEAR(a b)",
        "x*y",
        "-a",
        "^a",
        "{a b}",
        "a' | 'b",
        "\\",
        "<->",
        "%",
        "!x",
        "a:*b",
        "(",
        "\0",
    ],
)
def test_no_sign_in_a_search_is_syntax(ops: Any, wanted: str) -> None:
    log_of(ops, "quiet")
    assert texts(ops, text=wanted) in ([], ["quiet"])


def test_nobody_finds_entries_by_the_marks_of_the_index(ops: Any) -> None:
    log_of(ops, "quiet")
    for word in ("h1", "=h1", "bs", "=bs", "knote", "facets : bs"):
        assert texts(ops, text=word) == []


def test_filters_narrow_together(ops: Any) -> None:
    maker = actor(user_id=7, name="duty.officer", display_name="Duty")
    log_of(ops, "call by officer", author=maker, kind=EntryKind.CALL, by_system=False)
    log_of(ops, "note by officer", author=maker, by_system=False)
    log_of(ops, "feed by centre", kind=EntryKind.FEED)
    log_of(ops, "call by customs", author=actor(agency="CUS", name="cus.x"), kind=EntryKind.CALL, by_system=False)
    assert texts(ops, kinds=("call",)) == ["call by customs", "call by officer"]
    assert texts(ops, kinds=("call", "feed"), by="centre") == ["feed by centre"]
    assert texts(ops, author="duty.officer") == ["note by officer", "call by officer"]
    assert texts(ops, agency="CUS", by="people") == ["call by customs"]
    assert texts(ops, author="duty.officer", text="call") == ["call by officer"]


def test_entries_are_found_by_what_they_refer_to(ops: Any) -> None:
    log_of(ops, "about both", links=[link(ThingKind.UNIT, 3, "HAWK"), link(ThingKind.OPERATION, "kahu", "Kahu")])
    log_of(ops, "about the unit", links=[link(ThingKind.UNIT, 3, "HAWK")])
    log_of(ops, "about another", links=[link(ThingKind.UNIT, 33, "KEA")])
    assert texts(ops, unit_id=3) == ["about the unit", "about both"]
    assert texts(ops, unit_id=3, operation="#KAHU") == ["about both"]
    assert texts(ops, thing=("unit", "33")) == ["about another"]


def test_times_may_be_of_the_event_or_of_the_writing(ops: Any) -> None:
    noon, hour = START, timedelta(hours=1)
    log_of(ops, "in time", now=noon, occurred_at=noon)
    log_of(ops, "late", now=noon + 30 * hour, occurred_at=noon)
    log_of(ops, "afterwards", now=noon + 31 * hour, occurred_at=noon + 31 * hour)
    span = {"since": noon - hour, "until": noon + hour}
    assert texts(ops, **span) == ["late", "in time"]
    assert texts(ops, **span, clock="recorded") == ["in time"]
    assert texts(ops, **span, text="late") == ["late"]
    assert texts(ops, since=noon + 2 * hour) == ["afterwards"]


def test_pages_by_time_go_on_from_late_entries_to_the_others(ops: Any) -> None:
    log_of(ops, *(f"in time {number}" for number in range(3)), now=START, occurred_at=START)
    log_of(ops, *(f"late {number}" for number in range(3)), now=START + timedelta(hours=5), occurred_at=START)
    wanted = LogFilter(until=START + timedelta(minutes=1))
    first = [row.seq for row in ops.log.page(OFFICER, wanted, limit=4)]
    rest = [row.seq for row in ops.log.page(OFFICER, wanted, before=first[-1], limit=4)]
    assert first + rest == [6, 5, 4, 3, 2, 1]


def test_what_is_withheld_is_not_found_counted_or_opened(ops: Any) -> None:
    with ops.db.begin() as session:
        amber = make_handling(session, "CUS", "AMBER")
        hidden = make_entry(session, "TERN carries a secret", handling_id=amber.id)
        make_entry(session, "TERN at anchor")
    assert texts(ops, CUSTOMS, text="tern") == ["TERN at anchor", "TERN carries a secret"]
    for reader in (IMMIGRATION, WALL, OFFICER):
        assert texts(ops, reader, text="tern") == ["TERN at anchor"]
        assert texts(ops, reader, text="secret") == []
        assert texts(ops, reader) == ["TERN at anchor"]
        assert ops.log.count(reader, LogFilter(text="tern")).number == 1
        assert [row.seq for row in ops.log.walk(reader)] == [hidden + 1]
        with pytest.raises(NotFound):
            ops.log.entry(reader, hidden)
        assert ops.log.card(reader, hidden + 1).before is None


def test_a_correction_that_is_withheld_leaves_no_trace(ops: Any) -> None:
    with ops.db.begin() as session:
        old = make_entry(session, "Old")
        make_entry(session, "New", corrects=old, handling_id=make_handling(session, "CUS", "AMBER").id)
    assert ops.log.entry(IMMIGRATION, old).corrected_by == ()
    assert ops.log.card(IMMIGRATION, old).corrections == ()
    assert ops.log.entry(CUSTOMS, old).corrected_by == (old + 1,)


def test_an_unknown_entry_and_a_withheld_one_get_the_same_answer(ops: Any) -> None:
    with ops.db.begin() as session:
        hidden = make_entry(session, "x", handling_id=make_handling(session, "CUS", "RED").id)
    said = set()
    for seq in (hidden, 10**6, 0, 2**63):
        with pytest.raises(NotFound) as refused:
            ops.log.card(IMMIGRATION, seq)
        said.add(str(refused.value))
    assert len(said) == 1


def test_who_may_not_read_the_log_reads_nothing(ops: Any) -> None:
    stranger = actor(Role.FIELD_UNIT, "CUS")
    for ask in (ops.log.page, ops.log.count):
        with pytest.raises(NotPermitted):
            ask(stranger)
    with pytest.raises(NotPermitted):
        ops.log_completion.complete(stranger, "#", "k")


# Completion


def test_words_behind_signs_are_completed(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        make_unit(session, feed, callsign="HAWK 3")
        make_unit(session, feed, callsign="KEA 1")
        make_target(session, feed, label="TERN")
        make_vessel(session, feed, name="Tūī", mmsi=512999001)
        make_entry(session, "x", links=[link(ThingKind.OPERATION, "kahu", "KAHU")])
    with ops.db.reading() as session:
        ops.picture.live.present.load(session)
    assert [one.label for one in ops.log_completion.complete(OFFICER, "@", "ha")] == ["HAWK 3"]
    assert [one.label for one in ops.log_completion.complete(OFFICER, "!", "te")] == ["TERN"]
    assert [one.label for one in ops.log_completion.complete(OFFICER, "~", "512999")] == ["Tūī"]
    assert [one.label for one in ops.log_completion.complete(OFFICER, "#", "KA")] == ["KAHU"]
    assert ops.log_completion.complete(OFFICER, "?", "a") == []


def test_nothing_is_completed_that_the_reader_may_not_see(ops: Any) -> None:
    with ops.db.begin() as session:
        amber = make_handling(session, "CUS", "AMBER")
        feed = make_feed(session)
        make_target(session, feed, handling=amber, label="TERN")
        make_entry(session, "x", handling_id=amber.id, links=[link(ThingKind.OPERATION, "kahu", "KAHU")])
    with ops.db.reading() as session:
        ops.picture.live.present.load(session)
    for sign, begun, label in (("!", "te", "TERN"), ("#", "ka", "KAHU")):
        assert [one.label for one in ops.log_completion.complete(CUSTOMS, sign, begun)] == [label]
        for reader in (IMMIGRATION, WALL):
            assert ops.log_completion.complete(reader, sign, begun) == []
