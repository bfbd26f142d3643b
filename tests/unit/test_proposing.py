"""The solver of proposals: on small cases it finds what trying everything finds."""

from itertools import combinations, product
from random import Random

import pytest

from ops_centre.domain.proposing import Chance, Limit, Post, Problem, cost_of, solve


def best_by_trying_all(problem: Problem) -> float:
    """The least cost over every set of chances that keeps the limits, each filling every choice of posts."""
    best = cost_of(problem, {})
    numbers = range(len(problem.chances))
    for size in range(1, len(problem.chances) + 1):
        for taken in combinations(numbers, size):
            if any(len(set(limit.chances) & set(taken)) > limit.most for limit in problem.limits):
                continue
            for posts in product(*(_ways(problem, number) for number in taken)):
                fills = dict(zip(taken, posts, strict=True))
                if all(len([1 for some in posts if p in some]) <= post.wanted for p, post in enumerate(problem.posts)):
                    best = min(best, cost_of(problem, fills))
    return best


def _ways(problem: Problem, number: int) -> list[tuple[int, ...]]:
    posts = problem.chances[number].posts
    if not problem.at_once:
        return [(post,) for post in posts]
    return [some for size in range(1, len(posts) + 1) for some in combinations(posts, size)]


def random_problem(seed: int) -> Problem:
    """Some three units, two blocks of two places, posts of one or two needs, and limits as the centre makes them."""
    chance = Random(seed)
    groups = [(place, block) for place in range(2) for block in range(2)]
    posts = [
        Post(number, chance.randint(1, 2), chance.choice([400.0, 80.0, 16.0, 4.0]))
        for number in range(len(groups))
        for _need in range(chance.randint(0, 2))
    ]
    chances: list[Chance] = []
    numbers: dict[tuple[int, int], int] = {}
    for unit in range(3):
        for number, (place, block) in enumerate(groups):
            own = tuple(p for p, post in enumerate(posts) if post.group == number and chance.random() < 0.7)
            if own and chance.random() < 0.8:
                before = numbers.get((unit, place * 2)) if block == 1 else None
                numbers[(unit, number)] = len(chances)
                chances.append(Chance(unit, number, own, round(chance.uniform(0.1, 6.0), 2), before))
    limits = [
        Limit((a, b))
        for (a, one), (b, two) in combinations(enumerate(chances), 2)
        if one.unit == two.unit and (groups[one.group][1] == groups[two.group][1] or chance.random() < 0.3)
    ]
    return Problem(posts, chances[:8], [x for x in limits if max(x.chances) < 8], at_once=bool(seed % 2))


@pytest.mark.parametrize("seed", range(40))
def test_the_solver_finds_what_trying_everything_finds(seed: int) -> None:
    problem = random_problem(seed)
    solution = solve(problem, seconds=5, gap=0.0)
    assert solution.proven
    assert solution.cost == pytest.approx(best_by_trying_all(problem))
    assert solution.cost == pytest.approx(cost_of(problem, solution.fills))
    for limit in problem.limits:
        assert len(set(limit.chances) & set(solution.fills)) <= limit.most
