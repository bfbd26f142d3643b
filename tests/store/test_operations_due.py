"""The sweep of alerts reads only the operations anything can be due of, and misses none by it."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import true

from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.operations import STATES
from ops_centre.picture.operation_standing import allowed
from ops_centre.services import conditions_of_work
from ops_centre.services.alert_conditions import Look
from ops_centre.services.alert_rules import in_force
from tests.operation_factories import make_operation

AGO = (timedelta(days=-2), timedelta(minutes=1), timedelta(days=200))


def test_what_the_sweep_finds_of_the_few_it_reads_is_what_it_finds_of_all(
    sqlite_ops: OpsCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops, now = sqlite_ops, sqlite_ops.clock.now()
    every = {(kind.value, state.value) for kind, states in STATES.items() for state in states}
    with ops.db.begin() as session:
        for (kind, state), field, ago in product(
            sorted(every), ("starts_at", "ends_at", "next_event_at", "started_at"), AGO
        ):
            moment = {field: now - ago}
            since = now - abs(ago)
            make_operation(session, kind=kind, state=state, state_at=since, **moment)
    with ops.db.reading() as session:
        look = Look(session, now, in_force(session, ops.settings), 0, allowed(ops.settings.operations))
        few = list(conditions_of_work.of_operations(look))
        monkeypatch.setattr(conditions_of_work, "_may_be_due", lambda _look: true())
        assert few == list(conditions_of_work.of_operations(look))
    assert len({one.title.partition(": ")[2] for one in few}) >= 6, "each thing that can be due is among them"
