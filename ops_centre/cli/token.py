"""`token create|list|revoke`: bearer tokens for scripts. A token acts as its account and is printed once."""

import argparse
from dataclasses import asdict
from typing import Any

from ops_centre.bootstrap import OpsCentre
from ops_centre.cli.listing import add_json, show
from ops_centre.services.audit import COMMAND_LINE


def register(verbs: Any) -> None:
    """Add the verb."""
    token = verbs.add_parser("token", help="bearer tokens for scripts").add_subparsers(required=True, metavar="WHAT")
    create = token.add_parser(
        "create",
        help="make a token and print it",
        description="Make a token and print it, alone on standard output. It is shown this once: only a hash is kept.",
    )
    create.add_argument("--user", required=True, metavar="NAME", help="the account it acts as")
    create.add_argument("--label", default="", help="what it is for")
    create.add_argument("--days", type=int, help="how long it is good for; without end when left out")
    create.set_defaults(run=run_create)
    listing = token.add_parser("list", help="every token, newest first")
    add_json(listing)
    listing.set_defaults(run=run_list)
    revoke = token.add_parser("revoke", help="end a token for good")
    revoke.add_argument("id", type=int, help="its number in `token list`")
    revoke.set_defaults(run=run_revoke)


def run_create(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Print the new token and nothing else."""
    print(ops.accounts.create_token(COMMAND_LINE, args.user, args.label, args.days))
    return 0


def run_list(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Print every token, without what would let anybody use it."""
    rows = [asdict(row) for row in ops.accounts.tokens(COMMAND_LINE)]
    show(rows, as_json=args.json, empty="There are no tokens.")
    return 0


def run_revoke(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Revoke."""
    ops.accounts.revoke_token(COMMAND_LINE, args.id)
    print(f"Token {args.id} has ended.")
    return 0
