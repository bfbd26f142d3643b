"""A shift lead debriefs with the field and records a lesson, which stands before the next plan; an overdue one is seen."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ops_centre.auth.roles import Role
from ops_centre.bootstrap import bootstrap
from ops_centre.clock import SystemClock
from ops_centre.services.audit import COMMAND_LINE
from ops_centre.services.lessons import Learned
from tests import factories
from tests.browser.test_field import PHONE
from tests.operation_factories import make_operation
from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product
from tests.watch_factories import make_tasking

LESSON = "Rig the gangway before the team arrives"


@pytest.fixture(scope="module")
def here(centre: Product) -> Iterator[Any]:
    """A closed operation that a unit took part in, and a plan at the same place."""
    ops = bootstrap(centre.settings)
    centre.add_user("test.teacher", "shift lead")
    centre.add_user("test.crew", "field unit", "CUS")
    now = SystemClock().now()
    with ops.db.begin() as session:
        unit = factories.make_unit(
            session, factories.make_feed(session, "targets", configured=False), callsign="ORCA 7"
        )
        past = make_operation(
            session, "OPS", "GREEN", reference="D26-941", name="Orca Watch", state="closed", closed_at=now,
            started_at=now - timedelta(hours=5), place="NZTRG", purpose="Search the wharf.",
        )  # fmt: skip
        plan = make_operation(session, "OPS", "GREEN", reference="D26-942", name="Orca Gate", place="NZTRG")
        ended = {"state": "complete", "on_scene_at": now, "ended_at": now, "handling_id": past.handling_id}
        make_tasking(session, unit, operation_id=past.id, **ended)
        made = SimpleNamespace(ops=ops, past=past.id, plan=plan.id)
    ops.crews.assign(COMMAND_LINE, "test.crew", "ORCA 7")
    yield made
    ops.close()


def go(page: Page, path: str) -> None:
    page.evaluate("(path) => opsCentre.go(path)", path)


def test_a_lesson_of_a_debrief_with_the_field_is_taken_into_the_next_plan(
    centre: Product, open_page: Callable[..., Watched], here: Any
) -> None:
    lead, phone = open_page(centre), open_page(centre, viewport=PHONE, has_touch=True)
    lead.sign_in("test.teacher", PASSWORD, "/debriefs")
    desk = lead.page
    desk.get_by_label("Of", exact=True).select_option(f"operation:{here.past}")
    desk.get_by_role("button", name="Open", exact=True).click()
    desk.get_by_role("link", name="Hot: D26-941 Orca Watch").click()

    phone.sign_in("test.crew", PASSWORD, "/field")
    field = phone.page
    field.get_by_role("button", name="Add to the debrief …").click()
    field.get_by_label("Why", exact=True).check()
    field.get_by_label("In your words", exact=True).fill("No ladder on the quay side.")
    field.get_by_role("button", name="Send to the debrief").click()
    expect(field.locator("#field-debriefs-list")).to_contain_text("Why: No ladder on the quay side. (")

    why = desk.locator(".debrief-heads section").nth(1)
    expect(why).to_contain_text("ORCA 7 from the field")
    for words, text in (("what happened", "Boarded late."), ("what to change", "Tell the agent.")):
        form = desk.get_by_label(f"Add to “{words}”")
        form.fill(text)
        form.press("Control+Enter")
        expect(desk.locator(".debrief-heads")).to_contain_text(text)
    desk.get_by_text("Record a lesson", exact=True).click()
    record = desk.get_by_role("form", name="Record the lesson")
    for label, text in (("Lesson in a line", LESSON), ("Cause", "None was told."), ("Action", "Ask the agent."),
                        ("Seen to have worked by", "Two boardings on time.")):  # fmt: skip
        record.get_by_label(label).fill(text)
    record.get_by_label("Owner").select_option("test.duty")
    record.get_by_role("button", name="Record the lesson").click()
    expect(desk.get_by_role("link", name=LESSON)).to_be_visible()
    desk.get_by_label("Summary").fill("Late for want of a ladder.")
    desk.get_by_role("button", name="Close the debrief").click()
    expect(desk.locator("#debriefs-card")).to_contain_text("closed by test.teacher")

    go(desk, f"/operations/{here.plan}")
    put = desk.locator("#operation-lessons")
    expect(put).to_contain_text("same place: NZTRG")
    put.get_by_label("How, or why not").fill("Gangway ordered for 05:00.")
    put.get_by_role("button", name="Answer").click()
    expect(put).to_contain_text("taken into account by test.teacher")
    expect(put).to_contain_text("all answered")
    assert lead.faults() == []
    assert phone.faults() == []


def test_an_overdue_lesson_stands_first_and_raises_an_alert(
    centre: Product, open_page: Callable[..., Watched], here: Any
) -> None:
    due = SystemClock().now() + timedelta(seconds=2)
    teacher = factories.actor(Role.SHIFT_LEAD, name="test.teacher")
    learned = Learned("Charge the radios", "Empty.", "Charge them.", "test.duty", due, "None is empty.")
    here.ops.lessons.record(teacher, learned, marking="GREEN")
    lead = open_page(centre)
    lead.sign_in("test.teacher", PASSWORD, "/alerts")
    expect(lead.page.locator("#alerts-page")).to_contain_text("Lesson overdue")
    go(lead.page, "/debriefs")
    first = lead.page.locator(".lesson-table tbody tr").first
    expect(first).to_contain_text("Charge the radios")
    expect(first).to_contain_text("overdue")
    assert lead.faults() == []
