"""Debriefs and lessons: several people add, some from the field; lessons are acted on, checked, and put before planners."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.domain.debriefs import DebriefOf, DebriefSort, PointHead
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import Alert, LogEntry, LogLink, Operation, UnitCrew
from ops_centre.picture.debrief_reads import DebriefFilter
from ops_centre.picture.lesson_putting import unanswered
from ops_centre.picture.lesson_reads import LessonFilter
from ops_centre.services.alert_sweep import AlertSweep
from ops_centre.services.debrief_handling import Marked
from ops_centre.services.debriefs import Opening, Said
from ops_centre.services.lessons import Concerns, Learned
from ops_centre.services.log_entries import NewEntry
from ops_centre.services.operation_asked import Changes
from tests.factories import actor, make_feed, make_handling, make_target, make_unit, make_user
from tests.operation_factories import make_operation
from tests.support.clock import START, FakeClock
from tests.watch_factories import make_entry, make_outcome, make_tasking, make_watch

LEAD = actor(Role.SHIFT_LEAD, name="lead", display_name="Lead")
OWNER = actor(Role.DUTY_OFFICER, name="owner", display_name="Owner")
POLICE = actor(Role.SHIFT_LEAD, "POL", name="police")
H = PointHead


def people(ops: Any) -> None:
    """Accounts that can own lessons."""
    with ops.db.begin() as session:
        make_user(session, Role.DUTY_OFFICER, "OPS", name="owner", display_name="Owner")
        make_user(session, Role.SHIFT_LEAD, "POL", name="police")


def operation(ops: Any, **given: Any) -> int:
    """A closed operation at Auckland about vessels."""
    values = {"state": "closed", "closed_at": START, "started_at": START - timedelta(hours=5), "place": "NZAKL"}
    with ops.db.begin() as session:
        return int(make_operation(session, **(values | given)).id)


def opened(ops: Any, number: int, about: DebriefOf = DebriefOf.OPERATION, **given: Any) -> int:
    return int(ops.debriefs.open(LEAD, Opening(DebriefSort.HOT, about, number, **given))["debrief"])


def learned(**given: Any) -> Learned:
    """A lesson about boarding vessels at Auckland."""
    values: dict[str, Any] = {
        "title": "Rig the gangway before the team arrives",
        "cause": "The ladder was not ready.",
        "action": "Ask the agent for a gangway four hours before.",
        "owner": "owner",
        "due_at": START + timedelta(days=7),
        "check_text": "The next two boardings begin on time.",
        "concerns": Concerns(["deliberate"], ["vessel"], ["NZAKL"], ["OPS"]),
    }
    return Learned(**(values | given))


def recorded(ops: Any, debrief: int | None = None, who: Actor = LEAD, **given: Any) -> int:
    marking, releases = given.pop("marking", None), given.pop("releases", ())
    return int(ops.lessons.record(who, learned(**given), debrief, marking, releases)["lesson"])


def add(ops: Any, debrief: int, *heads: PointHead) -> None:
    for head in heads:
        ops.debriefs.contribute(LEAD, debrief, Said(head, f"About {head.value}."))


def test_a_debrief_goes_from_opening_through_several_people_to_its_summary(ops: Any, frozen_clock: FakeClock) -> None:
    number = operation(ops, purpose="Search the CAP MANUEL.")
    debrief = opened(ops, number)
    with pytest.raises(Conflict, match="open already"):
        opened(ops, number)
    ops.debriefs.contribute(OWNER, debrief, Said(H.HAPPENED, "We boarded late."))
    with pytest.raises(Invalid, match="needs why, what to keep or to change"):
        ops.debriefs.close(LEAD, debrief, 1, "Late.")
    add(ops, debrief, H.WHY, H.CHANGE)
    with pytest.raises(NotPermitted):
        ops.debriefs.close(OWNER, debrief, 1, "Late.")
    ops.debriefs.close(LEAD, debrief, 1, "Late, but found.")
    view = ops.debrief_reads.one(OWNER, debrief)
    assert (view.row.state, view.meant, view.summary) == ("closed", "Search the CAP MANUEL.", "Late, but found.")
    assert [(one.head, one.by) for one in view.points] == [("happened", "owner"), ("why", "lead"), ("change", "lead")]
    with pytest.raises(Conflict, match="closed by lead"):
        add(ops, debrief, H.WHY)
    with ops.db.reading() as session:
        entries = list(session.scalars(select(LogEntry).where(LogEntry.kind == "debrief")))
        links = {(one.kind, one.thing) for one in session.scalars(select(LogLink))}
    assert len(entries) == 5
    assert links == {("debrief", str(debrief)), ("operation", str(number))}


def test_the_timeline_of_a_debrief_is_what_the_log_holds_about_it(sqlite_ops: Any) -> None:
    number = operation(sqlite_ops)
    with sqlite_ops.db.begin() as session:
        reference = session.get_one(Operation, number).reference
        watch = make_watch(session, state="handed over", closed_at=START + timedelta(hours=7))
    sqlite_ops.entries.write(OWNER, NewEntry(f"Boarded #{reference} at the wharf."))
    with sqlite_ops.db.begin() as session:
        make_entry(session, "Something else")
    view = sqlite_ops.debrief_reads.one(LEAD, opened(sqlite_ops, number))
    assert [one.text for one in view.timeline] == [f"Boarded #{reference} at the wharf."]
    about_watch = opened(sqlite_ops, watch.id, DebriefOf.WATCH, meant="A quiet watch.")
    texts = [one.text for one in sqlite_ops.debrief_reads.one(LEAD, about_watch).timeline]
    assert "Something else" in texts
    assert not any("debrief" in text for text in texts)


def test_a_point_is_struck_by_whoever_made_it_and_stays_readable(sqlite_ops: Any) -> None:
    debrief = opened(sqlite_ops, operation(sqlite_ops))
    point = sqlite_ops.debriefs.contribute(LEAD, debrief, Said(H.WHY, "The tide."))["point"]
    with pytest.raises(NotPermitted):
        sqlite_ops.debriefs.strike(OWNER, point)
    sqlite_ops.debriefs.strike(LEAD, point)
    (shown,) = sqlite_ops.debrief_reads.one(LEAD, debrief).points
    assert (shown.text, shown.struck_by) == ("The tide.", "lead")
    with pytest.raises(Invalid, match="what happened, why"):
        sqlite_ops.debriefs.close(LEAD, debrief, 1, "Done.")


def test_what_has_not_happened_yet_is_not_debriefed(sqlite_ops: Any) -> None:
    with pytest.raises(Conflict, match="nothing has happened yet"):
        opened(sqlite_ops, operation(sqlite_ops, state="planned"))
    with pytest.raises(NotFound):
        sqlite_ops.debriefs.open(POLICE, Opening(DebriefSort.HOT, DebriefOf.OPERATION, operation(sqlite_ops)))


def test_a_debrief_is_read_by_nobody_more_than_the_operation(sqlite_ops: Any) -> None:
    number = operation(sqlite_ops, releases="POL")
    with pytest.raises(Invalid, match="read by nobody more"):
        opened(sqlite_ops, number, marking="GREEN")
    debrief = opened(sqlite_ops, number, marking="AMBER")
    assert sqlite_ops.debrief_reads.one(LEAD, debrief).row.releases == ()
    with pytest.raises(NotFound):
        sqlite_ops.debrief_reads.one(POLICE, debrief)
    assert sqlite_ops.debrief_reads.found(POLICE, DebriefFilter()) == []


def crew(ops: Any, number: int, **given: Any) -> tuple[Actor, Any, Any]:
    """Somebody in the field, their unit, and its tasking in the operation."""
    with ops.db.begin() as session:
        user = make_user(session, Role.FIELD_UNIT, "OPS", name="hawk")
        unit = make_unit(session, make_feed(session, "units"), callsign="HAWK 3", agency="OPS")
        tasking = make_tasking(session, unit, operation_id=number, state="complete", ended_at=START, on_scene_at=START)
        session.add(UnitCrew(user_id=user.id, unit_id=unit.id, given_at=START, given_by="admin"))
        return actor(Role.FIELD_UNIT, "OPS", user_id=user.id, name="hawk"), unit, tasking


def test_a_unit_in_the_field_adds_to_the_debrief_of_the_operation_it_was_in(ops: Any, frozen_clock: FakeClock) -> None:
    number = operation(ops)
    field, unit, tasking = crew(ops, number)
    debrief, other = opened(ops, number), opened(ops, operation(ops))
    own = opened(ops, tasking.id, DebriefOf.TASKING)
    assert {one.id for one in ops.field.view(field).debriefs} == {debrief, own}
    frozen_clock.advance(minutes=5)
    ops.debriefs.contribute_from_field(
        field, unit.id, debrief, Said(H.WHY, "No gangway."), START + timedelta(minutes=1)
    )
    (point,) = ops.debrief_reads.one(LEAD, debrief).points
    assert (point.by_unit, point.at) == ("HAWK 3", START + timedelta(minutes=1))
    shown = next(one for one in ops.field.view(field).debriefs if one.id == debrief)
    assert shown.said == (("why", "No gangway.", START + timedelta(minutes=1)),)
    with pytest.raises(NotFound):
        ops.debriefs.contribute_from_field(field, unit.id, other, Said(H.WHY, "Not ours."), START)
    with pytest.raises(NotPermitted):  # the desk's act shows the whole debrief
        ops.debriefs.contribute(field, debrief, Said(H.WHY, "By the other door."))


def test_a_lesson_is_acted_on_by_its_owner_and_proven_by_somebody_else(ops: Any, frozen_clock: FakeClock) -> None:
    people(ops)
    lesson = recorded(ops, opened(ops, operation(ops)))
    with pytest.raises(NotPermitted, match="owner owns"):
        ops.lessons.act_on(LEAD, lesson, "Done.")
    with pytest.raises(Conflict, match="cannot become proven"):
        ops.lessons.check(LEAD, lesson, True, "Seen.")
    ops.lessons.act_on(OWNER, lesson, "Agents were told.")
    with pytest.raises(NotPermitted, match="somebody else"):
        ops.lessons.check(OWNER, lesson, True, "I say so.")
    ops.lessons.check(LEAD, lesson, False, "The ladder was late again.")
    assert ops.lesson_reads.figures(LEAD).share_acted == 1.0
    ops.lessons.act_on(OWNER, lesson, "Agents signed for it.")
    ops.lessons.check(LEAD, lesson, True, "Two boardings on time.")
    figures = ops.lesson_reads.figures(LEAD)
    assert (figures.total, figures.proven, figures.share_proven) == (1, 1, 1.0)
    with pytest.raises(Conflict):
        ops.lessons.drop(LEAD, lesson, "No use.")


def test_an_overdue_lesson_is_seen_by_the_shift_lead(ops: Any, frozen_clock: FakeClock) -> None:
    people(ops)
    with ops.db.begin() as session:
        make_watch(session, "lead")
    lesson = recorded(ops, due_at=START + timedelta(hours=1))
    sweep = AlertSweep(ops.deeds, ops.settings)
    sweep.sweep()
    assert ops.lesson_reads.figures(LEAD).overdue == 0
    frozen_clock.advance(hours=2)
    sweep.sweep()
    with ops.db.reading() as session:
        alert = session.scalars(select(Alert).where(Alert.cleared_at.is_(None))).one()
    assert (alert.cause, alert.subject_id) == ("lesson overdue", str(lesson))
    assert [one.id for one in ops.lesson_reads.found(LEAD, LessonFilter(state="overdue"))] == [lesson]
    section = next(one for one in ops.watch_reads.view(LEAD).brief.sections if one.name == "lessons")
    assert [fact.key for fact in section.facts] == [f"lesson:{lesson}"]


def test_lessons_of_similar_operations_wait_for_a_word_of_whoever_plans(ops: Any) -> None:
    people(ops)
    debriefed = operation(ops)
    lesson = recorded(ops, opened(ops, debriefed))
    recorded(ops, title="Fuel at Hobart", cause="None left.", action="Bunker first.", concerns=Concerns(["overwatch"]))
    plan = operation(ops, state="proposed", closed_at=None)

    def waiting() -> dict[int, int]:
        with ops.db.reading() as session:
            return unanswered(session, [session.get_one(Operation, one) for one in (plan, debriefed)])

    assert waiting() == {plan: 1}
    put = ops.lesson_reads.put_before(LEAD, plan)
    assert [one.lesson.id for one in put.lessons] == [lesson]
    assert put.lessons[0].reasons[:3] == ("same place: NZAKL", "same kind: deliberate", "same subject: vessel")
    with pytest.raises(Invalid, match="why it is set aside"):
        ops.lessons.answer(LEAD, plan, lesson, False, " ")
    with pytest.raises(NotPermitted):
        ops.lessons.answer(OWNER, plan, lesson, True, "Gangway ordered.")
    ops.lessons.answer(LEAD, plan, lesson, False, "Berthed at another wharf.")
    ops.lessons.answer(LEAD, plan, lesson, True, "Gangway ordered for 05:00.")
    assert waiting() == {}
    answer = ops.lesson_reads.put_before(LEAD, plan).lessons[0].answer
    assert answer is not None
    assert (answer.taken, answer.word) == (True, "Gangway ordered for 05:00.")
    assert ops.lesson_reads.one(LEAD, lesson).answers == (answer,)


def test_nobody_is_asked_for_or_told_of_a_lesson_they_may_not_know_of(sqlite_ops: Any) -> None:
    people(sqlite_ops)
    hidden = recorded(sqlite_ops, opened(sqlite_ops, operation(sqlite_ops)))
    plan = operation(sqlite_ops, state="proposed", marking="GREEN")
    with sqlite_ops.db.reading() as session:
        assert unanswered(session, [session.get_one(Operation, plan)]) == {}
    assert sqlite_ops.lesson_reads.put_before(POLICE, plan).lessons == ()
    (offered,) = sqlite_ops.lesson_reads.put_before(LEAD, plan).lessons
    assert (offered.lesson.id, offered.asked) == (hidden, False)
    sqlite_ops.lessons.answer(LEAD, plan, hidden, True, "Ordered.")
    with sqlite_ops.db.reading() as session:
        entry = session.scalars(select(LogEntry).order_by(LogEntry.seq.desc()).limit(1)).one()
    with pytest.raises(NotFound):
        sqlite_ops.log.entry(POLICE, entry.seq)


def test_its_agency_lets_others_read_a_lesson_without_naming_the_debrief(sqlite_ops: Any) -> None:
    people(sqlite_ops)
    debrief = opened(sqlite_ops, operation(sqlite_ops, releases="POL"))
    with pytest.raises(Invalid, match="only OPS"):
        recorded(sqlite_ops, debrief, POLICE, marking="GREEN")
    lesson = recorded(sqlite_ops, debrief, marking="GREEN")
    customs = actor(Role.DUTY_OFFICER, "CUS", name="customs")
    view = sqlite_ops.lesson_reads.one(customs, lesson).lesson
    assert (view.debrief_id, view.debrief_label) == (None, None)
    assert sqlite_ops.lesson_reads.one(LEAD, lesson).lesson.debrief_id == debrief
    (line,) = sqlite_ops.log.page(customs)
    assert [kind for kind, _thing, _label in line.links] == ["lesson"]


def test_a_lesson_belongs_to_somebody_who_can_read_it_and_act(sqlite_ops: Any) -> None:
    people(sqlite_ops)
    with pytest.raises(Invalid, match="Nobody who signs in"):
        recorded(sqlite_ops, owner="nobody")
    with pytest.raises(Invalid, match="could not read it"):
        recorded(sqlite_ops, owner="police")
    with pytest.raises(Invalid, match="no place 'ATLANTIS'"):
        recorded(sqlite_ops, concerns=Concerns(places=["ATLANTIS"]))
    lesson = recorded(sqlite_ops)
    sqlite_ops.lessons.edit(LEAD, lesson, 1, learned(title="Gangway first"))
    with pytest.raises(Conflict, match="Lead changed this lesson"):
        sqlite_ops.lessons.edit(LEAD, lesson, 1, learned(title="Ladder first"))


def test_what_was_never_debriefed_waits_for_it(sqlite_ops: Any) -> None:
    number = operation(sqlite_ops)
    assert [(one.kind, one.id) for one in sqlite_ops.debrief_reads.waiting(LEAD)] == [("operation", number)]
    opened(sqlite_ops, number)
    assert sqlite_ops.debrief_reads.waiting(LEAD) == []


def test_from_a_lesson_the_chain_leads_back_to_its_operation_and_on_to_its_criterion(sqlite_ops: Any) -> None:
    people(sqlite_ops)
    with sqlite_ops.db.begin() as session:
        target = make_target(session, make_feed(session))
    number = operation(sqlite_ops)
    debrief = opened(sqlite_ops, number)
    lesson = recorded(sqlite_ops, debrief, concerns=Concerns(criterion="Rule 7"))
    view = sqlite_ops.chain.of(LEAD, "lesson", lesson)
    assert [(one.kind, one.id) for one in view.before] == [("operation", str(number)), ("debrief", str(debrief))]
    criterion = next(one for one in view.after if one.kind == "criterion")
    assert (criterion.id, criterion.href) == ("Rule 7", "/chain/criterion/Rule%207")
    after = sqlite_ops.chain.of(LEAD, "criterion", "Rule 7").after
    assert [(one.kind, one.id) for one in after if one.kind != "entry"] == [("lesson", str(lesson))]
    shown = sqlite_ops.dispatch_reads.criterion(LEAD, "Rule 7")
    assert [one.id for one in shown.targets] == [target.id]
    assert shown.lessons == ((lesson, learned().title),)
    wall = actor(Role.WALL)
    assert sqlite_ops.dispatch_reads.criteria(wall)[0].lessons == ()
    with pytest.raises(NotPermitted):
        sqlite_ops.chain.of(wall, "lesson", lesson)
    with pytest.raises(NotFound):
        sqlite_ops.chain.of(LEAD, "criterion", "Rule 9")


def test_the_last_find_of_a_criterion_is_the_newest_positive_result_that_stands(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        for hours, result in ((1, "positive"), (2, "positive"), (3, "negative")):
            target = make_target(session, feed, label=f"CAP {hours}")
            tasking = make_tasking(session, make_unit(session, feed), target, state="complete", ended_at=START)
            make_outcome(session, tasking, result=result, examined_at=START + timedelta(hours=hours))
        make_target(session, feed, label="HIDDEN", handling=make_handling(session, "POL", "RED"))
    (row,) = ops.dispatch_reads.criteria(LEAD)
    assert (row.hits, row.positive, row.negative, row.undecided) == (3, 2, 1, 0)
    assert row.last_find is not None
    assert (row.last_find.target, row.last_find.at) == ("CAP 2", START + timedelta(hours=2))


def test_its_agency_marks_a_debrief_anew_with_a_reason_but_never_wider_than_its_operation(sqlite_ops: Any) -> None:
    people(sqlite_ops)
    number = operation(sqlite_ops, releases="POL")
    debrief = opened(sqlite_ops, number)
    follows, apart = recorded(sqlite_ops, debrief), recorded(sqlite_ops, debrief, marking="GREEN")
    handling, why = sqlite_ops.debrief_handling, "Names an informant."
    with pytest.raises(NotPermitted, match="only OPS"):
        handling.mark_debrief(POLICE, debrief, 1, Marked("RED", [], why))
    with pytest.raises(Invalid, match="Say why"):
        handling.mark_debrief(LEAD, debrief, 1, Marked("RED", [], " "))
    with pytest.raises(Invalid, match="read by nobody more"):
        handling.mark_debrief(LEAD, debrief, 1, Marked("GREEN", [], why))
    handling.mark_debrief(LEAD, debrief, 1, Marked("RED", [], why))
    with pytest.raises(NotFound):
        sqlite_ops.debrief_reads.one(POLICE, debrief)
    with pytest.raises(NotFound):
        sqlite_ops.lesson_reads.one(POLICE, follows)
    assert sqlite_ops.lesson_reads.one(POLICE, apart).lesson.marking == "GREEN"
    handling.mark_debrief(LEAD, debrief, 2, Marked("AMBER", ["POL"], "She agreed."))
    assert sqlite_ops.debrief_reads.one(POLICE, debrief).row.marking == "AMBER"
    with pytest.raises(NotFound):
        sqlite_ops.lesson_reads.one(POLICE, follows)  # what came of it is opened by a word of its own
    handling.mark_lesson(LEAD, follows, 1, Marked("AMBER", ["POL"], "Of use to them."))
    assert sqlite_ops.lesson_reads.one(POLICE, follows).lesson.releases == ("POL",)
    with sqlite_ops.db.reading() as session:
        texts = [one.text for one in session.scalars(select(LogEntry).where(LogEntry.text.contains("handling")))]
    assert len(texts) == 3
    assert texts[0].endswith(f"handling OPS TLP:AMBER, released to POL → OPS TLP:RED: {why}")


def test_the_debrief_of_a_tasking_follows_the_stricter_marking_of_its_operation(sqlite_ops: Any) -> None:
    number = operation(sqlite_ops, state="active", closed_at=None, marking="GREEN")
    _person, _unit, tasking = crew(sqlite_ops, number)
    debrief = opened(sqlite_ops, tasking.id, DebriefOf.TASKING)
    assert sqlite_ops.debrief_reads.one(POLICE, debrief).row.marking == "GREEN"
    version = sqlite_ops.operation_reads.one(LEAD, number).version
    sqlite_ops.operations.edit(LEAD, number, version, Changes(marking="RED"))
    with pytest.raises(NotFound):
        sqlite_ops.debrief_reads.one(POLICE, debrief)
    later = int(sqlite_ops.debriefs.open(LEAD, Opening(DebriefSort.COLD, DebriefOf.TASKING, tasking.id))["debrief"])
    assert sqlite_ops.debrief_reads.one(LEAD, later).row.marking == "RED", "opened afterwards likewise"


def test_a_stricter_marking_never_takes_a_lesson_silently_from_whoever_owns_it(sqlite_ops: Any) -> None:
    people(sqlite_ops)
    number = operation(sqlite_ops, state="active", closed_at=None, releases="POL")
    crew(sqlite_ops, number)
    debrief = opened(sqlite_ops, number)
    lesson = recorded(sqlite_ops, debrief, owner="police")
    with pytest.raises(Invalid, match=f"Lesson {lesson}: .* of POL could not read it"):
        sqlite_ops.debrief_handling.mark_debrief(LEAD, debrief, 1, Marked("AMBER", [], "Names an informant."))
    assert sqlite_ops.lesson_reads.one(POLICE, lesson).lesson.owner == "police"
    version = sqlite_ops.operation_reads.one(LEAD, number).version
    said = sqlite_ops.operations.edit(LEAD, number, version, Changes(marking="RED", releases=()))["said"]
    assert "Taskings in it keep the handling they were sent with: HAWK 3 (OPS TLP:GREEN)." in said
    assert f"Lesson {lesson}: " in said
