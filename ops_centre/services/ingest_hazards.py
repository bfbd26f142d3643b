"""Store warnings: a message once, its hazards, and what it ends, whichever of the two comes first."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.hazards import ENDS_OTHERS, GRAVE, HazardReport, HazardState, MessageKind, state_at_first
from ops_centre.domain.tally import Tally
from ops_centre.models import FeedRecord, Hazard, HazardMessage, HazardReference
from ops_centre.services.chunks import chunks
from ops_centre.services.duty_log import Entry
from ops_centre.services.handlings import Handlings

_OF_MESSAGE = ("ref", "sender", "identifier", "kind", "status", "scope", "note", "is_signed", "sent_at", "received_at")
_OF_HAZARD = (
    "event", "category", "urgency", "severity", "certainty", "onset_at", "effective_at", "expires_at", "sender_name",
    "headline", "description", "instruction", "language", "web", "contact", "others", "areas",
)  # fmt: skip


def store_hazards(
    session: Session,
    feed_id: int,
    reports: Sequence[HazardReport],
    *,
    now: datetime,
    revision: Callable[[], int],
    said: list[Entry],
) -> Tally:
    """Store ``reports`` of one feed, oldest sent first. ``said`` gets what the duty log shall tell of it."""
    tally, handlings = Tally(), Handlings(session)
    owner = session.scalars(select(FeedRecord.agency).where(FeedRecord.id == feed_id)).one()
    known = _known(session, feed_id, [report.ref for report in reports])
    for report in sorted(reports, key=lambda one: one.sent_at):
        if report.ref in known:
            tally.duplicate += 1
            continue
        known.add(report.ref)
        tally.stored += 1
        message = HazardMessage(feed_id=feed_id, handling_id=handlings.id(owner, report.marking, ()))
        for name in _OF_MESSAGE:
            setattr(message, name, getattr(report, name))
        session.add(message)
        session.flush()
        session.add_all(HazardReference(message_id=message.id, ref=ref) for ref in report.references)
        _end_others(session, message, report, now, revision, said)
        _write_parts(session, message, report, now, revision, said)
    return tally


def end_expired(session: Session, now: datetime, revision: Callable[[], int]) -> int:
    """Take hazards that have run out from the picture; how many."""
    over = session.scalars(
        select(Hazard).where(Hazard.state == HazardState.IN_FORCE.value, Hazard.expires_at <= now)
    ).all()
    for hazard in over:
        hazard.state, hazard.ended_at, hazard.revision = HazardState.EXPIRED.value, hazard.expires_at, revision()
    return len(over)


def _known(session: Session, feed_id: int, refs: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(refs):
        found |= set(
            session.scalars(
                select(HazardMessage.ref).where(HazardMessage.feed_id == feed_id, HazardMessage.ref.in_(some))
            )
        )
    return found


def _end_others(
    session: Session,
    message: HazardMessage,
    report: HazardReport,
    now: datetime,
    revision: Callable[[], int],
    said: list[Entry],
) -> None:
    """An update or a cancel ends what it refers to, of its own sender's or another's in this feed."""
    if report.kind not in ENDS_OTHERS:
        return
    state = HazardState.CANCELLED if report.kind == MessageKind.CANCEL else HazardState.REPLACED
    for some in chunks(report.references):
        ended = session.scalars(
            select(Hazard)
            .join(HazardMessage, HazardMessage.id == Hazard.message_id)
            .where(
                HazardMessage.feed_id == message.feed_id,
                HazardMessage.ref.in_(some),
                HazardMessage.status == report.status,  # an exercise never ends what is real
                Hazard.state == HazardState.IN_FORCE.value,
            )
        )
        for hazard in ended:
            hazard.state, hazard.ended_at, hazard.ended_by = state.value, now, message.ref
            hazard.revision = revision()
            if state is HazardState.CANCELLED and hazard.severity in GRAVE:
                said.append(_entry(hazard, "cancelled", report.status))


def _write_parts(
    session: Session,
    message: HazardMessage,
    report: HazardReport,
    now: datetime,
    revision: Callable[[], int],
    said: list[Entry],
) -> None:
    if not report.parts:
        return
    ender = _ended_before(session, message)
    for number, part in enumerate(report.parts):
        state = state_at_first(report.kind, ender.kind if ender else None, part.expires_at, now)
        hazard = Hazard(
            message_id=message.id, part=number, state=state.value, handling_id=message.handling_id, revision=revision()
        )
        for name in _OF_HAZARD:
            setattr(hazard, name, getattr(part, name))
        hazard.caveats = list(part.caveats)
        if state is not HazardState.IN_FORCE:
            hazard.ended_at, hazard.ended_by = now, ender.ref if ender else None
        session.add(hazard)
        session.flush()
        if state is HazardState.IN_FORCE and part.severity in GRAVE:
            said.append(_entry(hazard, "updated" if report.kind == MessageKind.UPDATE else "issued", report.status))


def _ended_before(session: Session, message: HazardMessage) -> HazardMessage | None:
    """The message that came earlier and ends this one; a cancel rather than an update."""
    found = session.scalars(
        select(HazardMessage)
        .join(HazardReference, HazardReference.message_id == HazardMessage.id)
        .where(
            HazardReference.ref == message.ref,
            HazardMessage.feed_id == message.feed_id,
            HazardMessage.status == message.status,
            HazardMessage.kind.in_([kind.value for kind in ENDS_OTHERS]),
        )
        .order_by(HazardMessage.sent_at)
    ).all()
    return next((one for one in found if one.kind == MessageKind.CANCEL), found[-1] if found else None)


def _entry(hazard: Hazard, word: str, status: str) -> Entry:
    mark = "" if status == "Actual" else f"{status.upper()}: "
    title = hazard.headline or hazard.event
    text = f"{mark}Hazard {word}: {title} ({hazard.severity}, {hazard.urgency}), {_names(hazard.areas)}"
    return Entry(EntryKind.HAZARD, text[:500], hazard.handling_id, [link(ThingKind.HAZARD, hazard.id, title[:120])])


def _names(areas: Iterable[dict[str, object]]) -> str:
    return "; ".join(str(area["name"]) for area in areas if area["name"])[:200] or "no area named"
