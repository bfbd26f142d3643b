"""Searches for a proposal: builds the problem, solves it, judges what came out, and mends what breaks a rule. No I/O.

Two changes that are clear alone may break a rule together. Those pairs that are seen beforehand are forbidden from the start;
what the rules of the plan find afterwards is forbidden in the next round. What is still not clear when the time is over is
left out of the proposal, so nothing that breaks a rule is ever proposed. Hours, minutes; times aware UTC.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from ops_centre.domain.intervals import Interval
from ops_centre.domain.landmass import Floats
from ops_centre.domain.planning import Booking, Spot, conflicts, is_clear
from ops_centre.domain.proposal_scene import NEARLY, Going, Group, Scene, Trying, Why, booking_of, on_sphere_nm
from ops_centre.domain.proposing import Chance, Limit, Post, Problem, Solution, solve

MOST_ROUNDS = 8
LEAST_SOLVE_S = 0.5
WIDER = 4  # how many times more units are looked at for what stays open

Heard = Callable[[float, str], None]  # how far it is (0 to 1), and what is done
Solver = Callable[[Problem, float], Solution]  # as `proposing.solve`


@dataclass(frozen=True, slots=True)
class Stay:
    """One change: a unit is at one place for one or more groups in a row."""

    unit: int
    goings: tuple[Going, ...]
    span: Interval
    serves: tuple[tuple[int, int], ...]  # group, ask


@dataclass(frozen=True, slots=True)
class Open:
    """Posts that nobody fills."""

    group: int
    ask: int
    count: int
    whys: Mapping[Why, int]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is proposed."""

    stays: tuple[Stay, ...]
    open: tuple[Open, ...]
    wanted: int
    open_before: int  # with everybody where they are
    travel_min: float
    rounds: int
    gap: float
    proven: bool
    left_out: int  # changes that broke a rule beside others when the time was over
    chances: int


class Search:
    """One search."""

    def __init__(
        self,
        scene: Scene,
        seconds: float,
        timer: Callable[[], float],
        heard: Heard | None = None,
        solver: Solver = solve,
    ) -> None:
        """``timer``: seconds that pass, such as time.monotonic. ``heard`` and ``solver`` may raise to stop the search."""
        self.scene, self.seconds, self.timer, self.solver = scene, seconds, timer, solver
        self.heard: Heard = heard or (lambda _share, _words: None)
        self.trying = Trying(scene)
        self.cuts: list[tuple[frozenset[tuple[int, int]], int]] = []  # (unit, group) at most so many
        self.enough = dict.fromkeys(range(len(scene.groups)), scene.bounds.candidates)

    def draft(self) -> Draft:
        """The best that is found in the time."""
        goings, problem = self._problem()
        before = sum(solve(*_only_staying(goings, problem)).open)
        ends = self.timer() + self.seconds
        solution, rounds = self._solved(problem, ends, 1), 1
        while rounds < MOST_ROUNDS and self.timer() < ends - LEAST_SOLVE_S:
            stays = stays_of(self.scene, goings, solution)
            cut = self._cut(stays)
            widened = self._widen(problem, solution) if rounds == 1 else False
            if not cut and not widened:
                break
            rounds += 1
            goings, problem = self._problem()
            solution = self._solved(problem, ends, rounds)
        self.heard(0.95, "Judging what was found")
        stays, left_out = self._clear(stays_of(self.scene, goings, solution))
        return self._told(problem, goings, solution, stays, before, rounds, left_out)

    def _solved(self, problem: Problem, ends: float, number: int) -> Solution:
        left = max(LEAST_SOLVE_S, ends - self.timer())
        share = left if number > 1 else left * 0.7  # something is left for mending
        self.heard(0.35 + 0.5 * min(1.0, (number - 1) / 4), f"Solving, round {number}: {len(problem.chances)} chances")
        return self.solver(problem, share)

    # The problem

    def _problem(self) -> tuple[list[Going], Problem]:
        scene = self.scene
        goings: list[Going] = []
        for number in range(len(scene.groups)):
            if number % 50 == 0:
                self.heard(0.05 + 0.3 * number / max(1, len(scene.groups)), "Looking who could go where")
            goings.extend(self.trying.goings(number, self.enough[number]))
        first, posts = _posts(scene.groups)
        places = {(going.unit, going.group): number for number, going in enumerate(goings)}
        before = _before(scene, goings, places)
        chances = [
            Chance(
                going.unit,
                going.group,
                tuple(first[going.group] + ask for ask in going.asks),
                0.0 if going.stays else (going.minutes + scene.bounds.change_min) / 60.0,
                before.get(number),
            )
            for number, going in enumerate(goings)
        ]
        limits = [*self._pairs(goings), *self._stored(places)]
        return goings, Problem(posts, chances, limits, at_once=scene.at_once)

    def _pairs(self, goings: Sequence[Going]) -> Iterable[Limit]:
        """What one unit cannot do both: two at once, one too soon after another elsewhere, and too much in a row."""
        by_unit: dict[int, list[int]] = {}
        for number, going in enumerate(goings):
            by_unit.setdefault(going.unit, []).append(number)
        for numbers in by_unit.values():
            yield from _at_once(goings, numbers)
            yield from self._one_after_another(goings, [n for n in numbers if not goings[n].stays])

    def _one_after_another(self, goings: Sequence[Going], numbers: Sequence[int]) -> Iterable[Limit]:
        for first in numbers:
            after: dict[object, list[int]] = {}
            for second in numbers:
                if self._clash(goings[first], goings[second]):
                    after.setdefault(self.scene.groups[goings[second].group].span.starts_at, []).append(second)
            for others in after.values():
                if _all_overlap([goings[number].span for number in others]):
                    yield Limit((first, *others))
                else:
                    yield from (Limit((first, other)) for other in others)

    def _clash(self, first: Going, second: Going) -> bool:
        """Whether the second, later and apart, cannot follow the first for certain."""
        gap = second.span.starts_at - first.span.ends_at
        if gap < timedelta(0) or first.group == second.group:
            return False
        one, other = self.scene.groups[first.group], self.scene.groups[second.group]
        unit = self.scene.units[first.unit]
        limits = self.scene.rules.limits[unit.unit_type]
        whole = (second.span.ends_at - first.span.starts_at) / timedelta(hours=1)
        if unit.roster_until is None and timedelta(0) < gap < timedelta(hours=limits.rest_h) and whole > limits.duty_h:
            return True
        if one.spot == other.spot:
            return False
        if gap == timedelta(0):
            return True
        nm = float(on_sphere_nm(one.spot, _row(other.spot))[0])
        return nm * NEARLY / self.scene.speeds.get(unit.id, 10.0) * 60.0 > gap / timedelta(minutes=1)

    def _stored(self, places: Mapping[tuple[int, int], int]) -> Iterable[Limit]:
        for pairs, most in self.cuts:
            own = tuple(places[pair] for pair in sorted(pairs) if pair in places)
            if len(own) > most:
                yield Limit(own, most)

    # Judging

    def _cut(self, stays: Sequence[Stay]) -> bool:
        """Forbid what breaks a rule. Whether there was any."""
        found = False
        for unit, own in _by_unit(stays).items():
            for stay, culprits in self._broken(unit, own):
                pairs = frozenset((unit, going.group) for one in (stay, *culprits) for going in one.goings)
                self.cuts.append((pairs, len(pairs) - 1))
                found = True
        return found

    def _broken(self, unit: int, own: Sequence[Stay]) -> list[tuple[Stay, list[Stay]]]:
        bookings = {f"draft:{number}": self._booking(stay, number) for number, stay in enumerate(own)}
        stored = list(self.scene.bookings.get(unit, ()))
        found = []
        for number, stay in enumerate(own):
            others = [booking for key, booking in bookings.items() if key != f"draft:{number}"]
            broken = [
                one
                for one in conflicts(
                    bookings[f"draft:{number}"], [*stored, *others], self.scene.units[unit], self.scene.rules
                )
                if not is_clear([one])
            ]
            if broken:
                named = {one.with_key for one in broken}
                culprits = [other for key, other in zip(bookings, own, strict=True) if key in named]
                around = culprits or [one for one in own if one is not stay and _near(one, stay)]
                found.append((stay, around))
        return found

    def _booking(self, stay: Stay, number: int) -> Booking:
        group = self.scene.groups[stay.goings[0].group]
        return booking_of(self.scene, stay.unit, group, stay.span, f"draft:{number}")

    def _clear(self, stays: Sequence[Stay]) -> tuple[list[Stay], int]:
        """Those that break no rule together; of those that do the least worth goes first."""
        kept: list[Stay] = []
        left_out = 0
        for unit, own in _by_unit(stays).items():
            rest = list(own)
            while rest and (broken := self._broken(unit, rest)):
                worst = min((stay for stay, _culprits in broken), key=self._worth)
                rest.remove(worst)
                left_out += 1
            kept.extend(rest)
        return kept, left_out

    def _worth(self, stay: Stay) -> float:
        return sum(self.scene.groups[group].asks[ask].worth for group, ask in stay.serves)

    def _widen(self, problem: Problem, solution: Solution) -> bool:
        """Look at more units for what stays open. Whether there are any."""
        wider = False
        for post, count in zip(problem.posts, solution.open, strict=True):
            if count and self.enough[post.group] == self.scene.bounds.candidates:
                self.enough[post.group] *= WIDER
                wider = True
        return wider

    def _told(
        self, problem: Problem, goings: Sequence[Going], solution: Solution, stays: Sequence[Stay], before: int, rounds: int,
        left_out: int,
    ) -> Draft:  # fmt: skip
        kept = {(stay.unit, going.group) for stay in stays for going in stay.goings}
        fills = {
            number: posts
            for number, posts in solution.fills.items()
            if goings[number].stays or (goings[number].unit, goings[number].group) in kept
        }
        first, posts = _posts(self.scene.groups)
        left = [post.wanted for post in posts]
        for filled in fills.values():
            for post in filled:
                left[post] -= 1
        open_ = tuple(
            Open(
                post.group, number - first[post.group], count, self.trying.whys(post.group, number - first[post.group])
            )
            for number, (post, count) in enumerate(zip(posts, left, strict=True))
            if count > 0
        )
        travel = sum(stay.goings[0].minutes for stay in stays)
        return Draft(
            tuple(sorted(stays, key=lambda stay: (stay.span, stay.unit))), open_, sum(post.wanted for post in posts), before,
            travel, rounds, solution.gap, solution.proven, left_out, len(problem.chances),
        )  # fmt: skip


def _posts(groups: Sequence[Group]) -> tuple[list[int], list[Post]]:
    """The number of each group's first post, and all posts."""
    first: list[int] = []
    posts: list[Post] = []
    for number, group in enumerate(groups):
        first.append(len(posts))
        posts.extend(Post(number, ask.wanted, ask.worth) for ask in group.asks)
    return first, posts


def _before(scene: Scene, goings: Sequence[Going], places: Mapping[tuple[int, int], int]) -> dict[int, int]:
    """Which going each one goes on from: the same unit at the same spot until then."""
    ends: dict[tuple[object, object], list[int]] = {}
    for number, group in enumerate(scene.groups):
        ends.setdefault((group.spot, group.span.ends_at), []).append(number)
    found = {}
    for number, going in enumerate(goings):
        group = scene.groups[going.group]
        for earlier in ends.get((group.spot, group.span.starts_at), ()):
            place = places.get((going.unit, earlier))
            if place is not None and not going.stays and goings[place].span.ends_at == group.span.starts_at:
                found[number] = place
    return found


def _at_once(goings: Sequence[Going], numbers: Sequence[int]) -> Iterable[Limit]:
    """One at a time: those that share a moment."""
    told: set[tuple[int, ...]] = set()
    for moment in {goings[number].span.starts_at for number in numbers}:
        own = tuple(n for n in numbers if goings[n].span.starts_at <= moment < goings[n].span.ends_at)
        if len(own) > 1 and own not in told:
            told.add(own)
            yield Limit(own)


def _all_overlap(spans: Sequence[Interval]) -> bool:
    return max(span.starts_at for span in spans) < min(span.ends_at for span in spans)


def stays_of(scene: Scene, goings: Sequence[Going], solution: Solution) -> list[Stay]:
    """What was chosen, joined where a unit goes on at the same spot."""
    first, _posts_of = _posts(scene.groups)
    chosen = sorted(
        ((goings[number], posts) for number, posts in solution.fills.items() if not goings[number].stays),
        key=lambda pair: (pair[0].unit, pair[0].span.starts_at, pair[0].group),
    )
    found: list[Stay] = []
    for going, posts in chosen:
        serves = tuple((going.group, post - first[going.group]) for post in posts)
        last = found[-1] if found else None
        if last is not None and _goes_on(scene, last, going):
            span = Interval(last.span.starts_at, going.span.ends_at)
            found[-1] = Stay(going.unit, (*last.goings, going), span, (*last.serves, *serves))
        else:
            found.append(Stay(going.unit, (going,), going.span, serves))
    return found


def _goes_on(scene: Scene, last: Stay, going: Going) -> bool:
    group, before = scene.groups[going.group], scene.groups[last.goings[-1].group]
    return last.unit == going.unit and before.spot == group.spot and last.span.ends_at == group.span.starts_at


def _only_staying(goings: Sequence[Going], problem: Problem) -> tuple[Problem, float]:
    """The same with everybody where they are, and the seconds it may take."""
    staying = [number for number, going in enumerate(goings) if going.stays]
    places = {number: place for place, number in enumerate(staying)}
    limits = []
    for limit in problem.limits:
        own = tuple(places[number] for number in limit.chances if number in places)
        if len(own) > limit.most:
            limits.append(Limit(own, limit.most))
    return Problem(problem.posts, [problem.chances[n] for n in staying], limits, at_once=problem.at_once), 2.0


def _by_unit(stays: Iterable[Stay]) -> dict[int, list[Stay]]:
    found: dict[int, list[Stay]] = {}
    for stay in stays:
        found.setdefault(stay.unit, []).append(stay)
    return found


def _near(one: Stay, other: Stay) -> bool:
    return abs(one.span.starts_at - other.span.starts_at) <= timedelta(hours=48)


def _row(spot: Spot) -> Floats:
    return np.array([spot], float)
