"""One hazard for its card, with the chain of messages it stands in."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.policy import rule_of
from ops_centre.db import Database
from ops_centre.errors import NotFound
from ops_centre.models import FeedRecord, Handling, Hazard, HazardMessage, HazardReference
from ops_centre.picture.hazard_views import HazardCard, HazardStep
from ops_centre.picture.scope import Scope, scope_of, sees
from ops_centre.picture.shelves import hazard_row

MOST_STEPS = 100


class HazardReads:
    """Reads hazards in the scope of whoever asks."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def card(self, actor: Actor, hazard_id: int) -> HazardCard:
        """One hazard, also one that is over. Raises NotFound."""
        scope = scope_of(actor)
        with self.db.reading() as session:
            found = session.execute(
                select(Hazard, HazardMessage, Handling, FeedRecord.name)
                .join(HazardMessage, HazardMessage.id == Hazard.message_id)
                .join(Handling, Handling.id == Hazard.handling_id)
                .join(FeedRecord, FeedRecord.id == HazardMessage.feed_id)
                .where(Hazard.id == hazard_id)
            ).one_or_none()
            if found is None or not scope.hazards or not sees(scope, rule_of(found[2])):
                raise NotFound("There is no such hazard, or it is not released to you.")
            hazard, message, handling, feed_name = found
            steps = _steps(session, scope, message)
        row = hazard_row(hazard, message, rule_of(handling))
        return HazardCard(
            row, hazard.state, hazard.ended_at, message.kind, message.scope, message.note, hazard.description,
            hazard.instruction, hazard.language, hazard.web, hazard.contact, tuple(hazard.others), tuple(hazard.areas),
            tuple(hazard.caveats), message.is_signed, feed_name, message.received_at, steps,
        )  # fmt: skip


def _steps(session: Session, scope: Scope, message: HazardMessage) -> tuple[HazardStep, ...]:
    """The chain of a message: what it refers to, and what refers to any of them; oldest first."""
    refs, known = {message.ref}, {message.id}
    for _round in range(10):
        before = len(known)
        known |= _near(session, message.feed_id, refs, known)
        refs |= set(session.scalars(select(HazardReference.ref).where(HazardReference.message_id.in_(known))))
        refs |= set(session.scalars(select(HazardMessage.ref).where(HazardMessage.id.in_(known))))
        if len(known) == before or len(known) > MOST_STEPS:
            break
    rows = session.execute(
        select(HazardMessage, Handling, Hazard)
        .join(Handling, Handling.id == HazardMessage.handling_id)
        .outerjoin(Hazard, (Hazard.message_id == HazardMessage.id) & (Hazard.part == 0))
        .where(HazardMessage.id.in_(known))
        .order_by(HazardMessage.sent_at, HazardMessage.id)
    )
    return tuple(_step(one, hazard, message) for one, handling, hazard in rows if sees(scope, rule_of(handling)))


def _near(session: Session, feed_id: int, refs: set[str], known: set[int]) -> set[int]:
    referring = select(HazardReference.message_id).where(HazardReference.ref.in_(refs))
    return set(
        session.scalars(
            select(HazardMessage.id).where(
                HazardMessage.feed_id == feed_id,
                or_(HazardMessage.ref.in_(refs), HazardMessage.id.in_(referring)),
            )
        )
    )


def _step(one: HazardMessage, hazard: Hazard | None, own: HazardMessage) -> HazardStep:
    title = (hazard.headline or hazard.event) if hazard else one.note[:200]
    return HazardStep(
        one.kind, one.sent_at, one.sender, hazard.id if hazard else None, hazard.state if hazard else None, title,
        one.id == own.id,
    )  # fmt: skip
