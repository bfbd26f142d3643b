"""The facts of a debrief, a lesson or a criterion on the page of the chain."""

from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import facts, marking
from layouts.components.numbers import count
from layouts.components.times import local_time
from layouts.criteria import criterion_link, share_words
from layouts.debrief_page import subject_link
from layouts.lesson_parts import lesson_link, state_chip
from ops_centre.picture.debrief_views import DebriefView, LessonCard
from ops_centre.picture.dispatch_views import CriterionTarget, CriterionView


def debrief_facts(view: DebriefView) -> list[Any]:
    """What was meant, the summary, and the way to the debrief."""
    row = view.row
    shown = facts(
        ("Of", subject_link(row.about_kind, row.about_id, row.about_label)),
        ("What was meant", view.meant),
        ("Summary", view.summary),
        ("Said", f"{count(row.points)} points, {count(row.from_field)} of them from the field"),
        ("Opened", html.Span([row.opened_by, " ", local_time(row.opened_at)])),
        ("Closed", html.Span([row.closed_by, " ", local_time(row.closed_at)]) if row.closed_at else None),
        ("Handling", marking(row.owner, row.marking)),
    )
    way = html.A("The whole debrief", href=f"/debriefs/{row.id}", className="link", **{"data-follow": ""})
    return [html.Section([html.H3("Debrief"), shown, html.P(way)], className="record")]


def lesson_facts(card: LessonCard) -> list[Any]:
    """Cause, action, how far it is, and the criterion it is about."""
    row = card.lesson
    shown = facts(
        ("State", html.Span(state_chip(row))),
        ("Cause", row.cause),
        ("Action", row.action),
        ("Owner", html.Span([row.owner, ", due ", local_time(row.due_at)])),
        ("Done", row.acted_note),
        ("Checked", f"{row.checked_by}: {row.checked_note}" if row.checked_by else None),
        ("Criterion", criterion_link(row.criterion) if row.criterion else None),
        ("Taken into plans", f"{count(row.taken)}, set aside {count(row.set_aside)}"),
        ("Handling", marking(row.marking_owner, row.marking)),
    )
    return [
        html.Section([html.H3("Lesson"), shown, html.P(lesson_link(row.id, "The whole lesson"))], className="record")
    ]


def criterion_facts(view: CriterionView) -> list[Any]:
    """What each version brought, the lessons about it, its newest targets."""
    versions = [
        html.Tr(
            [
                html.Th(f"version {row.version}", scope="row"),
                html.Td(count(row.hits), className="cell-number"),
                html.Td(count(row.targets), className="cell-number"),
                html.Td(share_words(row)),
            ]
        )
        for row in view.versions
    ]
    lessons = [html.Li(lesson_link(number, title)) for number, title in view.lessons]
    return [
        html.Section(
            [
                html.H3("What it brought"),
                _table(("Version", "Hits", "Targets", "Positive of examined"), versions),
                html.P(html.A("All criteria", href="/criteria", className="link", **{"data-follow": ""})),
            ],
            className="record",
        ),
        html.Section(
            [html.H3("Lessons about it"), html.Ul(lessons) if lessons else html.P("None.", className="quiet")],
            className="record",
        ),
        html.Section(
            [html.H3(f"Newest targets ({count(len(view.targets))})"), _targets(view.targets)],
            className="record record-wide",
        ),
    ]


def _targets(rows: Sequence[CriterionTarget]) -> html.Table:
    lines = [
        html.Tr(
            [
                html.Td(html.A(row.label, href=f"/chain/target/{row.id}", className="link", **{"data-follow": ""})),
                html.Td(local_time(row.matched_at)),
                html.Td(f"version {row.version}"),
                html.Td(row.status),
                html.Td(row.result or html.Span("no outcome", className="quiet")),
            ]
        )
        for row in rows
    ]
    return _table(("Target", "Matched", "By", "Status", "Result"), lines)


def _table(heads: Sequence[str], lines: Sequence[html.Tr]) -> html.Table:
    head = html.Thead(html.Tr([html.Th(one, scope="col") for one in heads]))
    return html.Table([head, html.Tbody(list(lines))], className="table")
