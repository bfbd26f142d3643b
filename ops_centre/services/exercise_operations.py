"""In an exercise: a few operations of each level, proposed, planned, approved and run by the exercise's own people.

They are made by the same acts as anybody's, once, when the accounts of the exercise are there: the log tells of each step.
A centre that knows any operation gets none, so that a restart adds nothing and nobody's work is joined by invented ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.handling import Marking
from ops_centre.domain.operations import OperationKind, OperationState
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.results import Result
from ops_centre.domain.shapes import digest
from ops_centre.domain.targeting import OPEN_STATUSES, Severity
from ops_centre.errors import OpsError
from ops_centre.models import Handling, Objective, Operation, Target, User
from ops_centre.services.deeds import Deeds
from ops_centre.services.objectives import Objectives
from ops_centre.services.operation_areas import OperationAreas
from ops_centre.services.operation_asked import Proposal, Trigger
from ops_centre.services.operations import Operations
from ops_centre.services.orders import Orders

log = structlog.get_logger(__name__)
K, S = OperationKind, OperationState
LEAD, SECOND, COMMANDER, DUTY = "lead", "lead2", "commander", "duty"  # sign-in names of the exercise's accounts
GREEN = Marking.GREEN.value


@dataclass(frozen=True, slots=True)
class Seed:
    """One operation of the exercise. ``begins`` and ``ends``: hours from now. ``moves``: who brings it where."""

    proposal: Proposal
    begins: float | None
    ends: float | None
    next_in: float | None = None
    area: Sequence[Mapping[str, Any]] = ()
    objectives: Sequence[tuple[str, str]] = ()
    order: Mapping[str, str] | None = None
    moves: Sequence[tuple[str, OperationState]] = ()
    ended: str | None = None  # how it ended, for one that is closed


def _shape(kind: str, name: str, *points: tuple[float, float], **more: float) -> dict[str, Any]:
    return {"kind": kind, "name": name, "points": [list(point) for point in points], **more}


_PLANNED, _APPROVED, _ACTIVE = (COMMANDER, S.PLANNED), (SECOND, S.APPROVED), (COMMANDER, S.ACTIVE)
SEEDS: tuple[Seed, ...] = (
    Seed(
        Proposal(
            name="Gulf night watch", purpose="Small craft may meet arriving yachts in the Hauraki Gulf before clearance.",
            commander=COMMANDER, agencies=("CUS", "MAR", "POL"), subjects=("vessel",), place="NZAKL",
            required=(("boarding", 2), ("dog team", 1)), next_event="Second boat goes out, or not", marking=GREEN,
        ),
        begins=-0.5, ends=9, next_in=0.75,
        area=[
            _shape("polygon", "Gulf", (-36.45, 174.85), (-36.40, 175.25), (-36.75, 175.35), (-36.80, 174.90)),
            _shape("lane", "Approach", (-35.90, 175.10), (-36.40, 175.05), width_nm=3.0),
        ],
        objectives=[
            ("Every arriving yacht is met before anybody lands", "yachts met of yachts arrived"),
            ("No small craft meets a yacht unseen", "meetings seen on the picture"),
        ],
        order={
            "situation": "Four yachts are expected overnight. Two small craft were seen off Kawau last week.",
            "mission": "See every meeting between arriving yachts and small craft and board where the picture asks for it.",
            "execution": "One boat in the Gulf from dusk, one at readiness in Auckland. The agencies say how they board.",
            "administration": "Fuel at the base. Relief at 02:00.",
            "command": "VHF 73 and the centre's log. Nobody boards alone.",
        },
        moves=(_PLANNED, _APPROVED, _ACTIVE),
    ),
    Seed(
        Proposal(
            name="Container week", purpose="Rip-on and rip-off consignments from listed ports are up at Tauranga.",
            commander=COMMANDER, agencies=("CUS", "BIO"), subjects=("consignment", "vessel"), place="NZTRG",
            required=(("examination", 3),), next_event="Plan is approved, or goes back", marking=GREEN,
        ),
        begins=18, ends=18 + 5 * 24, next_in=10,
        objectives=[("One container in twenty of the listed trades is opened", "opened of landed")],
        moves=(_PLANNED,),
    ),
    Seed(
        Proposal(
            name="Kotare: mass arrival drill", purpose="Practise a flight with two hundred passengers of interest.",
            is_exercise=True, commander=COMMANDER, agencies=("CUS", "IMM", "BIO", "POL"), subjects=("flight", "person"),
            place="NZAA", required=(("passenger processing", 4),), next_event="Begin the drill", marking=GREEN,
        ),
        begins=5, ends=8, next_in=4.5,
        objectives=[("Every passenger of interest is met at the gate", "met of listed")],
        moves=(_PLANNED, _APPROVED),
    ),
    Seed(
        Proposal(
            name="Mail centre sweep", purpose="Parcels of one sender came through three days running.",
            commander=COMMANDER, agencies=("CUS",), subjects=("consignment",), place="NZAKL", marking=GREEN,
        ),
        begins=-0.25, ends=4,
        objectives=[("The sender's parcels are held", "held of arrived")],
        moves=(_PLANNED, _APPROVED, _ACTIVE, (COMMANDER, S.CLOSED)),
        ended="Eleven parcels were held; the sender is known.",
    ),
    Seed(
        Proposal(
            name="Northern approaches", purpose="Standing watch of craft that come from the north without notice.",
            kind=K.OVERWATCH, commander=LEAD, agencies=("CUS", "MAR"), subjects=("vessel",), marking=GREEN,
        ),
        begins=-1, ends=None,
        area=[_shape("polygon", "Approaches", (-33.6, 171.5), (-33.6, 175.5), (-35.0, 175.9), (-34.6, 172.2))],
        moves=((LEAD, S.WATCHING),),
    ),
    Seed(
        Proposal(
            name="Cruise season opening", purpose="First cruise ship of the season: watch the berth and the anchorage.",
            kind=K.OVERWATCH, commander=COMMANDER, agencies=("CUS", "BIO", "POL"), subjects=("vessel", "person"),
            place="NZOPX", next_event="Berth is confirmed", marking=GREEN,
        ),
        begins=40, ends=60, next_in=20,
    ),
)  # fmt: skip


class ExerciseOperations:
    """Makes them."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, gazetteer: Gazetteer, deeds: Deeds) -> None:
        self.db, self.clock, self.settings = db, clock, settings
        self.operations, self.objectives = Operations(clock, settings, gazetteer, deeds), Objectives(deeds)
        self.orders, self.areas = Orders(deeds), OperationAreas(deeds)
        self._done = False

    def ensure(self) -> None:
        """Make them once: the planned ones when the accounts are there, a contingency when a target asks for one."""
        if self._done:
            return
        with self.db.reading() as session:
            people = _people(session)
            known = set(session.scalars(select(Operation.name)))
            contingencies = session.scalar(
                select(func.count()).select_from(Operation).where(Operation.kind == K.CONTINGENCY.value)
            )
        if people is None:
            return
        names = {seed.proposal.name for seed in SEEDS}
        if not known:
            for seed in SEEDS:
                self._make(seed, people)
        elif not names <= known:  # somebody else's centre: leave it alone
            self._done = True
            return
        self._done = bool(contingencies) or self._respond(people[DUTY])

    def _make(self, seed: Seed, people: Mapping[str, Actor]) -> None:
        """One operation, as far as it goes; what is refused stays undone, and is said in the log of the process."""
        now = self.clock.now().replace(second=0, microsecond=0)
        codes = {agency.code for agency in self.settings.agencies}
        proposal = replace(
            seed.proposal,
            agencies=[code for code in seed.proposal.agencies if code in codes],
            starts_at=_hours(now, seed.begins),
            ends_at=_hours(now, seed.ends),
            next_event_at=_hours(now, seed.next_in),
        )
        number = int(self.operations.propose(people[LEAD], proposal)["operation"])
        for step in self._steps(seed, number, people):
            try:
                step()
            except OpsError as refused:
                log.warning("exercise.operation_refused", name=proposal.name, why=str(refused))
                return

    def _steps(self, seed: Seed, number: int, people: Mapping[str, Actor]) -> list[Callable[[], Any]]:
        lead, commander = people[LEAD], people[COMMANDER]
        steps: list[Callable[[], Any]] = []
        if seed.area:
            steps.append(partial(self.areas.put, lead, number, digest([]), seed.area))
        steps += [partial(self.objectives.add, commander, number, *one) for one in seed.objectives]
        if seed.order is not None:
            steps.append(partial(self.orders.issue, commander, number, 1, 0, seed.order))
        for who, to in seed.moves:
            if to is S.CLOSED:
                steps.append(partial(self._judge, commander, number))
            reason = seed.ended if to is S.CLOSED else None
            steps.append(partial(self.operations.move, people[who], number, to, reason))
        return steps

    def _judge(self, commander: Actor, number: int) -> None:
        with self.db.reading() as session:
            rows = session.execute(
                select(Objective.id, Objective.version).where(Objective.operation_id == number)
            ).all()
        for objective, version in rows:
            self.objectives.judge(commander, objective, version, Result.SUCCESSFUL, "")

    def _respond(self, officer: Actor) -> bool:
        """Open a contingency about a grave open target that everybody may know of; whether there was one."""
        with self.db.reading() as session:
            target = session.scalars(
                select(Target.id)
                .join(Handling, Handling.id == Target.handling_id)
                .where(Target.status.in_(OPEN_STATUSES), Handling.marking.in_(("CLEAR", "GREEN")))
                .where(Target.severity.in_((Severity.TOP.value, Severity.HIGH.value)))
                .order_by(Target.severity == Severity.HIGH.value, Target.id)
                .limit(1)
            ).first()
        if target is None:
            return False
        opened = self.operations.open_contingency(officer, Trigger("target", str(target)))
        self.operations.move(officer, int(opened["operation"]), S.RESPONDING)
        return True


def _hours(now: datetime, hours: float | None) -> datetime | None:
    return now + timedelta(hours=hours) if hours is not None else None


def _people(session: Session) -> dict[str, Actor] | None:
    """The exercise's accounts by name; None while one is not there."""
    users = session.scalars(
        select(User).where(User.name.in_((LEAD, SECOND, COMMANDER, DUTY)), User.disabled_at.is_(None))
    )
    found = {one.name: Actor(one.id, one.name, one.display_name, Role(one.role), one.agency) for one in users}
    return found if len(found) == 4 else None
