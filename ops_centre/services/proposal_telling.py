"""A draft of the solver as it is stored with its proposal: plain values, words for people, nothing left to look up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ops_centre.clock import to_ms
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.planning import Spot
from ops_centre.domain.proposal_covers import Cover
from ops_centre.domain.proposal_scene import Ask, Group, Scene, Why
from ops_centre.domain.proposal_search import Draft, Open, Stay
from ops_centre.domain.sufficiency import RANK


class Telling:
    """Puts a draft into words."""

    def __init__(self, scene: Scene, gazetteer: Gazetteer) -> None:
        self.scene, self.gazetteer = scene, gazetteer
        self._names: Mapping[Spot, str] = {(place.lat, place.lon): place.name for place in gazetteer.places}

    def changes(self, draft: Draft) -> list[dict[str, Any]]:
        """What would be assigned, in order of time."""
        return [self._change(number, stay) for number, stay in enumerate(draft.stays, start=1)]

    def uncovered(self, draft: Draft) -> list[dict[str, Any]]:
        """What stays open, the worst first."""
        told = [self._open(one) for one in draft.open]
        return sorted(told, key=lambda one: (RANK[one["severity"]], one["starts_at"], one["where"], one["what"]))

    def _change(self, number: int, stay: Stay) -> dict[str, Any]:
        unit, groups = self.scene.units[stay.unit], [self.scene.groups[going.group] for going in stay.goings]
        asks = [self.scene.groups[group].asks[ask] for group, ask in stay.serves]
        covers = [
            self._cover(self.scene.groups[group], self.scene.groups[group].asks[ask]) for group, ask in stay.serves
        ]
        base = self.scene.base(unit.id, groups[0].span.starts_at)
        return {
            "key": str(number),
            "unit_id": unit.id,
            "callsign": unit.callsign,
            "agency": unit.agency,
            "place": groups[0].place,
            "where": groups[0].where,
            "lat": groups[0].spot[0],
            "lon": groups[0].spot[1],
            "starts_at": to_ms(stay.span.starts_at),
            "ends_at": to_ms(stay.span.ends_at),
            "serves": list(dict.fromkeys(ask.what for ask in asks)),
            "severity": min((ask.severity for ask in asks), key=RANK.__getitem__),
            "travel_min": round(stay.goings[0].minutes, 1),
            "from": self._names.get(base) if base is not None else None,
            "on_roster": unit.roster_until is not None and stay.span.starts_at < unit.roster_until,
            "covers": [one.as_plain() for one in covers],
            "dropped": False,
            "dropped_by": None,
        }

    @staticmethod
    def _cover(group: Group, ask: Ask) -> Cover:
        return Cover(ask.what, ask.severity, group.where, group.span, group.least)

    def _open(self, one: Open) -> dict[str, Any]:
        group = self.scene.groups[one.group]
        ask = group.asks[one.ask]
        return {
            "where": group.where,
            "starts_at": to_ms(group.span.starts_at),
            "ends_at": to_ms(group.span.ends_at),
            "what": ask.what,
            "severity": ask.severity,
            "count": one.count,
            "why": _why(one, group, ask, self.scene.now),
        }


def _why(one: Open, group: Group, ask: Ask, now: datetime) -> str:
    """``Of 6 units that could: 3 too far off, 2 off duty then, 1 wanted more elsewhere.``"""
    if group.span.ends_at - max(group.span.starts_at, now) < group.least:
        return "Too little of this block is left to send anybody."
    able = sum(one.whys.values())
    if not able:
        by = f" of {', '.join(sorted(ask.agencies))}" if ask.agencies else ""
        return f"No other unit{by} that you may plan has {ask.what}."
    parts = [f"{one.whys[why]} {why.value}" for why in Why if one.whys.get(why)]
    return f"Of {able} other unit{'' if able == 1 else 's'} that could: {', '.join(parts)}."


def figures(draft: Draft, seconds: float, cpu_seconds: float, unplaced: int) -> dict[str, float]:
    """Numbers kept with a proposal."""
    return {
        "wanted": draft.wanted,
        "open_before": draft.open_before,
        "open_after": sum(one.count for one in draft.open),
        "travel_min": round(draft.travel_min, 1),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_seconds, 2),
        "gap": round(draft.gap, 5),
        "proven": float(draft.proven),
        "rounds": draft.rounds,
        "chances": draft.chances,
        "left_out": draft.left_out,
        "unplaced": unplaced,
    }


def in_words(draft: Draft) -> str:
    """``4 changes would cover 5 of 7 open posts; 2 stay open``."""
    after = sum(one.count for one in draft.open)
    count = len(draft.stays)
    if not draft.open_before:
        return "nothing is short; no change is proposed"
    changes = f"{count} change{'' if count == 1 else 's'}"
    return (
        f"{changes} would leave {after} of {draft.open_before} short post{'' if draft.open_before == 1 else 's'} open"
    )
