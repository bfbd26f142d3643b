"""`user add|list|role|unit|disable|enable|password`: accounts, for whoever may run programs on the machine itself.

A password is never an argument, since arguments are seen by everyone on the machine and kept in the shell's history.
"""

import argparse
import getpass
import sys
from dataclasses import asdict
from typing import Any

from ops_centre.auth.passwords import generate_password
from ops_centre.auth.roles import Role
from ops_centre.bootstrap import OpsCentre
from ops_centre.cli.listing import add_json, show
from ops_centre.errors import Invalid
from ops_centre.services.account_rules import good_role
from ops_centre.services.audit import COMMAND_LINE

ROLES = ", ".join(f'"{role.value}"' for role in Role)


def register(verbs: Any) -> None:
    """Add the verb."""
    user = verbs.add_parser("user", help="accounts").add_subparsers(required=True, metavar="WHAT")
    add = user.add_parser("add", help="add an account", description="Add an account.", epilog=_HOW)
    add.add_argument("name", help="sign-in name")
    add.add_argument("--role", required=True, type=_role, help=f"one of {ROLES}")
    add.add_argument("--agency", help="code of the agency; the centre's own when left out")
    add.add_argument("--display-name", default="", help="name shown on screen; the sign-in name when left out")
    _password_options(add)
    add.set_defaults(run=run_add)
    listing = user.add_parser("list", help="every account")
    add_json(listing)
    listing.set_defaults(run=run_list)
    role = user.add_parser("role", help="give an account another role")
    role.add_argument("name")
    role.add_argument("role", type=_role, help=f"one of {ROLES}")
    role.set_defaults(run=run_role)
    unit = user.add_parser("unit", help="let a field unit's account report for a unit, or for none")
    unit.add_argument("name")
    unit.add_argument("callsign", nargs="?", help="callsign of a unit of the account's agency; none when left out")
    unit.set_defaults(run=run_unit)
    disable = user.add_parser("disable", help="let an account sign in no more, and end its sessions")
    disable.add_argument("name")
    disable.set_defaults(run=run_disable)
    enable = user.add_parser("enable", help="let a disabled account sign in again")
    enable.add_argument("name")
    enable.set_defaults(run=run_enable)
    password = user.add_parser("password", help="give an account another password", epilog=_HOW)
    password.add_argument("name")
    _password_options(password)
    password.set_defaults(run=run_password)


def run_add(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Add an account, and print its password when it was generated."""
    password, generated = _password(args)
    agency = args.agency or ops.settings.centre.agency
    actor = ops.accounts.add_user(COMMAND_LINE, args.name, args.display_name, args.role, agency, password)
    print(f"{actor.name} may sign in as {actor.role.value} of {actor.agency}.")
    _tell(password, generated)
    return 0


def run_list(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Print every account."""
    rows = [asdict(row) for row in ops.accounts.users(COMMAND_LINE)]
    show(
        rows,
        as_json=args.json,
        empty="There are no accounts; `user add` makes one.",
    )
    return 0


def run_role(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Change the role."""
    ops.accounts.set_role(COMMAND_LINE, args.name, args.role)
    print(f"{args.name} is {args.role.value} now and has to sign in again.")
    return 0


def run_unit(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Give or take the unit that an account reports for."""
    if args.callsign:
        callsign = ops.crews.assign(COMMAND_LINE, args.name, args.callsign)
        print(f"{args.name} reports for {callsign}.")
    else:
        ops.crews.relieve(COMMAND_LINE, args.name)
        print(f"{args.name} reports for no unit.")
    return 0


def run_disable(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Disable."""
    ops.accounts.disable(COMMAND_LINE, args.name)
    print(f"{args.name} can sign in no more; its sessions and tokens have ended.")
    return 0


def run_enable(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Enable."""
    ops.accounts.enable(COMMAND_LINE, args.name)
    print(f"{args.name} may sign in again.")
    return 0


def run_password(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Set the password, and print it when it was generated."""
    password, generated = _password(args)
    ops.accounts.set_password(COMMAND_LINE, args.name, password)
    print(f"{args.name} has another password and has to sign in again.")
    _tell(password, generated)
    return 0


_HOW = (
    "The password is asked for. Without a terminal, or with --generate, one is generated and printed once; "
    "--password-stdin reads it from the first line of standard input."
)


def _password_options(verb: argparse.ArgumentParser) -> None:
    one = verb.add_mutually_exclusive_group()
    one.add_argument("--generate", action="store_true", help="generate a password and print it once")
    one.add_argument("--password-stdin", action="store_true", help="read it from the first line of standard input")


def _password(args: argparse.Namespace) -> tuple[str, bool]:
    """The password, and whether it was generated."""
    if args.password_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if args.generate or not sys.stdin.isatty():
        return generate_password(), True
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise Invalid("The two passwords differ.")
    return password, False


def _tell(password: str, generated: bool) -> None:
    if generated:
        print(f"Password: {password}")


def _role(text: str) -> Role:
    try:
        return good_role(text)
    except Invalid as unknown:
        raise argparse.ArgumentTypeError(str(unknown)) from unknown
