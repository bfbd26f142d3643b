"""Sea room of the exercise: harbours, waypoints and the lanes between them, and the way from one to another.

Hand-made from general knowledge of the coast; a recorded test holds every lane against land polygons. Good enough to
look right on a map, never to be used for navigation. Points are (lat, lon); longitudes stand on either side of ±180°.
"""

import heapq
import itertools
from dataclasses import dataclass
from functools import lru_cache

from ops_centre.domain import geo

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Harbour:
    """A place where craft stay: where they lie, the way out to the lanes, where they wait for a berth."""

    code: str  # UN/LOCODE as ships write it: "NZAKL"
    name: str
    berth: Point
    channel: tuple[Point, ...]  # from the berth outward; ends near the lane it joins
    joins: tuple[str, ...]  # waypoints the channel leads to
    anchorage: Point | None = None
    spread_nm: float = 0.15  # how far apart craft lie


# Waypoints: latitude, longitude, half width of the lane there in nautical miles.
WAYPOINTS: dict[str, tuple[float, float, float]] = {
    # round the North Island, clockwise from the top
    "reinga": (-34.28, 172.60, 2.0),
    "north cape": (-34.30, 173.20, 2.5),
    "karikari": (-34.70, 173.80, 2.5),
    "cape brett": (-35.05, 174.45, 2.5),
    "poor knights": (-35.50, 174.98, 2.5),
    "mokohinau west": (-35.88, 174.99, 1.5),
    "bream bay": (-35.92, 174.86, 0.8),
    "mokohinau east": (-35.70, 175.35, 2.5),
    "jellicoe": (-36.12, 174.97, 1.5),
    "gulf": (-36.42, 174.97, 1.2),
    "tiritiri": (-36.58, 174.95, 0.6),
    "colville": (-36.40, 175.38, 0.8),
    "great barrier east": (-36.05, 175.75, 2.5),
    "cuvier": (-36.33, 175.80, 1.5),
    "mercury": (-36.72, 176.15, 2.0),
    "bay of plenty": (-37.42, 176.12, 1.5),
    "plenty offing": (-37.20, 176.75, 2.5),
    "white island": (-37.36, 177.25, 1.5),
    "runaway": (-37.38, 178.00, 2.0),
    "east cape": (-37.52, 178.85, 2.5),
    "tolaga": (-38.35, 178.70, 2.5),
    "poverty bay": (-38.85, 178.25, 2.0),
    "mahia": (-39.38, 178.12, 2.0),
    "hawke bay": (-39.40, 177.35, 2.0),
    "kidnappers": (-39.75, 177.40, 2.0),
    "castlepoint": (-40.95, 176.55, 2.5),
    "palliser": (-41.76, 175.25, 2.0),
    "cook south": (-41.55, 174.72, 2.0),
    "wellington heads": (-41.43, 174.80, 0.4),
    "cook strait": (-41.30, 174.50, 1.0),
    "narrows": (-41.05, 174.60, 1.2),
    "kapiti": (-40.75, 174.60, 2.0),
    "taranaki bight": (-40.10, 173.80, 4.0),
    "egmont": (-39.30, 173.45, 2.5),
    "taranaki north": (-38.92, 173.85, 2.0),
    "kawhia": (-38.15, 174.35, 2.5),
    "manukau": (-37.00, 174.05, 2.5),
    "kaipara": (-36.30, 173.70, 2.5),
    "ninety mile": (-35.00, 172.70, 3.0),
    "reinga west": (-34.42, 172.30, 1.5),
    # the top and west of the South Island
    "stephens": (-40.58, 174.02, 1.5),
    "tasman bay": (-40.80, 173.55, 2.5),
    "golden bay": (-40.60, 173.35, 2.0),
    "farewell": (-40.36, 173.00, 1.5),
    "farewell west": (-40.42, 172.30, 3.0),
    "karamea": (-41.35, 171.50, 3.0),
    "westport roads": (-41.65, 171.40, 2.0),
    "greymouth roads": (-42.38, 171.00, 2.0),
    "haast": (-43.60, 168.75, 3.0),
    "milford roads": (-44.48, 167.55, 2.0),
    "fiordland": (-45.40, 166.40, 3.0),
    "puysegur": (-46.33, 166.25, 2.0),
    "solander": (-46.48, 167.10, 1.0),
    "foveaux west": (-46.58, 167.75, 1.5),
    "bluff roads": (-46.70, 168.33, 0.8),
    "foveaux east": (-46.68, 168.62, 0.5),
    "slope point": (-46.82, 169.10, 1.5),
    # the east of the South Island
    "nugget": (-46.50, 170.05, 2.5),
    "cape saunders": (-45.90, 170.98, 2.5),
    "otago roads": (-45.68, 170.82, 1.0),
    "oamaru": (-45.05, 171.35, 2.5),
    "timaru roads": (-44.40, 171.50, 2.0),
    "banks south": (-44.00, 173.05, 2.0),
    "banks east": (-43.75, 173.30, 2.0),
    "pegasus": (-43.52, 173.10, 1.5),
    "kaikoura": (-42.50, 173.95, 2.5),
    "campbell": (-41.75, 174.55, 2.0),
    # outlying
    "stewart south": (-47.55, 167.90, 2.0),
    "snares west": (-48.00, 165.90, 5.0),
    "campbell plateau": (-50.00, 171.50, 10.0),
    "chatham rise": (-43.80, 178.00, 8.0),
    "chatham west": (-43.93, -176.78, 0.8),
    # the ocean
    "tasman north": (-33.70, 168.00, 15.0),
    "tasman mid": (-37.80, 163.00, 20.0),
    "tasman south": (-41.00, 161.00, 20.0),
    "norfolk": (-29.80, 169.80, 10.0),
    "coral sea": (-21.00, 161.20, 10.0),
    "kermadec": (-30.50, -179.40, 10.0),
    "north fiji basin": (-25.00, 176.00, 6.0),
    "kermadec east": (-31.00, -176.50, 10.0),
    "tonga east": (-22.00, -173.60, 4.0),
    "chatham south": (-45.20, -177.00, 4.0),
    "pacific east": (-36.00, -160.00, 20.0),
    "pacific north": (-22.00, -170.50, 10.0),
    "southern ocean": (-60.00, 176.00, 20.0),
    "horn route": (-46.00, -165.00, 20.0),
    # where the world of the exercise ends
    "gate sydney": (-33.90, 151.70, 2.0),
    "gate brisbane": (-26.90, 153.80, 2.0),
    "gate bass": (-38.90, 148.70, 4.0),
    "gate hobart": (-43.40, 148.30, 3.0),
    "gate noumea": (-22.75, 166.60, 1.0),
    "gate asia": (-13.50, 156.50, 5.0),
    "gate north": (-12.00, 171.50, 8.0),
    "gate suva": (-19.30, 178.80, 1.0),
    "gate lautoka": (-18.00, 176.80, 1.0),
    "gate tonga": (-21.30, -175.60, 1.0),
    "gate samoa": (-15.20, -172.40, 2.0),
    "gate tahiti": (-18.20, -150.20, 2.0),
    "gate america": (-10.00, -155.00, 10.0),
    "gate panama": (-24.00, -130.00, 10.0),
    "gate chile": (-44.00, -132.00, 10.0),
    "gate ross sea": (-71.50, 178.50, 10.0),
}

_COAST = (
    "reinga west/reinga/north cape/karikari/cape brett/poor knights/mokohinau west/jellicoe/gulf/tiritiri",
    "poor knights/mokohinau east/great barrier east/cuvier/mercury/bay of plenty",
    "poor knights/bream bay/jellicoe",
    "gulf/colville/cuvier",
    "bay of plenty/plenty offing/white island/runaway/east cape/tolaga/poverty bay/mahia/kidnappers/castlepoint",
    "cuvier/plenty offing",
    "mahia/hawke bay/kidnappers",
    "castlepoint/palliser/cook south/cook strait/narrows/kapiti/taranaki bight/egmont/taranaki north",
    "cook south/wellington heads/cook strait",
    "palliser/wellington heads",
    "taranaki north/kawhia/manukau/kaipara/ninety mile/reinga west",
    "kapiti/stephens/tasman bay/golden bay/farewell/farewell west/karamea/westport roads/greymouth roads/haast",
    "taranaki bight/stephens",
    "stephens/farewell",
    "egmont/farewell",
    "haast/milford roads/fiordland/puysegur/solander/foveaux west/bluff roads/foveaux east/slope point/nugget",
    "nugget/cape saunders/otago roads/oamaru/timaru roads/banks south/banks east/pegasus/kaikoura/campbell/cook south",
    "cape saunders/oamaru",
    "cape saunders/banks south",
    "banks east/kaikoura",
    "campbell/palliser",
)
_OCEAN = (
    "reinga west/tasman north/gate sydney",  # south of the Three Kings
    "tasman north/gate brisbane",
    "egmont/tasman mid/gate sydney",
    "taranaki bight/tasman mid",
    "farewell/tasman mid/gate bass",
    "farewell west/tasman mid",
    "farewell west/tasman south/gate bass",
    "tasman south/gate hobart",
    "milford roads/tasman south",
    "puysegur/gate hobart",
    "puysegur/gate bass",
    "reinga/norfolk/coral sea/gate asia",
    "norfolk/gate noumea",
    "norfolk/gate brisbane",
    "north cape/norfolk",
    "north cape/north fiji basin/gate north",
    "north fiji basin/gate lautoka",
    "north cape/gate suva",
    "cape brett/gate suva",
    "mokohinau east/gate suva",
    "great barrier east/kermadec/gate tonga",
    "mokohinau east/kermadec",
    "cape brett/kermadec",
    "east cape/kermadec",
    "kermadec/tonga east/gate samoa",
    "great barrier east/kermadec east/pacific north/gate america",
    "east cape/kermadec east/tonga east",
    "great barrier east/pacific east",
    "runaway/pacific east/gate panama",
    "east cape/pacific east",
    "east cape/gate tahiti",
    "great barrier east/gate tahiti",
    "castlepoint/pacific east",
    "palliser/chatham south/horn route/gate chile",
    "banks east/horn route",
    "otago roads/horn route",
    "pegasus/chatham rise/chatham west",
    "timaru roads/chatham rise",
    "kidnappers/chatham west",
    "chatham west/mahia",
    "banks east/southern ocean/gate ross sea",
    "cape saunders/southern ocean",
    "slope point/campbell plateau/southern ocean",
    "puysegur/snares west",
    "slope point/stewart south/snares west",
    "snares west/campbell plateau",
)

HARBOURS: dict[str, Harbour] = {
    harbour.code: harbour
    for harbour in (
        Harbour(
            "NZAKL",
            "Auckland",
            (-36.8388, 174.7804),
            ((-36.8307, 174.8152), (-36.7900, 174.8255), (-36.7254, 174.8400)),
            ("tiritiri",),
            anchorage=(-36.74, 174.80),
        ),
        Harbour(
            "NZTRG",
            "Tauranga",
            (-37.6623, 176.1760),
            ((-37.6533, 176.1760), (-37.6281, 176.1624), (-37.5903, 176.1703)),
            ("bay of plenty",),
            anchorage=(-37.59, 176.25),
            spread_nm=0.12,
        ),
        Harbour(
            "NZMAP",
            "Marsden Point",
            (-35.8330, 174.4950),
            ((-35.8400, 174.5030), (-35.8560, 174.5180), (-35.8900, 174.5500), (-35.9150, 174.6500)),
            ("bream bay",),
            anchorage=(-35.93, 174.58),
            spread_nm=0.1,
        ),
        Harbour(
            "NZOPX",
            "Opua",
            (-35.3123, 174.1218),
            ((-35.2943, 174.1092), (-35.2835, 174.1086), (-35.2421, 174.1119), (-35.1701, 174.2001)),
            ("cape brett",),
            anchorage=(-35.235, 174.105),
            spread_nm=0.08,
        ),
        Harbour(
            "NZGIS",
            "Gisborne",
            (-38.6745, 178.0211),
            ((-38.6900, 178.0130), (-38.8000, 178.0500)),
            ("poverty bay",),
            anchorage=(-38.715, 177.975),
            spread_nm=0.05,
        ),
        Harbour(
            "NZNPE",
            "Napier",
            (-39.4740, 176.9180),
            ((-39.4660, 176.9200), (-39.4500, 176.9500), (-39.4200, 177.1000)),
            ("hawke bay",),
            anchorage=(-39.44, 176.97),
            spread_nm=0.05,
        ),
        Harbour(
            "NZWLG",
            "Wellington",
            (-41.2755, 174.7930),
            ((-41.2877, 174.8384), (-41.3399, 174.8444), (-41.3903, 174.8205)),
            ("wellington heads",),
            anchorage=(-41.450, 174.800),
            spread_nm=0.12,
        ),
        Harbour(
            "NZPCN",
            "Picton",
            (-41.2833, 174.0069),
            (
                (-41.2446, 174.0465),
                (-41.2302, 174.1435),
                (-41.2356, 174.1543),
                (-41.2464, 174.1650),
                (-41.2374, 174.2596),
                (-41.2104, 174.3147),
                (-41.2248, 174.3902),
            ),
            ("cook strait",),
            spread_nm=0.05,
        ),
        Harbour(
            "NZNSN",
            "Nelson",
            (-41.2594, 173.2730),
            ((-41.2603, 173.2658), (-41.2630, 173.2599), (-41.2549, 173.2503), (-41.0497, 173.2503)),
            ("tasman bay",),
            anchorage=(-41.20, 173.23),
            spread_nm=0.06,
        ),
        Harbour(
            "NZLYT",
            "Lyttelton",
            (-43.6101, 172.7175),
            ((-43.6128, 172.7484), (-43.5750, 172.9199)),
            ("pegasus",),
            anchorage=(-43.55, 172.92),
            spread_nm=0.08,
        ),
        Harbour(
            "NZAKA",
            "Akaroa",
            (-43.8250, 172.9350),
            ((-43.8500, 172.9330), (-43.8850, 172.9550), (-43.9200, 172.9700)),
            ("banks south",),
            spread_nm=0.1,
        ),
        Harbour(
            "NZTIU",
            "Timaru",
            (-44.3880, 171.2600),
            ((-44.3850, 171.2700), (-44.3850, 171.3200)),
            ("timaru roads",),
            anchorage=(-44.42, 171.33),
            spread_nm=0.05,
        ),
        Harbour(
            "NZPOE",
            "Port Chalmers",
            (-45.8120, 170.6330),
            (
                (-45.8150, 170.6400),
                (-45.8080, 170.6600),
                (-45.7950, 170.7000),
                (-45.7750, 170.7250),
                (-45.7450, 170.7400),
            ),
            ("otago roads",),
            anchorage=(-45.71, 170.76),
            spread_nm=0.04,
        ),
        Harbour(
            "NZBLU",
            "Bluff",
            (-46.5940, 168.3450),
            ((-46.5990, 168.3560), (-46.6130, 168.3640), (-46.6300, 168.3700)),
            ("bluff roads",),
            anchorage=(-46.65, 168.36),
            spread_nm=0.06,
        ),
        Harbour(
            "NZSZS",
            "Oban",
            (-46.8943, 168.1353),
            ((-46.8826, 168.1603), (-46.8400, 168.1500)),
            ("bluff roads",),
            spread_nm=0.06,
        ),
        Harbour(
            "NZNPL",
            "New Plymouth",
            (-39.0550, 174.0400),
            ((-39.0510, 174.0350), (-39.0450, 174.0450), (-39.0000, 174.0200)),
            ("taranaki north",),
            anchorage=(-39.02, 174.07),
            spread_nm=0.06,
        ),
        Harbour(
            "NZTHH",
            "Taharoa",
            (-38.1850, 174.6500),
            ((-38.1850, 174.6000),),
            ("kawhia",),
            anchorage=(-38.17, 174.58),
            spread_nm=0.1,
        ),
        Harbour(
            "NZWSZ",
            "Westport",
            (-41.7345, 171.6015),
            ((-41.7102, 171.5702),),
            ("westport roads",),
            spread_nm=0.02,
        ),
        Harbour(
            "NZGMN",
            "Greymouth",
            (-42.4414, 171.1920),
            ((-42.4252, 171.1505),),
            ("greymouth roads",),
            spread_nm=0.02,
        ),
        Harbour(
            "NZMFN",
            "Milford Sound",
            (-44.6503, 167.9047),
            ((-44.6098, 167.8554), (-44.6008, 167.8161), (-44.5549, 167.7668), (-44.5549, 167.7504)),
            ("milford roads",),
            spread_nm=0.1,
        ),
        Harbour(
            "NZCHT",
            "Waitangi",
            (-43.9420, -176.5650),
            ((-43.9350, -176.5900), (-43.9300, -176.6500)),
            ("chatham west",),
            anchorage=(-43.93, -176.60),
            spread_nm=0.05,
        ),
    )
}

# Ports beyond the gates, as ships write them in their destination.
GATE_PORTS: dict[str, tuple[str, ...]] = {
    "gate sydney": ("AUSYD", "AUBTB", "AUNTL"),
    "gate brisbane": ("AUBNE", "AUGLT"),
    "gate bass": ("AUMEL", "AUGEX", "AUADL"),
    "gate hobart": ("AUHBA", "AUBEL"),
    "gate noumea": ("NCNOU",),
    "gate asia": ("SGSIN", "MYTPP", "CNSHA", "CNNGB", "HKHKG", "TWKHH", "IDJKT", "KRPUS"),
    "gate north": ("JPTYO", "JPNGO", "KRINC", "CNTAO", "MHMAJ"),
    "gate suva": ("FJSUV",),
    "gate lautoka": ("FJLTK",),
    "gate tonga": ("TOTBU",),
    "gate samoa": ("WSAPW", "ASPPG"),
    "gate tahiti": ("PFPPT",),
    "gate america": ("USOAK", "USLGB", "CAVAN", "USHNL"),
    "gate panama": ("PABLB", "USPHL", "COCTG"),
    "gate chile": ("CLVAP", "CLSAI"),
    "gate ross sea": ("AQMCM",),
}


def harbour_of(code: str) -> Harbour:
    """The harbour with this UN/LOCODE."""
    return HARBOURS[code]


@lru_cache(maxsize=1)
def lanes() -> dict[str, dict[str, float]]:
    """For each node (waypoint or harbour code) its neighbours and the distance to each, nautical miles."""
    graph: dict[str, dict[str, float]] = {name: {} for name in (*WAYPOINTS, *HARBOURS)}
    for chain in (*_COAST, *_OCEAN):
        names = chain.split("/")
        for one, two in itertools.pairwise(names):
            _join(graph, one, two, geo.distance_nm(*WAYPOINTS[one][:2], *WAYPOINTS[two][:2]))
    for code, harbour in HARBOURS.items():
        way_out = geo.length_nm([harbour.berth, *harbour.channel])
        for name in harbour.joins:
            _join(graph, code, name, way_out + geo.distance_nm(*harbour.channel[-1], *WAYPOINTS[name][:2]))
    return graph


def _join(graph: dict[str, dict[str, float]], one: str, two: str, nm: float) -> None:
    graph[one][two] = graph[two][one] = nm


@lru_cache(maxsize=4096)
def way(start: str, end: str) -> tuple[str, ...]:
    """The shortest chain of nodes between two, never through a third harbour. Raises ValueError when there is none."""
    graph = lanes()
    reached: dict[str, tuple[float, str]] = {}
    front: list[tuple[float, str, str]] = [(0.0, start, "")]
    while front:
        nm, node, before = heapq.heappop(front)
        if node in reached:
            continue
        reached[node] = (nm, before)
        if node == end:
            break
        if node in HARBOURS and node != start:
            continue
        for beyond, step in graph[node].items():
            if beyond not in reached:
                heapq.heappush(front, (nm + step, beyond, node))
    if end not in reached:
        raise ValueError(f"no way from {start} to {end}")
    chain = [end]
    while chain[-1] != start:
        chain.append(reached[chain[-1]][1])
    return tuple(reversed(chain))


@lru_cache(maxsize=4096)
def line(start: str, end: str) -> tuple[tuple[float, float, float], ...]:
    """The lane from node to node as points (lat, lon, half width of the lane in nautical miles)."""
    nodes = way(start, end)
    points: list[tuple[float, float, float]] = []
    for node in nodes:
        if node not in HARBOURS:
            points.append(WAYPOINTS[node])
            continue
        inside = [(*HARBOURS[node].berth, 0.0), *((*point, 0.015) for point in HARBOURS[node].channel)]
        points += inside if node == start else reversed(inside)
    return tuple(points)


@lru_cache(maxsize=8192)
def course(start: str, end: str, share: float = 0.0) -> tuple[Point, ...]:
    """A ship's way along a lane: `share` (0 on the axis, 1 at the edge) to starboard of it, great circles in between.

    Vertices at most 20 nm apart, unwrapped longitudes.
    """
    points = line(start, end)
    track = [_shifted(points, i, share) for i in range(len(points))]
    fine: list[Point] = [track[0]]
    for one, two in itertools.pairwise(track):
        fine += geo.great_circle(*one, *two, step_nm=20.0)[1:]
    return tuple(geo.unwrap(fine))


def _shifted(points: tuple[tuple[float, float, float], ...], i: int, share: float) -> Point:
    """Point `i` moved to starboard by `share` of the lane's half width."""
    lat, lon, width = points[i]
    if not share or not width:
        return lat, lon
    before, after = points[max(0, i - 1)], points[min(len(points) - 1, i + 1)]
    ahead = geo.bearing_deg(before[0], before[1], after[0], after[1])
    return geo.destination(lat, lon, (ahead + 90.0) % 360.0, share * width)
