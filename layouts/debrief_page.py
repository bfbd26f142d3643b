"""One debrief: what was meant, its part of the duty log, what people said under each head, the lessons that came of it."""

from datetime import timedelta
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip, empty, marking
from layouts.components.painted import element
from layouts.components.times import countdown, local_time
from layouts.lesson_parts import LessonChoices, lesson_form, lesson_link, state_chip
from layouts.operation_fields import buttons, folded, form, mark_form, submit, text_field
from ops_centre.domain.debriefs import HEAD_WORDS, DebriefOf, DebriefState, PointHead
from ops_centre.domain.duty_log import ThingKind
from ops_centre.picture.debrief_views import About, DebriefView, PointView, TimelineEntry

LESSON_DUE = timedelta(days=14)  # offered; whoever records the lesson changes it


def debrief_card(view: DebriefView, about: About | None, choices: LessonChoices) -> list[Any]:
    """The page of one debrief. ``about``: None where the reader may know of the debrief and not of its subject."""
    return [
        _head(view),
        html.Div(
            [
                html.Div([_meant(view), _marked(view, choices), _timeline(view)], className="debrief-side"),
                html.Div([_heads(view), _end(view), _lessons(view, about, choices)], className="debrief-said"),
            ],
            className="debrief-columns",
        ),
    ]


def subject_link(kind: str, thing: str, label: str) -> html.A:
    """The way to what is debriefed."""
    pages = {DebriefOf.OPERATION: "/operations", DebriefOf.WATCH: "/watch", DebriefOf.TASKING: "/chain/tasking"}
    return html.A(label, href=f"{pages[DebriefOf(kind)]}/{thing}", className="link", **{"data-follow": ""})


def _head(view: DebriefView) -> html.Div:
    row = view.row
    when: list[Any] = []
    if row.closed_at is not None:
        when = [f"closed by {row.closed_by} ", local_time(row.closed_at)]
    elif row.due_at is not None:
        when = ["contributions by ", local_time(row.due_at), " ", countdown(row.due_at)]
    return html.Div(
        [
            html.A("All debriefs", href="/debriefs", className="link", **{"data-follow": ""}),
            html.H2([f"{row.sort.capitalize()} debrief: ", subject_link(row.about_kind, row.about_id, row.about_label)]),
            chip(row.state),
            chip("overdue", "warn") if row.overdue else None,
            html.Span([f"opened by {row.opened_by} ", local_time(row.opened_at), *([" · ", *when] if when else [])],
                      className="quiet"),
            marking(row.owner, row.marking),
            html.A("Chain", href=f"/chain/{ThingKind.DEBRIEF}/{row.id}", className="link", **{"data-follow": ""}),
            html.A("Debrief as PDF", href=f"/api/v1/debriefs/{row.id}.pdf", className="link", download=""),
        ],
        className="panel-line",
    )  # fmt: skip


def _meant(view: DebriefView) -> html.Section:
    change = form(
        "debriefs/meant", f"meant:{view.row.id}", {"debrief": view.row.id, "version": view.version}, "What was meant",
        text_field("debrief-meant-text", "meant", "What was meant to happen", view.meant, rows=4, required=True),
        buttons(submit("Change")),
    )  # fmt: skip
    return html.Section(
        [
            html.H3("What was meant"),
            html.P(view.meant, className="said-text"),
            folded("Write it anew", change) if view.may_lead else None,
        ],
        className="panel",
    )


def _marked(view: DebriefView, choices: LessonChoices) -> html.Section | None:
    if not view.may_mark:
        return None
    row, given = view.row, {"debrief": view.row.id, "version": view.version}
    marked = mark_form("debriefs/mark", f"mark:debrief:{row.id}", given, (row.marking, row.releases), choices.agencies)
    return html.Section([marked], className="panel")


def _timeline(view: DebriefView) -> html.Section:
    cut = html.P("More was logged than is shown here.", className="quiet") if view.timeline_cut else None
    body = html.Ol([_entry(one) for one in view.timeline], className="debrief-timeline")
    none = empty("The log holds nothing about it that you may read")
    return html.Section(
        [html.H3(["From the duty log ", html.Span(str(len(view.timeline)), className="brief-count")]),
         body if view.timeline else none, cut],
        className="panel debrief-log", tabIndex=0, role="region", **{"aria-label": "From the duty log"},
    )  # fmt: skip


def _entry(one: TimelineEntry) -> html.Li:
    return html.Li(
        [
            html.A(str(one.seq), href=f"/log/{one.seq}", className="link", **{"data-follow": ""}),
            html.Span([" ", local_time(one.at), f" · {one.kind} · {one.by}"], className="quiet"),
            html.Div(one.text),
        ]
    )


def _heads(view: DebriefView) -> html.Div:
    return html.Div([_under(view, head) for head in PointHead], className="debrief-heads")


def _under(view: DebriefView, head: PointHead) -> html.Section:
    points = [one for one in view.points if one.head == head]
    said = html.Ul([_point(one) for one in points], className="debrief-points")
    return html.Section(
        [
            html.H3(HEAD_WORDS[head]),
            said if points else html.P("Nobody has said anything yet.", className="quiet"),
            _add(view, head) if view.may_contribute else None,
        ],
        className="panel",
    )


def _point(one: PointView) -> html.Li:
    text: Any = html.Del(one.text) if one.struck_at else one.text
    by = [html.Strong(one.by_unit), f" from the field ({one.by})"] if one.by_unit else [one.by]
    entry = html.A(f"entry {one.log_seq}", href=f"/log/{one.log_seq}", className="link", **{"data-follow": ""})
    question = "Strike this point? It stays readable."
    strike = html.Button(
        ["Strike", html.Span(f" the point of {one.by}", className="unseen")], type="button",
        className="button quiet-button",
        **{"data-do": "debriefs/strike", "data-with": f'{{"point": {one.id}}}', "data-ask": question},
    )  # fmt: skip
    struck = [f" · struck by {one.struck_by} ", local_time(one.struck_at)] if one.struck_at else []
    return html.Li(
        [
            html.Div(text, className="said-text"),
            html.Div(
                [*by, " ", local_time(one.at), " · " if one.log_seq else "", entry if one.log_seq else "", *struck,
                 strike if one.may_strike else None],
                className="quiet",
            ),
        ]
    )  # fmt: skip


def _add(view: DebriefView, head: PointHead) -> html.Form:
    words, given = HEAD_WORDS[head], {"debrief": view.row.id, "head": head.value}
    entry = html.Details(
        [
            html.Summary("About an entry of the log"),
            html.Div(
                [
                    html.Label("Number of the entry", htmlFor=f"debrief-entry-{head}"),
                    element("input", id=f"debrief-entry-{head}", name="entry", type="number", min="1",
                            **{"data-type": "number"}),
                ],
                className="head-field",
            ),
        ],
        className="part-more",
    )  # fmt: skip
    return form(
        "debriefs/add", f"add:{view.row.id}:{head}", given, f"Add: {words}",
        text_field(f"debrief-add-{head}", "text", f"Add to “{words.lower()}”", rows=2, required=True),
        entry if head is PointHead.HAPPENED else None,
        buttons(submit("Add")),
    )  # fmt: skip


def _end(view: DebriefView) -> Any:
    if view.row.state == DebriefState.CLOSED:
        return html.Section([html.H3("Summary"), html.P(view.summary, className="said-text")], className="panel")
    if not view.may_lead:
        return None
    lacks = html.P(f"It still needs {', '.join(view.lacks)}.", className="quiet") if view.lacks else None
    return html.Section(
        [
            html.H3("Close it"),
            lacks,
            form("debriefs/close", f"close:{view.row.id}", {"debrief": view.row.id, "version": view.version},
                 "Close the debrief", text_field("debrief-summary", "summary", "Summary", rows=2, required=True),
                 buttons(submit("Close the debrief"))),
        ],
        className="panel",
    )  # fmt: skip


def _lessons(view: DebriefView, about: About | None, choices: LessonChoices) -> html.Section:
    lines = [
        html.Li(
            [
                lesson_link(one.id, one.title),
                " ",
                *state_chip(one),
                html.Div([one.action, html.Span([f" · {one.owner}, due ", local_time(one.due_at)], className="quiet")]),
            ]
        )
        for one in view.lessons
    ]
    traits = (about.kinds, about.subjects, about.places, about.agencies) if about else ((), (), (), ())
    since = view.row.closed_at or view.row.opened_at
    record = lesson_form(
        None, choices, "lessons/record", {"debrief": view.row.id}, "Record the lesson", since + LESSON_DUE, traits
    )
    return html.Section(
        [
            html.H3("Lessons"),
            html.Ul(lines, className="debrief-list") if lines else html.P("None yet.", className="quiet"),
            folded("Record a lesson", record) if view.may_learn else None,
        ],
        className="panel",
    )
