"""How control rooms judge alert load: alerts announced per ten minutes for one officer, its bands, and floods.

Figures: EEMUA Publication 191 (3rd edition, 2013), "Benchmark for assessing average alarm rates": for one operator fewer
than one in ten minutes is very likely acceptable, one in five minutes manageable, one in two minutes likely over-demanding,
more than one a minute very likely unacceptable. ANSI/ISA-18.2-2016, clause 16 "Monitoring and assessment" (IEC 62682:2014,
clause 16, likewise) has the same one and two in ten minutes as acceptable and most that is manageable; there, a flood begins
when more than ten come in ten minutes to one operator and ends when fewer than five do, and about 80 % of alarms should be of
low, 15 % of medium and 5 % of high priority.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

WINDOW_MIN = 10
FLOOD_FROM = 10.0  # more than these for one officer in ten minutes begin a flood
FLOOD_UNTIL = 5.0  # fewer than these end it
WANTED_SHARE = {"top": 0.05, "high": 0.15, "normal": 0.80}


@dataclass(frozen=True, slots=True)
class Band:
    """A band of load: more than ``above``, at most ``upto`` (None: no end) alerts in ten minutes for one officer."""

    name: str
    above: float
    upto: float | None


BANDS = (
    Band("acceptable", 0.0, 1.0),
    Band("manageable", 1.0, 2.0),
    Band("over-demanding", 2.0, 10.0),
    Band("unacceptable", 10.0, None),
)


def band_of(per_officer: float) -> str:
    """Name of the band of so many alerts in ten minutes for one officer."""
    return next(band.name for band in BANDS if band.upto is None or per_officer <= band.upto)


def rolling(per_minute: Sequence[int], window: int = WINDOW_MIN) -> list[int]:
    """For each minute, how many came in the ``window`` minutes that end with it."""
    total = [0, *accumulate(per_minute)]
    return [total[place] - total[max(0, place - window)] for place in range(1, len(total))]


def flood_since(rates: Sequence[float]) -> int | None:
    """Place in ``rates`` (alerts in ten minutes for one officer, minute by minute) since which there is a flood; or None."""
    since: int | None = None
    for place, rate in enumerate(rates):
        if since is None and rate > FLOOD_FROM:
            since = place
        elif since is not None and rate < FLOOD_UNTIL:
            since = None
    return since
