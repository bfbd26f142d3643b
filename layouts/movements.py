"""Movements: flights, ships and lorries with the people and goods their carriers announced, beside the table of targets.

The list counts; names stand only in the manifest of a movement somebody opened (layouts/manifests.py); that look is recorded.
"""

from collections.abc import Sequence
from typing import Any

from dash import html

from layouts.components import plain
from layouts.components.marks import empty, marking
from layouts.components.numbers import count
from layouts.components.painted import sketch
from layouts.components.times import age, local_time
from layouts.ids import Targets
from layouts.manifests import target_form
from ops_centre.picture.manifest_views import MovementCount, MovementRow


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
        html.Dialog(
            id=Targets.MAKE, className="ask act-dialog", **sketch(target_form()), **{"aria-label": "Make a target"}
        ),
    ]


def section_tabs(targets: int | None = None, moving: MovementCount | None = None) -> Any:
    """The two sections of the page with how much is in each. Which is shown is the script's (assets/45-movements.js)."""
    waits = f" · {count(moving.awaiting)} awaiting" if moving and moving.awaiting else ""
    words = {
        "targets": ("Targets", "" if targets is None else count(targets)),
        "movements": ("Movements", "" if moving is None else f"{count(moving.movements)}{waits}"),
    }
    return [
        plain.Button(
            [name, " ", plain.Span(number, className="tab-count")],
            type="button",
            className="target-tab",
            **{"data-section-tab": section},
        )
        for section, (name, number) in words.items()
    ]


def movements_table(rows: Sequence[MovementRow], wanted: str, moving: MovementCount) -> list[Any]:
    """Movements, the next to arrive first, with how many await assessment. ``moving``: how many there are, shown or not."""
    if not rows:
        return [empty("No movement holds these words." if wanted else "No passenger or cargo list has come.")]
    note = f"{count(moving.movements)} arriving, arrived in the last three days, or with somebody awaiting"
    if moving.movements > len(rows):
        note += f"; the first {count(len(rows))} are shown: filter by number, carrier, craft or port for others"
    titles = ("Movement", "Carrier or ship", "From – to", "Arrives", "Persons", "Consignments", "Awaiting", "Targets",
              "Handling", "Received")  # fmt: skip
    return [
        plain.Table(
            [
                plain.Caption(note),
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
        arrives = [local_time(row.arrives_at), " ", age(row.arrives_at)]
    return plain.Tr(
        [
            plain.Th([opens, plain.Span(row.kind, className="row-detail block")], scope="row"),
            plain.Td([row.craft_name or row.carrier, " ", _on_map(row)]),
            plain.Td(f"{row.origin or '?'} – {row.destination or '?'}"),
            plain.Td(arrives),
            plain.Td(count(row.persons), className="cell-number"),
            plain.Td(count(row.consignments), className="cell-number"),
            plain.Td(plain.Strong(count(row.awaiting)) if row.awaiting else "0", className="cell-number"),
            plain.Td(count(row.targets), className="cell-number"),
            plain.Td(marking(row.owner, row.marking)),
            plain.Td(age(row.received_at)),
        ]
    )


def _on_map(row: MovementRow) -> Any:
    if row.track_id is None:
        return None
    go = {"data-select": f"track:{row.track_id}", "data-go": "/"}
    return plain.Button("On the map", type="button", className="link", **go)
