"""The line of the wall that tells of the three levels: what runs, what is next, what is overdue."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from layouts.components import plain as html
from layouts.components.numbers import count
from layouts.components.times import countdown
from layouts.operation_words import LEVELS, address, exercise_mark
from ops_centre.clock import to_ms
from ops_centre.domain.operations import PREPARED, RUNNING
from ops_centre.picture.operation_views import OperationRow

SHOWN = 6  # more than fit; the script hides what does not
EVER = float("inf")


def levels(rows: Sequence[OperationRow], now: datetime) -> list[Any]:
    """A cell for each level."""
    return [_cell(kind, word, [row for row in rows if row.kind == kind], now) for kind, word in LEVELS.items()]


def _cell(kind: str, word: str, rows: Sequence[OperationRow], now: datetime) -> html.Div:
    running = sum(row.state in RUNNING for row in rows)
    prepared = sum(row.state in PREPARED for row in rows)
    told = [html.Strong(count(running)), " running", f" · {count(prepared)} prepared" if prepared else ""]
    ordered = sorted(rows, key=_urgency)[:SHOWN]
    named: Any = html.P("none", className="level-list quiet")
    if ordered:
        named = html.Ul([html.Li(_row(row, now)) for row in ordered], className="level-list", **{"data-fit": "rows"})
    return html.Div(
        [
            html.H2(word),
            html.Span(told, className="quiet level-count"),
            html.Span(className="more", **{"data-more": ""}),
            named,
        ],
        className="level-cell",
        **{"data-level-of": kind},
    )


def _urgency(row: OperationRow) -> tuple[Any, ...]:
    """Running before prepared, then by the next decision, then by the planned start."""
    moment = row.next_event_at or (None if row.state in RUNNING else row.starts_at)
    return (row.state not in RUNNING, to_ms(moment) if moment else EVER, row.reference)


def _row(row: OperationRow, now: datetime) -> html.A:
    late = row.next_event_at is not None and row.next_event_at < now
    words = [html.Strong(row.reference, className="operation-reference"), " ", row.name]
    stands = f" · {row.state} · {row.next_event}" if row.next_event else f" · {row.state}"
    return html.A(
        [
            html.Span(className="warn-shape") if late else None,
            html.Span([*words, html.Span(stands, className="level-next")], className="level-words", title=row.name),
            exercise_mark(row),
            countdown(row.next_event_at) if row.next_event_at else None,
        ],
        href=address(row.id),
        className="level-row" + (" abnormal" if late else ""),
        **{"data-follow": ""},
    )
