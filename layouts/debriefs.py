"""The page /debriefs: how lessons stand, those owed first, what is debriefed and what waits for it."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from layouts.components import plain
from layouts.components.marks import chip, empty, marking
from layouts.components.moments import moment_field
from layouts.components.numbers import count
from layouts.components.painted import element, sketch
from layouts.components.times import countdown, local_time
from layouts.ids_debriefs import Debriefs
from layouts.lesson_parts import LessonChoices, lesson_form, lesson_link, share_figure, state_chip
from layouts.operation_fields import buttons, folded, form, marking_field, submit, text_field
from ops_centre.domain.debriefs import DebriefSort, DebriefState
from ops_centre.picture.debrief_views import DebriefRow, LessonFigures, LessonView, Subject

SORT_WORDS = {
    DebriefSort.HOT: "Hot: now, with whoever is still there",
    DebriefSort.COLD: "Cold: later, when more is known",
}


def debriefs_page() -> html.Div:
    """The frame of the page."""
    loading = sketch(empty("Loading …"))
    return html.Div(
        [
            html.Div(
                [
                    plain.H1("Debriefs"),
                    html.Div(id=Debriefs.FIGURES, className="figures"),
                    plain.Label("Find", htmlFor=Debriefs.FILTER, className="field-label"),
                    dcc.Input(
                        id=Debriefs.FILTER, type="search", debounce=0.2, maxLength=80, placeholder="any word",
                        className="field",
                    ),
                ],
                className="page-head",
            ),
            html.Div(id=Debriefs.CARD, className="debrief-card", tabIndex=-1),
            html.Div(
                [
                    html.Div(id=Debriefs.LESSONS, className="watch-column", tabIndex=0, role="region", **loading,
                             **{"aria-label": "Lessons"}),
                    html.Div(id=Debriefs.LISTS, className="watch-column", tabIndex=0, role="region", **loading,
                             **{"aria-label": "Debriefs"}),
                ],
                className="debriefs-main",
            ),
        ],
        id=Debriefs.PAGE,
        className="page sheet",
    )  # fmt: skip


def figures(told: LessonFigures) -> list[Any]:
    """How many are owed, and which share was acted on and proven."""
    late = "figure abnormal" if told.overdue else "figure"
    return [
        plain.Span([plain.Strong(count(told.total)), " lesson" if told.total == 1 else " lessons"], className="figure"),
        plain.Span([plain.Strong(count(told.overdue)), " overdue"], className=late),
        share_figure("acted on", told.share_acted, told.acted_on + told.proven + told.not_proven, told.total),
        share_figure("proven", told.share_proven, told.proven, told.total),
        plain.Span(
            [plain.Strong(count(told.taken)), " taken into plans, ", plain.Strong(count(told.set_aside)), " set aside"],
            className="figure",
        ),
    ]


def lessons_panels(rows: Sequence[LessonView], wanted: str, record: LessonChoices | None = None) -> list[Any]:
    """Lessons owed, those waiting for their check, the others."""
    if not rows:
        nothing = f"No lesson holds “{wanted}”." if wanted else "No lesson is recorded yet"
        none_yet = empty(nothing, "Lessons are recorded on the page of a debrief, or here.")
        return [_panel("Lessons", 0, [none_yet]), _record(record)]
    groups = (
        ("To be acted on", [row for row in rows if row.state in ("open", "not proven")], "Nobody owes anything."),
        ("To be checked", [row for row in rows if row.state == "acted on"], "Nothing waits for its check."),
        ("Proven and dropped", [row for row in rows if row.state in ("proven", "dropped")], "None yet."),
    )
    panels = [_panel(title, len(found), [_lessons(found) if found else empty(none)]) for title, found, none in groups]
    return [*panels, _record(record)]


def _record(choices: LessonChoices | None) -> plain.Section | None:
    """To record a lesson that came out of no debrief; None: the reader may not."""
    if choices is None:
        return None
    lesson = lesson_form(None, choices, "lessons/record", {}, "Record", None)
    return plain.Section([folded("Record a lesson without a debrief", lesson)], className="panel")


def _panel(title: str, number: int, body: list[Any]) -> plain.Section:
    head = plain.H2([title, " ", plain.Span(count(number), className="brief-count")])
    return plain.Section([head, *body], className="panel")


def _lessons(rows: Sequence[LessonView]) -> plain.Table:
    heads = ("Due", "Lesson", "Owner", "State")
    return plain.Table(
        [
            plain.Thead(plain.Tr([plain.Th(one, scope="col") for one in heads])),
            plain.Tbody([_lesson(row) for row in rows]),
        ],
        className="table lesson-table",
    )


def _lesson(row: LessonView) -> plain.Tr:
    due = [countdown(row.due_at), plain.Span(local_time(row.due_at))] if row.state in ("open", "not proven") else None
    came_of = f"from {row.debrief_label}" if row.debrief_label else ""
    return plain.Tr(
        [
            plain.Td(due or plain.Span("—", className="quiet"), className="cell-due"),
            plain.Td(
                [
                    lesson_link(row.id, row.title),
                    plain.Div(row.action, className="lesson-action"),
                    plain.Div(" · ".join(part for part in (came_of, row.criterion) if part), className="quiet"),
                ],
                className="cell-wide",
            ),
            plain.Td(row.owner),
            plain.Td(state_chip(row)),
        ]
    )


def lists(rows: Sequence[DebriefRow], waiting: Sequence[Subject], wanted: str, *, leads: bool) -> list[Any]:
    """Open debriefs, what waits for one, closed ones."""
    still = [row for row in rows if row.state == DebriefState.OPEN]
    closed = [row for row in rows if row.state != DebriefState.OPEN]
    none = f"None holds “{wanted}”." if wanted else "No debrief is open."
    return [
        _panel("Open", len(still), [_debriefs(still) if still else empty(none)]),
        _panel("Waiting for a debrief", len(waiting), [_waiting(waiting)]),
        open_form(waiting) if leads and waiting else None,
        _panel("Closed", len(closed), [_debriefs(closed) if closed else empty("None yet.")]),
    ]


def _debriefs(rows: Sequence[DebriefRow]) -> plain.Ul:
    return plain.Ul([plain.Li(debrief_line(row)) for row in rows], className="debrief-list")


def debrief_line(row: DebriefRow) -> list[Any]:
    """One debrief in a list: its way, what it counts, by when."""
    counts = [
        f"{row.points} {'point' if row.points == 1 else 'points'}",
        f"{row.from_field} from the field" if row.from_field else "",
        f"{row.lessons} {'lesson' if row.lessons == 1 else 'lessons'}",
    ]
    when: list[Any] = (
        ["closed ", local_time(row.closed_at)] if row.closed_at else ["opened ", local_time(row.opened_at)]
    )
    if row.closed_at is None and row.due_at is not None:
        when = ["due ", local_time(row.due_at), " ", chip("overdue", "warn") if row.overdue else ""]
    return [
        plain.A(
            f"{row.sort.capitalize()}: {row.about_label}", href=f"/debriefs/{row.id}", className="link",
            **{"data-follow": ""},
        ),
        plain.Div([" · ".join(part for part in counts if part), " · ", *when, " ", marking(row.owner, row.marking)],
                  className="quiet"),
    ]  # fmt: skip


def _waiting(waiting: Sequence[Subject]) -> Any:
    if not waiting:
        return empty(
            "Nothing waits", "Closed operations, and taskings and watches of the last week, stand here until then."
        )
    lines = [plain.Li(_subject(one)) for one in waiting]
    return plain.Ul(lines, className="debrief-list")


def _subject(one: Subject) -> list[Any]:
    when = plain.Span(["ended ", local_time(one.ended_at)], className="quiet")
    return [plain.Span(one.kind, className="kind"), " ", one.label, " ", when]


def open_form(waiting: Sequence[Subject]) -> plain.Section:
    """To open a debrief of something that waits for one."""
    options = [element("option", f"{one.kind}: {one.label}", value=f"{one.kind}:{one.id}") for one in waiting]
    of = plain.Div(
        [
            plain.Label("Of", htmlFor="debrief-of"),
            element("select", *options, id="debrief-of", name="of"),
        ],
        className="head-field",
    )
    return plain.Section(
        [
            plain.H2("Open a debrief"),
            form("debriefs/open", "debrief:new", {}, "Open a debrief", of, *opening_fields("debrief", "", required=False),
                 buttons(submit("Open", primary=True))),
        ],
        className="panel",
    )  # fmt: skip


def opening_fields(prefix: str, meant: str, *, required: bool) -> list[Any]:
    """Sort, what was meant, by when."""
    sorts = [_sort(sort) for sort in DebriefSort]
    hint = plain.P("Left empty: as its order, its purpose or its intent says. A watch needs it.", className="quiet")
    return [
        element("fieldset", element("legend", "When"), *sorts, **{"class": "asker"}),
        text_field(f"{prefix}-meant", "meant", "What was meant to happen", meant, required=required),
        None if required else hint,
        folded("Handling", marking_field(prefix, "as what it is about", "Stricter only: nobody more reads it.")),
        folded(
            "By when",
            plain.Div(
                [
                    plain.Label("Contributions by", htmlFor=f"{prefix}-due"),
                    moment_field(f"{prefix}-due", "due_at"),
                ],
                className="head-field",
            ),
        ),
    ]


def _sort(sort: DebriefSort) -> plain.Label:
    box = element("input", type="radio", name="sort", value=sort.value, checked=sort is DebriefSort.HOT)
    return plain.Label([box, plain.Span(SORT_WORDS[sort])], className="check")
