"""Messages from the field: taken into the duty log or set aside with a word. None is decided by itself."""

from typing import Any

from sqlalchemy import select

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.domain.duty_log import EntryKind, Link, ThingKind, link
from ops_centre.domain.field_reports import NoteState
from ops_centre.errors import Conflict, Invalid
from ops_centre.models import FieldDevice, FieldNote, Unit
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.in_scope import in_scope, sees_handling
from ops_centre.services.ingest_field import all_see

MOST_LETTERS = 8000  # of an entry


class FieldNotes:
    """Acts on messages from the field."""

    def __init__(self, deeds: Deeds) -> None:
        self.deeds = deeds

    def take(self, actor: Actor, note_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Write the message into the duty log, at the time it was sent. Raises NotFound, Conflict."""
        authorise(actor, Permission.LOG_WRITE)
        with self.deeds.begin(actor, "take message into log", request_id) as deed:
            note = self._waiting(deed, actor, note_id)
            room = f" to {note.room}" if note.room else ""
            text = f"Message from {_sender(note)}{room}: {note.text}"[:MOST_LETTERS]
            note.entry_seq = deed.log(
                EntryKind.REPORT, text, handling_id=note.handling_id, links=self._links(deed, actor, note),
                detail={"message": note.uid}, occurred_at=min(note.sent_at, deed.now), typed=True,
            )  # fmt: skip
            self._decide(deed, note, NoteState.TAKEN)
            deed.answer = {
                "said": f"The message of {_sender(note)} is entry {note.entry_seq}.",
                "entry": note.entry_seq,
            }
        return deed.answer

    def set_aside(self, actor: Actor, note_id: int, reason: str, request_id: str | None = None) -> dict[str, Any]:
        """Leave the message out of the log's story, with a word why. Raises NotFound, Conflict, Invalid."""
        authorise(actor, Permission.LOG_WRITE)
        if not reason.strip():
            raise Invalid("Say why it is set aside.")
        with self.deeds.begin(actor, "set message aside", request_id) as deed:
            note = self._waiting(deed, actor, note_id)
            words = f"Message from {_sender(note)} set aside: {reason.strip()}"
            detail = {"message": note.uid}
            deed.log(EntryKind.NOTE, words, handling_id=note.handling_id, detail=detail, typed=True)
            self._decide(deed, note, NoteState.SET_ASIDE)
            deed.answer = {"said": f"The message of {_sender(note)} is set aside."}
        return deed.answer

    def _waiting(self, deed: Deed, actor: Actor, note_id: int) -> FieldNote:
        lock_log(deed.session)
        note = in_scope(deed.session, actor, FieldNote, note_id, "message")
        if note.state != NoteState.WAITING.value:
            became = "taken into the log" if note.state == NoteState.TAKEN.value else note.state
            raise Conflict(f"The message was {became} by {note.decided_by} already.")
        return note

    def _links(self, deed: Deed, actor: Actor, note: FieldNote) -> list[Link]:
        """The unit that sent it, where everybody who reads the entry may know of it."""
        device = deed.session.scalars(
            select(FieldDevice).where(FieldDevice.feed_id == note.feed_id, FieldDevice.uid == note.sender_uid)
        ).one_or_none()
        unit = deed.session.get(Unit, device.unit_id) if device is not None and device.unit_id else None
        if unit is None or not sees_handling(deed.session, actor, unit.handling_id):
            return []
        known = all_see(deed.session, note.handling_id, unit.handling_id)
        return [link(ThingKind.UNIT, unit.id, unit.callsign)] if known else []

    def _decide(self, deed: Deed, note: FieldNote, state: NoteState) -> None:
        note.state, note.decided_at, note.decided_by = state.value, deed.now, deed.by
        deed.touch(note)
        deed.subject = f"message {note.id}"


def _sender(note: FieldNote) -> str:
    return note.sender_callsign or note.sender_uid or "an unknown sender"
