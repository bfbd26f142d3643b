"""Sufficiency as it is read: the matrix of the planning page and the rings of the wall map, each in its reader's scope.

A ring tells a word and a number only, and counts what its reader may see; it needs what it is made of (targets and units),
not the plan. Rings are kept for some seconds for each scope: a wall of screens asks once.
"""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.sufficiency import (
    RANK,
    Block,
    Line,
    Present,
    Rules,
    State,
    blocks_of,
    cover,
    lines_of,
    present,
)
from ops_centre.picture.brief_gathering import rules_in_scope
from ops_centre.picture.scope import Scope, scope_of
from ops_centre.picture.sufficiency_gathering import Needs, holders, needs_of, wanted
from ops_centre.picture.sufficiency_views import (
    BlockView,
    CauseView,
    CellView,
    NeedView,
    PlaceView,
    RingRow,
    SufficiencyView,
)
from ops_centre.picture.sufficiency_words import rules_in_words

SHOWN_CAUSES = 6
KEPT = timedelta(seconds=20)
MOST_SCOPES = 64
_STATES = {State.SHORT: 0, State.SUFFICIENT: 1, State.NOTHING: 2}


class SufficiencyReads:
    """Reads of sufficiency."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, gazetteer: Gazetteer) -> None:
        self.db, self.clock, self.settings, self.gazetteer = db, clock, settings, gazetteer
        self._needs = needs_of(settings)
        self._rings: dict[Scope, tuple[datetime, tuple[RingRow, ...]]] = {}
        self._lock = threading.Lock()

    def matrix(self, actor: Actor) -> SufficiencyView:
        """Every place that wants or has somebody, by block, for the hours of the settings."""
        authorise(actor, Permission.PLAN_VIEW)
        now = self.clock.now()
        with self.db.reading() as session:
            reckoned = self._reckoned(session, scope_of(actor), now)
        hours = self.settings.sufficiency.ring_hours
        return reckoned.view(self.gazetteer, now, hours, rules_in_words(self.settings))

    def rings(self, actor: Actor) -> tuple[RingRow, ...]:
        """Places that run short or are sufficiently covered in the hours the ring looks ahead."""
        authorise(actor, Permission.TARGET_VIEW)
        authorise(actor, Permission.UNIT_VIEW)
        scope, now = scope_of(actor), self.clock.now()
        with self._lock:
            kept = self._rings.get(scope)
        if kept is not None and timedelta(0) <= now - kept[0] < KEPT:
            return kept[1]
        until = self._ring_until(now)
        with self.db.reading() as session:
            reckoned = self._reckoned(session, scope, now, until)
        rows = reckoned.rings(until)
        with self._lock:
            if len(self._rings) >= MOST_SCOPES:
                self._rings.clear()
            self._rings[scope] = (now, rows)
        return rows

    def _ring_until(self, now: datetime) -> datetime:
        return now + timedelta(hours=self.settings.sufficiency.ring_hours)

    def _reckoned(self, session: Session, scope: Scope, now: datetime, until: datetime | None = None) -> "Reckoned":
        block = self.settings.sufficiency
        until = until or now + timedelta(hours=block.horizon_hours)
        zone = ZoneInfo(self.settings.centre.time_zone)
        seen = frozenset(rules_in_scope(session, scope)).__contains__
        return reckon(session, self.gazetteer, self._needs, seen, now, blocks_of(now, until, zone, block.block_hours))


class Reckoned:
    """Lines with how far they are covered, and who is where."""

    def __init__(
        self, now: datetime, blocks: Sequence[Block], lines: list[Line], there: Present, unplaced: int
    ) -> None:
        self.now, self.blocks, self.lines, self.there, self.unplaced = now, tuple(blocks), lines, there, unplaced
        self._lines: dict[tuple[str, int], list[Line]] = {}
        for line in lines:
            self._lines.setdefault((line.place, line.block), []).append(line)

    def view(self, gazetteer: Gazetteer, now: datetime, ring_hours: int, rules: Sequence[str]) -> SufficiencyView:
        """The matrix."""
        codes = {code for code, _block in (*self._lines, *self.there)}
        near = self._near(now + timedelta(hours=ring_hours))
        rows = [self._place(code, gazetteer, near) for code in codes]
        rows.sort(key=lambda row: (_STATES[State(row.state)], -row.short, _far(row), row.name))
        blocks = tuple(BlockView(block.starts_at, block.ends_at) for block in self.blocks)
        return SufficiencyView(self.now, blocks, tuple(rows), tuple(rules), ring_hours, self.unplaced)

    def rings(self, until: datetime) -> tuple[RingRow, ...]:
        """Of places where something is expected before ``until``."""
        near = self._near(until)
        found: dict[str, int] = {}
        for (code, block), lines in self._lines.items():
            if block in near:
                short = sum(line.wanted - line.covered for line in lines)
                found[code] = max(found.get(code, 0), short)
        return tuple(
            RingRow(code, (State.SHORT if short else State.SUFFICIENT).value, short)
            for code, short in sorted(found.items())
        )

    def _near(self, until: datetime) -> frozenset[int]:
        return frozenset(number for number, block in enumerate(self.blocks) if block.starts_at < until)

    def _place(self, code: str, gazetteer: Gazetteer, near: frozenset[int]) -> PlaceView:
        place = gazetteer.get(code)
        cells = tuple(self._cell(code, number) for number in range(len(self.blocks)))
        soon = [cell for cell in cells if cell.block in near]
        state = min((State(cell.state) for cell in soon), key=_STATES.__getitem__, default=State.NOTHING)
        short = max((cell.short for cell in soon), default=0)
        return PlaceView(code, place.name if place else code, state.value, short, cells)

    def _cell(self, code: str, number: int) -> CellView:
        lines = self._lines.get((code, number), [])
        count, covered = sum(line.wanted for line in lines), sum(line.covered for line in lines)
        state = State.NOTHING if not lines else (State.SHORT if covered < count else State.SUFFICIENT)
        units = tuple(sorted(holder.callsign for holder in self.there.get((code, number), ())))
        return CellView(code, number, state.value, count, covered, tuple(map(_need, lines)), units)


def reckon(
    session: Session, gazetteer: Gazetteer, needs: Needs, seen: Any, now: datetime, blocks: Sequence[Block]
) -> Reckoned:
    """Sufficiency as somebody knows it who may see what is handled as ``seen`` says."""
    until = blocks[-1].ends_at
    asked = wanted(session, gazetteer, needs, seen, now, until)
    rules: Rules = needs.rules
    lines = lines_of(asked.expected, blocks, rules, now)
    there = present(holders(session, gazetteer, needs, seen, now, until), blocks, rules.present_share)
    cover(lines, there)
    return Reckoned(now, blocks, lines, there, asked.unplaced)


def _need(line: Line) -> NeedView:
    causes = [CauseView(one.kind, one.id, one.label, one.severity, one.at) for one in line.causes]
    agencies = tuple(sorted(line.agencies)) if line.agencies is not None else ()
    return NeedView(
        line.what, agencies, line.severity, line.hours, line.wanted, line.covered, tuple(causes[:SHOWN_CAUSES]),
        max(0, len(causes) - SHOWN_CAUSES),
    )  # fmt: skip


def _far(row: PlaceView) -> tuple[int, int]:
    """Where nothing is short soon: the first block that is, then the worst severity of what is wanted."""
    first = next((cell.block for cell in row.cells if cell.short), len(row.cells))
    worst = min((RANK[need.severity] for cell in row.cells for need in cell.needs), default=len(RANK))
    return first, worst
