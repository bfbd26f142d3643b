"""Frozen views of sufficiency: what each place will need in each block of hours against who is there, in one reader's scope."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BlockView:
    """One block of hours; it begins at 00, 06, 12 or 18 o'clock local time."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class CauseView:
    """One arrival that a need comes from."""

    kind: str  # target, track
    id: int
    label: str
    severity: str | None  # None: an arrival that nobody targeted
    at: datetime


@dataclass(frozen=True, slots=True)
class NeedView:
    """One need of a place in a block, and how far those who are there meet it."""

    what: str  # "boarding or vessel search"
    agencies: tuple[str, ...]  # who has authority; empty: any
    severity: str  # of the worst of its causes: top, high, normal; "arrival" where none is targeted
    hours: float  # of work
    wanted: int  # units for the whole block
    covered: int  # of those
    causes: tuple[CauseView, ...]  # worst first, cut at `SHOWN_CAUSES`
    more_causes: int  # that were cut off

    @property
    def short(self) -> int:
        """Units that are missing."""
        return self.wanted - self.covered


@dataclass(frozen=True, slots=True)
class CellView:
    """One place in one block."""

    place: str
    block: int  # which of the blocks
    state: str  # short, sufficient, nothing expected
    wanted: int
    covered: int
    needs: tuple[NeedView, ...]
    units: tuple[str, ...]  # callsigns of those who are there

    @property
    def short(self) -> int:
        """Units that are missing."""
        return self.wanted - self.covered


@dataclass(frozen=True, slots=True)
class PlaceView:
    """One place over all blocks. ``state`` is the worst of the hours that the ring on the map looks ahead."""

    code: str
    name: str
    state: str
    short: int  # most units missing in one of those blocks
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class SufficiencyView:
    """The matrix. Places where nothing is expected and nobody stands are left out; places that run short lead."""

    at: datetime
    blocks: tuple[BlockView, ...]
    places: tuple[PlaceView, ...]
    rules: tuple[str, ...]  # each a sentence
    ring_hours: int  # that the ring of a place on the map looks ahead
    unplaced: int  # open targets without a known place and time of arrival: they ask for nobody here


@dataclass(frozen=True, slots=True)
class RingRow:
    """The ring of a place on the map."""

    place: str
    state: str  # short, sufficient; a place without a row: nothing expected
    short: int
