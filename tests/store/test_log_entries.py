"""Writing in the duty log and putting it right: what is stored, who may, and under which marking."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.domain.duty_log import EntryKind
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import LogEntry, LogLink
from ops_centre.services.deeds import Repeated
from ops_centre.services.log_entries import Correction, NewEntry
from tests.factories import actor, make_feed, make_handling, make_target, make_unit, make_vessel
from tests.watch_factories import make_entry

OFFICER = actor(user_id=11, name="duty.officer", display_name="Duty Officer")
OTHER = actor(user_id=12, name="other.officer", display_name="Other Officer")
LEAD = actor(Role.SHIFT_LEAD, user_id=13, name="shift.lead", display_name="Shift Lead")
CUSTOMS = actor(Role.AGENCY_LIAISON, "CUS", user_id=14, name="customs.liaison")


def written(ops: Any, who: Actor = OFFICER, text: str = "All quiet.", **given: Any) -> Any:
    answer = ops.entries.write(who, NewEntry(text, **given))
    return ops.log.entry(who, answer["seq"])


def targeted(ops: Any, owner: str, marking: str, releases: str = "") -> int:
    with ops.db.begin() as session:
        target = make_target(session, make_feed(session), handling=make_handling(session, owner, marking, releases))
        return int(target.id)


def test_an_entry_says_who_wrote_it_when_and_that_a_person_did(ops: Any, frozen_clock: Any) -> None:
    entry = written(ops, text="Yacht seen off Ōpua.")
    assert (entry.text, entry.kind, entry.by_system) == ("Yacht seen off Ōpua.", "observation", False)
    assert (entry.author, entry.author_name, entry.agency) == ("duty.officer", "Duty Officer", "OPS")
    assert entry.recorded_at == entry.occurred_at == frozen_clock.now()
    assert (entry.owner, entry.marking) == ("OPS", "GREEN")


def test_a_kind_that_was_chosen_is_kept(ops: Any) -> None:
    assert written(ops, text="Yacht seen off Opua.", kind="call").kind == "call"


@pytest.mark.parametrize("kind", ["decision", "watch", "nonsense"])
def test_only_the_kinds_of_people_can_be_chosen(ops: Any, kind: str) -> None:
    with pytest.raises(Invalid):
        written(ops, kind=kind)


def test_what_was_chosen_becomes_a_link_with_the_name_it_has_now(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        unit = make_unit(session, feed, callsign="HAWK 3").id
        target = make_target(session, feed, label="TERN").id
        track = make_vessel(session, feed, name="CAP MANUEL").id
    chosen = (("unit", str(unit)), ("target", str(target)), ("track", str(track)))
    entry = written(ops, text="#Kahu @HAWK met !TERN by ~CAP.", links=chosen)
    assert entry.links == (
        ("unit", str(unit), "HAWK 3"),
        ("target", str(target), "TERN"),
        ("track", str(track), "CAP MANUEL"),
        ("operation", "kahu", "Kahu"),
    )
    with ops.db.reading() as session:
        assert len(list(session.scalars(select(LogLink).where(LogLink.seq == entry.seq)))) == 4


@pytest.mark.parametrize("link", [("unit", "99"), ("target", "99"), ("track", "99"), ("target", "x"), ("entry", "99")])
def test_an_entry_cannot_refer_to_what_is_not_there(ops: Any, link: tuple[str, str]) -> None:
    with pytest.raises(NotFound):
        written(ops, links=(link,))


def test_an_entry_cannot_refer_to_what_its_author_may_not_know_of(ops: Any) -> None:
    hidden = targeted(ops, "CUS", "AMBER")
    with pytest.raises(NotFound):
        written(ops, links=(("target", str(hidden)),))


def test_an_entry_takes_the_strictest_marking_of_what_it_refers_to(ops: Any) -> None:
    closed, closer = targeted(ops, "CUS", "AMBER", "BIO,OPS"), targeted(ops, "IMM", "RED", "CUS,OPS")
    entry = written(ops, links=(("target", str(closed)), ("target", str(closer))))
    assert entry.marking == "RED"
    assert {entry.owner, *entry.releases} == {"CUS", "OPS"}  # who may know of both


def test_the_marking_may_be_raised(ops: Any) -> None:
    entry = written(ops, marking="AMBER")
    assert (entry.owner, entry.marking) == ("OPS", "AMBER")
    with pytest.raises(NotFound):
        ops.log.entry(CUSTOMS, entry.seq)


def test_the_marking_is_lowered_by_a_shift_lead_of_the_owner_alone_and_that_is_noted(ops: Any) -> None:
    target = targeted(ops, "OPS", "AMBER")
    chosen = {"links": (("target", str(target)),), "marking": "GREEN"}
    with pytest.raises(NotPermitted, match="lower"):
        written(ops, **chosen)
    entry = written(ops, LEAD, **chosen)
    assert entry.marking == "GREEN"
    assert entry.detail == {"lowered_from": "OPS TLP:AMBER"}


def test_a_time_set_back_is_kept_beside_the_time_of_writing(ops: Any, frozen_clock: Any) -> None:
    then = frozen_clock.now() - timedelta(minutes=5)
    entry = written(ops, occurred_at=then)
    assert (entry.occurred_at, entry.recorded_at) == (then, frozen_clock.now())


def test_the_future_is_refused_beyond_what_clocks_differ(ops: Any, frozen_clock: Any) -> None:
    assert written(ops, occurred_at=frozen_clock.now() + timedelta(seconds=30)).occurred_at == frozen_clock.now()
    with pytest.raises(Invalid, match="future"):
        written(ops, occurred_at=frozen_clock.now() + timedelta(minutes=2))


def test_more_than_a_day_back_must_be_meant(ops: Any, frozen_clock: Any) -> None:
    then = frozen_clock.now() - timedelta(hours=25)
    with pytest.raises(Invalid, match="24 hours"):
        written(ops, occurred_at=then)
    assert written(ops, occurred_at=then, set_back=True).occurred_at == then


@pytest.mark.parametrize("text", ["", "  \n ", "\0", "x" * 8001])
def test_an_entry_needs_words_and_not_too_many(ops: Any, text: str) -> None:
    with pytest.raises(Invalid):
        written(ops, text=text)


def test_hostile_words_are_kept_as_words(ops: Any) -> None:
    text = "<img src=x onerror=alert(1)> \u202egnp.exe ' OR 1=1 --"
    assert written(ops, text=text).text == text
    assert written(ops, text="x" * 8000).text == "x" * 8000
    assert written(ops, text="a\0b").text == "a b"


def test_a_request_that_is_repeated_writes_once(ops: Any) -> None:
    first = ops.entries.write(OFFICER, NewEntry("Once."), "request-1")
    with pytest.raises(Repeated) as again:
        ops.entries.write(OFFICER, NewEntry("Once."), "request-1")
    assert again.value.answer["seq"] == first["seq"]
    assert ops.log.count(OFFICER).number == 1


def test_who_may_not_write_does_not(ops: Any) -> None:
    with pytest.raises(NotPermitted):
        written(ops, actor(Role.WALL))


# Corrections


def test_a_correction_is_an_entry_of_its_own_and_the_old_one_stays(ops: Any, frozen_clock: Any) -> None:
    old = written(ops, text="Called by HAWK 3.", decider="Shift lead")
    frozen_clock.advance(minutes=3)
    new = ops.entries.correct(OFFICER, old.seq, Correction("Called by HAWK 4.", "wrong callsign"))["seq"]
    kept, correction = ops.log.entry(OFFICER, old.seq), ops.log.entry(OFFICER, new)
    assert (kept.text, kept.corrected_by) == ("Called by HAWK 3.", (new,))
    assert (correction.kind, correction.corrects, correction.decider) == (old.kind, old.seq, "Shift lead")
    assert correction.occurred_at == old.occurred_at
    assert correction.detail == {"reason": "wrong callsign"}
    assert ("entry", str(old.seq), f"entry {old.seq}") in correction.links


def test_corrections_of_corrections_are_one_chain(ops: Any) -> None:
    first = written(ops).seq
    second = ops.entries.correct(OFFICER, first, Correction("Two", "typing"))["seq"]
    third = ops.entries.correct(OFFICER, second, Correction("Three", "typing"))["seq"]
    for seq in (first, second, third):
        assert [row.seq for row in ops.log.card(OFFICER, seq).corrections] == [first, second, third]


def test_an_entry_is_corrected_once(ops: Any) -> None:
    old = written(ops).seq
    ops.entries.correct(OFFICER, old, Correction("Two", "typing"))
    with pytest.raises(Conflict, match="already"):
        ops.entries.correct(LEAD, old, Correction("Other", "typing"))


def test_an_entry_is_corrected_by_its_author_or_a_shift_lead(ops: Any) -> None:
    old = written(ops).seq
    with pytest.raises(NotPermitted):
        ops.entries.correct(OTHER, old, Correction("Mine now", "because"))
    assert not ops.log.card(OTHER, old).may_correct
    assert ops.log.card(LEAD, old).may_correct
    assert ops.entries.correct(LEAD, old, Correction("Checked", "reviewed"))["seq"] > old


def test_what_the_centre_wrote_is_annotated_likewise(ops: Any) -> None:
    with ops.db.begin() as session:
        old = make_entry(session, "AIS lost.", kind=EntryKind.FEED)
    new = ops.entries.correct(LEAD, old, Correction("AIS lost: planned work at the station.", "known cause"))["seq"]
    entry = ops.log.entry(LEAD, new)
    assert (entry.kind, entry.corrects, entry.by_system) == ("feed", old, False)


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_correction_needs_a_reason(ops: Any, reason: str) -> None:
    old = written(ops).seq
    with pytest.raises(Invalid, match="why"):
        ops.entries.correct(OFFICER, old, Correction("Two", reason))


def test_what_is_withheld_cannot_be_corrected_and_looks_as_if_it_were_not_there(ops: Any) -> None:
    with ops.db.begin() as session:
        hidden = make_entry(session, "Secret.", handling_id=make_handling(session, "IMM", "AMBER").id)
    said = []
    for seq in (hidden, 999):
        with pytest.raises(NotFound) as refused:
            ops.entries.correct(LEAD, seq, Correction("x", "y"))
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_a_correction_keeps_the_marking_and_may_not_bring_in_what_is_closer(ops: Any) -> None:
    open_entry, closed = written(ops).seq, targeted(ops, "OPS", "AMBER")
    with pytest.raises(Invalid, match="closer"):
        ops.entries.correct(OFFICER, open_entry, Correction("About it", "more", links=(("target", str(closed)),)))
    marked = written(ops, links=(("target", str(closed)),))
    new = ops.entries.correct(OFFICER, marked.seq, Correction("About it", "typing"))["seq"]
    assert ops.log.entry(OFFICER, new).marking == "AMBER"


def test_every_deed_on_the_log_is_sealed_to_the_one_before(ops: Any) -> None:
    first = written(ops).seq
    ops.entries.correct(OFFICER, first, Correction("Two", "typing"))
    with ops.db.reading() as session:
        chains = [row.chain_hash for row in session.scalars(select(LogEntry).order_by(LogEntry.seq))]
    assert len(set(chains)) == 2
