"""Sending units, in a real browser against the real product: options, decision, taskings, outcome, and the chain back."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.dispatch_situation import SOURCE_TEXT, make_situation
from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product

OPTIONS = "#respond-body .option[data-unit]"
DESK = ViewportSize(width=1366, height=768)


@pytest.fixture(autouse=True)
def _a_busy_machine() -> Iterator[None]:
    """The first options of a process load the sea; expectations wait for that."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def officers(centre: Product) -> tuple[str, str]:
    """Two duty officers and a liaison, beside those of every test."""
    centre.add_user("test.second", "duty officer", "OPS")
    centre.add_user("test.liaison", "agency liaison", "POL")
    return "test.duty", "test.second"


def go(page: Page, path: str) -> None:
    """To another page without loading the frame anew."""
    page.evaluate("(path) => opsCentre.go(path)", path)


def respond(page: Page, about: str) -> int:
    """Open the options for a subject; how many units can."""
    go(page, f"/respond?about={about}")
    expect(page.locator(f'#respond-body [data-about="{about}"]')).to_be_visible()
    return page.locator(OPTIONS).count()


def a_target(product: Product, page: Page, units: int = 3) -> str:
    """A new target that so many units can meet, in the picture: ``target:12``. Its options are on the screen."""
    number, _callsigns = make_situation(product, units)
    page.wait_for_function("(id) => opsCentre.store.targets.has(id)", arg=number, timeout=60_000)
    about = f"target:{number}"
    assert respond(page, about) >= units
    return about


@pytest.fixture
def desk(centre: Product, officers: tuple[str, str], shared_page: Callable[..., Watched]) -> Iterator[Watched]:
    """A duty officer at a desk."""
    assert officers
    watched = shared_page(centre, "test.duty")
    dismiss = watched.page.locator(".since-dock").get_by_role("button", name="Dismiss")
    watched.page.add_locator_handler(dismiss, lambda button: button.click())
    yield watched  # what happened since the last watch lies over the card
    watched.page.remove_locator_handler(dismiss)


def step(page: Page, name: str, note: str = "") -> None:
    """Report the next step of the chosen tasking by keyboard."""
    page.keyboard.press("Enter")
    dialog = page.locator("#taskings-report")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-about]")).to_contain_text(name)
    if note:
        page.fill("#report-note", note)
    dialog.get_by_role("button", name="Record").click()
    expect(dialog).to_be_hidden()


@pytest.mark.timeout(300)  # the whole way in one go
def test_from_a_target_on_the_wall_to_the_outcome_and_back_to_the_source(centre: Product, desk: Watched) -> None:
    page = desk.page
    about = a_target(centre, page)
    number = about.partition(":")[2]
    go(page, "/")
    page.evaluate("(id) => opsCentre.map.select('target', id)", int(number))
    page.locator("#wall-card").get_by_role("link", name="Respond").click()
    expect(page.locator(OPTIONS).first).to_be_visible()

    second = page.locator(OPTIONS).nth(1)
    callsign = second.get_attribute("data-callsign") or ""
    page.keyboard.press("2")
    expect(page.locator("[data-send]")).to_have_text(f"Send {callsign}")
    page.keyboard.press("Enter")
    expect(page.locator("#respond-reason")).to_be_focused()
    page.keyboard.type("Kept the nearest for the wharf.")
    page.keyboard.press("Control+Enter")

    expect(page).to_have_url(re.compile(r"/chain/decision/\d+"))
    record = page.locator("#chain-body")
    expect(record).to_contain_text(f"{callsign} sent to")
    expect(record).to_contain_text("Kept the nearest for the wharf.")
    expect(record.locator("tr.chosen")).to_have_count(1)

    go(page, "/taskings")
    row = page.locator("#taskings-body tr[data-tasking]", has_text=callsign)
    expect(row).to_have_count(1)
    tasking = row.get_attribute("data-tasking")
    row.focus()
    for name, note in (("accepted", "Crew of four."), ("en route", ""), ("on scene", "Alongside.")):
        step(page, name, note)
        expect(page.locator(f'section.sent-group:has(tr[data-tasking="{tasking}"]) h2')).to_contain_text(
            name, ignore_case=True
        )
        expect(page.locator(f'tr[data-tasking="{tasking}"]')).to_be_focused()

    page.keyboard.press("o")
    dialog = page.locator("#taskings-outcome")
    expect(dialog).to_be_visible()
    dialog.get_by_label("positive").check()
    dialog.get_by_label("Found").fill("undeclared honey")
    dialog.get_by_label("Quantity").fill("12.5")
    dialog.get_by_role("button", name="Record the outcome").click()
    expect(dialog).to_be_hidden()

    go(page, f"/chain/tasking/{tasking}")
    page.locator("#chain-body .stage", has=page.locator("h3", has_text="Outcome")).locator(
        "a.chain-thing", has_text="positive"
    ).click()
    expect(page).to_have_url(re.compile(r"/chain/outcome/\d+"))
    expect(page.locator("#chain-body")).to_contain_text("12.5 kg")
    page.locator("#chain-body .stage", has=page.locator("h3", has_text="Hit")).locator("a.chain-thing").click()
    expect(page).to_have_url(re.compile(r"/chain/hit/\d+"))
    expect(page.locator("#chain-body .source-text")).to_have_text(SOURCE_TEXT)
    assert desk.faults() == []


def test_two_officers_who_send_the_same_unit_get_one_success_and_one_refusal(
    centre: Product, desk: Watched, open_page: Callable[..., Watched]
) -> None:
    other = open_page(centre, viewport=DESK)
    other.sign_in("test.second", PASSWORD)
    other.wait_for_picture()
    first_page, second_page = desk.page, other.page
    about = a_target(centre, first_page)
    unit = first_page.locator(OPTIONS).first.get_attribute("data-unit")
    respond(second_page, about)
    for page in (first_page, second_page):
        page.locator(f'#respond-body .option[data-unit="{unit}"] .option-unit').click()
        page.fill("#respond-intent", "Meet and examine, both of us thought.")
        page.fill("#respond-reason", "Nearest.")
    first_page.locator("[data-send]").click()
    expect(first_page).to_have_url(re.compile(r"/chain/decision/\d+"))
    second_page.keyboard.press("Control+Enter")
    ask = second_page.locator("#shell-ask")
    answer = second_page.locator("#respond-form [data-answer]")
    expect(ask.or_(answer).filter(visible=True).first).to_be_visible()
    if ask.is_visible():  # the note had come first: it asks before it sends
        ask.get_by_role("button", name="Yes").click()
    expect(answer).not_to_be_empty()
    expect(second_page).to_have_url(re.compile(r"/respond"))
    expect(second_page.locator("#respond-intent")).to_have_value("Meet and examine, both of us thought.")
    expect(second_page.locator(f'#respond-body .option[data-unit="{unit}"]')).to_have_count(0)
    assert desk.faults() == []
    assert [text for text in other.faults() if "status of 409" not in text] == []


def test_fresh_options_keep_what_was_chosen_and_typed(centre: Product, desk: Watched) -> None:
    page = desk.page
    a_target(centre, page)
    page.keyboard.press("2")
    page.fill("#respond-reason", "Half a sentence")
    chosen = page.locator(f"{OPTIONS}[data-chosen]").get_attribute("data-unit")
    token = page.locator("[data-options]").get_attribute("data-options")
    page.locator("[data-dispatch=refresh]").first.click()
    expect(page.locator("[data-options]")).not_to_have_attribute("data-options", token or "")
    expect(page.locator(f"{OPTIONS}[data-chosen]")).to_have_attribute("data-unit", chosen or "")
    expect(page.locator("#respond-reason")).to_have_value("Half a sentence")
    assert desk.faults() == []


def test_another_subject_starts_from_nothing(centre: Product, desk: Watched) -> None:
    page = desk.page
    a_target(centre, page)
    page.keyboard.press("1")
    page.fill("#respond-reason", "For the first one only")
    a_target(centre, page)
    expect(page.locator("[data-chosen]")).to_have_count(0)
    expect(page.locator("#respond-reason")).to_have_value("")
    expect(page.locator("[data-send]")).to_be_disabled()


def test_sending_nobody_needs_a_reason(centre: Product, desk: Watched) -> None:
    page = desk.page
    a_target(centre, page)
    page.keyboard.press("0")
    send = page.locator("[data-send]")
    expect(send).to_have_text("Decide: send nobody")
    send.click()
    expect(page).to_have_url(re.compile("/respond"))
    page.fill("#respond-reason", "Cleared by its agent's papers.")
    send.click()
    expect(page).to_have_url(re.compile(r"/chain/decision/\d+"))
    expect(page.locator("#chain-body")).to_contain_text("Nobody was sent")
    assert desk.faults() == []


def test_who_may_not_decide_sees_the_board_without_acts(centre: Product, open_page: Callable[..., Watched]) -> None:
    watched = open_page(centre)
    watched.sign_in("test.wall", PASSWORD, "/taskings")
    page = watched.page
    expect(page.locator("#taskings-body .board-summary")).to_be_visible()
    expect(page.locator("#taskings-body button")).to_have_count(0)
    page.goto(centre.url + "/respond?about=target:1")
    expect(page.locator(".slot-respond")).to_contain_text("Not for your role")
    assert watched.faults() == []


def test_the_pages_of_dispatch_have_no_accessibility_faults(
    centre: Product, officers: tuple[str, str], shared_page: Callable[..., Watched]
) -> None:
    watched = shared_page(centre, officers[0], viewport=DESK)
    page = watched.page
    about = a_target(centre, page)
    for path, ready in (
        ("/taskings", "#taskings-body .board-summary"),
        (f"/chain/{about.replace(':', '/')}", "#chain-body .chain-strip"),
        ("/criteria", "#criteria-body table"),
    ):
        go(page, path)
        expect(page.locator(ready)).to_be_visible()
        assert watched.faults_in_both_themes() == [], path
        page.set_viewport_size({"width": 1920, "height": 1080})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than the screen"
        page.set_viewport_size(DESK)
    assert watched.faults() == []
