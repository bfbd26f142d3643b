"""The record of a decision: what was shown, what was chosen, why, by whose authority, and what came of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip, empty, facts, marking
from layouts.components.numbers import counted
from layouts.components.times import age, countdown, local_time
from layouts.dispatch_words import chain_link, log_link, result_chip, slack_words, span, state_chip
from layouts.past import picture_then
from ops_centre.domain.tasking import TaskingState
from ops_centre.picture.dispatch_views import DecisionView, OutcomeView, StepView, TaskingView
from ops_centre.picture.operation_views import OperationRef
from ops_centre.picture.watch_views import TaskingRow


def decision_record(view: DecisionView, sealed: str | None, outcomes: Sequence[OutcomeView] = ()) -> list[Any]:
    """``sealed`` is the hash of the entry that seals it, in hexadecimal."""
    return [
        html.Section(
            [
                html.H3("Decided"),
                html.P(_choice(view), className="record-choice"),
                html.P([html.Span("Reason: ", className="quiet"), view.reason or "none needed: the first option"]),
                facts(
                    ("By", view.decided_by),
                    ("By authority of", view.authority),
                    ("Operation", view.operation and _operation_link(view.operation)),
                    (
                        "When",
                        [
                            local_time(view.decided_at),
                            " · ",
                            age(view.decided_at),
                            " · ",
                            picture_then(view.decided_at),
                        ],
                    ),
                    ("Options worked out", _before(view.options_at, view.decided_at)),
                    ("Last moment then", view.lrm_at and local_time(view.lrm_at)),
                    ("Sealed as", log_link(view.log_seq)),
                    ("Hash", html.Code(sealed, className="hash") if sealed else None),
                    ("Handling", marking(view.owner, view.marking)),
                    ("Released to", ", ".join(view.releases)),
                ),
            ],
            className="record",
        ),
        html.Section([html.H3("Units sent"), *_taskings(view), *(outcome_lines(outcomes))], className="record"),
        html.Section(
            [
                html.H3("Options as they were shown"),
                _options(view.options.get("able") or [], view.chosen),
                _withheld(view.withheld),
                _unable(view.options.get("unable") or []),
            ],
            className="record record-wide",
        ),
    ]


def _choice(view: DecisionView) -> list[Any]:
    if not view.sends:
        return [html.Strong("Nobody was sent"), f" to {view.about_label}."]
    who = ", ".join(view.chosen_callsigns) or counted(len(view.chosen), "unit", "units")
    return [html.Strong(f"{who} sent"), f" to {view.about_label}."]


def _before(shown_at: datetime, decided_at: datetime) -> str:
    return f"{max(0, round((decided_at - shown_at).total_seconds()))} s before the decision"


def _taskings(view: DecisionView) -> list[Any]:
    if not view.taskings:
        return [html.P("No unit was sent." if not view.sends else "None that you may see.", className="quiet")]
    return [html.Ul([html.Li(tasking_line(row)) for row in view.taskings], className="record-taskings")]


def tasking_line(row: TaskingRow) -> list[Any]:
    """One tasking in a line: unit, state, meeting."""
    when: Any = None
    if row.state == TaskingState.REQUESTED:
        when = [" · accept ", countdown(row.accept_by)]
    elif row.ended_at is None and row.meet_at:
        when = [" · meets ", countdown(row.meet_at)]
    return [
        chain_link("tasking", row.id, html.Strong(row.callsign)),
        " ",
        state_chip(row.state),
        " ",
        chip("outcome owed", "warn") if row.outcome_owed else None,
        html.Span([f" {row.meet_place or 'meets on its way'}", *(when or [])], className="quiet"),
    ]


def outcome_lines(outcomes: Sequence[OutcomeView]) -> list[Any]:
    """What was found, newest first."""
    return [html.Ul([html.Li(_outcome_line(one)) for one in outcomes], className="record-outcomes")] if outcomes else []


def _outcome_line(one: OutcomeView) -> list[Any]:
    more = [part for part in (one.reason, one.finding, quantity(one), one.note) if part]
    return [
        chain_link("outcome", one.id, result_chip(one.result)),
        f" {' · '.join(more)}" if more else None,
        html.Span([f" {one.callsign or one.recorded_by} · ", age(one.recorded_at)], className="quiet"),
    ]


def quantity(one: OutcomeView) -> str | None:
    """``12.5 kg``."""
    return None if one.quantity is None else f"{one.quantity:g} {one.quantity_unit or ''}".strip()


def _options(able: Sequence[dict[str, Any]], chosen: Sequence[int]) -> Any:
    if not able:
        return empty("No unit could meet it.")
    head = [
        html.Th(text, scope="col")
        for text in ("", "Unit", "Meets", "Travel", "To spare", "Crew", "Position", "For and against")
    ]
    return html.Div(
        html.Table(
            [html.Thead(html.Tr(head)), html.Tbody([_option(option, chosen) for option in able])],
            className="table record-options",
        ),
        className="wide-table",
        tabIndex=0,
        role="region",
        **{"aria-label": "Options as they were shown"},
    )


def _option(option: dict[str, Any], chosen: Sequence[int]) -> html.Tr:
    taken = option.get("unit_id") in set(chosen)
    state, slack = slack_words(option.get("slack_min"))
    against = [*(option.get("shortfalls") or []), *([option["uncovers"]] if option.get("uncovers") else [])]
    crew = option.get("crew")
    return html.Tr(
        [
            html.Td([str(option.get("rank") or ""), " ", chip("✓ chosen", "strong") if taken else None]),
            html.Th(
                [
                    option.get("callsign"),
                    html.Span(f" {option.get('agency')} · {option.get('unit_type')}", className="quiet"),
                ],
                scope="row",
            ),
            html.Td([option.get("meet_place") or "on its way", " ", _plain_time(option.get("meet_at"))]),
            html.Td(f"{span(option.get('travel_min')) or '—'} {option.get('manner') or ''}"),
            html.Td(html.Span(slack, className="slack", **{"data-state": state})),
            html.Td("not known" if crew is None else str(crew)),
            html.Td(
                f"{span(option['position_age_min'])} old" if option.get("position_age_min") is not None else "none"
            ),
            html.Td(
                [
                    html.Ul([html.Li(word) for word in option.get("reasons") or []], className="speaks-for"),
                    html.Ul([html.Li(word) for word in dict.fromkeys(against)], className="shortfalls"),
                ],
                className="cell-wide",
            ),
        ],
        className="chosen" if taken else "",
    )


def _plain_time(text: str | None) -> Any:
    if not text:
        return None
    try:
        return local_time(datetime.fromisoformat(text))
    except ValueError:
        return text


def _withheld(number: int) -> html.P | None:
    if not number:
        return None
    return html.P(f"{counted(number, 'unit', 'units')} more that you may not see.", className="quiet")


def _unable(unable: Sequence[dict[str, Any]]) -> html.Details | None:
    if not unable:
        return None
    lines = [
        html.Li([html.Strong(option.get("callsign")), " ", html.Span(option.get("why_not") or "", className="quiet")])
        for option in unable
    ]
    return html.Details(
        [html.Summary(f"{counted(len(unable), 'unit', 'units')} could not"), html.Ul(lines)], className="cannot"
    )


def _operation_link(operation: OperationRef) -> html.A:
    words = f"{operation.reference} {operation.name}"
    return html.A(words, href=f"/operations/{operation.id}", className="link", **{"data-follow": ""})


def tasking_facts(view: TaskingView) -> list[Any]:
    """A tasking: what was asked, each step with who said so and how, and what came of it."""
    row = view.row
    return [
        html.Section(
            [
                html.H3("Asked"),
                html.P([state_chip(row.state), " ", chip("outcome owed", "warn") if row.outcome_owed else None]),
                html.P(row.intent),
                facts(
                    ("Unit", f"{row.callsign} · {row.unit_agency}"),
                    ("Meets", [row.meet_place or "on its way", " ", local_time(row.meet_at) if row.meet_at else ""]),
                    ("Accept by", local_time(row.accept_by)),
                    ("Last word", age(row.checked_in_at)),
                    ("How, says its agency", view.execution),
                    ("Operation", view.operation and _operation_link(view.operation)),
                    ("Why it ended", view.end_reason),
                    ("Decision", chain_link("decision", row.decision_id, f"decision {row.decision_id}")),
                    ("Handling", marking(row.owner, row.marking)),
                    ("Released to", ", ".join(view.releases)),
                ),
                html.P(html.A("On the board of taskings", href="/taskings", className="link", **{"data-follow": ""})),
            ],
            className="record",
        ),
        html.Section([html.H3("Steps"), steps_list(view.steps)], className="record"),
        html.Section(
            [html.H3("Outcome"), *(outcome_lines(view.outcomes) or [html.P("None yet.", className="quiet")])],
            className="record",
        ),
    ]


def steps_list(steps: Sequence[StepView]) -> Any:
    """What happened, in order."""
    if not steps:
        return html.P("Nothing was reported yet.", className="quiet")
    return html.Ol([html.Li(_step(step)) for step in steps], className="tasking-steps")


def _step(step: StepView) -> list[Any]:
    late = [" · recorded ", local_time(step.recorded_at)] if step.late else []
    return [
        html.Strong(step.state),
        html.Span([local_time(step.at), " · ", step.by, f" {step.manner}", *late], className="quiet"),
        log_link(step.log_seq),
        html.P(step.note, className="note") if step.note else None,
    ]


def outcome_facts(view: OutcomeView) -> list[Any]:
    """One outcome."""
    return [
        html.Section(
            [
                html.H3("Result"),
                html.P(result_chip(view.result)),
                facts(
                    ("Reason", view.reason),
                    ("Found", view.finding),
                    ("Quantity", quantity(view)),
                    ("Note", view.note),
                    ("Subject", view.label),
                    ("Unit", view.callsign),
                    ("Examined", [local_time(view.examined_at), " · ", age(view.examined_at)]),
                    ("Recorded", [local_time(view.recorded_at), f" by {view.recorded_by}"]),
                    ("Sealed as", log_link(view.log_seq)),
                    ("Handling", marking(view.owner, view.marking)),
                    (
                        "Superseded by",
                        chain_link("outcome", view.superseded_by, f"outcome {view.superseded_by}")
                        if view.superseded_by
                        else None,
                    ),
                ),
            ],
            className="record",
        )
    ]
