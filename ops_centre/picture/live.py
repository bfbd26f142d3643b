"""The live picture of one process: a loader thread that follows the database, and frames for the streams.

Silence must not look like calm: `checked_at` is when the database was last seen, and it stands still when the database
does not answer. Memory is bounded: a stream that falls further behind than the ring is told to fetch the picture anew.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import structlog
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.clock import Clock
from ops_centre.db import Database
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.troubles import Trouble
from ops_centre.picture import encoding
from ops_centre.picture.present import NOTHING, Change, Moves, PresentPicture
from ops_centre.picture.scope import Scope, scope_of
from ops_centre.picture.soundness import Soundness
from ops_centre.picture.watching import watch

FRAMES_KEPT = 1000
FRAME_BYTES_KEPT = 16_000_000  # of encoded tracks: under a flood fewer frames are kept, not more memory
# After a change, others may join the next one for four times as long as this one took to load and encode: a quiet picture
# is shown at once, a busy one spends at most a fifth of its time on frames.
GATHER_TIMES, GATHER_LEAST_S, GATHER_MOST_S = 4, 0.002, 0.05
LOOK_AGAIN_S = 1.0  # with nothing heard, the database is asked so often whether it is there

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Frame:
    """One change, encoded at most once for each scope."""

    number: int
    change: Change
    tracks: bytes
    moves: Moves
    made_at: datetime
    encoded: dict[Scope, bytes] = field(default_factory=dict)


class LivePicture:
    """Follows the database from `start` to `stop`."""

    def __init__(
        self, db: Database, clock: Clock, gazetteer: Gazetteer, *, exercise: bool, soundness: Soundness | None = None
    ) -> None:
        self.db = db
        self.clock = clock
        self.exercise = exercise
        self._soundness = soundness
        self.present = PresentPicture(clock, gazetteer)
        self.checked_at: datetime | None = None
        self._frames: deque[Frame] = deque(maxlen=FRAMES_KEPT)
        self._begun_at = 0  # number of the last frame when the picture was last begun anew
        self._news = threading.Condition()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._whole: dict[Scope, tuple[int, bytes]] = {}
        self._whole_tracks: tuple[int, bytes] = (-1, b"")
        self._encoding = threading.Lock()

    def start(self) -> None:
        """Load the picture and follow it. Does nothing when already started (call it after a fork, not before)."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._follow, name="picture", daemon=True)
                self._thread.start()
        if self._soundness is not None:
            self._soundness.start()
        with self._news:
            self._news.wait_for(lambda: self.checked_at is not None, timeout=10)

    def request_stop(self) -> None:
        """Ask for the end without waiting for it (safe in a signal handler): streams end within a beat."""
        self._stopped.set()

    def stop(self) -> None:
        """Stop following; streams end."""
        self._stopped.set()
        if self._soundness is not None:
            self._soundness.stop()
        with self._news:
            self._news.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=5)

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What is wrong with the centre itself, the worst first."""
        return self._soundness.troubles if self._soundness is not None else ()

    @property
    def stopped(self) -> bool:
        """Whether the process is going down."""
        return self._stopped.is_set()

    @property
    def last_frame(self) -> int:
        """Number of the newest frame."""
        return self._frames[-1].number if self._frames else self._begun_at

    def frames_after(self, number: int, timeout_s: float) -> list[Frame] | None:
        """Frames newer than ``number``, waiting for one up to ``timeout_s``; None when some are no longer kept."""
        with self._news:
            self._news.wait_for(lambda: self.last_frame > number or self._stopped.is_set(), timeout=timeout_s)
            if self.last_frame <= number:
                return []
            if not self._frames or self._frames[0].number > number + 1:
                return None
            newest_first = islice(reversed(self._frames), self.last_frame - number)  # numbers have no gaps
            return list(newest_first)[::-1]

    def encoded(self, frame: Frame, scope: Scope) -> bytes:
        """The frame's change set for ``scope``; encoded by the first stream that needs it."""
        known = frame.encoded.get(scope)
        if known is None:
            known = self._compact(frame.change, scope, frame.tracks, frame.moves)
            frame.encoded[scope] = known
        return known

    def whole(self, actor: Actor) -> tuple[int, bytes]:
        """The whole picture in columns for the actor, with its revision; encoded once per revision and scope."""
        scope = scope_of(actor)
        with self._encoding:
            revision = self.present.revision
            known = self._whole.get(scope)
            if known is None or known[0] != revision:
                change = self.present.whole()
                if self._whole_tracks[0] != change.revision:
                    self._whole_tracks = (change.revision, encoding.columns(change.tracks))
                body = self._compact(change, scope, self._whole_tracks[1], self.present.moves_now())
                known = self._whole[scope] = (change.revision, body)
            return known

    def changes(self, actor: Actor, since: int) -> bytes | None:
        """What changed after revision ``since`` for the actor; None when the whole picture must be fetched instead."""
        change = self.present.since(since)
        if change is None:
            return None
        return self.compact(change, actor, encoding.columns(change.tracks))

    def compact(self, change: Change, actor: Actor, tracks: bytes) -> bytes:
        """Any change for the actor; ``tracks``: what `encoding.columns` made of it."""
        return self._compact(change, scope_of(actor), tracks, self.present.moves_now())

    def forget_encoded(self) -> None:
        """Encode the whole picture anew at the next asking (for measuring)."""
        self._whole.clear()
        self._whole_tracks = (-1, b"")

    def geojson(self, actor: Actor) -> bytes:
        """The whole picture as GeoJSON layers."""
        return encoding.geojson(
            self.present.whole(), actor, self.present.handlings, self.present.gazetteer,
            now=self.clock.now(), exercise=self.exercise, replay=self.present.is_replay,
        )  # fmt: skip

    def _compact(self, change: Change, scope: Scope, tracks: bytes, moves: Moves) -> bytes:
        return encoding.compact(
            change, scope, self.present.handlings, tracks,
            boards=self.present.boards_of(scope, moves), now=self.clock.now(), exercise=self.exercise,
            replay=self.present.is_replay,
        )  # fmt: skip

    def _follow(self) -> None:
        failing = False
        while not self._stopped.is_set():
            try:
                self._watch()
                failing = False
            except Exception as error:
                if not failing:
                    log.error("picture.database_lost", error=str(error))
                failing = True
                self._stopped.wait(LOOK_AGAIN_S)

    def _watch(self) -> None:
        """Follow until stopped or until the database fails."""
        waiting = watch(self.db, self._stopped)
        try:
            self._load()
            while not self._stopped.is_set():
                changed = waiting.wait(LOOK_AGAIN_S)
                began = time.monotonic()
                self._load()
                if changed:
                    took_s = time.monotonic() - began
                    self._stopped.wait(min(max(took_s * GATHER_TIMES, GATHER_LEAST_S), GATHER_MOST_S))
        finally:
            _quietly(waiting.close)

    def _load(self) -> None:
        with self.db.reading() as session:
            if self.present.broke_off:
                self._begin_anew(session)
                change = None
            else:
                change = self.present.load(session)
        now = self.clock.now()
        first = self.checked_at is None
        self.checked_at = now
        if change is None and not first:
            return
        with self._news:
            if change is not None and change.since != NOTHING:
                moves, tracks = self.present.moves_now(), encoding.columns(change.tracks)
                change.tracks = []  # encoded: kept as rows too they would take five times the room
                self._frames.append(Frame(self.last_frame + 1, change, tracks, moves, now))
                while len(self._frames) > 1 and sum(len(frame.tracks) for frame in self._frames) > FRAME_BYTES_KEPT:
                    self._frames.popleft()
            self._news.notify_all()

    def _begin_anew(self, session: Session) -> None:
        """Load the picture whole after a load that broke off; streams are told to fetch it."""
        fresh = PresentPicture(self.clock, self.present.gazetteer)
        fresh.load(session)
        with self._encoding, self._news:
            self._begun_at = self.last_frame + 1
            self._frames.clear()
            self.present = fresh
            self.forget_encoded()
            self._news.notify_all()


def _quietly(close: Callable[[], None]) -> None:
    try:
        close()
    except Exception as error:
        log.debug("picture.close_failed", error=str(error))
