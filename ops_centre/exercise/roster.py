"""The units of the exercise: a table of who they are, where they are based and how they work.

Callsigns are invented. Five agencies, every type of unit, every kind of shift.
"""

from dataclasses import dataclass

from ops_centre.domain.units import UnitType

Point = tuple[float, float]
AROUND_THE_CLOCK, DAYS, NIGHTS, ROUNDS = "around the clock", "days", "nights", "rounds"


@dataclass(frozen=True, slots=True)
class Post:
    """One unit as its agency rosters it."""

    callsign: str
    agency: str
    kind: UnitType
    capabilities: tuple[str, ...]
    base: str  # UN/LOCODE or ICAO code
    at: Point
    shift: str
    crew: int
    area: str | None = None
    work: tuple[float, float, float] | None = None  # area of a craft: centre and radius in nautical miles
    road: tuple[Point, ...] = ()
    speed_kn: float = 0.0
    marking: str = "GREEN"
    releases: tuple[str, ...] = ()


_AUCKLAND_ROAD = ((-36.8500, 174.7720), (-36.8720, 174.7740), (-36.9080, 174.7820), (-36.9290, 174.7850), (-36.9720, 174.7870),
                  (-37.0000, 174.7880))  # fmt: skip
_WELLINGTON_ROAD = ((-41.2790, 174.7780), (-41.2920, 174.7790), (-41.3010, 174.7800), (-41.3130, 174.7950), (-41.3230, 174.8060))
_CHRISTCHURCH_ROAD = ((-43.6030, 172.7190), (-43.5790, 172.7080), (-43.5570, 172.6820), (-43.5320, 172.6400), (-43.4920, 172.5450))
_NORTHLAND_ROAD = ((-35.3150, 174.1180), (-35.3800, 174.0680), (-35.5200, 174.1500), (-35.7200, 174.3150), (-35.8300, 174.4000),
                   (-35.8450, 174.4780))  # fmt: skip

ROSTER: tuple[Post, ...] = (
    Post("HAWK 2", "CUS", UnitType.VESSEL, ("boarding", "pursuit", "night vision"), "NZAKL", (-36.8388, 174.7804), ROUNDS, 6,
         "Hauraki Gulf and approaches", (-35.95, 175.35, 9.0), speed_kn=22.0),
    Post("AIRSIDE 3", "CUS", UnitType.TEAM, ("passenger examination", "interview"), "NZAA", (-37.0045, 174.7850), AROUND_THE_CLOCK, 4),
    Post("KIWI 1", "BIO", UnitType.DOG_TEAM, ("detector dog: biosecurity",), "NZAA", (-37.0052, 174.7862), AROUND_THE_CLOCK, 2),
    Post("KAIKA", "MAR", UnitType.VESSEL, ("search and rescue", "boarding", "towing"), "NZTRG", (-37.6623, 176.1760), ROUNDS, 8,
         "Bay of Plenty", (-37.15, 176.70, 9.0), speed_kn=17.0),
    Post("LAUNCH 1", "POL", UnitType.VESSEL, ("boarding", "armed", "divers' tender"), "NZAKL", (-36.8388, 174.7804), ROUNDS, 5,
         "Inner gulf", (-36.35, 175.05, 3.0), speed_kn=20.0),
    Post("ENTRY 1", "IMM", UnitType.TEAM, ("document examination", "interview"), "NZAA", (-37.0048, 174.7856), AROUND_THE_CLOCK, 3),
    Post("K9 SOUTH", "CUS", UnitType.DOG_TEAM, ("detector dog: drugs", "detector dog: cash"), "NZWN", (-41.3240, 174.8080), AROUND_THE_CLOCK, 2),
    Post("TAS 4", "CUS", UnitType.TEAM, ("vessel search", "confined space"), "NZNSN", (-41.2590, 173.2790), DAYS, 4),
    Post("TOROA 1", "MAR", UnitType.AIRCRAFT, ("maritime surveillance", "search and rescue", "radar"), "NZAA", (-37.0081, 174.7917),
         ROUNDS, 7, "North and east of the North Island", (-34.60, 175.60, 60.0), speed_kn=240.0),
    Post("QUAR 2", "BIO", UnitType.TEAM, ("vessel inspection", "container inspection", "fumigation"), "NZTRG", (-37.6580, 176.1830),
         AROUND_THE_CLOCK, 3),
    Post("SCAN 1", "CUS", UnitType.VEHICLE, ("mobile X-ray",), "NZAKL", (-36.8500, 174.7720), DAYS, 3, road=_AUCKLAND_ROAD,
         speed_kn=18.0),
    Post("DIVE 1", "POL", UnitType.TEAM, ("divers", "hull search"), "NZWLG", (-41.2800, 174.7800), AROUND_THE_CLOCK, 5, marking="AMBER",
         releases=("OPS", "CUS")),
    Post("K9 NORTH", "CUS", UnitType.DOG_TEAM, ("detector dog: drugs",), "NZAA", (-37.0040, 174.7845), NIGHTS, 2),
    Post("AIRSIDE 6", "CUS", UnitType.TEAM, ("passenger examination", "baggage X-ray"), "NZCH", (-43.4880, 172.5380),
         AROUND_THE_CLOCK, 4),
    Post("QUAR 5", "BIO", UnitType.TEAM, ("vessel inspection", "container inspection"), "NZLYT", (-43.6050, 172.7200), DAYS, 3),
    Post("RESPONSE 3", "MAR", UnitType.VESSEL, ("oil response", "towing"), "NZLYT", (-43.6101, 172.7175), ROUNDS, 6,
         "Pegasus Bay", (-43.40, 173.35, 6.0), speed_kn=13.0),
    Post("RAVEN 1", "POL", UnitType.AIRCRAFT, ("helicopter", "thermal camera", "winch"), "NZAA", (-37.0090, 174.7930), ROUNDS, 3,
         "Auckland and the gulf", (-36.55, 175.00, 18.0), speed_kn=115.0),
    Post("ENTRY 6", "IMM", UnitType.TEAM, ("document examination", "interview"), "NZCH", (-43.4885, 172.5385), AROUND_THE_CLOCK, 2),
    Post("HULL 1", "BIO", UnitType.TEAM, ("biofouling", "divers", "yacht clearance"), "NZOPX", (-35.3135, 174.1205), DAYS, 3),
    Post("HAWK 5", "CUS", UnitType.VESSEL, ("boarding", "yacht clearance"), "NZOPX", (-35.3123, 174.1218), ROUNDS, 5,
         "Bay of Islands and the Northland coast", (-34.95, 174.60, 6.0), speed_kn=19.0),
    Post("ROAD 12", "POL", UnitType.VEHICLE, ("armed", "arrest"), "NZLYT", (-43.6030, 172.7190), NIGHTS, 2, road=_CHRISTCHURCH_ROAD,
         speed_kn=26.0),
    Post("COMPLY 2", "IMM", UnitType.VEHICLE, ("compliance", "interview", "custody"), "NZAA", (-37.0000, 174.7880), DAYS, 3,
         road=tuple(reversed(_AUCKLAND_ROAD)), speed_kn=24.0, marking="AMBER", releases=("OPS", "POL")),
    Post("RUMMAGE 1", "CUS", UnitType.TEAM, ("vessel search", "container examination"), "NZTRG", (-37.6600, 176.1800),
         AROUND_THE_CLOCK, 5),
    Post("KAHU 1", "MAR", UnitType.AIRCRAFT, ("helicopter", "winch", "search and rescue"), "NZNS", (-41.2983, 173.2211), ROUNDS, 4,
         "Tasman Bay and Cook Strait", (-40.85, 173.60, 14.0), speed_kn=120.0),
    Post("KIWI 3", "BIO", UnitType.DOG_TEAM, ("detector dog: biosecurity",), "NZCH", (-43.4882, 172.5388), AROUND_THE_CLOCK, 2),
    Post("LAUNCH 2", "POL", UnitType.VESSEL, ("boarding", "armed"), "NZWLG", (-41.2751, 174.7893), ROUNDS, 4,
         "Wellington harbour and Cook Strait", (-41.52, 174.75, 3.0), speed_kn=18.0),
    Post("ROAD 7", "CUS", UnitType.VEHICLE, ("vehicle patrol", "interview"), "NZOPX", (-35.3150, 174.1180), AROUND_THE_CLOCK, 2,
         road=_NORTHLAND_ROAD, speed_kn=38.0),
    Post("ENTRY 4", "IMM", UnitType.TEAM, ("document examination",), "NZQN", (-45.0200, 168.7400), DAYS, 2),
    Post("QUAR 6", "BIO", UnitType.TEAM, ("vessel inspection",), "NZBLU", (-46.5960, 168.3430), AROUND_THE_CLOCK, 2),
    Post("PATROL 9", "POL", UnitType.VEHICLE, ("arrest", "port security"), "NZWLG", (-41.2790, 174.7780), AROUND_THE_CLOCK, 2,
         road=_WELLINGTON_ROAD, speed_kn=22.0),
)  # fmt: skip
