"""`replay FILE`: play a recording into the picture; every screen then says REPLAY."""

import argparse
import signal
import threading
from pathlib import Path
from typing import Any

from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import Invalid
from ops_centre.feeds.base import FeedContext
from ops_centre.feeds.replaying import SPAN, open_recording
from ops_centre.services import schema
from ops_centre.services.replay import Replay


def register(verbs: Any) -> None:
    """Add the verb."""
    replay = verbs.add_parser(
        "replay",
        help="play a recording through the ordinary feed",
        description="Plays a recording. Its times are shifted so that its first sentence was received now, with every delay "
        "kept, unless --as-recorded. The centre may be running or not.",
    )
    replay.add_argument("file", type=Path, help="the recording")
    replay.add_argument("--kind", default="ais", help="what kind of feed it is of (ais)")
    replay.add_argument(
        "--speed", type=_speed, default=1.0, help="1: as it was, 10: ten times as fast, 0: as fast as it goes"
    )
    replay.add_argument("--as-recorded", action="store_true", help="leave the times as they are")
    replay.add_argument("--name", help="name of the replay's feed ('replay FILE')")
    replay.set_defaults(run=run)


def run(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Play to the end, or until Ctrl-C."""
    if not args.file.is_file():
        raise Invalid(f"{args.file} is no file that can be read.")
    schema.upgrade(ops.db)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    agency = ops.settings.centre.agency
    name = args.name or f"replay {args.file.name}"[:40]
    if name in {block.name for block in ops.settings.feeds}:
        raise Invalid(f"{name} is the name of a feed in config.toml; a replay needs another.")
    codes = frozenset(known.code for known in ops.settings.agencies)
    context = FeedContext(name, agency, codes, ops.clock)
    recording = open_recording(args.file, args.kind, context, SPAN if args.speed else None)
    played = Replay(ops.feeds, ops.ingest, ops.clock).play(
        recording,
        name=name,
        kind=args.kind,
        agency=agency,
        speed=args.speed,
        as_recorded=args.as_recorded,
        stopping=stopping,
    )
    print(
        f"{name}: {played.received} records received = {played.stored} stored + {played.duplicate} duplicate + "
        f"{played.quarantined} quarantined; {played.passed_over} lines passed over."
    )
    return 0


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 <= speed <= 100_000:
        raise argparse.ArgumentTypeError("a speed is 0 (as fast as it goes) up to 100000")
    return speed
