"""People and goods of movements: looked at, cleared, or made targets. Every look is written into the audit trail.

The duty log tells how many were cleared and of which movement, never who. A target is made by the ordinary machinery of
targets: it has the handling of the movement, one hit by hand with the officer's reason, and the message it was taken from.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.db import next_revision
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.movements import SubjectKind, SubjectState
from ops_centre.domain.observations import HitReport, TargetReport
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.targeting import Severity
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import Handling, ManifestMessage, ManifestSubject, Movement, Target
from ops_centre.picture.manifest_reads import ManifestReads
from ops_centre.picture.manifest_views import ManifestView
from ops_centre.services import audit
from ops_centre.services.audit import AuditKind
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.in_scope import in_scope
from ops_centre.services.ingest_targets import store_targets

MOST_AT_ONCE = 500
LONGEST_WORD = 1000


class Manifests:
    """Looks and acts."""

    def __init__(self, deeds: Deeds, reads: ManifestReads, gazetteer: Gazetteer) -> None:
        self.deeds, self.reads, self.gazetteer = deeds, reads, gazetteer

    def look(self, actor: Actor, movement_id: int, wanted: str = "") -> ManifestView:
        """The people and goods of a movement. The look is recorded, not what was searched for. Raises NotFound."""
        with self.deeds.db.begin() as session:
            view = self.reads.manifest(session, actor, movement_id, wanted)
            audit.record(
                session,
                self.deeds.clock.now(),
                AuditKind.MANIFEST_SEEN,
                actor,
                subject=f"movement {movement_id}",
                shown=len(view.subjects),
                searched=bool(wanted),
            )
        return view

    def clear(self, actor: Actor, subjects: Sequence[int], word: str, request_id: str | None = None) -> dict[str, Any]:
        """Say of people or goods of one movement that they need nothing more, with a word why."""
        authorise(actor, Permission.MANIFEST_ASSESS)
        word = _word(word)
        if not 0 < len(set(subjects)) <= MOST_AT_ONCE:
            raise Invalid(f"Choose one to {MOST_AT_ONCE}.")
        with self.deeds.begin(actor, "clear from manifest", request_id) as deed:
            lock_log(deed.session)
            rows = [self._awaiting(deed, actor, number) for number in dict.fromkeys(subjects)]
            movement = deed.session.get_one(Movement, rows[0].movement_id)
            if any(row.movement_id != movement.id for row in rows):
                raise Invalid("Choose people or goods of one movement at a time.")
            for row in rows:
                _assess(deed, row, SubjectState.CLEARED, word)
            deed.touch(movement)
            what = _count(rows)
            deed.log(
                EntryKind.TARGET,
                f"Assessed {what} of {_called(movement)}: cleared.",
                handling_id=movement.handling_id,
                detail={"movement": movement.id, "cleared": len(rows)},
            )
            deed.subject = f"movement {movement.id}"
            deed.answer = {"said": f"Cleared {what}.", "movement": movement.id}
        return deed.answer

    def make_target(
        self, actor: Actor, subject: int, severity: str, reason: str, request_id: str | None = None
    ) -> dict[str, Any]:
        """Make a person or a consignment a target that somebody has to decide on."""
        authorise(actor, Permission.MANIFEST_ASSESS)
        reason = _word(reason)
        if severity not in tuple(Severity):
            raise Invalid("The severity must be top, high or normal.")
        with self.deeds.begin(actor, "make target from manifest", request_id) as deed:
            lock_log(deed.session)
            row = self._awaiting(deed, actor, subject)
            movement = deed.session.get_one(Movement, row.movement_id)
            target = self._store(deed, row, movement, severity, reason)
            _assess(deed, row, SubjectState.TARGET, reason)
            row.target_id = target.id
            deed.touch(movement)
            deed.log(
                EntryKind.TARGET,
                f"A {row.kind} of {_called(movement)} was made a target of severity {severity}: {reason}",
                handling_id=movement.handling_id,
                links=[link(ThingKind.TARGET, target.id, target.label)],
            )
            deed.subject = f"target {target.id}"
            deed.answer = {"said": "Made a target.", "target": target.id, "movement": movement.id}
        return deed.answer

    def _awaiting(self, deed: Deed, actor: Actor, number: int) -> ManifestSubject:
        row = deed.session.get(ManifestSubject, number, populate_existing=True)
        if row is None:
            raise NotFound("There is nobody and nothing of that number, or it is not released to you.")
        in_scope(deed.session, actor, Movement, row.movement_id, "movement")
        if row.state != SubjectState.AWAITING:
            raise Conflict(f"It is {row.state} already; look again.")
        return row

    def _store(self, deed: Deed, row: ManifestSubject, movement: Movement, severity: str, reason: str) -> Target:
        handling = deed.session.get_one(Handling, movement.handling_id)
        message = deed.session.get_one(ManifestMessage, row.message_id)
        ref = f"manifest:{row.id}"
        hit = HitReport(
            ref=ref,
            kind="manual",
            criterion="Assessment of a manifest",
            criterion_version="1",
            explanation=reason,
            matched_at=deed.now,
            source_system="Passenger and cargo messages",
            source_message=message.ref,
            source_text=row.source_text,
        )
        report = TargetReport(
            ref=ref,
            ref_version=row.version,
            subject_kind=row.kind,
            label=row.label,
            identifiers=_identifiers(row, movement),
            severity=severity,
            status="new",
            issued_at=deed.now,
            received_at=deed.now,
            owner=handling.owner,
            marking=handling.marking,
            releases=tuple(code for code in handling.releases.split(",") if code),
            hits=[hit],
            place=movement.destination or None,
            arrives_at=movement.arrives_at,
        )
        store_targets(
            deed.session,
            movement.feed_id,
            [report],
            now=deed.now,
            revision=lambda: next_revision(deed.session),
            gazetteer=self.gazetteer,
        )
        wanted = select(Target).where(Target.feed_id == movement.feed_id, Target.ref == ref)
        return deed.session.scalars(wanted).one()


def _identifiers(row: ManifestSubject, movement: Movement) -> dict[str, Any]:
    """What the target is known by, as targeting systems name it."""
    said: dict[str, Any] = dict(movement.identifiers)
    told = row.particulars
    if row.kind == SubjectKind.PERSON:
        said |= {"documents": [one["number"] for one in told.get("documents", []) if one.get("number")]}
        said |= {name: told[name] for name in ("born", "nationality") if told.get(name)}
    else:
        said |= {"bill": told.get("bill"), "container": ", ".join(told.get("containers", []))}
    return {name: value for name, value in said.items() if value}


def _assess(deed: Deed, row: ManifestSubject, state: SubjectState, word: str) -> None:
    row.state, row.word, row.assessed_by, row.assessed_at = state.value, word, deed.by, deed.now
    row.version += 1


def _word(text: str) -> str:
    text = " ".join(text.split())
    if not text or len(text) > LONGEST_WORD:
        raise Invalid(f"Say why, in 1 to {LONGEST_WORD} letters.")
    return text


def _count(rows: Sequence[ManifestSubject]) -> str:
    persons = sum(row.kind == SubjectKind.PERSON for row in rows)
    goods = len(rows) - persons
    parts = [f"{persons} person{'s' * (persons != 1)}"] if persons else []
    return " and ".join([*parts, *([f"{goods} consignment{'s' * (goods != 1)}"] if goods else [])])


def _called(movement: Movement) -> str:
    return f"{movement.kind} {movement.number or movement.craft_name or movement.id}"
