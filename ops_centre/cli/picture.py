"""`picture`: what the picture holds now, by layer."""

import argparse
from typing import Any

from ops_centre.bootstrap import OpsCentre
from ops_centre.cli.listing import add_json, show
from ops_centre.picture.encoding import KIND_WORDS


def register(verbs: Any) -> None:
    """Add the verb."""
    picture = verbs.add_parser("picture", help="counts of the present picture by layer")
    add_json(picture)
    picture.set_defaults(run=run)


def run(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Load the picture as a web process does, and count."""
    present = ops.picture.live.present
    with ops.db.reading() as session:
        present.load(session)
    kinds = [track[5] for track in present.tracks.values()]
    rows = [{"layer": "tracks", "count": len(kinds)}]
    rows += [{"layer": f"tracks: {word}", "count": kinds.count(code)} for code, word in enumerate(KIND_WORDS)]
    rows += [{"layer": "targets", "count": len(present.targets)}, {"layer": "units", "count": len(present.units)}]
    rows += [{"layer": "feeds", "count": len(present.feeds)}, {"layer": "revision", "count": present.revision}]
    show(rows, as_json=args.json, empty="The picture is empty.")
    return 0
