"""On the page of an operation: lessons from similar operations, to be taken or set aside with a word, and its debriefs."""

from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import empty
from layouts.components.painted import element
from layouts.components.times import local_time
from layouts.debriefs import debrief_line, opening_fields
from layouts.lesson_parts import lesson_link, said, state_chip
from layouts.operation_fields import buttons, folded, form, line_field, submit
from ops_centre.picture.debrief_views import About, DebriefRow, LessonsPut, PutLesson

ANSWERS = (("taken", "taken into account"), ("set aside", "set aside"))


def lessons_section(put: LessonsPut) -> list[Any]:
    """What earlier operations like this one taught, those that wait for an answer first."""
    waiting = [one for one in put.lessons if one.answer is None and one.asked]
    offered = [one for one in put.lessons if one.answer is None and not one.asked]
    answered = [one for one in put.lessons if one.answer is not None]
    words = f"{len(waiting)} of {len(put.lessons)} wait for an answer" if waiting and not put.ended else "all answered"
    lines = [_line(put, one) for one in (*waiting, *offered, *answered)]
    note = empty(
        "No lesson comes from an operation like this one", "Alike by kind, place, subjects, agencies and words."
    )
    head = [html.H2("Lessons from similar operations")]
    if put.lessons:
        head.append(html.Span(words, className="abnormal" if waiting and not put.ended else "quiet"))
    return [html.Div(head, className="panel-line"), html.Ul(lines, className="lessons-put") if lines else note]


def _line(put: LessonsPut, one: PutLesson) -> html.Li:
    row = one.lesson
    return html.Li(
        [
            html.Div([lesson_link(row.id, row.title), " ", *state_chip(row)]),
            html.Div(row.action),
            html.Div(["Cause: ", row.cause, f" From {row.debrief_label}." if row.debrief_label else ""], className="quiet"),
            html.Div([html.Strong("Why it is here: "), "; ".join(one.reasons) or "it was answered before"],
                     className="lesson-reasons"),
            _answer(put, one),
        ]
    )  # fmt: skip


def _answer(put: LessonsPut, one: PutLesson) -> Any:
    if one.answer is not None:
        again = folded("Answer anew", _form(put, one)) if put.may_answer else None
        return html.Div([html.Div(said(one.answer)), again])
    if put.may_answer:
        note = None if one.asked else html.Div("Not everybody who sees the operation may read it: no move waits for this.",
                                               className="quiet")  # fmt: skip
        return html.Div([note, _form(put, one)])
    return html.Div("Not answered." if put.ended else "Waits for whoever plans it.", className="quiet")


def _form(put: LessonsPut, one: PutLesson) -> html.Form:
    at = f"lesson-answer-{one.lesson.id}"
    boxes = [
        html.Label(
            [element("input", type="radio", name="answer", value=value, checked=value == "taken"), html.Span(words)],
            className="check",
        )
        for value, words in ANSWERS
    ]
    return form(
        "lessons/answer", f"answer:{put.operation_id}:{one.lesson.id}",
        {"operation": put.operation_id, "lesson": one.lesson.id}, f"Answer lesson {one.lesson.id}",
        element("fieldset", element("legend", "This lesson is"), *boxes, **{"class": "asker"}),
        line_field(f"{at}-word", "word", "How, or why not"),
        buttons(submit("Answer", primary=True)),
    )  # fmt: skip


def debriefs_section(kind: str, number: int, rows: Sequence[DebriefRow], about: About, *, leads: bool) -> list[Any]:
    """The debriefs of an operation, a tasking or a watch, and a way to open one."""
    lines = [html.Li(debrief_line(row)) for row in rows]
    none = empty("Not debriefed yet", about.too_early or "A shift lead or a commander opens a debrief.")
    return [
        html.Div(
            [
                html.H2("Debriefs"),
                html.Span(["ended ", local_time(about.ended_at)], className="quiet") if about.ended_at else None,
            ],
            className="panel-line",
        ),
        html.Ul(lines, className="debrief-list") if lines else none,
        _open(f"{kind}:{number}", about) if leads and not about.too_early else None,
    ]


def _open(of: str, about: About) -> html.Details:
    return folded(
        "Open a debrief",
        form(
            "debriefs/open", f"debrief:{of}", {"of": of}, "Open a debrief",
            *opening_fields(f"debrief-{of.partition(':')[0]}", about.meant, required=True),
            buttons(submit("Open", primary=True)),
        ),
    )  # fmt: skip
