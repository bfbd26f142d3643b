"""Calendars of an agency's deployments (iCalendar, RFC 5545) at secret addresses, for the calendars of people's desks.

Whoever has the address reads the calendar without signing in, so it holds little: the agency's own units as the agency may
know of them, and other things only where everybody may (CLEAR, GREEN). What is marked RED or AMBER+STRICT is in none.
Of a secret only its hash is stored. Every request counts for the network address that it comes from (`services.throttle`):
wrong addresses as wrong passwords do, and all of them together, because a calendar is dear to write.
"""

import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import icalendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.credentials import digest, new_session_id
from ops_centre.auth.permissions import Permission
from ops_centre.auth.plan_rights import may_plan
from ops_centre.auth.policy import rule_of
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.handling import HandlingRule, Marking, may_see
from ops_centre.domain.intervals import Interval
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.planning import OWN, Booking, BookingKind
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted, TooManyTries
from ops_centre.models import Handling, PlanCalendar, Unit
from ops_centre.picture.plan_gathering import VEILED, Gathered, PlanGathering
from ops_centre.services.deeds import Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.handlings import handling_id
from ops_centre.services.throttle import Limit, enter, network_of

LONGEST_LABEL = 80
LONGEST_SECRET = 100
BACK = timedelta(days=2)
READ_NOTED = timedelta(minutes=5)  # how exactly it is kept when a calendar was last read
_NEVER = (Marking.AMBER_STRICT, Marking.RED)
_OPEN = (Marking.CLEAR, Marking.GREEN)


@dataclass(frozen=True, slots=True)
class Made:
    """A new calendar. The address is told once and is nowhere afterwards."""

    id: int
    said: str
    address: str


class PlanCalendars:
    """Made, ended and read."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, deeds: Deeds, gazetteer: Gazetteer) -> None:
        self.db, self.clock, self.settings, self.deeds, self.gazetteer = db, clock, settings, deeds, gazetteer

    def make(self, actor: Actor, agency: str, label: str, request_id: str | None = None) -> Made:
        """A new secret address. Raises Invalid, NotPermitted; a repeated request is told without its address."""
        authorise(actor, Permission.PLAN_EDIT)
        self._check_mine(actor, agency)
        label = label.strip() or "calendar"
        if agency not in {one.code for one in self.settings.agencies} or len(label) > LONGEST_LABEL:
            raise Invalid(f"Name an agency of the room, and a label of at most {LONGEST_LABEL} characters.")
        secret = new_session_id()
        with self.deeds.begin(actor, "make plan calendar", request_id) as deed:
            lock_log(deed.session)
            row = PlanCalendar(
                agency=agency, label=label, secret_hash=digest(secret), made_by=actor.name, made_at=deed.now
            )
            deed.session.add(row)
            deed.session.flush()
            owned = handling_id(deed.session, actor.agency, Marking.AMBER.value, {agency})
            deed.log(EntryKind.PLAN, f"Calendar of {agency}'s deployments made: {label}.", handling_id=owned)
            deed.subject = f"plan calendar {row.id}"
            # the answer is kept for repeated requests: the secret must not be in it
            deed.answer = {"said": "The calendar was made already; its address was told once.", "calendar": row.id}
        said = f"Calendar of {agency}'s deployments made. Copy its address now: it is not shown again."
        return Made(row.id, said, f"/calendar/{secret}.ics")

    def end(self, actor: Actor, calendar_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Its address answers nobody any more. Raises NotFound, NotPermitted, Conflict."""
        authorise(actor, Permission.PLAN_EDIT)
        with self.deeds.begin(actor, "end plan calendar", request_id) as deed:
            lock_log(deed.session)
            row = deed.session.get(PlanCalendar, calendar_id)
            if row is None or not may_plan(actor, row.agency):
                raise NotFound("There is no such calendar, or it is another agency's.")
            if row.ended_at is not None:
                raise Conflict(f"It was ended by {row.ended_by} at {row.ended_at:%H:%M} UTC.")
            row.ended_by, row.ended_at = actor.name, deed.now
            owned = handling_id(deed.session, actor.agency, Marking.AMBER.value, {row.agency})
            deed.log(EntryKind.PLAN, f"Calendar of {row.agency}'s deployments ended: {row.label}.", handling_id=owned)
            deed.subject = f"plan calendar {row.id}"
            deed.answer = {"said": f"The calendar {row.label} is ended."}
        return deed.answer

    def read(self, secret: str, address: str) -> bytes:
        """The calendar at a secret, asked for from a network address. Raises NotFound, and TooManyTries for guessers and for
        who asks more often than calendar programs do."""
        now = self.clock.now()
        self._count_all(address, now)
        with self.db.reading() as session:
            row = _found(session, secret)
            content = self._written(session, row, now) if row is not None else b""
        if row is None:
            self._count(address, now)
            raise NotFound("There is no such calendar.")
        if row.read_at is None or now - row.read_at >= READ_NOTED:
            with self.db.begin() as session:
                session.get_one(PlanCalendar, row.id).read_at = now
        return content

    def _count_all(self, address: str, now: datetime) -> None:
        """Whatever is asked for, and before anything is read for it."""
        limit = Limit(f"calendars:{network_of(address)}", self.settings.planning.calendar_requests)
        with self.db.begin() as session:
            wait = enter(session, now, (limit,), self._window())
        if wait is not None:
            raise TooManyTries(
                f"Calendars were asked for too often from this address. Try again after {wait:%H:%M} UTC.",
                wait_s=max(math.ceil((wait - now).total_seconds()), 1),
            )

    def _window(self) -> timedelta:
        return timedelta(minutes=self.settings.sessions.attempts_minutes)

    def _count(self, address: str, now: datetime) -> None:
        """A wrong address is a try, as a wrong password is."""
        limit = Limit(f"calendar:{network_of(address)}", self.settings.sessions.attempts_per_address)
        with self.db.begin() as session:
            wait = enter(session, now, (limit,), self._window())
        if wait is not None:
            seconds = max(math.ceil((wait - now).total_seconds()), 1)
            raise TooManyTries(f"Too many wrong addresses. Try again after {wait:%H:%M} UTC.", wait_s=seconds)

    def _check_mine(self, actor: Actor, agency: str) -> None:
        if not may_plan(actor, agency):
            raise NotPermitted(f"You may make calendars of {actor.agency} only.")

    # The calendar

    def _written(self, session: Session, row: PlanCalendar, now: datetime) -> bytes:
        rules = {one.id: rule_of(one) for one in session.scalars(select(Handling))}
        seen = {number for number, rule in rules.items() if _may_hold(rule, row.agency)}
        units = {
            unit.id: unit
            for unit in session.scalars(select(Unit).where(Unit.withdrawn_at.is_(None), Unit.handling_id.in_(seen)))
            if unit.agency == row.agency or rules[unit.handling_id].marking in _OPEN
        }
        window = Interval(now - BACK, now + timedelta(days=self.settings.planning.calendar_days))
        gathering = PlanGathering(session, self.settings, self.gazetteer, now)
        gathered = gathering.gather(set(units), window, seen, timedelta(0))
        name = next((one.name for one in self.settings.agencies if one.code == row.agency), row.agency)
        calendar = self._empty(f"{name}: deployments")
        for number, bookings in gathered.bookings.items():
            for one in bookings:
                if _is_shown(one, units[number], row.agency, gathered, rules):
                    calendar.add_component(self._event(one, units[number], gathered, now))
        return bytes(calendar.to_ical())

    def _empty(self, name: str) -> icalendar.Calendar:
        calendar = icalendar.Calendar()
        mark = "EXERCISE " if self.settings.is_exercise else ""
        calendar.add("prodid", "-//Operations Centre//Plan//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", mark + name)
        calendar.add("refresh-interval", timedelta(minutes=15), parameters={"value": "DURATION"})
        return calendar

    def _event(self, booking: Booking, unit: Unit, gathered: Gathered, now: datetime) -> icalendar.Event:
        row = gathered.rows[booking.key]
        operation = gathered.operations.get(booking.operation_id or 0)
        exercise = self.settings.is_exercise or (operation is not None and operation.is_exercise)
        event = icalendar.Event()
        event.add("uid", f"{booking.key.replace(':', '-')}@{self.settings.centre.agency.casefold()}.ops-centre")
        event.add("summary", _line(f"{'EXERCISE ' if exercise else ''}{unit.callsign}: {booking.label}"))
        event.add("dtstart", booking.span.starts_at)
        event.add("dtend", min(booking.span.ends_at, now + timedelta(days=self.settings.planning.calendar_days)))
        event.add("dtstamp", now)
        event.add("categories", [booking.kind.value])
        event.add("transp", "OPAQUE")
        place = self.gazetteer.get(booking.place)
        if place is not None:
            event.add("location", place.name)
            event.add("geo", (place.lat, place.lon))
        if booking.kind in OWN:
            event.add("sequence", row.version)
        return event


def _line(words: str) -> str:
    """On one line, without control letters (RFC 5545 allows none) and without what only some programs take for a line's end:
    a name is never read as a second property."""
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())


def _found(session: Session, secret: str) -> PlanCalendar | None:
    """By the hash, compared again in constant time: an index's own comparison need not be."""
    hashed = digest(secret[:LONGEST_SECRET])
    row = session.scalar(select(PlanCalendar).where(PlanCalendar.secret_hash == hashed))
    if row is None or row.ended_at is not None or not hmac.compare_digest(row.secret_hash, hashed):
        return None
    return row


def _may_hold(rule: HandlingRule, agency: str) -> bool:
    return rule.marking not in _NEVER and may_see(rule, agency=agency, sees_restricted=True)


def _is_shown(booking: Booking, unit: Unit, agency: str, gathered: Gathered, rules: Mapping[int, HandlingRule]) -> bool:
    if booking.kind is BookingKind.TASKING or booking.label == VEILED:
        return False
    if unit.agency == agency:
        return True
    row = gathered.rows[booking.key]
    return rules[getattr(row, "handling_id", unit.handling_id)].marking in _OPEN
