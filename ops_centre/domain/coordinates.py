"""Positions as people type them, one on a line, and as they are written back.

Read are decimal degrees ("-36.84 174.78", "36.84S 174.78E"), degrees and minutes ("36 50.5 S 174 46.8 E") and degrees,
minutes and seconds ("36°50'30\"S 174°46'48\"E"), separated by blanks, commas or semicolons, latitude first. Longitudes may
be given past ±180, as an area across it is listed. This file must never guess: what can be read in two ways is refused.
"""

import math
import re
from collections.abc import Sequence

Point = tuple[float, float]  # latitude, longitude in degrees

MOST_LON = 540.0
_SIGNS = str.maketrans({"°": " ", "º": " ", "′": " ", "'": " ", "’": " ", "″": " ", '"': " ", "”": " ", "−": "-"})
_LETTERED = re.compile(r"^([\d.+\s-]+?)\s*([NS])[\s,;]*([\d.+\s-]+?)\s*([EW])$", re.IGNORECASE)
_NUMBER = re.compile(r"^[+-]?\d{1,3}(\.\d+)?$")


def read_points(text: str) -> list[Point]:
    """The positions of ``text``, one on each line that is not empty. Raises ValueError naming the line."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(read_point(line))
        except ValueError as fault:
            raise ValueError(f"line {number}: {fault}") from fault
    return found


def read_point(line: str) -> Point:
    """One position. Raises ValueError in the officer's words."""
    cleaned = line.translate(_SIGNS).strip()
    lettered = _LETTERED.match(cleaned)
    if lettered:
        lat, south, lon, west = lettered.groups()
        return _position(_angle(lat, south.upper() == "S"), _angle(lon, west.upper() == "W"))
    parts = cleaned.replace(",", " ").replace(";", " ").split()
    if len(parts) != 2 or not all(_NUMBER.match(part) for part in parts):
        raise ValueError(f"“{line.strip()[:40]}” is no position; write it as 36 50.5 S 174 46.8 E or -36.8417 174.7800")
    return _position(float(parts[0]), float(parts[1]))


def _angle(text: str, negative: bool) -> float:
    """Degrees of "36", "36 50.5" or "36 50 30". Raises ValueError."""
    parts = text.split()
    if not 1 <= len(parts) <= 3 or not all(re.match(r"^\d{1,3}(\.\d+)?$", part) for part in parts):
        raise ValueError(f"“{text.strip()}” is no angle; a letter N, S, E or W takes the place of the sign")
    if any("." in part for part in parts[:-1]):
        raise ValueError(f"“{text.strip()}”: only its last part may have decimals")
    whole, *finer = (float(part) for part in parts)
    if any(part >= 60 for part in finer):
        raise ValueError(f"“{text.strip()}”: minutes and seconds are less than 60")
    angle = whole + sum(part / 60.0**place for place, part in enumerate(finer, start=1))
    return -angle if negative else angle


def _position(lat: float, lon: float) -> Point:
    if not (math.isfinite(lat) and abs(lat) <= 90.0):
        raise ValueError(f"latitude {lat:g} lies beyond ±90; latitude comes first")
    if not (math.isfinite(lon) and abs(lon) <= MOST_LON):
        raise ValueError(f"longitude {lon:g} lies beyond ±{MOST_LON:g}")
    return lat, lon


def written(points: Sequence[Point]) -> str:
    """One position on a line in degrees and minutes, to about 20 m: ``36 50.50 S 174 46.80 E``."""
    return "\n".join(f"{_minutes(lat, 'NS', 2)} {_minutes(_turned(lon), 'EW', 3)}" for lat, lon in points)


def _turned(lon: float) -> float:
    turned = (lon + 180.0) % 360.0 - 180.0
    return turned


def _minutes(angle: float, letters: str, digits: int) -> str:
    hundredths = round(abs(angle) * 6000)
    degrees, rest = divmod(hundredths, 6000)
    return f"{degrees:0{digits}d} {rest / 100:05.2f} {letters[angle < 0]}"
