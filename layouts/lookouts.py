"""Lookouts: standing requests to notice a craft, what became of each, and the form that adds one."""

import json
from collections.abc import Sequence, Set
from typing import Any

from dash import dcc, html

from layouts.alert_forms import answer_place, field, named
from layouts.alert_parts import severity_word
from layouts.components.marks import chip, empty, marking
from layouts.components.numbers import count, counted
from layouts.components.painted import element, sketch
from layouts.components.times import age, countdown, local_time
from layouts.ids_alerts import Lookouts
from ops_centre.domain.handling import Marking
from ops_centre.domain.targeting import Severity, SubjectKind
from ops_centre.domain.zones import OUTSIDE
from ops_centre.picture.alert_views import LookoutView

ZONES = {"12nm": "the 12 nm limit", "24nm": "the 24 nm limit", "eez": "the EEZ", "port": "port"}
IDENTIFIERS = (
    ("mmsi", "MMSI", "number", "9 digits"),
    ("imo", "IMO", "number", "7 digits"),
    ("callsign", "Callsign", None, "such as ZMA2014"),
    ("flight", "Flight", None, "such as NZ105"),
    ("registration", "Registration", None, "such as ZK-NCG"),
    ("icao24", "ICAO address", None, "6 hex digits"),
)
IDENTIFIER_WORDS = {name: words for name, words, _type, _hint in IDENTIFIERS} | {"vessel_name": "name"}
USUAL_DAYS = 7
DAYS = ((1, "1 day"), (7, "7 days"), (30, "30 days"), (90, "90 days"))


_KINDS = [(one.value, one.value) for one in SubjectKind if one in (SubjectKind.VESSEL, SubjectKind.FLIGHT)]
_MARKINGS = [(one.value, f"TLP:{one.value}") for one in Marking]


def lookouts_page() -> html.Div:
    """Heading, the place of the list, and the dialogs. The button to add one comes with the list, for whoever may."""
    return html.Div(
        [
            dcc.Store(id=Lookouts.ACTED),
            html.Div(
                id=Lookouts.BODY,
                className="lookouts-body",
                **sketch(html.Div(html.H1("Lookouts"), className="page-head"), empty("Loading …")),
            ),
            html.Dialog(
                id=Lookouts.ADD,
                className="help ask alert-dialog wide-dialog",
                **sketch(),
                **named("Add a lookout"),
            ),
            html.Dialog(id=Lookouts.END, className="help ask alert-dialog", **sketch(_end()), **named("End a lookout")),
        ],
        id=Lookouts.PAGE,
        className="page sheet",
    )


def lookouts_list(rows: Sequence[LookoutView], dark: Set[int] = frozenset(), *, may_edit: bool) -> list[Any]:
    """Those that are looked out for, dark ones first; then those that have ended. ``dark``: their numbers."""
    active = [row for row in rows if row.ended_at is None]
    active.sort(key=lambda row: (row.id not in dark, row.zone is None, row.expires_at))
    ended = sorted((row for row in rows if row.ended_at is not None), key=lambda row: row.ended_at or row.created_at)
    add = html.Button(
        "Add a lookout", type="button", className="button primary control", **{"data-opens": Lookouts.ADD}
    )
    note = counted(len(active), "lookout is active", "lookouts are active")
    return [
        html.Div(
            [html.H1("Lookouts"), html.Span(note, className="panel-note"), add if may_edit else None],
            className="page-head",
        ),
        html.Div(
            [
                _table(active, dark, may_edit=may_edit)
                if active
                else empty(
                    "Nothing is looked out for", "A lookout raises an alert when its craft enters a zone or goes dark."
                ),
                _ended(ended[::-1]) if ended else None,
            ],
            className="table-frame",
            tabIndex=0,
            role="region",
            **named("Lookouts"),
        ),
    ]


def _table(rows: Sequence[LookoutView], dark: Set[int], *, may_edit: bool) -> html.Table:
    titles = ("Severity", "Looked out for", "State", "Told when", "Why", "Expires", "Handling", "By")
    heads = [html.Th(title, scope="col") for title in titles]
    if may_edit:
        heads.append(html.Th(html.Span("Acts", className="unseen"), scope="col"))
    return html.Table(
        [
            html.Thead(html.Tr(heads)),
            html.Tbody([_line(row, is_dark=row.id in dark, may_edit=may_edit) for row in rows]),
        ],
        className="table lookouts",
    )


def _line(row: LookoutView, *, is_dark: bool, may_edit: bool) -> html.Tr:
    end = html.Button(
        "End",
        type="button",
        className="button quiet-button",
        **{
            "data-opens": Lookouts.END,
            "data-with": json.dumps({"lookout": row.id}),
            "data-about": row.label,
            "aria-label": f"End the lookout for {row.label}",
        },
    )
    return html.Tr(
        [
            html.Td(severity_word(row.severity), className="cell-severity"),
            html.Th(
                [row.label, html.Div([row.subject_kind, " · ", _identifiers(row)], className="quiet")], scope="row"
            ),
            html.Td(state_of(row, is_dark=is_dark)),
            html.Td(_told_when(row)),
            html.Td(
                [row.reason, html.Div(row.legal_basis, className="quiet") if row.legal_basis else None],
                className="cell-wide",
            ),
            html.Td([local_time(row.expires_at), html.Div(["in ", countdown(row.expires_at)], className="quiet")]),
            html.Td(marking(row.owner, row.marking)),
            html.Td([row.created_by, html.Div(local_time(row.created_at), className="quiet")]),
            html.Td(end, className="control") if may_edit else None,
        ],
        **{"data-lookout": str(row.id)},
    )


def state_of(row: LookoutView, *, is_dark: bool = False) -> list[Any]:
    """Where its craft is, since when it is dark, or that it has not been seen."""
    if row.ended_at is not None:
        return [f"ended by {row.ended_by or 'the centre'} ", local_time(row.ended_at)]
    if row.last_seen_at is None:
        return [html.Span("not seen yet", className="quiet")]
    craft: Any = row.track_name or "its craft"
    if row.track_id is not None:
        craft = html.Button(
            craft, type="button", className="link", **{"data-select": f"track:{row.track_id}", "data-go": "/"}
        )
    if is_dark:
        return [
            chip("DARK", "warn"),
            " since ",
            local_time(row.last_seen_at),
            html.Div([craft, " ", age(row.last_seen_at)]),
        ]
    where = _where(row.zone)
    return [craft, " ", where, html.Div(["last seen ", age(row.last_seen_at)], className="quiet")]


def _where(zone: str | None) -> str:
    """``port:Auckland`` as an officer says it."""
    if zone is None or zone == OUTSIDE:
        return "outside every zone"
    return f"in port, {zone.removeprefix('port:')}" if zone.startswith("port:") else f"in the {zone} zone"


def _told_when(row: LookoutView) -> list[Any]:
    zones = [html.Div(f"enters {ZONES.get(zone, zone)}") for zone in row.zones]
    return [*zones, html.Div(f"silent for {row.dark_after_minutes} min") if row.dark_after_minutes else None]


def _identifiers(row: LookoutView) -> str:
    return ", ".join(f"{IDENTIFIER_WORDS.get(name, name)} {value}" for name, value in row.identifiers)


def _ended(rows: Sequence[LookoutView]) -> html.Details:
    lines = [
        html.Tr(
            [
                html.Th(row.label, scope="row"),
                html.Td(_identifiers(row)),
                html.Td(row.reason),
                html.Td(state_of(row)),
                html.Td(marking(row.owner, row.marking)),
            ]
        )
        for row in rows
    ]
    head = html.Tr(
        [html.Th(title, scope="col") for title in ("Looked out for", "Identifiers", "Why", "State", "Handling")]
    )
    return html.Details(
        [
            html.Summary(f"Ended · {count(len(rows))}"),
            html.Table([html.Thead(head), html.Tbody(lines)], className="table"),
        ],
        className="ended",
    )


# Forms


def add_form(agencies: Sequence[tuple[str, str]]) -> html.Form:
    """The form that adds one. ``agencies``: code and name, of those it may be released to."""
    what = [
        field("Name", _text("label", "such as the yacht TERN", required=True)),
        field("Kind", _select("subject_kind", _KINDS)),
        field("Severity", _select("severity", [(one.value, one.value) for one in Severity], chosen=Severity.HIGH)),
    ]
    return html.Form(
        [
            html.H2("Look out for"),
            html.Div(what, className="form-pair"),
            _set("Known by at least one of", [_identifier(*one) for one in IDENTIFIERS]),
            _set("Tell when it enters", [_tick("zones", *one) for one in ZONES.items()]),
            html.Div([field("Tell when silent for (minutes)", _dark()), field("For", _days())], className="form-pair"),
            field("Why", _text("reason", "what is suspected, and what whoever sees it should know", required=True)),
            field("Legal basis", _text("legal_basis", "such as the act and section, where one is needed")),
            html.Div([field("Marking", _select("marking", _MARKINGS, chosen=Marking.GREEN))], className="form-pair"),
            _set("Released to (AMBER and RED)", [_tick("releases", *one) for one in agencies]) if agencies else None,
            answer_place(),
            _buttons("Look out"),
        ],
        className="alert-form",
        **{"data-do": "lookouts/add"},
    )


def _set(title: str, fields: Sequence[Any]) -> Any:
    return element(
        "fieldset", element("legend", title), html.Div(list(fields), className="form-grid"), **{"class": "form-choices"}
    )


def _dark() -> Any:
    marks = {"data-type": "number", "class": "text-field"}
    return element("input", type="number", name="dark_after_minutes", min=1, max=10_080, **marks)


def _days() -> Any:
    """The script turns the days into the moment when the form is sent."""
    marks = {"data-type": "moment", "data-days": "", "class": "select"}
    return element(
        "select",
        *[element("option", words, value=days, selected=days == USUAL_DAYS) for days, words in DAYS],
        name="expires_at",
        **marks,
    )


def _end() -> html.Form:
    why = _text("reason", "such as: found at Opua, boarded", required=True)
    return html.Form(
        [
            html.H2("End this lookout"),
            html.P(className="dialog-about", **{"data-about": ""}),
            field("Why", why),
            answer_place(),
            _buttons("End it"),
        ],
        className="alert-form",
        **{"data-do": "lookouts/end"},
    )


def _buttons(words: str) -> html.Div:
    leave = html.Button("Leave it", type="button", className="button", **{"data-closes": "no"})
    return html.Div([leave, html.Button(words, type="submit", className="button primary")], className="form-buttons")


def _text(name: str, example: str, *, required: bool = False, sends: str | None = None) -> Any:
    return element(
        "input",
        type="text",
        name=name,
        required=required,
        inputmode="numeric" if sends else None,
        pattern="[0-9]+" if sends else None,
        placeholder=example,
        maxlength=200,
        autocomplete="off",
        **{"class": "text-field"} | ({"data-type": sends} if sends else {}),
    )


def _identifier(name: str, words: str, sends: str | None, hint: str) -> html.Label:
    return field(words, _text(name, hint, sends=sends))


def _tick(name: str, value: str, words: str) -> html.Label:
    box = element("input", type="checkbox", name=name, value=value, **{"data-type": "list"})
    return html.Label([box, " ", words], className="form-choice")


def _select(name: str, options: Sequence[tuple[str, str]], chosen: str | None = None) -> Any:
    return element(
        "select",
        *[element("option", words, value=value, selected=value == chosen) for value, words in options],
        name=name,
        **{"class": "select"},
    )
