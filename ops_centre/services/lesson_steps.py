"""What acts on lessons share: who may own one, what it may concern, how it is handled, and its log entries."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.auth.roles import HOLDS, Role
from ops_centre.config import Settings
from ops_centre.domain.duty_log import EntryKind, Link, ThingKind, link
from ops_centre.domain.handling import Marking, covers, may_see
from ops_centre.domain.lessons import MOVES, LessonState
from ops_centre.domain.operations import OperationKind
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.targeting import SubjectKind
from ops_centre.errors import Conflict, Invalid
from ops_centre.models import Debrief, Lesson, User
from ops_centre.picture.lesson_putting import gazetteer
from ops_centre.services.debrief_steps import check_agencies, handled, links_of, rule_at
from ops_centre.services.deeds import Deed
from ops_centre.services.duty_log import lock_log
from ops_centre.services.handlings import handling_id
from ops_centre.services.in_scope import in_scope, sees_handling


def lesson_to_change(deed: Deed, actor: Actor, lesson_id: int) -> Lesson:
    """A lesson in the actor's scope, with the end of the log locked. Raises NotFound."""
    lock_log(deed.session)
    return in_scope(deed.session, actor, Lesson, lesson_id, "lesson")


def check_move(lesson: Lesson, to: LessonState, note: str, without: str) -> None:
    """Bring it into a state, or raise: Invalid with ``without`` where nothing is said, Conflict where it cannot follow."""
    if not note.strip():
        raise Invalid(without)
    if to not in MOVES[LessonState(lesson.state)]:
        raise Conflict(f"Lesson {lesson.id} is {lesson.state}; it cannot become {to} now.")
    lesson.state = to.value


def check_owner(session: Session, name: str, handling: int) -> None:
    """Raise Invalid unless the owner has an account that can act on a lesson so handled."""
    user = session.scalars(select(User).where(User.name == name, User.disabled_at.is_(None))).one_or_none()
    held = HOLDS[Role(user.role)] if user is not None else frozenset()
    if user is None or Permission.LESSON_EDIT not in held:
        raise Invalid(f"Nobody who signs in as {name!r} can own a lesson.")
    restricted = Permission.RESTRICTED_VIEW in held
    rule = rule_at(session, handling)
    if not may_see(rule, agency=user.agency, sees_restricted=restricted):
        raise Invalid(f"{user.display_name} of {user.agency} could not read it: it is {handled(rule)}.")


def lost_to_owners(session: Session, lessons: Iterable[Lesson]) -> list[str]:
    """Of these, each that is not done with and whose owner cannot read it as it is handled now: said in a sentence each."""
    found = []
    for lesson in lessons:
        if not MOVES[LessonState(lesson.state)]:
            continue
        try:
            check_owner(session, lesson.owner, lesson.handling_id)
        except Invalid as lost:
            found.append(f"Lesson {lesson.id}: {lost}")
    return found


def check_concerns(
    settings: Settings, kinds: Sequence[str], subjects: Sequence[str], places: Sequence[str], agencies: Sequence[str]
) -> list[str]:
    """The codes of the places as they are kept. Raises Invalid naming what is not known."""
    check_agencies(settings, agencies)
    strange = (set(kinds) - {one.value for one in OperationKind}) | (set(subjects) - {one.value for one in SubjectKind})
    if strange:
        raise Invalid(f"There is no kind of operation or subject {', '.join(sorted(strange))}.")
    return [_code(gazetteer(), place) for place in dict.fromkeys(places)]


def handling_of_lesson(
    session: Session,
    settings: Settings,
    actor: Actor,
    debrief: Debrief | None,
    marking: str | None,
    releases: Sequence[str],
) -> int:
    """As its debrief is handled, or as asked for: wider only where the actor's own agency owns the debrief. Raises Invalid."""
    if marking is None:
        its = debrief.handling_id if debrief else None
        return its or handling_id(session, actor.agency, Marking.AMBER.value)
    check_agencies(settings, releases)
    source = rule_at(session, debrief.handling_id) if debrief else None
    wanted = handling_id(session, source.owner if source else actor.agency, marking, releases)
    rule = rule_at(session, wanted)
    if source is not None and not covers(rule, source) and actor.agency != source.owner:
        raise Invalid(f"The debrief is {handled(source)}: only {source.owner} lets more people read its lessons.")
    if not sees_handling(session, actor, wanted):
        raise Invalid("So marked you could not read it yourself.")
    return wanted


def log_lesson(deed: Deed, lesson: Lesson, words: str, *, typed: bool = False) -> None:
    """Touch it and write an entry about it; where it came from is named only to who may know of that."""
    deed.touch(lesson)
    links: list[Link] = [link(ThingKind.LESSON, lesson.id, f"Lesson {lesson.id}")]
    debrief = deed.session.get(Debrief, lesson.debrief_id) if lesson.debrief_id else None
    if debrief is not None:
        deed.touch(debrief)
        if covers(rule_at(deed.session, lesson.handling_id), rule_at(deed.session, debrief.handling_id)):
            links += links_of(debrief)
    if lesson.criterion:
        links.append(link(ThingKind.CRITERION, lesson.criterion, lesson.criterion))
    deed.log(EntryKind.LESSON, words, handling_id=lesson.handling_id, links=links, typed=typed)
    deed.subject = f"lesson {lesson.id}"


def on_day(moment: datetime) -> str:
    """A time in an entry, with its day."""
    return f"{moment:%d %b %Y %H:%M} UTC"


def _code(known: Gazetteer, written: str) -> str:
    place = known.get(written)
    if place is None:
        raise Invalid(f"There is no place {written!r}; give its code, such as NZAKL.")
    return place.code
