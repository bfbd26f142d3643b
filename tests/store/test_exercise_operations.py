"""The operations of an exercise are made once, by its own people, with a log entry for each step."""

from typing import Any

from ops_centre.auth.roles import Role
from ops_centre.domain.log_filter import LogFilter
from ops_centre.services.exercise_operations import SEEDS, ExerciseOperations
from tests.factories import actor, make_feed, make_target, make_user
from tests.operation_factories import make_operation

LEAD = actor(Role.SHIFT_LEAD, name="lead")


def seeds(ops: Any) -> ExerciseOperations:
    return ExerciseOperations(ops.db, ops.clock, ops.settings, ops.gazetteer, ops.deeds)


def people(ops: Any) -> None:
    roles = {"lead": Role.SHIFT_LEAD, "lead2": Role.SHIFT_LEAD, "commander": Role.OPERATION_COMMANDER}
    with ops.db.begin() as session:
        for name, role in (roles | {"duty": Role.DUTY_OFFICER}).items():
            make_user(session, role, "OPS", name=name)


def test_they_are_made_once_across_restarts_and_reach_every_level(sqlite_ops: Any) -> None:
    seeds(sqlite_ops).ensure()
    assert sqlite_ops.operation_reads.boards(LEAD).total == 0  # nobody is there yet
    people(sqlite_ops)
    first = seeds(sqlite_ops)
    first.ensure()
    with sqlite_ops.db.begin() as session:
        make_target(session, make_feed(session))
    first.ensure()
    seeds(sqlite_ops).ensure()
    boards = sqlite_ops.operation_reads.boards(LEAD)
    states = {(kind, state) for kind, columns in boards.columns.items() for state, cards in columns.items() if cards}
    assert boards.total == len(SEEDS) + 1
    assert states == {
        ("deliberate", "planned"), ("deliberate", "approved"), ("deliberate", "active"), ("deliberate", "closed"),
        ("contingency", "responding"), ("overwatch", "proposed"), ("overwatch", "watching"),
    }  # fmt: skip
    kotare = boards.columns["deliberate"]["approved"][0].row
    assert kotare.is_exercise
    assert len(sqlite_ops.log.page(LEAD, LogFilter(thing=("operation", str(kotare.id))))) == 4


def test_a_centre_that_knows_operations_gets_none(sqlite_ops: Any) -> None:
    people(sqlite_ops)
    with sqlite_ops.db.begin() as session:
        make_operation(session, marking="GREEN")
        make_target(session, make_feed(session))
    seeds(sqlite_ops).ensure()
    assert sqlite_ops.operation_reads.boards(LEAD).total == 1
