"""The quick entry: one line in the duty log from any page. Filled and sent by assets/41-quick-entry.js."""

import json
from typing import Any

from dash import html

from layouts.components.painted import element, sketch
from layouts.ids_log import QuickEntry
from ops_centre.domain.duty_log import TYPED
from ops_centre.domain.handling import Marking
from ops_centre.domain.log_text import KIND_WORDS, SIGNS

MOST_TEXT = 8000
SIGN_WORDS = {"#": "operation", "@": "unit", "!": "target", "~": "track"}
AS_LINKED = ""  # the choice that leaves the marking to the links


def quick_entry(who: str, centre_agency: str, agency: str) -> html.Dialog:
    """The dialog. ``who``: sign-in name, under which a draft is kept in the browser; agencies tell the marking to expect."""
    body = element(
        "form",
        _heading(),
        _text(),
        html.Div(id=QuickEntry.LINKS, className="quick-links"),
        html.Div([_kinds(), _when(), _decider(), _marking()], className="quick-fields"),
        _foot(),
        id=QuickEntry.FORM,
        autocomplete="off",
    )
    return html.Dialog(
        id=QuickEntry.DIALOG,
        className="quick",
        **sketch(body),
        **{
            "aria-labelledby": QuickEntry.TITLE,
            "data-who": who,
            "data-centre-agency": centre_agency,
            "data-agency": agency,
            "data-kinds": json.dumps([[kind.value, list(words)] for kind, words in KIND_WORDS]),
            "data-signs": json.dumps({sign: kind.value for sign, kind in SIGNS.items()}),
        },
    )


def _heading() -> html.Div:
    return html.Div(
        [
            html.H2("New log entry", id=QuickEntry.TITLE),
            html.Button("Close", type="button", className="button quiet-button", **{"data-quick": "close"}),
        ],
        className="quick-head",
    )


def _text() -> html.Div:
    signs = [html.Span([html.Kbd(sign), f" {word}"], className="quick-sign") for sign, word in SIGN_WORDS.items()]
    box = element(
        "textarea",
        id=QuickEntry.TEXT,
        name="text",
        rows=3,
        maxlength=MOST_TEXT,
        role="combobox",
        **{
            "aria-label": "What happened",
            "aria-autocomplete": "list",
            "aria-expanded": "false",
            "aria-controls": QuickEntry.OPTIONS,
            "aria-describedby": QuickEntry.HINT,
        },
    )
    options = html.Ul(
        id=QuickEntry.OPTIONS, className="quick-options", hidden=True, role="listbox", **{"aria-label": "Meant is"}
    )
    return html.Div(
        [box, options, html.P(signs, id=QuickEntry.HINT, className="quick-hint")], className="quick-text-place"
    )


def _kinds() -> Any:
    radios = [
        html.Label(
            [element("input", type="radio", name="kind", value=kind.value), kind.value.capitalize()],
            className="quick-kind",
        )
        for kind in TYPED
    ]
    return element("fieldset", html.Legend("Kind", className="field-label"), *radios, className="quick-kinds")


def _when() -> html.Div:
    return html.Div(
        [
            html.Label("When", htmlFor=QuickEntry.WHEN, className="field-label"),
            element(
                "input",
                id=QuickEntry.WHEN,
                type="text",
                name="when",
                maxlength=20,
                placeholder="now",
                className="plain-field",
                **{"aria-describedby": QuickEntry.WHEN_SAID},
            ),
            html.P("now; -5 for 5 min ago; 13:02", id=QuickEntry.WHEN_SAID, className="quick-note"),
        ],
        className="quick-field",
    )


def _decider() -> html.Div:
    return html.Div(
        [
            html.Label("On whose authority", htmlFor=QuickEntry.DECIDER, className="field-label"),
            element(
                "input",
                id=QuickEntry.DECIDER,
                type="text",
                name="decider",
                maxlength=200,
                placeholder="my own",
                className="plain-field",
            ),
        ],
        className="quick-field",
    )


def _marking() -> html.Div:
    choices = [element("option", "as linked", value=AS_LINKED)]
    choices += [element("option", f"TLP:{marking.value}", value=marking.value) for marking in Marking]
    return html.Div(
        [
            html.Label("Marking", htmlFor=QuickEntry.MARKING, className="field-label"),
            element("select", *choices, id=QuickEntry.MARKING, name="marking", className="plain-field"),
        ],
        className="quick-field",
    )


def _foot() -> html.Div:
    return html.Div(
        [
            html.P(
                "The picture is frozen. Entries are still written as soon as the server answers.",
                className="quick-frozen",
            ),
            html.P(id=QuickEntry.ANSWER, className="quick-answer", role="alert"),
            html.Div(
                [
                    html.Button("Discard", type="button", className="button", **{"data-quick": "discard"}),
                    html.Button("Write (Enter)", type="submit", className="button primary"),
                ],
                className="field-row",
            ),
        ],
        className="quick-foot",
    )
