"""AIVDM sentences of what the exercise shows, as a shore station or a satellite would send them on.

Every line carries a tag block with the station and the time of observation (NMEA 0183 4.11, section 7).
"""

from datetime import datetime

from pyais import encode_dict

from ops_centre.exercise.areas import MOORED
from ops_centre.exercise.stations import RescueFlight
from ops_centre.exercise.vessels import VesselState

Fields = dict[str, str | int | float | bytes | bool]
SHORE, SATELLITE = "NZSHORE", "NZSAT"
_UNKNOWN_HEADING = 511
_EPFD_GPS = 1


def position_lines(state: VesselState, observed: datetime, source: str, channel: str) -> bytes:
    """The position report of a vessel: message 1, or 18 for class B."""
    fields: Fields = {
        "mmsi": state.ship.mmsi,
        "lat": round(state.lat, 6),
        "lon": round(state.lon, 6),
        "speed": round(state.speed_kn, 1),
        "course": round(state.course_deg, 1) % 360.0,
        "second": observed.second,
        "accuracy": True,
    }
    if state.ship.class_a:
        fields |= {"msg_type": 1, "status": state.nav_status, "heading": state.heading_deg, "turn": 0}
    else:
        fields |= {"msg_type": 18, "heading": _UNKNOWN_HEADING, "cs": True}
    return _lines(fields, observed, source, channel)


def static_lines(state: VesselState, observed: datetime, source: str, channel: str, eta: datetime | None) -> bytes:
    """Static and voyage data of a vessel: message 5, or both parts of 24 for class B."""
    ship = state.ship
    size: Fields = {
        "to_bow": ship.length_m * 3 // 4,
        "to_stern": ship.length_m - ship.length_m * 3 // 4,
        "to_port": ship.beam_m // 2,
        "to_starboard": ship.beam_m - ship.beam_m // 2,
    }
    if not ship.class_a:
        common: Fields = {"msg_type": 24, "mmsi": ship.mmsi}
        part_a = _lines({**common, "partno": 0, "shipname": ship.name}, observed, source, channel)
        part_b: Fields = {**common, "partno": 1, "ship_type": ship.ais_type, "callsign": ship.callsign, **size}
        return part_a + _lines(part_b, observed, source, channel)
    arrival = (eta.month, eta.day, eta.hour, eta.minute) if eta else (0, 0, 24, 60)
    fields: Fields = {
        "msg_type": 5,
        "mmsi": ship.mmsi,
        "imo": ship.imo,
        "callsign": ship.callsign,
        "shipname": ship.name,
        "ship_type": ship.ais_type,
        "draught": ship.draught_m,
        "destination": state.destination,
        "epfd": _EPFD_GPS,
        **size,
        **dict(zip(("month", "day", "hour", "minute"), arrival, strict=True)),
    }
    return _lines(fields, observed, source, channel)


def station_lines(index: int, lat: float, lon: float, observed: datetime) -> bytes:
    """The report of a base station (message 4)."""
    fields: Fields = {
        "msg_type": 4,
        "mmsi": 5_120_001 + index,
        "lat": lat,
        "lon": lon,
        "accuracy": True,
        "epfd": 7,
        "year": observed.year,
        "month": observed.month,
        "day": observed.day,
        "hour": observed.hour,
        "minute": observed.minute,
        "second": observed.second,
    }
    return _lines(fields, observed, SHORE, "A")


def aid_lines(index: int, name: str, lat: float, lon: float, kind: int, virtual: bool, observed: datetime) -> bytes:
    """The report of an aid to navigation (message 21)."""
    fields: Fields = {
        "msg_type": 21,
        "mmsi": 995_120_001 + index + (500 if virtual else 0),
        "aid_type": kind,
        "name": name,
        "lat": lat,
        "lon": lon,
        "epfd": 7,
        "second": observed.second,
        "virtual_aid": virtual,
        "accuracy": True,
    }
    return _lines(fields, observed, SHORE, "B")


def rescue_lines(flight: RescueFlight, observed: datetime) -> bytes:
    """The position report of a search and rescue aircraft (message 9)."""
    fields: Fields = {
        "msg_type": 9,
        "mmsi": flight.mmsi,
        "alt": flight.altitude_m,
        "speed": flight.speed_kn,
        "lat": flight.lat,
        "lon": flight.lon,
        "course": flight.course_deg,
        "second": observed.second,
        "accuracy": True,
    }
    return _lines(fields, observed, SHORE, "A")


def rests(state: VesselState) -> bool:
    """Whether a transponder would fall back to a report every three minutes (ITU-R M.1371-5, table 1)."""
    return state.nav_status == MOORED or state.speed_kn < 0.5


def _lines(fields: Fields, observed: datetime, source: str, channel: str) -> bytes:
    part = encode_dict(fields, talker_id="AI", sentence_type="VDM", radio_channel=channel, seq_id=observed.second % 10)
    tag = f"s:{source},c:{int(observed.timestamp() * 1000)}"
    block = f"\\{tag}*{_checksum(tag):02X}\\"
    return "".join(f"{block}{sentence}\r\n" for sentence in part).encode("ascii")


def _checksum(text: str) -> int:
    total = 0
    for byte in text.encode("ascii"):
        total ^= byte
    return total
