"""`config check`: every fault of config.toml at once."""

import argparse
import sys
from typing import Any

from ops_centre.bootstrap import OpsCentre
from ops_centre.cli.config_faults import counted_from_one, find_faults
from ops_centre.errors import ConfigError
from ops_centre.feeds.plugins import load_plugins
from ops_centre.feeds.registry import KINDS
from ops_centre.worker import check_feeds


def register(verbs: Any) -> None:
    """Add the verb."""
    config = verbs.add_parser("config", help="look at the configuration").add_subparsers(required=True, metavar="WHAT")
    check = config.add_parser("check", help="name every fault; exit status 2 when there is one")
    check.set_defaults(run=run)


def run(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Reaching this means the settings were read; the feeds' own blocks and the plug-ins are left."""
    check_feeds(ops.settings, ops)
    used = {feed.kind for feed in ops.settings.feeds}
    broken = load_plugins(KINDS).faults
    for fault in (fault for name, fault in broken.items() if name not in used):
        print(f"Not used, and broken: {fault}", file=sys.stderr)
    if configured := [fault for name, fault in broken.items() if name in used and name not in KINDS]:
        raise ConfigError(configured)
    feeds = ", ".join(f"{feed.name} ({feed.kind})" for feed in ops.settings.feeds) or "none"
    print(f"The configuration is good. Mode {ops.settings.centre.mode}; feeds: {feeds}.")
    return 0


def all_faults(wrong: ConfigError) -> list[str]:
    """Every fault there is, with its line; ``wrong`` was the first that stopped the start."""
    found = find_faults()
    first = map(counted_from_one, wrong.faults)
    return found + [fault for fault in first if not any(fault in told for told in found)]
