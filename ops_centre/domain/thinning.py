"""Which positions of a track may go so that the line through those that stay is nowhere further off than a stated bound.

The measure is the synchronised distance: where the craft was seen at a moment, against where a straight run between the kept
positions on either side puts it at that very moment. So the way, the speed and the times all stay within the bound. The split
is Douglas and Peucker's (1973), with that distance in place of the one to the chord (Meratnia and de By, 2004).
"""

import numpy as np
from numpy.typing import NDArray

METRES_PER_DEGREE = (
    111_320.0  # of latitude; half a per cent more than the least, so that errors are over-, not understated
)
Numbers = NDArray[np.float64]
Marks = NDArray[np.bool_]


def keep(times_s: Numbers, lats: Numbers, lons: Numbers, bound_m: float, gap_s: float) -> Marks:
    """Which positions stay, of one track in the order of their times.

    ``lons`` may run across 180°. Any position left out lies within ``bound_m`` of the straight run between those kept; two
    kept ones are at most ``gap_s`` apart wherever there was one between them.
    """
    count = len(times_s)
    stays = np.zeros(count, dtype=bool)
    if not count:
        return stays
    stays[[0, -1]] = True
    x, y = _metres(lats, lons)
    open_spans = [(0, count - 1)]
    while open_spans:
        first, last = open_spans.pop()
        if last - first < 2:
            continue
        split = _worst(times_s, x, y, first, last, bound_m)
        if split is None and times_s[last] - times_s[first] > gap_s:
            split = _last_within(times_s, first, last, gap_s)
        if split is not None:
            stays[split] = True
            open_spans += [(first, split), (split, last)]
    return stays


def _metres(lats: Numbers, lons: Numbers) -> tuple[Numbers, Numbers]:
    """Places on a plane where a degree of longitude is as long as anywhere on the track: distances never come out short."""
    unwrapped = np.unwrap(lons, period=360.0)
    widest = float(np.cos(np.radians(np.abs(lats).min())))
    return unwrapped * METRES_PER_DEGREE * widest, lats * METRES_PER_DEGREE


def _worst(times_s: Numbers, x: Numbers, y: Numbers, first: int, last: int, bound_m: float) -> int | None:
    """The position between two that is furthest from the run between them, if that is beyond the bound."""
    span = times_s[last] - times_s[first]
    inner = slice(first + 1, last)
    share = (times_s[inner] - times_s[first]) / span if span > 0 else np.zeros(last - first - 1)
    off = np.hypot(
        x[inner] - (x[first] + share * (x[last] - x[first])), y[inner] - (y[first] + share * (y[last] - y[first]))
    )
    furthest = int(off.argmax())
    return first + 1 + furthest if off[furthest] > bound_m else None


def _last_within(times_s: Numbers, first: int, last: int, gap_s: float) -> int:
    """The last position between two that is within the gap of the first; the next one when none is."""
    reach = int(np.searchsorted(times_s, times_s[first] + gap_s, side="right")) - 1
    return min(max(reach, first + 1), last - 1)
