"""Store passenger and cargo messages: each once; its people and goods on the movement it is about, awaiting assessment.

What somebody made a target stays one whatever its carrier sends later. Who was cleared and is then told of differently awaits
assessment again.
A message that its sender prepared before one already taken changes nobody the later one told of. Nothing here writes a name
anywhere but into the rows of the manifest.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from ops_centre.domain.movements import ManifestReport, MessageFunction, SubjectReport, SubjectState
from ops_centre.domain.tally import Tally
from ops_centre.models import FeedRecord, ManifestMessage, ManifestSubject, Movement
from ops_centre.services.chunks import chunks
from ops_centre.services.handlings import Handlings

_OF_MOVEMENT = ("number", "carrier", "craft_name", "origin", "destination", "departs_at", "arrives_at")
_AWAITING, _TARGET, _WITHDRAWN = (
    SubjectState.AWAITING.value,
    SubjectState.TARGET.value,
    SubjectState.WITHDRAWN.value,
)


def store_manifests(
    session: Session,
    feed_id: int,
    reports: Sequence[ManifestReport],
    *,
    revision: Callable[[], int],
) -> Tally:
    """Store ``reports`` of one feed in the order they came."""
    tally, handlings = Tally(), Handlings(session)
    owner = session.scalars(select(FeedRecord.agency).where(FeedRecord.id == feed_id)).one()
    known = _known(session, feed_id, [report.digest for report in reports])
    for report in reports:
        if report.digest in known:
            tally.duplicate += 1
            continue
        known.add(report.digest)
        tally.stored += 1
        movement = _movement(session, feed_id, report, handlings.id(owner, report.marking, ()))
        movement.revision = revision()
        message = ManifestMessage(
            feed_id=feed_id,
            movement_id=movement.id,
            ref=report.message,
            document=report.document,
            digest=report.digest,
            function=report.function,
            withdraws=[one.ref for one in report.subjects] if report.function == MessageFunction.CANCELLATION else [],
            caveats=list(report.caveats),
            prepared_at=report.prepared_at,
            received_at=report.received_at,
        )
        session.add(message)
        session.flush()
        _apply(session, movement, message, report)
    return tally


def purge(session: Session, before: datetime, revision: Callable[[], int]) -> int:
    """Take away the people and goods of movements that arrived (or, where that is not known, came in) before ``before``, except
    those that were made targets; and messages and movements with nobody left. How many rows of people and goods."""
    over = select(Movement.id).where(
        or_(Movement.arrives_at < before, Movement.arrives_at.is_(None) & (Movement.received_at < before))
    )
    numbers = list(session.scalars(over))
    gone = 0
    for some in chunks(numbers):
        subjects = delete(ManifestSubject).where(
            ManifestSubject.movement_id.in_(some), ManifestSubject.target_id.is_(None)
        )
        gone += int(session.execute(subjects).rowcount)  # type: ignore[attr-defined]
        kept = select(ManifestSubject.message_id)
        session.execute(
            delete(ManifestMessage).where(ManifestMessage.movement_id.in_(some), ManifestMessage.id.not_in(kept))
        )
        still = select(ManifestMessage.movement_id).where(ManifestMessage.movement_id.is_not(None))
        session.execute(delete(Movement).where(Movement.id.in_(some), Movement.id.not_in(still)))
    if gone:
        revision()
    return gone


def purge_older(session: Session, now: datetime, keep_days: float, revision: Callable[[], int]) -> int:
    """As `purge`, of what is older than so many days."""
    return purge(session, now - timedelta(days=keep_days), revision)


def _known(session: Session, feed_id: int, digests: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(digests):
        found |= set(
            session.scalars(
                select(ManifestMessage.digest).where(
                    ManifestMessage.feed_id == feed_id, ManifestMessage.digest.in_(some)
                )
            )
        )
    return found


def _movement(session: Session, feed_id: int, report: ManifestReport, handling: int) -> Movement:
    """The movement the message is about, made when there is none; a later message mends what it says."""
    movement = session.scalars(
        select(Movement).where(Movement.feed_id == feed_id, Movement.ref == report.movement)
    ).one_or_none()
    if movement is None:
        movement = Movement(
            feed_id=feed_id,
            ref=report.movement,
            kind=report.kind,
            identifiers=report.identifiers,
            handling_id=handling,
            received_at=report.received_at,
        )
        for name in _OF_MOVEMENT:
            setattr(movement, name, getattr(report, name))
        session.add(movement)
        session.flush()
        return movement
    for name in _OF_MOVEMENT:
        setattr(movement, name, getattr(report, name) or getattr(movement, name))
    return movement


def _apply(session: Session, movement: Movement, message: ManifestMessage, report: ManifestReport) -> None:
    stored = {
        (row.kind, row.ref): row
        for row in session.scalars(select(ManifestSubject).where(ManifestSubject.movement_id == movement.id))
    }
    named = {(one.kind, one.ref) for one in report.subjects}
    later = _later(session, message)
    newer = {one.id for one in later}
    if report.function == MessageFunction.CANCELLATION:
        stored = {key: row for key, row in stored.items() if row.message_id not in newer}
        gone = [row for key, row in stored.items() if key in named] or (
            [] if named else _of_document(session, list(stored.values()), message.document)
        )
        _withdraw(gone)
        return
    for one in report.subjects:
        row = stored.get((one.kind, one.ref))
        if row is not None and row.message_id in newer:
            continue
        over = any(_withdraws(other, message.document, one.ref, row) for other in later)
        _put(session, movement, message, row, one, withdrawn=over)
    if report.function == MessageFunction.REPLACEMENT:
        others = [row for key, row in stored.items() if key not in named and row.message_id not in newer]
        _withdraw(_of_document(session, others, message.document))


def _later(session: Session, message: ManifestMessage) -> Sequence[ManifestMessage]:
    """Messages about the same movement that came earlier but were prepared later; none where that is not known."""
    if message.prepared_at is None:
        return ()
    return session.scalars(
        select(ManifestMessage).where(
            ManifestMessage.movement_id == message.movement_id, ManifestMessage.prepared_at > message.prepared_at
        )
    ).all()


def _withdraws(later: ManifestMessage, document: str, ref: str, row: ManifestSubject | None) -> bool:
    """Whether a message prepared later takes away somebody whom an earlier one of list ``document`` names only now."""
    if later.function == MessageFunction.CANCELLATION:
        return ref in later.withdraws if later.withdraws else later.document == document
    is_gone = row is None or row.state == _WITHDRAWN
    return later.function == MessageFunction.REPLACEMENT and later.document == document and is_gone


def _put(
    session: Session,
    movement: Movement,
    message: ManifestMessage,
    row: ManifestSubject | None,
    report: SubjectReport,
    *,
    withdrawn: bool = False,
) -> None:
    if row is None:
        row = ManifestSubject(
            movement_id=movement.id,
            kind=report.kind,
            ref=report.ref,
            state=_AWAITING,
            particulars={},
            version=0,
            received_at=message.received_at,
        )
        session.add(row)
    elif row.particulars == report.particulars and (row.state != _WITHDRAWN or withdrawn):
        return
    row.message_id, row.label, row.particulars = message.id, report.label, report.particulars
    row.source_text = report.source_text
    row.version += 1
    if row.state != _TARGET:
        row.state = _WITHDRAWN if withdrawn else _AWAITING


def _of_document(session: Session, rows: Sequence[ManifestSubject], document: str) -> list[ManifestSubject]:
    """Those of ``rows`` that came with the same list: a list of the crew replaces nobody among the passengers."""
    ids = {row.message_id for row in rows}
    wanted = select(ManifestMessage.id).where(ManifestMessage.id.in_(ids), ManifestMessage.document == document)
    same = set(session.scalars(wanted)) if ids else set()
    return [row for row in rows if row.message_id in same]


def _withdraw(rows: Sequence[ManifestSubject]) -> None:
    for row in rows:
        if row.state != _TARGET:
            row.state = _WITHDRAWN
            row.version += 1
