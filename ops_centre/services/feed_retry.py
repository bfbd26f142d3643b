"""A refused record that its parser can read now: stored as it would have been, and counted right.

Received = stored + duplicate + quarantined holds before and after: the record leaves the quarantined ones for what became
of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from ops_centre.domain.observations import Batch, Refusal
from ops_centre.domain.places import Gazetteer
from ops_centre.errors import Conflict
from ops_centre.models import FeedRecord
from ops_centre.services import duty_log
from ops_centre.services.ingest_hazards import store_hazards
from ops_centre.services.ingest_manifests import store_manifests
from ops_centre.services.ingest_targets import store_targets
from ops_centre.services.ingest_units import store_units


@dataclass(slots=True)
class Again:
    """What became of it."""

    received: int
    stored: int = 0
    duplicate: int = 0
    refusals: list[Refusal] = field(default_factory=list)


def store_again(
    session: Session, feed_id: int, batch: Batch, now: datetime, revise: Callable[[], int], gazetteer: Gazetteer
) -> Again:
    """Store what a refused record says now; the end of the log is locked. Raises Conflict for positions of craft, which the
    worker alone stores."""
    if batch.crafts:
        raise Conflict("Positions of craft are not tried again: newer ones have come since.")
    said: list[duty_log.Entry] = []
    done = Again(batch.received, duplicate=batch.duplicates, refusals=list(batch.refusals))
    if batch.targets:
        targets = store_targets(
            session, feed_id, batch.targets, now=now, revision=revise, gazetteer=gazetteer, said=said
        )
        _add(done, targets.stored, targets.duplicate, targets.refused)
    if batch.units:
        units = store_units(session, feed_id, batch.units, now=now, revision=revise, complete=False, said=said)
        _add(done, units.stored, units.duplicate, units.refused)
    if batch.hazards:
        hazards = store_hazards(session, feed_id, batch.hazards, now=now, revision=revise, said=said)
        _add(done, hazards.stored, hazards.duplicate, [])
    if batch.manifests:
        manifests = store_manifests(session, feed_id, batch.manifests, revision=revise)
        _add(done, manifests.stored, manifests.duplicate, [])
    duty_log.append(session, now, duty_log.SYSTEM, said)
    return done


def count_again(session: Session, feed_id: int, done: Again, records: int = 1) -> None:
    """Move so many ``records`` from the quarantined ones to what they are now."""
    session.execute(
        update(FeedRecord)
        .where(FeedRecord.id == feed_id)
        .values(
            received=FeedRecord.received + done.received - records,
            stored=FeedRecord.stored + done.stored,
            duplicate=FeedRecord.duplicate + done.duplicate,
            quarantined=FeedRecord.quarantined + len(done.refusals) - records,
        )
        .execution_options(synchronize_session=False)
    )


def _add(done: Again, stored: int, duplicate: int, refused: list[Refusal]) -> None:
    done.stored += stored
    done.duplicate += duplicate
    done.refusals += refused
