"""All open targets as a table, for the desk."""

from collections.abc import Callable, Sequence
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.attention import place_of
from layouts.components import plain
from layouts.components.marks import empty, marking, severity_mark
from layouts.components.numbers import count
from layouts.components.painted import sketch
from layouts.components.times import LAST_MOMENT, age, countdown, local_time
from layouts.dispatch_words import chain_link, moment, respond_link
from layouts.movements import movements_section, section_tabs
from ops_centre.domain.targeting import SEVERITY_ORDER, Severity
from ops_centre.picture.views import TargetRow

SHOWN_AT_MOST = 500
_LATE = 9e15  # sorts unknown arrivals last

COLUMNS: dict[str, tuple[str, Callable[[TargetRow], Any]]] = {
    "severity": ("Severity", lambda row: SEVERITY_ORDER[Severity(row.severity)]),
    "label": ("Subject", lambda row: row.label.casefold()),
    "reason": ("Reason", lambda row: row.reason.casefold()),
    "place": ("Place", lambda row: place_of(row).casefold()),
    "arrives": ("Arrives", lambda row: row.arrives_at.timestamp() if row.arrives_at else _LATE),
    "last_moment": ("Last moment", lambda row: row.lrm_at.timestamp() if row.lrm_at else _LATE),
    "unit": ("Unit", lambda row: (not row.tasked, [name.casefold() for name in row.tasked])),
    "claimed": ("With", lambda row: (row.claimed_by is None, row.claimed_by or "")),
    "status": ("Status", lambda row: row.status),
    "owner": ("Handling", lambda row: (row.owner, row.marking)),
    "issued": ("Issued", lambda row: -row.issued_at.timestamp()),
}
SOONEST_FIRST = {"column": "arrives", "descending": False}


def targets_page(*, sees_manifests: bool = True) -> html.Div:
    """Heading, filter, and the place of the tables, which are drawn when the page is shown."""
    return html.Div(
        [
            dcc.Store(id=ids.Targets.ORDER, data=SOONEST_FIRST),
            html.Div(
                [
                    html.H1("Targets"),
                    html.Nav(
                        id=ids.Targets.TABS,
                        className="target-tabs",
                        **sketch(section_tabs()),
                        **{"aria-label": "Sections"},
                    )
                    if sees_manifests
                    else None,
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
            dcc.Store(id=ids.Targets.MANIFEST_OF),
            html.Div(
                id=ids.Targets.BODY,
                className="table-frame",
                tabIndex=0,
                role="region",
                **sketch(empty("Loading …")),
                **{"aria-label": "Open targets"},
            ),
            *movements_section(shown=sees_manifests),
        ],
        id=ids.Targets.PAGE,
        className="page sheet",
    )


def targets_table(rows: Sequence[TargetRow], wanted: str, order: dict[str, Any], *, may_decide: bool = False) -> Any:
    """The rows that hold every word of ``wanted``, in ``order``. ``may_decide``: with the way to the options."""
    found = [row for row in rows if _holds(row, wanted)]
    if not found:
        return empty(f"No open target holds “{wanted}”." if wanted else "No open targets")
    column = order.get("column") if order.get("column") in COLUMNS else "arrives"
    descending = order.get("descending") is True
    found.sort(key=COLUMNS[str(column)][1], reverse=descending)
    head = plain.Tr(
        [
            *(_column_head(name, title, column, descending=descending) for name, (title, _key) in COLUMNS.items()),
            plain.Th(plain.Span("Ways on", className="unseen"), scope="col"),
        ]
    )
    note = f"{count(len(found))} of {count(len(rows))} open targets" + (
        f", first {SHOWN_AT_MOST} shown" if len(found) > SHOWN_AT_MOST else ""
    )
    lines = [_line(row, may_decide=may_decide) for row in found[:SHOWN_AT_MOST]]
    return [
        plain.Table(
            [plain.Caption(note), plain.Thead(head), plain.Tbody(lines)],
            className="table",
        ),
    ]


def _holds(row: TargetRow, wanted: str) -> bool:
    text = " ".join(
        (
            *(row.label, row.subject_kind, row.reason, place_of(row), row.status, row.owner, row.marking, row.severity),
            *(row.claimed_by or "", *row.tasked),
        )
    ).casefold()
    return all(word in text for word in wanted.casefold().split())


def _column_head(name: str, title: str, sorted_by: str | None, *, descending: bool) -> plain.Th:
    state = ("descending" if descending else "ascending") if name == sorted_by else "none"
    button = plain.Button(
        [title, plain.Span(className="sort-mark")], type="button", className="sort", **{"data-sort": name}
    )
    return plain.Th(button, scope="col", **{"aria-sort": state})


def _last_moment(row: TargetRow) -> Any:
    if row.tasked:
        return plain.Span("sent", className="quiet")
    return moment(row.lrm_at, LAST_MOMENT) if row.lrm_at else plain.Span(row.lrm_note or "—", className="quiet")


def _ways_on(row: TargetRow, *, may_decide: bool) -> list[Any]:
    """Respond while nobody is sent; the chain always leads on to outcome and source."""
    offers = may_decide and not row.tasked
    return [
        respond_link("target", row.id, "button small") if offers else None,
        " ",
        chain_link("target", row.id, "Chain"),
    ]


def _line(row: TargetRow, *, may_decide: bool) -> plain.Tr:
    subject = plain.Button(
        row.label, type="button", className="link", **{"data-select": f"target:{row.id}", "data-go": "/"}
    )
    return plain.Tr(
        [
            plain.Td([severity_mark(row.severity), " ", row.severity], className="cell-severity"),
            plain.Th([subject, plain.Span(row.subject_kind, className="row-detail block")], scope="row"),
            plain.Td(row.reason, className="cell-wide"),
            plain.Td(place_of(row)),
            plain.Td(
                [local_time(row.arrives_at), plain.Span([" ", countdown(row.arrives_at)], className="quiet")]
                if row.arrives_at
                else "not known"
            ),
            plain.Td(_last_moment(row)),
            plain.Td(", ".join(row.tasked) or plain.Span("none", className="quiet")),
            plain.Td(row.claimed_by or plain.Span("nobody", className="quiet")),
            plain.Td(row.status),
            plain.Td(marking(row.owner, row.marking)),
            plain.Td(age(row.issued_at)),
            plain.Td(_ways_on(row, may_decide=may_decide), className="row-acts"),
        ]
    )
