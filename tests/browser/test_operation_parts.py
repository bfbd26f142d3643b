"""On the page of one operation: an order is written, changed and issued, a report drafted and issued, a file kept, and an
agency sees live what it may see of that."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from ops_centre.db import Database
from tests.operation_factories import make_operation
from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product

pytestmark = pytest.mark.timeout(300)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def running_operation(product: Product) -> int:
    """An active operation that customs know of and the police do not."""
    now = datetime.now(UTC)
    database = Database(product.settings.database_url)
    try:
        with database.begin() as session:
            times = {"state_at": now, "proposed_at": now, "started_at": now, "starts_at": now}
            given = {"state": "active", "commander": "parts.commander", "releases": "CUS", "name": "Kōwhai"}
            return int(make_operation(session, reference="D26-913", **times, **given).id)
    finally:
        database.dispose()


def tab(page: Page, name: str) -> None:
    page.locator(".operation-tab", has_text=name).click()


def yes(page: Page) -> None:
    page.locator("#shell-ask").get_by_text("Yes").click()


def _order_is_written_and_changed(page: Page, other: Page) -> None:
    tab(page, "Order"), tab(other, "Order")
    page.click("text=Write order 1")
    page.fill("#order-mission", "Meet every yacht at Ōpua.")
    page.fill("#order-execution", "Two boats.")
    page.click("text=Keep as draft")
    expect(page.locator("#operation-order")).to_contain_text("Draft saved by parts.commander")
    expect(page.locator("#order-mission")).to_have_value("Meet every yacht at Ōpua.")
    expect(other.locator("#operation-order")).to_contain_text("No order is issued")
    for version, mission in ((1, "Meet every yacht at Ōpua."), (2, "Meet every yacht at Russell.")):
        if not page.locator("#order-mission").is_visible():
            page.click(f"text=Write order {version}")
        page.fill("#order-mission", mission)
        page.click(f"button:has-text('Issue order {version}')")
        yes(page)
        expect(other.locator("#operation-order")).to_contain_text(f"order {version} in force")
    expect(page.locator("#operation-order")).to_contain_text("order 2 in force")
    other.click("text=What this issue changed")
    expect(other.locator("#operation-order del").first).to_have_text("removed: Ōpua.")
    expect(other.locator("#operation-order ins").first).to_have_text("added: Russell.")
    with other.expect_download() as saved:
        other.click("text=Order 2 as PDF")
    assert saved.value.suggested_filename == "D26-913-order-2.pdf"


def _report_is_drafted_and_issued(page: Page, other: Page) -> None:
    tab(page, "Reports"), tab(other, "Reports")
    page.click("text=Draft the next report")
    expect(page.locator("#operation-reports input[value=POL]")).to_be_disabled()
    page.check("#operation-reports input[value=CUS]")
    page.locator("#operation-reports").get_by_role("button", name="Draft", exact=True).click()
    expect(page.locator("#operation-reports")).to_contain_text("Report 1, a draft")
    assert "Order 2 of D26-913 issued" in page.locator("#report-events").input_value()
    page.fill("#report-next", "Wait for light.")
    page.click("button:has-text('Issue report 1')")
    yes(page)
    expect(other.locator("#operation-reports")).to_contain_text("Wait for light.")
    page.click("text=Attach a file")
    page.set_input_files("#attachment-file", files=[{"name": "Ōpua.png", "mimeType": "image/png", "buffer": PNG}])
    page.locator("#operation-files").get_by_role("button", name="Attach").click()
    expect(other.locator("#operation-files")).to_contain_text("Ōpua.png")
    assert other.locator("#operation-files form").count() == 0


def _objectives_are_dragged(page: Page, other: Page) -> None:
    """The last by its number to the place of the first; whoever may not work on them has nothing to drag."""
    tab(page, "Overview"), tab(other, "Overview")
    page.fill("#objective-text", "Nobody is hurt")
    page.fill("#objective-measure", "none hurt")
    page.keyboard.press("Enter")
    rows = page.locator("#operation-objectives tr[data-objective]")
    expect(rows).to_have_count(2)
    rows.nth(1).locator("[draggable]").drag_to(rows.nth(0).locator("[draggable]"))
    expect(rows.nth(0)).to_contain_text("Nobody is hurt")
    expect(other.locator("#operation-objectives tbody tr").first).to_contain_text("Nobody is hurt")
    assert other.locator("#operation-objectives [draggable]").count() == 0


def _two_write_at_once(page: Page, faster: Page) -> None:
    """What somebody typed stays when another saves first; they are told who, and their words do not overwrite."""
    tab(page, "Order"), tab(faster, "Order")
    for one, words in ((page, "Mine."), (faster, "Theirs.")):
        one.click("text=Write order 3")
        one.fill("#order-mission", words)
    faster.click("text=Keep as draft")
    expect(page.locator("#operation-order")).to_contain_text("Draft saved by parts.lead")
    expect(page.locator("#order-mission")).to_have_value("Mine.")
    page.click("text=Keep as draft")
    expect(page.locator("#operation-order .answer")).to_contain_text("parts.lead saved the draft")
    page.locator("#operation-order").get_by_text("Undo my changes").click()
    expect(page.locator("#order-mission")).to_have_value("Theirs.")


def test_what_belongs_to_an_operation_is_written_issued_and_seen_by_whom_it_may(
    centre: Product, open_page: Callable[..., Watched]
) -> None:
    centre.add_user("parts.commander", "operation commander")
    centre.add_user("parts.lead", "shift lead")
    centre.add_user("parts.customs", "agency liaison", "CUS")
    number = running_operation(centre)
    led, theirs = open_page(centre), open_page(centre, color_scheme="light")
    for watched, name in ((led, "parts.commander"), (theirs, "parts.customs")):
        watched.sign_in(name, PASSWORD, f"/operations/{number}")
        expect(watched.page.locator("#operation-objectives")).to_contain_text("No objective is set")
    page, other = led.page, theirs.page
    page.click("text=Add an objective")
    page.fill("#objective-text", "No uncleared yacht lands")
    page.fill("#objective-measure", "boarded within 2 h")
    page.keyboard.press("Enter")
    expect(other.locator("#operation-objectives")).to_contain_text("No uncleared yacht lands")  # without a reload
    _objectives_are_dragged(page, other)
    _order_is_written_and_changed(page, other)
    _report_is_drafted_and_issued(page, other)
    second = open_page(centre)
    second.sign_in("parts.lead", PASSWORD, f"/operations/{number}")
    _two_write_at_once(page, second.page)
    assert second.faults() == []
    assert [fault for fault in led.faults() if "409" not in fault] == []  # the refusal above
    for watched in (led, theirs, second):
        assert watched.accessibility_faults() == []
    assert theirs.faults() == []
