"""What transmits AIS beside vessels: shore stations, aids to navigation, now and then a search and rescue aircraft."""

import math
from dataclasses import dataclass

from ops_centre.domain import geo
from ops_centre.exercise import routes
from ops_centre.exercise.scenario import DAY, HOUR, share

# name, latitude, longitude
BASE_STATIONS: tuple[tuple[str, float, float], ...] = (
    ("CAPE REINGA", -34.4260, 172.6780),
    ("AUCKLAND", -36.8300, 174.8160),
    ("MT MAUNGANUI", -37.6310, 176.1710),
    ("EAST CAPE", -37.6900, 178.5400),
    ("NAPIER", -39.4760, 176.9130),
    ("BEACON HILL", -41.3400, 174.8300),
    ("STEPHENS ISLAND", -40.6700, 174.0000),
    ("NEW PLYMOUTH", -39.0580, 174.0350),
    ("LYTTELTON HEADS", -43.6070, 172.8200),
    ("TAIAROA HEAD", -45.7740, 170.7280),
    ("BLUFF HILL", -46.6120, 168.3500),
    ("WAITANGI", -43.9450, -176.5600),
)
# name, latitude, longitude, type (ITU-R M.1371-5, table 74), virtual
AIDS: tuple[tuple[str, float, float, int, bool], ...] = (
    ("AUCKLAND FAIRWAY", -36.7050, 174.8460, 20, False),
    ("TAURANGA FAIRWAY A", -37.5920, 176.1720, 20, False),
    ("MARSDEN FAIRWAY", -35.8990, 174.5600, 20, False),
    ("ASTROLABE REEF", -37.5400, 176.4270, 21, True),
    ("BARRETT REEF", -41.3430, 174.8330, 14, False),
    ("NELSON FAIRWAY", -41.2350, 173.2430, 20, False),
    ("LYTTELTON APPROACH", -43.5740, 172.9250, 20, False),
    ("LANDFALL TOWER OTAGO", -45.7420, 170.7430, 3, False),
    ("BLUFF FAIRWAY", -46.6320, 168.3720, 20, False),
    ("NAPIER FAIRWAY", -39.4400, 176.9600, 20, False),
)


SHORE_RANGE_NM = 55.0
_LISTENERS = (
    *(harbour.berth for harbour in routes.HARBOURS.values()),
    (-34.42, 172.68),
    (-35.17, 174.33),
    (-36.29, 175.52),
    (-37.69, 178.54),
    (-39.26, 177.87),
    (-40.90, 176.23),
    (-41.61, 175.29),
    (-40.49, 172.69),
    (-39.27, 173.76),
    (-42.42, 173.70),
    (-43.96, 169.00),
    (-46.17, 166.61),
    (-46.45, 169.82),
    (-37.00, 174.55),
)


@dataclass(frozen=True, slots=True)
class RescueFlight:
    """A search and rescue aircraft at work."""

    mmsi: int
    lat: float
    lon: float
    course_deg: float
    speed_kn: float
    altitude_m: int


def rescue_flight(seed: int, at_s: float) -> RescueFlight | None:
    """The rescue aircraft, if one is out: about every third day for three hours, creeping across an area at sea."""
    day = math.floor(at_s / DAY)
    if share(seed, "rescue", day) > 0.35:
        return None
    since_h = (at_s - day * DAY) / HOUR - 20 * share(seed, "rescue begins", day)
    if not 0 <= since_h < 3:
        return None
    areas = ((-36.9, 176.9), (-40.2, 173.0), (-46.9, 169.3), (-34.8, 174.9))
    lat, lon = areas[int(share(seed, "rescue area", day) * len(areas))]
    lane, along = divmod(since_h * 110.0, 22.0)  # creeping line ahead: 20 nm across, 2 nm on (IAMSAR vol. II)
    east = int(lane) % 2 == 0
    start = geo.destination(lat, lon, 180.0, lane * 2.0)
    there = geo.destination(*start, 90.0, along if east else 22.0 - along)
    return RescueFlight(111_512_101, *there, 90.0 if east else 270.0, 110.0, 300)


def in_shore_range(lat: float, lon: float) -> bool:
    """Whether a shore station hears a craft at sea level here; beyond, only satellites do."""
    squeeze = math.cos(math.radians(lat))
    reach = (SHORE_RANGE_NM / 60.0) ** 2
    return any(
        (lat - one) ** 2 + (((lon - other + 180.0) % 360.0 - 180.0) * squeeze) ** 2 < reach for one, other in _LISTENERS
    )
