"""All units as a table, for the desk and for units in the field."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.components import plain
from layouts.components.marks import chip, empty
from layouts.components.numbers import count
from layouts.components.painted import sketch
from layouts.components.times import age, local_time
from ops_centre.domain.units import Availability
from ops_centre.picture.views import UnitRow

_ORDER = {state: place for place, state in enumerate(Availability)}


def units_page() -> html.Div:
    """Heading, filter, and the place of the table, which is drawn when the page is shown."""
    return html.Div(
        [
            html.Div(
                [
                    html.H1("Units"),
                    html.Label("Filter", htmlFor=ids.Units.FILTER, className="field-label"),
                    dcc.Input(
                        id=ids.Units.FILTER,
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
                id=ids.Units.BODY,
                className="table-frame",
                tabIndex=0,
                role="region",
                **sketch(empty("Loading …")),
                **{"aria-label": "Units"},
            ),
        ],
        id=ids.Units.PAGE,
        className="page sheet",
    )


def units_table(rows: Sequence[UnitRow], wanted: str, *, opens_cards: bool) -> Any:
    """The units that hold every word of ``wanted``, those that can be sent first.

    ``opens_cards``: a callsign opens the unit's card on the wall, for readers who may see the wall.
    """
    found = [row for row in rows if _holds(row, wanted)]
    if not found:
        return empty(f"No unit holds “{wanted}”." if wanted else "No units reported")
    found.sort(key=lambda row: (_ORDER.get(Availability(row.availability), 9), row.agency, row.callsign))
    titles = (
        "Callsign",
        "Agency",
        "Type",
        "Availability",
        "Doing",
        "Deployed",
        "Capabilities",
        "Crew",
        "Position",
        "Reported",
    )
    head = plain.Tr([plain.Th(title, scope="col") for title in titles])
    caption = plain.Caption(f"{count(len(found))} of {count(len(rows))} units")
    return plain.Table(
        [caption, plain.Thead(head), plain.Tbody([_line(row, opens_cards=opens_cards) for row in found])],
        className="table",
    )


def _holds(row: UnitRow, wanted: str) -> bool:
    words = (
        row.callsign,
        row.agency,
        row.unit_type,
        row.availability,
        row.status,
        row.place_name,
        row.out_of_service_reason,
        row.note,
    )
    text = " ".join([*(word or "" for word in words), *row.capabilities]).casefold()
    return all(word in text for word in wanted.casefold().split())


def _line(row: UnitRow, *, opens_cards: bool) -> plain.Tr:
    callsign = plain.Button(
        row.callsign, type="button", className="link", **{"data-select": f"unit:{row.id}", "data-go": "/"}
    )
    reason = [" · ", row.out_of_service_reason] if row.out_of_service_reason else []
    return plain.Tr(
        [
            plain.Th(callsign if opens_cards else row.callsign, scope="row"),
            plain.Td(row.agency),
            plain.Td(row.unit_type, className="cell-short"),
            plain.Td(
                [
                    chip(row.availability, "warn")
                    if row.availability == Availability.OUT_OF_SERVICE
                    else row.availability,
                    *reason,
                ]
            ),
            plain.Td(row.status or "—", className="cell-short"),
            plain.Td(_deployed(row)),
            plain.Td(", ".join(row.capabilities), className="cell-wide"),
            plain.Td("—" if row.crew is None else str(row.crew), className="cell-number"),
            plain.Td(age(row.position_at, never="none"), className="cell-short"),
            plain.Td(age(row.reported_at), className="cell-short"),
        ]
    )


def _deployed(row: UnitRow) -> Any:
    if row.place_name is None and row.place is None:
        return "—"
    until = [" until ", local_time(row.deployed_to)] if row.deployed_to else []
    return [row.place_name or row.place, *until]
