"""Time and chance of the exercise: what makes a scenario repeatable.

The whole world is a function of the seed and of scenario time; nothing is carried from one moment to the next. So the
same seed shows the same world at the same scenario time, and an exercise that was stopped goes on where it would be.
Nothing here may read a clock or use a shared source of chance.
"""

import hashlib
import random
from dataclasses import dataclass
from datetime import UTC, datetime

# Scenario time and wall time agree here when no other beginning is asked for.
BEGINNING_S = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True, slots=True)
class ScenarioTime:
    """Scenario seconds against wall seconds (both since 1970): `speed` scenario seconds pass in one.

    What is published carries wall times: at speed 60 a ship covers an hour's way in a minute, and says it is there now.
    """

    speed: float = 1.0
    wall_start_s: float = BEGINNING_S
    scenario_start_s: float = BEGINNING_S

    def at(self, wall_s: float) -> float:
        """Scenario seconds at a wall time."""
        return self.scenario_start_s + (wall_s - self.wall_start_s) * self.speed

    def wall(self, scenario_s: float) -> float:
        """Wall seconds at a scenario time."""
        return self.wall_start_s + (scenario_s - self.scenario_start_s) / self.speed

    def moment(self, scenario_s: float) -> datetime:
        """The wall time of a scenario time, aware, UTC."""
        return datetime.fromtimestamp(self.wall(scenario_s), UTC)


def chance(*words: object) -> random.Random:
    """A source of chance of its own for whatever `words` name, the same in every process."""
    return random.Random(_digest(words))  # noqa: S311 - a scenario is repeated, not guarded


def share(*words: object) -> float:
    """A number in [0, 1) for whatever `words` name; cheaper than `chance`."""
    return _digest(words) / 2**64


def _digest(words: tuple[object, ...]) -> int:
    text = "/".join(map(str, words)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
