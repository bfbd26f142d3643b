"""Gathers what the solver of proposals is shown, as the person who asked for it may know of it.

Demand and supply are those of the sufficiency page (`picture.sufficiency_gathering`); what is booked, and the rules, are those
of the plan (`picture.plan_gathering`). Nothing is changed here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.plan_rights import may_plan
from ops_centre.auth.policy import audience_of
from ops_centre.config import Settings
from ops_centre.domain import geo
from ops_centre.domain.authority import either
from ops_centre.domain.intervals import Interval
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.planning import PlannedUnit, Spot
from ops_centre.domain.proposal_scene import Ask, Bounds, Group, Scene
from ops_centre.domain.sufficiency import (
    ARRIVAL,
    Block,
    Expected,
    Holder,
    Line,
    blocks_of,
    lines_of,
    place_in,
    present,
)
from ops_centre.domain.travel import UnitNow
from ops_centre.models import Handling, Tasking, Unit
from ops_centre.picture.plan_gathering import PlanGathering
from ops_centre.picture.plan_rules import paces_of, plan_rules
from ops_centre.picture.sufficiency_gathering import holders, needs_of, wanted

WHOLE = 0.999  # share of its time for which a unit must be where a target arrives


@dataclass(frozen=True, slots=True)
class Setting:
    """A scene and what is told beside it."""

    scene: Scene
    unplaced: int  # open targets without a known place and time


class Scenes:
    """Reads in one session."""

    def __init__(self, session: Session, settings: Settings, gazetteer: Gazetteer, actor: Actor, now: datetime) -> None:
        self.session, self.settings, self.gazetteer, self.actor, self.now = session, settings, gazetteer, actor, now
        self.seen = audience_of(actor, session.scalars(select(Handling)))
        self.needs = needs_of(settings)

    def shortfalls(self, until: datetime, agency: str | None) -> Setting:
        """Every place and block that wants somebody."""
        zone = ZoneInfo(self.settings.centre.time_zone)
        blocks = blocks_of(self.now, until, zone, self.settings.sufficiency.block_hours)
        ends = blocks[-1].ends_at
        asked = wanted(self.session, self.gazetteer, self.needs, self.seen.__contains__, self.now, ends)
        lines = lines_of(asked.expected, blocks, self.needs.rules, self.now)
        held = holders(self.session, self.gazetteer, self.needs, self.seen.__contains__, self.now, ends)
        there = present(held, blocks, self.needs.rules.present_share)
        groups, cells = self._groups(lines, blocks)
        stays = {number: frozenset(holder.id for holder in there.get(cell, ())) for number, cell in enumerate(cells)}
        return Setting(self._scene(groups, stays, Interval(self.now, ends), agency), asked.unplaced)

    def targets(self, until: datetime, agency: str | None) -> Setting:
        """Every open target that arrives until then and that nobody was sent to."""
        asked = wanted(self.session, self.gazetteer, self.needs, self.seen.__contains__, self.now, until)
        sent = set(self.session.scalars(select(Tasking.target_id).where(Tasking.ended_at.is_(None))))
        due = [
            one
            for one in asked.expected
            if one.kind == "target" and one.at >= self.now and one.demand.needs and one.id not in sent
        ]
        due.sort(key=lambda one: (one.at, one.id))
        groups = [group for group in map(self._of_target, due) if group is not None]
        held = holders(
            self.session, self.gazetteer, self.needs, self.seen.__contains__, self.now, until + timedelta(days=1)
        )
        stays = {number: _staying(held, group) for number, group in enumerate(groups)}
        scene = self._scene(groups, stays, Interval(self.now, until + timedelta(days=1)), agency)
        scene.at_once = True
        return Setting(scene, asked.unplaced)

    def _groups(self, lines: Iterable[Line], blocks: Sequence[Block]) -> tuple[list[Group], list[tuple[str, int]]]:
        by_cell: dict[tuple[str, int], list[Line]] = {}
        for line in lines:
            by_cell.setdefault((line.place, line.block), []).append(line)
        groups, cells = [], []
        for (code, number), own in sorted(by_cell.items(), key=lambda item: (item[0][1], item[0][0])):
            place, block = self.gazetteer.get(code), blocks[number]
            if place is None:
                continue
            asks = tuple(
                Ask(one.need, one.agencies, one.severity, one.wanted, self._worth(one.severity), one.what)
                for one in own
            )
            span = Interval(max(block.starts_at, self.now), block.ends_at)
            least = timedelta(hours=self.needs.rules.present_share * block.hours)
            groups.append(Group(place.name, place.code, (place.lat, place.lon), span, asks, least))
            cells.append((code, number))
        return groups, cells

    def _of_target(self, one: Expected) -> Group | None:
        place = self.gazetteer.get(one.place)
        if place is None:
            return None
        severity = one.severity or ARRIVAL
        lasts = timedelta(hours=max(self.needs.rules.work_h.get(severity, 0.0), 0.25))
        asks = tuple(
            Ask(need, one.demand.agencies, severity, 1, self._worth(severity), either(need))
            for need in one.demand.needs
        )
        span = Interval(one.at, one.at + lasts)
        return Group(f"{one.label}, {place.name}", place.code, (place.lat, place.lon), span, asks, lasts, one.id)

    def _worth(self, severity: str) -> float:
        block = self.settings.proposals
        return float(getattr(block, f"worth_{severity}_hours"))

    def _scene(
        self, groups: Sequence[Group], stays: Mapping[int, frozenset[int]], span: Interval, agency: str | None
    ) -> Scene:
        query = select(Unit.id, Unit.lat, Unit.lon, Unit.handling_id).where(Unit.withdrawn_at.is_(None))
        rows = self.session.execute(query)
        mine = {number: (lat, lon) for number, lat, lon, handling in rows if handling in self.seen}
        gathering = PlanGathering(self.session, self.settings, self.gazetteer, self.now)
        known = gathering.gather(list(mine), span, self.seen)
        block = self.settings.proposals
        fixed = frozenset(
            unit.id
            for unit in known.units.values()
            if not may_plan(self.actor, unit.agency) or (agency is not None and unit.agency != agency)
        )
        return Scene(
            now=self.now,
            groups=groups,
            units=known.units,
            bookings=known.bookings,
            positions=_positions(mine),
            speeds=self._speeds(known.units.values()),
            stays=stays,
            rules=plan_rules(self.settings),
            bounds=Bounds(block.travel_minutes, block.candidates, block.change_minutes),
            fixed=fixed,
        )

    def _speeds(self, units: Iterable[PlannedUnit]) -> dict[int, float]:
        paces = paces_of(self.settings.options)
        return {
            unit.id: paces.speed_of(UnitNow(unit.id, unit.callsign, unit.agency, unit.unit_type, unit.capabilities, ""))
            for unit in units
        }


def _positions(spots: Mapping[int, tuple[float | None, float | None]]) -> dict[int, Spot]:
    return {
        number: (lat, lon)
        for number, (lat, lon) in spots.items()
        if lat is not None and lon is not None and geo.is_position(lat, lon)
    }


def _staying(held: Iterable[Holder], group: Group) -> frozenset[int]:
    block = Block(group.span.starts_at, group.span.ends_at)
    return frozenset(one.id for one in held if place_in(one, block, WHOLE) == group.place)
