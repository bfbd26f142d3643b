"""The chain as a strip: hit, target, alert, entry, decision, tasking, outcome. Each link leads to its own page; what is not
there is said, for a gap in the chain is news."""

from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.times import local_time
from layouts.dispatch_words import respond_link
from ops_centre.domain.duty_log import ThingKind
from ops_centre.picture.dispatch_views import ChainThing, ChainView

K = ThingKind
STAGES = (K.HIT, K.TARGET, K.ALERT, K.ENTRY, K.DECISION, K.TASKING, K.OUTCOME)
LEARNED = (K.DEBRIEF, K.LESSON)  # shown once there is one, or while one looks at one
TITLES = {
    K.HIT: "Hit",
    K.TARGET: "Target",
    K.ALERT: "Alert",
    K.ENTRY: "Log entry",
    K.DECISION: "Decision",
    K.TASKING: "Tasking",
    K.OUTCOME: "Outcome",
    K.DEBRIEF: "Debrief",
    K.LESSON: "Lesson",
}
MISSING = {
    K.HIT: "no hit is known",
    K.TARGET: "no target",
    K.ALERT: "no alert led to it",
    K.ENTRY: "no entry in the log",
    K.DECISION: "nothing was decided yet",
    K.TASKING: "no unit was sent",
    K.OUTCOME: "no outcome yet",
    K.DEBRIEF: "not debriefed",
    K.LESSON: "no lesson yet",
}
SHOWN_IN_STAGE = 2


def chain_strip(view: ChainView, *, may_decide: bool = False) -> html.Section:
    """All stages in order, the thing itself marked, then what stands beside the chain (craft, units, enquiries)."""
    things = _things(view)
    shown = STAGES + (LEARNED if any(one.kind in LEARNED for one in things) else ())
    if view.thing.kind in LEARNED:  # what lies behind its operation is not walked to: it is not missing
        shown = tuple(stage for stage in shown if any(one.kind == stage for one in things))
    stages = [_stage(stage, [one for one in things if one.kind == stage], view.thing) for stage in shown]
    beside = [one for one in things if one.kind not in set(shown)]
    return html.Section(
        [
            html.H2("Chain", className="unseen"),
            html.Ol(stages, className="chain-strip"),
            html.P(_next_step(view, things), className="chain-next") if may_decide else None,
            html.P(["Beside it: ", *_joined(beside)], className="chain-beside") if beside else None,
        ],
        className="chain",
    )


def _things(view: ChainView) -> list[ChainThing]:
    """Each thing once, in the order of the chain."""
    found = {(one.kind, one.id): one for one in (*view.before, view.thing, *view.after)}
    return list(found.values())


def _stage(stage: ThingKind, things: Sequence[ChainThing], current: ChainThing) -> html.Li:
    shown = sorted(things, key=lambda one: one.id != current.id or one.kind != current.kind)[:SHOWN_IN_STAGE]
    rest = [one for one in things if one not in shown]
    body: list[Any] = [_thing(one, is_current=one.kind == current.kind and one.id == current.id) for one in shown]
    if not body:
        body = [html.P(MISSING[stage], className="chain-missing")]
    if rest:
        body.append(html.Details([html.Summary(f"{len(rest)} more"), *(_thing(one, is_current=False) for one in rest)]))
    return html.Li([html.H3(TITLES[stage]), *body], className="stage" + ("" if things else " stage-missing"))


def _thing(one: ChainThing, *, is_current: bool) -> html.A:
    """One link. What the page is about is marked by a class and a word: painting.js keeps aria-current as it finds it."""
    return html.A(
        [
            html.Strong([one.title, html.Span(" (shown below)", className="unseen") if is_current else None]),
            html.Span(one.detail, className="chain-detail") if one.detail else None,
            html.Span(
                [one.by or "", " · " if one.by and one.at else "", local_time(one.at) if one.at else ""], className="by"
            ),
        ],
        href=one.href,
        className="chain-thing here" if is_current else "chain-thing",
        **{"data-follow": ""},
    )


def _joined(things: Sequence[ChainThing]) -> list[Any]:
    links = [html.A(one.title, href=one.href, className="link", **{"data-follow": ""}) for one in things]
    return [part for link in links for part in (link, " · ")][:-1]


def _next_step(view: ChainView, things: Sequence[ChainThing]) -> Any:
    """What can be done where the chain ends: decide, while nothing was decided."""
    if any(one.kind == K.DECISION for one in things):
        return None
    start = next((one for one in things if one.kind == K.TARGET), view.thing)
    if start.kind not in (K.TARGET, K.TRACK, K.ALERT, K.ENTRY):
        return None
    return respond_link(start.kind, start.id)
