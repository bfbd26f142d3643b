"""What a word behind a sign may mean while an entry is being typed. In the reader's scope, like everything else."""

from collections.abc import Iterable, Mapping

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import audience_of
from ops_centre.db import Database
from ops_centre.domain.duty_log import ThingKind
from ops_centre.domain.log_filter import folded, operation_id
from ops_centre.domain.log_text import SIGNS
from ops_centre.domain.operations import ENDED
from ops_centre.models import Handling, LogEntry, LogLink, Operation, Track
from ops_centre.picture.log_views import Completion
from ops_centre.picture.reads import Picture

OFFERED = 8
WORDS_TRIED = 200  # operations looked at for one completion
NEWEST_TRIED = 50  # entries of one operation looked at for one that the reader may see
BEYOND_NUMBERS = "9" * 20  # stands behind every number of an operation in alphabetical order
_LIKE = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


class LogCompletion:
    """Completes ``@`` units, ``!`` targets, ``~`` tracks and ``#`` operations."""

    def __init__(self, db: Database, picture: Picture) -> None:
        self.db = db
        self.picture = picture

    def complete(self, actor: Actor, sign: str, begun: str) -> list[Completion]:
        """At most eight things whose name holds ``begun``, those that begin with it first."""
        authorise(actor, Permission.LOG_VIEW)
        kind = SIGNS.get(sign)
        wanted = folded(begun.replace("\0", ""))[:40]
        if kind is ThingKind.UNIT and actor.may(Permission.UNIT_VIEW):
            return _best(wanted, (
                Completion("unit", str(row.id), row.callsign, f"{row.agency} {row.unit_type} · {row.availability}",
                           row.agency, row.marking)
                for row in self.picture.units(actor)
            ))  # fmt: skip
        if kind is ThingKind.TARGET and actor.may(Permission.TARGET_VIEW):
            return _best(wanted, (
                Completion("target", str(row.id), row.label, f"{row.subject_kind} · {row.severity} · {row.status}",
                           row.owner, row.marking)
                for row in self.picture.targets(actor)
            ))  # fmt: skip
        if kind is ThingKind.TRACK and actor.may(Permission.PICTURE_VIEW):
            return self._tracks(wanted)
        return self._operations(actor, wanted) if kind is ThingKind.OPERATION else []

    def _tracks(self, wanted: str) -> list[Completion]:
        like = wanted.translate(_LIKE)
        names = (Track.name, Track.flight, Track.callsign)
        conditions = [column.ilike(f"%{like}%", escape="\\") for column in names]
        if wanted.isdigit():
            conditions.append(cast(Track.mmsi, String).like(f"{wanted}%"))
        ask = select(Track).where(or_(*conditions)).order_by(Track.left_at.is_not(None), Track.name).limit(OFFERED * 5)
        with self.db.reading() as session:
            rows = list(session.scalars(ask)) if wanted else []
        return _best(wanted, (_track(row) for row in rows), sieve=False)

    def _operations(self, actor: Actor, wanted: str) -> list[Completion]:
        """Operations that the reader may see, by reference and name, then words used behind ``#`` in entries of theirs."""
        with self.db.reading() as session:
            rules = {one.id: one for one in session.scalars(select(Handling))}
            audience = audience_of(actor, rules.values())
            found = _real(session, wanted, audience, rules) if actor.may(Permission.OPERATION_VIEW) else []
            known = {folded(one.label) for one in found}
            last = ""
            for _try in range(WORDS_TRIED):
                word = _next_word(session, wanted, last)
                if word is None or len(found) == OFFERED:
                    break
                last = BEYOND_NUMBERS if word.isdigit() else word  # a number is that of an operation
                if word.isdigit() or word in known:
                    continue
                label = _label(session, word, audience)
                if label is not None:
                    found.append(Completion("operation", word, label, "used in the log"))
        return found


def _real(
    session: Session, wanted: str, audience: Iterable[int], handlings: Mapping[int, Handling]
) -> list[Completion]:
    """Operations whose reference or name holds ``wanted``; those that have not ended first, then the newest."""
    like = f"%{wanted.translate(_LIKE)}%"
    ask = (
        select(Operation)
        .where(Operation.handling_id.in_(audience))
        .where(or_(Operation.reference.ilike(like, escape="\\"), Operation.name.ilike(like, escape="\\")))
        .order_by(Operation.state.in_(ENDED), Operation.id.desc())
    )
    return [
        Completion(
            "operation", str(row.id), row.reference,
            " · ".join(filter(None, (row.name, row.state, "exercise" if row.is_exercise else None))),
            handlings[row.handling_id].owner, handlings[row.handling_id].marking,
        )
        for row in session.scalars(ask.limit(OFFERED))
    ]  # fmt: skip


def _next_word(session: Session, wanted: str, last: str) -> str | None:
    """The next operation in alphabetical order; one step in the index, however often each was used."""
    first = operation_id(wanted)
    ask = select(LogLink.thing).where(
        LogLink.kind == ThingKind.OPERATION.value, LogLink.thing > last, LogLink.thing >= first
    )
    word = session.scalar(ask.order_by(LogLink.thing).limit(1))
    return word if word is not None and word.startswith(first) else None


def _label(session: Session, word: str, audience: Iterable[int]) -> str | None:
    """How the newest entry that the reader may see writes it; None when there is none."""
    newest = (
        select(LogLink.seq)
        .where(LogLink.kind == ThingKind.OPERATION.value, LogLink.thing == word)
        .order_by(LogLink.seq.desc())
        .limit(NEWEST_TRIED)
    )
    entry = session.scalar(
        select(LogEntry)
        .where(LogEntry.seq.in_(newest), LogEntry.handling_id.in_(audience))
        .order_by(LogEntry.seq.desc())
        .limit(1)
    )
    if entry is None:
        return None
    return next((label for kind, thing, label in entry.links if (kind, thing) == ("operation", word)), word)


def _track(row: Track) -> Completion:
    said = row.flight or row.name or row.callsign or row.key
    detail = " · ".join(filter(None, (row.kind, f"MMSI {row.mmsi}" if row.mmsi else None, row.registration)))
    return Completion("track", str(row.id), said, detail)


def _best(wanted: str, offered: Iterable[Completion], *, sieve: bool = True) -> list[Completion]:
    """Those whose label holds ``wanted``: as its beginning, as the beginning of a word, anywhere."""
    ranked = []
    for one in offered:
        label = folded(one.label)
        if sieve and wanted not in label:
            continue
        ranked.append((not label.startswith(wanted), f" {wanted}" not in f" {label}", label, one))
    return [one for *_rank, one in sorted(ranked, key=lambda row: row[:3])[:OFFERED]]
