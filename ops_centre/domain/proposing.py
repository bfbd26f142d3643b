"""Chooses who goes where: an exact search (mixed integer programming, HiGHS) over the chances it is given. No I/O.

A post wants so many units; a chance is one unit at one group of posts (a place in a block, or a target) for some hours of
travel. Chosen is what leaves the least open, weighed by worth, and among that travels least: the sum of worth x open posts and
of hours of travel is smallest. Travel is counted once for a stay: a chance that follows another at the same place costs
nothing more. What may not be chosen together stands in `limits`. Worth and travel in hours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

SORTS = ("shortfalls", "targets")


class ProposalState(StrEnum):
    """How far a proposal is."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPING = "stopping"  # somebody stopped it; its solver has not let go yet
    DRAFT = "draft"
    APPROVED = "approved"
    DROPPED = "dropped"
    FAILED = "failed"


UNFINISHED = frozenset({ProposalState.WAITING.value, ProposalState.RUNNING.value, ProposalState.STOPPING.value})
DRAFT = frozenset({ProposalState.DRAFT.value})
SURE = 0.5  # a variable of the solver above this is taken


@dataclass(frozen=True, slots=True)
class Post:
    """So many units are wanted for one need of a group."""

    group: int
    wanted: int
    worth: float  # of each


@dataclass(frozen=True, slots=True)
class Chance:
    """One unit at one group."""

    unit: int
    group: int
    posts: tuple[int, ...]  # numbers of the posts it can fill
    hours: float  # what it costs
    follows: int | None = None  # number of the chance after which it costs nothing


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many of these chances."""

    chances: tuple[int, ...]
    most: int = 1


@dataclass(slots=True)
class Problem:
    """What is to be solved. ``at_once``: a unit fills every post of its group that it can, else one of them."""

    posts: Sequence[Post]
    chances: Sequence[Chance]
    limits: list[Limit] = field(default_factory=list)
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Solution:
    """What was chosen: chance -> posts that it fills."""

    fills: dict[int, tuple[int, ...]]
    open: tuple[int, ...]  # by post
    cost: float
    gap: float  # how far from the best there may be at most, as a share of the cost
    proven: bool  # whether the search ended by itself


def cost_of(problem: Problem, fills: dict[int, tuple[int, ...]]) -> float:
    """Worth of what stays open and hours of travel."""
    left = open_posts(problem, fills)
    travel = sum(
        chance.hours
        for number, chance in enumerate(problem.chances)
        if number in fills and (chance.follows is None or chance.follows not in fills)
    )
    return sum(post.worth * count for post, count in zip(problem.posts, left, strict=True)) + travel


def open_posts(problem: Problem, fills: dict[int, tuple[int, ...]]) -> tuple[int, ...]:
    """How many units each post still wants."""
    filled = [0] * len(problem.posts)
    for posts in fills.values():
        for post in posts:
            filled[post] += 1
    return tuple(max(0, post.wanted - count) for post, count in zip(problem.posts, filled, strict=True))


def solve(problem: Problem, seconds: float, gap: float = 1e-4) -> Solution:
    """The best choice, or the best found within ``seconds``; without any found in time, nothing is chosen."""
    if not problem.chances or not problem.posts:
        return _solution(problem, {}, 0.0, proven=True)
    from scipy.optimize import milp  # type: ignore[import-untyped] # noqa: PLC0415  (heavy: only whoever solves loads it)

    model = _Model(problem)
    answer = milp(
        model.costs,
        constraints=model.constraints(),
        integrality=model.whole,
        bounds=model.bounds(),
        options={"time_limit": max(seconds, 0.1), "mip_rel_gap": gap},
    )
    if answer.x is None:
        return _solution(problem, {}, 1.0, proven=False)
    return _solution(problem, model.fills(answer.x), float(answer.mip_gap or 0.0), proven=answer.status == 0)


def _solution(problem: Problem, fills: dict[int, tuple[int, ...]], gap: float, *, proven: bool) -> Solution:
    return Solution(fills, open_posts(problem, fills), cost_of(problem, fills), gap, proven)


class _Model:
    """The problem as the solver takes it. Variables: each chance taken; each pair of a chance and a post filled; of each
    chance that follows another, whether it travels all the same; units that each post lacks."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        chances, posts = problem.chances, problem.posts
        self.pairs = [(c, p) for c, chance in enumerate(chances) for p in chance.posts]
        self.followers = [(c, chance.follows) for c, chance in enumerate(chances) if chance.follows is not None]
        n, m, f = len(chances), len(self.pairs), len(self.followers)
        self.first_pair, self.first_start, self.first_open = n, n + m, n + m + f
        self.size = n + m + f + len(posts)
        self.costs = np.zeros(self.size)
        for c, chance in enumerate(chances):
            if chance.follows is None:
                self.costs[c] = chance.hours
        for place, (c, _before) in enumerate(self.followers):
            self.costs[self.first_start + place] = chances[c].hours
        self.costs[self.first_open :] = [post.worth for post in posts]
        self.whole = np.zeros(self.size)
        self.whole[: n + m] = 1
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._values: list[float] = []
        self._least: list[float] = []
        self._most: list[float] = []
        self._fill_posts()
        self._go_before_filling()
        self._travel_once()
        for limit in problem.limits:
            self._row([(c, 1.0) for c in limit.chances], -np.inf, float(limit.most))

    def _row(self, terms: Sequence[tuple[int, float]], least: float, most: float) -> None:
        row = len(self._least)
        for column, value in terms:
            self._rows.append(row)
            self._columns.append(column)
            self._values.append(value)
        self._least.append(least)
        self._most.append(most)

    def _fill_posts(self) -> None:
        """Those who fill a post, and those it lacks, are as many as it wants."""
        by_post: dict[int, list[int]] = {}
        for place, (_c, p) in enumerate(self.pairs):
            by_post.setdefault(p, []).append(self.first_pair + place)
        for p, post in enumerate(self.problem.posts):
            terms = [(column, 1.0) for column in by_post.get(p, ())]
            self._row([*terms, (self.first_open + p, 1.0)], float(post.wanted), float(post.wanted))

    def _go_before_filling(self) -> None:
        """A chance that is taken fills posts, one or any that it can; nobody is sent for nothing."""
        by_chance: dict[int, list[int]] = {}
        for place, (c, _p) in enumerate(self.pairs):
            by_chance.setdefault(c, []).append(self.first_pair + place)
        for c, columns in by_chance.items():
            if self.problem.at_once:
                for column in columns:
                    self._row([(column, 1.0), (c, -1.0)], -np.inf, 0.0)
                self._row([*((column, 1.0) for column in columns), (c, -1.0)], 0.0, np.inf)
            else:
                self._row([*((column, 1.0) for column in columns), (c, -1.0)], 0.0, 0.0)

    def _travel_once(self) -> None:
        for place, (c, before) in enumerate(self.followers):
            self._row([(c, 1.0), (before, -1.0), (self.first_start + place, -1.0)], -np.inf, 0.0)

    def constraints(self) -> Any:
        """All rows."""
        from scipy.optimize import LinearConstraint  # noqa: PLC0415
        from scipy.sparse import csr_array  # type: ignore[import-untyped] # noqa: PLC0415

        shape = (len(self._least), self.size)
        matrix = csr_array((self._values, (self._rows, self._columns)), shape=shape)
        return LinearConstraint(matrix, self._least, self._most)

    def bounds(self) -> Any:
        """Each variable between nothing and one; what a post lacks, up to what it wants."""
        from scipy.optimize import Bounds  # noqa: PLC0415

        most = np.ones(self.size)
        most[self.first_open :] = [post.wanted for post in self.problem.posts]
        return Bounds(np.zeros(self.size), most)

    def fills(self, values: Any) -> dict[int, tuple[int, ...]]:
        """What the solver chose; who was taken for nothing is left where it is."""
        found: dict[int, list[int]] = {}
        for place, (c, p) in enumerate(self.pairs):
            if values[self.first_pair + place] > SURE:
                found.setdefault(c, []).append(p)
        return {c: tuple(posts) for c, posts in found.items()}


def second_needed(person: str, asked_by: str, kept: Iterable[Mapping[str, Any]]) -> str | None:
    """Why ``person`` may not approve a proposal alone; None: may. ``kept``: its changes that are not left out."""
    did = ["asked for it"] if person == asked_by else []
    did += ["re-timed a change of it"] if any(one.get("timed_by") == person for one in kept) else []
    return f"A second person must approve it: you {' and '.join(did)}." if did else None
