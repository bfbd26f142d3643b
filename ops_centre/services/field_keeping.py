"""What becomes of reports from the field with time: stale drawings leave the picture, old ones and decided messages go."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ops_centre.domain.field_reports import NoteState
from ops_centre.models import FieldDrawing, FieldNote


def end_stale(session: Session, now: datetime, revision: Callable[[], int]) -> int:
    """Take drawings whose time is over from the picture; how many."""
    over = session.scalars(
        select(FieldDrawing).where(FieldDrawing.ended_at.is_(None), FieldDrawing.stale_at <= now)
    ).all()
    for drawing in over:
        drawing.ended_at, drawing.revision = drawing.stale_at, revision()
    return len(over)


def purge_field(session: Session, now: datetime, keep_days: float) -> int:
    """Drop drawings that ended, and messages set aside, more than ``keep_days`` ago. One that waits or is in the log stays."""
    before = now - timedelta(days=keep_days)
    drawn = session.execute(delete(FieldDrawing).where(FieldDrawing.ended_at < before))
    aside = session.execute(
        delete(FieldNote).where(FieldNote.state == NoteState.SET_ASIDE.value, FieldNote.decided_at < before)
    )
    return int(drawn.rowcount + aside.rowcount)  # type: ignore[attr-defined]
