"""Enquiries: taken down, taken up, answered; nothing leaves without a legal basis, nobody reads what is not theirs."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain.duty_log import ThingKind
from ops_centre.domain.watches import AskerKind
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import LogEntry, LogLink
from ops_centre.picture.enquiry_reads import EnquiryFilter
from ops_centre.services.enquiries import Asked
from tests.factories import actor, make_feed, make_handling, make_restricted_target, make_target, make_vessel
from tests.store.test_watches import at_once, people
from tests.support.clock import START, FakeClock

DUTY = actor(name="duty", display_name="Duty")
POLICE = actor(Role.AGENCY_LIAISON, "POL", name="police")


def asked(**given: Any) -> Asked:
    """A question of the police, due in an hour."""
    values = {
        "asker_kind": AskerKind.AGENCY,
        "asker": "POL",
        "question": "Is the yacht TERN in the country?",
        "due_at": START + timedelta(hours=1),
    }
    return Asked(**(values | given))


def take(ops: Any, who: Any = DUTY, **given: Any) -> int:
    return int(ops.enquiries.take_down(who, asked(**given))["enquiry"])


def test_an_enquiry_goes_from_taking_down_to_its_answer(ops: Any, frozen_clock: FakeClock) -> None:
    number = take(ops)
    ops.enquiries.take_up(DUTY, number)
    frozen_clock.advance(minutes=34)
    ops.enquiries.answer(DUTY, number, "No; she left on 12 March.")
    card = ops.enquiry_reads.card(DUTY, number)
    assert (card.row.state, card.row.took_s, card.row.overdue) == ("answered", 34 * 60, False)
    assert [step.text.split(":")[0] for step in card.steps] == [
        "Enquiry from POL (agency)",
        "Enquiry 1 taken up by Duty.",
        "Enquiry 1 of POL (agency) answered after 34 min",
    ]


def test_every_step_is_logged_under_the_enquirys_marking_with_its_links(ops: Any) -> None:
    with ops.db.begin() as session:
        target = make_target(session, make_feed(session))
    number = take(ops, marking="AMBER", releases=("POL",), things=[("target", str(target.id))])
    with ops.db.reading() as session:
        entry = session.scalars(select(LogEntry)).one()
        links = {(one.kind, one.thing) for one in session.scalars(select(LogLink))}
    assert links == {("enquiry", str(number)), ("target", str(target.id))}
    assert not entry.by_system
    assert [link[0] for link in entry.links] == [ThingKind.ENQUIRY, ThingKind.TARGET]


@pytest.mark.parametrize(
    ("kind", "asker", "needed"),
    [
        (AskerKind.ABROAD, "Border Force, Australia", True),
        (AskerKind.AGENCY, "Fisheries", True),
        (AskerKind.AGENCY, "Police", False),
        (AskerKind.UNIT, "HAWK 2", False),
    ],
)
def test_what_leaves_the_room_needs_a_legal_basis(ops: Any, kind: AskerKind, asker: str, needed: bool) -> None:
    number = take(ops, asker_kind=kind, asker=asker)
    if needed:
        with pytest.raises(Invalid, match="legal basis"):
            ops.enquiries.answer(DUTY, number, "Yes.")
    ops.enquiries.answer(DUTY, number, "Yes.", "Customs Act, s 318" if needed else None)
    assert ops.enquiry_reads.card(DUTY, number).row.state == "answered"


def test_a_basis_given_at_the_start_is_enough(ops: Any) -> None:
    number = take(ops, asker_kind=AskerKind.ABROAD, asker="Fiji", legal_basis="Agreement of 2019")
    ops.enquiries.answer(DUTY, number, "Yes.")
    assert ops.enquiry_reads.card(DUTY, number).row.legal_basis == "Agreement of 2019"


def test_an_answer_after_its_time_is_late_and_an_open_one_overdue(ops: Any, frozen_clock: FakeClock) -> None:
    first, second = take(ops), take(ops)
    frozen_clock.advance(minutes=61)
    assert [row.overdue for row in ops.enquiry_reads.open(DUTY)] == [True, True]
    ops.enquiries.answer(DUTY, first, "Yes.")
    figures = ops.enquiry_reads.figures(DUTY)
    assert (figures.open, figures.overdue, figures.answered, figures.in_time) == (1, 1, 1, 0)
    assert figures.median_took_s == 61 * 60
    assert [row.id for row in ops.enquiry_reads.open(DUTY, EnquiryFilter(state="overdue"))] == [second]


def test_the_one_due_first_leads(ops: Any) -> None:
    late, soon = take(ops, due_at=START + timedelta(hours=2)), take(ops)
    assert [row.id for row in ops.enquiry_reads.open(DUTY)] == [soon, late]


def test_an_enquiry_is_closed_once(ops: Any) -> None:
    number = take(ops)
    ops.enquiries.withdraw(DUTY, number, "Asked the wrong desk.")
    assert ops.enquiry_reads.card(DUTY, number).row.withdrawn_reason == "Asked the wrong desk."
    for again in (
        lambda: ops.enquiries.answer(DUTY, number, "Yes."),
        lambda: ops.enquiries.take_up(DUTY, number),
        lambda: ops.enquiries.withdraw(DUTY, number, "Again."),
    ):
        with pytest.raises(Conflict, match="withdrawn"):
            again()


def test_two_who_answer_at_once_get_one_answer_and_one_refusal(ops: Any) -> None:
    _lead, _second, duty = people(ops)
    number = take(ops)
    came = at_once(
        lambda: ops.enquiries.answer(duty, number, "Yes."), lambda: ops.enquiries.answer(DUTY, number, "No.")
    )
    assert sorted(isinstance(one, Conflict) for one in came) == [False, True]
    assert len(ops.enquiry_reads.card(DUTY, number).steps) == 2


def test_taking_over_says_from_whom(ops: Any) -> None:
    number = take(ops)
    ops.enquiries.take_up(DUTY, number)
    with pytest.raises(Conflict, match="already"):
        ops.enquiries.take_up(DUTY, number)
    ops.enquiries.take_up(actor(name="second"), number)
    assert "taken over from duty" in ops.enquiry_reads.card(DUTY, number).steps[-1].text


def test_a_reader_of_another_agency_finds_nothing_of_it(ops: Any) -> None:
    number = take(ops)  # AMBER of OPS
    shared = take(ops, releases=("POL",))
    assert [row.id for row in ops.enquiry_reads.open(POLICE)] == [shared]
    assert ops.enquiry_reads.figures(POLICE).open == 1
    assert ops.enquiry_reads.open(POLICE, EnquiryFilter("TERN")) == ops.enquiry_reads.open(POLICE)
    for refused in (
        lambda: ops.enquiry_reads.card(POLICE, number),
        lambda: ops.enquiries.take_up(POLICE, number),
        lambda: ops.enquiries.answer(POLICE, number, "Yes."),
    ):
        with pytest.raises(NotFound):
            refused()


def test_who_may_not_handle_enquiries_is_refused(ops: Any) -> None:
    with pytest.raises(NotPermitted):
        take(ops, actor(Role.TARGETER))
    with pytest.raises(NotPermitted):
        ops.enquiry_reads.open(actor(Role.WALL))


def test_a_link_tells_nobody_of_what_they_may_not_know(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        theirs = make_restricted_target(session, feed, "POL")
        shared = make_target(session, feed, handling=make_handling(session, "CUS", "AMBER", "OPS"))
    with pytest.raises(NotFound):
        take(ops, things=[("target", str(theirs.id))])
    about = [("target", str(shared.id))]
    with pytest.raises(Invalid, match="CUS TLP:AMBER"):
        take(ops, marking="GREEN", things=about)
    with pytest.raises(Invalid, match="CUS TLP:AMBER"):
        take(ops, releases=("POL",), things=about)
    assert take(ops, releases=("CUS",), things=about)


@pytest.mark.parametrize("thing", [("target", "999999"), ("target", "x"), ("track", "-1")])
def test_a_link_to_nothing_is_refused(ops: Any, thing: tuple[str, str]) -> None:
    with pytest.raises(NotFound):
        take(ops, things=[thing])


def test_tracks_and_entries_can_be_linked(ops: Any) -> None:
    with ops.db.begin() as session:
        track = make_vessel(session, make_feed(session), name="TERN")
    first = take(ops)
    number = take(ops, things=[("track", str(track.id)), ("entry", "1")])
    assert [label for _kind, _id, label in ops.enquiry_reads.card(DUTY, number).row.links] == ["TERN", "entry 1"]
    assert first != number


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"due_at": START}, "behind us"),
        ({"asker": " "}, "who asks"),
        ({"marking": "SECRET"}, "no TLP marking"),
        ({"releases": ("XYZ",)}, "no agency XYZ"),
        ({"asked_at": START + timedelta(minutes=1)}, "not after now"),
        ({"things": [("person", "1")]}, "cannot be linked"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(ops: Any, given: dict[str, Any], why: str) -> None:
    with pytest.raises(Invalid, match=why):
        take(ops, **given)


def test_words_are_found_in_question_answer_and_links(ops: Any) -> None:
    number = take(ops, question="Wo liegt die Āpiti?")
    take(ops)
    ops.enquiries.answer(DUTY, number, "In Whangārei 100%.")
    assert [row.id for row in ops.enquiry_reads.closed(DUTY, EnquiryFilter("whangārei 100%"))] == [number]
    assert ops.enquiry_reads.closed(DUTY, EnquiryFilter("100_")) == []


def test_open_enquiries_are_in_the_picture_of_who_may_see_them(ops: Any) -> None:
    number = take(ops)
    with ops.db.reading() as session:
        ops.picture.live.present.load(session)
    assert [row.id for row in ops.picture.enquiries(DUTY)] == [number]
    assert ops.picture.enquiries(POLICE) == []


@pytest.mark.parametrize("thing", ["000000000001999999999999999999", "9" * 5000, "9" * 11])
def test_a_link_to_a_number_that_no_thing_can_have_is_refused(ops: Any, thing: str) -> None:
    with pytest.raises(NotFound):
        take(ops, things=[("target", thing)])
