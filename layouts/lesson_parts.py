"""A lesson on screen: its state, its card with what can be done next, the form it is recorded and edited with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip, facts, marking
from layouts.components.moments import moment_field
from layouts.components.painted import element
from layouts.components.times import countdown, local_time
from layouts.operation_fields import buttons, folded, form, line_field, mark_form, marking_field, submit, text_field
from ops_centre.domain.operations import OperationKind
from ops_centre.domain.targeting import SubjectKind
from ops_centre.picture.debrief_views import LessonAnswer, LessonCard, LessonOwner, LessonView

SHAPES = {"open": "○", "acted on": "◐", "proven": "●", "not proven": "✕", "dropped": "–"}


@dataclass(frozen=True, slots=True)
class LessonChoices:
    """What the form of a lesson offers."""

    owners: Sequence[LessonOwner]
    agencies: Sequence[tuple[str, str]]  # code, name
    criteria: Sequence[str]


def lesson_link(number: int, words: str) -> html.A:
    """The way to a lesson."""
    return html.A(words, href=f"/debriefs/lesson/{number}", className="link lesson-link", **{"data-follow": ""})


def share_figure(words: str, share: float | None, part: int, whole: int) -> html.Span:
    """``58 % acted on · 7 of 12``; of nothing there is no share."""
    if share is None:
        return html.Span([html.Strong("—"), f" {words}"], className="figure")
    bar = html.Span(html.Span(style={"width": f"{share * 100:.0f}%"}), className="share-bar", **{"aria-hidden": "true"})
    return html.Span([bar, html.Strong(f"{share:.0%}"), f" {words} · {part} of {whole}"], className="figure")


def state_chip(row: LessonView) -> list[Any]:
    """Shape and word; overdue stands out."""
    kind = "warn" if row.overdue or row.state == "not proven" else "plain"
    late = chip("overdue", "warn") if row.overdue else None
    return [late, " " if late else None, chip(f"{SHAPES[row.state]} {row.state}", "plain" if row.overdue else kind)]


def lesson_card(card: LessonCard, choices: LessonChoices) -> list[Any]:
    """One lesson in full, with what this reader can do about it."""
    row = card.lesson
    return [
        html.Div(
            [
                html.A("All debriefs", href="/debriefs", className="link", **{"data-follow": ""}),
                html.H2(f"Lesson {row.id}: {row.title}"),
                *state_chip(row),
                marking(row.marking_owner, row.marking),
                html.A("Chain", href=f"/chain/lesson/{row.id}", className="link", **{"data-follow": ""}),
            ],
            className="panel-line",
        ),
        html.Div(
            [
                html.Section([_facts(row), _history(row)], className="panel"),
                html.Section([*_acts(row, choices), _answers(card.answers)], className="panel"),
            ],
            className="debrief-columns",
        ),
    ]


def _facts(row: LessonView) -> html.Dl:
    came_of = None
    if row.debrief_id is not None:
        came_of = html.A(row.debrief_label, href=f"/debriefs/{row.debrief_id}", className="link", **{"data-follow": ""})
    concerns = " · ".join(", ".join(words) for words in (row.kinds, row.subjects, row.places, row.agencies) if words)
    criterion = None
    if row.criterion:
        criterion = html.A(row.criterion, href="/criteria", className="link", **{"data-follow": ""})
    return facts(
        ("Cause", row.cause),
        ("Action", row.action),
        ("Owner", row.owner),
        ("Due", html.Span([local_time(row.due_at), " ", countdown(row.due_at) if row.overdue else ""])),
        ("Check", row.check_text),
        ("Concerns", concerns),
        ("Criterion", criterion),
        ("From", came_of),
        ("Recorded", html.Span([row.made_by, " ", local_time(row.made_at)])),
        ("Found by the words", ", ".join(row.words[:16])),
    )


def _history(row: LessonView) -> Any:
    steps = []
    if row.acted_at:
        steps.append(
            html.Li([html.Strong("Acted on"), f" by {row.acted_by} ", local_time(row.acted_at), f": {row.acted_note}"])
        )
    if row.checked_at:
        said = "It worked" if row.state == "proven" else "It did not work"
        steps.append(
            html.Li([html.Strong(said), f", {row.checked_by} ", local_time(row.checked_at), f": {row.checked_note}"])
        )
    return html.Ul(steps, className="debrief-list") if steps else None


def _acts(row: LessonView, choices: LessonChoices) -> list[Any]:
    key, given = f"lesson:{row.id}", {"lesson": row.id}
    shown: list[Any] = []
    if row.may_act:
        shown.append(
            form("lessons/act-on", f"act:{key}", given, "Say what was done", html.H3("You own this action"),
                 text_field("lesson-act", "note", "What was done", required=True),
                 buttons(submit("Acted on", primary=True)))
        )  # fmt: skip
    if row.may_check:
        shown.append(_check_form(row))
    if not shown:
        shown.append(html.P(_waits_for(row), className="quiet"))
    if row.may_edit:
        edit = lesson_form(row, choices, "lessons/edit", given | {"version": row.version}, "Change", row.due_at)
        shown.append(folded("Change", edit))
    if row.may_drop:
        marks = given | {"version": row.version}
        shown.append(mark_form("lessons/mark", f"mark:{key}", marks, (row.marking, row.releases), choices.agencies))
        drop = form("lessons/drop", f"drop:{key}", given, "Drop the lesson",
                    line_field("lesson-drop", "note", "Dropped because"), buttons(submit("Drop")))  # fmt: skip
        shown.append(folded("Drop", drop))
    return shown


def _waits_for(row: LessonView) -> str:
    return {
        "open": f"{row.owner} sees to the action.",
        "not proven": f"It did not work. {row.owner} acts again.",
        "acted on": "Somebody else than the owner says whether it worked.",
        "proven": "It was acted on and proven.",
        "dropped": "It was dropped; its reason stands in the log.",
    }[row.state]


def _check_form(row: LessonView) -> html.Form:
    results = [("proven", "it worked"), ("not proven", "it did not")]
    boxes = [
        html.Label(
            [element("input", type="radio", name="result", value=value, required=True), html.Span(words)],
            className="check",
        )
        for value, words in results
    ]
    return form(
        "lessons/check", f"check:lesson:{row.id}", {"lesson": row.id}, "Check whether it worked",
        html.H3("Did it work?"),
        html.P(["To be seen by: ", row.check_text], className="quiet"),
        element("fieldset", element("legend", "Result"), *boxes, **{"class": "asker"}),
        text_field("lesson-check", "note", "How it was seen", required=True, rows=2),
        buttons(submit("Check", primary=True)),
    )  # fmt: skip


def _answers(answers: Sequence[LessonAnswer]) -> html.Div:
    lines = [html.Li([
        html.A(one.operation, href=f"/operations/{one.operation_id}", className="link", **{"data-follow": ""}), " ",
        *said(one),
    ]) for one in answers]  # fmt: skip
    body = html.Ul(lines, className="debrief-list") if lines else html.P("Put before no plan yet.", className="quiet")
    return html.Div([html.H3("In later operations"), body])


def said(answer: LessonAnswer) -> list[Any]:
    """What a planner said of it."""
    words = "● taken into account" if answer.taken else "○ set aside"
    return [html.Strong(words), f" by {answer.by} ", local_time(answer.at), ": ", answer.word]


def lesson_form(
    row: LessonView | None, choices: LessonChoices, act: str, given: dict[str, Any], words: str, due_at: datetime | None,
    about: tuple[Collection[str], Collection[str], Collection[str], Collection[str]] = ((), (), (), ()),
) -> html.Form:  # fmt: skip
    """To record a lesson (``row`` None, filled from what was debriefed) or to change one."""
    kinds, subjects, places, agencies = (row.kinds, row.subjects, row.places, row.agencies) if row else about
    key = f"lesson:{row.id}" if row else f"lesson:new:{given.get('debrief')}"
    at = f"lesson-{row.id if row else 'new' if 'debrief' in given else 'own'}"
    return form(
        act, key, given, words,
        line_field(f"{at}-title", "title", "Lesson in a line", row.title if row else ""),
        text_field(f"{at}-cause", "cause", "Cause", row.cause if row else "", rows=2, required=True),
        text_field(f"{at}-action", "action", "Action", row.action if row else "", rows=2, required=True),
        html.Div(
            [
                _owner(at, choices.owners, row.owner if row else ""),
                html.Div([html.Label("Due", htmlFor=f"{at}-due"), moment_field(f"{at}-due", "due_at", due_at, required=True)],
                         className="head-field"),
            ],
            className="debrief-pair",
        ),
        text_field(f"{at}-check", "check", "Seen to have worked by", row.check_text if row else "", rows=2, required=True),
        _boxes("Kinds of operation", "kinds", [(one.value, one.value) for one in OperationKind], kinds),
        _boxes("Subjects", "subjects", [(one.value, one.value) for one in SubjectKind], subjects),
        _boxes("Agencies", "agencies", choices.agencies, agencies),
        html.Div(
            [
                line_field(f"{at}-places", "places", "Places", " ".join(places), required=False, placeholder="NZAKL NZTRG"),
                _criterion(at, choices.criteria, row.criterion if row else None),
            ],
            className="debrief-pair",
        ),
        line_field(f"{at}-words", "words", "More words to find it by", _words_of(row), required=False),
        None if row else _handling(at, choices, "as its debrief" if "debrief" in given else "AMBER, for one's own agency"),
        buttons(submit(words, primary=True)),
    )  # fmt: skip


def _handling(at: str, choices: LessonChoices, as_is: str) -> html.Details:
    hint = "With a marking, only who is ticked below and whose it is may know of it, as far as that marking goes."
    released = _boxes("Released to", "releases", choices.agencies, ())
    return folded("Handling", marking_field(at, as_is, hint), released)


def _words_of(row: LessonView | None) -> str:
    return " ".join(row.words)[:200] if row else ""


def _owner(at: str, owners: Sequence[LessonOwner], chosen: str) -> html.Div:
    options = [element("option", "", value="")] + [
        element("option", f"{one.display_name}, {one.agency}", value=one.name, selected=one.name == chosen)
        for one in owners
    ]
    field = element("select", *options, id=f"{at}-owner", name="owner", required=True)
    return html.Div([html.Label("Owner", htmlFor=f"{at}-owner"), field], className="head-field")


def _boxes(legend: str, name: str, options: Sequence[tuple[str, str]], chosen: Collection[str]) -> Any:
    boxes = [
        html.Label(
            [element("input", type="checkbox", name=name, value=code, checked=code in chosen, **{"data-type": "list"}),
             html.Span(code, title=words)],
            className="check",
        )
        for code, words in options
    ]  # fmt: skip
    return element("fieldset", element("legend", legend), *boxes, **{"class": "asker"})


def _criterion(at: str, known: Sequence[str], chosen: str | None) -> html.Div:
    field = f"{at}-criterion"
    options = [element("option", value=one) for one in known]
    return html.Div(
        [
            html.Label("Criterion it is about", htmlFor=field),
            element("input", id=field, name="criterion", type="text", value=chosen, maxlength=200, list=f"{field}-known",
                    autocomplete="off"),
            element("datalist", *options, id=f"{field}-known"),
        ],
        className="head-field",
    )  # fmt: skip
