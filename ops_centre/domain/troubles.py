"""What is wrong with the centre itself, in a sentence for every screen: what, since when, what still works.

Silence must not look like calm: when the database does not answer or takes no writes, when no worker is active or the clock
was set back, whoever looks at a screen is told so in words, not by a light alone. Plain rules, no I/O.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

CLOCK_APART = timedelta(seconds=30)  # clocks of two machines may differ by so much without a word


class TroubleKind(StrEnum):
    """What is wrong; the worst first."""

    READS = "reads"
    WRITES = "writes"
    WORKER = "worker"
    CLOCK = "clock"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong. The times are put into the sentence by whoever shows it, in the reader's zone."""

    kind: TroubleKind
    what: str  # "The database takes no writes"
    since: datetime | None = None
    why: str = ""  # "its disk is full"
    as_of: datetime | None = None  # how old what the screens show is
    works: str = ""  # what still works, and what comes of what people do; whole sentences

    def sentence(self) -> str:
        """For the log and for answers: times in UTC."""
        since = f" since {self.since:%H:%M} UTC" if self.since else ""
        return f"{self.what}{since}{f': {self.why}' if self.why else ''}."

    def plain(self) -> dict[str, Any]:
        """As it is sent: times as milliseconds since 1970."""
        moments = {
            name: int(moment.timestamp() * 1000) if moment else None
            for name, moment in (("since", self.since), ("as_of", self.as_of))
        }
        return asdict(self) | {"kind": self.kind.value} | moments


@dataclass(frozen=True, slots=True)
class Fault:
    """Since when something of the database fails, and why."""

    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a web process knows of the centre's soundness."""

    now: datetime
    reads: Fault | None = None
    writes: Fault | None = None
    read_at: datetime | None = None  # when the database was last read
    written_at: datetime | None = None  # when it last took a write, of anybody
    no_worker_since: datetime | None = None
    never_worked: bool = False
    latest: datetime | None = None  # the latest time that was ever written or shown
    behind_since: datetime | None = None
    folder_silent_since: datetime | None = None  # the data folder answers nothing
    free_bytes: int | None = None
    warn_bytes: int = 0


def troubles(seen: Seen) -> tuple[Trouble, ...]:
    """Everything that is wrong, the worst first. What follows from a worse thing is not said beside it."""
    found = [_reads(seen) or _writes(seen) or _worker(seen), _clock(seen), _room(seen)]
    return tuple(one for one in found if one is not None)


def _reads(seen: Seen) -> Trouble | None:
    if seen.reads is None:
        return None
    works = "Acts are refused, not lost: what you typed stays in its form. It goes on by itself."
    return Trouble(
        TroubleKind.READS, "The database does not answer", seen.reads.since, seen.reads.why, seen.read_at, works
    )


def _writes(seen: Seen) -> Trouble | None:
    if seen.writes is None:
        return None
    works = "Nothing from feeds is stored; acts are refused, not lost: what you typed stays in its form. It goes on by itself."
    return Trouble(
        TroubleKind.WRITES, "The database takes no writes", seen.writes.since, seen.writes.why, seen.written_at, works
    )


def _worker(seen: Seen) -> Trouble | None:
    if seen.no_worker_since is None:
        return None
    what = "No worker has been active yet" if seen.never_worked else "No worker is active"
    as_of = None if seen.never_worked else seen.no_worker_since
    works = "No feed is read, no alert is raised and no notice sent. What you do is kept."
    return Trouble(TroubleKind.WORKER, what, as_of, as_of=as_of, works=works)


def _clock(seen: Seen) -> Trouble | None:
    if seen.latest is None or seen.latest - seen.now <= CLOCK_APART:
        return None
    what = f"The clock is {_span(seen.latest - seen.now)} behind times that were written already"
    works = "All works, but what is written now carries the earlier time. It ends when the clock is right, or has caught up."
    return Trouble(
        TroubleKind.CLOCK, what, seen.behind_since, "it was set back, or another machine's is wrong", works=works
    )


def _room(seen: Seen) -> Trouble | None:
    if seen.folder_silent_since is not None:
        works = "Backups and the signing of the duty log wait for it. It goes on by itself."
        why = "its disk or network share hangs"
        return Trouble(TroubleKind.ROOM, "The data folder does not answer", seen.folder_silent_since, why, works=works)
    if seen.free_bytes is None or seen.free_bytes >= seen.warn_bytes or seen.writes is not None:
        return None
    what = f"The disk of the centre has {seen.free_bytes // 1_000_000:,} MB left"
    return Trouble(TroubleKind.ROOM, what, works="All works still. Make room before it is full.")


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes < 1:
        return f"{int(span.total_seconds())} s"
    if minutes < 2 * 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h {minutes % 60} min" if hours < 48 else f"{hours // 24} days"


_WORDS = (  # what SQLite and PostgreSQL say, and what that is in plain words
    ("disk is full", "its disk is full"),
    ("no space left", "its disk is full"),
    ("readonly database", "its file may only be read"),
    ("disk i/o error", "its disk fails or is full"),
    ("unable to open database", "its file cannot be opened"),
    ("malformed", "its file is damaged"),
    ("not a database", "its file is damaged"),
    ("database is locked", "another program holds it"),
    ("no such table", "its tables are not there"),
)
_STATES = (  # beginnings of SQLSTATE (PostgreSQL, appendix A)
    ("53100", "its disk is full"),
    ("53300", "it takes no more connections"),
    ("25006", "it may only be read"),
    ("53", "it is out of means"),
    ("57P", "it is shutting down or starting"),
    ("58", "its disk fails"),
    ("08", "it cannot be reached"),
    ("3D000", "it is not there"),
    ("42P01", "its tables are not there"),
)
UNREACHED = "it cannot be reached"


def why_unusable(said: str, state: str | None, *, lost: bool) -> str | None:
    """Why the database as such is unusable, from an error of it; None when the error is about one statement alone.

    ``said``: the driver's words; ``state``: its SQLSTATE, where it has one; ``lost``: the connection is gone.
    """
    by_state = next((words for begins, words in _STATES if state and state.startswith(begins)), None)
    by_words = next((words for part, words in _WORDS if part in said.lower()), None)
    return by_state or by_words or (UNREACHED if lost else None)
