"""The picture of an ADS-B receiver network, in the form readsb writes it (`aircraft.json`, readsb's README-json.md)."""

import math
from typing import Any

from ops_centre.domain import geo
from ops_centre.exercise.aircraft import Aircraft, AircraftState
from ops_centre.exercise.airlines import AIRPORTS
from ops_centre.exercise.scenario import ScenarioTime, share

RANGE_NM = 240.0
CONTRACT_S = 240.0  # beyond range: reports by ADS-C, so often
_SITES = tuple(AIRPORTS[code][1:] for code in ("AKL", "WLG", "CHC", "ZQN", "KKE", "GIS"))


def aircraft_json(fleet: list[Aircraft], timeline: ScenarioTime, wall_s: float) -> dict[str, Any]:
    """What the receivers know at a wall time."""
    rows = [row for craft in fleet if (row := _row(craft, timeline, wall_s)) is not None]
    return {"now": round(wall_s, 1), "messages": int(wall_s - 1_700_000_000) * 40, "aircraft": rows}


def _row(craft: Aircraft, timeline: ScenarioTime, wall_s: float) -> dict[str, Any] | None:
    present = craft.state(timeline.at(wall_s))
    if present is None:
        return None
    near = min(geo.distance_nm(present.lat, present.lon, *site) for site in _SITES) < RANGE_NM
    phase = share("heard", craft.index)
    every = 1.0 if near else CONTRACT_S
    heard_s = (math.floor(wall_s / every + phase) - phase) * every
    then = craft.state(timeline.at(heard_s))
    return _fields(then or present, craft.index, wall_s - heard_s if then else 0.0, near)


def _fields(state: AircraftState, index: int, age_s: float, near: bool) -> dict[str, Any]:
    airframe = state.airframe
    row: dict[str, Any] = {
        "hex": airframe.icao24,
        "type": "adsb_icao" if near else "adsc",
        "flight": f"{state.callsign:<8}",
        "r": airframe.registration,
        "t": airframe.type_code,
        "squawk": state.squawk,
        "emergency": "none",
        "category": airframe.category,
        "lat": round(state.lat, 6),
        "lon": round(state.lon, 6),
        "gs": round(state.speed_kn, 1),
        "track": round(state.track_deg, 2),
        "nic": 8,
        "rc": 186,
        "version": 2,
        "nac_p": 10,
        "sil": 3,
        "seen_pos": round(age_s, 1),
        "seen": round(min(age_s, 0.4 if near else age_s), 1),
        "rssi": -8.0 - index % 17,
        "messages": 1000 + index * 37,
        "mlat": [],
        "tisb": [],
    }
    if state.altitude_ft is None:
        return row | {"alt_baro": "ground"}
    return row | {
        "alt_baro": state.altitude_ft,
        "alt_geom": state.altitude_ft + 350,
        "baro_rate": state.climb_fpm,
    }
