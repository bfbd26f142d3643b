"""Movements: flights, ships and lorries with the people and goods their carriers announced, and one of them in full.

The list counts; names stand only in the manifest of a movement somebody opened, and that look is recorded.
"""

from collections.abc import Sequence
from typing import Any

from dash import html

from layouts.components import plain
from layouts.components.marks import chip, empty, facts, marking
from layouts.components.painted import element, sketch
from layouts.components.times import age, countdown, local_time
from layouts.ids import Targets
from ops_centre.picture.manifest_views import ManifestView, MovementRow, SubjectRow

_WORDS = {"bill": "Bill", "weight_kg": "Weight (kg)", "born": "Born", "given": "Given names"}


def movements_section(*, shown: bool) -> list[Any]:
    """The places of the list and of one manifest; nothing for whom manifests are not."""
    if not shown:
        return []
    region = {"role": "region", "tabIndex": 0}
    return [
        html.Div(
            id=Targets.MOVEMENTS,
            className="table-frame movements",
            **region,
            **sketch(empty("Loading …")),
            **{"aria-label": "Movements"},
        ),
        html.Div(id=Targets.MANIFEST, className="table-frame manifest", **region, **{"aria-label": "Manifest"}),
    ]


def movements_table(rows: Sequence[MovementRow], wanted: str) -> list[Any]:
    """Movements, soonest arrival first, with how many await assessment."""
    head = plain.H2("Movements")
    if not rows:
        return [head, empty("No movement holds these words." if wanted else "No passenger or cargo list has come.")]
    titles = ("Movement", "Carrier or ship", "From – to", "Arrives", "Persons", "Consignments", "Awaiting", "Targets",
              "Handling", "Received")  # fmt: skip
    return [
        head,
        plain.Table(
            [
                plain.Caption(f"{len(rows)} arriving, lately arrived or with somebody awaiting"),
                plain.Thead(plain.Tr([plain.Th(title, scope="col") for title in titles])),
                plain.Tbody([_movement(row) for row in rows]),
            ],
            className="table",
        ),
    ]


def _movement(row: MovementRow) -> plain.Tr:
    name = row.number or row.craft_name or "no number"
    opens = plain.Button(name, type="button", className="link", **{"data-movement": str(row.id)})
    arrives: Any = "not known"
    if row.arrives_at:
        arrives = [local_time(row.arrives_at), plain.Span([" ", countdown(row.arrives_at)], className="quiet")]
    return plain.Tr(
        [
            plain.Th([opens, plain.Span(row.kind, className="row-detail block")], scope="row"),
            plain.Td([row.craft_name or row.carrier, " ", _on_map(row)]),
            plain.Td(f"{row.origin or '?'} – {row.destination or '?'}"),
            plain.Td(arrives),
            plain.Td(str(row.persons), className="cell-number"),
            plain.Td(str(row.consignments), className="cell-number"),
            plain.Td(plain.Strong(str(row.awaiting)) if row.awaiting else "0", className="cell-number"),
            plain.Td(str(row.targets), className="cell-number"),
            plain.Td(marking(row.owner, row.marking)),
            plain.Td(age(row.received_at)),
        ]
    )


def _on_map(row: MovementRow) -> Any:
    if row.track_id is None:
        return None
    go = {"data-select": f"track:{row.track_id}", "data-go": "/"}
    return plain.Button("On the map", type="button", className="link", **go)


def manifest(view: ManifestView, wanted: str) -> list[Any]:
    """The people and goods of one movement, those awaiting first."""
    row = view.movement
    title = f"{row.kind.capitalize()} {row.number or row.craft_name}"
    note = f"{view.found} found" + (f", first {len(view.subjects)} shown" if view.found > len(view.subjects) else "")
    return [
        plain.Div(
            [
                plain.H2(title),
                plain.Span([f"{row.origin or '?'} – {row.destination or '?'} · ", marking(row.owner, row.marking)]),
                _search(row, wanted),
                plain.Button("Close", type="button", className="button quiet-button", **{"data-movement": ""}),
            ],
            className="panel-line",
        ),
        plain.P(f"{note}. Your look at this manifest is recorded.", className="quiet"),
        _doubts(view.caveats),
        plain.Div([_subject(one, may_assess=view.may_assess) for one in view.subjects], className="manifest-list")
        if view.subjects
        else empty("Nobody and nothing holds these words." if wanted else "Nobody and nothing is named."),
    ]


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
    return plain.Article(
        [
            plain.H3([row.label, " ", chip(row.state, state), plain.Span(f" {row.kind}", className="quiet")]),
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
            _assess(row) if may_assess and row.state == "awaiting" else None,
            plain.Details([plain.Summary(f"Message {row.message}"), plain.Pre(row.source_text)]),
        ],
        className="manifest-subject",
    )


def _assess(row: SubjectRow) -> plain.Div:
    clear, make = f"clear-{row.id}", f"target-{row.id}"
    return plain.Div(
        [
            plain.Form(
                [
                    plain.Label("Clear, because", htmlFor=clear, className="field-label"),
                    element(
                        "input", id=clear, name="word", type="text", required=True, maxlength=1000, **{"class": "field"}
                    ),
                    plain.Button("Clear", type="submit", className="button"),
                    plain.P(className="answer", role="alert", **{"data-answer": ""}),
                ],
                className="watch-acts",
                **{"data-do": "manifests/clear", "data-with": f'{{"subjects": [{row.id}]}}', "aria-label": "Clear"},
            ),
            plain.Form(
                [
                    plain.Label("Or make a target, because", htmlFor=make, className="field-label"),
                    element(
                        "input",
                        id=make,
                        name="reason",
                        type="text",
                        required=True,
                        maxlength=1000,
                        **{"class": "field"},
                    ),
                    plain.Label("Severity", htmlFor=f"{make}-severity", className="field-label"),
                    plain.Select(
                        [plain.Option(word, value=word) for word in ("normal", "high", "top")],
                        id=f"{make}-severity",
                        name="severity",
                        className="field",
                    ),
                    plain.Button("Make a target", type="submit", className="button"),
                    plain.P(className="answer", role="alert", **{"data-answer": ""}),
                ],
                className="watch-acts",
                **{
                    "data-do": "manifests/target",
                    "data-with": f'{{"subject": {row.id}}}',
                    "aria-label": "Make a target",
                },
            ),
        ],
        className="manifest-acts",
    )


def _name(name: str) -> str:
    return _WORDS.get(name, name.replace("_", " ").capitalize())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(str(one) for one in value.values() if one)
    if isinstance(value, list):
        return "; ".join(_value(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
