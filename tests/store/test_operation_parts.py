"""What belongs to an operation: orders, objectives, situation reports and files, with who may and what is sealed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.results import Result
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import Attachment, LogEntry, Operation, Order, Tasking, TaskingStep
from tests.factories import actor, make_feed, make_handling, make_unit
from tests.operation_factories import make_operation
from tests.support.clock import START, FakeClock
from tests.watch_factories import make_entry, make_outcome, make_tasking

LEAD = actor(Role.SHIFT_LEAD, name="lead", display_name="Lead")
COMMANDER = actor(Role.OPERATION_COMMANDER, name="commander")
DUTY = actor(name="duty")
TARGETER = actor(Role.TARGETER, name="targeter")
CUSTOMS = actor(Role.AGENCY_LIAISON, "CUS", name="customs")
POLICE = actor(Role.AGENCY_LIAISON, "POL", name="police")
WALL = actor(Role.WALL, name="commander")  # an open screen that bears a commander's name
HEADS = {"situation": "Yachts come early.", "mission": "Meet every yacht.", "execution": "Two boats at Opua."}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def operation(ops: Any, **given: Any) -> int:
    with ops.db.begin() as session:
        values = {"state": "active", "started_at": START, "releases": "CUS,POL", "commander": "commander"} | given
        return int(make_operation(session, **values).id)


def entries(ops: Any, kind: EntryKind) -> list[LogEntry]:
    with ops.db.reading() as session:
        return list(session.scalars(select(LogEntry).where(LogEntry.kind == kind.value).order_by(LogEntry.seq)))


def logged(ops: Any, number: int, text: str, owner: str = "OPS", marking: str = "GREEN", releases: str = "") -> int:
    with ops.db.begin() as session:
        reference = session.get_one(Operation, number).reference
        handling = make_handling(session, owner, marking, releases).id
        about = [link(ThingKind.OPERATION, number, reference)]
        return make_entry(session, text, handling_id=handling, links=about, now=ops.clock.now())


def test_an_order_is_drafted_issued_sealed_and_followed_by_the_next(ops: Any, frozen_clock: FakeClock) -> None:
    number = operation(ops)
    ops.orders.save(COMMANDER, number, 1, 0, HEADS)
    frozen_clock.advance(minutes=5)
    ops.orders.issue(LEAD, number, 1, 1, HEADS | {"mission": "Meet every yacht at Opua."})
    ops.orders.issue(COMMANDER, number, 2, 0, HEADS | {"mission": "Meet every yacht at Russell."})
    part = ops.operation_parts.order(CUSTOMS, number)
    assert [(one.version, one.issued_by, one.sealed) for one in part.issued] == [
        (2, "commander", True),
        (1, "lead", True),
    ]
    ((head, pieces),) = part.issued[0].changes
    assert head == "mission"
    assert [one.text.strip() for one in pieces if one.kind != "same"] == ["Opua.", "Russell."]
    first, second = entries(ops, EntryKind.ORDER)
    assert second.text.endswith("changed since order 1: mission.")
    assert second.detail["sha256"] == part.issued[0].sha256
    assert first.links == [["operation", str(number), part.reference]]
    with ops.db.begin() as session:  # what no act can do
        session.scalars(select(Order).where(Order.version == 1)).one().heads = HEADS | {"mission": "Let them land."}
    assert [one.sealed for one in ops.operation_parts.order(LEAD, number).issued] == [True, False]


def test_two_who_write_one_order_are_told_who_was_faster(sqlite_ops: Any) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops)
    ops.orders.save(LEAD, number, 1, 0, HEADS)
    with pytest.raises(Conflict, match="lead saved the draft"):
        ops.orders.save(COMMANDER, number, 1, 0, HEADS | {"mission": "Mine."})
    ops.orders.save(LEAD, number, 1, 1, HEADS)  # nothing new: still the first edition
    ops.orders.issue(LEAD, number, 1, 1, HEADS)
    with pytest.raises(Conflict, match="Order 1 was issued by lead meanwhile"):
        ops.orders.save(COMMANDER, number, 1, 1, HEADS)
    with pytest.raises(Invalid, match="Nothing has changed"):
        ops.orders.issue(COMMANDER, number, 2, 0, HEADS)
    with pytest.raises(Invalid, match="mission and execution"):
        ops.orders.issue(COMMANDER, number, 2, 0, {"situation": "Fog."})


def test_a_draft_is_seen_by_those_who_write_and_can_be_thrown_away(sqlite_ops: Any) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops)
    ops.orders.save(LEAD, number, 1, 0, HEADS)
    assert ops.operation_parts.order(COMMANDER, number).draft is not None
    assert ops.operation_parts.order(CUSTOMS, number).draft is None
    ops.orders.discard(LEAD, number, 1)
    assert ops.operation_parts.order(LEAD, number).draft is None


@pytest.mark.parametrize("kind", ["deliberate", "overwatch", "contingency"])
def test_the_commander_works_on_an_operation_and_whoever_may_lead_its_kind(sqlite_ops: Any, kind: str) -> None:
    ops, state = sqlite_ops, {"contingency": "responding", "overwatch": "watching"}.get(kind, "active")
    number = operation(ops, kind=kind, state=state, commander="targeter")
    may = {
        who.role: ops.operation_parts.order(who, number).may_work for who in (LEAD, COMMANDER, DUTY, TARGETER, CUSTOMS)
    }
    assert may == {
        Role.SHIFT_LEAD: True,
        Role.OPERATION_COMMANDER: True,
        Role.DUTY_OFFICER: kind == "contingency",
        Role.TARGETER: True,  # its commander
        Role.AGENCY_LIAISON: False,
    }
    with pytest.raises(NotPermitted):
        ops.objectives.add(CUSTOMS, number, "Stop them", "none lands")


def test_an_open_screen_works_on_nothing_and_what_is_closed_to_one_does_not_exist(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with pytest.raises(NotPermitted):
        ops.orders.save(WALL, operation(ops, marking="GREEN"), 1, 0, HEADS)
    closed = operation(ops, releases="")
    for read in ("order", "objectives", "reports", "files"):
        with pytest.raises(NotFound):
            getattr(ops.operation_parts, read)(CUSTOMS, closed)


def test_an_ended_operations_order_and_objectives_stand_as_they_are(sqlite_ops: Any) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops, state="closed")
    with pytest.raises(Conflict, match="is closed"):
        ops.orders.save(LEAD, number, 1, 0, HEADS)
    with pytest.raises(Conflict, match="is closed"):
        ops.objectives.add(LEAD, number, "More", "more")


def test_an_objective_is_set_changed_judged_and_dropped_each_in_the_log(ops: Any) -> None:
    number = operation(ops)
    added = [ops.objectives.add(LEAD, number, text, "counted")["objective"] for text in ("Meet all", "Lose none")]
    ops.objectives.edit(LEAD, added[0], 1, "Meet all yachts", "boarded within 2 h")
    with pytest.raises(Conflict, match="meanwhile"):
        ops.objectives.edit(COMMANDER, added[0], 1, "Meet some", "counted")
    with pytest.raises(Invalid, match="what made it partial"):
        ops.objectives.judge(COMMANDER, added[0], 2, Result.PARTIAL, " ")
    ops.objectives.judge(COMMANDER, added[0], 2, Result.PARTIAL, "One landed at Russell.")
    ops.objectives.drop(LEAD, added[1], "Not ours to do.")
    part = ops.operation_parts.objectives(CUSTOMS, number)
    (row,) = part.rows
    assert (row.text, row.result, row.result_by, row.position) == ("Meet all yachts", "partial", "commander", 1)
    assert [one.text for one in part.dropped] == ["Lose none"]
    assert [one.text.split(":")[0].split(" of ")[0] for one in entries(ops, EntryKind.OPERATION)] == [
        "Objective 1", "Objective 2", "Objective 1", "Objective 1", "Objective 2",
    ]  # fmt: skip


def test_objectives_change_places_and_keep_their_numbers_apart(sqlite_ops: Any) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops)
    first, second = (
        ops.objectives.add(LEAD, number, text, "counted")["objective"] for text in ("Meet all", "Lose none")
    )
    assert ops.objectives.shift(LEAD, second, 1, up=True)["version"] == 2
    told = [row.text for row in ops.operation_parts.objectives(LEAD, number).rows]
    assert told.index("Lose none") + 1 == told.index("Meet all")
    with pytest.raises(Conflict, match="Look at it again"):
        ops.objectives.shift(LEAD, first, 1, up=True)
    with pytest.raises(Conflict, match="the last already"):
        ops.objectives.shift(LEAD, first, 2, up=False)


def test_an_objective_takes_the_place_of_another_and_those_between_move(sqlite_ops: Any) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops)
    one, two, three = (ops.objectives.add(LEAD, number, text, "counted")["objective"] for text in ("A", "B", "C"))
    assert ops.objectives.place(LEAD, three, 1, one)["version"] == 2
    rows = ops.operation_parts.objectives(LEAD, number).rows
    assert [row.text for row in rows[-3:]] == ["C", "A", "B"]
    assert len({row.position for row in rows}) == len(rows)
    with pytest.raises(Conflict, match="Look at it again"):  # it moved meanwhile
        ops.objectives.place(LEAD, one, 1, two)
    ops.objectives.drop(LEAD, two, "Of no use")
    with pytest.raises(Conflict, match="no longer there"):
        ops.objectives.place(LEAD, one, 2, two)
    with pytest.raises(NotFound):
        ops.objectives.place(actor(Role.OPERATION_COMMANDER, "BIO"), three, 2, one)


def test_objectives_are_not_judged_before_the_operation_runs(sqlite_ops: Any) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops, state="planned", started_at=None)
    objective = ops.objectives.add(LEAD, number, "Meet all", "counted")["objective"]
    with pytest.raises(Conflict, match="once it runs"):
        ops.objectives.judge(LEAD, objective, 1, Result.SUCCESSFUL, "")


def test_a_report_is_drafted_from_log_taskings_and_outcomes_and_the_next_from_what_is_new(
    ops: Any, frozen_clock: FakeClock
) -> None:
    number = operation(ops)
    ops.objectives.add(LEAD, number, "Meet all", "counted")
    frozen_clock.advance(minutes=10)
    logged(ops, number, "Fog at Opua.")
    with ops.db.begin() as session:
        unit = make_unit(session, make_feed(session), callsign="HAWK 4")
        tasking = make_tasking(session, unit, operation_id=number, state="on scene", on_scene_at=START)
        step = {"tasking_id": tasking.id, "state": "on scene", "at": START, "recorded_at": frozen_clock.now()}
        session.add(TaskingStep(**step, by="hawk", manner="desk", log_seq=make_entry(session, "HAWK 4 on scene")))
        make_outcome(session, tasking, finding="Two undeclared", recorded_at=frozen_clock.now())
    first = ops.situation_reports.draft(LEAD, number, ["OPS", "CUS"])["report"]
    draft = ops.operation_parts.reports(LEAD, number).draft
    assert "Fog at Opua." in draft.heads["what happened"]
    assert "HAWK 4 on scene: CAP MANUEL" in draft.heads["taskings and outcomes"]
    assert "negative; Two undeclared" in draft.heads["taskings and outcomes"]
    assert "HAWK 4 (" in draft.heads["units"]
    assert draft.heads["objectives"] == "Meet all: not judged yet"
    ops.situation_reports.issue(LEAD, first, 1, draft.heads | {"next": "Wait for light."}, ["OPS", "CUS"])
    frozen_clock.advance(minutes=30)
    logged(ops, number, "Fog lifts.")
    ops.situation_reports.draft(LEAD, number, ["OPS", "CUS"])
    part = ops.operation_parts.reports(LEAD, number)
    assert "Fog lifts." in part.draft.heads["what happened"]
    assert "Fog at Opua" not in part.draft.heads["what happened"]
    (issued,) = part.issued
    assert (issued.heads["next"], issued.sealed, issued.agencies) == ("Wait for light.", True, ("OPS", "CUS"))
    assert part.draft.since_at == issued.until_at
    (entry,) = entries(ops, EntryKind.SITUATION_REPORT)
    assert entry.detail["sha256"] == issued.sha256
    assert entry.seq == issued.log_seq


def test_a_report_never_tells_an_agency_what_it_may_not_know(ops: Any) -> None:
    number = operation(ops, marking="GREEN", releases="")
    logged(ops, number, "Everybody knows.")
    logged(ops, number, "Customs has an informer.", "CUS", "AMBER", "OPS")
    answer = ops.situation_reports.draft(LEAD, number, ["CUS", "POL"])
    assert answer["left_out"] == 1
    assert "1 that not every addressee may know of" in answer["said"]
    draft = ops.operation_parts.reports(POLICE, number)
    assert draft.draft is None
    mine = ops.operation_parts.reports(LEAD, number).draft
    assert "informer" not in "".join(mine.heads.values())
    assert mine.marking == "GREEN"
    ops.situation_reports.draft(LEAD, number, ["CUS"], mine.edition)  # now for customs alone
    theirs = ops.operation_parts.reports(LEAD, number).draft
    assert "informer" in theirs.heads["what happened"]
    assert (theirs.owner, theirs.marking) == ("CUS", "AMBER")
    for act in (ops.situation_reports.save, ops.situation_reports.issue):
        with pytest.raises(Invalid, match="POL may not know of entry 2: draft it anew"):
            act(LEAD, theirs.id, theirs.edition, theirs.heads, ["CUS", "POL"])
    ops.situation_reports.issue(LEAD, theirs.id, theirs.edition, theirs.heads, ["CUS"])
    assert len(ops.operation_parts.reports(CUSTOMS, number).issued) == 1
    assert ops.operation_parts.reports(POLICE, number).issued == ()
    with pytest.raises(NotFound):
        ops.operation_parts.printed_report(POLICE, number, 1)
    (entry,) = entries(ops, EntryKind.SITUATION_REPORT)
    with pytest.raises(NotFound):
        ops.log.entry(POLICE, entry.seq)


def test_what_was_closed_after_the_draft_is_not_issued(sqlite_ops: Any) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops)
    with ops.db.begin() as session:
        unit = make_unit(session, make_feed(session), handling_id=make_handling(session, "POL").id)
        tasking_id = make_tasking(session, unit, operation_id=number).id
    ops.situation_reports.draft(LEAD, number, ["CUS"])
    draft = ops.operation_parts.reports(LEAD, number).draft
    assert draft.facts == 1
    with ops.db.begin() as session:
        session.get_one(Tasking, tasking_id).handling_id = make_handling(session, "POL", "AMBER", "OPS").id
    with pytest.raises(Invalid, match="CUS may not know of tasking"):
        ops.situation_reports.issue(LEAD, draft.id, draft.edition, draft.heads, ["CUS"])


def test_an_agency_that_may_not_know_of_the_operation_gets_no_report_of_it(sqlite_ops: Any) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops, releases="CUS")
    with pytest.raises(Invalid, match=r"POL may not know of the operation \(OPS TLP:AMBER\)"):
        ops.situation_reports.draft(LEAD, number, ["CUS", "POL"])
    with pytest.raises(Invalid, match="no agency XYZ"):
        ops.situation_reports.draft(LEAD, number, ["XYZ"])
    with pytest.raises(Invalid, match="Choose the agencies"):
        ops.situation_reports.draft(LEAD, number, [])


def test_an_agency_that_joins_later_is_told_what_the_others_know(sqlite_ops: Any, frozen_clock: FakeClock) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops)
    logged(ops, number, "It began.")
    first = ops.situation_reports.draft(LEAD, number, ["CUS"])["report"]
    ops.situation_reports.issue(LEAD, first, 1, {"situation": "It began."}, ["CUS"])
    frozen_clock.advance(hours=1)
    ops.situation_reports.draft(LEAD, number, ["CUS", "POL"])
    draft = ops.operation_parts.reports(LEAD, number).draft
    assert "It began." in draft.heads["what happened"]
    assert draft.since_at == START


def test_a_correction_stands_in_the_report_in_place_of_what_it_corrects(sqlite_ops: Any) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops)
    wrong = logged(ops, number, "Three on board.")
    with ops.db.begin() as session:
        about = [link(ThingKind.OPERATION, number, "x")]
        make_entry(session, "Four on board.", corrects=wrong, links=about, handling_id=make_handling(session, "OPS").id)
    ops.situation_reports.draft(LEAD, number, ["OPS"])
    told = ops.operation_parts.reports(LEAD, number).draft.heads["what happened"]
    assert "Four on board. (corrects entry 1)" in told
    assert "Three" not in told


def test_a_file_is_kept_with_its_hash_and_removed_with_a_reason_but_its_row_stays(ops: Any) -> None:
    number = operation(ops)
    kept = ops.attachments.add(LEAD, number, "../Tēnā.png", "image/png", PNG, "request-0001")
    assert ops.operation_parts.file(CUSTOMS, number, kept["attachment"]).content == PNG
    with pytest.raises(Conflict, match=r"attached already, as Tēnā\.png"):
        ops.attachments.add(LEAD, number, "again.png", "image/png", PNG)
    with pytest.raises(Invalid, match="why"):
        ops.attachments.remove(LEAD, kept["attachment"], " ")
    with pytest.raises(NotPermitted):
        ops.attachments.remove(CUSTOMS, kept["attachment"], "I like it not.")
    ops.attachments.remove(COMMANDER, kept["attachment"], "Wrong vessel.")
    (row,) = ops.operation_parts.files(CUSTOMS, number).rows
    assert (row.name, row.sha256, row.removed_by, row.remove_reason) == (
        "Tēnā.png", kept["sha256"], "commander", "Wrong vessel.",
    )  # fmt: skip
    with pytest.raises(NotFound):
        ops.operation_parts.file(LEAD, number, kept["attachment"])
    with ops.db.reading() as session:
        assert session.scalars(select(Attachment)).one().content is None
    assert [one.detail["sha256"] for one in entries(ops, EntryKind.OPERATION)] == [kept["sha256"]] * 2


def test_a_file_larger_than_the_limit_is_refused(sqlite_ops: Any) -> None:
    limit = sqlite_ops.settings.attachments.max_bytes
    with pytest.raises(Invalid, match=r"larger than 10\.0 MB"):
        sqlite_ops.attachments.add(LEAD, operation(sqlite_ops), "a.png", "", PNG.ljust(limit + 1))


def test_every_act_on_a_part_moves_the_operation_for_those_who_watch_it(sqlite_ops: Any) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops)

    def revision() -> int:
        with ops.db.reading() as session:
            return int(session.get_one(Operation, number).revision)

    seen = [revision()]
    for act in (
        lambda: ops.orders.save(LEAD, number, 1, 0, HEADS),
        lambda: ops.objectives.add(LEAD, number, "Meet all", "counted"),
        lambda: ops.situation_reports.draft(LEAD, number, ["OPS"]),
        lambda: ops.attachments.add(LEAD, number, "a.png", "", PNG),
    ):
        act()
        seen.append(revision())
    assert seen == sorted(set(seen))
    assert timedelta(0) == ops.clock.now() - START
