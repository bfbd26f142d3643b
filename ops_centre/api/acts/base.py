"""What every act has: a name, the permission it needs, the shape of its body, and what carries it out.

An act's body is checked whole before anything runs; its service checks the permission and the scope again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.clock import from_ms

MAX_MS = 4_102_444_800_000  # 2100-01-01


def _moment(value: Any) -> datetime:
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_MS:
        raise ValueError("must be milliseconds since 1970")
    return from_ms(value)


Moment = Annotated[datetime, BeforeValidator(_moment)]  # milliseconds since 1970, UTC
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]  # of a thing


class Body(BaseModel):
    """What the browser sends. ``request_id`` is made anew for each press and kept for its repetitions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    request_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]

    def asked(self) -> bytes:
        """What is asked for: the same however often, and however long after the press, it is sent."""
        return self.model_dump_json(exclude={"request_id", "ago_ms"}).encode()

    @model_validator(mode="before")
    @classmethod
    def _without_nul(cls, body: Any) -> Any:
        return without_nul(body)


def without_nul(value: Any) -> Any:
    """``value`` with a blank for every NUL in its texts: PostgreSQL stores none, and a log entry has none either."""
    if isinstance(value, str):
        return value.replace("\0", " ")
    if isinstance(value, list):
        return [without_nul(one) for one in value]
    if isinstance(value, dict):
        return {without_nul(name): without_nul(one) for name, one in value.items()}
    return value


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done at ``POST /api/v1/acts/<name>``."""

    name: str  # "alerts/acknowledge"
    needs: Permission
    body: type[Body]
    run: Callable[[OpsCentre, Actor, Any], dict[str, Any]]  # answers {"said": words for the officer, …}
    does: str  # one sentence, for the description of the API
