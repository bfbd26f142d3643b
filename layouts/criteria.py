"""What each version of each criterion brought: the way from a lesson back to the rule it is about."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from dash import dcc
from dash import html as dash_html

from layouts.components import plain as html
from layouts.components.marks import empty
from layouts.components.numbers import count
from layouts.components.painted import sketch
from layouts.components.times import local_time
from layouts.ids_dispatch import Criteria
from ops_centre.picture.dispatch_views import CriterionRow

LESSONS_SHOWN = 2  # of one criterion in the table; all stand on its own page
FEW = 20  # a share of fewer results than this says little
HITS_FIRST = {"column": "hits", "descending": True}
COLUMNS: dict[str, tuple[str, Callable[[CriterionRow], Any]]] = {
    "criterion": ("Criterion", lambda row: (row.criterion.casefold(), row.version)),
    "hits": ("Hits", lambda row: row.hits),
    "targets": ("Targets", lambda row: row.targets),
    "examined": ("Examined", lambda row: row.examined),
    "positive": ("Positive", lambda row: row.positive),
    "negative": ("Negative", lambda row: row.negative),
    "not_examined": ("Not examined", lambda row: row.not_examined),
    "undecided": ("No outcome", lambda row: row.undecided),
    "share": ("Positive of examined", lambda row: -1.0 if row.share is None else row.share),
    "last_find": ("Last find", lambda row: row.last_find.at.timestamp() if row.last_find else 0.0),
    "lessons": ("Lessons", lambda row: len(row.lessons)),
}


def criteria_page() -> dash_html.Div:
    """Heading and the place of the table."""
    return dash_html.Div(
        [
            dcc.Store(id=Criteria.ORDER, data=HITS_FIRST),
            html.Div([html.H1("Criteria")], className="page-head"),
            dash_html.Div(
                id=Criteria.BODY,
                className="table-frame",
                tabIndex=0,
                role="region",
                **sketch(empty("Loading …")),
                **{"aria-label": "Criteria"},
            ),
        ],
        id=Criteria.PAGE,
        className="page sheet",
    )


def criteria_table(rows: Sequence[CriterionRow], order: dict[str, Any]) -> Any:
    """One line for each version, in ``order``."""
    if not rows:
        return empty("No criterion has matched anything yet.", "Hits come with targets from the targeting feeds.")
    column = str(order.get("column")) if order.get("column") in COLUMNS else "hits"
    descending = order.get("descending") is True
    ordered = sorted(rows, key=COLUMNS[column][1], reverse=descending)
    heads = [_head(name, title, column, descending=descending) for name, (title, _key) in COLUMNS.items()]
    return html.Table(
        [
            html.Caption(f"{count(len(rows))} versions of criteria. Counts are of what you may see."),
            html.Thead(html.Tr(heads)),
            html.Tbody([_line(row) for row in ordered]),
        ],
        className="table criteria-table",
    )


def _head(name: str, title: str, sorted_by: str, *, descending: bool) -> html.Th:
    state = ("descending" if descending else "ascending") if name == sorted_by else "none"
    button = html.Button(
        [title, html.Span(className="sort-mark")], type="button", className="sort", **{"data-order-by": name}
    )
    number = "" if name in ("criterion", "share", "last_find", "lessons") else "cell-number"
    return html.Th(button, scope="col", className=number, **{"aria-sort": state})


def _line(row: CriterionRow) -> html.Tr:
    numbers = (row.hits, row.targets, row.examined, row.positive, row.negative, row.not_examined, row.undecided)
    return html.Tr(
        [
            html.Th(
                [criterion_link(row.criterion), " ", html.Span(f"version {row.version}", className="quiet")],
                scope="row",
            ),
            *(html.Td(count(number), className="cell-number" + ("" if number else " nought")) for number in numbers),
            html.Td(share_words(row)),
            html.Td(_last_find(row)),
            html.Td(_lessons(row)),
        ]
    )


def criterion_link(name: str, words: str | None = None) -> html.A:
    """The way to a criterion: its targets and the lessons about it."""
    return html.A(
        words or name, href=f"/chain/criterion/{quote(name, safe='')}", className="link", **{"data-follow": ""}
    )


def _last_find(row: CriterionRow) -> Any:
    if row.last_find is None:
        return html.Span("none", className="quiet")
    target = f"/chain/target/{row.last_find.target_id}"
    return [
        html.A(row.last_find.target, href=target, className="link", **{"data-follow": ""}),
        html.Span([" ", local_time(row.last_find.at)], className="quiet"),
    ]


def _lessons(row: CriterionRow) -> Any:
    links = [
        html.A(title, href=f"/debriefs/lesson/{number}", className="link", **{"data-follow": ""})
        for number, title in row.lessons[:LESSONS_SHOWN]
    ]
    more = len(row.lessons) - LESSONS_SHOWN
    return [html.Div(link) for link in links] + ([html.Span(f"and {more} more", className="quiet")] if more > 0 else [])


def share_words(row: CriterionRow) -> list[Any]:
    """``12 % of 41``; of few results the count speaks, not the share."""
    if row.share is None:
        return [html.Span("nothing examined yet", className="quiet")]
    bar = html.Span(
        html.Span(style={"width": f"{row.share * 100:.0f}%"}), className="share-bar", **{"aria-hidden": "true"}
    )
    words = [html.Strong(f"{row.share:.0%}"), f" · {row.positive} of {row.examined}"]
    if row.examined < FEW:
        return [bar, html.Span(words), " ", html.Span("few: says little", className="quiet few")]
    return [bar, html.Span(words)]
