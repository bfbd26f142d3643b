"""What acts on debriefs and lessons share: loading, checking, adding a point, writing the log."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.policy import rule_of
from ops_centre.config import Settings
from ops_centre.domain.debriefs import HEAD_WORDS, DebriefOf, DebriefState
from ops_centre.domain.duty_log import EntryKind, Link, ThingKind, link
from ops_centre.domain.handling import HandlingRule
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import Debrief, DebriefPoint, Handling, LogEntry, LogLink, Operation, Unit
from ops_centre.picture.debrief_subjects import took_part
from ops_centre.picture.debrief_views import About
from ops_centre.services.deeds import Deed
from ops_centre.services.duty_log import lock_log
from ops_centre.services.in_scope import in_scope, sees_handling

FURTHEST = timedelta(days=3 * 366)
NOT_YOURS = "There is no such debrief open, or it is not yours to add to."


def open_one(deed: Deed, actor: Actor, debrief_id: int) -> Debrief:
    """An open debrief in the actor's scope, with the end of the log locked. Raises NotFound, Conflict."""
    lock_log(deed.session)
    debrief = in_scope(deed.session, actor, Debrief, debrief_id, "debrief")
    if debrief.state != DebriefState.OPEN:
        raise Conflict(f"{called(debrief)} was closed by {debrief.closed_by}. What follows is written as a lesson.")
    return debrief


def check_opening(deed: Deed, debrief: Debrief, about: About) -> None:
    """Raise unless it can be opened now: the thing has happened, is not being debriefed, and there is time."""
    if about.too_early:
        raise Conflict(about.too_early)
    if not debrief.meant:
        raise Invalid("Say what was meant to happen.")
    check_due(debrief.due_at, deed.now)
    same = select(Debrief).filter_by(
        about_kind=debrief.about_kind, about_id=debrief.about_id, sort=debrief.sort, state=DebriefState.OPEN.value
    )
    if (other := deed.session.scalars(same).first()) is not None:
        raise Conflict(f"{called(other)} is open already, since {other.opened_by} opened it.")


def check_due(due_at: datetime | None, now: datetime) -> None:
    """Raise Invalid unless a time that something is due by lies ahead, and not years ahead."""
    if due_at is not None and not now < due_at <= now + FURTHEST:
        raise Invalid("It is due at a time to come, within three years.")


def unit_in(deed: Deed, unit_id: int, debrief: Debrief | None) -> tuple[Unit, Debrief]:
    """The unit, and the debrief as one it may add to. Raises NotFound, Conflict where it was closed meanwhile."""
    unit = deed.session.get(Unit, unit_id)
    if unit is None or debrief is None:
        raise NotFound(NOT_YOURS)
    if not took_part(deed.session, unit, [debrief]):
        raise NotFound(NOT_YOURS)
    if debrief.state != DebriefState.OPEN:
        raise Conflict(f"{called(debrief)} was closed meanwhile. Tell the centre by radio or telephone.")
    return unit, debrief


def check_entry(session: Session, actor: Actor, seq: int | None) -> None:
    """Raise NotFound unless the actor may read the entry that a point speaks of."""
    if seq is None:
        return
    entry = session.get(LogEntry, seq)
    if entry is None or not sees_handling(session, actor, entry.handling_id):
        raise NotFound(f"There is no entry {seq} in the log, or it is not released to you.")


def add_point(deed: Deed, debrief: Debrief, point: DebriefPoint) -> dict[str, Any]:
    """Write a point and its log entry; the answer for whoever made it. Raises Invalid."""
    if not point.text:
        raise Invalid("Say something.")
    deed.session.add(point)
    deed.session.flush()
    head = {one.value: words for one, words in HEAD_WORDS.items()}[point.head]
    log_debrief(deed, debrief, f"{called(debrief)}, {head.lower()}, {whose(point)}: {point.text}", typed=True)
    return {"said": f"It is in the debrief under “{head}”.", "point": point.id}


def standing_heads(session: Session, debrief_id: int) -> list[str]:
    """The heads under which something stands that was not struck."""
    wanted = select(DebriefPoint.head).where(DebriefPoint.debrief_id == debrief_id, DebriefPoint.struck_at.is_(None))
    return list(session.scalars(wanted.distinct()))


def check_version(session: Session, kind: ThingKind, row: Any, version: int) -> None:
    """Raise Conflict, saying who, when the thing was changed since it was read."""
    if row.version == version:
        return
    of_it = select(LogEntry.author_name).join(LogLink, LogLink.seq == LogEntry.seq)
    of_it = of_it.where(LogLink.kind == kind.value, LogLink.thing == str(row.id)).order_by(LogEntry.seq.desc())
    who = session.scalar(of_it.limit(1)) or "somebody"
    raise Conflict(f"{who} changed this {kind} meanwhile. Look at it again, then repeat what you wrote.")


def check_agencies(settings: Settings, codes: Iterable[str]) -> None:
    """Raise Invalid unless all are agencies in the room."""
    unknown = set(codes) - {agency.code for agency in settings.agencies}
    if unknown:
        raise Invalid(f"There is no agency {', '.join(sorted(unknown))} in the room.")


def log_debrief(deed: Deed, debrief: Debrief, words: str, *, typed: bool = False) -> None:
    """Touch it and write an entry that refers to it and to what it is about."""
    deed.touch(debrief)
    links = links_of(debrief)
    deed.log(EntryKind.DEBRIEF, words, handling_id=debrief.handling_id, links=links, typed=typed)
    deed.subject = f"debrief {debrief.id}"


def touch_operation(deed: Deed, debrief: Debrief) -> None:
    """The operation that is debriefed moves too: whether it counts as debriefed hangs on it."""
    if debrief.about_kind == DebriefOf.OPERATION:
        deed.touch(deed.session.get_one(Operation, int(debrief.about_id)))


def links_of(debrief: Debrief) -> list[Link]:
    """The debrief and what it is about."""
    label = debrief.about_label if debrief.about_kind != DebriefOf.OPERATION else debrief.about_label.split(" ")[0]
    about = link(ThingKind(debrief.about_kind), debrief.about_id, label)
    return [link(ThingKind.DEBRIEF, debrief.id, f"Debrief {debrief.id}"), about]


def called(debrief: Debrief) -> str:
    """``Hot debrief 3 of D26-014 Northern Gate``."""
    return f"{debrief.sort.capitalize()} debrief {debrief.id} of {debrief.about_label}"


def whose(point: DebriefPoint) -> str:
    """Who made a point: the unit, where it came from the field."""
    return point.by_unit or point.by


def handled(rule: HandlingRule) -> str:
    """``CUS TLP:AMBER``."""
    return f"{rule.owner} TLP:{rule.marking.value}"


def rule_at(session: Session, handling_id: int) -> HandlingRule:
    """The rule of a stored handling."""
    return rule_of(session.get_one(Handling, handling_id))
