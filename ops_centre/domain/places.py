"""Places of the border: ports of entry, airports, patrol bases, border posts; found by their codes.

Codes and aliases are unique among all places: a code that meant two would send a unit to the wrong one.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

DEFAULT_PATH = Path(__file__).resolve().parent.parent.parent / "data" / "places.json"


class PlaceKind(StrEnum):
    """What a place is."""

    PORT = "port"
    AIRPORT = "airport"
    BASE = "patrol base"
    POST = "border post"


@dataclass(frozen=True, slots=True)
class Place:
    """A named point, degrees WGS 84.

    `code` is UN/LOCODE for ports ("NZAKL"), ICAO for airports ("NZAA"), of our own making for bases ("PB-AKL") and
    posts ("BP-AKL"). `aliases` hold IATA codes and words that crews write for a port, in capitals without spaces.
    """

    code: str
    name: str
    kind: PlaceKind
    lat: float
    lon: float
    aliases: tuple[str, ...] = ()
    rank: int = 2  # 1: labelled on the national map, 2: nearer, 3: nearest


class Gazetteer:
    """All places, by any of their codes."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        self._by_code = {code: place for place in self.places for code in (place.code, *place.aliases)}

    def get(self, code: str | None) -> Place | None:
        """The place with this code or alias, if any; case and spaces do not matter."""
        return self._by_code.get(code.upper().replace(" ", "")) if code else None


def load_gazetteer(path: Path = DEFAULT_PATH) -> Gazetteer:
    """The places that ship with the product (data/places.json)."""
    rows = json.loads(path.read_text("utf-8"))["places"]
    return Gazetteer(
        Place(r["code"], r["name"], PlaceKind(r["kind"]), r["lat"], r["lon"], tuple(r["aliases"]), r["rank"])
        for r in rows
    )
