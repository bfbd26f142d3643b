"""The single point of contact: open enquiries by due time, the form to take one down, what was answered."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from layouts import ids_watch as ids
from layouts.brief import thing_link
from layouts.components.marks import chip, empty, marking
from layouts.components.numbers import count
from layouts.components.painted import element, sketch
from layouts.components.times import countdown, local_time
from ops_centre.domain.handling import Marking
from ops_centre.domain.watches import AskerKind, EnquiryState
from ops_centre.picture.enquiry_views import EnquiryCard, EnquiryFigures, EnquiryView

DUE = (
    (15, "15 min"),
    (30, "30 min"),
    (60, "1 h"),
    (120, "2 h"),
    (240, "4 h"),
    (480, "8 h"),
    (1440, "1 day"),
    (4320, "3 days"),
)
LETTERS = 160


def enquiries_page(agencies: Sequence[tuple[str, str]] = (), *, handles: bool = True) -> html.Div:
    """Heading, filter and the places of what is drawn. ``handles``: the reader may take enquiries down."""
    loading = sketch(empty("Loading …"))
    return html.Div(
        [
            html.Div(
                [
                    html.H1("Enquiries"),
                    html.Div(id=ids.Enquiries.FIGURES, className="figures"),
                    html.Label("Find", htmlFor=ids.Enquiries.FILTER, className="field-label"),
                    dcc.Input(
                        id=ids.Enquiries.FILTER, type="search", debounce=0.2, maxLength=80, placeholder="any word",
                        className="field",
                    ),
                ],
                className="page-head",
            ),
            html.Div(
                [
                    html.Div(
                        [
                            html.Div(id=ids.Enquiries.CARD, className="enquiry-card", tabIndex=-1),
                            html.Div(id=ids.Enquiries.OPEN, className="panel", **loading),
                            html.Div(id=ids.Enquiries.CLOSED, className="panel", **loading),
                        ],
                        className="watch-column",
                        tabIndex=0,
                        role="region",
                        **{"aria-label": "Enquiries"},
                    ),
                    html.Div(
                        id=ids.Enquiries.FORM,
                        className="watch-column",
                        tabIndex=0,
                        role="region",
                        **sketch(take_down_form(agencies) if handles else may_not()),
                        **{"aria-label": "Take down an enquiry"},
                    ),
                ],
                className="enquiries-main",
            ),
        ],
        id=ids.Enquiries.PAGE,
        className="page sheet",
    )  # fmt: skip


def may_not() -> html.Div:
    """Beside the list, for a reader who may only look."""
    return html.Div(empty("Your role reads enquiries", "Duty officers and liaisons take them down."), className="panel")


def figures(told: EnquiryFigures) -> list[Any]:
    """Open, overdue, how long answers took."""
    took = "—" if told.median_took_s is None else lasting(told.median_took_s)
    return [
        _figure(count(told.open), "open"),
        _figure(count(told.overdue), "overdue", abnormal=told.overdue > 0),
        _figure(count(told.not_taken), "not taken up"),
        _figure(took, f"median time taken, {told.days} days"),
    ]


def _figure(number: str, words: str, *, abnormal: bool = False) -> html.Span:
    return html.Span([html.Strong(number), f" {words}"], className="figure" + (" abnormal" if abnormal else ""))


def lasting(seconds: float) -> str:
    """``34 min``, ``2 h 05``, ``3 d``."""
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min" if minutes else "under 1 min"
    return f"{minutes // 60} h {minutes % 60:02d}" if minutes < 2880 else f"{minutes // 1440} d"


def open_panel(rows: Sequence[EnquiryView], wanted: str, *, handles: bool) -> list[Any]:
    """Open enquiries, the one due first leads."""
    head = html.H2(["Open ", html.Span(count(len(rows)), className="brief-count")])
    if not rows:
        return [head, empty(f"No open enquiry holds “{wanted}”." if wanted else "No enquiry is open")]
    heads = ("Due", "Who asks", "What", "Taken up", "Handling")
    return [
        head,
        html.Table(
            [html.Thead(html.Tr([html.Th(one, scope="col") for one in heads])),
             html.Tbody([_open_row(row, handles=handles) for row in rows])],
            className="table",
        ),
    ]  # fmt: skip


def _open_row(row: EnquiryView, *, handles: bool) -> html.Tr:
    taken: Any = row.taken_by
    if not row.taken_by:
        taken = (
            html.Button(
                ["Take up", html.Span(f" enquiry {row.id}", className="unseen")],
                type="button",
                className="button quiet-button",
                **{"data-do": "enquiries/take-up", "data-with": f'{{"enquiry": {row.id}}}'},
            )
            if handles
            else html.Span("nobody yet", className="abnormal")
        )
    return html.Tr(
        [
            html.Td(
                [countdown(row.due_at), html.Span([chip("overdue", "warn")] if row.overdue else local_time(row.due_at))],
                className="cell-due",
            ),
            html.Td([html.Strong(row.asker), html.Span(f" {row.asker_kind}", className="quiet")]),
            html.Td(
                [
                    html.A(
                        _short(row.question), href=f"/enquiries/{row.id}", className="link enquiry-link",
                        **{"data-follow": ""},
                    ),
                    _basis(row),
                ],
                className="cell-wide",
            ),
            html.Td(taken),
            html.Td(marking(row.owner, row.marking)),
        ]
    )  # fmt: skip


def _basis(row: EnquiryView) -> Any:
    if not row.leaves or row.legal_basis or row.state != EnquiryState.OPEN:
        return None
    return html.Span(" legal basis needed", className="abnormal")


def closed_panel(rows: Sequence[EnquiryView], wanted: str) -> list[Any]:
    """Answered and withdrawn enquiries, newest first."""
    head = html.H2("Answered and withdrawn")
    if not rows:
        return [head, empty(f"None holds “{wanted}”." if wanted else "None has been answered yet")]
    heads = ("Asked", "Who asked", "What", "Answer", "Took")
    return [
        head,
        html.Table(
            [html.Thead(html.Tr([html.Th(one, scope="col") for one in heads])),
             html.Tbody([_closed_row(row) for row in rows])],
            className="table",
        ),
    ]  # fmt: skip


def _closed_row(row: EnquiryView) -> html.Tr:
    answer = row.answer if row.answer is not None else f"withdrawn: {row.withdrawn_reason}"
    late = html.Span(" late", className="abnormal") if row.overdue else None
    link = html.A(_short(row.question), href=f"/enquiries/{row.id}", className="link", **{"data-follow": ""})
    return html.Tr(
        [
            html.Td(local_time(row.asked_at)),
            html.Td(html.Strong(row.asker)),
            html.Td(link, className="cell-wide"),
            html.Td(_short(answer), className="quiet" if row.answer is None else ""),
            html.Td([lasting(row.took_s), late] if row.took_s is not None else "—", className="cell-number"),
        ]
    )


def _short(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1].rstrip()}…"


def enquiry_card(card: EnquiryCard, *, handles: bool) -> html.Section:
    """One enquiry in full, with the forms that close it."""
    row = card.row
    is_open = row.state == EnquiryState.OPEN
    return html.Section(
        [
            html.Div(
                [
                    html.A("← Enquiries", href="/enquiries", className="link", **{"data-follow": ""}),
                    html.H2(f"Enquiry {row.id}"),
                    chip(row.state),
                    chip("overdue" if is_open else "late", "warn") if row.overdue else None,
                    marking(row.owner, row.marking),
                    html.A("Chain", href=f"/chain/enquiry/{row.id}", className="link", **{"data-follow": ""}),
                ],
                className="panel-line",
            ),
            html.P(row.question, className="question"),
            _facts(row),
            _answered(row),
            _close_forms(row) if is_open and handles else None,
            _steps(card),
        ],
        className="panel",
    )


def _facts(row: EnquiryView) -> html.Dl:
    about = [part for kind, thing, label in row.links for part in (thing_link(f"{kind}:{thing}", label), " ")]
    pairs = [
        ("Who asks", [html.Strong(row.asker), f" ({row.asker_kind})"]),
        ("Contact", row.contact or "—"),
        ("Asked", [local_time(row.asked_at), " · written down by ", row.recorded_by]),
        ("Due", [local_time(row.due_at), " · ", countdown(row.due_at)] if row.answered_at is None else local_time(row.due_at)),
        ("Taken up", [row.taken_by or "not yet", " ", local_time(row.taken_at) if row.taken_at else ""]),
        ("About", about or "—"),
        ("Legal basis", row.legal_basis or ("needed: the answer leaves the room" if row.leaves else "not needed")),
        ("Released to", ", ".join(row.releases) or "nobody else"),
    ]  # fmt: skip
    return html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in pairs], className="watch-facts")


def _answered(row: EnquiryView) -> Any:
    if row.answered_at is not None and row.took_s is not None:
        by = [html.Strong(row.answered_by), " ", local_time(row.answered_at), f", after {lasting(row.took_s)}"]
        return html.Div([html.H3("Answer"), html.P(row.answer, className="question"), html.P(by, className="quiet")])
    if row.withdrawn_at is not None:
        return html.P(["Withdrawn ", local_time(row.withdrawn_at), f": {row.withdrawn_reason}"])
    return None


def _close_forms(row: EnquiryView) -> html.Div:
    given = f'{{"enquiry": {row.id}}}'
    basis = row.leaves and not row.legal_basis
    return html.Div(
        [
            html.Form(
                [
                    html.Label("Answer", htmlFor="enquiry-answer", className="field-label"),
                    element(
                        "textarea", id="enquiry-answer", name="answer", rows=4, required=True, maxlength=8000,
                        **{"data-draft": f"answer:{row.id}"},
                    ),
                    html.Label("Legal basis: the answer leaves the room", htmlFor="enquiry-basis", className="field-label")
                    if basis
                    else None,
                    element("input", id="enquiry-basis", name="legal_basis", type="text", required=True, maxlength=200,
                            placeholder="Act and section, agreement, request number")
                    if basis
                    else None,
                    html.Div(
                        [
                            html.Button("Answer", type="submit", className="button primary"),
                            html.Button(
                                "Take up", type="button", className="button",
                                **{"data-do": "enquiries/take-up", "data-with": given},
                            ),
                            html.Span("Ctrl+Enter answers", className="quiet"),
                            html.P(className="answer", role="alert", **{"data-answer": ""}),
                        ],
                        className="watch-acts",
                    ),
                ],
                className="close-form",
                **{"data-do": "enquiries/answer", "data-with": given, "aria-label": "Answer"},
            ),
            html.Form(
                [
                    html.Label("Or withdraw it, because", htmlFor="enquiry-withdraw", className="field-label"),
                    element("input", id="enquiry-withdraw", name="reason", type="text", required=True, maxlength=500),
                    html.Button("Withdraw", type="submit", className="button"),
                    html.P(className="answer", role="alert", **{"data-answer": ""}),
                ],
                className="watch-acts",
                **{"data-do": "enquiries/withdraw", "data-with": given, "aria-label": "Withdraw"},
            ),
        ],
        className="close-forms",
    )  # fmt: skip


def _steps(card: EnquiryCard) -> html.Div:
    steps = [
        html.Li(
            [
                html.A(f"{step.seq}", href=f"/log/{step.seq}", className="link", **{"data-follow": ""}),
                html.Span([" ", local_time(step.at), " · ", step.by, " · "], className="quiet"),
                _short(step.text),
            ]
        )
        for step in card.steps
    ]
    return html.Div([html.H3("In the duty log"), html.Ol(steps) if steps else html.P("Nothing that you may read.")],
                    className="steps")  # fmt: skip


def take_down_form(agencies: Sequence[tuple[str, str]]) -> html.Form:
    """To take one down in seconds: who, what, by when; the rest is optional. ``agencies``: code and name."""
    return html.Form(
        [
            html.Div([html.H2("Take down"), html.Kbd("q")], className="panel-line"),
            element("fieldset", element("legend", "Who asks"), *(_asker(kind) for kind in AskerKind), **{"class": "asker"}),
            _field("asker", "Name", required=True, placeholder="callsign, agency, or authority and country"),
            _field("contact", "Contact", placeholder="telephone, mail, channel"),
            html.Div(
                [
                    html.Label("What", htmlFor="enquiry-question"),
                    element("textarea", id="enquiry-question", name="question", rows=3, required=True, maxlength=8000,
                            **{"data-draft": "enquiry:question"}),
                ],
                className="head-field",
            ),
            element(
                "fieldset",
                element("legend", "Answer wanted within"),
                *(_due(minutes, words, chosen=minutes == 60) for minutes, words in DUE),
                **{"class": "asker due"},
            ),
            html.Details(
                [
                    html.Summary("Links, marking, legal basis"),
                    _field("about", "About", placeholder="target:12 unit:3 track:7 entry:99"),
                    _field("legal_basis", "Legal basis", placeholder="where the answer leaves the room"),
                    html.Label(
                        [element("input", type="checkbox", name="outside", **{"data-type": "flag"}),
                         html.Span("The answer leaves the room")],
                        className="check",
                    ),
                    _markings(),
                    _releases(agencies),
                ]
            ),
            html.Div(
                [
                    html.Button("Take down", type="submit", className="button primary"),
                    html.Span("Ctrl+Enter takes it down", className="quiet"),
                    html.P(className="answer", role="alert", **{"data-answer": ""}),
                ],
                className="watch-acts",
            ),
        ],
        className="panel take-down",
        id="enquiry-take-down",
        **{"data-do": "enquiries/take-down", "aria-label": "Take down an enquiry"},
    )  # fmt: skip


def _asker(kind: AskerKind) -> html.Label:
    return html.Label(
        [
            element("input", type="radio", name="asker_kind", value=kind.value, checked=kind is AskerKind.AGENCY),
            html.Span(kind.value),
        ],
        className="check",
    )


def _due(minutes: int, words: str, *, chosen: bool) -> html.Label:
    return html.Label(
        [
            element(
                "input", type="radio", name="due_minutes", value=str(minutes), checked=chosen, **{"data-type": "number"}
            ),
            html.Span(words),
        ],
        className="check",
    )


def _field(name: str, words: str, *, required: bool = False, placeholder: str = "") -> html.Div:
    field = f"enquiry-{name.replace('_', '-')}"
    return html.Div(
        [
            html.Label(words, htmlFor=field),
            element(
                "input", id=field, name=name, type="text", required=required, maxlength=200, placeholder=placeholder,
                autocomplete="off", **{"data-draft": f"enquiry:{name}"},
            ),
        ],
        className="head-field",
    )  # fmt: skip


def _markings() -> html.Div:
    options = [element("option", f"TLP:{one.value}", value=one.value, selected=one is Marking.AMBER) for one in Marking]
    return html.Div(
        [
            html.Label("Marking", htmlFor="enquiry-marking"),
            element("select", *options, id="enquiry-marking", name="marking"),
        ],
        className="head-field",
    )


def _releases(agencies: Sequence[tuple[str, str]]) -> Any:
    boxes = [
        html.Label(
            [element("input", type="checkbox", name="releases", value=code, **{"data-type": "list"}),
             html.Span(code, title=name)],
            className="check",
        )
        for code, name in agencies
    ]  # fmt: skip
    return element("fieldset", element("legend", "Released to"), *boxes, **{"class": "asker"}) if boxes else None
