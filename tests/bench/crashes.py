"""kill -9 of web and worker at random moments under load, a hundred times on each database: what was lost or half seen.

``OPS_KILLS`` sets how often. Beside the figure that counts, 0, stand how long it took until work went on again.
"""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median, quantiles

from tests.support.hardship import Hardship, hardship
from tests.support.postgres import Cluster

KILLS = int(os.environ.get("OPS_KILLS", "100"))


def measure() -> Iterator[str]:
    """One line for each database."""
    with hardship(seed=7) as centre:
        yield f"SQLite: {_struck(centre)}"
    with ExitStack() as stack:
        cluster = Cluster(durable=True)
        stack.callback(cluster.remove)
        centre = stack.enter_context(hardship(cluster.create("ops"), seed=8))
        yield f"PostgreSQL: {_struck(centre)}"


def _struck(centre: Hardship) -> str:
    took = []
    for _ in range(KILLS):
        began = time.monotonic()
        centre.strike()
        took.append(time.monotonic() - began)
    faults = centre.settle()
    acknowledged, targets = len(centre.ledger.acknowledged), centre.source.pages * 20
    words = "; ".join(faults[:5]) or "nothing lost, doubled or half seen"
    return (
        f"{KILLS} kills, {acknowledged} entries acknowledged, {targets} targets: {len(faults)} faults ({words}). "
        f"From the kill, at most 1 s of load before it, to work going on: median {median(took):.1f}, "
        f"p95 {quantiles(took, n=20)[-1] if len(took) > 1 else took[0]:.1f} s"
    )
