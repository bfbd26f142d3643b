"""The area of an operation with what lies in it now, as one reader may know of it."""

from collections.abc import Sequence
from typing import Any

from ops_centre.auth.actor import Actor
from ops_centre.auth.operation_rights import may_work
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import rule_of
from ops_centre.db import Database
from ops_centre.domain.coordinates import written
from ops_centre.domain.operations import ENDED, OperationState
from ops_centre.domain.shapes import Shape, area_nm2, described, digest, inside, shape_area_nm2, shape_of
from ops_centre.errors import NotFound
from ops_centre.models import Handling, Operation
from ops_centre.picture.area_views import AreaView, CraftInside, ShapeView
from ops_centre.picture.present import KIND_CODE
from ops_centre.picture.reads import Picture
from ops_centre.picture.scope import scope_of, sees
from ops_centre.picture.views import TargetRow

MOST_CRAFT = 30  # named on the page
MAX_ID = 2**63 - 1
SETTLED = frozenset({OperationState.APPROVED, OperationState.ACTIVE})  # what a second person agreed to
KIND_WORDS = {code: kind.value for kind, code in KIND_CODE.items()}


class AreaReads:
    """Reads areas of operations."""

    def __init__(self, db: Database, picture: Picture) -> None:
        self.db = db
        self.picture = picture

    def one(self, actor: Actor, operation_id: int) -> AreaView:
        """The area of one operation. Raises NotFound."""
        operation = self._operation(actor, operation_id)
        shapes = _stored(operation.area)
        why_not = _why_not(actor, operation)
        craft = self._craft(actor, shapes)
        return AreaView(
            operation=operation.id,
            reference=operation.reference,
            state=operation.state,
            basis=digest(operation.area),
            shapes=tuple(_view(one) for one in shapes),
            area_nm2=area_nm2(shapes),
            may_draw=why_not is None,
            why_not=why_not,
            needs_reason=operation.state in SETTLED,
            targets=tuple(self._targets(actor, shapes)),
            craft=tuple(craft[:MOST_CRAFT]),
            craft_count=len(craft),
        )

    def _operation(self, actor: Actor, operation_id: int) -> Operation:
        with self.db.reading() as session:
            row = session.get(Operation, operation_id) if 0 < operation_id <= MAX_ID else None
            rule = rule_of(session.get_one(Handling, row.handling_id)) if row is not None else None
            if (
                row is None
                or rule is None
                or not actor.may(Permission.OPERATION_VIEW)
                or not sees(scope_of(actor), rule)
            ):
                raise NotFound("There is no such operation, or it is not released to you.")
            session.expunge(row)
            return row

    def _targets(self, actor: Actor, shapes: Sequence[Shape]) -> list[TargetRow]:
        """Open targets whose craft, or else whose place, lies in the area."""
        if not shapes or not actor.may(Permission.TARGET_VIEW):
            return []
        tracks = self.picture.live.present.tracks
        rows = self.picture.targets(actor)
        at = [_position(row, tracks) for row in rows]
        within = inside(shapes, [lat for lat, _ in at], [lon for _, lon in at])
        return [row for row, is_inside in zip(rows, within.tolist(), strict=True) if is_inside]

    def _craft(self, actor: Actor, shapes: Sequence[Shape]) -> list[CraftInside]:
        if not shapes or not actor.may(Permission.PICTURE_VIEW):
            return []
        tracks = [one for one in list(self.picture.live.present.tracks.values()) if one[1] is not None]
        within = inside(shapes, [one[1] for one in tracks], [one[2] for one in tracks])
        found = [one for one, is_inside in zip(tracks, within.tolist(), strict=True) if is_inside]
        craft = [CraftInside(one[0], one[6], KIND_WORDS.get(one[5], "craft")) for one in found]
        return sorted(craft, key=lambda one: (one.name is None, one.name or "", one.track_id))


def _stored(area: Sequence[Any]) -> list[Shape]:
    """Shapes that can be read; one that a later release wrote otherwise is left out rather than the page lost."""
    shapes = []
    for plain in area:
        try:
            shapes.append(shape_of(plain))
        except ValueError:
            continue
    return shapes


def _view(shape: Shape) -> ShapeView:
    return ShapeView(shape.as_plain(), described(shape), written(shape.points), shape_area_nm2(shape))


def _position(row: TargetRow, tracks: dict[int, Any]) -> tuple[float, float]:
    track = tracks.get(row.track_id) if row.track_id is not None else None
    if track is not None and track[1] is not None:
        return track[1], track[2]
    if row.place_lat is None or row.place_lon is None:
        return float("nan"), float("nan")
    return row.place_lat, row.place_lon


def _why_not(actor: Actor, operation: Operation) -> str | None:
    """Why this reader may not draw the area now; None when they may."""
    if operation.state in ENDED:
        return f"The operation is {operation.state}: its area stays as it was."
    if not may_work(actor, operation.kind, operation.commander):
        return "You may read the area; its commander and those who plan operations draw it."
    return None
