"""The duty log: filters, endless list, one entry opened. The list is fetched and drawn by assets/40-log.js."""

from collections.abc import Sequence
from typing import Any

from dash import html

from layouts.components.moments import MOMENT, moment_field
from layouts.components.painted import element, sketch
from layouts.ids_log import Log
from ops_centre.domain.duty_log import EntryKind

BY = (("", "people and centre"), ("people", "people"), ("centre", "the centre"))
FORMATS = (("csv", "CSV"), ("jsonl", "JSON lines"), ("pdf", "PDF"))


def log_page(agencies: Sequence[str] = (), *, exports: bool = False, writes: bool = False) -> html.Div:
    """The page. ``agencies`` are offered as a filter; ``exports``: the reader may export; ``writes``: may write."""
    body = [
        _head(exports=exports, writes=writes),
        _filters(agencies),
        html.Div(
            [_list(), html.Aside(id=Log.CARD, className="log-card", hidden=True, tabIndex=-1)], className="log-split"
        ),
        _correct() if writes else None,
    ]
    return html.Div(
        [
            html.Div(
                id=Log.FIELD,
                className="log-field-notes",
                role="region",
                tabIndex=0,
                **sketch(html.P("From the field: loading …", className="quiet")),
                **{"aria-label": "Messages from the field"},
            ),
            html.Div(id=Log.BODY, className="log-body", **sketch(*body)),
        ],
        id=Log.PAGE,
        className="page sheet log-page",
        **{"data-writes": "true" if writes else "false"},
    )


def _head(*, exports: bool, writes: bool) -> html.Div:
    links = [
        element(
            "a",
            word,
            href=f"/api/v1/log/export?format={form}",
            className="button",
            download=True,
            **{"data-export": form},
        )
        for form, word in FORMATS
    ]
    write = html.Button("New entry (n)", type="button", className="button primary", **{"data-quick": "open"})
    return html.Div(
        [
            html.H1("Duty log"),
            html.P(id=Log.COUNT, className="quiet", role="status"),
            html.Div([html.Span("Export", className="field-label"), *links], className="log-exports", role="group")
            if exports
            else None,
            write if writes else None,
        ],
        className="page-head",
    )


def _filters(agencies: Sequence[str]) -> Any:
    return element(
        "form",
        _field("Words", element("input", id=Log.TEXT, type="search", name="text", maxlength=200, placeholder="words"),
               wide=True),
        _field("From", moment_field(None, "since", className="plain-field")),
        _field("To", moment_field(None, "until", className="plain-field")),
        _field("Kind", _select("kinds", [("", "all"), *((kind.value, kind.value) for kind in EntryKind)])),
        _field("By", _select("by", BY)),
        _field("Person", element("input", type="text", name="author", maxlength=80, list=Log.AUTHORS,
                                 placeholder="sign-in name")),
        _field("Unit", _select("unit", [("", "all")])),
        _field("Operation", element("input", type="text", name="operation", maxlength=60, placeholder="#")),
        _field("Agency", _select("agency", [("", "all"), *((code, code) for code in agencies)])),
        html.Button("Clear", type="button", className="button", **{"data-log": "clear"}),
        element("datalist", id=Log.AUTHORS),
        id=Log.FILTERS,
        className="log-filters",
        role="search",
        **{"aria-label": "Filter the log"},
    )  # fmt: skip


def _field(label: str, control: Any, *, wide: bool = False) -> html.Label:
    if control.attributes.get("class") != MOMENT:
        control.attributes["className"] = "plain-field"
    return html.Label(
        [html.Span(label, className="field-label"), control], className="log-field log-wide" if wide else "log-field"
    )


def _select(name: str, choices: Sequence[tuple[str, str]]) -> Any:
    return element("select", *(element("option", word, value=value) for value, word in choices), name=name)


def _list() -> html.Div:
    return html.Div(
        [
            html.Button(id=Log.NEW, type="button", className="button log-new", **{"data-log": "newest"}),
            html.Ol(id=Log.LIST, className="log-list", **{"aria-label": "Entries, newest first"}),
            html.Div("Loading …", id=Log.STATE, className="log-state", role="status"),
        ],
        id=Log.SCROLL,
        className="table-frame log-scroll",
        tabIndex=0,
        role="region",
        **{"aria-label": "Duty log"},
    )


def _correct() -> html.Dialog:
    form = element(
        "form",
        html.H2("Correct an entry", id="log-correct-title"),
        html.P(
            "The old entry stays in the log, struck through. The correction is an entry of its own that points to it.",
            className="quiet",
        ),
        html.Label("Correct words", htmlFor=Log.CORRECT_TEXT, className="field-label"),
        element("textarea", id=Log.CORRECT_TEXT, name="text", rows=5, maxlength=8000, required=True),
        html.Label("Why", htmlFor=Log.CORRECT_REASON, className="field-label"),
        element(
            "input",
            id=Log.CORRECT_REASON,
            type="text",
            name="reason",
            maxlength=200,
            required=True,
            className="plain-field",
        ),
        html.P(className="quick-answer", role="alert", **{"data-answer": ""}),
        html.Div(
            [
                html.Button("Cancel", type="button", className="button", **{"data-closes": "no"}),
                html.Button("Write correction", type="submit", className="button primary"),
            ],
            className="field-row",
        ),
        autocomplete="off",
        **{"data-do": "log/correct"},
    )
    return html.Dialog(form, id=Log.CORRECT, className="quick", **{"aria-labelledby": "log-correct-title"})
