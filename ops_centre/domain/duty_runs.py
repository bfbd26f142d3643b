"""How long the people of a unit work, and how they rest between: what the plan's rules on duty go by.

An agency's deployment is one duty of one crew: where another follows, another crew comes, and the agency answers for the
hours. What the centre books within deployments therefore adds nothing. What it books beyond them lengthens the duty that
it adjoins: duty and booking are one run as long as no rest of the least length lies between.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ops_centre.domain.crewing import HANDOVER
from ops_centre.domain.intervals import HOUR, Interval, without


@dataclass(frozen=True, slots=True)
class Run:
    """A duty with the breaks in it that are too short to end it."""

    span: Interval
    stretch: Interval  # the part without a break that the booking is in
    shortest_break: Interval | None  # the shortest break beside the stretch


@dataclass(frozen=True, slots=True)
class _Piece:
    span: Interval
    by_agency: bool
    is_tried: bool = False


def run_of(booking: Interval, own: Iterable[Interval], deployments: Sequence[Interval], rest_h: float) -> Run | None:
    """The run that a booking makes; None where it lies within deployments. ``own``: other work the centre booked."""
    tried = [_Piece(part, False, True) for part in without(booking, deployments)]
    if not tried:
        return None
    pieces = [_Piece(part, False) for span in own for part in without(span, deployments)]
    pieces += [_Piece(span, True) for span in deployments]
    pieces = sorted([*pieces, *tried], key=lambda piece: piece.span)
    run = _around(pieces, rest_h * HOUR)
    stretch = _around(pieces, HANDOVER)
    first, last = run[0].span.starts_at, max(piece.span.ends_at for piece in run)
    begins, ends = stretch[0].span.starts_at, max(piece.span.ends_at for piece in stretch)
    breaks = [
        Interval(start, end)
        for start, end in (
            (max((p.span.ends_at for p in run if p.span.ends_at <= begins), default=begins), begins),
            (ends, min((p.span.starts_at for p in run if p.span.starts_at >= ends), default=ends)),
        )
        if start < end
    ]
    return Run(Interval(first, last), Interval(begins, ends), min(breaks, key=lambda one: one.hours, default=None))


def _around(pieces: Sequence[_Piece], gap: timedelta) -> list[_Piece]:
    """The pieces that hang together with the tried ones: no gap as long as ``gap`` between two, nor a change of crew."""
    groups: list[list[_Piece]] = []
    for piece in pieces:
        last = groups[-1][-1] if groups else None
        if last is None or (last.by_agency and piece.by_agency) or not _near(last, piece, gap):
            groups.append([])
        groups[-1].append(piece)
    mine = [group for group in groups if any(piece.is_tried for piece in group)]
    return [piece for group in mine[:1] for piece in group] if len(mine) == 1 else _longest(mine)


def _near(first: _Piece, second: _Piece, gap: timedelta) -> bool:
    between = second.span.starts_at - first.span.ends_at
    return between <= gap if gap <= HANDOVER else between < gap


def _longest(groups: Sequence[list[_Piece]]) -> list[_Piece]:
    """Of a booking that several deployments divide, the part with the longest run."""
    return max(groups, key=lambda group: group[-1].span.ends_at - group[0].span.starts_at)
