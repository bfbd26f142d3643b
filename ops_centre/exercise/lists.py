"""Passenger lists of the exercise: a PAXLST message for each flight from abroad that is to arrive, as a file in a folder.

The people are made up and their names, documents and nationality say so (UTO is the country of specimen documents).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ops_centre.exercise.aircraft import Aircraft, Flight
from ops_centre.exercise.scenario import DAY, HOUR, ScenarioTime, chance

FOLDER = Path("exercise") / "lists"  # in the data folder
AHEAD_S = 4 * HOUR  # scenario seconds before the arrival that a list comes at the earliest
MOST_FLIGHTS = 6  # at a time
KEPT_S = 2 * DAY
_SURNAMES = ("EXERCISE", "SPECIMEN", "SAMPLE", "EXAMPLE", "MUSTER", "PLACEHOLDER")
_GIVEN = ("ALPHA", "BRAVO", "CHARLIE", "DELTA", "ECHO", "FOXTROT", "GOLF", "HOTEL", "INDIA", "JULIETT", "KILO", "LIMA")


class Lists:
    """Writes them into a folder; a list that is there already is left alone."""

    def __init__(self, seed: int, timeline: ScenarioTime, fleet: list[Aircraft], folder: Path) -> None:
        self._seed, self._timeline, self._fleet, self.folder = seed, timeline, fleet, folder

    def write(self, now_s: float) -> int:
        """Write what is due at a wall time, and take away what is old; how many were written. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("EXERCISE-*.edi"):
            if old.stat().st_mtime < now_s - KEPT_S:
                old.unlink()
        written = 0
        for flight in self._due(self._timeline.at(now_s)):
            path = self.folder / f"EXERCISE-{flight.number}-{int(self._timeline.wall(flight.departs_s))}.edi"
            if not path.exists():
                part = path.with_suffix(".part")
                part.write_text(message(self._seed, flight, self._timeline, now_s), "ascii")
                part.rename(path)
                written += 1
        return written

    def _due(self, at_s: float) -> Iterator[Flight]:
        flights = (aircraft.flight(at_s) for aircraft in self._fleet)
        coming = [one for one in flights if one and one.crosses_border_inward and 0 < one.arrives_s - at_s < AHEAD_S]
        yield from sorted(coming, key=lambda one: one.arrives_s)[:MOST_FLIGHTS]


def message(seed: int, flight: Flight, timeline: ScenarioTime, now_s: float) -> str:
    """The interchange with the list of one flight."""
    rng = chance(seed, "list", flight.number, int(flight.departs_s))
    people = []
    for number in range(1, rng.randint(6, 18) + 1):
        born = f"{rng.randint(50, 99)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
        people += [
            f"NAD+FL+++{rng.choice(_SURNAMES)}:{rng.choice(_GIVEN)} {rng.choice(_GIVEN)}",
            f"ATT+2++{rng.choice('FMX')}",
            f"DTM+329:{born}",
            f"LOC+178+{flight.origin}",
            f"LOC+179+{flight.destination}",
            "NAT+2+UTO",
            f"RFF+SEA:{number}{rng.choice('ABCDEF')}",
            f"DOC+P:110:111+EX{rng.randrange(10**6):06}",
            "LOC+91+UTO",
        ]
    count = sum(text.startswith("NAD") for text in people)
    body = [
        "UNH+1+PAXLST:D:05B:UN:IATA", "BGM+745", "RFF+TN:EXERCISE", f"TDT+20+{flight.number}",
        f"LOC+125+{flight.origin}", f"DTM+189:{_time(timeline.wall(flight.departs_s))}:201",
        f"LOC+87+{flight.destination}", f"DTM+232:{_time(timeline.wall(flight.arrives_s))}:201",
        *people, f"CNT+42:{count}",
    ]  # fmt: skip
    made = datetime.fromtimestamp(now_s, UTC).strftime("%y%m%d:%H%M")
    control = f"{int(flight.departs_s) % 10**8}"
    whole = [
        f"UNB+UNOA:4+EXERCISE:ZZ+OPS:ZZ+{made}+{control}", *body, f"UNT+{len(body) + 1}+1", f"UNZ+1+{control}"
    ]  # fmt: skip
    return "'\n".join(whole) + "'\n"


def _time(wall_s: float) -> str:
    return datetime.fromtimestamp(wall_s, UTC).strftime("%y%m%d%H%M")
