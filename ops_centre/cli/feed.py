"""`feed list`: the feeds, their lights and counters; `--kinds`: what kinds there are. `feed check`: try one."""

import argparse
from typing import Any

from ops_centre.bootstrap import OpsCentre
from ops_centre.cli import feed_check
from ops_centre.cli.listing import add_json, show
from ops_centre.feeds.registry import all_kinds
from ops_centre.services.feed_records import present_light


def register(verbs: Any) -> None:
    """Add the verb."""
    feed = verbs.add_parser("feed", help="the sources").add_subparsers(required=True, metavar="WHAT")
    listing = feed.add_parser("list", help="every feed with its light and counters")
    listing.add_argument("--kinds", action="store_true", help="list the kinds a feed may have instead")
    add_json(listing)
    listing.set_defaults(run=run)
    feed_check.add_arguments(feed.add_parser("check", help="try one feed; stores nothing"))


def run(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Print the list."""
    if args.kinds:
        rows = [{"kind": kind.kind, "summary": kind.summary} for kind in all_kinds().values()]
        show(rows, as_json=args.json, empty="No kinds.")
        return 0
    now = ops.clock.now()
    known = {record.name: record for record in ops.feeds.all()}
    listed: list[dict[str, Any]] = [
        {
            "name": record.name,
            "kind": record.kind,
            "agency": record.agency,
            "light": str(present_light(record, now)) if record.configured else "not configured",
            "last_good_at": record.last_good_at,
            "received": record.received,
            "stored": record.stored,
            "duplicate": record.duplicate,
            "quarantined": record.quarantined,
            "passed_over": record.passed_over,
            "last_error": record.last_error,
        }
        for record in known.values()
    ]
    listed += [
        dict.fromkeys(("last_good_at", "received", "stored", "duplicate", "quarantined", "passed_over", "last_error"))
        | {"name": block.name, "kind": block.kind, "agency": block.agency, "light": "never polled"}
        for block in ops.settings.feeds
        if block.name not in known
    ]
    order = (
        "name",
        "kind",
        "agency",
        "light",
        "last_good_at",
        "received",
        "stored",
        "duplicate",
        "quarantined",
        "passed_over",
    )
    show(
        [{key: row[key] for key in (*order, "last_error")} for row in listed],
        as_json=args.json,
        empty="No feeds are configured.",
    )
    return 0
