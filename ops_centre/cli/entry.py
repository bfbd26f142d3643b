"""The command line's frame: parses, joins the centre, runs one verb, turns errors into words and an exit status."""

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from ops_centre import __version__, config
from ops_centre.bootstrap import bootstrap, log_to_terminal
from ops_centre.cli import backup, config_check, db, feed, log, picture, quarantine, replay, token, user
from ops_centre.errors import ConfigError, OpsError

VERBS = (config_check, db, backup, user, token, feed, replay, quarantine, picture, log)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    root = argparse.ArgumentParser(
        prog="python -m ops_centre", description="The border operations centre's command line."
    )
    root.add_argument("--version", action="version", version=__version__)
    verbs = root.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in VERBS:
        verb.register(verbs)
    return root


def main(arguments: Sequence[str] | None = None) -> int:  # noqa: PLR0911  (one for each way to fail)
    """Run one verb; the exit status."""
    args = parser().parse_args(arguments)
    log_to_terminal()
    try:
        settings = config.load()
        ops = bootstrap(settings)
        try:
            return int(args.run(args, ops) or 0)
        finally:
            ops.close()
    except ConfigError as wrong:
        for fault in config_check.all_faults(wrong) if args.run is config_check.run else wrong.faults:
            print(f"config: {fault}", file=sys.stderr)
        return 2
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        print(f"The database cannot be used: {str(error).splitlines()[0]}", file=sys.stderr)
        print("If it is new, run: python -m ops_centre db upgrade", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
