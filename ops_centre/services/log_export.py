"""Exports of the duty log: acts of a person, logged and audited, scoped to what that person may see, and streamed.

JSON lines carry proofs that `tools/verify_log.py` checks without this program; CSV is for spreadsheets; PDF is for paper. An
entry that the reader may not see stands in an export of the whole log by its hash alone, and in one of a part not at all.
"""

from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import audience_of
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.log_filter import LogFilter
from ops_centre.errors import Invalid, OpsError
from ops_centre.models import Handling, LogCheckpoint, LogEntry, Watch
from ops_centre.services import audit, log_csv, log_lines, log_rows
from ops_centre.services.audit import COMMAND_LINE, AuditKind
from ops_centre.services.checkpoints import Checkpoints
from ops_centre.services.deeds import Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.handlings import handling_id
from ops_centre.services.log_lines import Exported, Header

FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl", "pdf": "application/pdf"}
PAPER = 5_000  # entries of one PDF, which is made in memory
_STEP = 1_000  # entries read at a time


class Walker(Protocol):
    """What tells which entries match a filter (picture.log_reads)."""

    def walk(self, actor: Actor, wanted: LogFilter | None = None) -> Iterator[Any]:
        """Every entry that matches and that the actor may see; each has ``seq``."""
        ...


@dataclass(frozen=True, slots=True)
class Export:
    """A file as it is made: ``parts`` is read once, while it is sent."""

    name: str
    media_type: str
    parts: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be exported, for whom."""

    by: Actor | None  # None: whoever has the command line, and with it the whole database
    wanted: LogFilter
    upto: int  # last entry that counts

    @property
    def whole(self) -> bool:
        return self.wanted == LogFilter()


class LogExport:
    """Makes exports."""

    def __init__(
        self, db: Database, clock: Clock, settings: Settings, checkpoints: Checkpoints, deeds: Deeds, reads: Walker
    ) -> None:
        self.db = db
        self.clock = clock
        self.settings = settings
        self.checkpoints = checkpoints
        self.deeds = deeds
        self.reads = reads

    def csv(self, actor: Actor | None, wanted: LogFilter | None = None) -> Export:
        """For spreadsheets, oldest first. Raises NotPermitted without log:export."""
        order = self._begin(actor, wanted, "csv")
        return self._file("csv", log_csv.parts(self._seen(order), exercise=self.settings.is_exercise))

    def jsonl(self, actor: Actor | None, wanted: LogFilter | None = None) -> Export:
        """With proofs, oldest first. Raises NotPermitted, and what `Checkpoints.sign_now` raises."""
        order = self._begin(actor, wanted, "jsonl")
        closing = self.checkpoints.sign_now()
        if closing is None:
            raise OpsError("There is no log to export.")
        header = Header(
            centre=self.settings.centre.name,
            exercise=self.settings.is_exercise,
            at=self.clock.now(),
            by=actor.name if actor else COMMAND_LINE,
            whole=order.whole,
            wanted=None if order.whole else filter_words(order.wanted),
        )
        order = _Order(order.by, order.wanted, closing.size)
        body = self._all(order) if order.whole else self._proven(order, closing.size)
        note = self._note(closing.size)
        return self._file("jsonl", log_lines.parts(header, closing, note, self.checkpoints.signing_key(), body))

    def pdf(self, actor: Actor | None, wanted: LogFilter | None = None) -> Export:
        """For paper, in the manner of ICS-214. Raises NotPermitted, Invalid for more than `PAPER` entries."""
        from ops_centre.services import log_pdf  # noqa: PLC0415  (fonts and images: 28 MB that few ask for)

        order = self._begin(actor, wanted, "pdf", logged=False)
        entries: list[Exported] = []
        for one in self._seen(order):
            entries.append(one)
            if len(entries) > PAPER:
                raise Invalid(
                    f"More than {PAPER:,} entries match; a PDF holds no more. Choose a shorter time, or CSV or JSON lines."
                )
        self._note_act(order, "pdf")
        page = log_pdf.Cover(
            centre=self.settings.centre.name,
            exercise=self.settings.is_exercise,
            zone=self.settings.centre.time_zone,
            since=order.wanted.since or (entries[0].content["occurred_at"] if entries else None),
            until=order.wanted.until or self.clock.now(),
            watches=self._watches(order.wanted.since, order.wanted.until),
            prepared_by=actor.display_name if actor else COMMAND_LINE,
            position=actor.role.value.capitalize() if actor else "",
            agency=actor.agency if actor else self.settings.centre.agency,
            prepared_at=self.clock.now(),
            chosen=", ".join(f"{name} {value}" for name, value in filter_words(order.wanted).items()),
            proof=self._proof_words(),
        )
        return self._file("pdf", iter([log_pdf.document(page, entries)]))

    # What an export is

    def _begin(self, actor: Actor | None, wanted: LogFilter | None, form: str, *, logged: bool = True) -> _Order:
        if actor is not None:
            authorise(actor, Permission.LOG_EXPORT)
            authorise(actor, Permission.LOG_VIEW)
        order = _Order(actor, wanted or LogFilter(), 0)
        return _Order(order.by, order.wanted, self._note_act(order, form) if logged else self._head())

    def _head(self) -> int:
        with self.db.reading() as session:
            return session.scalar(select(LogEntry.seq).order_by(LogEntry.seq.desc()).limit(1)) or 0

    def _note_act(self, order: _Order, form: str) -> int:
        """Write the export into log and audit trail; number of the entry. The filter's words may tell of things that not
        every reader of the log may know: they stand in the audit trail alone."""
        by = order.by or COMMAND_LINE
        what = "the whole log" if order.whole else "a part of the log"
        with self.deeds.begin(by, f"export log as {form}") as deed:
            lock_log(deed.session)
            centre = handling_id(deed.session, self.settings.centre.agency, "GREEN")
            said = f"{what.capitalize()} was exported as {form.upper()}."
            seq = deed.log(EntryKind.EXPORT, said, handling_id=centre, detail={"format": form, "whole": order.whole})
            audit.record(
                deed.session, deed.now, AuditKind.LOG_EXPORTED, by, subject=what, format=form,
                filter=filter_words(order.wanted), entry=seq,
            )  # fmt: skip
        return seq

    def _file(self, form: str, parts: Iterator[bytes]) -> Export:
        mark = "EXERCISE-" if self.settings.is_exercise else ""
        return Export(f"{mark}duty-log-{self.clock.now():%Y%m%dT%H%M%SZ}.{form}", FORMATS[form], parts)

    def _note(self, size: int) -> str:
        with self.db.reading() as session:
            return session.get_one(LogCheckpoint, size).note

    def _proof_words(self) -> str:
        try:
            closing, key = self.checkpoints.sign_now(), self.checkpoints.signing_key().public
        except OpsError as broken:
            return f"NOT COVERED BY A CHECKPOINT: {broken}"
        if closing is None:
            return "No entries."
        return f"Log of {closing.size} entries, root {closing.root.hex()}, key {key.fingerprint.replace(' ', '')}"

    def _watches(self, since: datetime | None, until: datetime | None) -> str:
        wanted = select(Watch.name, Watch.lead).where(Watch.opened_at.is_not(None)).order_by(Watch.starts_at)
        if since is not None:
            wanted = wanted.where(Watch.ends_at >= since)
        if until is not None:
            wanted = wanted.where(Watch.starts_at <= until)
        with self.db.reading() as session:
            found = [f"{name} ({lead})" if lead else name for name, lead in session.execute(wanted.limit(7))]
        return ", ".join(found) if len(found) < 7 else "several"

    # What stands in it

    def _audience(self, session: Session, order: _Order) -> Collection[int]:
        handlings = list(session.scalars(select(Handling)))
        return audience_of(order.by, handlings) if order.by else {one.id for one in handlings}

    def _all(self, order: _Order) -> Iterator[Exported]:
        """Every entry in order; those outside the scope by their hashes."""
        after = 0
        while after < order.upto:
            with self.db.reading() as session:
                seen, known = self._audience(session, order), log_rows.handlings(session)
                piece = next(log_rows.rows(session, after, order.upto), None)
            if piece is None:
                return
            yield from (log_lines.exported(row, known, withheld=row.handling_id not in seen) for row in piece)
            after = piece[-1].seq

    def _seen(self, order: _Order) -> Iterator[Exported]:
        """The entries that match and are in scope, oldest first, each with its corrections."""
        for piece in self._numbers(order):
            with self.db.reading() as session:
                seen, known = self._audience(session, order), log_rows.handlings(session)
                rows = [row for row in log_rows.rows_of(session, piece) if row.handling_id in seen]
                corrected = _corrections(session, [row.seq for row in rows], seen)
            yield from (log_lines.exported(row, known, corrected_by=corrected.get(row.seq, ())) for row in rows)

    def _proven(self, order: _Order, size: int) -> Iterator[Exported]:
        """As `_seen`, each with its proof."""
        for piece in self._numbers(order):
            with self.db.reading() as session:
                seen, known = self._audience(session, order), log_rows.handlings(session)
                nodes = log_rows.Nodes(session)
                rows = [row for row in log_rows.rows_of(session, piece) if row.handling_id in seen]
                made = [log_lines.exported(row, known, proof=nodes.proof(row.seq, size)) for row in rows]
            yield from made

    def _numbers(self, order: _Order) -> Iterator[Sequence[int]]:
        """Numbers of the entries that match, oldest first, in pieces. A search gives the newest first, so that its numbers
        are collected before: eight bytes an entry."""
        if order.whole or order.by is None:
            found: Sequence[int] = range(1, order.upto + 1)
        else:
            found = array("q", (one.seq for one in self.reads.walk(order.by, order.wanted) if one.seq <= order.upto))[
                ::-1
            ]
        for start in range(0, len(found), _STEP):
            yield list(found[start : start + _STEP])


def _corrections(session: Session, numbers: Sequence[int], seen: Collection[int]) -> dict[int, tuple[int, ...]]:
    wanted = select(LogEntry.corrects, LogEntry.seq).where(
        LogEntry.corrects.in_(numbers), LogEntry.handling_id.in_(seen)
    )
    found: dict[int, tuple[int, ...]] = {}
    for corrects, seq in session.execute(wanted.order_by(LogEntry.seq)):
        found[int(corrects or 0)] = (*found.get(int(corrects or 0), ()), seq)
    return found


def filter_words(wanted: LogFilter) -> dict[str, str]:
    """What a filter asks for, as texts; what narrows nothing is left out."""
    plain = asdict(LogFilter())
    return {name: _word(value) for name, value in asdict(wanted).items() if value != plain[name]}


def _word(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
