"""The boards of many operations: the top of each column, the rest on demand, and numbers of what a reader may know of."""

from datetime import timedelta
from typing import Any

from ops_centre.auth.roles import Role
from ops_centre.models import Assignment, OperationLink, Unit
from ops_centre.picture.operation_boards import LaneSizes
from ops_centre.picture.operation_reads import OperationFilter
from tests.factories import actor, make_feed, make_handling, make_restricted_target, make_target, make_unit
from tests.operation_factories import make_operation
from tests.support.clock import START
from tests.watch_factories import make_tasking

Ops = Any
LEAD = actor(Role.SHIFT_LEAD, name="lead")
POLICE = actor(Role.AGENCY_LIAISON, "POL", name="police")
HOUR = timedelta(hours=1)
FEW = LaneSizes(live=2, ended=2)


def stand(ops: Ops) -> None:
    """Seven that are planned, one a day, the third overdue; and four that were closed one after another."""
    with ops.db.begin() as session:
        for n in range(1, 8):
            make_operation(
                session, state="planned", name=f"Plan-{n}", starts_at=START + (24 * n if n != 3 else -1) * HOUR
            )
        for n in range(4):
            make_operation(session, state="closed", name=f"Closed-{n}", state_at=START - n * HOUR)


def names(ops: Ops, state: str, wanted: OperationFilter | None = None, sizes: LaneSizes = FEW) -> list[str]:
    boards = ops.operation_reads.boards(LEAD, wanted, sizes)
    return [card.row.name for card in boards.columns["deliberate"][state]]


def test_a_column_shows_its_top_and_counts_the_rest(ops: Ops) -> None:
    stand(ops)
    boards = ops.operation_reads.boards(LEAD, sizes=FEW)
    assert names(ops, "planned") == ["Plan-3", "Plan-1"]  # what is overdue, then what comes next
    assert names(ops, "closed") == ["Closed-0", "Closed-1"]  # the newest
    assert boards.cut == {("deliberate", "planned"): 5, ("deliberate", "closed"): 2}
    assert (boards.shown, boards.total, boards.overdue["deliberate"]) == (11, 11, 1)


def test_what_is_opened_shows_more_of_one_column_alone(sqlite_ops: Ops) -> None:
    stand(sqlite_ops)
    sizes = LaneSizes(2, 2, {("deliberate", "planned"): 40, ("overwatch", "nonsense"): 3})
    assert names(sqlite_ops, "planned", sizes=sizes) == [f"Plan-{n}" for n in (3, 1, 2, 4, 5, 6, 7)]
    assert len(names(sqlite_ops, "closed", sizes=sizes)) == 2
    assert LaneSizes(opened={("deliberate", "planned"): 10**9}).of(("deliberate", "planned")) == 300


def test_a_filter_finds_what_a_column_does_not_show(sqlite_ops: Ops) -> None:
    stand(sqlite_ops)
    assert names(sqlite_ops, "planned", OperationFilter(text="plan-7")) == ["Plan-7"]
    assert names(sqlite_ops, "closed", OperationFilter(text="closed-3")) == ["Closed-3"]


def test_what_runs_and_what_is_overdue_is_counted_also_where_it_is_not_shown(sqlite_ops: Ops) -> None:
    with sqlite_ops.db.begin() as session:
        for n in range(5):
            make_operation(session, state="active", ends_at=START + (n - 3) * HOUR, started_at=START)
    boards = sqlite_ops.operation_reads.boards(LEAD, sizes=FEW)
    assert len(boards.columns["deliberate"]["active"]) == 2
    assert (boards.running, boards.overdue) == ({"deliberate": 5}, {"deliberate": 4})


def test_a_card_counts_only_units_and_targets_that_its_reader_may_know_of(sqlite_ops: Ops) -> None:
    with sqlite_ops.db.begin() as session:
        feed, theirs = make_feed(session), make_handling(session, "CUS", "AMBER")
        operation = make_operation(session, "OPS", "GREEN", state="active").id
        open_unit, closed_unit, tasked = (
            make_unit(session, feed, handling=handling).id
            for handling in (make_handling(session), theirs, make_handling(session))
        )
        for unit in (open_unit, closed_unit):
            session.add(
                Assignment(
                    unit_id=unit, kind="operation", operation_id=operation, starts_at=START, ends_at=START + HOUR,
                    overrides=[], assigned_by="lead", assigned_at=START, handling_id=make_handling(session).id, revision=0,
                )
            )  # fmt: skip
        make_tasking(session, session.get_one(Unit, tasked), operation_id=operation, handling_id=theirs.id)
        for target in (make_target(session, feed), make_restricted_target(session, feed)):
            session.add(
                OperationLink(
                    operation_id=operation, kind="target", thing=str(target.id), label="x", linked_at=START, linked_by="lead"
                )
            )  # fmt: skip
    sqlite_ops.picture.live.start()

    def told(who: Any) -> set[tuple[int, int]]:
        card = sqlite_ops.operation_reads.boards(who).columns["deliberate"]["active"][0].row
        page = sqlite_ops.operation_reads.one(who, operation).row
        return {(row.assigned, row.targets) for row in (card, page)}

    customs = actor(Role.AGENCY_LIAISON, "CUS", name="customs")
    assert told(POLICE) == {(1, 2)}
    assert told(customs) == {(3, 1)}
    (present,) = sqlite_ops.picture.operations(customs)
    assert (present.assigned, present.targets) == (1, 1)  # one for all who may know of the operation
    card = sqlite_ops.operation_reads.counted(customs, present)  # as the map shows it to one of them
    assert (card.assigned, card.targets) == (3, 1)
