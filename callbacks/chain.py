"""Chain: wiring. The address names the thing: ``/chain/decision/12``."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from dash import Dash, Output

from callbacks.binding import Address, Due, on
from callbacks.debriefs_on import debriefs_of
from layouts import chain, chain_facts, chain_lessons, decision_record
from layouts.components import plain
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board
from layouts.ids_dispatch import Chain
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.debriefs import DebriefOf
from ops_centre.domain.duty_log import ThingKind
from ops_centre.errors import OpsError
from ops_centre.picture.dispatch_views import ChainView

Facts = Callable[[OpsCentre, Actor, ChainView], list[Any]]


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""

    @on(
        app,
        Output(Chain.BODY, PROPERTY),
        due=Due("chain", (Board.TASKINGS, Board.TARGETS, Board.ALERTS, Board.DEBRIEFS), follows=True),
        needs=Permission.LOG_VIEW,
    )
    def draw_chain(actor: Actor, address: Address) -> Any:
        named = named_in(address.path)
        if named is None:
            return painted(chain.nothing_named())
        try:
            view = _with_alerts(ops, actor, ops.chain.of(actor, *named))
            facts = FACTS.get(view.thing.kind, _plain)(ops, actor, view)
        except OpsError as refused:
            return painted(chain.no_such_thing(str(refused)))
        return painted(chain.chain_body(view, facts, may_decide=actor.may(Permission.TASKING_DECIDE)))


def _with_alerts(ops: OpsCentre, actor: Actor, view: ChainView) -> ChainView:
    """With the alerts on its target from before it: they led there though nobody responded to them by name."""
    target = next((one for one in view.before if one.kind == ThingKind.TARGET), None)
    if target is None or view.thing.at is None or any(one.kind == ThingKind.ALERT for one in view.before):
        return view
    alerts = [
        one
        for one in ops.chain.of(actor, target.kind, target.id).after
        if one.kind == ThingKind.ALERT and one.at is not None and one.at <= view.thing.at
    ]
    known = {(one.kind, one.id) for one in (view.thing, *view.after)}
    led_here = tuple(one for one in alerts if (one.kind, one.id) not in known)
    return replace(view, before=(*view.before, *led_here))


def named_in(path: Any) -> tuple[str, str] | None:
    """Kind and id out of ``/chain/decision/12``."""
    parts = [part for part in path.split("/") if part] if isinstance(path, str) else []
    return (parts[1][:20], unquote(parts[2])[:200]) if len(parts) == 3 and parts[0] == "chain" else None


def _decision(ops: OpsCentre, actor: Actor, view: ChainView) -> list[Any]:
    record = ops.dispatch_reads.decision(actor, int(view.thing.id))
    sealed = ops.log.entry(actor, record.log_seq).chain_hash
    sent = [row.id for row in record.taskings]
    outcomes = [outcome for number in sent for outcome in ops.dispatch_reads.outcomes(actor, tasking_id=number)]
    return decision_record.decision_record(record, sealed, outcomes)


def _tasking(ops: OpsCentre, actor: Actor, view: ChainView) -> list[Any]:
    number = int(view.thing.id)
    told = decision_record.tasking_facts(ops.dispatch_reads.tasking(actor, number))
    if not actor.may(Permission.DEBRIEF_VIEW):
        return told
    return [*told, plain.Section(debriefs_of(ops, actor, DebriefOf.TASKING, number), className="record")]


def _outcome(ops: OpsCentre, actor: Actor, view: ChainView) -> list[Any]:
    linked = {one.kind: int(one.id) for one in view.before if one.kind in (ThingKind.TASKING, ThingKind.TARGET)}
    of = {f"{kind}_id": number for kind, number in linked.items()}
    found = [one for one in ops.dispatch_reads.outcomes(actor, **of, limit=500) if one.id == int(view.thing.id)]
    return decision_record.outcome_facts(found[0]) if found else _plain(ops, actor, view)


def _hit(ops: OpsCentre, actor: Actor, view: ChainView) -> list[Any]:
    target = next((one for one in (*view.before, *view.after) if one.kind == ThingKind.TARGET), None)
    hits = ops.picture.target_card(actor, int(target.id)).hits if target else ()
    called = ((hit, f"{hit.criterion}, version {hit.criterion_version}") for hit in hits)
    found = next((hit for hit, title in called if title == view.thing.title and hit.matched_at == view.thing.at), None)
    return chain_facts.hit_facts(found) if found else _plain(ops, actor, view)


def _target(ops: OpsCentre, actor: Actor, view: ChainView) -> list[Any]:
    return chain_facts.target_facts(ops.picture.target_card(actor, int(view.thing.id)))


def _track(ops: OpsCentre, actor: Actor, view: ChainView) -> list[Any]:
    return chain_facts.track_facts(ops.picture.track_card(actor, int(view.thing.id)))


def _unit(ops: OpsCentre, actor: Actor, view: ChainView) -> list[Any]:
    return chain_facts.unit_facts(ops.picture.unit_card(actor, int(view.thing.id)))


def _alert(ops: OpsCentre, actor: Actor, view: ChainView) -> list[Any]:
    row = next((one for one in ops.picture.alerts(actor) if str(one.id) == view.thing.id), None)
    if row is None:
        return _plain(ops, actor, view)
    return chain_facts.alert_facts(row, may_decide=actor.may(Permission.TASKING_DECIDE))


def _entry(ops: OpsCentre, actor: Actor, view: ChainView) -> list[Any]:
    return chain_facts.entry_facts(ops.log.entry(actor, int(view.thing.id)))


def _plain(_ops: OpsCentre, _actor: Actor, view: ChainView) -> list[Any]:
    return chain_facts.plain_facts(view.thing)


def _debrief(ops: OpsCentre, actor: Actor, view: ChainView) -> list[Any]:
    return chain_lessons.debrief_facts(ops.debrief_reads.one(actor, int(view.thing.id)))


def _lesson(ops: OpsCentre, actor: Actor, view: ChainView) -> list[Any]:
    return chain_lessons.lesson_facts(ops.lesson_reads.one(actor, int(view.thing.id)))


def _criterion(ops: OpsCentre, actor: Actor, view: ChainView) -> list[Any]:
    return chain_lessons.criterion_facts(ops.dispatch_reads.criterion(actor, view.thing.id))


FACTS: dict[str, Facts] = {
    ThingKind.DECISION: _decision,
    ThingKind.TASKING: _tasking,
    ThingKind.OUTCOME: _outcome,
    ThingKind.HIT: _hit,
    ThingKind.TARGET: _target,
    ThingKind.TRACK: _track,
    ThingKind.UNIT: _unit,
    ThingKind.ALERT: _alert,
    ThingKind.ENTRY: _entry,
    ThingKind.DEBRIEF: _debrief,
    ThingKind.LESSON: _lesson,
    ThingKind.CRITERION: _criterion,
}
