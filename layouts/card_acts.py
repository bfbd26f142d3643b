"""What a card offers beside facts: the acts the reader may do, units that were sent with their next step, and the neighbours
along the chain."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layouts.chain_parts import MISSING, TITLES
from layouts.components import plain as html
from layouts.components.times import LAST_MOMENT, MEETING, age, local_time
from layouts.decision_record import outcome_lines
from layouts.dispatch_words import chain_link, moment, respond_link, state_chip
from layouts.operation_words import contingency_button
from layouts.tasking_acts import step_acts
from layouts.taskings import TO_ACCEPT
from ops_centre.domain.duty_log import ThingKind
from ops_centre.domain.tasking import TaskingState
from ops_centre.picture.dispatch_views import ChainThing, ChainView, OutcomeView, TaskingView
from ops_centre.picture.views import TargetRow

K = ThingKind
AFTER_TARGET = (K.ALERT, K.DECISION, K.TASKING, K.OUTCOME)


@dataclass(frozen=True, slots=True)
class CardActs:
    """What is known and allowed around the thing of a card, in the reader's scope."""

    taskings: Sequence[TaskingView] = ()  # open ones
    outcomes: Sequence[OutcomeView] = ()  # newest first
    chain: ChainView | None = None
    alert_to_claim: int | None = None  # a standing alert about it that nobody has taken
    may_decide: bool = False
    opens: bool = False  # a contingency


def target_acts(row: TargetRow, acts: CardActs) -> list[Any]:
    """Under the head of a target's card."""
    last: Any = row.lrm_note and html.Span(row.lrm_note, className="quiet")
    if row.lrm_at is not None and not row.tasked:
        last = html.Span(["Last moment ", moment(row.lrm_at, LAST_MOMENT)])
    return [
        html.P(last, className="card-moment") if last else None,
        _buttons(f"target:{row.id}", acts, row.claimed_by, row.label),
        _sent(acts.taskings),
        _found(acts.outcomes),
    ]


def track_acts(about: str, acts: CardActs, title: str) -> list[Any]:
    """Under the head of a craft's card. ``about`` is its only target, where it has one, or the craft."""
    return [_buttons(about, acts, None, title), _sent(acts.taskings)]


def unit_acts(acts: CardActs) -> list[Any]:
    """Under the head of a unit's card: what it was sent to."""
    return [_sent(acts.taskings)]


def chain_links(acts: CardActs, kind: str, thing: int) -> html.Section | None:
    """The neighbours along the chain, what is missing said, and the way to the whole of it."""
    if acts.chain is None:
        return None
    things = [*acts.chain.before, *acts.chain.after]
    lines = [_neighbour(stage, [one for one in things if one.kind == stage]) for stage in AFTER_TARGET]
    return html.Section(
        [
            html.H3("Chain"),
            html.Ul(lines, className="card-chain"),
            html.P(chain_link(kind, thing, "The whole chain, with the source message")),
        ],
        className="card-section",
    )


def _neighbour(stage: ThingKind, things: Sequence[ChainThing]) -> html.Li:
    name = html.Span(TITLES[stage], className="quiet")
    if not things:
        return html.Li([name, html.Span(MISSING[stage], className="quiet")])
    newest = things[-1]
    more = f" and {len(things) - 1} more" if len(things) > 1 else ""
    link = html.A(newest.title, href=newest.href, className="link", **{"data-follow": ""})
    return html.Li(
        [name, html.Span([link, more]), html.Span(local_time(newest.at) if newest.at else "", className="quiet")]
    )


def _buttons(about: str, acts: CardActs, claimed_by: str | None, title: str) -> html.Div | None:
    kind, _, thing = about.partition(":")
    claim = (
        html.Button(
            "Claim",
            type="button",
            className="button",
            title="You take it; others see that",
            **{"data-do": "alerts/claim", "data-with": json.dumps({"alert": acts.alert_to_claim})},
        )
        if acts.alert_to_claim is not None
        else None
    )
    parts = [
        respond_link(kind, thing) if acts.may_decide else None,
        claim,
        contingency_button(kind, thing, title) if acts.opens else None,
        html.Span(f"with {claimed_by}", className="quiet") if claimed_by else None,
    ]
    return html.Div(parts, className="card-acts control") if any(parts) else None


def _sent(taskings: Sequence[TaskingView]) -> html.Section | None:
    if not taskings:
        return None
    return html.Section([html.H3("Sent"), *(_tasking(one) for one in taskings)], className="card-section card-sent")


def _tasking(view: TaskingView) -> html.Div:
    row = view.row
    waits = row.state == TaskingState.REQUESTED
    when = moment(row.accept_by, TO_ACCEPT, calm=True) if waits else moment(row.meet_at, MEETING, "", calm=True)
    steps = step_acts(view)
    return html.Div(
        [
            html.P([chain_link("tasking", row.id, html.Strong(row.callsign)), " ", state_chip(row.state), " ", when]),
            html.P([row.subject, " · last word ", age(row.checked_in_at)], className="quiet"),
            html.Div([html.Span("by radio:", className="quiet"), *steps], className="card-acts control")
            if steps
            else None,
        ]
    )


def _found(outcomes: Sequence[OutcomeView]) -> html.Section | None:
    if not outcomes:
        return None
    return html.Section([html.H3("Outcome"), *outcome_lines(outcomes[:3])], className="card-section")
