"""`config check`: every fault of config.toml at once."""

import argparse
from typing import Any

from ops_centre.bootstrap import OpsCentre
from ops_centre.worker import check_feeds


def register(verbs: Any) -> None:
    """Add the verb."""
    config = verbs.add_parser("config", help="look at the configuration").add_subparsers(required=True, metavar="WHAT")
    check = config.add_parser("check", help="name every fault; exit status 2 when there is one")
    check.set_defaults(run=run)


def run(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Reaching this means the settings were read; the feeds' own blocks are left."""
    check_feeds(ops.settings, ops)
    feeds = ", ".join(f"{feed.name} ({feed.kind})" for feed in ops.settings.feeds) or "none"
    print(f"The configuration is good. Mode {ops.settings.centre.mode}; feeds: {feeds}.")
    return 0
