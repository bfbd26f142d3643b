"""Acts on the areas of operations."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ops_centre.api.acts.base import Act, Body, Number
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.shapes import MOST_NAME, MOST_POINTS, MOST_SHAPES

Degrees = Annotated[float, Field(ge=-540, le=540, allow_inf_nan=False)]
Miles = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]


class DrawnShape(BaseModel):
    """A shape: polygon, circle (one point, ``radius_nm``) or lane (``width_nm``). ``text``: positions, one on each line,
    instead of ``points`` ([latitude, longitude] in degrees)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["polygon", "circle", "lane"]
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MOST_NAME)] = ""
    points: Annotated[list[tuple[Degrees, Degrees]], Field(max_length=MOST_POINTS + 1)] = []
    text: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    radius_nm: Miles | None = None
    width_nm: Miles | None = None


Shapes = Annotated[list[DrawnShape], Field(max_length=MOST_SHAPES)]


class Check(Body):
    """Shapes to be read and measured."""

    shapes: Shapes


class Put(Check):
    """The whole area of an operation. ``basis``: the digest of the one it was drawn from, as the page shows it."""

    operation: Number
    basis: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = None


def _plain(shapes: list[DrawnShape]) -> list[dict[str, Any]]:
    return [one.model_dump(exclude_none=True) for one in shapes]


def _put(ops: OpsCentre, actor: Actor, body: Put) -> dict[str, Any]:
    return ops.operation_areas.put(actor, body.operation, body.basis, _plain(body.shapes), body.reason, body.request_id)


ACTS = (
    Act(
        "operations/area/check",
        Permission.OPERATION_VIEW,
        Check,
        lambda ops, _actor, body: ops.operation_areas.check(_plain(body.shapes)),
        "Read and measure the shapes of an area; nothing is kept.",
    ),
    Act("operations/area/put", Permission.OPERATION_VIEW, Put, _put, "Give an operation this area."),
)
