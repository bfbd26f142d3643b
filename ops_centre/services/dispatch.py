"""Decisions: what was chosen from which options, by whose authority and why, sealed in one deed with the taskings.

The options that are sealed are those the officer was shown, and the server knows them: it keeps each sheet it shows under
a random token, and a decision brings the token back. Nothing that a browser says about the options is believed.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.operations import ENDED
from ops_centre.domain.option_sheets import options_from
from ops_centre.domain.options import Options
from ops_centre.domain.targeting import OPEN_STATUSES, Severity, TargetStatus
from ops_centre.domain.tasking import needs_reason
from ops_centre.errors import Conflict, Invalid
from ops_centre.models import Alert, Decision, LogEntry, Operation, OptionSheet, Target, Track
from ops_centre.picture.dispatch_views import ShownOptions
from ops_centre.services import duty_log
from ops_centre.services.decisions import About, Made, write_decision
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.handlings import handling_id
from ops_centre.services.in_scope import in_scope
from ops_centre.services.units_to_send import units_to_send

SHEETS_KEPT = timedelta(hours=6)
MOST_UNITS = 12


class OptionsSource(Protocol):
    """Where options come from (`services.options`)."""

    def options(self, actor: Actor, kind: str, thing_id: str, /) -> Options:
        """The options for one subject. Raises NotFound, Invalid."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """What the officer decided. No unit: nobody is sent."""

    token: str  # of the options as shown
    unit_ids: tuple[int, ...]
    authority: str
    reason: str | None = None
    intent: str | None = None
    due_at: datetime | None = None  # complete by; None: as configured after the meeting
    accept_within: timedelta | None = None  # None: as configured for the subject's severity
    operation: int | None = None  # that it is part of


class Dispatch:
    """Shows options and takes decisions."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, deeds: Deeds, source: OptionsSource) -> None:
        self.db, self.clock, self.deeds, self.source = db, clock, deeds, source
        self.settings = settings

    def show(self, actor: Actor, about_kind: str, about_id: str) -> ShownOptions:
        """The options for a target, track, alert or log entry, kept so that a decision can seal them.

        Raises NotPermitted without tasking:decide, NotFound, Invalid.
        """
        authorise(actor, Permission.TASKING_DECIDE)
        options, now = self.source.options(actor, about_kind, about_id), self.clock.now()
        token = secrets.token_urlsafe(24)
        with self.db.begin() as session:
            session.execute(delete(OptionSheet).where(OptionSheet.shown_at < now - SHEETS_KEPT))
            newest = _newest_decision(session, options.target_id, options.track_id)
            session.add(
                OptionSheet(
                    token=token,
                    shown_to=actor.user_id,
                    shown_at=now,
                    options=options.as_plain(),
                    after_decision=newest.id if newest else 0,
                )
            )
        return ShownOptions(token, options, now, now + self._good_for)

    def decide(self, actor: Actor, choice: Choice, request_id: str | None = None) -> dict[str, Any]:
        """Take a decision: the taskings are requested, the target is worked on, its alerts are acknowledged.

        The answer: ``said``, ``decision`` (its number), ``href``.

        Raises Invalid for what is missing or too old, NotFound, and Conflict when a unit was tasked by somebody else or
        what it is about was closed meanwhile.
        """
        authorise(actor, Permission.TASKING_DECIDE)
        try:
            with self.deeds.begin(actor, "decide", request_id) as deed:
                duty_log.lock_log(deed.session)  # from here on nobody else decides
                self._decide(deed, actor, choice)
                return deed.answer
        except IntegrityError as taken:
            if "uq_taskings_unit_open" not in str(taken) and "taskings.unit_id" not in str(taken):
                raise
            raise Conflict("One of these units was tasked by somebody else a moment ago. Choose again.") from taken

    @property
    def _good_for(self) -> timedelta:
        return timedelta(minutes=self.settings.dispatch.options_good_minutes)

    def _decide(self, deed: Deed, actor: Actor, choice: Choice) -> int:
        sheet = self._sheet(deed, actor, choice.token)
        options = options_from(sheet.options)
        about = self._about(deed.session, actor, options, choice.operation)
        chosen = units_to_send(deed.session, actor, options, choice.unit_ids)
        _check_not_decided(deed.session, options, sheet)
        _check_words(options, choice)
        if choice.due_at is not None and choice.due_at <= deed.now:
            raise Invalid("The time by which it is to be complete lies behind us.")
        accept_by = deed.now + (choice.accept_within or self._accept_within(about))
        made = Made(
            options, sheet.options, sheet.shown_at, about, chosen, choice.authority, choice.reason, choice.intent, accept_by,
            choice.due_at, timedelta(minutes=self.settings.dispatch.examine_minutes),
        )  # fmt: skip
        return write_decision(deed, actor, made)

    def _sheet(self, deed: Deed, actor: Actor, token: str) -> OptionSheet:
        sheet = deed.session.get(OptionSheet, token[:100])
        if sheet is None or sheet.shown_to != actor.user_id:
            raise Invalid("These options are not known here any more. Look at the options again, then decide.")
        if deed.now - sheet.shown_at > self._good_for:
            raise Conflict(f"These options were shown at {sheet.shown_at:%H:%M} UTC and are too old. Look again.")
        return sheet

    def _about(self, session: Session, actor: Actor, options: Options, operation_id: int | None) -> About:
        """What it is about, as it stands now. Raises NotFound outside the scope, Conflict when it was closed."""
        operation = open_operation(session, actor, operation_id) if operation_id is not None else None
        alert = entry = None
        if options.about_kind == "alert":
            alert = in_scope(session, actor, Alert, int(options.about_id), "alert")
        if options.about_kind == "entry":
            entry = in_scope(session, actor, LogEntry, int(options.about_id), "entry")
        target = in_scope(session, actor, Target, options.target_id, "target") if options.target_id else None
        if target is not None and target.status not in OPEN_STATUSES:
            raise Conflict(f"{target.label} was closed meanwhile ({TargetStatus(target.status).value}). Look again.")
        track = session.get(Track, options.track_id) if options.track_id else None
        known = [thing.handling_id for thing in (target, alert, entry, operation) if thing is not None]
        own = known[0] if known else handling_id(session, self.settings.centre.agency, "GREEN")
        return About(options.label, target, track, alert, entry, own, tuple(known[1:]), operation)

    def _accept_within(self, about: About) -> timedelta:
        minutes, severity = self.settings.dispatch, about.severity
        by_severity = {
            Severity.TOP.value: minutes.accept_minutes_top,
            Severity.HIGH.value: minutes.accept_minutes_high,
        }
        return timedelta(minutes=by_severity.get(severity or "", minutes.accept_minutes_normal))


def open_operation(session: Session, actor: Actor, operation_id: int) -> Operation:
    """One that taskings can be part of. Raises NotFound, Conflict when it has ended."""
    operation = in_scope(session, actor, Operation, operation_id, "operation")
    if operation.state in ENDED:
        raise Conflict(f"{operation.reference} is {operation.state}: nobody is sent under it any more.")
    return operation


def _newest_decision(session: Session, target_id: int | None, track_id: int | None) -> Decision | None:
    """The newest decision about a target, or about a craft that no target is about."""
    if target_id is None and track_id is None:
        return None
    same = Decision.target_id == target_id if target_id is not None else Decision.track_id == track_id
    return session.scalars(select(Decision).where(same).order_by(Decision.id.desc()).limit(1)).first()


def _check_not_decided(session: Session, options: Options, sheet: OptionSheet) -> None:
    """Raise Conflict when somebody decided about the same subject after these options were shown."""
    newest = _newest_decision(session, options.target_id, options.track_id)
    if newest is not None and newest.id > sheet.after_decision:
        raise Conflict(
            f"{newest.decided_by} decided about {options.label} at {newest.decided_at:%H:%M} UTC "
            f"(decision {newest.id}). Look again, then choose."
        )


def _check_words(options: Options, choice: Choice) -> None:
    wanted = needs_reason(options, choice.unit_ids)
    if wanted and not choice.reason:
        raise Invalid(wanted)
    if choice.unit_ids and not choice.intent:
        raise Invalid("Say what must be done (the intent). How is the unit's own matter.")
    if not choice.authority:
        raise Invalid("Say by whose authority.")
    if len(choice.unit_ids) > MOST_UNITS:
        raise Invalid(f"At most {MOST_UNITS} units can be sent by one decision.")
