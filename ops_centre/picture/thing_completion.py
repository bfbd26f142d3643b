"""What a person may mean who looks for something to link: targets and craft by name, alerts, entries and enquiries by words or
number. In the reader's scope, like everything else."""

from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import audience_of
from ops_centre.db import Database
from ops_centre.domain.log_filter import LogFilter
from ops_centre.models import Alert, Enquiry, Handling
from ops_centre.picture.log_completion import LogCompletion
from ops_centre.picture.log_reads import LogReads
from ops_centre.picture.log_views import Completion

SHORTEST = 2  # characters that are worth a search; a number may have one
MOST_OF_A_KIND = 4
MOST = 12
MOST_WORDS = 90  # characters of what an entry, alert or enquiry says


class ThingCompletion:
    """Things by what they are called, of every kind that an operation may be linked to."""

    def __init__(self, db: Database, signs: LogCompletion, log: LogReads) -> None:
        self.db, self.signs, self.log = db, signs, log

    def find(self, actor: Actor, begun: str) -> list[Completion]:
        """At most twelve things whose name or words hold ``begun``, or whose number it is."""
        authorise(actor, Permission.LOG_VIEW)
        wanted = begun.replace("\0", "").strip()[:60]
        if len(wanted) < SHORTEST and not _number(wanted):
            return []
        called = self.signs.complete(actor, "!", wanted)[:MOST_OF_A_KIND]
        called += self.signs.complete(actor, "~", wanted)[:MOST_OF_A_KIND]
        with self.db.reading() as session:
            audience = audience_of(actor, session.scalars(select(Handling)))
            called += _alerts(session, wanted, audience) if actor.may(Permission.ALERT_VIEW) else []
            called += _enquiries(session, wanted, audience) if actor.may(Permission.ENQUIRY_VIEW) else []
        return [*called, *self._entries(actor, wanted)][:MOST]

    def _entries(self, actor: Actor, wanted: str) -> Iterator[Completion]:
        number = _number(wanted)
        found = self.log.page(actor, LogFilter(text=wanted), limit=MOST_OF_A_KIND)
        if number:
            found = [*self.log.page(actor, before=number + 1, limit=1), *found]
        for one in {one.seq: one for one in found}.values():
            if not number or one.seq == number or wanted in one.text:
                yield Completion(
                    "entry", str(one.seq), f"entry {one.seq}", one.text[:MOST_WORDS], one.owner, one.marking
                )


def _number(wanted: str) -> int:
    """The number that was typed, 0 where it is none."""
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else 0


def _alerts(session: Session, wanted: str, audience: frozenset[int]) -> list[Completion]:
    """Those that stand first, then the newest."""
    asked = (
        select(Alert, Handling)
        .join(Handling, Handling.id == Alert.handling_id)
        .where(Alert.handling_id.in_(audience))
        .where(or_(Alert.title.icontains(wanted, autoescape=True), Alert.id == _number(wanted)))
        .order_by(Alert.cleared_at.is_not(None), Alert.id.desc())
    )
    return [
        Completion("alert", str(row.id), row.title, f"{row.cause} · {row.severity}", rule.owner, rule.marking)
        for row, rule in session.execute(asked.limit(MOST_OF_A_KIND))
    ]


def _enquiries(session: Session, wanted: str, audience: frozenset[int]) -> list[Completion]:
    """The newest first."""
    texts = (Enquiry.asker.icontains(wanted, autoescape=True), Enquiry.question.icontains(wanted, autoescape=True))
    asked = (
        select(Enquiry, Handling)
        .join(Handling, Handling.id == Enquiry.handling_id)
        .where(Enquiry.handling_id.in_(audience))
        .where(or_(*texts, Enquiry.id == _number(wanted)))
        .order_by(Enquiry.id.desc())
    )
    return [
        Completion("enquiry", str(row.id), f"enquiry {row.id}", f"{row.asker}: {row.question}"[:MOST_WORDS], rule.owner,
                   rule.marking)
        for row, rule in session.execute(asked.limit(MOST_OF_A_KIND))
    ]  # fmt: skip
