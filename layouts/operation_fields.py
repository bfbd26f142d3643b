"""Forms of the parts of an operation. `data-key` says what a form is about: when a redraw gives it to something else, the
script (assets/53-operation-parts.js) empties it rather than let words meant for one thing be sent to another."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.painted import element
from ops_centre.domain.handling import Marking


def form(act: str, key: str, given: dict[str, Any], label: str, *children: Any) -> html.Form:
    """A form that posts ``act`` with ``given`` and its fields."""
    return html.Form(
        list(children),
        className="part-form",
        **{"data-do": act, "data-with": json.dumps(given), "data-key": key, "aria-label": label},
    )


def text_field(
    identity: str, name: str, words: str, text: str = "", *, rows: int = 3, required: bool = False
) -> html.Div:
    """A field of several lines."""
    area = element("textarea", text, id=identity, name=name, rows=rows, maxlength=8000, required=required)
    return html.Div([html.Label(words, htmlFor=identity), area], className="head-field")


def line_field(
    identity: str, name: str, words: str, value: str = "", *, required: bool = True, placeholder: str = ""
) -> html.Div:
    """A field of one line."""
    field = element(
        "input", id=identity, name=name, type="text", value=value or None, required=required, maxlength=200,
        placeholder=placeholder or None, autocomplete="off",
    )  # fmt: skip
    return html.Div([html.Label(words, htmlFor=identity), field], className="head-field")


def marking_field(prefix: str, as_is: str, hint: str) -> html.Div:
    """A marking, or none: as ``as_is`` is handled."""
    options = [element("option", f"TLP:{one.value}", value=one.value) for one in Marking]
    return html.Div(
        [
            html.Label("Marking", htmlFor=f"{prefix}-marking"),
            element("select", element("option", as_is, value=""), *options, id=f"{prefix}-marking", name="marking"),
            html.P(hint, className="quiet"),
        ],
        className="head-field",
    )


def mark_form(
    act: str, key: str, given: dict[str, Any], handled: tuple[str, Collection[str]], agencies: Sequence[tuple[str, str]]
) -> html.Details:
    """To handle something otherwise, with a reason. ``handled``: its marking and releases of now."""
    at, (chosen, released) = key.replace(":", "-"), handled
    options = [element("option", f"TLP:{one.value}", value=one.value, selected=one.value == chosen) for one in Marking]
    boxes = [
        html.Label(
            [
                element(
                    "input",
                    type="checkbox",
                    name="releases",
                    value=code,
                    checked=code in released,
                    **{"data-type": "list"},
                ),
                html.Span(code, title=name),
            ],
            className="check",
        )
        for code, name in agencies
    ]
    marking = html.Div(
        [
            html.Label("Marking", htmlFor=f"{at}-marking"),
            element("select", *options, id=f"{at}-marking", name="marking"),
        ],
        className="head-field",
    )
    return folded(
        "Handle it otherwise",
        form(
            act, key, given, "Handle it otherwise", marking,
            element("fieldset", element("legend", "Released to"), *boxes, **{"class": "asker"}),
            line_field(f"{at}-why", "reason", "Why"), buttons(submit("Mark")),
        ),
    )  # fmt: skip


def agencies_field(agencies: Sequence[tuple[str, str]], chosen: Collection[str], may_know: Collection[str]) -> Any:
    """To whom. ``agencies``: code and name; who may not know of the operation cannot be chosen."""
    boxes = [_box(code, name, chosen=code in chosen, may=code in may_know) for code, name in agencies]
    return element("fieldset", element("legend", "Goes to"), *boxes, **{"class": "asker"})


def _box(code: str, name: str, *, chosen: bool, may: bool) -> html.Label:
    box = element(
        "input", type="checkbox", name="agencies", value=code, checked=chosen, disabled=not may, **{"data-type": "list"}
    )
    note = None if may else html.Span(" may not know of it", className="quiet")
    return html.Label([box, html.Span(code, title=name), note], className="check")


def buttons(*children: Any) -> html.Div:
    """The row under a form, with the place of its answer, which outlives a redraw."""
    place = html.P(className="answer", role="alert", **{"data-answer": "", "data-own": "answer"})
    return html.Div([*children, place], className="watch-acts")


def slot(child: Any) -> html.Div:
    """A place of its own, so that what stands behind it is not redrawn as something else when it comes or goes."""
    return html.Div(child, className="part-slot")


def submit(words: str, *, primary: bool = False) -> html.Button:
    """The button of a form's own act."""
    return html.Button(words, type="submit", className="button primary" if primary else "button")


def submit_as(act: str, words: str, question: str) -> html.Button:
    """A button that sends the form as another act, after asking."""
    marks = {"data-submit-as": act, "data-question-first": question}
    return html.Button(words, type="button", className="button", **marks)


def undo() -> html.Button:
    """Takes back what was typed and not sent."""
    return html.Button("Undo my changes", type="reset", className="button quiet-button")


def folded(words: str, *children: Any) -> html.Details:
    """Shown on demand."""
    return html.Details([html.Summary(words), *children], className="part-more")


def sealed_line(sha256: str | None, log_seq: int | None, *, sealed: bool) -> Any:
    """How a sealed text can be proven; a warning where it no longer agrees with its seal."""
    if sha256 is None:
        return None
    entry = html.A(f"entry {log_seq}", href=f"/log/{log_seq}", className="link", **{"data-follow": ""})
    warned = None if sealed else html.Span(" ⚠ the text no longer agrees with the seal", className="abnormal")
    return html.P(["SHA-256 ", html.Code(sha256), " sealed in ", entry, warned], className="quiet part-seal")
