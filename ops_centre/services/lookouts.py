"""Lookouts: set up and ended by people, followed by the worker. A craft is matched by the clues that targets go by.

Following writes a row only when something about it changed; what alerts come of it is the sweep's business.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import rule_of
from ops_centre.db import Database
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.handling import HandlingRule, Marking
from ops_centre.domain.identity import is_imo_number
from ops_centre.domain.lookouts import IDENTIFIERS, LIMITS, MOST_DAYS, looked
from ops_centre.domain.targeting import Severity, SubjectKind
from ops_centre.errors import Conflict, Invalid
from ops_centre.models import Handling, Lookout, Track
from ops_centre.picture.alert_views import LookoutView
from ops_centre.picture.scope import scope_of, sees
from ops_centre.services import duty_log
from ops_centre.services.chunks import chunks
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import SYSTEM
from ops_centre.services.handlings import handling_id
from ops_centre.services.in_scope import in_scope
from ops_centre.services.target_tracks import Clue, clues_of, crafts_for

MOST_WORDS = 500
ENDED_SHOWN = timedelta(days=30)
_WHERE = (Track.id, Track.zone, Track.observed_at, Track.left_at)


@dataclass(frozen=True, slots=True)
class NewLookout:
    """What somebody asks to be noticed."""

    subject_kind: str
    label: str
    identifiers: Mapping[str, Any]
    severity: str
    reason: str
    expires_at: datetime
    zones: Sequence[str] = ()
    dark_after_minutes: int | None = None
    legal_basis: str | None = None
    marking: str = Marking.GREEN.value
    releases: Sequence[str] = ()


class Lookouts:
    """Adds, ends, lists; and the worker's following."""

    def __init__(self, db: Database, deeds: Deeds) -> None:
        self.db, self.deeds = db, deeds

    def list(self, actor: Actor) -> list[LookoutView]:
        """Lookouts in the actor's scope: open ones by label, then those that ended in the last 30 days, newest first."""
        authorise(actor, Permission.ALERT_VIEW)
        recent = or_(Lookout.ended_at.is_(None), Lookout.ended_at > self.deeds.clock.now() - ENDED_SHOWN)
        scope = scope_of(actor)
        with self.db.reading() as session:
            rules = {row.id: rule_of(row) for row in session.scalars(select(Handling))}
            rows = session.execute(select(Lookout, Track).outerjoin(Track, Track.id == Lookout.track_id).where(recent))
            seen = [
                _view(lookout, track, rules[lookout.handling_id])
                for lookout, track in rows
                if sees(scope, rules[lookout.handling_id])
            ]
        return sorted(seen, key=_order)

    def add(self, actor: Actor, new: NewLookout, request_id: str | None = None) -> str:
        """Set a lookout up under the actor's agency; what was said. Raises Invalid."""
        authorise(actor, Permission.LOOKOUT_EDIT)
        with self.deeds.begin(actor, "add lookout", request_id) as deed:
            duty_log.lock_log(deed.session)
            known = checked(new, deed.now)
            lookout = Lookout(
                subject_kind=new.subject_kind, label=new.label.strip(), identifiers=known, zones=list(new.zones),
                dark_after_minutes=new.dark_after_minutes, severity=new.severity, reason=new.reason.strip(),
                legal_basis=new.legal_basis, created_at=deed.now, created_by=deed.by, expires_at=new.expires_at, seen={},
                handling_id=handling_id(deed.session, actor.agency, new.marking, new.releases),
            )  # fmt: skip
            deed.session.add(lookout)
            deed.session.flush()
            until = f"{new.expires_at:%d %b %H:%M} UTC"
            said = f"Lookout for {lookout.label} until {until}: {_asked(lookout)}. Reason: {lookout.reason}"
            deed.answer = {"lookout": lookout.id}
            return _said(deed, lookout, said)

    def end(self, actor: Actor, lookout_id: int, reason: str, request_id: str | None = None) -> str:
        """End a lookout before its time. Raises NotFound, Conflict, Invalid."""
        authorise(actor, Permission.LOOKOUT_EDIT)
        reason = " ".join(reason.split())
        if not 3 <= len(reason) <= MOST_WORDS:
            raise Invalid(f"Give a reason of 3 to {MOST_WORDS} characters.")
        with self.deeds.begin(actor, "end lookout", request_id) as deed:
            duty_log.lock_log(deed.session)
            lookout = in_scope(deed.session, actor, Lookout, lookout_id, "lookout")
            if lookout.ended_at is not None:
                raise Conflict(f"The lookout ended at {lookout.ended_at:%d %b %H:%M} UTC.")
            lookout.ended_at, lookout.ended_by = deed.now, deed.by
            return _said(deed, lookout, f"Lookout for {lookout.label} ended. Reason: {reason}")

    def follow(self) -> int:
        """The worker's duty: expire, match craft, note where each is. How many lookouts changed."""
        with self.db.reading() as session:
            if not _news(session, self.deeds.clock.now()):
                return 0
        with self.deeds.begin(SYSTEM, "follow lookouts") as deed:
            duty_log.lock_log(deed.session)
            changed = _news(deed.session, deed.now)
            for lookout, values in changed:
                for name, value in values.items():
                    setattr(lookout, name, value)
                if lookout.ended_at is not None:
                    _said(deed, lookout, f"Lookout for {lookout.label} is over: its time has passed.")
        return len(changed)


def checked(new: NewLookout, now: datetime) -> dict[str, Any]:
    """The identifiers of a lookout that can be. Raises Invalid, in words."""
    faults = []
    known = {name: new.identifiers[name] for name in IDENTIFIERS if new.identifiers.get(name) not in (None, "")}
    if new.subject_kind not in tuple(SubjectKind):
        faults.append(f"the subject must be one of {', '.join(SubjectKind)}")
    if not 1 <= len(new.label.strip()) <= 200 or not 3 <= len(new.reason.strip()) <= MOST_WORDS:
        faults.append("it needs a name and a reason")
    if new.severity not in tuple(Severity):
        faults.append("the severity must be top, high or normal")
    if set(new.zones) - set(LIMITS):
        faults.append(f"zones are {', '.join(LIMITS)}")
    if new.dark_after_minutes is not None and not 1 <= new.dark_after_minutes <= 10_080:
        faults.append("minutes until it counts as dark are 1 to 10080")
    if not new.zones and new.dark_after_minutes is None:
        faults.append("say which zone to watch, or after how long it counts as dark")
    if not now < new.expires_at <= now + timedelta(days=MOST_DAYS):
        faults.append(f"it must end within {MOST_DAYS} days")
    if new.marking not in tuple(Marking):
        faults.append(f"the marking must be one of {', '.join(Marking)}")
    faults += _faults_of(known)
    if faults:
        raise Invalid("This cannot be a lookout: " + "; ".join(faults) + ".")
    return known


def _faults_of(known: Mapping[str, Any]) -> list[str]:
    faults = []
    if not clues_of(dict(known)):
        faults.append("give an MMSI, IMO number, ICAO address, registration or flight to know the craft by")
    if "mmsi" in known and not (isinstance(known["mmsi"], int) and 0 < known["mmsi"] <= 999_999_999):
        faults.append("an MMSI has nine digits")
    if "imo" in known and not (isinstance(known["imo"], int) and is_imo_number(known["imo"])):
        faults.append("this is no IMO number (its last digit checks the others)")
    return faults


def _news(session: Session, now: datetime) -> list[tuple[Lookout, dict[str, Any]]]:
    """Open lookouts of which something must be written, with what."""
    lookouts = list(session.scalars(select(Lookout).where(Lookout.ended_at.is_(None))))
    if not lookouts:
        return []
    crafts = crafts_for(session, (lookout.identifiers for lookout in lookouts))
    matched = {one.id: crafts.match(_clues(one), None) for one in lookouts}
    where = _where(session, {craft.id for craft in matched.values() if craft} | {one.track_id or 0 for one in lookouts})
    changed = []
    for lookout in lookouts:
        craft = matched[lookout.id]
        values = _of(lookout, where.get(craft.id if craft else lookout.track_id or 0), now)
        if values:
            changed.append((lookout, values))
    return changed


def _of(lookout: Lookout, track: Row[*tuple[Any, ...]] | None, now: datetime) -> dict[str, Any]:
    if lookout.expires_at <= now:
        return {"ended_at": now, "ended_by": SYSTEM}
    if track is None:
        return {}
    values: dict[str, Any] = {} if lookout.track_id == track.id else {"track_id": track.id}
    if track.observed_at is not None:
        before = lookout.seen if lookout.track_id == track.id else {}
        seen = looked(before, track.zone, track.observed_at, lookout.zones)
        if {**seen, "at": 0} != {**before, "at": 0}:  # the time of each position is the track's; it is not kept twice
            values["seen"] = seen
    return values


def _clues(lookout: Lookout) -> list[Clue]:
    return clues_of(lookout.identifiers)


def _where(session: Session, ids: set[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    found: dict[int, Row[*tuple[Any, ...]]] = {}
    for some in chunks(ids - {0}):
        found |= {row.id: row for row in session.execute(select(*_WHERE).where(Track.id.in_(some)))}
    return found


def _asked(lookout: Lookout) -> str:
    parts = [f"entering {', '.join(lookout.zones)}"] if lookout.zones else []
    parts += [f"silent for {lookout.dark_after_minutes} min"] if lookout.dark_after_minutes else []
    return " or ".join(parts)


def _said(deed: Deed, lookout: Lookout, said: str) -> str:
    things = [link(ThingKind.LOOKOUT, lookout.id, lookout.label)]
    things += [link(ThingKind.TRACK, lookout.track_id, lookout.label)] if lookout.track_id else []
    deed.log(EntryKind.LOOKOUT, said, handling_id=lookout.handling_id, links=things, detail={"lookout": lookout.id})
    deed.subject = f"lookout {lookout.id}"
    deed.answer = deed.answer | {"said": said}
    return said


def _view(lookout: Lookout, track: Track | None, rule: HandlingRule) -> LookoutView:
    return LookoutView(
        lookout.id, lookout.subject_kind, lookout.label, tuple((k, str(v)) for k, v in lookout.identifiers.items()),
        tuple(lookout.zones), lookout.dark_after_minutes, lookout.severity, lookout.reason, lookout.legal_basis,
        lookout.created_at, lookout.created_by, lookout.expires_at, lookout.ended_at, lookout.ended_by, lookout.track_id,
        (track.name or track.flight or track.callsign or track.key) if track else None, lookout.seen.get("zone"),
        track.observed_at if track else None, rule.owner, rule.marking.value,
    )  # fmt: skip


def _order(view: LookoutView) -> tuple[bool, float, str, int]:
    ended = view.ended_at
    return ended is not None, -ended.timestamp() if ended else 0.0, view.label.casefold(), view.id
