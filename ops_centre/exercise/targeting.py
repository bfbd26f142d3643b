"""The targeting systems of the exercise: which cases there are at a time, and what is new since a cursor.

Cases are issued every few minutes of the scenario for ever; which is a function of the seed and the case's number,
so a restart tells the same story. The cursor is the scenario time of the last change told, with a mark of the scenario:
a cursor of another scenario begins anew. Holds at most `KEEP` cases.
"""

import math
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from ops_centre.domain.targeting import OPEN_STATUSES, SubjectKind
from ops_centre.exercise.aircraft import Aircraft
from ops_centre.exercise.cases import Case, Step, craft_by_air, craft_by_sea, make_case
from ops_centre.exercise.scenario import DAY, HOUR, MINUTE, ScenarioTime, chance, share
from ops_centre.exercise.vessels import Vessel

EVERY_S, JITTER_S = 5.5 * MINUTE, 2.4 * MINUTE  # cases come 3 to 8 minutes apart
LONGEST_S = 9 * HOUR  # no case is open longer
FURTHEST_BACK_S = 7 * DAY  # older changes are not told
PAGE = 200
KEEP = 4000
_SHARES = (
    (SubjectKind.PERSON, 0.42),
    (SubjectKind.CONSIGNMENT, 0.66),
    (SubjectKind.VESSEL, 0.87),
    (SubjectKind.FLIGHT, 1.0),
)


class TargetingSystem:
    """All cases of a scenario."""

    def __init__(self, seed: int, timeline: ScenarioTime, vessels: Sequence[Vessel], fleet: Sequence[Aircraft]) -> None:
        self._seed, self._timeline, self._vessels, self._fleet = seed, timeline, vessels, fleet
        self._mark = f"{zlib.crc32(f'{seed}/{timeline}'.encode()):08x}"
        self._cases: OrderedDict[int, Case | None] = OrderedDict()

    def since(self, cursor: str, wall_s: float) -> tuple[list[dict[str, Any]], str]:
        """What changed since a cursor ("": all that is open) up to a wall time, oldest first, and the next cursor."""
        now_s = self._timeline.at(wall_s)
        after_s = self._time_of(cursor)
        changes = self._open(now_s) if after_s is None else self._changed(max(after_s, now_s - FURTHEST_BACK_S), now_s)
        page = sorted(changes, key=lambda change: change[1].at_s)[:PAGE]
        last_s = page[-1][1].at_s if page else after_s if after_s is not None else now_s
        return [case.record(step, self._timeline) for case, step in page], f"{self._mark}.{last_s!r}"

    def open_cases(self, at_s: float) -> list[Case]:
        """The cases open at a scenario time."""
        return [case for case, _ in self._open(at_s)]

    def _time_of(self, cursor: str) -> float | None:
        mark, _, text = cursor.partition(".")
        if mark != self._mark:
            return None
        try:
            told_s = float(text)
        except ValueError:
            return None
        return told_s if math.isfinite(told_s) else None

    def _open(self, at_s: float) -> list[tuple[Case, Step]]:
        return [(case, step) for case, step in self._in_force(at_s - LONGEST_S, at_s) if step.status in OPEN_STATUSES]

    def _changed(self, after_s: float, at_s: float) -> list[tuple[Case, Step]]:
        return [(case, step) for case, step in self._in_force(after_s - LONGEST_S, at_s) if step.at_s > after_s]

    def _in_force(self, issued_after_s: float, at_s: float) -> list[tuple[Case, Step]]:
        numbers = range(math.floor(issued_after_s / EVERY_S), math.floor(at_s / EVERY_S) + 1)
        cases = (case for number in numbers if (case := self._case(number)) is not None)
        return [(case, step) for case in cases if (step := case.step(at_s)) is not None]

    def _case(self, number: int) -> Case | None:
        if number not in self._cases:
            self._cases[number] = self._make(number)
            if len(self._cases) > KEEP:
                self._cases.popitem(last=False)
        return self._cases[number]

    def _make(self, number: int) -> Case | None:
        """The case of this number; None when no craft suits."""
        rng = chance(self._seed, "case", number)
        at_s = number * EVERY_S + share(self._seed, "issued", number) * JITTER_S
        drawn = rng.random()
        kind = next(kind for kind, until in _SHARES if drawn < until)
        craft = None
        if kind == SubjectKind.FLIGHT or (kind == SubjectKind.PERSON and rng.random() < 0.88):
            craft = craft_by_air(rng, self._fleet, at_s)
        if craft is None:
            kind = SubjectKind.VESSEL if kind == SubjectKind.FLIGHT else kind
            craft = craft_by_sea(rng, self._vessels, at_s, with_goods=kind == SubjectKind.CONSIGNMENT)
        if craft is None:
            return None
        return make_case(rng, number, f"{self._mark[:4].upper()}-{number}", at_s, kind, craft)
