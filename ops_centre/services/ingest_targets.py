"""Store what targeting systems send, and keep each target on the track of its subject.

A version once stored is never replaced by a lower one. Hits are evidence: a later version adds and mends them, but
none is ever taken away.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.domain.evidence import reason_of
from ops_centre.domain.observations import HitReport, TargetReport
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.tally import Tally
from ops_centre.domain.targeting import OPEN_STATUSES
from ops_centre.models import Hit, Target
from ops_centre.services.chunks import chunks
from ops_centre.services.duty_log import Entry
from ops_centre.services.handlings import Handlings
from ops_centre.services.target_changes import as_it_was, change_of, entry_of, note_worse
from ops_centre.services.target_tracks import Craft, Crafts, clues_of, crafts_for, crafts_with_ids

MAX_WAITING = 5000  # newest targets without a track that are looked at when tracks change
_OF_TARGET = (
    "ref_version", "subject_kind", "label", "severity", "status", "score", "action",
    "arrives_at", "issued_at", "received_at",
)  # fmt: skip
_OF_HIT = (
    "kind", "criterion", "criterion_version", "explanation", "score", "matched_at",
    "source_system", "source_message", "source_text",
)  # fmt: skip
_OPEN = tuple(status.value for status in OPEN_STATUSES)

Waiting = tuple[int, dict[str, Any], datetime | None]  # id, identifiers, arrival


def store_targets(
    session: Session,
    feed_id: int,
    reports: Sequence[TargetReport],
    *,
    now: datetime,
    revision: Callable[[], int],
    gazetteer: Gazetteer,
    said: list[Entry] | None = None,
) -> Tally:
    """Store ``reports`` of one feed. ``revision()`` is called only when something changes.

    ``said`` gets what the duty log shall tell of it: what came, got worse, or was closed.
    """
    tally, handlings = Tally(), Handlings(session)
    targets = _known(session, feed_id, [report.ref for report in reports])
    news: dict[str, TargetReport] = {}
    for report in reports:
        known = news.get(report.ref) or targets.get(report.ref)
        if known is not None and report.ref_version <= known.ref_version:
            tally.duplicate += 1
            continue
        if report.ref in news:  # both count; the later one holds, with the evidence of both
            report.hits = _both(news[report.ref], report)
        news[report.ref] = report
        tally.stored += 1
    if not news:
        return tally
    crafts = crafts_for(session, (report.identifiers for report in news.values()))
    changes: list[tuple[Target, str]] = []
    for report in news.values():
        target = targets.setdefault(report.ref, Target(feed_id=feed_id, ref=report.ref))
        before = as_it_was(target)
        _write(target, report, gazetteer)
        note_worse(session, target, before, now)
        changes += [(target, word) for word in [change_of(before, target)] if word]
        target.handling_id = handlings.id(report.owner, report.marking, report.releases)
        target.track_id = _track_of(target, report, crafts)
        target.identifiers = report.identifiers
        target.updated_at, target.revision = now, revision()
    session.add_all(targets[ref] for ref in news)
    session.flush()
    _write_hits(session, {targets[ref].id: report for ref, report in news.items()})
    if said is not None:
        said += [entry_of(target, word) for target, word in changes]
    return tally


def attach_waiting_targets(session: Session, track_ids: Collection[int], revision: Callable[[], int]) -> int:
    """Attach open targets without a track to these tracks (new, or newly known by something); how many changed.

    A target on one of these tracks that the track no longer answers to (it flies as another flight now) leaves it.
    """
    if not track_ids:
        return 0
    waiting, attached = _waiting(session), _open_on(session, track_ids)
    if not waiting and not attached:
        return 0
    crafts, let_go = crafts_with_ids(session, track_ids), 0
    for target in attached:
        if _is_strange_to(crafts.of_id[target.track_id or 0], target):
            target.track_id, target.revision = None, revision()
            waiting.append((target.id, target.identifiers, target.arrives_at))
            let_go += 1
    return let_go + _attach(session, waiting, crafts, revision)


def sweep_waiting_targets(session: Session, revision: Callable[[], int]) -> int:
    """Attach every open target that has no track, if its craft is there now; how many changed.

    Catches what no change of a track announces: the arrival drew near, or an aircraft came back as the same flight.
    """
    waiting = _waiting(session)
    return _attach(session, waiting, crafts_for(session, (said for _id, said, _at in waiting)), revision)


def _attach(session: Session, waiting: Sequence[Waiting], crafts: Crafts, revision: Callable[[], int]) -> int:
    attached = 0
    for target_id, identifiers, arrives_at in waiting:
        craft = crafts.match(clues_of(identifiers), arrives_at)
        if craft is not None:
            target = session.get_one(Target, target_id)
            target.track_id, target.revision = craft.id, revision()
            attached += 1
    session.flush()
    return attached


def _waiting(session: Session) -> list[Waiting]:
    """Id, identifiers and arrival of the newest open targets without a track."""
    columns = select(Target.id, Target.identifiers, Target.arrives_at)
    waiting = columns.where(Target.track_id.is_(None), Target.status.in_(_OPEN)).order_by(Target.id.desc())
    return [(row.id, row.identifiers, row.arrives_at) for row in session.execute(waiting.limit(MAX_WAITING))]


def _write(target: Target, report: TargetReport, gazetteer: Gazetteer) -> None:
    for name in _OF_TARGET:
        setattr(target, name, getattr(report, name))
    target.status = target.decided_status or report.status
    place = gazetteer.get(report.place)
    target.place = place.code if place else report.place
    target.place_name = report.place_name or (place.name if place else None)
    said = report.place_lat is not None and report.place_lon is not None
    target.place_lat = report.place_lat if said else (place.lat if place else None)
    target.place_lon = report.place_lon if said else (place.lon if place else None)
    if report.hits or not target.reason:
        target.reason = reason_of(report.hits)


def _track_of(target: Target, report: TargetReport, crafts: Crafts) -> int | None:
    """The track of the subject; the one it had, when none answers now and it is known by the same as before."""
    craft = crafts.match(clues_of(report.identifiers), report.arrives_at)
    if craft is not None:
        return craft.id
    return target.track_id if target.identifiers == report.identifiers else None


def _is_strange_to(craft: Craft, target: Target) -> bool:
    return craft.is_present and craft.clues.isdisjoint(clues_of(target.identifiers))


def _write_hits(session: Session, reports: dict[int, TargetReport]) -> None:
    stored: dict[tuple[int, str], Hit] = {}
    for some in chunks(reports):
        rows = session.scalars(select(Hit).where(Hit.target_id.in_(some)))
        stored |= {(row.target_id, row.ref): row for row in rows}
    for target_id, report in reports.items():
        for hit in report.hits:
            row = stored.get((target_id, hit.ref))
            if row is None:
                row = Hit(target_id=target_id, ref=hit.ref, received_at=report.received_at)
                session.add(row)
            for name in _OF_HIT:
                setattr(row, name, getattr(hit, name))
    session.flush()


def _both(earlier: TargetReport, later: TargetReport) -> list[HitReport]:
    listed = {hit.ref for hit in later.hits}
    return [*later.hits, *(hit for hit in earlier.hits if hit.ref not in listed)]


def _known(session: Session, feed_id: int, refs: Sequence[str]) -> dict[str, Target]:
    found: dict[str, Target] = {}
    for some in chunks(refs):
        known = select(Target).where(Target.feed_id == feed_id, Target.ref.in_(some))
        found |= {target.ref: target for target in session.scalars(known)}
    return found


def _open_on(session: Session, track_ids: Collection[int]) -> list[Target]:
    found: list[Target] = []
    for some in chunks(track_ids):
        found += session.scalars(select(Target).where(Target.track_id.in_(some), Target.status.in_(_OPEN)))
    return found
