"""What criteria have brought. Their hits are counted from an index alone, for there are as many as targets ever were;
results, of which there are fewer, are counted apart and joined here."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, distinct, func, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.domain.tasking import Result
from ops_centre.errors import NotFound
from ops_centre.models import Handling, Hit, Outcome, Target
from ops_centre.picture.dispatch_views import CriterionRow, CriterionTarget, CriterionView, Find
from ops_centre.picture.lesson_reads import of_criteria

NEWEST = 60  # targets on the page of one criterion
YES, NO = 3, 2  # ranks of results; a later rank of the same target counts
Version = tuple[str, str]  # criterion, version


def criterion_rows(session: Session, actor: Actor, seen: Collection[int]) -> list[CriterionRow]:
    """One row for each version of each criterion, the one with most hits first."""
    counted = _counted(session, seen)
    results, finds = _results(session, seen)
    lessons = of_criteria(session, seen) if actor.may(Permission.DEBRIEF_VIEW) else {}
    rows = []
    for (criterion, version), (hits, targets) in counted.items():
        of = results.get((criterion, version), {})
        yes, no = of.get(YES, 0), of.get(NO, 0)
        rest = sum(of.values()) - yes - no
        rows.append(
            CriterionRow(
                criterion, version, hits, targets, yes + no, yes, no, rest, targets - yes - no - rest,
                yes / (yes + no) if yes + no else None, finds.get((criterion, version)), tuple(lessons.get(criterion, ())),
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (-row.hits, row.criterion, row.version))


def names_of_criteria(session: Session, seen: Collection[int]) -> list[str]:
    """Names of criteria with a hit on a target in scope."""
    return sorted({criterion for criterion, _version in _counted(session, seen)})


def one_criterion(session: Session, actor: Actor, seen: Collection[int], name: str) -> CriterionView:
    """One criterion with its newest targets. Raises NotFound."""
    versions = [row for row in criterion_rows(session, actor, seen) if row.criterion == name]
    if not versions:
        raise NotFound("There is no such criterion, or nothing it matched is released to you.")
    newest = (
        select(Target, func.max(Hit.matched_at), func.max(Hit.criterion_version))
        .join(Hit, Hit.target_id == Target.id)
        .where(Hit.criterion == name, Target.handling_id.in_(seen))
        .group_by(Target.id)
        .order_by(Target.id.desc())
        .limit(NEWEST)
    )
    rows = session.execute(newest).all()
    results = _result_of(session, seen, [target.id for target, _at, _version in rows])
    targets = tuple(
        CriterionTarget(target.id, target.label, target.status, version, at, results.get(target.id))
        for target, at, version in rows
    )
    return CriterionView(name, tuple(versions), targets, versions[0].lessons)


def _counted(session: Session, seen: Collection[int]) -> dict[Version, tuple[int, int]]:
    """Hits and targets of each version."""
    query = select(Hit.criterion, Hit.criterion_version, func.count(), func.count(distinct(Hit.target_id)))
    query = query.where(*_in_scope(session, seen)).group_by(Hit.criterion, Hit.criterion_version)
    return {(row[0], row[1]): (row[2], row[3]) for row in session.execute(query)}


def _in_scope(session: Session, seen: Collection[int]) -> list[ColumnElement[bool]]:
    """That a hit's target is in scope. Said of the few handlings that are not, and of nothing where there are none."""
    hidden = [number for number in session.scalars(select(Handling.id)) if number not in seen]
    return [Hit.target_id.not_in(select(Target.id).where(Target.handling_id.in_(hidden)))] if hidden else []


def _standing(seen: Collection[int]) -> Any:
    """Outcomes that nothing has taken the place of: the newest of each tasking of a target, and of none."""
    return (
        select(func.max(Outcome.id))
        .where(Outcome.target_id.is_not(None), Outcome.handling_id.in_(seen))
        .group_by(Outcome.target_id, func.coalesce(Outcome.tasking_id, 0))
    )


def _results(session: Session, seen: Collection[int]) -> tuple[dict[Version, dict[int, int]], dict[Version, Find]]:
    """Targets of each version by the rank of their result, and the newest find of each."""
    rank = case((Outcome.result == Result.POSITIVE.value, YES), (Outcome.result == Result.NEGATIVE.value, NO), else_=1)
    found_at = case((Outcome.result == Result.POSITIVE.value, Outcome.examined_at))
    result = (
        select(Outcome.target_id, func.max(rank).label("rank"), func.max(found_at).label("found_at"))
        .where(Outcome.id.in_(_standing(seen)))
        .group_by(Outcome.target_id)
    ).subquery()
    query = (
        select(
            Hit.criterion, Hit.criterion_version, result.c.rank, func.count(distinct(Hit.target_id)),
            func.max(result.c.found_at),
        )
        .join(result, result.c.target_id == Hit.target_id)
        .where(*_in_scope(session, seen))
        .group_by(Hit.criterion, Hit.criterion_version, result.c.rank)
    )  # fmt: skip
    counted: dict[Version, dict[int, int]] = defaultdict(dict)
    last: dict[Version, datetime] = {}
    for criterion, version, of_rank, number, at in session.execute(query):
        counted[criterion, version][of_rank] = number
        if at is not None:
            last[criterion, version] = at
    return counted, _finds(session, seen, last)


def _finds(session: Session, seen: Collection[int], last: Mapping[Version, datetime]) -> dict[Version, Find]:
    """The newest find of each version with its target."""
    query = (
        select(Hit.criterion, Hit.criterion_version, Target.id, Target.label, Outcome.examined_at)
        .join(Outcome, Outcome.target_id == Hit.target_id)
        .join(Target, Target.id == Hit.target_id)
        .where(Outcome.result == Result.POSITIVE.value, Outcome.examined_at.in_(set(last.values())))
        .where(Target.handling_id.in_(seen), Outcome.handling_id.in_(seen))
    )
    return {
        (criterion, version): Find(at, target, label)
        for criterion, version, target, label, at in session.execute(query)
        if last.get((criterion, version)) == at
    }


def _result_of(session: Session, seen: Collection[int], targets: Collection[int]) -> dict[int, str]:
    """The standing result of each target: positive before negative before not examined."""
    query = select(Outcome.target_id, Outcome.result).where(
        Outcome.target_id.in_(targets), Outcome.id.in_(_standing(seen).where(Outcome.target_id.in_(targets)))
    )
    order = {Result.POSITIVE.value: YES, Result.NEGATIVE.value: NO}
    found: dict[int, str] = {}
    for target, result in session.execute(query):
        if target is not None and order.get(result, 1) >= order.get(found.get(target, ""), 0):
            found[target] = result
    return found
