"""`feed check NAME`: try one feed and print what it would bring and what it would refuse, and why. Stores nothing.

Exit status: 0 all that came can be used (or nothing came), 1 the source cannot be read, 2 its configuration is wrong,
3 something was refused.
"""

import argparse
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from threading import Event
from typing import Any

from ops_centre.bootstrap import OpsCentre
from ops_centre.cli.report_lines import line_of
from ops_centre.domain.observations import Batch, Refusal
from ops_centre.errors import FeedUnavailable, NotFound
from ops_centre.feeds.base import Feed
from ops_centre.feeds.registry import build_feed

_LISTEN_SECONDS, _LOOK_SECONDS = 10.0, 3.0
_WIDE = 200
_SHOWN_RAW = 120


def add_arguments(check: argparse.ArgumentParser) -> None:
    """Name, limit, time."""
    check.add_argument("name", help="the feed's name in config.toml; one that is not enabled may be tried too")
    check.add_argument("--limit", type=_count, default=10, help="how many reports and refusals are shown (default 10)")
    check.add_argument(
        "--for", dest="seconds", type=_seconds, help="how long to listen (default 10 s) or look (default 3 s)"
    )
    check.set_defaults(run=run)


def run(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Try the feed. Raises ConfigError and NotFound."""
    blocks = {block.name.casefold(): block for block in ops.settings.feeds}
    block = blocks.get(args.name.casefold())
    if block is None:
        named = ", ".join(one.name for one in blocks.values()) or "none"
        raise NotFound(f"No feed is called {args.name!r} in the configuration; there are: {named}.")
    feed, whole, fault = build_feed(block, ops.settings, ops.clock), Batch(), None
    try:
        for batch in _batches(feed, args.seconds):
            _add(whole, batch)
    except FeedUnavailable as gone:
        fault = str(gone)
    except KeyboardInterrupt:
        print("Broken off.")
    finally:
        feed.close()
    _tell(whole, args.limit)
    if fault:
        print(_plain(f"The source cannot be read: {fault}"))
        return 1
    return 3 if whole.refusals else 0


def _batches(feed: Feed, seconds: float | None) -> Iterator[Batch]:
    """What comes. A polled source is read anew each time, so that nothing it keeps is moved or passed over."""
    listens = feed.manifest.listens
    until = time.monotonic() + (seconds if seconds is not None else _LISTEN_SECONDS if listens else _LOOK_SECONDS)
    pause = Event()
    while True:
        batch = feed.poll(None)
        yield batch
        if (batch.received and not listens) or time.monotonic() >= until:
            return
        if not listens:
            pause.wait(min(1.0, feed.manifest.every.total_seconds()))


def _add(whole: Batch, batch: Batch) -> None:
    for part in fields(Batch):
        value = getattr(batch, part.name)
        if isinstance(value, list):
            getattr(whole, part.name).extend(value)
    whole.duplicates += batch.duplicates
    whole.passed_over += batch.passed_over


def _tell(whole: Batch, limit: int) -> None:
    reports = {part.name: getattr(whole, part.name) for part in fields(Batch)}
    reports = {name: value for name, value in reports.items() if isinstance(value, list) and name != "refusals"}
    for name, found in reports.items():
        if found:
            print(f"Would ingest {len(found)} {_kinds(name, found)}{_first(found, limit)}")
            for report in found[:limit]:
                print(f"  {_plain(line_of(report))}"[:_WIDE])
    if whole.refusals:
        _tell_refusals(whole.refusals, limit)
    print(
        f"Received {whole.received}: {whole.received - len(whole.refusals) - whole.duplicates} would be ingested, "
        f"{whole.duplicates} repeats, {len(whole.refusals)} refused; {whole.passed_over} passed over as not this feed's."
    )
    print("Nothing was stored.")


def _kinds(name: str, found: list[Any]) -> str:
    """What they are called; each kind with its count where there are several."""
    name = {"crafts": "craft"}.get(name, name.replace("_", " "))
    kinds = Counter(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(report).__name__).lower() for report in found)
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    return f"{name} ({told})" if len(kinds) > 1 else name


def _tell_refusals(refusals: list[Refusal], limit: int) -> None:
    print(f"Would refuse {len(refusals)}{_first(refusals, limit)}")
    reasons = Counter(refusal.reason for refusal in refusals)
    first = {refusal.reason: refusal for refusal in reversed(refusals)}
    for reason, times in reasons.most_common(limit):
        print(f"  {times} × {_plain(reason)}"[:_WIDE])
        raw = _plain(first[reason].raw[:_SHOWN_RAW].decode("utf-8", "backslashreplace")).strip()
        print(f"      {raw or '(nothing of it can be shown)'}")


def _first(found: list[Any], limit: int) -> str:
    return f"; the first {limit}:" if len(found) > limit else ":"


def _plain(text: str) -> str:
    """Without characters that could steer the terminal."""
    return "".join(letter if letter.isprintable() else "·" for letter in text)


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 10_000:
        raise argparse.ArgumentTypeError("must be from 0 to 10000")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 3600:
        raise argparse.ArgumentTypeError("must be from 0 to 3600 seconds")
    return number
