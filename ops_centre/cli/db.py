"""`db upgrade`: bring the database to the schema this program needs."""

import argparse
from typing import Any

from ops_centre.bootstrap import OpsCentre
from ops_centre.services import schema


def register(verbs: Any) -> None:
    """Add the verb."""
    db = verbs.add_parser("db", help="the database").add_subparsers(required=True, metavar="WHAT")
    upgrade = db.add_parser("upgrade", help="create or migrate the schema")
    upgrade.set_defaults(run=run)


def run(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Upgrade and say where and to what."""
    revision = schema.upgrade(ops.db)
    print(f"{ops.db.url.render_as_string(hide_password=True)} is at schema {revision}.")
    return 0
