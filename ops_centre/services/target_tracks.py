"""Find the track of a target's subject, by what both are known by (docs/feeds.md, "How a target finds its track").

Strongest first: MMSI, IMO number, ICAO address, registration, flight. A person or consignment is where the craft is
that carries it. A flight number names another aircraft tomorrow, so it counts only near the flight's arrival and
while the track is on the picture; the other identifiers are the craft's own and always count.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ops_centre.domain.flights import flight_key, plain
from ops_centre.domain.observations import TrackKind
from ops_centre.models import Track
from ops_centre.services.chunks import chunks

AIRBORNE_BEFORE = timedelta(hours=20)  # no scheduled flight is longer
AIRBORNE_AFTER = timedelta(hours=6)  # a late one may still be under way

_COLUMNS = (
    Track.id, Track.key, Track.kind, Track.mmsi, Track.imo, Track.registration, Track.flight, Track.callsign,
    Track.heard_at, Track.left_at,
)  # fmt: skip

Clue = tuple[str, Any]  # what a track may be known by: ("mmsi", 512000123)


@dataclass(frozen=True, slots=True)
class Craft:
    """What a track is known by."""

    id: int
    heard_at: datetime
    is_present: bool
    clues: frozenset[Clue]


def clues_of(identifiers: dict[str, Any]) -> list[Clue]:
    """What a subject's craft can be recognised by, strongest first."""
    clues: list[Clue] = []
    clues += [(name, identifiers[name]) for name in ("mmsi", "imo") if identifiers.get(name)]
    if address := identifiers.get("icao24"):
        clues.append(("icao24", str(address).lower()))
    if registration := identifiers.get("registration"):
        clues.append(("registration", plain(registration)))
    return clues + [("flight", flight_key(said)) for said in _flights(identifiers)]


def _craft_of(track: Row[*tuple[Any, ...]]) -> Craft:
    """What a track (a row of `_COLUMNS`) is known by."""
    clues: set[Clue] = {("mmsi", track.mmsi), ("imo", track.imo)}
    if track.kind == TrackKind.AIRCRAFT:
        clues.add(("icao24", track.key.removeprefix("icao:")))
        clues.add(("registration", plain(track.registration or "")))
        if track.left_at is None:
            clues |= {("flight", flight_key(said)) for said in (track.flight, track.callsign) if said}
    return Craft(track.id, track.heard_at, track.left_at is None, frozenset(clue for clue in clues if clue[1]))


class Crafts:
    """Some tracks, to be searched by clue."""

    def __init__(self, crafts: Iterable[Craft]) -> None:
        self.of_id = {craft.id: craft for craft in crafts}
        self._by_clue: dict[Clue, Craft] = {}
        for craft in sorted(self.of_id.values(), key=lambda craft: (craft.is_present, craft.heard_at)):
            self._by_clue |= dict.fromkeys(craft.clues, craft)  # the one on the picture, heard last, stays

    def match(self, clues: Sequence[Clue], arrives_at: datetime | None) -> Craft | None:
        """The craft of the strongest clue that any craft answers to."""
        for clue in clues:
            craft = self._by_clue.get(clue)
            if craft is not None and (clue[0] != "flight" or _is_due(craft, arrives_at)):
                return craft
        return None


def _is_due(craft: Craft, arrives_at: datetime | None) -> bool:
    """Whether a flight that arrives then may be what was heard of the craft last."""
    return arrives_at is None or arrives_at - AIRBORNE_BEFORE <= craft.heard_at <= arrives_at + AIRBORNE_AFTER


def crafts_with_ids(session: Session, ids: Collection[int]) -> Crafts:
    """The tracks with these ids."""
    return Crafts(map(_craft_of, _tracks(session, Track.id, ids)))


def crafts_for(session: Session, subjects: Iterable[dict[str, Any]]) -> Crafts:
    """Every track that subjects with these identifiers may be on; by flight or registration, present ones alone."""
    keys: set[str] = set()
    numbers: set[int] = set()
    by_air = False
    for identifiers in subjects:
        keys |= {f"mmsi:{mmsi}" for mmsi in [identifiers.get("mmsi")] if mmsi}
        keys |= {f"icao:{address}" for address in [identifiers.get("icao24")] if address}
        numbers |= {imo for imo in [identifiers.get("imo")] if imo}
        by_air = by_air or bool(identifiers.get("registration") or _flights(identifiers))
    found = [*_tracks(session, Track.key, keys), *_tracks(session, Track.imo, numbers)]
    if by_air:
        found += session.execute(
            select(*_COLUMNS).where(Track.kind == TrackKind.AIRCRAFT.value, Track.left_at.is_(None))
        )
    return Crafts(map(_craft_of, found))


def _flights(identifiers: dict[str, Any]) -> list[str]:
    """The flight's number and callsign. A vessel has a callsign too, which names no flight."""
    is_vessel = any(identifiers.get(name) for name in ("mmsi", "imo", "vessel_name"))
    names = ("flight",) if is_vessel else ("flight", "callsign")
    return [str(identifiers[name]) for name in names if identifiers.get(name)]


def _tracks(
    session: Session, column: InstrumentedAttribute[Any], values: Collection[Any]
) -> Iterator[Row[*tuple[Any, ...]]]:
    for some in chunks(values):
        condition: ColumnElement[bool] = column.in_(some)
        yield from session.execute(select(*_COLUMNS).where(condition))
