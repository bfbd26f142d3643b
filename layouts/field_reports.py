"""What devices in the field report: the list of devices, the card of one and of a drawing, messages that wait for the log."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from layouts.alert_parts import Reader, acts, state_words
from layouts.components import plain as html
from layouts.components.marks import chip, facts, marking
from layouts.components.numbers import count, position
from layouts.components.painted import element
from layouts.components.times import age, local_time
from ops_centre.picture.alert_views import AlertHistory
from ops_centre.picture.field_views import DeviceLine, DrawingRow, NoteLine, Waiting
from ops_centre.picture.views import UnitRow

MOST_BATTERY_TOLD = 20  # per cent: below it the battery is worth a word
KINDS = {"point": "marker", "line": "line", "polygon": "area", "circle": "circle", "route": "route"}


# Devices


def devices_section(
    lines: Sequence[DeviceLine],
    units: Sequence[UnitRow],
    now: datetime,
    *,
    counts: tuple[int, int],
    decides: bool,
    opens_cards: bool,
) -> Any:
    """Devices over the table of units; nothing where none ever reported. ``decides``: the reader may identify them.

    ``counts``: of all unidentified and identified devices, of which the lines may be the first.
    """
    if not lines:
        return None
    unknown, known = ([line for line in lines if line.identified is so] for so in (False, True))
    heads = (
        "Device",
        "Is unit",
        "Agency",
        "Group, role",
        "Position",
        "State",
        "Battery",
        *(("Say which",) if decides else ()),
    )

    def table(some: Sequence[DeviceLine]) -> html.Table:
        return html.Table(
            [
                html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
                html.Tbody([_device(line, units, now, decides=decides, cards=opens_cards) for line in some]),
            ],
            className="table",
        )

    more = sum(counts) - len(lines)
    folded = html.Details([html.Summary(f"Devices taken as units: {count(counts[1])}"), table(known)])
    return html.Div(
        [
            html.H2(f"Unidentified devices: {count(counts[0])}") if unknown else None,
            table(unknown) if unknown else None,
            folded if known else None,
            html.P(
                f"The first {count(len(lines))} are listed. The other {count(more)} are found by the search of the wall, by"
                " callsign or uid.",
                className="field-more",
            )
            if more > 0
            else None,
        ],
        className="field-devices",
    )


def _device(line: DeviceLine, units: Sequence[UnitRow], now: datetime, *, decides: bool, cards: bool) -> html.Tr:
    name: Any = line.callsign or line.uid
    return html.Tr(
        [
            html.Th(_opened(line) if cards else name, scope="row"),
            html.Td(_is_unit(line, cards=cards)),
            html.Td(line.agency),
            html.Td(", ".join(word for word in (line.group, line.role) if word) or "—"),
            html.Td(age(line.position_at, never="none")),
            html.Td(state(line, now)),
            html.Td(_battery(line)),
            html.Td(_say_which(line, units), className="cell-act") if decides else None,
        ]
    )


def _opened(line: DeviceLine) -> Any:
    """The name of a device, which opens its card on the wall."""
    key = {"data-select": f"device:{line.id}", "data-go": "/"}
    return html.Button(line.callsign or line.uid, type="button", className="link", **key)


def _is_unit(line: DeviceLine, *, cards: bool) -> Any:
    if not line.identified:
        return chip("unidentified", "warn")
    if line.unit is None:
        return html.Span("identified", className="quiet")
    number, callsign = line.unit
    how = "by its callsign" if line.mapped_by == "callsign" else f"says {line.mapped_by}"
    key = {"data-select": f"unit:{number}", "data-go": "/"}
    name: Any = html.Button(callsign, type="button", className="link", **key) if cards else callsign
    return [name, " ", html.Span(how, className="quiet")]


def state(line: DeviceLine, now: datetime) -> Any:
    """``live``, or as of when its word is over: what is known of it then is what was last known."""
    if line.stale_at > now:
        return "live"
    return [chip("stale", "warn"), " since ", local_time(line.stale_at), ", last known"]


def _place(line: DeviceLine) -> Any:
    if line.lat is None or line.lon is None:
        return "none"
    return [position(line.lat, line.lon), " · ", age(line.position_at, never="no time")]


def _battery(line: DeviceLine) -> Any:
    if line.battery_pct is None:
        return "—"
    text = f"{line.battery_pct} %"
    return chip(f"{text} low", "warn") if line.battery_pct < MOST_BATTERY_TOLD else text


def _say_which(line: DeviceLine, units: Sequence[UnitRow]) -> Any:
    if line.identified:
        if line.unit is None:
            return None
        name, unit = line.callsign or line.uid, line.unit[1]
        return html.Button(
            ["Release", html.Span(f" device {name}", className="unseen")],
            type="button",
            className="button quiet-button",
            **{
                "data-do": "devices/release",
                "data-with": json.dumps({"device": line.id}),
                "data-ask": f"Is {name} not {unit}? It becomes an unidentified unit.",
            },
        )
    return identify_form(line, units)


def identify_form(line: DeviceLine, units: Sequence[UnitRow]) -> Any:
    """Which unit it is: those of its own agency first."""
    ordered = sorted(units, key=lambda row: (row.agency != line.agency, row.agency, row.callsign))
    choices = [element("option", f"{row.callsign} ({row.agency})", value=row.id) for row in ordered]
    return element(
        "form",
        element(
            "select", element("option", "which unit?", value=""), *choices, name="unit", required=True,
            className="plain-field",
            **{"data-type": "number", "aria-label": f"Unit that {line.callsign or line.uid} is"},
        ),
        html.Button("Identify", type="submit", className="button"),
        html.Span(className="quick-answer", role="alert", **{"data-answer": ""}),
        className="field-identify",
        **{"data-do": "devices/identify", "data-with": json.dumps({"device": line.id})},
    )  # fmt: skip


def device_card(line: DeviceLine, units: Sequence[UnitRow], now: datetime, *, decides: bool) -> list[Any]:
    """A device in the field, whether or not it is a known unit."""
    return [
        _head(line.callsign or line.uid, ["device in the field ", _is_unit(line, cards=True)]),
        html.P("It is stale: this is what was last known.", className="card-warning") if line.stale_at <= now else None,
        None
        if line.identified
        else html.P("While it is unidentified only its last position is kept.", className="card-text"),
        facts(
            ("State", state(line, now)),
            ("Position", _place(line)),
            ("Heard", age(line.observed_at)),
            ("Agency", line.agency),
            ("Group", line.group),
            ("Role", line.role),
            ("Type", line.type),
            ("Battery", _battery(line)),
            ("Device", line.uid),
            ("Handling", marking(line.owner, line.marking)),
        ),
        html.Section([html.H3("Which unit is it?"), _say_which(line, units)], className="card-section")
        if decides
        else None,
    ]


def call_card(found: AlertHistory, device: DeviceLine | None, reader: Reader) -> list[Any]:
    """A call for help: its alert, what may be done about it, and the device it came from where the reader may know of it."""
    row = found.alert
    return [
        _head(row.title, "call for help"),
        html.P(row.text, className="card-text"),
        facts(
            ("First raised", [local_time(row.raised_at), " · ", age(row.raised_at)]),
            ("State", state_words(row)),
            ("Taken on by", row.assigned_to or "nobody"),
            ("Position", position(row.lat, row.lon) if row.lat is not None and row.lon is not None else "none"),
            ("Device", _opened(device) if device else None),
            ("Is unit", _is_unit(device, cards=True) if device else None),
            ("Heard", age(device.observed_at) if device else None),
            ("Battery", _battery(device) if device else None),
            ("Handling", marking(row.owner, row.marking)),
        ),
        html.Div(acts(row, reader), className="card-acts control"),
        html.P(html.A("Everything about this alert", href=f"/alerts?alert={row.id}", **{"data-follow": ""})),
    ]


def drawing_card(row: DrawingRow) -> list[Any]:
    """What somebody in the field drew."""
    radius = None if row.radius_m is None else f"{row.radius_m:,.0f} m"
    return [
        _head(row.title or KINDS.get(row.kind, row.kind), f"field drawing, {KINDS.get(row.kind, row.kind)}"),
        html.P(row.remarks, className="hazard-text") if row.remarks else None,
        facts(
            ("By", row.author),
            ("Sent", age(row.sent_at)),
            ("Until", local_time(row.stale_at)),
            ("Radius", radius),
            ("Handling", marking(row.owner, row.marking)),
        ),
    ]


def _head(title: str, kind: Any) -> html.Div:
    close = html.Button(
        "Close", type="button", className="button quiet-button", title="Close the card (Esc)", **{"data-deselect": ""}
    )
    top = html.Div([html.H2(title, id="wall-card-title"), close], className="card-top")
    return html.Div([top, html.P(html.Span(kind, className="kind"), className="card-kind")], className="card-head")


# Messages


def notes_panel(waiting: Waiting, *, writes: bool) -> Any:
    """Messages from the field that nobody has decided on, the oldest first; one line where none waits."""
    title = html.H2(["From the field ", html.Span(count(waiting.count), className="brief-count")])
    if not waiting.count:
        return [html.P("From the field: no message waits.", className="quiet")]
    more = waiting.count - len(waiting.lines)
    return [
        title,
        html.Ol([_note(line, writes=writes) for line in waiting.lines], className="field-notes"),
        html.P(f"and {count(more)} more, shown as these are decided", className="quiet") if more else None,
    ]


def _note(line: NoteLine, *, writes: bool) -> html.Li:
    unit = [" is ", html.Strong(line.unit[1])] if line.unit and line.unit[1] != line.sender else []
    room = f" to {line.room}" if line.room else ""
    return html.Li(
        [
            html.Span(
                [html.Strong(line.sender), *unit, room, " · ", local_time(line.sent_at), " · ", age(line.sent_at), " · ",
                 marking(line.owner, line.marking)],
                className="field-note-head",
            ),
            html.Span(line.text, className="field-note-text"),
            html.Div(_deeds(line), className="field-note-deeds") if writes else None,
        ]
    )  # fmt: skip


def _deeds(line: NoteLine) -> list[Any]:
    which = json.dumps({"message": line.id})
    take = html.Button(
        ["Take into the log", html.Span(f" message of {line.sender}", className="unseen")],
        type="button",
        className="button",
        **{"data-do": "messages/take", "data-with": which},
    )
    aside = element(
        "form",
        element(
            "input", type="text", name="reason", maxlength=200, required=True, placeholder="why",
            className="plain-field", **{"aria-label": f"Why the message of {line.sender} is set aside"},
        ),
        html.Button("Set aside", type="submit", className="button quiet-button"),
        html.Span(className="quick-answer", role="alert", **{"data-answer": ""}),
        className="field-identify",
        autocomplete="off",
        **{"data-do": "messages/set-aside", "data-with": which},
    )  # fmt: skip
    return [take, aside]
