"""The plan as a file: out, looked at, in again. And as a calendar at a secret address."""

from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain.planning import BookingKind
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted, TooManyTries
from ops_centre.models import Assignment, DoneRequest, PlanCalendar, Unit
from ops_centre.picture.plan_reads import PlanFilter
from ops_centre.services.plan_asking import Wanted
from tests.factories import actor, make_deployment, make_feed, make_handling, make_unit
from tests.operation_factories import make_operation
from tests.support.clock import START

Ops = Any
LEAD = actor(Role.SHIFT_LEAD, name="lead")
HEAD = "id,version,action,callsign,kind,operation,place,starts,ends,crew,note"

WHYS = (("KEA 1", ""), ("KEA 2", "said in the file"))


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def a_unit(ops: Ops, callsign: str = "KEA 1", owner: str = "CUS", marking: str = "GREEN", **given: Any) -> int:
    with ops.db.begin() as session:
        handling = make_handling(session, owner, marking)
        feed = make_feed(session, "deployments")
        return make_unit(session, feed, handling=handling, callsign=callsign, agency=owner, **given).id


def assign(ops: Ops, unit: int, starts: float, ends: float, **given: Any) -> int:
    given.setdefault("place", "NZAKL")
    one = Wanted(unit, given.pop("kind", BookingKind.DEPLOYMENT), at(starts), at(ends), **given)
    return int(ops.plans.assign(LEAD, [one], {"": "agreed"})["assignments"][0])


def export(ops: Ops) -> str:
    return str(ops.plan_imports.export(LEAD, at(0), at(24 * 7), PlanFilter()).decode())


def does(told: dict[str, Any]) -> list[str]:
    return [row["does"] for row in told["rows"]]


def test_a_file_that_was_written_changes_nothing_when_it_is_read(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    with sqlite_ops.db.begin() as session:
        make_deployment(session, session.get_one(Unit, unit))
        operation = make_operation(session, marking="GREEN", agencies=[], place="NZWLG").id
    assign(sqlite_ops, unit, 2, 6, note="=cmd|calc", crew=3)
    assign(sqlite_ops, unit, 20, 24, place=None, lat=-36.123456, lon=174.5)
    assign(sqlite_ops, unit, 60, 64, kind=BookingKind.OPERATION, operation_id=operation, place=None)
    text = export(sqlite_ops)
    assert "'=cmd|calc" in text
    told = sqlite_ops.plan_imports.preview(LEAD, text)
    assert sorted(does(told)) == ["left alone", "unchanged", "unchanged", "unchanged"]


def test_a_preview_tells_what_a_file_would_do_and_applying_it_does_just_that(ops: Ops) -> None:
    unit = a_unit(ops)
    a_unit(ops, "KEA 2")
    first, second = assign(ops, unit, 2, 6), assign(ops, unit, 20, 24)
    text = "\n".join(
        [
            HEAD,
            f"{first},1,,KEA 1,deployment,,NZWLG,2026-04-02 08:00,2026-04-02 12:00,5,moved",
            f"{second},1,cancel,KEA 1,deployment,,NZAKL,2026-04-02 15:30,2026-04-02 19:30,,",
            ",,,KEA 2,rest,,,2026-04-03 08:00,2026-04-03 20:00,,",
        ]
    )
    told = ops.plan_imports.preview(LEAD, text)
    assert does(told) == ["change", "cancel", "new"]
    assert told["rows"][0]["words"] == "KEA 1, 01 Apr 19:00 to 23:00 UTC, Wellington"
    done = ops.plan_imports.apply(LEAD, text, told["token"], {2: "by file"})
    assert done["said"] == "Plan imported: 1 new, 1 changed, 1 cancelled."
    with ops.db.reading() as session:
        rows = session.scalars(select(Assignment).order_by(Assignment.id)).all()
        assert [(row.place, row.kind, row.cancelled_by) for row in rows] == [
            ("NZWLG", "deployment", None),
            ("NZAKL", "deployment", "lead"),
            (None, "rest", None),
        ]
    ops.plans.undo(LEAD)
    assert does(ops.plan_imports.preview(LEAD, text.replace(",1,", ",,"))) == ["change", "cancel", "new"]


def test_a_plan_that_moved_since_the_preview_is_looked_at_again(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    text = f"{HEAD}\n,,,KEA 1,rest,,,2026-04-02 08:00,2026-04-02 12:00,,"
    told = sqlite_ops.plan_imports.preview(LEAD, text)
    assign(sqlite_ops, unit, 12, 16)
    with pytest.raises(Conflict, match="changed since you looked"):
        sqlite_ops.plan_imports.apply(LEAD, text, told["token"])
    again = sqlite_ops.plan_imports.preview(LEAD, text)
    assert again["forbidden"]
    with pytest.raises(Conflict, match="booked already"):
        sqlite_ops.plan_imports.apply(LEAD, text, again["token"], {2: "all the same"})


def test_each_row_that_breaks_a_rule_is_accepted_by_a_reason_of_its_own(sqlite_ops: Ops) -> None:
    for name in ("KEA 1", "KEA 2"):
        a_unit(sqlite_ops, name)
    rows = [f",,,{name},deployment,,NZAKL,2026-04-02 00:00,2026-04-03 06:00,,,{why}" for name, why in WHYS]
    text = "\n".join([f"{HEAD},reason", *rows])
    told = sqlite_ops.plan_imports.preview(LEAD, text)
    assert [row["reason"] for row in told["rows"]] == ["", "said in the file"]
    with pytest.raises(Conflict, match=r"^Line 2: .*duty hours") as refused:
        sqlite_ops.plan_imports.apply(LEAD, text, told["token"])
    assert "Line 3" not in str(refused.value)
    sqlite_ops.plan_imports.apply(LEAD, text, told["token"], {2: "said by a person"})
    with sqlite_ops.db.reading() as session:
        accepted = [row.overrides for row in session.scalars(select(Assignment).order_by(Assignment.id))]
    assert [{one["reason"] for one in row} for row in accepted] == [{"said by a person"}, {"said in the file"}]


def test_what_was_accepted_of_one_assignment_is_not_accepted_of_another(sqlite_ops: Ops) -> None:
    """Both would break the same rule in the same words."""
    first = assign(sqlite_ops, a_unit(sqlite_ops, "KEA 1"), 10, 40)
    second = assign(sqlite_ops, a_unit(sqlite_ops, "KEA 2"), 10, 14)
    times = f"{at(10).isoformat()},{at(40).isoformat()}"
    rows = [
        f"{number},1,,{name},deployment,,NZAKL,{times},4," for name, number in (("KEA 1", first), ("KEA 2", second))
    ]
    text = "\n".join([HEAD, *rows])
    told = sqlite_ops.plan_imports.preview(LEAD, text)
    with pytest.raises(Conflict, match=r"^Line 3") as refused:
        sqlite_ops.plan_imports.apply(LEAD, text, told["token"])
    assert "Line 2" not in str(refused.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (",,,NOBODY,rest,,,2026-04-02 08:00,2026-04-02 12:00,,", "no unit 'NOBODY'"),
        (",,,KEA 1,holiday,,,2026-04-02 08:00,2026-04-02 12:00,,", "no kind"),
        (",,,KEA 1,rest,,,tomorrow,2026-04-02 12:00,,", "no time"),
        (",,,KEA 1,operation,D99-999,,2026-04-02 08:00,2026-04-02 12:00,,", "no operation D99-999"),
        ("77,,,KEA 1,rest,,,2026-04-02 08:00,2026-04-02 12:00,,", "no assignment 77"),
        (",,,KEA 1,rest,,,2026-04-02 08:00,2026-04-02 12:00,inf,", "no crew"),
    ],
)
def test_a_row_that_cannot_be_used_says_why_and_stops_the_file(sqlite_ops: Ops, line: str, words: str) -> None:
    a_unit(sqlite_ops)
    told = sqlite_ops.plan_imports.preview(LEAD, f"{HEAD}\n{line}")
    assert does(told) == ["fault"]
    assert words in told["rows"][0]["words"]
    with pytest.raises(Invalid, match="Mend the file"):
        sqlite_ops.plan_imports.apply(LEAD, f"{HEAD}\n{line}", told["token"])


@pytest.mark.parametrize("text", ["", "a,b\n1,2", HEAD, f'{HEAD}\n"open', f"{HEAD},{HEAD}\n"])
def test_what_is_no_plan_is_refused_whole(sqlite_ops: Ops, text: str) -> None:
    with pytest.raises(Invalid):
        sqlite_ops.plan_imports.preview(LEAD, text)


def test_a_liaisons_file_reaches_their_own_units_only(sqlite_ops: Ops) -> None:
    a_unit(sqlite_ops, "MINE", "CUS")
    a_unit(sqlite_ops, "THEIRS", "POL")
    rows = [f",,,{name},rest,,,2026-04-02 08:00,2026-04-02 12:00,," for name in ("MINE", "THEIRS")]
    told = sqlite_ops.plan_imports.preview(actor(Role.AGENCY_LIAISON, "CUS"), "\n".join([HEAD, *rows]))
    assert does(told) == ["new", "fault"]


def summaries(content: bytes) -> list[str]:
    return sorted(str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(content).walk("VEVENT"))


def secret_of(ops: Ops, agency: str = "CUS") -> str:
    made = ops.plan_calendars.make(LEAD, agency, "desk", "request-0001")
    return str(made.address.removeprefix("/calendar/").removesuffix(".ics"))


def test_a_calendar_holds_an_agencys_units_and_of_others_what_everybody_may_know(sqlite_ops: Ops) -> None:
    mine, open_ = a_unit(sqlite_ops, "MINE", marking="AMBER"), a_unit(sqlite_ops, "OPEN", "POL")
    words_of = [("AMBER THEIRS", "POL", "AMBER"), ("RED MINE", "CUS", "RED")]
    hidden = [a_unit(sqlite_ops, *words) for words in words_of]
    with sqlite_ops.db.begin() as session:
        black = make_operation(session, "OPS", "AMBER", agencies=[], name="Black tide", place="NZAKL").id
        for unit in (mine, open_, *hidden):
            make_deployment(session, session.get_one(Unit, unit), place="NZAKL")
    customs = actor(Role.OPERATION_COMMANDER, "CUS", name="customs")
    one = Wanted(mine, BookingKind.REST, at(30), at(40))
    sqlite_ops.plans.assign(customs, [one])
    assign(sqlite_ops, open_, 20, 22, kind=BookingKind.OPERATION, operation_id=black, place=None)
    content = sqlite_ops.plan_calendars.read(secret_of(sqlite_ops), "192.0.2.1")
    assert summaries(content) == ["EXERCISE MINE: Auckland", "EXERCISE MINE: rest", "EXERCISE OPEN: Auckland"]
    assert b"tide" not in content
    (event, *_) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert event["DTSTART"].dt.tzinfo is not None


def test_a_secret_is_stored_nowhere_and_told_once(ops: Ops) -> None:
    secret = secret_of(ops)
    ops.plan_calendars.read(secret, "192.0.2.1")
    with ops.db.reading() as session:
        row = session.scalars(select(PlanCalendar)).one()
        kept = [*session.scalars(select(DoneRequest.answer))]
    assert secret not in f"{row.secret_hash}{kept}"
    assert row.read_at is not None


def test_an_ended_calendar_answers_like_one_that_never_was(sqlite_ops: Ops) -> None:
    secret = secret_of(sqlite_ops)
    (view,) = sqlite_ops.plan_reads.calendars(LEAD)
    sqlite_ops.plan_calendars.end(LEAD, view.id)
    with pytest.raises(NotFound, match="no such calendar"):
        sqlite_ops.plan_calendars.read(secret, "192.0.2.1")


def test_guesses_are_counted_by_address_but_the_right_address_is_always_read(sqlite_ops: Ops) -> None:
    secret = secret_of(sqlite_ops)
    for guess in range(20):
        with pytest.raises(NotFound):
            sqlite_ops.plan_calendars.read(f"guess-{guess}", "192.0.2.7")
    with pytest.raises(TooManyTries):
        sqlite_ops.plan_calendars.read("one more", "192.0.2.7")
    assert sqlite_ops.plan_calendars.read(secret, "192.0.2.7")


def test_calendars_are_made_and_listed_for_ones_own_agency(sqlite_ops: Ops) -> None:
    secret_of(sqlite_ops, "POL")
    liaison = actor(Role.AGENCY_LIAISON, "CUS")
    assert sqlite_ops.plan_reads.calendars(liaison) == []
    with pytest.raises(NotPermitted):
        sqlite_ops.plan_calendars.make(liaison, "POL", "theirs")
    with pytest.raises(NotFound):
        sqlite_ops.plan_calendars.end(liaison, 1)
