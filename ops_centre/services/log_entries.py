"""What people write in the duty log: entries and corrections.

An entry may be read by whoever may read everything it refers to: it takes the strictest marking among its links. A
correction is an entry of its own beside the old one, which stays as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.domain.duty_log import TYPED, EntryKind, Link, ThingKind, link
from ops_centre.domain.log_filter import operation_id
from ops_centre.domain.log_text import guess_kind, operations_of
from ops_centre.errors import Conflict, Invalid, NotPermitted
from ops_centre.models import LogEntry
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import MAX_TEXT, lock_log
from ops_centre.services.in_scope import in_scope
from ops_centre.services.log_things import check_covered, marked, resolved

CLOCK_TOLERANCE = timedelta(minutes=1)  # a desk's clock may be ahead of ours by so much
SET_BACK_UNASKED = timedelta(hours=24)
MAX_LINKS = 40


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What somebody wants to write. What is None is worked out: the kind from the text, the marking from the links."""

    text: str
    kind: str | None = None
    links: Sequence[tuple[str, str]] = ()  # kind and id; what it is called is looked up
    occurred_at: datetime | None = None
    set_back: bool = False  # they mean it, though it is more than a day ago
    decider: str | None = None
    marking: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody puts right. The kind, the links, the marking and the decider stay those of the old entry."""

    text: str
    reason: str
    occurred_at: datetime | None = None  # None: as the old one says
    links: Sequence[tuple[str, str]] = field(default=())  # beside those of the old one


class LogEntries:
    """Writing and correcting."""

    def __init__(self, deeds: Deeds, centre_agency: str) -> None:
        self.deeds = deeds
        self.centre_agency = centre_agency

    def write(self, actor: Actor, entry: NewEntry, request_id: str | None = None) -> dict[str, Any]:
        """Write an entry; its number and address. Raises NotPermitted, Invalid, NotFound (of a link), Repeated."""
        authorise(actor, Permission.LOG_WRITE)
        text = _text(entry.text)
        kind = _kind(entry.kind, text)
        with self.deeds.begin(actor, "write log entry", request_id) as deed:
            lock_log(deed.session)  # before a new handling is written: deeds lock in one order
            things = resolved(deed.session, actor, _wanted_links(entry.links, text))
            handling_id, lowered = marked(deed.session, actor, things, entry.marking, self.centre_agency)
            occurred_at = _occurred(entry.occurred_at, deed.now, meant=entry.set_back)
            seq = deed.log(
                kind,
                text,
                handling_id=handling_id,
                links=[thing.link for thing in things],
                occurred_at=occurred_at,
                decider=_line(entry.decider),
                detail={"lowered_from": lowered} if lowered else None,
                typed=True,
            )
            return _told(deed, seq, f"Entry {seq} is in the log.")

    def correct(self, actor: Actor, seq: int, correction: Correction, request_id: str | None = None) -> dict[str, Any]:
        """Put an entry right by a new one that says why. Raises NotPermitted, Invalid, NotFound, Conflict, Repeated."""
        authorise(actor, Permission.LOG_WRITE)
        text, reason = _text(correction.text), _line(correction.reason)
        if reason is None:
            raise Invalid("Say why the entry is corrected.")
        with self.deeds.begin(actor, "correct log entry", request_id) as deed:
            lock_log(deed.session)  # two corrections of one entry: the second sees the first
            old = in_scope(deed.session, actor, LogEntry, seq, "entry")
            _check_correctable(deed.session, actor, old)
            links = [link(ThingKind(kind), thing, label) for kind, thing, label in old.links]
            more = resolved(deed.session, actor, _wanted_links(correction.links, text))
            check_covered(deed.session, old.handling_id, more)
            links += [one.link for one in more]
            occurred_at = _occurred(correction.occurred_at, deed.now, meant=True) or old.occurred_at
            new = deed.log(
                EntryKind(old.kind),
                text,
                handling_id=old.handling_id,
                links=_each_once([*links, link(ThingKind.ENTRY, seq, f"entry {seq}")]),
                occurred_at=occurred_at,
                decider=old.decider,
                corrects=seq,
                detail={"reason": reason},
                typed=True,
            )
            return _told(deed, new, f"Entry {seq} is corrected by entry {new}.")


def _told(deed: Deed, seq: int, said: str) -> dict[str, Any]:
    deed.subject = f"log entry {seq}"
    deed.answer = {"said": said, "seq": seq, "href": f"/log/{seq}"}
    return deed.answer


def _check_correctable(session: Session, actor: Actor, old: LogEntry) -> None:
    """Their own entries, or any for whoever leads a watch; and each entry once, so that corrections form a line."""
    if old.author_id != actor.user_id and not actor.may(Permission.WATCH_LEAD):
        raise NotPermitted("An entry is corrected by its author or by a shift lead.")
    newer = session.scalar(select(func.max(LogEntry.seq)).where(LogEntry.corrects == old.seq))
    if newer is not None:
        raise Conflict(f"Entry {old.seq} was corrected by entry {newer} already; correct that one.")


def _text(words: str) -> str:
    text = words.replace("\0", " ").strip()
    if not text:
        raise Invalid("An entry needs words.")
    if len(text) > MAX_TEXT:
        raise Invalid(f"An entry has at most {MAX_TEXT:,} characters.")
    return text


def _line(words: str | None) -> str | None:
    return " ".join((words or "").split())[:200] or None


def _kind(given: str | None, text: str) -> EntryKind:
    if given is None:
        return guess_kind(text)
    if given not in TYPED:
        raise Invalid(f"The kind of an entry is one of {', '.join(TYPED)}.")
    return EntryKind(given)


def _wanted_links(given: Sequence[tuple[str, str]], text: str) -> list[tuple[str, str]]:
    """What was chosen, and the operations named in the text, each once."""
    named = [(ThingKind.OPERATION.value, f"#{word}") for word in operations_of(text)]
    chosen = [(kind, thing) for kind, thing in given if kind != ThingKind.OPERATION]
    known = {operation_id(word) for _kind, word in named}
    more = [one for one in given if one[0] == ThingKind.OPERATION and operation_id(one[1]) not in known]
    wanted = list(dict.fromkeys([*chosen, *named, *more]))
    if len(wanted) > MAX_LINKS:
        raise Invalid(f"An entry refers to at most {MAX_LINKS} things.")
    return wanted


def _each_once(links: Sequence[Link]) -> list[Link]:
    return list({(one.kind, one.id): one for one in links}.values())


def _occurred(given: datetime | None, now: datetime, *, meant: bool) -> datetime | None:
    """When it happened; None for now. Raises Invalid for the future, and for more than a day ago unless that is meant."""
    if given is None:
        return None
    if given > now + CLOCK_TOLERANCE:
        raise Invalid("The time lies in the future. What will happen is written when it has.")
    if given < now - SET_BACK_UNASKED and not meant:
        raise Invalid("The time lies more than 24 hours back. Confirm that it is meant.")
    return min(given, now)
