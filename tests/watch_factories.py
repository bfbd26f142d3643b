"""Rows of the watch with sensible defaults, as `tests.factories`: log entries, alerts, decisions, taskings, watches."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.domain.duty_log import EntryKind
from ops_centre.models import Alert, Decision, Enquiry, Outcome, Target, Tasking, Unit, Watch, WatchMember
from ops_centre.services import duty_log
from tests.factories import _added, _fill, _numbers, actor, make_handling, make_user
from tests.support.clock import START


def make_entry(session: Session, text: str = "Vessel reported on VHF 16.", **given: Any) -> int:
    """A sealed log entry typed by nobody in particular; its sequence number. ``author``, ``now`` and the fields of
    `duty_log.Entry` may be given."""
    author: Actor | str = given.pop("author", duty_log.SYSTEM)
    now: datetime = given.pop("now", START)
    given.setdefault("kind", EntryKind.NOTE)
    given.setdefault("handling_id", make_handling(session, "OPS").id)
    return duty_log.append(session, now, author, [duty_log.Entry(text=text, **given)])[0]


def make_alert(session: Session, **given: Any) -> Alert:
    """A standing alert that nobody has seen, about a feed."""
    number = next(_numbers)
    alert = Alert(
        key=f"feed lost:feed:{number}",
        cause="feed lost",
        severity="high",
        title=f"Feed {number} lost",
        text="Nothing heard for 2 min.",
        subject_kind="feed",
        subject_id=str(number),
        raised_at=START,
        announced_at=START,
        count=1,
        revision=1,
    )
    alert.handling_id = given.pop("handling_id", None) or make_handling(session, "OPS").id
    return _added(session, _fill(alert, given))


def make_decision(session: Session, **given: Any) -> Decision:
    """A decision to send the first of no options, logged."""
    handling_id = given.pop("handling_id", None) or make_handling(session, "OPS").id
    decision = Decision(
        about_kind="target",
        about_id="1",
        about_label="CAP MANUEL",
        sends=True,
        options={},
        options_at=START,
        picture_revision=1,
        chosen=[],
        authority="duty officer",
        decided_by="duty.officer",
        decided_at=START,
        handling_id=handling_id,
        log_seq=make_entry(session, "Decision", kind=EntryKind.DECISION, handling_id=handling_id),
    )
    return _added(session, _fill(decision, given))


def make_tasking(session: Session, unit: Unit, target: Target | None = None, **given: Any) -> Tasking:
    """A tasking just requested of ``unit``."""
    handling_id = given.pop("handling_id", None) or make_handling(session, "OPS").id
    decision_id = given.pop("decision_id", None) or make_decision(session, handling_id=handling_id).id
    tasking = Tasking(
        decision_id=decision_id,
        unit_id=unit.id,
        target_id=target.id if target else None,
        track_id=target.track_id if target else None,
        subject=target.label if target else "CAP MANUEL",
        intent="Board and examine.",
        state="requested",
        accept_by=START + timedelta(minutes=5),
        requested_at=START,
        requested_by="duty.officer",
        checked_in_at=START,
        handling_id=handling_id,
        revision=1,
    )
    return _added(session, _fill(tasking, given))


def make_outcome(session: Session, tasking: Tasking, **given: Any) -> Outcome:
    """Nothing found."""
    outcome = Outcome(
        tasking_id=tasking.id,
        target_id=tasking.target_id,
        result="negative",
        examined_at=START,
        recorded_at=START,
        recorded_by="field.unit",
        log_seq=make_entry(session, "Outcome", kind=EntryKind.OUTCOME, handling_id=tasking.handling_id),
        handling_id=tasking.handling_id,
    )
    return _added(session, _fill(outcome, given))


def make_watch(session: Session, lead: str = "shift.lead", **given: Any) -> Watch:
    """A watch that was opened an hour ago and ends in seven, with its lead on it."""
    watch = Watch(
        name="A",
        starts_at=START - timedelta(hours=1),
        ends_at=START + timedelta(hours=7),
        state="open",
        lead=lead,
        opened_at=START - timedelta(hours=1),
        revision=1,
    )
    _added(session, _fill(watch, given))
    _added(session, WatchMember(watch_id=watch.id, user_name=lead, joined_at=watch.opened_at))
    return watch


def make_enquiry(session: Session, **given: Any) -> Enquiry:
    """An open question from another agency, due in an hour."""
    enquiry = Enquiry(
        asker_kind="agency",
        asker="POL",
        question="Is the yacht TERN in the country?",
        asked_at=START,
        due_at=START + timedelta(hours=1),
        state="open",
        leaves_country=False,
        links=[],
        recorded_at=START,
        recorded_by="duty.officer",
        revision=1,
    )
    enquiry.handling_id = given.pop("handling_id", None) or make_handling(session, "OPS").id
    return _added(session, _fill(enquiry, given))


def make_lead(session: Session, name: str = "lead", agency: str = "OPS") -> Actor:
    """An account that may lead watches."""
    user = make_user(session, Role.SHIFT_LEAD, agency, name=name, display_name=name.title())
    return actor(Role.SHIFT_LEAD, agency, user_id=user.id, name=name, display_name=user.display_name)


def make_officer(session: Session, name: str = "duty", agency: str = "OPS") -> Actor:
    """A duty officer's account."""
    user = make_user(session, Role.DUTY_OFFICER, agency, name=name, display_name=name.title())
    return actor(Role.DUTY_OFFICER, agency, user_id=user.id, name=name, display_name=user.display_name)
