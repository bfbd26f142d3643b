"""A change of a proposal at other times: when it is, who said so, and where its unit would come from by then."""

from datetime import datetime
from typing import Any

from ops_centre.clock import to_ms
from ops_centre.config import Settings
from ops_centre.domain import geo
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.planning import THERE_NM, Spot
from ops_centre.domain.proposal_scene import Bounds, Scene
from ops_centre.services.plan_drafting import Drafting


def retimed(change: dict[str, Any], starts_at: datetime, ends_at: datetime, by: str) -> dict[str, Any]:
    """The change at another time, with who gave it and the time that the solver gave."""
    first = {f"first_{name}": change.get(f"first_{name}", change[name]) for name in ("starts_at", "ends_at")}
    return {**change, **first, "starts_at": to_ms(starts_at), "ends_at": to_ms(ends_at), "timed_by": by}


def with_way(
    change: dict[str, Any], starts_at: datetime, drafting: Drafting, settings: Settings, gazetteer: Gazetteer
) -> dict[str, Any]:
    """The change with where its unit comes from at its time, by all that was read and added to ``drafting``."""
    planned, bookings = drafting.around(change["unit_id"])
    unit, block = drafting.unit(planned.id), settings.proposals
    scene = Scene(
        now=drafting.now,
        groups=(),
        units={planned.id: planned},
        bookings={planned.id: sorted(bookings, key=lambda one: one.span.starts_at)},
        positions={planned.id: (unit.lat, unit.lon)} if unit.lat is not None and unit.lon is not None else {},
        speeds={},
        stays={},
        rules=drafting.rules,
        bounds=Bounds(block.travel_minutes, block.candidates, block.change_minutes),
    )
    base, spot = scene.base(planned.id, starts_at), (change["lat"], change["lon"])
    minutes = _minutes(scene, planned.id, base, spot)
    return {**change, "travel_min": round(minutes, 1), "from": _named(base, gazetteer)}


def _minutes(scene: Scene, number: int, base: Spot | None, spot: Spot) -> float:
    """Of travel; none where nobody knows from where, or no way is known: the rules of the plan judge that."""
    if base is None or base == spot or geo.distance_nm(*base, *spot) <= THERE_NM:
        return 0.0
    return scene.rules.travel_min(scene.units[number], base, spot) or 0.0


def _named(spot: Spot | None, gazetteer: Gazetteer) -> str | None:
    return next((place.name for place in gazetteer.places if (place.lat, place.lon) == spot), None)
