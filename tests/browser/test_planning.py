"""Units are planned by mouse and by keyboard; what breaks a rule is shown before it is saved, and the last change is undone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product

pytestmark = pytest.mark.timeout(180)
DAY_MS = 86_400_000


def drag(page: Page, x: float, y: float, to_x: float) -> None:
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move((x + to_x) / 2, y)
    page.mouse.move(to_x, y)
    page.mouse.up()


def another_changes_it_while_its_form_is_open(page: Page, row: Locator, bar: Locator) -> None:
    """It is told, what was typed stays, and what the other changed is not undone by it."""
    bar.click()
    page.fill("#plan-one-note", "typed by me")
    change = {
        "assignment": int(bar.get_attribute("data-edit") or 0),
        "version": int(bar.get_attribute("data-version") or 0),
    }
    unit = int(row.get_attribute("data-unit") or 0)
    times = {f"{field}_at": int(bar.get_attribute(f"data-{field}") or 0) for field in ("starts", "ends")}
    page.evaluate(
        "(body) => opsCentre.act('plans/change', body)", {**change, **times, "unit": unit, "kind": "rest", "crew": 5}
    )
    expect(page.locator("#plan-assign [data-answer]")).to_have_text(
        "It was changed meanwhile: crew is now 5. Look again, then save."
    )
    page.click("#plan-assign button[type=submit]")
    expect(bar).to_have_attribute("data-note", "typed by me")
    expect(bar).to_have_attribute("data-crew", "5")


def test_a_unit_is_assigned_moved_and_undone_and_nobody_is_booked_twice(
    centre: Product, open_page: Callable[..., Watched]
) -> None:
    centre.add_user("plan.lead", "shift lead")
    watched = open_page(centre)
    page = watched.page
    watched.sign_in("plan.lead", PASSWORD, "/planning")
    row = page.locator(".plan-row[data-may=yes]").nth(2)
    callsign = row.get_attribute("data-callsign")
    lane = row.locator(".plan-lane").bounding_box()
    assert lane
    day = lane["width"] / 7

    # A drag along the row of a unit opens the form with its times; the conflicts are shown beside them
    drag(page, lane["x"] + 5.25 * day, lane["y"] + 12, lane["x"] + 5.5 * day)
    page.select_option("#plan-one-kind", "deployment")
    page.fill("#plan-one-place", "NZAKL")
    expect(page.locator(".plan-conflicts")).to_contain_text("travel: needs a reason")  # it stands in the other island
    expect(page.locator("#plan-one-reason")).to_be_visible()
    page.select_option("#plan-one-kind", "rest")
    expect(page.locator(".plan-conflicts")).to_contain_text("Nothing stands against it")
    assert watched.accessibility_faults() == []
    page.click("#plan-assign >> text=Save")
    bar = page.locator(f".plan-row[data-callsign='{callsign}'] .plan-bar[data-edit]")
    expect(bar).to_have_count(1)
    starts = int(bar.get_attribute("data-starts") or 0)

    # Dragged a day on, then moved back an hour by keys
    box = bar.bounding_box()
    assert box
    middle = box["x"] + box["width"] / 2
    drag(page, middle, box["y"] + 8, middle + day)
    expect(bar).to_have_attribute("data-starts", str(starts + DAY_MS))
    bar.focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator(".plan-ghost")).to_be_visible()
    page.keyboard.press("Enter")
    expect(bar).to_have_attribute("data-starts", str(starts + DAY_MS - DAY_MS // 24))
    page.keyboard.press("u")
    expect(bar).to_have_attribute("data-starts", str(starts + DAY_MS))

    # By keys to the unit above and back: the focus goes with it
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    above = page.locator(f".plan-row:not([data-callsign='{callsign}']) .plan-bar[data-edit]")
    expect(above).to_be_focused()
    page.keyboard.press("u")
    expect(bar).to_be_focused()

    another_changes_it_while_its_form_is_open(page, row, bar)

    # The same time once more, by the form alone: it is said before anything is saved that this cannot be
    bar.focus()
    page.keyboard.press("a")
    page.select_option("#plan-one-kind", "maintenance")
    for field in ("starts", "ends"):
        ms = bar.get_attribute(f"data-{field}")
        page.fill(f"#plan-one-{field}", page.evaluate(f"opsCentre.moments.textOf({ms})"))
    expect(page.locator(".plan-conflict.forbids")).to_contain_text("double booking")
    page.keyboard.press("Escape")
    expect(bar).to_have_count(1)
    assert watched.accessibility_faults() == []
    assert watched.faults() == []
