"""Files kept with an operation, in the database so that a backup holds them; checked before they are kept.

One that is removed loses its content; its name, size and SHA-256 stay, with who removed it and why.
"""

from hashlib import sha256
from typing import Any

from sqlalchemy import func, select

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.config import Settings
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.media import checked_name, judged, size_words
from ops_centre.domain.operations import OperationState
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import Attachment
from ops_centre.services import audit
from ops_centre.services.audit import AuditKind
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.in_scope import MAX_ID, next_id
from ops_centre.services.operation_parts import log_part, operation_to_work_on, sees_part


class Attachments:
    """Acts on attachments."""

    def __init__(self, deeds: Deeds, settings: Settings) -> None:
        self.deeds = deeds
        self.limits = settings.attachments

    def add(
        self, actor: Actor, operation_id: int, name: str, declared: str, content: bytes, request_id: str | None = None
    ) -> dict[str, Any]:
        """Keep ``content``. ``declared``: the media type it was sent as. Raises NotFound, NotPermitted, Conflict, Invalid."""
        authorise(actor, Permission.OPERATION_VIEW)
        if len(content) > self.limits.max_bytes:
            raise Invalid(f"The file is larger than {size_words(self.limits.max_bytes)}.")
        with self.deeds.begin(actor, "attach file", request_id) as deed:
            operation = operation_to_work_on(deed, actor, operation_id)
            if operation.state == OperationState.CANCELLED:
                raise Conflict(f"{operation.reference} is cancelled.")
            name = checked_name(name)  # after the rights: who may not attach learns nothing about files
            medium = judged(name, declared, content)
            sealed = sha256(content).hexdigest()
            self._check_room(deed, operation.id, sealed)
            number = next_id(deed.session, Attachment)
            words = f"{name} attached to {operation.reference} ({medium.words}, {size_words(len(content))})."
            seq = log_part(
                deed, operation, EntryKind.OPERATION, words, attachment=number, sha256=sealed, bytes=len(content)
            )
            deed.session.add(
                Attachment(
                    id=number, operation_id=operation.id, name=name, media_type=medium.media_type, size=len(content),
                    sha256=sealed, content=content, added_by=actor.name, added_at=deed.now, log_seq=seq,
                )
            )  # fmt: skip
            deed.answer = {"said": f"{name} is attached.", "attachment": number, "sha256": sealed}
        return deed.answer

    def remove(self, actor: Actor, attachment_id: int, reason: str, request_id: str | None = None) -> dict[str, Any]:
        """Throw the content away, with a reason. Raises NotFound, NotPermitted, Conflict, Invalid."""
        authorise(actor, Permission.OPERATION_VIEW)
        if not reason.strip():
            raise Invalid("Say why the file is removed.")
        with self.deeds.begin(actor, "remove attachment", request_id) as deed:
            found = deed.session.get(Attachment, attachment_id) if 0 < attachment_id <= MAX_ID else None
            if found is None or not sees_part(deed.session, actor, found):
                raise NotFound("There is no such file, or it is not released to you.")
            operation = operation_to_work_on(deed, actor, found.operation_id)
            deed.session.refresh(found)
            if found.removed_at is not None:
                raise Conflict(f"{found.name} was removed by {found.removed_by} already.")
            found.content = None
            found.removed_by, found.removed_at, found.remove_reason = actor.name, deed.now, reason.strip()
            words = f"{found.name} removed from {operation.reference}: {found.remove_reason}"
            log_part(deed, operation, EntryKind.OPERATION, words, attachment=found.id, sha256=found.sha256)
            deed.answer = {"said": f"{found.name} is removed."}
        return deed.answer

    def taken(self, actor: Actor, operation_id: int, what: str) -> None:
        """Record that somebody was given a file or a print of the operation (the caller has checked that they may)."""
        with self.deeds.db.begin() as session:
            subject = f"operation {operation_id}"
            audit.record(session, self.deeds.clock.now(), AuditKind.FILE_SAVED, actor, subject=subject, file=what)

    def _check_room(self, deed: Deed, operation_id: int, sealed: str) -> None:
        kept = (Attachment.operation_id == operation_id, Attachment.removed_at.is_(None))
        same = deed.session.scalar(select(Attachment.name).where(*kept, Attachment.sha256 == sealed).limit(1))
        if same is not None:
            raise Conflict(f"The same file is attached already, as {same}.")
        count = deed.session.scalar(select(func.count()).select_from(Attachment).where(*kept)) or 0
        if count >= self.limits.max_files:
            raise Conflict(f"An operation keeps at most {self.limits.max_files} files. Remove one first.")
