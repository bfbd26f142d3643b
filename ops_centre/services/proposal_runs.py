"""The worker's part of proposals: takes one that waits, has it worked out, and stores the draft.

Properties: a proposal is taken by one worker at a time; one whose worker has been silent for a while is begun anew by whoever
has the lease, and given up after `MOST_TRIES`; what a worker without its lease worked out is stored nowhere (the deeds are
fenced). Progress is written at most every `EVERY_S` seconds, and never more than the screen needs; with each word the worker
learns whether somebody stopped the proposal. The solver runs on a thread of its own and cannot be interrupted: a proposal that
was stopped is "stopping" until that thread ended, at the latest by its own limit of time; what it finds is forgotten.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, or_, select

from ops_centre.auth.actor import Actor
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.proposal_search import Search
from ops_centre.domain.proposing import Problem, ProposalState, Solution, solve
from ops_centre.errors import OpsError
from ops_centre.models import PlanProposal, User
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.leases import LeaseLost
from ops_centre.services.proposal_scenes import Scenes
from ops_centre.services.proposal_telling import Telling, figures, in_words
from ops_centre.services.sessions import actor_of

EVERY_S = 0.7
MOST_TRIES = 3
RUNNING = ProposalState.RUNNING.value
STOPPING = ProposalState.STOPPING.value

log = structlog.get_logger(__name__)


class StoppedError(Exception):
    """Somebody stopped the proposal, or another worker has it now."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be worked out."""

    id: int
    sort: str
    until_at: datetime
    agency: str | None
    actor: Actor


class ProposalRuns:
    """The worker's duty."""

    def __init__(
        self, db: Database, clock: Clock, settings: Settings, gazetteer: Gazetteer, deeds: Deeds, holder: str,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.db, self.clock, self.settings, self.gazetteer = db, clock, settings, gazetteer
        self.deeds, self.holder, self.timer = deeds, holder, timer

    def run_next(self) -> str | None:
        """Work out the proposal that has waited longest, if any. What came of it."""
        number = self._next()
        task = self._take(number) if number is not None else None
        if task is None:
            return None
        try:
            return self._work(task)
        except StoppedError:
            return f"proposal {task.id} was stopped"
        except LeaseLost:
            raise
        except Exception as error:
            log.exception("proposal.failed", proposal=task.id)
            words = (
                str(error)
                if isinstance(error, OpsError)
                else f"The solver's own program failed: {type(error).__name__}."
            )
            self._fail(task.id, words)
            return f"proposal {task.id} failed"

    def _next(self) -> int | None:
        """The number of one that waits, or whose worker fell silent."""
        now, patience = self.clock.now(), timedelta(seconds=self.settings.proposals.taken_over_seconds)
        waiting = PlanProposal.state == ProposalState.WAITING.value
        set_back = PlanProposal.taken_at > now + patience  # the clock was
        silent = or_(PlanProposal.taken_at < now - patience, set_back)
        left = and_(PlanProposal.state.in_((RUNNING, STOPPING)), silent)
        with self.db.reading() as session:
            return session.scalar(select(PlanProposal.id).where(or_(waiting, left)).order_by(PlanProposal.id).limit(1))

    def _take(self, number: int) -> Task | None:
        with self.deeds.begin("system", "take proposal") as deed:
            lock_log(deed.session)
            row = deed.session.get(PlanProposal, number, populate_existing=True)
            if row is not None and row.state == STOPPING:  # its worker died before its solver let go
                self._dropped(deed, row)
            if row is None or row.state not in (ProposalState.WAITING.value, RUNNING):
                return None
            tries = int(row.asked.get("tries", 0)) + 1
            user = deed.session.get(User, row.asked["user_id"])
            actor = actor_of(user) if user is not None else None
            if actor is None or tries > MOST_TRIES:
                gone = "The account that asked for it is no longer in use."
                self._failed(
                    deed, row, gone if actor is None else f"It was begun {MOST_TRIES} times and never came to an end."
                )
                return None
            row.asked = {**row.asked, "tries": tries}
            row.state, row.taken_by, row.taken_at = RUNNING, self.holder, deed.now
            row.progress, row.doing = 0.02, "Reading the plan"
            deed.touch(row)
            return Task(row.id, row.sort, row.until_at, row.asked.get("agency"), actor)

    def _work(self, task: Task) -> str:
        try:
            return self._worked(task)
        except StoppedError:
            self._let_go(task.id)
            raise

    def _worked(self, task: Task) -> str:
        began, cpu = self.timer(), time.process_time()
        with self.db.reading() as session:
            scenes = Scenes(session, self.settings, self.gazetteer, task.actor, self.clock.now())
            gathered = (scenes.targets if task.sort == "targets" else scenes.shortfalls)(task.until_at, task.agency)
        told = _Progress(self, task.id)
        apart = ThreadPoolExecutor(1, thread_name_prefix="solver")

        def solver(problem: Problem, seconds: float) -> Solution:
            return told.while_waiting(apart, problem, seconds)

        try:
            seconds = self.settings.proposals.solve_seconds
            draft = Search(gathered.scene, seconds, self.timer, told.heard, solver).draft()
        except StoppedError:
            apart.shutdown(wait=True, cancel_futures=True)
            raise
        finally:
            apart.shutdown(wait=False)
        telling = Telling(gathered.scene, self.gazetteer)
        words = in_words(draft)
        with self.deeds.begin("system", "finish proposal") as deed:
            row = self._mine(deed, task.id)
            row.changes, row.uncovered = telling.changes(draft), telling.uncovered(draft)
            row.figures = figures(draft, self.timer() - began, time.process_time() - cpu, gathered.unplaced)
            row.state, row.progress, row.doing = ProposalState.DRAFT.value, 1.0, None
            deed.touch(row)
            deed.log(EntryKind.PLAN, f"Proposal {row.id} is ready: {words}.", handling_id=row.handling_id)
        return f"proposal {task.id}: {words}"

    def _mine(self, deed: Deed, number: int) -> PlanProposal:
        """The proposal as long as this worker has it. Raises StoppedError."""
        lock_log(deed.session)
        row = deed.session.get_one(PlanProposal, number, populate_existing=True)
        if row.state != RUNNING or row.taken_by != self.holder:
            raise StoppedError
        return row

    def note(self, number: int, share: float, words: str) -> None:
        """Write progress down. Raises StoppedError."""
        with self.deeds.begin("system", "progress of proposal") as deed:
            row = self._mine(deed, number)
            row.progress, row.doing, row.taken_at = round(min(share, 0.99), 2), words, deed.now
            deed.touch(row)

    def _let_go(self, number: int) -> None:
        """The solver ended: what was stopping is dropped, unless another worker has it by now."""
        with self.deeds.begin("system", "proposal stopped") as deed:
            lock_log(deed.session)
            row = deed.session.get_one(PlanProposal, number, populate_existing=True)
            if row.state == STOPPING and row.taken_by == self.holder:
                self._dropped(deed, row)

    def _dropped(self, deed: Deed, row: PlanProposal) -> None:
        row.state, row.doing = ProposalState.DROPPED.value, None
        deed.touch(row)

    def _fail(self, number: int, words: str) -> None:
        try:
            with self.deeds.begin("system", "proposal failed") as deed:
                self._failed(deed, self._mine(deed, number), words)
        except StoppedError:
            pass

    def _failed(self, deed: Deed, row: PlanProposal, words: str) -> None:
        row.state, row.fault, row.doing, row.ended_at = ProposalState.FAILED.value, words, None, deed.now
        deed.touch(row)
        deed.log(EntryKind.PLAN, f"Proposal {row.id} failed: {words}", handling_id=row.handling_id)


class _Progress:
    """Passes on how far the search is, not too often."""

    def __init__(self, runs: ProposalRuns, number: int) -> None:
        self.runs, self.number = runs, number
        self._said_at = runs.timer()
        self._share, self._words = 0.02, "Reading the plan"

    def heard(self, share: float, words: str) -> None:
        """A word from the search."""
        self._share, self._words = share, words
        self.tell(share)

    def tell(self, share: float) -> None:
        """Written when the last word is long enough ago."""
        if self.runs.timer() - self._said_at >= EVERY_S:
            self._said_at = self.runs.timer()
            self.runs.note(self.number, share, self._words)

    def while_waiting(self, apart: ThreadPoolExecutor, problem: Problem, seconds: float) -> Solution:
        """Solve on another thread; meanwhile progress goes on with the time. Raises StoppedError."""
        answer = apart.submit(solve, problem, seconds)
        began, share = self.runs.timer(), self._share
        while True:
            try:
                return answer.result(timeout=EVERY_S)
            except NotYet:
                gone = min(1.0, (self.runs.timer() - began) / max(seconds, EVERY_S))
                self.tell(share + (0.93 - share) * gone * 0.9)
