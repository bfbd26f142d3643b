"""Operations in a real browser against the real product: a deliberate operation by mouse, menu and keyboard, and a contingency
opened from an alert in two steps."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from ops_centre.clock import SystemClock, to_ms
from ops_centre.db import Database
from ops_centre.services.accounts import Accounts
from ops_centre.services.audit import COMMAND_LINE
from tests.browser.dispatch_situation import make_situation
from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product

NAME = "Harbour watch"


@pytest.fixture(scope="module")
def people(centre: Product) -> tuple[str, str]:
    """A commander and a second person who may approve."""
    return centre.add_user("test.commander", "operation commander"), centre.add_user("test.approver", "shift lead")


@pytest.fixture
def at(centre: Product, people: tuple[str, str], open_page: Callable[..., Watched]) -> Callable[..., Watched]:
    """``at(path, name)``: a page of somebody, with the picture loaded."""

    def make(path: str, name: str = people[0], **options: Any) -> Watched:
        watched = open_page(centre, **options)
        watched.sign_in(name, PASSWORD, path)
        watched.page.wait_for_function("() => window.opsCentre && opsCentre.store && opsCentre.store.loaded")
        watched.page.add_locator_handler(
            watched.page.locator(".since-dock").get_by_role("button", name="Dismiss"), lambda button: button.click()
        )
        return watched

    return make


def lane(page: Page, state: str, kind: str = "deliberate") -> Locator:
    return page.locator(f'#operations-boards .operation-lane[data-kind="{kind}"][data-lane="{state}"]')


def card(page: Page, name: str = NAME) -> Locator:
    return page.locator("#operations-boards .operation-card", has_text=name)


def local(page: Page, hours: int) -> str:
    """A moment so many hours from now as the centre's own clock would be typed."""
    text: str = page.evaluate("(ms) => opsCentre.moments.textOf(ms)", to_ms(datetime.now(UTC) + timedelta(hours=hours)))
    return text


def propose(page: Page) -> None:
    """By keyboard, from the boards."""
    expect(lane(page, "proposed")).to_be_visible()
    page.keyboard.press("p")
    dialog = page.locator("#operation-propose")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Name", exact=True).fill(NAME)
    dialog.get_by_label("Purpose").fill("Uncleared yachts are expected from the islands.")
    dialog.get_by_label("Starts").fill(local(page, 2))
    dialog.get_by_label("Ends").fill(local(page, 26))
    dialog.get_by_label("row 1: capability").fill("boarding")
    dialog.get_by_label("It is an exercise").check()
    page.keyboard.press("Control+Enter")


def set_objective(page: Page) -> None:
    """On the page of the operation."""
    part = page.locator("#operation-objectives")
    part.locator("summary", has_text="Add").click()
    page.fill("#objective-text", "No yacht lands uncleared.")
    page.fill("#objective-measure", "boarded within two hours")
    part.get_by_role("button", name="Add", exact=True).click()
    expect(part.locator("td", has_text="No yacht lands")).to_be_visible()


def judge_objective(page: Page) -> None:
    part = page.locator("#operation-objectives")
    part.locator("summary", has_text="Judge").click()
    part.locator("select[name=result]").select_option("successful")
    part.locator("textarea[name=note]").fill("Three yachts met.")
    part.get_by_role("button", name="Judge").click()


def put_forward_by_drag(page: Page) -> None:
    """First to where it cannot go: it stays, and the reader is told why."""
    card(page).drag_to(lane(page, "active"))
    expect(page.locator("#shell-said")).to_contain_text("not to active")
    expect(lane(page, "proposed")).to_contain_text(NAME)
    card(page).drag_to(lane(page, "planned"))
    expect(lane(page, "planned")).to_contain_text(NAME)


def refused_by_menu(page: Page, word: str, why: str) -> None:
    """By keyboard alone; the menu says why and gives the focus back."""
    card(page).focus()
    page.keyboard.press("m")
    move = page.get_by_role("menuitem", name=word)
    expect(move).to_have_attribute("aria-disabled", "true")
    expect(move).to_contain_text(why)
    page.keyboard.press("Escape")
    expect(card(page)).to_be_focused()


def state(page: Page) -> Locator:
    return page.locator("#operation-head .chip-strong")


@pytest.mark.timeout(400)
def test_a_commander_brings_a_deliberate_operation_from_proposal_to_its_end(
    at: Callable[..., Watched], people: tuple[str, str]
) -> None:
    commander, second = at("/operations"), at("/operations", people[1], color_scheme="light")
    page, other = commander.page, second.page
    propose(page)
    expect(page).to_have_url(re.compile(r"/operations/\d+$"))
    expect(page.locator("#operation-head h1")).to_contain_text(NAME)
    expect(page.locator("#operation-head")).to_contain_text("EXERCISE")
    set_objective(page)
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/operations$"))
    expect(card(other)).to_contain_text("EXERCISE")  # without a reload
    put_forward_by_drag(page)
    refused_by_menu(page, "Approve", "A second person must approve it")
    assert commander.accessibility_faults() == []
    expect(lane(other, "planned")).to_contain_text(NAME)
    card(other).focus()
    other.keyboard.press("Enter")
    expect(other.locator("#operation-head h1")).to_contain_text(NAME)
    assert second.accessibility_faults() == []
    other.get_by_role("button", name="Approve", exact=True).click()
    expect(state(other)).to_have_text("approved")
    expect(lane(page, "approved")).to_contain_text(NAME)
    card(page).get_by_role("button", name="Move").click()
    page.get_by_role("menuitem", name="Start").click()
    expect(lane(page, "active")).to_contain_text(NAME)
    refused_by_menu(page, "Close", "1 objective has no result")
    page.keyboard.press("Enter")
    judge_objective(page)
    close = page.locator("#operation-head").get_by_role("button", name="Close", exact=True)
    expect(close).not_to_have_attribute("aria-disabled", "true")
    close.click()
    page.fill("#operation-move-reason", "All yachts are cleared.")
    page.keyboard.press("Control+Enter")
    expect(state(page)).to_have_text("closed")
    page.keyboard.press("5")
    expect(page.locator("#operation-log")).to_contain_text("All yachts are cleared.")
    assert commander.accessibility_faults() == []
    assert commander.faults() == []
    assert second.faults() == []


@pytest.mark.timeout(200)
def test_a_duty_officer_opens_a_contingency_from_an_alert_in_two_steps(
    at: Callable[..., Watched], centre: Product
) -> None:
    vessel = "MV FRIGATE BIRD"
    make_situation(centre, 1, vessel)
    duty = at("/alerts", "test.duty", viewport={"width": 1366, "height": 768})
    page = duty.page
    page.get_by_label("Cause", exact=True).select_option("target new")  # one cause alone is not grouped in a flood
    alert = page.locator("#alerts-body [data-alert]", has_text=vessel)  # raised by the worker
    alert.locator("[data-key=open]").focus()
    page.keyboard.press("o")  # the first step
    dialog = page.locator("#contingency-dialog")
    expect(dialog).to_contain_text(vessel)
    expect(dialog.get_by_label("Name")).to_have_value(vessel)
    assert duty.accessibility_faults() == []
    page.keyboard.press("Enter")  # the second
    expect(page).to_have_url(re.compile(r"/operations/\d+$"))
    expect(page.locator("#operation-head")).to_contain_text("test.duty")
    expect(page.locator("#operation-head .chip-strong")).to_have_text("triggered")
    links = page.locator("#operation-work .operation-linked", has_text=vessel)
    expect(links.filter(has_text="alert")).to_be_visible()
    expect(links.filter(has_text="target")).to_be_visible()
    assert duty.accessibility_faults() == []
    page.evaluate("opsCentre.go('/')")
    expect(page.locator("#wall-operations")).to_contain_text(vessel)
    named = (
        "[...opsCentre.store.tracks.index.keys()].map((id) => opsCentre.store.tracks.get(id)).find((one) => one.name)"
    )
    page.wait_for_function(f"() => {named}")
    craft, name = page.evaluate(f"() => {{ const row = {named}; return [row.id, row.name]; }}")
    page.evaluate("(id) => opsCentre.map.select('track', id)", craft)
    opened_from(page, page.locator("#wall-card"), name)
    page.evaluate("opsCentre.go('/log/1')")
    opened_from(page, page.locator("#log-page"), "entry 1")
    assert duty.faults() == []


def opened_from(page: Page, place: Locator, thing: str) -> None:
    """A contingency about what is shown, in two presses; the thing is linked, with its target if it has one."""
    place.get_by_role("button", name="Contingency", exact=True).click()
    dialog = page.locator("#contingency-dialog")
    expect(dialog).to_contain_text(thing)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/operations/\d+$"))
    expect(page.locator("#operation-work .operation-linked", has_text=thing).first).to_be_visible()


@pytest.mark.timeout(200)
def test_what_was_typed_outlives_an_ended_session_and_the_page_goes_on(
    centre: Product, at: Callable[..., Watched]
) -> None:
    watched = at("/operations")
    page = watched.page
    expect(lane(page, "proposed")).to_be_visible()
    page.keyboard.press("p")
    name = page.locator("#operation-propose").get_by_label("Name", exact=True)
    name.fill("Night crossing")
    database = Database(centre.settings.database_url)
    Accounts(database, SystemClock(), centre.settings).set_password(COMMAND_LINE, "test.commander", PASSWORD)
    database.dispose()  # every session of that account has ended
    cover = page.get_by_role("dialog", name="Your session has ended")
    expect(cover).to_contain_text("Sign in as test.commander in another tab")
    assert watched.accessibility_faults() == []
    with page.context.expect_page() as opened:
        cover.get_by_role("link").click()
    other = opened.value
    other.fill("input[name=name]", "test.commander")
    other.fill("input[name=password]", PASSWORD)
    other.click("button[type=submit]")
    expect(cover).to_be_hidden()
    expect(name).to_have_value("Night crossing")
    page.wait_for_function("() => opsCentre.stream.age() < 3 && !opsCentre.stream.frozen()")  # the picture goes on
    own = ("401", "body stream already read")  # the refusals, and what Dash makes of those of its callbacks
    assert [fault for fault in watched.faults() if not any(word in fault for word in own)] == []
