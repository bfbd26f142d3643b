"""Frozen views of the area of an operation."""

from dataclasses import dataclass
from typing import Any

from ops_centre.picture.views import TargetRow


@dataclass(frozen=True, slots=True)
class ShapeView:
    """One shape: as stored, and in words."""

    plain: dict[str, Any]
    described: str
    text: str  # its positions, one on each line
    area_nm2: float


@dataclass(frozen=True, slots=True)
class CraftInside:
    """A craft that is in the area now."""

    track_id: int
    name: str | None
    kind: str  # vessel, aircraft, …


@dataclass(frozen=True, slots=True)
class AreaView:
    """The area of one operation, what is in it now, and whether this reader may draw it."""

    operation: int
    reference: str
    state: str
    basis: str  # `domain.shapes.digest` of what is stored
    shapes: tuple[ShapeView, ...]
    area_nm2: float
    may_draw: bool
    why_not: str | None
    needs_reason: bool
    targets: tuple[TargetRow, ...]  # open, inside, soonest first
    craft: tuple[CraftInside, ...]  # some of them, by name
    craft_count: int
