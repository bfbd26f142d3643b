"""The dialogs of an alert: shelving with a reason and an end, clearing with a reason. Painted once; the button that opens
one says which alert it is for (assets/13-acts.js)."""

from typing import Any

from layouts.components import plain as html
from layouts.components.painted import element

SHELVE_FOR = ((15, "15 minutes"), (60, "1 hour"), (240, "4 hours"))


def named(words: str) -> dict[str, str]:
    """The name of a part for those who do not see it."""
    return {"aria-label": words}


def shelve_form() -> Any:
    """For how long, and why. The end of the watch is worked out by the script when the dialog opens."""
    choices = [_choice(str(minutes), words, checked=minutes == 15) for minutes, words in SHELVE_FOR]
    choices.append(_choice("", "until the end of the watch", **{"data-watch-end": ""}))
    return _form(
        "alerts/shelve",
        "Shelve this alert",
        [
            element("fieldset", element("legend", "It comes back after"), *choices, **{"class": "form-choices"}),
            field(
                "Why",
                element(
                    "input", name="reason", **_line("such as: boat is on its way, nothing to do until it is there")
                ),
            ),
        ],
        "Shelve",
    )


def clear_form() -> Any:
    """Why an alert whose cause has not gone is put away."""
    why = element("input", name="reason", **_line("such as: false alarm, confirmed by the harbour master on VHF 12"))
    return _form("alerts/clear", "Clear this alert", [field("Why", why)], "Clear")


def field(title: str, control: Any, hint: str | None = None) -> html.Label:
    """A field with its title above it."""
    return html.Label(
        [html.Span(title, className="field-label"), control, html.Span(hint, className="field-hint") if hint else None],
        className="form-field",
    )


def answer_place() -> html.P:
    """Where a form says what was wrong."""
    return html.P(className="alert-answer", role="alert", **{"data-answer": ""})


def _choice(value: str, words: str, *, checked: bool = False, **more: str) -> html.Label:
    radio = element(
        "input",
        type="radio",
        name="minutes",
        value=value,
        checked=checked,
        required=True,
        **{"data-type": "number"},
        **more,
    )
    return html.Label([radio, " ", words], className="form-choice")


def _line(example: str) -> dict[str, Any]:
    return {
        "type": "text",
        "required": True,
        "maxlength": 200,
        "autocomplete": "off",
        "placeholder": example,
        "class": "text-field",
    }


def _form(act: str, title: str, fields: list[Any], words: str) -> html.Form:
    buttons = [
        html.Button("Leave it", type="button", className="button", **{"data-closes": "no"}),
        html.Button(words, type="submit", className="button primary"),
    ]
    about = html.P(className="dialog-about", **{"data-about": ""})
    return html.Form(
        [html.H2(title), about, *fields, answer_place(), html.Div(buttons, className="form-buttons")],
        className="alert-form",
        **{"data-do": act},
    )
