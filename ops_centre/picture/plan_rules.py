"""The rules of the plan as configured, and how long units take from place to place: as the options of a dispatch say.

Ways are found once for a pair of places and a manner, and kept: a plan asks for the same few over and over.
"""

from functools import lru_cache

import numpy as np

from ops_centre.config import OptionsBlock, Settings
from ops_centre.domain.landmass import load_coast
from ops_centre.domain.planning import Limits, PlannedUnit, Rules, Spot
from ops_centre.domain.sea import load_sea
from ops_centre.domain.travel import MANNER_OF, Manner, Paces, Travel, UnitNow
from ops_centre.domain.units import UnitType

WAYS_KEPT = 20_000


def paces_of(block: OptionsBlock) -> Paces:
    """Speeds and preparation as configured."""
    kinds = {kind.value: kind.value.replace(" ", "_") for kind in UnitType}
    speeds = {kind: float(getattr(block, f"{name}_kn")) for kind, name in kinds.items()}
    return Paces(
        speeds | {"helicopter": block.helicopter_kn},
        {kind: float(getattr(block, f"{name}_prepare_minutes")) for kind, name in kinds.items()},
        block.under_way_prepare_minutes,
        block.road_detour,
    )


def plan_rules(settings: Settings) -> Rules:
    """The rules of the plan; sea, coast and ways are kept in the process."""
    return _rules(settings.model_dump_json(include={"options", "planning"}))


@lru_cache(maxsize=4)
def _rules(configured: str) -> Rules:
    settings = Settings.model_validate_json(configured)
    block = settings.planning
    names = {kind: kind.value.replace(" ", "_") for kind in UnitType}
    limits = {
        kind: Limits(
            float(getattr(block, f"{name}_duty_hours")),
            float(getattr(block, f"{name}_rest_hours")),
            float(getattr(block, f"{name}_week_hours")),
            block.flying_week_hours if kind is UnitType.AIRCRAFT else None,
            block.flying_share,
        )
        for kind, name in names.items()
    }
    return Rules(limits, Ways(settings.options).minutes)


class Ways:
    """Minutes from place to place."""

    def __init__(self, block: OptionsBlock) -> None:
        self._paces = paces_of(block)
        self._travel = Travel(load_coast(), load_sea(), block.road_detour)
        self._nm = lru_cache(maxsize=WAYS_KEPT)(self._measured)

    def minutes(self, unit: PlannedUnit, start: Spot, end: Spot) -> float | None:
        """Preparation and way at the usual speed of its kind; None where there is no way."""
        first, second = sorted(((round(start[0], 2), round(start[1], 2)), (round(end[0], 2), round(end[1], 2))))
        nm = self._nm(MANNER_OF[unit.unit_type], first, second)
        if nm is None:
            return None
        usual = UnitNow(unit.id, unit.callsign, unit.agency, unit.unit_type, unit.capabilities, "")
        return self._paces.prepare_of(usual) + nm / self._paces.speed_of(usual) * 60.0

    def _measured(self, manner: Manner, first: Spot, second: Spot) -> float | None:
        nm = float(self._travel.distances_nm(manner, *first, [second[0]], [second[1]])[0])
        return nm if np.isfinite(nm) else None
