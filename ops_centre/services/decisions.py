"""Writing a decision down: the decision, its taskings, what it changes, and their entries. Runs inside a deed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from ops_centre.auth.actor import Actor
from ops_centre.auth.policy import rule_of
from ops_centre.domain.alerting import AlertStep
from ops_centre.domain.duty_log import EntryKind, Link, ThingKind, link
from ops_centre.domain.handling import HandlingRule, may_see, narrowest, released_further
from ops_centre.domain.option_sheets import seal_of, units_in, without_units
from ops_centre.domain.options import Options
from ops_centre.domain.tasking import Manner, TaskingState
from ops_centre.models import (
    Alert,
    AlertEvent,
    Decision,
    Handling,
    LogEntry,
    Operation,
    Target,
    Tasking,
    TaskingStep,
    Track,
    Unit,
)
from ops_centre.services.deeds import Deed
from ops_centre.services.handlings import handling_id
from ops_centre.services.in_scope import next_id, sees_handling
from ops_centre.services.units_to_send import Chosen


@dataclass(frozen=True, slots=True)
class About:
    """What a decision is about, as it stands in the database."""

    label: str
    target: Target | None
    track: Track | None
    alert: Alert | None
    entry: LogEntry | None
    handling_id: int
    also: tuple[int, ...]  # handlings of what else it tells of
    operation: Operation | None = None  # that it is part of

    @property
    def severity(self) -> str | None:
        """Severity of the target or alert."""
        return self.target.severity if self.target else self.alert.severity if self.alert else None

    def links(self) -> list[Link]:
        """To everything it is about."""
        found = []
        if self.target is not None:
            found.append(link(ThingKind.TARGET, self.target.id, self.target.label))
        if self.track is not None:
            found.append(link(ThingKind.TRACK, self.track.id, self.track.name or self.track.key))
        if self.alert is not None:
            found.append(link(ThingKind.ALERT, self.alert.id, self.alert.title))
        if self.entry is not None:
            found.append(link(ThingKind.ENTRY, self.entry.seq, f"Entry {self.entry.seq}"))
        if self.operation is not None:
            found.append(link(ThingKind.OPERATION, self.operation.id, self.operation.reference))
        return found


@dataclass(frozen=True, slots=True)
class Made:
    """A decision that was checked and can be written."""

    options: Options
    shown: dict[str, Any]
    shown_at: datetime
    about: About
    chosen: Sequence[Chosen]
    authority: str
    reason: str | None
    intent: str | None
    accept_by: datetime
    due_at: datetime | None
    examine_within: timedelta


def write_decision(deed: Deed, actor: Actor, made: Made) -> int:
    """Write ``made`` with its taskings; the decision's number. The end of the log must be locked."""
    session, about = deed.session, made.about
    rule = _rule(deed, actor, made, made.chosen)
    number = next_id(session, Decision)
    handling = handling_id(session, rule.owner, rule.marking.value, rule.releases)
    links = [link(ThingKind.DECISION, number, f"Decision {number}"), *about.links()]
    links += [link(ThingKind.UNIT, one.unit.id, one.unit.callsign) for one in made.chosen]
    seq = deed.log(
        EntryKind.DECISION, _words(made, _released(deed, made, rule)), handling_id=handling, links=links,
        detail=_detail(deed, made, rule), decider=made.authority if made.authority != actor.display_name else None,
    )  # fmt: skip
    session.add(_decision(deed, made, number, seq, handling))
    session.flush()
    for one in made.chosen:
        _request(deed, actor, made, one, number)
    _work_on(deed, about)
    deed.subject = f"decision {number}"
    deed.answer = {"said": _said(made), "decision": number, "href": f"/chain/decision/{number}"}
    return number


def _rule(deed: Deed, actor: Actor, made: Made, chosen: Sequence[Chosen]) -> HandlingRule:
    """Of the subject, released to the agencies of whoever is sent; never wider than what else it tells of."""

    def known(handling: int) -> HandlingRule:
        return rule_of(deed.session.get_one(Handling, handling))

    agencies = [one.unit.agency for one in chosen]
    others = [released_further(known(number), agencies) for number in made.about.also]
    others += [known(one.unit.handling_id) for one in chosen]
    return narrowest(released_further(known(made.about.handling_id), agencies), others, keeper=actor.agency)


def _released(deed: Deed, made: Made, rule: HandlingRule) -> list[str]:
    """Agencies that come to know of it by being sent."""
    before = rule_of(deed.session.get_one(Handling, made.about.handling_id))
    agencies = {one.unit.agency for one in made.chosen}
    return sorted(
        agency
        for agency in agencies
        if may_see(rule, agency=agency, sees_restricted=True)
        and not may_see(before, agency=agency, sees_restricted=True)
    )


def _words(made: Made, released: Sequence[str]) -> str:
    label = made.about.label
    if not made.chosen:
        parts = [f"Decision on {label}: nobody is sent. Reason: {made.reason}"]
    else:
        sent = " and ".join(_placed(one, len(made.options.able)) for one in made.chosen)
        parts = [f"Decision on {label}: {sent} {'is' if len(made.chosen) == 1 else 'are'} sent. Intent: {made.intent}"]
        if made.reason:
            parts.append(f"Reason: {made.reason}")
    if made.about.operation is not None:
        parts.append(f"For {made.about.operation.reference}")
    parts.append(f"Authority: {made.authority}")
    text = ". ".join(part.rstrip(".") for part in parts) + "."
    return f"{text} Released to {', '.join(released)} for this." if released else text


def _placed(one: Chosen, able: int) -> str:
    place = f"option {one.option.rank} of {able}" if one.option.able else "listed as unable"
    return f"{one.unit.callsign} ({place})"


def _detail(deed: Deed, made: Made, rule: HandlingRule) -> dict[str, Any]:
    """What is sealed: the options as shown, without units whose handling is narrower than the entry's."""
    hidden = frozenset(
        unit.id
        for unit in deed.session.scalars(select(Unit).where(Unit.id.in_(units_in(made.shown))))
        if not _as_wide(rule_of(deed.session.get_one(Handling, unit.handling_id)), rule)
    )
    shown, withheld = without_units(made.shown, hidden)
    return {
        "options": shown,
        "options_withheld": withheld,
        "options_sha256": seal_of(made.shown),
        "shown_at": made.shown_at,
        "chosen": [one.unit.id for one in made.chosen],
        "callsigns": [one.unit.callsign for one in made.chosen],
        "reason": made.reason,
        "authority": made.authority,
        "intent": made.intent,
        "operation": made.about.operation.id if made.about.operation else None,
    }


def _as_wide(unit: HandlingRule, entry: HandlingRule) -> bool:
    """Whether everybody who may read the entry may know of the unit."""
    return narrowest(entry, [unit], keeper=entry.owner) == entry


def _decision(deed: Deed, made: Made, number: int, seq: int, handling: int) -> Decision:
    about, options = made.about, made.options
    return Decision(
        id=number,
        about_kind=options.about_kind,
        about_id=options.about_id,
        about_label=about.label,
        target_id=about.target.id if about.target else None,
        track_id=about.track.id if about.track else None,
        alert_id=about.alert.id if about.alert else None,
        from_seq=about.entry.seq if about.entry else None,
        operation_id=about.operation.id if about.operation else None,
        sends=bool(made.chosen),
        options=made.shown,
        options_at=options.worked_out_at,
        picture_revision=options.revision,
        lrm_at=options.lrm_at,
        chosen=[one.unit.id for one in made.chosen],
        reason=made.reason,
        authority=made.authority,
        decided_by=deed.by,
        decided_at=deed.now,
        log_seq=seq,
        handling_id=handling,
    )


def _request(deed: Deed, actor: Actor, made: Made, one: Chosen, decision: int) -> None:
    """Request one unit. The unique index on open taskings is the last word."""
    session, about, unit, option = deed.session, made.about, one.unit, one.option
    rule = _rule(deed, actor, made, [one])
    handling = handling_id(session, rule.owner, rule.marking.value, rule.releases)
    number = next_id(session, Tasking)
    meeting = f" Meet at {option.meet_place or 'sea'}, {option.meet_at:%d %b %H:%M} UTC." if option.meet_at else ""
    seq = deed.log(
        EntryKind.TASKING,
        f"{unit.callsign} is asked to go to {about.label}; to accept by {made.accept_by:%H:%M} UTC.{meeting}",
        handling_id=handling,
        links=[
            link(ThingKind.TASKING, number, f"{unit.callsign}: {about.label}"),
            link(ThingKind.DECISION, decision, f"Decision {decision}"),
            link(ThingKind.UNIT, unit.id, unit.callsign),
            *about.links(),
        ],
        detail={"state": TaskingState.REQUESTED.value, "accept_by": made.accept_by, "intent": made.intent},
    )
    due_at = made.due_at or (option.meet_at or made.accept_by) + made.examine_within
    tasking = Tasking(
        id=number, decision_id=decision, unit_id=unit.id, target_id=about.target.id if about.target else None,
        track_id=about.track.id if about.track else None, subject=about.label, intent=made.intent or "",
        state=TaskingState.REQUESTED.value, meet_lat=option.meet_lat, meet_lon=option.meet_lon,
        meet_place=option.meet_place, meet_at=option.meet_at, accept_by=made.accept_by, due_at=due_at,
        requested_at=deed.now, requested_by=deed.by, checked_in_at=deed.now, handling_id=handling,
        operation_id=about.operation.id if about.operation else None,
    )  # fmt: skip
    session.add(tasking)
    session.flush()
    session.add(
        TaskingStep(
            tasking_id=number, state=TaskingState.REQUESTED.value, at=deed.now, recorded_at=deed.now, by=deed.by,
            manner=Manner.DESK.value, log_seq=seq,
        )
    )  # fmt: skip
    deed.touch(tasking, unit)


def _work_on(deed: Deed, about: About) -> None:
    """The target is worked on by whoever decided; alerts about it are seen."""
    if about.operation is not None:  # it counts its units
        deed.touch(about.operation)
    if about.target is not None:
        about.target.claimed_by = deed.by
        deed.touch(about.target)
    for alert in _alerts(deed, about):
        alert.acknowledged_at, alert.acknowledged_by = deed.now, deed.by
        deed.session.add(
            AlertEvent(
                alert_id=alert.id, at=deed.now, what=AlertStep.ACKNOWLEDGED.value, by=deed.by, detail="by the decision"
            )
        )
        deed.touch(alert)


def _alerts(deed: Deed, about: About) -> list[Alert]:
    """Standing alerts nobody has acknowledged: the one it was taken from, and those about the same target."""
    standing = select(Alert).where(Alert.cleared_at.is_(None), Alert.acknowledged_at.is_(None))
    wanted = {about.alert.id} if about.alert is not None else set()
    if about.target is not None:
        own = standing.where(Alert.subject_kind == "target", Alert.subject_id == str(about.target.id))
        wanted |= {alert.id for alert in deed.session.scalars(own) if _may_see(deed, alert)}
    return list(deed.session.scalars(standing.where(Alert.id.in_(wanted)))) if wanted else []


def _may_see(deed: Deed, alert: Alert) -> bool:
    return isinstance(deed.actor, Actor) and sees_handling(deed.session, deed.actor, alert.handling_id)


def _said(made: Made) -> str:
    if not made.chosen:
        return f"Decided: nobody is sent to {made.about.label}."
    sent = " and ".join(one.unit.callsign for one in made.chosen)
    return f"{sent} asked to go to {made.about.label}; to accept by {made.accept_by:%H:%M} UTC."
