"""How a verb prints a list: aligned columns for people, or JSON with ``--json``."""

import argparse
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any


def add_json(parser: argparse.ArgumentParser) -> None:
    """Give a verb that prints a list its ``--json``."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def show(rows: Sequence[dict[str, Any]], *, as_json: bool, empty: str) -> None:
    """Print ``rows`` (all with the same keys), or ``empty`` when there are none."""
    if as_json:
        print(json.dumps([{key: _jsonable(value) for key, value in row.items()} for row in rows], ensure_ascii=False))
        return
    if not rows:
        print(empty)
        return
    cells = [[_text(value) for value in row.values()] for row in rows]
    heads = list(rows[0])
    widths = [max(len(head), *(len(line[place]) for line in cells)) for place, head in enumerate(heads)]
    for line in [heads, *cells]:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _jsonable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%SZ")
    return "".join(
        char if char.isprintable() else "·" for char in str(value)
    )  # a feed's text must not steer a terminal
