"""Debriefs: opened, added to by several people, some of them in the field, and closed with a summary; every step is logged.

A debrief is handled as what it is about, or more narrowly. Nothing said in it is removed: a point is struck and stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.config import Settings
from ops_centre.domain.debriefs import DebriefOf, DebriefSort, DebriefState, PointHead, lacking
from ops_centre.domain.duty_log import ThingKind
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import Debrief, DebriefPoint, Watch
from ops_centre.picture.debrief_subjects import MODELS, about_of
from ops_centre.picture.debrief_views import About
from ops_centre.services import audit
from ops_centre.services.audit import AuditKind
from ops_centre.services.crews import check_speaks_for
from ops_centre.services.debrief_handling import no_more_open, rule_of_thing
from ops_centre.services.debrief_steps import (
    add_point,
    called,
    check_agencies,
    check_entry,
    check_opening,
    check_version,
    handled,
    log_debrief,
    open_one,
    rule_at,
    standing_heads,
    touch_operation,
    unit_in,
    whose,
)
from ops_centre.services.deeds import Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.handlings import handling_id
from ops_centre.services.in_scope import MAX_ID, in_scope, sees_handling


@dataclass(frozen=True, slots=True)
class Opening:
    """What is to be debriefed. ``marking`` None: handled as the thing is."""

    sort: DebriefSort
    about: DebriefOf
    about_id: int
    meant: str = ""  # empty: as the operation or the tasking says
    due_at: datetime | None = None
    marking: str | None = None
    releases: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A contribution. ``log_seq``: the entry of the duty log it speaks of."""

    head: PointHead
    text: str
    log_seq: int | None = None


class Debriefs:
    """Acts on debriefs."""

    def __init__(self, deeds: Deeds, settings: Settings) -> None:
        self.deeds = deeds
        self.settings = settings

    def open(self, actor: Actor, opening: Opening, request_id: str | None = None) -> dict[str, Any]:
        """Open one; of a thing at most one of a sort is open. Raises NotFound, Conflict, Invalid."""
        authorise(actor, Permission.DEBRIEF_LEAD)
        with self.deeds.begin(actor, "open debrief", request_id) as deed:
            lock_log(deed.session)
            about = self._about(deed.session, actor, opening)
            debrief = Debrief(
                sort=opening.sort.value,
                about_kind=opening.about.value,
                about_id=str(opening.about_id),
                about_label=about.label,
                state=DebriefState.OPEN.value,
                meant=opening.meant.strip() or about.meant,
                opened_by=actor.name,
                opened_at=deed.now,
                due_at=opening.due_at,
                version=1,
                handling_id=self._handling(deed.session, actor, opening),
            )
            check_opening(deed, debrief, about)
            deed.session.add(debrief)
            deed.session.flush()
            log_debrief(deed, debrief, f"{called(debrief)} opened by {actor.display_name}.")
            touch_operation(deed, debrief)
            deed.answer = {
                "said": f"{called(debrief)} is open.",
                "debrief": debrief.id,
                "page": f"/debriefs/{debrief.id}",
            }
        return deed.answer

    def contribute(self, actor: Actor, debrief_id: int, said: Said, request_id: str | None = None) -> dict[str, Any]:
        """Add a point. Raises NotFound, Conflict, Invalid."""
        authorise(actor, Permission.DEBRIEF_CONTRIBUTE)
        authorise(actor, Permission.DEBRIEF_VIEW)
        with self.deeds.begin(actor, "add to debrief", request_id) as deed:
            debrief = open_one(deed, actor, debrief_id)
            check_entry(deed.session, actor, said.log_seq)
            deed.answer = add_point(deed, debrief, _point(debrief, said, actor, deed.now))
        return deed.answer

    def contribute_from_field(
        self, actor: Actor, unit_id: int, debrief_id: int, said: Said, at: datetime, request_id: str | None = None
    ) -> dict[str, Any]:
        """Add a point for a unit that took part. ``at``: when its crew wrote it. Raises NotFound, Conflict, Invalid."""
        authorise(actor, Permission.DEBRIEF_CONTRIBUTE)
        authorise(actor, Permission.TASKING_REPORT)
        with self.deeds.begin(actor, "add to debrief from the field", request_id) as deed:
            lock_log(deed.session)
            unit, debrief = unit_in(deed, unit_id, deed.session.get(Debrief, debrief_id))
            check_speaks_for(deed.session, actor, unit, debrief.handling_id, "debrief")
            point = _point(debrief, said, actor, max(min(at, deed.now), debrief.opened_at))
            point.by_unit = unit.callsign
            deed.answer = add_point(deed, debrief, point)
        return deed.answer

    def strike(self, actor: Actor, point_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Strike a point: one's own, or any for whoever leads debriefs. Raises NotFound, NotPermitted, Conflict."""
        authorise(actor, Permission.DEBRIEF_VIEW)
        with self.deeds.begin(actor, "strike point", request_id) as deed:
            lock_log(deed.session)
            point = deed.session.get(DebriefPoint, point_id) if 0 < point_id <= MAX_ID else None
            its = deed.session.get_one(Debrief, point.debrief_id) if point is not None else None
            if point is None or its is None or not sees_handling(deed.session, actor, its.handling_id):
                raise NotFound("There is no such point, or it is not released to you.")
            debrief = open_one(deed, actor, point.debrief_id)
            if point.by != actor.name and not actor.may(Permission.DEBRIEF_LEAD):
                raise NotPermitted("A point is struck by whoever made it, or by whoever leads debriefs.")
            if point.struck_at is not None:
                raise Conflict(f"It was struck by {point.struck_by} already.")
            point.struck_by, point.struck_at = actor.name, deed.now
            log_debrief(deed, debrief, f"{called(debrief)}: a point of {whose(point)} struck: {point.text}")
            deed.answer = {"said": "The point is struck; it stays readable."}
        return deed.answer

    def say_meant(
        self, actor: Actor, debrief_id: int, version: int, meant: str, request_id: str | None = None
    ) -> dict[str, Any]:
        """Write anew what was meant. Raises NotFound, Conflict (an older version), Invalid."""
        authorise(actor, Permission.DEBRIEF_LEAD)
        if not meant.strip():
            raise Invalid("Say what was meant.")
        with self.deeds.begin(actor, "say what was meant", request_id) as deed:
            debrief = open_one(deed, actor, debrief_id)
            check_version(deed.session, ThingKind.DEBRIEF, debrief, version)
            debrief.meant = meant.strip()
            debrief.version += 1
            log_debrief(deed, debrief, f"{called(debrief)}, what was meant: {debrief.meant}", typed=True)
            deed.answer = {"said": "What was meant is written."}
        return deed.answer

    def close(
        self, actor: Actor, debrief_id: int, version: int, summary: str, request_id: str | None = None
    ) -> dict[str, Any]:
        """Close it; nothing is added afterwards but lessons. Raises NotFound, Conflict, Invalid naming what it lacks."""
        authorise(actor, Permission.DEBRIEF_LEAD)
        with self.deeds.begin(actor, "close debrief", request_id) as deed:
            debrief = open_one(deed, actor, debrief_id)
            check_version(deed.session, ThingKind.DEBRIEF, debrief, version)
            lacks = lacking(debrief.meant, standing_heads(deed.session, debrief.id), summary)
            if lacks:
                raise Invalid(f"Before it is closed it needs {', '.join(lacks)}.")
            debrief.state, debrief.summary = DebriefState.CLOSED.value, summary.strip()
            debrief.closed_by, debrief.closed_at = actor.name, deed.now
            debrief.version += 1
            log_debrief(deed, debrief, f"{called(debrief)} closed: {debrief.summary}", typed=True)
            touch_operation(deed, debrief)
            deed.answer = {"said": f"{called(debrief)} is closed."}
        return deed.answer

    def printed(self, actor: Actor, debrief_id: int) -> None:
        """Record that somebody was given a print of it (the caller has checked that they may)."""
        with self.deeds.db.begin() as session:
            now, subject = self.deeds.clock.now(), f"debrief {debrief_id}"
            audit.record(session, now, AuditKind.FILE_SAVED, actor, subject=subject, file="debrief")

    def _about(self, session: Session, actor: Actor, opening: Opening) -> About:
        if opening.about is DebriefOf.WATCH:
            authorise(actor, Permission.WATCH_VIEW)
            row: Any = session.get(Watch, opening.about_id)
            if row is None:
                raise NotFound("There is no such watch.")
        else:
            row = in_scope(session, actor, MODELS[opening.about], opening.about_id, opening.about.value)
        return about_of(session, opening.about, row)

    def _handling(self, session: Session, actor: Actor, opening: Opening) -> int:
        """As the thing is handled, or what was asked for where nobody more would read of it. Raises Invalid."""
        thing = rule_of_thing(session, self.settings, actor, opening.about.value, str(opening.about_id))
        its = handling_id(session, thing.owner, thing.marking.value, thing.releases)
        if opening.marking is None:
            return its
        check_agencies(self.settings, opening.releases)
        wanted = handling_id(session, thing.owner, opening.marking, opening.releases)
        if not no_more_open(rule_at(session, wanted), thing):
            raise Invalid(f"The {opening.about} is {handled(thing)}: its debrief is read by nobody more.")
        if wanted != its and not sees_handling(session, actor, wanted):
            raise Invalid("So marked you could not read it yourself.")
        return wanted


def _point(debrief: Debrief, said: Said, actor: Actor, at: datetime) -> DebriefPoint:
    return DebriefPoint(
        debrief_id=debrief.id,
        head=said.head.value,
        text=said.text.strip(),
        log_seq=said.log_seq,
        by=actor.name,
        at=at,
    )
