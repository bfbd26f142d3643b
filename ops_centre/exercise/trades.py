"""What kinds of vessel there are in the exercise, how many of each, and how they spend their rounds.

A table, no rules: sizes, speeds, ports and stays as they are around New Zealand, rounded.
"""

from dataclasses import dataclass
from itertools import accumulate

NORTH_TO_SOUTH = (
    "NZMAP",
    "NZAKL",
    "NZTRG",
    "NZGIS",
    "NZNPE",
    "NZNPL",
    "NZWLG",
    "NZNSN",
    "NZLYT",
    "NZTIU",
    "NZPOE",
    "NZBLU",
)


@dataclass(frozen=True, slots=True)
class Trade:
    """One kind of vessel. Ranges are (least, most)."""

    name: str
    of_200: int  # how many among 200 vessels
    manner: str  # which plan of vessels.py they follow
    ais_type: int  # ITU-R M.1371-5, table 53
    flags: str
    speed_kn: tuple[float, float]
    length_m: tuple[int, int]
    beam_of_length: float
    draught_m: tuple[float, float]
    ports: tuple[str, ...] = ()
    calls: tuple[int, int] = (1, 1)
    stay_h: tuple[float, float] = (12.0, 30.0)
    gates: tuple[str, ...] = ()
    waits: float = 0.0  # share of calls that begin at anchor
    class_a: bool = True
    dark: float = 0.0  # share of six-hour watches with a gap of an hour or two
    same_ship: bool = True  # False: another ship each round


_OVERSEAS = "PA PA LR LR MH MH HK SG SG MT BS CY DK JP"
_TASMAN = ("gate sydney", "gate bass", "gate brisbane")

TRADES: tuple[Trade, ...] = (
    Trade(
        "container ship",
        24,
        "liner",
        71,
        _OVERSEAS,
        (14.5, 18.5),
        (175, 300),
        0.14,
        (9.0, 12.5),
        ("NZAKL", "NZTRG", "NZNPE", "NZWLG", "NZNSN", "NZLYT", "NZTIU", "NZPOE", "NZBLU"),
        (2, 5),
        (14, 30),
        (
            *_TASMAN,
            *_TASMAN,
            "gate asia",
            "gate asia",
            "gate north",
            "gate panama",
            "gate america",
            "gate noumea",
            "gate suva",
        ),
        waits=0.2,
    ),
    Trade(
        "bulk carrier",
        30,
        "liner",
        70,
        _OVERSEAS,
        (11.0, 13.5),
        (150, 200),
        0.165,
        (7.0, 12.0),
        ("NZMAP", "NZTRG", "NZGIS", "NZNPE", "NZNPL", "NZWLG", "NZNSN", "NZLYT", "NZTIU", "NZPOE", "NZBLU"),
        (1, 3),
        (30, 80),
        (*_TASMAN, "gate asia", "gate asia", "gate north", "gate chile", "gate hobart", "gate panama"),
        waits=0.6,
        dark=0.02,
        same_ship=False,
    ),
    Trade(
        "general cargo ship",
        10,
        "liner",
        79,
        "PA LR AG CY NL VU CK HK",
        (10.5, 13.5),
        (90, 140),
        0.16,
        (5.0, 8.0),
        ("NZAKL", "NZTRG", "NZNPE", "NZWLG", "NZNSN", "NZTIU", "NZBLU", "NZOPX"),
        (1, 3),
        (18, 48),
        ("gate noumea", "gate suva", "gate lautoka", "gate tonga", "gate samoa", "gate tahiti", "gate sydney"),
        waits=0.2,
        dark=0.03,
        same_ship=False,
    ),
    Trade(
        "ironsand carrier",
        1,
        "liner",
        70,
        "PA LR",
        (11.5, 13.0),
        (200, 229),
        0.155,
        (10.0, 13.0),
        ("NZTHH",),
        (1, 1),
        (40, 60),
        ("gate asia", "gate north"),
        waits=0.3,
    ),
    Trade(
        "tanker",
        12,
        "liner",
        80,
        _OVERSEAS,
        (11.5, 14.0),
        (150, 185),
        0.165,
        (8.0, 12.0),
        ("NZMAP", "NZAKL", "NZTRG", "NZNPE", "NZWLG", "NZNSN", "NZLYT", "NZTIU", "NZPOE", "NZBLU", "NZNPL"),
        (2, 4),
        (16, 32),
        ("gate asia", "gate asia", "gate north", "gate sydney"),
        waits=0.3,
        same_ship=False,
    ),
    Trade(
        "vehicle carrier",
        6,
        "liner",
        70,
        "PA BS SG JP NO SE",
        (14.0, 17.0),
        (180, 200),
        0.16,
        (8.0, 9.8),
        ("NZAKL", "NZWLG", "NZLYT", "NZNSN"),
        (2, 3),
        (10, 22),
        ("gate north", "gate brisbane", "gate asia"),
        waits=0.1,
    ),
    Trade(
        "cruise ship",
        6,
        "liner",
        69,
        "BS MT PA GB NL",
        (15.5, 18.5),
        (180, 300),
        0.13,
        (7.5, 8.8),
        ("NZOPX", "NZAKL", "NZTRG", "NZNPE", "NZWLG", "NZPCN", "NZAKA", "NZPOE", "NZMFN"),
        (6, 8),
        (8, 11),
        ("gate sydney", "gate bass", "gate hobart", "gate noumea"),
    ),
    Trade(
        "coastal tanker",
        2,
        "liner",
        80,
        "NZ HK",
        (12.0, 14.0),
        (145, 185),
        0.165,
        (8.0, 10.0),
        ("NZMAP", "NZAKL", "NZTRG", "NZWLG", "NZLYT", "NZPOE", "NZBLU"),
        (4, 5),
        (14, 24),
    ),
    Trade(
        "coastal cargo ship",
        5,
        "liner",
        70,
        "NZ NZ CK",
        (11.0, 13.5),
        (90, 130),
        0.16,
        (5.5, 7.5),
        ("NZAKL", "NZTRG", "NZNPE", "NZWLG", "NZNSN", "NZLYT", "NZPOE"),
        (3, 4),
        (12, 26),
    ),
    Trade(
        "island supply ship",
        2,
        "liner",
        79,
        "NZ",
        (9.5, 11.0),
        (42, 65),
        0.2,
        (3.5, 4.5),
        ("NZCHT", "NZNPE", "NZTIU", "NZLYT"),
        (2, 2),
        (20, 40),
    ),
    Trade(
        "fishing vessel",
        44,
        "fishing",
        30,
        "NZ",
        (8.5, 11.0),
        (18, 64),
        0.24,
        (3.0, 6.0),
        (
            "NZNSN",
            "NZNSN",
            "NZTIU",
            "NZBLU",
            "NZPOE",
            "NZLYT",
            "NZAKL",
            "NZTRG",
            "NZGIS",
            "NZNPE",
            "NZGMN",
            "NZWSZ",
            "NZNPL",
            "NZCHT",
            "NZOPX",
            "NZWLG",
        ),
        (1, 1),
        (16, 48),
        dark=0.06,
    ),
    Trade("strait ferry", 4, "shuttle", 60, "NZ", (16.5, 17.5), (150, 186), 0.13, (5.2, 6.2), ("NZWLG", "NZPCN")),
    Trade("harbour ferry", 6, "gulf ferry", 40, "NZ", (19.0, 24.0), (24, 40), 0.25, (1.4, 2.0), ("NZAKL",)),
    Trade("island ferry", 1, "shuttle", 60, "NZ", (18.0, 20.0), (23, 25), 0.28, (1.5, 1.8), ("NZBLU", "NZSZS")),
    Trade("tug", 16, "harbour craft", 52, "NZ", (7.0, 9.0), (22, 32), 0.36, (3.8, 5.0), NORTH_TO_SOUTH),
    Trade("pilot vessel", 9, "harbour craft", 50, "NZ", (14.0, 20.0), (12, 18), 0.3, (1.2, 1.6), NORTH_TO_SOUTH),
    Trade(
        "yacht",
        15,
        "yacht",
        36,
        "NZ US GB FR AU DE SE NL CA NO",
        (5.2, 6.8),
        (10, 17),
        0.3,
        (1.8, 2.5),
        ("NZOPX", "NZOPX", "NZOPX", "NZMAP", "NZAKL", "NZTRG"),
        gates=("gate tonga", "gate lautoka", "gate suva", "gate noumea"),
        class_a=False,
        dark=0.08,
        same_ship=False,
    ),
    Trade(
        "sport boat",
        2,
        "day sail",
        37,
        "NZ",
        (12.0, 18.0),
        (8, 14),
        0.33,
        (0.8, 1.2),
        ("NZAKL", "NZOPX", "NZTRG", "NZPCN"),
        class_a=False,
    ),
    Trade(
        "patrol vessel", 2, "patrol", 35, "NZ", (12.0, 14.0), (55, 85), 0.17, (3.0, 3.8), ("NZAKL", "NZWLG", "NZBLU")
    ),
    Trade(
        "research vessel",
        2,
        "research",
        90,
        "NZ",
        (9.5, 11.0),
        (28, 70),
        0.2,
        (3.0, 5.5),
        ("NZWLG", "NZLYT", "NZPOE"),
        dark=0.02,
    ),
    Trade(
        "ice-strengthened ship",
        1,
        "liner",
        70,
        "NZ US KR",
        (10.5, 12.5),
        (90, 125),
        0.18,
        (6.5, 8.5),
        ("NZLYT",),
        (1, 1),
        (60, 120),
        ("gate ross sea",),
    ),
)


def trade_of(index: int) -> Trade:
    """The trade of the `index`-th vessel: any number of vessels is a fair mix, 200 are exactly the table."""
    place = index * 73 % 200  # 73 and 200 have no common factor: every place once
    for trade, until in zip(TRADES, accumulate(trade.of_200 for trade in TRADES), strict=True):
        if place < until:
            return trade
    raise ValueError("the trades of 200 vessels do not add up to 200")


# Fishing grounds and survey areas: centre and radius in nautical miles, clear of land.
GROUNDS: dict[str, tuple[float, float, float]] = {
    "NZNSN": (-40.95, 173.32, 9.0),
    "NZTIU": (-44.60, 172.20, 16.0),
    "NZBLU": (-47.00, 169.20, 9.0),
    "NZPOE": (-46.05, 171.30, 12.0),
    "NZLYT": (-43.35, 173.60, 14.0),
    "NZAKL": (-35.70, 175.75, 13.0),
    "NZTRG": (-37.10, 176.75, 8.0),
    "NZGIS": (-38.75, 178.75, 14.0),
    "NZNPE": (-39.60, 177.75, 7.0),
    "NZGMN": (-42.35, 170.45, 18.0),
    "NZWSZ": (-41.45, 170.90, 16.0),
    "NZNPL": (-38.75, 173.45, 13.0),
    "NZCHT": (-43.90, -177.90, 16.0),
    "NZOPX": (-34.90, 174.70, 8.0),
    "NZWLG": (-41.90, 175.10, 8.0),
}
FAR_GROUNDS: tuple[tuple[float, float, float], ...] = (
    (-42.80, 176.50, 30.0),
    (-40.50, 171.20, 25.0),
    (-48.60, 168.60, 25.0),
    (-39.60, 170.80, 30.0),
    (-43.60, 179.40, 35.0),
    (-34.20, 174.60, 14.0),
    (-46.30, 171.90, 20.0),
)
SURVEYS: tuple[tuple[float, float, float], ...] = (
    (-43.40, 175.60, 35.0),
    (-40.60, 177.90, 25.0),
    (-48.50, 172.50, 40.0),
    (-39.90, 172.80, 20.0),
)
PATROLS: tuple[tuple[float, float, float], ...] = (
    (-34.90, 175.60, 30.0),
    (-33.60, 172.90, 25.0),
    (-36.90, 177.20, 20.0),
    (-42.10, 175.60, 25.0),
    (-47.60, 169.40, 25.0),
    (-40.30, 171.50, 30.0),
)
