"""Searching and filtering a duty log of a million entries, on SQLite: p50 and p95 of each question, for three readers.

``OPS_BENCH_LOG`` names another length. The reference is the same file read by sequence number, a page of 100.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from statistics import median
from typing import Any

from ops_centre.auth.roles import Role
from ops_centre.db import Database
from ops_centre.domain.log_filter import LogFilter
from ops_centre.picture.log_reads import LogReads
from tests.bench.log_books import END, book
from tests.factories import actor

SIZE = int(os.environ.get("OPS_BENCH_LOG", "1000000"))
ROUNDS = 7
READERS = {
    "duty officer OPS": actor(),
    "liaison IMM": actor(Role.AGENCY_LIAISON, "IMM"),
    "wall": actor(Role.WALL),
}
SEARCHES: dict[str, LogFilter] = {
    "in every seventh entry: 'alert'": LogFilter(text="alert"),
    "common beginning: 'a'": LogFilter(text="a"),
    "common beginning: 'tau'": LogFilter(text="tau"),
    "two common words": LogFilter(text="spirit tauranga"),
    "phrase": LogFilter(text='"spirit of mahia 27"'),
    "rare beginning": LogFilter(text="manuel 399"),
    "macrons, with kind and people": LogFilter(text="whangarei", kinds=("call",), by="people"),
    "common word, one officer": LogFilter(text="tauranga", author="officer07"),
    "nothing found of two common words": LogFilter(text="biosecurity examined"),
    "word in one month a while ago": LogFilter(
        text="tern", since=END - timedelta(days=200), until=END - timedelta(days=170)
    ),
}
FILTERS: dict[str, LogFilter] = {
    "no filter": LogFilter(),
    "kind": LogFilter(kinds=("outcome",)),
    "people": LogFilter(by="people"),
    "person and kinds": LogFilter(author="officer11", kinds=("call", "request")),
    "agency, kind, people": LogFilter(agency="BIO", kinds=("report",), by="people"),
    "unit": LogFilter(unit_id=77),
    "unit and kind": LogFilter(unit_id=77, kinds=("decision",)),
    "operation by link": LogFilter(thing=("operation", "KAHU")),
    "a day eight months ago": LogFilter(since=END - timedelta(days=240), until=END - timedelta(days=239)),
    "until ten months ago": LogFilter(until=END - timedelta(days=300)),
    "until ten months ago, people, kind": LogFilter(until=END - timedelta(days=300), by="people", kinds=("call",)),
}


def measure() -> Iterator[str]:
    """Lines of the report."""
    db = Database(f"sqlite:///{book(SIZE)}")
    reads = LogReads(db)
    try:
        yield f"{SIZE:,} entries on SQLite; milliseconds p50 / worst of {ROUNDS}, and of each reader the worst question"
        yield f"reference, page of 100 by number: {_said(_times(lambda: reads.page(actor(), None, SIZE // 2)))}"
        for named, questions in (("search", SEARCHES), ("filter", FILTERS)):
            yield from _questions(reads, named, questions)
        yield f"count to 1,000, common word: {_said(_times(lambda: reads.count(actor(), LogFilter(text='alert'))))}"
        yield f"one entry opened: {_said(_times(lambda: reads.card(actor(), SIZE // 2)))}"
    finally:
        db.dispose()


def _questions(reads: LogReads, named: str, questions: dict[str, LogFilter]) -> Iterator[str]:
    every: list[float] = []
    for title, wanted in questions.items():
        times = {who: _times(lambda one=one, wanted=wanted: reads.page(one, wanted)) for who, one in READERS.items()}
        every += [value for values in times.values() for value in values]
        yield f"  {named}, {title}: " + "; ".join(f"{who} {_said(values)}" for who, values in times.items())
    every.sort()
    yield f"{named}, together: p50 {median(every):.1f} ms, p95 {every[int(len(every) * 0.95)]:.1f} ms, worst {every[-1]:.1f} ms"


def _times(ask: Callable[[], Any]) -> list[float]:
    ask()  # pages of the file come into memory
    times = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        ask()
        times.append((time.perf_counter() - begun) * 1000)
    return times


def _said(times: list[float]) -> str:
    return f"{median(times):.1f} / {max(times):.1f}"
