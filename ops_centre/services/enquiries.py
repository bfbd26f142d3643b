"""Enquiries to the 24x7 single point of contact: taken down, taken up, answered or withdrawn; every step is logged.

An enquiry is handled at least as strictly as what it is linked to, so that neither it nor its log entries tell anybody of
a thing they may not know. Nothing leaves the room without a legal basis: an answer that would is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import rule_of
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.duty_log import EntryKind, Link, ThingKind, link
from ops_centre.domain.handling import HandlingRule, Marking, covers
from ops_centre.domain.watches import AskerKind, EnquiryState, leaves
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import Alert, Enquiry, Handling, LogEntry, Target, Tasking, Track, Unit
from ops_centre.picture.scope import scope_of, sees
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.handlings import handling_id

MAX_ID = 2**31 - 1
MOST_LINKS = 20
EARLIEST = timedelta(days=3)  # how long before it is taken down a question may have been asked
LINKED: dict[ThingKind, tuple[Any, str]] = {  # what an enquiry may be linked to, and what each is called
    ThingKind.TARGET: (Target, "label"),
    ThingKind.TRACK: (Track, "name"),
    ThingKind.UNIT: (Unit, "callsign"),
    ThingKind.ENTRY: (LogEntry, "seq"),
    ThingKind.ALERT: (Alert, "title"),
    ThingKind.TASKING: (Tasking, "subject"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is taken down. ``things``: (kind, id) of what it is about."""

    asker_kind: AskerKind
    asker: str
    question: str
    due_at: datetime
    contact: str | None = None
    legal_basis: str | None = None
    outside: bool = False  # the officer says that the answer leaves the room
    marking: str = Marking.AMBER.value
    releases: Sequence[str] = ()
    things: Sequence[tuple[str, str]] = ()
    asked_at: datetime | None = None  # None: now


class Enquiries:
    """Acts on enquiries."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, deeds: Deeds) -> None:
        self.db = db
        self.clock = clock
        self.settings = settings
        self.deeds = deeds
        room = ((agency.code, agency.name) for agency in settings.agencies)
        self._room = frozenset(word.casefold() for both in room for word in both)

    def take_down(self, actor: Actor, asked: Asked, request_id: str | None = None) -> dict[str, Any]:
        """Write an enquiry down; whoever does has not taken it up yet. Raises Invalid, NotFound."""
        authorise(actor, Permission.ENQUIRY_HANDLE)
        with self.deeds.begin(actor, "take down enquiry", request_id) as deed:
            lock_log(deed.session)  # before a new handling is written: others write theirs with the log locked
            self._check(asked, deed.now)
            session = deed.session
            handling = self._handling(session, actor, asked)
            enquiry = Enquiry(
                asker_kind=asked.asker_kind.value,
                asker=asked.asker.strip(),
                contact=_given(asked.contact),
                question=asked.question.strip(),
                asked_at=asked.asked_at or deed.now,
                due_at=asked.due_at,
                state=EnquiryState.OPEN.value,
                leaves_country=leaves(asked.asker_kind, asked.asker.strip(), self._room, said=asked.outside),
                legal_basis=_given(asked.legal_basis),
                links=[one.plain() for one in self._links(session, actor, asked, handling)],
                recorded_at=deed.now,
                recorded_by=actor.name,
                handling_id=handling,
            )
            session.add(enquiry)
            session.flush()
            self._log(deed, enquiry, f"Enquiry from {_who(enquiry)}: {enquiry.question}", typed=True)
            deed.answer = {"said": f"Enquiry {enquiry.id} is taken down.", "enquiry": enquiry.id}
        return deed.answer

    def take_up(self, actor: Actor, enquiry_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Say that one works on it; somebody else's is taken over. Raises NotFound, Conflict."""
        authorise(actor, Permission.ENQUIRY_HANDLE)
        with self.deeds.begin(actor, "take up enquiry", request_id) as deed:
            enquiry = self._open(deed, actor, enquiry_id)
            if enquiry.taken_by == actor.name:
                raise Conflict("You have taken this enquiry up already.")
            over = f", taken over from {enquiry.taken_by}" if enquiry.taken_by else ""
            enquiry.taken_by, enquiry.taken_at = actor.name, deed.now
            self._log(deed, enquiry, f"Enquiry {enquiry.id} taken up by {actor.display_name}{over}.")
            deed.answer = {"said": f"Enquiry {enquiry.id} is yours."}
        return deed.answer

    def answer(
        self, actor: Actor, enquiry_id: int, answer: str, legal_basis: str | None = None, request_id: str | None = None
    ) -> dict[str, Any]:
        """Answer it. Where the answer leaves the room there must be a legal basis, from now or before.

        Raises NotFound, Conflict, Invalid.
        """
        authorise(actor, Permission.ENQUIRY_HANDLE)
        if not answer.strip():
            raise Invalid("Say what was answered.")
        with self.deeds.begin(actor, "answer enquiry", request_id) as deed:
            enquiry = self._open(deed, actor, enquiry_id)
            enquiry.legal_basis = _given(legal_basis) or enquiry.legal_basis
            if enquiry.leaves_country and not enquiry.legal_basis:
                raise Invalid(f"The answer leaves the room, to {_who(enquiry)}: name the legal basis first.")
            enquiry.state = EnquiryState.ANSWERED.value
            enquiry.answer, enquiry.answered_at, enquiry.answered_by = answer.strip(), deed.now, actor.name
            enquiry.taken_by = enquiry.taken_by or actor.name
            took = _lasting(deed.now - enquiry.asked_at)
            late = ", late" if deed.now > enquiry.due_at else ""
            basis = f" Legal basis: {enquiry.legal_basis}." if enquiry.legal_basis else ""
            said = f"Enquiry {enquiry.id} of {_who(enquiry)} answered after {took}{late}: {enquiry.answer}{basis}"
            self._log(deed, enquiry, said, typed=True)
            deed.answer = {"said": f"Enquiry {enquiry.id} answered after {took}{late}."}
        return deed.answer

    def withdraw(self, actor: Actor, enquiry_id: int, reason: str, request_id: str | None = None) -> dict[str, Any]:
        """Close it unanswered, with a reason. Raises NotFound, Conflict, Invalid."""
        authorise(actor, Permission.ENQUIRY_HANDLE)
        if not reason.strip():
            raise Invalid("Say why it is withdrawn.")
        with self.deeds.begin(actor, "withdraw enquiry", request_id) as deed:
            enquiry = self._open(deed, actor, enquiry_id)
            enquiry.state = EnquiryState.WITHDRAWN.value
            enquiry.withdrawn_at, enquiry.withdrawn_reason = deed.now, reason.strip()
            self._log(deed, enquiry, f"Enquiry {enquiry.id} withdrawn: {enquiry.withdrawn_reason}", typed=True)
            deed.answer = {"said": f"Enquiry {enquiry.id} is withdrawn."}
        return deed.answer

    # Parts

    def _check(self, asked: Asked, now: datetime) -> None:
        if not asked.asker.strip() or not asked.question.strip():
            raise Invalid("Say who asks and what.")
        if asked.due_at <= now:
            raise Invalid("The time it is due lies behind us.")
        if asked.asked_at is not None and not now - EARLIEST <= asked.asked_at <= now:
            raise Invalid("It was asked within the last three days, and not after now.")
        if len(asked.things) > MOST_LINKS:
            raise Invalid(f"At most {MOST_LINKS} links.")
        unknown = set(asked.releases) - {agency.code for agency in self.settings.agencies}
        if unknown:
            raise Invalid(f"There is no agency {', '.join(sorted(unknown))} in the room.")

    def _handling(self, session: Session, actor: Actor, asked: Asked) -> int:
        try:
            return handling_id(session, actor.agency, asked.marking, asked.releases)
        except ValueError as unknown:
            raise Invalid(f"{asked.marking!r} is no TLP marking.") from unknown

    def _links(self, session: Session, actor: Actor, asked: Asked, handling: int) -> list[Link]:
        rule = rule_of(session.get_one(Handling, handling))
        return [self._link(session, actor, kind, thing, rule) for kind, thing in dict.fromkeys(asked.things)]

    def _link(self, session: Session, actor: Actor, kind: str, thing: str, rule: HandlingRule) -> Link:
        """A link to what the actor may see and the enquiry's readers may see too. Raises NotFound, Invalid."""
        known = {one.value: one for one in LINKED}
        if kind not in known:
            raise Invalid(f"An enquiry cannot be linked to a {kind}; to {', '.join(known)}.")
        model, name = LINKED[known[kind]]
        number = int(thing) if thing.isascii() and thing.isdigit() and len(thing) < 11 else 0
        number = number if number <= MAX_ID else 0
        row = session.get(model, number) if number else None
        owned = getattr(row, "handling_id", None)  # a track is nobody's
        its = rule_of(session.get_one(Handling, owned)) if owned is not None else None
        if row is None or (its is not None and not sees(scope_of(actor), its)):
            raise NotFound(f"There is no {kind} {thing[:20]}, or it is not released to you.")
        if its is not None and not covers(rule, its):
            raise Invalid(
                f"The {kind} is {its.owner} TLP:{its.marking.value}. Mark the enquiry so that nobody reads of it who may not "
                f"know of that: AMBER or stricter, released to nobody else."
            )
        label = getattr(row, name) or getattr(row, "key", None) or thing
        return link(known[kind], number, f"entry {label}" if kind == ThingKind.ENTRY.value else str(label))

    def _open(self, deed: Deed, actor: Actor, enquiry_id: int) -> Enquiry:
        """An open enquiry in the actor's scope, held until the deed is done. Raises NotFound, Conflict."""
        lock_log(deed.session)
        enquiry = deed.session.get(Enquiry, enquiry_id) if 0 < enquiry_id <= MAX_ID else None
        rule = rule_of(deed.session.get_one(Handling, enquiry.handling_id)) if enquiry is not None else None
        if enquiry is None or rule is None or not sees(scope_of(actor), rule):
            raise NotFound("There is no such enquiry, or it is not released to you.")
        if enquiry.state != EnquiryState.OPEN.value:
            by = f" by {enquiry.answered_by}" if enquiry.answered_by else ""
            raise Conflict(f"Enquiry {enquiry.id} is {enquiry.state}{by} already.")
        return enquiry

    def _log(self, deed: Deed, enquiry: Enquiry, words: str, *, typed: bool = False) -> None:
        links = [link(ThingKind.ENQUIRY, enquiry.id, f"Enquiry {enquiry.id}")]
        links += [link(ThingKind(kind), thing, label) for kind, thing, label in enquiry.links]
        deed.touch(enquiry)
        deed.log(EntryKind.ENQUIRY, words, handling_id=enquiry.handling_id, links=links, typed=typed)
        deed.subject = f"enquiry {enquiry.id}"


def _who(enquiry: Enquiry) -> str:
    return f"{enquiry.asker} ({enquiry.asker_kind})"


def _given(text: str | None) -> str | None:
    return (text or "").strip() or None


def _lasting(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d}"
