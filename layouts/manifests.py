"""One manifest: the people and goods of a movement, those awaiting first. Several are chosen and cleared with one word.

A redraw changes elements in place, so what an officer types for one person stands in a bar or a dialog, never beside a row.
"""

import json
from collections.abc import Sequence
from typing import Any

from layouts.components import plain
from layouts.components.marks import chip, empty, facts, marking
from layouts.components.numbers import count
from layouts.components.painted import element
from layouts.components.times import age
from layouts.ids import Targets
from ops_centre.picture.manifest_views import ManifestView, MovementRow, SubjectRow

_WORDS = {"bill": "Bill", "weight_kg": "Weight (kg)", "born": "Born", "given": "Given names"}
_SEVERITIES = ("normal", "high", "top")


def manifest(view: ManifestView, wanted: str) -> list[Any]:
    """The people and goods of one movement, those awaiting first."""
    row = view.movement
    title = f"{row.kind.capitalize()} {row.number or row.craft_name}"
    note = f"{count(view.found)} found"
    if view.found > len(view.subjects):
        note += f", first {count(len(view.subjects))} shown, those awaiting before others; search for the rest"
    awaiting = sum(one.state == "awaiting" for one in view.subjects)
    return [
        plain.Div(
            [
                plain.H2(title),
                plain.Span([f"{row.origin or '?'} – {row.destination or '?'} · ", marking(row.owner, row.marking)]),
                _search(row, wanted),
                plain.Button("Back to movements", type="button", className="button", **{"data-movement": ""}),
            ],
            className="panel-line",
        ),
        plain.P(f"{note}. Your look at this manifest is recorded.", className="quiet"),
        _doubts(view.caveats),
        _clear_chosen(awaiting) if view.may_assess and awaiting else None,
        plain.Div([_subject(one, may_assess=view.may_assess) for one in view.subjects], className="manifest-list")
        if view.subjects
        else empty("Nobody and nothing holds these words." if wanted else "Nobody and nothing is named."),
    ]


def _clear_chosen(awaiting: int) -> plain.Form:
    """The bar that clears whoever is chosen; assets/45-movements.js says whom, and how many they are."""
    word = element(
        "input", id="manifest-word", name="word", type="text", required=True, maxlength=1000, **{"class": "field"}
    )
    return plain.Form(
        [
            plain.Button(
                f"Choose all {count(awaiting)} awaiting shown",
                type="button",
                className="button",
                **{"data-choose": "all"},
            ),
            plain.Button("Choose none", type="button", className="button quiet-button", **{"data-choose": "none"}),
            plain.Label("Clear those chosen, because", htmlFor="manifest-word", className="field-label"),
            word,
            plain.Button(
                [plain.Span("Clear\u00a0"), plain.Span(**{"data-own": "", "data-chosen": ""})],
                type="submit",
                className="button primary",
            ),
            plain.P(className="answer", role="alert", **{"data-answer": ""}),
        ],
        className="manifest-bar",
        **{"data-do": "manifests/clear", "aria-label": "Clear those chosen"},
    )


def target_form() -> plain.Form:
    """What the dialog that makes somebody or something a target asks."""
    return plain.Form(
        [
            plain.H2("Make a target"),
            plain.P(className="dialog-about", **{"data-about": ""}),
            plain.Div(
                [
                    plain.Label("Because", htmlFor="manifest-reason"),
                    element("input", id="manifest-reason", name="reason", type="text", required=True, maxlength=1000),
                ],
                className="field",
            ),
            plain.Div(
                [
                    plain.Label("Severity", htmlFor="manifest-severity"),
                    plain.Select(
                        [plain.Option(word, value=word) for word in _SEVERITIES],
                        id="manifest-severity",
                        name="severity",
                    ),
                ],
                className="field",
            ),
            plain.P(className="answer", role="alert", **{"data-answer": ""}),
            plain.Div(
                [
                    plain.Button("Cancel", type="button", className="button quiet-button", **{"data-closes": ""}),
                    plain.Button("Make a target", type="submit", className="button primary"),
                ],
                className="field-row",
            ),
        ],
        **{"data-do": "manifests/target", "aria-label": "Make a target"},
    )


def _search(row: MovementRow, wanted: str) -> plain.Form:
    return plain.Form(
        [
            plain.Label("Search names, documents, goods", htmlFor="manifest-wanted", className="field-label"),
            element(
                "input",
                id="manifest-wanted",
                name="wanted",
                type="search",
                value=wanted,
                maxlength=80,
                **{"class": "field"},
            ),
            plain.Button("Search", type="submit", className="button"),
        ],
        className="manifest-search",
        **{"data-manifest-search": str(row.id)},
    )


def _doubts(caveats: Sequence[str]) -> Any:
    if not caveats:
        return None
    return plain.Details(
        [
            plain.Summary(f"{len(caveats)} {'doubt' if len(caveats) == 1 else 'doubts'} about the messages"),
            plain.Ul([plain.Li(text) for text in caveats]),
        ]
    )


def _subject(row: SubjectRow, *, may_assess: bool) -> plain.Article:
    state = "warn" if row.state == "awaiting" else "plain"
    assess = may_assess and row.state == "awaiting"
    return plain.Article(
        [
            plain.H3(
                [
                    _choice(row) if assess else None,
                    element("bdi", row.label),
                    " ",
                    chip(row.state, state),
                    plain.Span(f" {row.kind}", className="quiet"),
                ]
            ),
            facts(*((_name(name), _value(value)) for name, value in row.particulars.items())),
            plain.P([f"{row.word} · {row.assessed_by} ", age(row.assessed_at)]) if row.word else None,
            plain.Button(
                "Open target",
                type="button",
                className="link",
                **{"data-select": f"target:{row.target_id}", "data-go": "/"},
            )
            if row.target_id
            else None,
            _make_target(row) if assess else None,
            plain.Details([plain.Summary(f"Message {row.message}"), plain.Pre(row.source_text)]),
        ],
        className="manifest-subject",
    )


def _choice(row: SubjectRow) -> Any:
    """The box that chooses it for clearing."""
    return element(
        "input", type="checkbox", value=str(row.id), **{"data-subject": "", "aria-label": f"Choose {row.label}"}
    )


def _make_target(row: SubjectRow) -> plain.Button:
    return plain.Button(
        "Make a target …",
        type="button",
        className="button small",
        **{
            "data-opens": Targets.MAKE,
            "data-with": json.dumps({"subject": row.id}),
            "data-about": f"{row.label} ({row.kind})",
            "aria-label": f"Make {row.label} a target",
        },
    )


def _name(name: str) -> str:
    return _WORDS.get(name, name.replace("_", " ").capitalize())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(str(one) for one in value.values() if one)
    if isinstance(value, list):
        return "; ".join(_value(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
