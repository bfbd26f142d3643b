"""Names and numbers of invented craft: well-formed by every check digit, and belonging to nobody.

Names of persons never occur. IMO numbers begin with 2 to 4, which has never been assigned.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flag:
    """A registry: its maritime identification digits (ITU MID table) and the beginning of its call signs."""

    country: str  # ISO 3166-1 alpha-2
    mids: tuple[int, ...]
    callsign: str


FLAGS: dict[str, Flag] = {
    flag.country: flag
    for flag in (
        Flag("NZ", (512,), "ZM"),
        Flag("AU", (503,), "VN"),
        Flag("PA", (352, 353, 354, 355, 370, 371, 372), "3E"),
        Flag("LR", (636,), "D5"),
        Flag("MH", (538,), "V7"),
        Flag("HK", (477,), "VR"),
        Flag("SG", (563, 564, 565, 566), "9V"),
        Flag("MT", (215, 229, 248, 249, 256), "9H"),
        Flag("BS", (308, 309, 311), "C6"),
        Flag("CY", (209, 210, 212), "5B"),
        Flag("DK", (219, 220), "OW"),
        Flag("JP", (431, 432), "7K"),
        Flag("CN", (412, 413, 414), "BO"),
        Flag("TO", (570,), "A3"),
        Flag("FJ", (520,), "3D"),
        Flag("CK", (518,), "E5"),
        Flag("AG", (304, 305), "V2"),
        Flag("GB", (232, 233, 234, 235), "MK"),
        Flag("US", (338, 367, 368), "WD"),
        Flag("FR", (226, 227, 228), "FM"),
        Flag("NC", (540,), "FK"),
        Flag("DE", (211,), "DJ"),
        Flag("NL", (244, 245, 246), "PC"),
        Flag("CA", (316,), "CF"),
        Flag("SE", (265, 266), "SB"),
        Flag("NO", (257, 258, 259), "LA"),
        Flag("KR", (440, 441), "D7"),
        Flag("VU", (576, 577), "YJ"),
    )
}

_FIRST = (
    "TASMAN",
    "CORAL",
    "SOUTHERN",
    "ORIENT",
    "NORTHERN",
    "PEARL",
    "AMBER",
    "JADE",
    "CRIMSON",
    "SILVER",
    "MERIDIAN",
    "ZENITH",
    "CAPRICORN",
    "LINDEN",
    "ALDER",
    "CEDAR",
    "ROWAN",
    "GRANITE",
    "COBALT",
    "IVORY",
    "SABLE",
    "AZURE",
    "TIDAL",
    "POLAR",
)
_SECOND = (
    "TRADER",
    "VENTURE",
    "LEGACY",
    "HORIZON",
    "HERALD",
    "PROMISE",
    "QUEST",
    "RESOLVE",
    "CREST",
    "STRAIT",
    "SOUND",
    "RIDGE",
    "GLORY",
    "FORTUNE",
    "HARMONY",
    "WISDOM",
    "BEACON",
    "PASSAGE",
    "LANTERN",
    "COMPASS",
)
_COAST = (
    "KAHAWAI",
    "TAKAPU",
    "AWAROA",
    "TOROA",
    "KOTUKU",
    "MOANA",
    "TARAKIHI",
    "KORORA",
    "WHEKE",
    "HAPUKA",
    "RIMU",
    "TOTARA",
    "MATAI",
    "KERERU",
    "TUI",
    "WEKA",
    "PUKEKO",
    "RAUPO",
    "PINGAO",
    "KOWHAI",
    "NIKAU",
    "PONGA",
    "RATA",
    "MANUKA",
    "KANUKA",
    "TITOKI",
)
_COAST_SECOND = ("", "", " II", " III", " BAY", " STAR", " SPIRIT", " LADY", " MOON", " DAWN")
_YACHT = (
    "SECOND WIND",
    "BLUE HOUR",
    "SALT AND SKY",
    "WANDERBIRD",
    "KIND OF BLUE",
    "SLOW LORIS",
    "FAIR ENOUGH",
    "ANDANTE",
    "LITTLE BEAR",
    "NIGHTJAR",
    "QUIET RIOT",
    "TRADEWIND",
    "PETRICHOR",
    "SEA CHANGE",
    "MOONRAKER",
    "SANDPIPER",
    "HALCYON DAY",
    "OTTER",
    "STILL HERE",
    "GOOD COMPANY",
    "LONG WAY HOME",
    "PAPER BOAT",
    "SUNDOG",
    "CINNABAR",
    "ALBATROSS TOO",
    "TIDE TABLE",
    "GREEN FLASH",
    "CLEAR AIR",
)
_CRUISE = (
    "AURELIA",
    "CELESTINE",
    "MERIDIANA",
    "SERENATA",
    "ODYSSEA",
    "LUMINA",
    "FIORDIA",
    "ARCADIS",
    "SOLENNE",
    "MAREVISTA",
)
_CRUISE_SECOND = ("OF THE SEAS", "EXPLORER", "MAJESTY", "VOYAGER", "DREAM")


def imo_number(index: int) -> int:
    """The `index`-th invented IMO number: seven digits, the last checks the six before (IMO resolution A.1117(30))."""
    six = 200_000 + index * 7 % 300_000
    return six * 10 + sum(int(digit) * weight for digit, weight in zip(str(six), range(7, 1, -1), strict=True)) % 10


def mmsi_number(rng: random.Random, flag: Flag, index: int) -> int:
    """A ship station's identity (ITU-R M.585): MID and six digits that differ for every `index` below a million."""
    return rng.choice(flag.mids) * 1_000_000 + (index * 7919 + 104_729) % 1_000_000


def callsign(rng: random.Random, flag: Flag) -> str:
    """A call sign in the manner of the flag."""
    return flag.callsign + "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(2)) + str(rng.randrange(2, 10))


def trading_name(rng: random.Random) -> str:
    """A name for a ship of the world's trade."""
    return f"{rng.choice(_FIRST)} {rng.choice(_SECOND)}"


def coastal_name(rng: random.Random) -> str:
    """A name for a boat of the coast."""
    return rng.choice(_COAST) + rng.choice(_COAST_SECOND)


def yacht_name(rng: random.Random) -> str:
    """A name for a yacht."""
    return rng.choice(_YACHT)


def cruise_name(rng: random.Random) -> str:
    """A name for a passenger ship."""
    return f"{rng.choice(_CRUISE)} {rng.choice(_CRUISE_SECOND)}"


def container_number(rng: random.Random) -> str:
    """A container number with its check digit (ISO 6346), under owner codes that the exercise keeps to itself."""
    ten = rng.choice(("XQZU", "XKWU", "XVJU")) + f"{rng.randrange(100_000, 999_999)}"
    return ten + str(container_check_digit(ten))


def container_check_digit(ten: str) -> int:
    """The check digit of four letters and six digits; letters count from 10, multiples of 11 left out (ISO 6346, A)."""
    letters = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _without_elevens(), strict=True))
    values = [letters[c] if c in letters else int(c) for c in ten]
    return sum(value << i for i, value in enumerate(values)) % 11 % 10


def _without_elevens() -> list[int]:
    return [value for value in range(10, 39) if value % 11]
