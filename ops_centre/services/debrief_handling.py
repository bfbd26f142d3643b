"""How debriefs and lessons are handled after they were made: marked anew with a reason, kept as narrow as what they tell of.

The agency that owns one decides. A debrief is never read by more than what it is about; a lesson of a debrief may be, where
its agency says so (docs/debriefs.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, and_, cast, or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.config import Settings
from ops_centre.domain.debriefs import DebriefOf
from ops_centre.domain.duty_log import ThingKind
from ops_centre.domain.handling import HandlingRule, Marking, covers, narrowest
from ops_centre.errors import Conflict, Invalid, NotPermitted
from ops_centre.models import Debrief, Lesson, Operation, Tasking
from ops_centre.services.debrief_steps import called, check_agencies, check_version, handled, log_debrief, rule_at
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.handlings import handling_id
from ops_centre.services.in_scope import in_scope, sees_handling
from ops_centre.services.lesson_steps import check_owner, lesson_to_change, log_lesson, lost_to_owners

_ORDER = list(Marking)


@dataclass(frozen=True, slots=True)
class Marked:
    """How something is to be handled from now on, and why."""

    marking: str
    releases: Sequence[str]
    reason: str


class DebriefHandling:
    """Acts on the handling of debriefs and lessons."""

    def __init__(self, deeds: Deeds, settings: Settings) -> None:
        self.deeds = deeds
        self.settings = settings

    def mark_debrief(
        self, actor: Actor, debrief_id: int, version: int, marked: Marked, request_id: str | None = None
    ) -> dict[str, Any]:
        """Handle a debrief, open or closed, otherwise. Raises NotFound, NotPermitted, Conflict, Invalid."""
        authorise(actor, Permission.DEBRIEF_LEAD)
        with self.deeds.begin(actor, "mark debrief", request_id) as deed:
            lock_log(deed.session)
            debrief = in_scope(deed.session, actor, Debrief, debrief_id, "debrief")
            check_version(deed.session, ThingKind.DEBRIEF, debrief, version)
            was, rule = self._asked(deed.session, actor, debrief.handling_id, marked, called(debrief))
            thing = rule_of_thing(deed.session, self.settings, actor, debrief.about_kind, debrief.about_id)
            if not no_more_open(rule, thing):
                raise Invalid(f"The {debrief.about_kind} is {handled(thing)}: its debrief is read by nobody more.")
            if lost := lost_to_owners(deed.session, rehandle(deed, debrief, rule)):
                raise Invalid(f"Lessons of it would be handled so too. {' '.join(lost)} Hand over or mark apart first.")
            debrief.version += 1
            log_debrief(deed, debrief, f"{called(debrief)}: {_changed(was, rule)}: {marked.reason.strip()}", typed=True)
            deed.answer = {"said": f"The debrief is {handled(rule)}."}
        return deed.answer

    def mark_lesson(
        self, actor: Actor, lesson_id: int, version: int, marked: Marked, request_id: str | None = None
    ) -> dict[str, Any]:
        """Handle a lesson otherwise; its owner must go on reading it. Raises NotFound, NotPermitted, Conflict, Invalid."""
        authorise(actor, Permission.DEBRIEF_LEAD)
        authorise(actor, Permission.LESSON_EDIT)
        with self.deeds.begin(actor, "mark lesson", request_id) as deed:
            lesson = lesson_to_change(deed, actor, lesson_id)
            check_version(deed.session, ThingKind.LESSON, lesson, version)
            was, rule = self._asked(deed.session, actor, lesson.handling_id, marked, f"Lesson {lesson.id}")
            self._check_wider(deed.session, actor, lesson, rule)
            wanted = handling_id(deed.session, rule.owner, rule.marking.value, rule.releases)
            check_owner(deed.session, lesson.owner, wanted)
            lesson.handling_id = wanted
            lesson.version += 1
            log_lesson(deed, lesson, f"Lesson {lesson.id}: {_changed(was, rule)}: {marked.reason.strip()}", typed=True)
            deed.answer = {"said": f"The lesson is {handled(rule)}."}
        return deed.answer

    def _asked(
        self, session: Session, actor: Actor, now: int, marked: Marked, called_so: str
    ) -> tuple[HandlingRule, HandlingRule]:
        """The rule of now and the one asked for, or raise: its agency decides, says why, and goes on reading it."""
        if not marked.reason.strip():
            raise Invalid("Say why it is handled otherwise.")
        check_agencies(self.settings, marked.releases)
        was = rule_at(session, now)
        if actor.agency != was.owner:
            raise NotPermitted(f"{called_so} is {was.owner}'s: only {was.owner} changes how it is handled.")
        rule = HandlingRule(was.owner, Marking(marked.marking), frozenset(marked.releases) - {was.owner})
        if rule == was:
            raise Conflict("Nothing is different from what it is now.")
        if not sees_handling(session, actor, handling_id(session, rule.owner, rule.marking.value, rule.releases)):
            raise Invalid("So marked you could not read it yourself.")
        return was, rule

    def _check_wider(self, session: Session, actor: Actor, lesson: Lesson, rule: HandlingRule) -> None:
        debrief = session.get(Debrief, lesson.debrief_id) if lesson.debrief_id else None
        source = rule_at(session, debrief.handling_id) if debrief is not None else None
        if source is not None and actor.agency != source.owner and not covers(rule, source):
            raise Invalid(f"Its debrief is {handled(source)}: only {source.owner} lets more people read its lessons.")


def no_more_open(rule: HandlingRule, thing: HandlingRule) -> bool:
    """Whether nobody more reads what is handled by ``rule``, and it is marked no lower, than ``thing``."""
    return covers(rule, thing) and _ORDER.index(rule.marking) >= _ORDER.index(thing.marking)


def rule_of_thing(session: Session, settings: Settings, actor: Actor, kind: str, thing: str) -> HandlingRule:
    """How what is debriefed is handled: of a tasking also its operation's, which may be stricter by now."""
    if kind == DebriefOf.OPERATION:
        return rule_at(session, session.get_one(Operation, int(thing)).handling_id)
    if kind == DebriefOf.WATCH:
        return HandlingRule(settings.centre.agency, Marking.GREEN)
    tasking = session.get_one(Tasking, int(thing))
    its = rule_at(session, tasking.handling_id)
    operation = session.get(Operation, tasking.operation_id) if tasking.operation_id else None
    above = rule_at(session, operation.handling_id) if operation is not None else its
    return its if no_more_open(its, above) else narrowest(its, [above], keeper=actor.agency)


def rehandle(deed: Deed, debrief: Debrief, rule: HandlingRule) -> list[Lesson]:
    """Handle a debrief so. Where that is stricter, lessons handled like it follow; those marked apart stay as they are.

    The lessons that followed, for whoever must know what their owners can no longer read.
    """
    before, was = debrief.handling_id, rule_at(deed.session, debrief.handling_id)
    wanted = handling_id(deed.session, rule.owner, rule.marking.value, rule.releases)
    debrief.handling_id = wanted
    deed.touch(debrief)
    if no_more_open(was, rule):
        return []  # it was at least as strict: what came of it is not opened without a word of its own
    followed = list(deed.session.scalars(select(Lesson).filter_by(debrief_id=debrief.id, handling_id=before)))
    for lesson in followed:
        lesson.handling_id = wanted
        deed.touch(lesson)
    return followed


def narrow_debriefs(deed: Deed, actor: Actor, operation: Operation, rule: HandlingRule) -> list[Lesson]:
    """What is said of an operation, and of taskings in it, is read by nobody more than it; stricter debriefs stay so.

    The lessons that followed their debriefs.
    """
    taskings = select(cast(Tasking.id, String)).where(Tasking.operation_id == operation.id)
    of_it = and_(Debrief.about_kind == DebriefOf.OPERATION.value, Debrief.about_id == str(operation.id))
    of_them = and_(Debrief.about_kind == DebriefOf.TASKING.value, Debrief.about_id.in_(taskings))
    found: Iterable[Debrief] = deed.session.scalars(select(Debrief).where(or_(of_it, of_them))).all()
    followed: list[Lesson] = []
    for debrief in found:
        its = rule_at(deed.session, debrief.handling_id)
        if not no_more_open(its, rule):
            followed += rehandle(deed, debrief, narrowest(rule, [its], keeper=actor.agency))
    return followed


def _changed(was: HandlingRule, rule: HandlingRule) -> str:
    return f"handling {_words(was)} → {_words(rule)}"


def _words(rule: HandlingRule) -> str:
    return handled(rule) + (f", released to {', '.join(sorted(rule.releases))}" if rule.releases else "")
