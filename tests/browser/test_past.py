"""From a decision's record to its picture: played, stepped and switched by keyboard, never to be taken for the present, and
exported as a file that plays with no server at all."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.dispatch_situation import make_situation
from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product

pytestmark = pytest.mark.timeout(300)
DESK = {"width": 1366, "height": 768}
SETTLED = "() => window.opsCentre && opsCentre.pastDesk && opsCentre.pastDesk.element.dataset.moment"


def decided(product: Product, page: Page) -> tuple[int, str]:
    """Send the first unit to a new target; the target's number and the unit's callsign. The record is on the screen."""
    number, _callsigns = make_situation(product, 3)
    page.wait_for_function("(id) => opsCentre.store.targets.has(id)", arg=number, timeout=60_000)
    page.evaluate("(id) => opsCentre.go(`/respond?about=target:${id}`)", number)
    option = page.locator("#respond-body .option[data-unit]").first
    expect(option).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/chain/decision/*")
    chosen = page.locator(".record-choice strong").inner_text()
    return number, chosen.removesuffix(" sent")


def sent(page: Page) -> list[str]:
    """Callsigns of the units sent, as the moment shown has them."""
    found: list[str] = page.evaluate("() => opsCentre.pastDesk.picture.taskings.map((row) => row.callsign)")
    return found


def test_a_decision_leads_to_its_picture_which_plays_steps_and_cannot_be_acted_on(
    centre: Product, open_page: Callable[..., Watched]
) -> None:
    watched = open_page(centre, viewport=DESK, color_scheme="light")
    watched.sign_in("test.duty", PASSWORD)
    watched.wait_for_picture()
    page = watched.page
    target, callsign = decided(centre, page)
    then = page.evaluate("opsCentre.store.serverNow()")  # so that there is something after the decision to play
    page.wait_for_function("(then) => opsCentre.store.serverNow() > then + 4000", arg=then)
    page.get_by_role("link", name="picture then").click()
    desk = page.locator(".past-desk")
    expect(desk).to_contain_text("REPLAY")
    expect(desk).to_contain_text("as it was known then")
    page.wait_for_function(SETTLED)
    held: dict[str, Any] = page.evaluate(
        "(id) => ({tracks: opsCentre.pastDesk.picture.tracks.id.length,"
        " target: opsCentre.pastDesk.picture.targets.some((row) => row.id === id), drawn: opsCentre.pastDesk.map.hits.length})",
        target,
    )
    assert held["tracks"] > 50
    assert held["target"]
    assert callsign not in sent(page)  # nobody had been sent yet when it was decided
    moment = page.evaluate("() => opsCentre.pastDesk.at")
    page.keyboard.press("Space")
    page.wait_for_function("(then) => opsCentre.pastDesk.at > then && !opsCentre.pastDesk.playing", arg=moment)
    page.wait_for_function(SETTLED)
    assert callsign in sent(page)
    page.evaluate("(id) => opsCentre.pastDesk.choose(`target:${id}`)", target)
    expect(page.locator(".past-hits")).to_contain_text("Rule 7")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(SETTLED)
    page.keyboard.press("x")
    expect(desk).to_contain_text("as it is known now")
    expect(desk).to_contain_text("Positions, names and log as known today")
    page.keyboard.press("b")
    expect(page.locator(".past-boards")).to_contain_text("responding (")
    expect(page.locator(".past-boards")).to_contain_text("Plan of the next 48 hours")
    page.keyboard.press("b")
    page.keyboard.press("[")
    assert page.locator("#past-page").locator("[data-do], form, [data-act]").count() == 0
    page.wait_for_function(SETTLED)
    assert watched.accessibility_faults() == []
    assert watched.faults() == []


def test_an_exported_span_plays_without_the_server(
    centre: Product, open_page: Callable[..., Watched], chromium: Browser, tmp_path: Path
) -> None:
    watched = open_page(centre, viewport=DESK, accept_downloads=True)
    watched.sign_in("test.duty", PASSWORD, "/past")
    page = watched.page
    page.wait_for_function(SETTLED, timeout=60_000)
    page.get_by_label("Length of the time line").select_option("1")
    with page.expect_download() as given:
        page.get_by_label("Export what the time line shows").select_option("html")
    given.value.save_as(tmp_path / "past.html")
    alone = chromium.new_context(viewport=DESK, offline=True).new_page()
    asked: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.on("console", lambda message: asked.append(message.text))
    alone.goto((tmp_path / "past.html").as_uri())
    expect(alone.locator(".past-banner")).to_contain_text(re.compile(r"REPLAY.*EXERCISE.*TLP:"))
    alone.keyboard.press("End")
    expect(alone.locator(".past-lists")).to_contain_text(re.compile(r"Units \([1-9]"))
    expect(alone.locator(".past-lists")).to_contain_text(re.compile(r"\b\d{2,} craft"))
    assert asked == [(tmp_path / "past.html").as_uri()]
    alone.context.close()
