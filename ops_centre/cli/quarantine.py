"""`quarantine list`: records that could not be used, with source, reason and raw bytes."""

import argparse
from typing import Any

from ops_centre.bootstrap import OpsCentre
from ops_centre.cli.listing import add_json, show


def register(verbs: Any) -> None:
    """Add the verb."""
    quarantine = verbs.add_parser("quarantine", help="refused records").add_subparsers(required=True, metavar="WHAT")
    listing = quarantine.add_parser("list", help="the newest refused records, newest first")
    listing.add_argument("--feed", help="of this feed only")
    listing.add_argument("--limit", type=int, default=100, help="how many at most (100)")
    add_json(listing)
    listing.set_defaults(run=run)


def run(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Print the list. Bytes that are no text are shown as \\xNN."""
    rows = [
        {
            "id": row.id,
            "feed": row.feed,
            "received_at": row.received_at,
            "reason": row.reason,
            "raw_bytes": row.raw_bytes,
            "raw": row.raw.decode("utf-8", "backslashreplace"),
        }
        for row in ops.feeds.quarantine(args.feed, max(0, args.limit))
    ]
    show(rows, as_json=args.json, empty="The quarantine is empty.")
    return 0
