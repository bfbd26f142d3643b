"""Conditions of hazards: a grave one that lies over a unit or the area of an operation.

An alert tells everybody who sees the hazard of what lies in it, so only what all of them may see counts.
"""

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from ops_centre.auth.policy import rule_of
from ops_centre.domain.alerting import AlertCause, Condition
from ops_centre.domain.geo import circle
from ops_centre.domain.handling import HandlingRule, covers
from ops_centre.domain.hazards import GRAVE, HazardState
from ops_centre.domain.operations import ENDED
from ops_centre.domain.shapes import area_of, on_chart
from ops_centre.models import Handling, Hazard, HazardMessage, Operation, Unit
from ops_centre.services.alert_conditions import Look, at_words

POINT_NM = 1.0  # a hazard that is a point, and a circle smaller than this, reaches so far
MOST_NAMED = 5
_ENDED = tuple(state.value for state in ENDED)


def of_hazards(look: Look) -> Iterator[Condition]:
    """Grave hazards in force that lie over something of ours."""
    grave = look.session.execute(
        select(Hazard, Handling)
        .join(HazardMessage, HazardMessage.id == Hazard.message_id)
        .join(Handling, Handling.id == Hazard.handling_id)
        .where(
            Hazard.state == HazardState.IN_FORCE.value,
            Hazard.severity.in_(GRAVE),
            Hazard.expires_at > look.now,
            HazardMessage.status == "Actual",
        )
    ).all()
    if not grave:
        return
    ours = [*_units(look), *_operations(look)]
    rule = look.rule(AlertCause.HAZARD_NEAR)
    for hazard, handling in grave:
        seen_by = rule_of(handling)
        area = _area(hazard.id, hazard)
        names = [name for name, where, its in ours if covers(seen_by, its) and _touch(area, where)]
        if names:
            title = f"{hazard.severity}: {hazard.headline or hazard.event}"
            yield Condition(
                AlertCause.HAZARD_NEAR, "hazard", str(hazard.id), rule.severity_of("high"), title[:200], _text(hazard, names),
                hazard.handling_id, due_at=hazard.expires_at,
            )  # fmt: skip


def _text(hazard: Hazard, names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    over = f"It lies over {', '.join(sorted(names)[:MOST_NAMED])}{more}."
    return f"{over} In force until {at_words(hazard.expires_at)}. {hazard.instruction}"[:500].strip()


Ours = tuple[str, BaseGeometry, HandlingRule]


def _units(look: Look) -> Iterator[Ours]:
    rows = look.session.execute(
        select(Unit.callsign, Unit.lat, Unit.lon, Handling)
        .join(Handling, Handling.id == Unit.handling_id)
        .where(Unit.withdrawn_at.is_(None), Unit.lat.is_not(None))
    )
    for callsign, lat, lon, handling in rows:
        if lat is not None and lon is not None:
            yield callsign, shapely.Point(_chart(lat, lon)), rule_of(handling)


def _operations(look: Look) -> Iterator[Ours]:
    rows = look.session.execute(
        select(Operation.reference, Operation.area, Handling)
        .join(Handling, Handling.id == Operation.handling_id)
        .where(Operation.state.not_in(_ENDED))
    )
    for reference, area, handling in rows:
        if area:
            yield reference, shapely.union_all([on_chart(shape) for shape in area_of(area)]), rule_of(handling)


def _chart(lat: float, lon: float) -> tuple[float, float]:
    """On the Mercator chart that areas of operations are drawn on (`domain.shapes`)."""
    return lon, math.degrees(math.asinh(math.tan(math.radians(lat))))


def _area(number: int, hazard: Hazard) -> BaseGeometry:
    return _area_of(number, tuple(_rings(shape for area in hazard.areas for shape in area["shapes"])))


@lru_cache(maxsize=256)
def _area_of(_number: int, rings: tuple[tuple[tuple[float, float], ...], ...]) -> BaseGeometry:
    parts = [shapely.make_valid(shapely.Polygon(ring)) for ring in rings]
    found = shapely.union_all(parts)
    shapely.prepare(found)
    return found


def _rings(shapes: Iterable[dict[str, Any]]) -> Iterator[tuple[tuple[float, float], ...]]:
    for shape in shapes:
        points = shape["points"]
        if shape["kind"] == "circle":
            points = circle(points[0][0], points[0][1], max(shape["radius_nm"], POINT_NM), vertices=36)
        yield tuple(_chart(lat, lon) for lat, lon in points)


def _touch(area: BaseGeometry, where: BaseGeometry) -> bool:
    """Whether the two meet, on whichever turn of the Earth each is written down."""
    return any(area.intersects(affinity.translate(where, turn) if turn else where) for turn in (0.0, 360.0, -360.0))
