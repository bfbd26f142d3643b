"""All open targets as a table, for the desk."""

from collections.abc import Callable, Sequence
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.attention import place_of
from layouts.components.marks import empty, marking, severity_mark
from layouts.components.numbers import count
from layouts.components.painted import sketch
from layouts.components.times import age, countdown, local_time
from ops_centre.domain.targeting import SEVERITY_ORDER, Severity
from ops_centre.picture.views import TargetRow

SHOWN_AT_MOST = 500
EVERY_MS = 5_000  # looks again while the page is shown
_LATE = 9e15  # sorts unknown arrivals last

COLUMNS: dict[str, tuple[str, Callable[[TargetRow], Any]]] = {
    "severity": ("Severity", lambda row: SEVERITY_ORDER[Severity(row.severity)]),
    "label": ("Subject", lambda row: row.label.casefold()),
    "kind": ("Kind", lambda row: row.subject_kind),
    "reason": ("Reason", lambda row: row.reason.casefold()),
    "place": ("Place", lambda row: place_of(row).casefold()),
    "arrives": ("Arrives", lambda row: row.arrives_at.timestamp() if row.arrives_at else _LATE),
    "status": ("Status", lambda row: row.status),
    "owner": ("Handling", lambda row: (row.owner, row.marking)),
    "issued": ("Issued", lambda row: -row.issued_at.timestamp()),
}
SOONEST_FIRST = {"column": "arrives", "descending": False}


def targets_page() -> html.Div:
    """Heading, filter, and the place of the table, which is drawn when the page is shown."""
    return html.Div(
        [
            dcc.Interval(id=ids.Targets.DUE, interval=EVERY_MS),
            dcc.Store(id=ids.Targets.ORDER, data=SOONEST_FIRST),
            html.Div(
                [
                    html.H1("Targets"),
                    html.Label("Filter", htmlFor=ids.Targets.FILTER, className="field-label"),
                    dcc.Input(
                        id=ids.Targets.FILTER,
                        type="search",
                        debounce=0.2,
                        maxLength=80,
                        placeholder="any word",
                        className="field",
                    ),
                ],
                className="page-head",
            ),
            html.Div(
                id=ids.Targets.BODY,
                className="table-frame",
                tabIndex=0,
                role="region",
                **sketch(empty("Loading …")),
                **{"aria-label": "Open targets"},
            ),
        ],
        id=ids.Targets.PAGE,
        className="page sheet",
    )


def targets_table(rows: Sequence[TargetRow], wanted: str, order: dict[str, Any]) -> Any:
    """The rows that hold every word of ``wanted``, in ``order``."""
    found = [row for row in rows if _holds(row, wanted)]
    if not found:
        return empty(f"No open target holds “{wanted}”." if wanted else "No open targets")
    column = order.get("column") if order.get("column") in COLUMNS else "arrives"
    descending = order.get("descending") is True
    found.sort(key=COLUMNS[str(column)][1], reverse=descending)
    head = html.Tr(
        [_column_head(name, title, column, descending=descending) for name, (title, _key) in COLUMNS.items()]
    )
    note = f"{count(len(found))} of {count(len(rows))} open targets" + (
        f", first {SHOWN_AT_MOST} shown" if len(found) > SHOWN_AT_MOST else ""
    )
    return [
        html.Table(
            [html.Caption(note), html.Thead(head), html.Tbody([_line(row) for row in found[:SHOWN_AT_MOST]])],
            className="table",
        ),
    ]


def _holds(row: TargetRow, wanted: str) -> bool:
    text = " ".join(
        (row.label, row.subject_kind, row.reason, place_of(row), row.status, row.owner, row.marking, row.severity)
    ).casefold()
    return all(word in text for word in wanted.casefold().split())


def _column_head(name: str, title: str, sorted_by: str | None, *, descending: bool) -> html.Th:
    state = ("descending" if descending else "ascending") if name == sorted_by else "none"
    button = html.Button(
        [title, html.Span(className="sort-mark")], type="button", className="sort", **{"data-sort": name}
    )
    return html.Th(button, scope="col", **{"aria-sort": state})


def _line(row: TargetRow) -> html.Tr:
    subject = html.Button(
        row.label, type="button", className="link", **{"data-select": f"target:{row.id}", "data-go": "/"}
    )
    return html.Tr(
        [
            html.Td([severity_mark(row.severity), " ", row.severity], className="cell-severity"),
            html.Th(subject, scope="row"),
            html.Td(row.subject_kind),
            html.Td(row.reason, className="cell-wide"),
            html.Td(place_of(row)),
            html.Td(
                [local_time(row.arrives_at), html.Span([" ", countdown(row.arrives_at)], className="quiet")]
                if row.arrives_at
                else "not known"
            ),
            html.Td(row.status),
            html.Td(marking(row.owner, row.marking)),
            html.Td(age(row.issued_at)),
        ]
    )
