"""Rows of operations, of the plan and of debriefs with sensible defaults, for tests. Append; nothing here decides anything."""

from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from ops_centre.models import Operation
from tests.factories import make_handling
from tests.support.clock import START

_numbers = count(1)


def make_operation(
    session: Session, owner: str = "OPS", marking: str = "AMBER", releases: str = "", **given: Any
) -> Operation:
    """A deliberate operation that is proposed, without window, units or area."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "reference": f"D26-{number:03d}",
        "name": f"Operation {number}",
        "kind": "deliberate",
        "state": "proposed",
        "state_at": START,
        "is_exercise": False,
        "purpose": "A risk assessment asks for it.",
        "agencies": [owner],
        "subjects": ["vessel"],
        "required": [],
        "area": [],
        "proposed_by": "someone",
        "proposed_at": START,
        "version": 1,
        "handling_id": make_handling(session, owner, marking, releases).id,
        "revision": 0,
    }
    operation = Operation(**(values | given))
    session.add(operation)
    session.flush()
    return operation
