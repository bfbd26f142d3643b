"""The duty log in a real browser: quick entry from any page, search, permanent links, corrections, the endless list."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product

HOSTILE = "<img src=x onerror=alert(1)>"
WRITE_MANY = """async ([many, word]) => {
  for (let first = 0; first < many; first += 10)
    await Promise.all(Array.from({ length: Math.min(10, many - first) }, (_, next) =>
      opsCentre.act("log/write", { text: `Filler ${first + next} for the ${word} list` })));
}"""


def begin(page: Page) -> None:
    """The quick entry by its key, once the frame is there."""
    expect(page.locator("#quick-text")).to_be_attached()
    page.keyboard.press("n")
    expect(page.locator("#quick-text")).to_be_focused()


def write(page: Page, text: str) -> None:
    """An entry by keyboard alone."""
    begin(page)
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator("#quick-entry")).to_be_hidden()


@pytest.fixture(autouse=True)
def _in_no_hurry() -> Iterator[None]:
    """Drawing the frame on a busy machine takes longer than the five seconds that are waited otherwise."""
    expect.set_options(timeout=45_000)
    yield
    expect.set_options(timeout=30_000)


@pytest.fixture
def log_page(centre: Product, shared_page: Callable[..., Watched]) -> Watched:
    watched = shared_page(centre, "test.duty", "/log")
    expect(watched.page.locator("#log-text")).to_have_value("")
    expect(watched.page.locator("#log-count")).not_to_be_empty()
    return watched


def entry(page: Page, text: str) -> Any:
    return page.locator(".log-entry", has_text=text).first


def test_an_entry_is_written_from_the_wall_by_keyboard(duty_page: Watched) -> None:
    page = duty_page.page
    write(page, "Call from the harbour master about a yacht")
    expect(page.locator("#shell-said")).to_contain_text("is in the log")
    expect(page.locator("#wall-log")).to_contain_text("harbour master about a yacht")
    assert duty_page.faults() == []


def test_a_word_behind_a_sign_is_completed_by_keyboard_and_becomes_a_link(duty_page: Watched) -> None:
    page = duty_page.page
    callsign = page.evaluate("() => [...opsCentre.store.units.values()].map((unit) => unit.callsign).sort()[0]")
    begin(page)
    page.keyboard.type(f"Met @{callsign.split()[0].lower()}")
    expect(page.locator("#quick-options [role=option]").first).to_be_visible()
    expect(page.locator("#quick-text")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#quick-text")).to_have_attribute("aria-activedescendant", "quick-option-0")
    page.keyboard.press("Enter")
    expect(page.locator("#quick-links")).to_contain_text(callsign.split()[0])
    expect(page.locator("#quick-options")).to_be_hidden()
    assert duty_page.accessibility_faults() == []
    page.keyboard.press("Enter")
    expect(page.locator("#quick-entry")).to_be_hidden()
    seq = re.findall(r"\d+", page.locator("#shell-said").inner_text())[0]
    card = page.evaluate("(seq) => fetch(`/api/v1/log/${seq}`).then((answer) => answer.json())", seq)
    assert card["entry"]["links"][0][0] == "unit"
    assert duty_page.faults() == []


def test_a_completion_is_taken_with_the_mouse_and_taken_away_again(duty_page: Watched) -> None:
    page = duty_page.page
    begin(page)
    page.keyboard.type("Look at !")
    page.locator("#quick-options [role=option]").first.click()
    expect(page.locator("#quick-text")).to_be_focused()
    page.locator("#quick-links button").first.click()
    expect(page.locator("#quick-links [data-quick-drop]")).to_have_count(0)
    page.get_by_role("button", name="Discard").click()
    expect(page.locator("#quick-entry")).to_be_hidden()
    assert duty_page.faults() == []


def test_what_is_selected_on_the_wall_is_offered_as_a_link(duty_page: Watched) -> None:
    page = duty_page.page
    target = page.evaluate(
        "() => { const [one] = opsCentre.store.targets.values(); return { id: one.id, label: one.label }; }"
    )
    page.evaluate("(id) => opsCentre.map.select('target', id)", target["id"])
    expect(page.locator("#wall-card")).to_contain_text(target["label"])
    begin(page)
    page.locator("[data-quick-offer]", has_text=target["label"]).click()
    expect(page.locator("[data-quick-drop]", has_text=target["label"])).to_be_visible()
    page.get_by_role("button", name="Discard").click()


def test_the_kind_is_guessed_and_corrected_by_keyboard(log_page: Watched) -> None:
    page = log_page.page
    begin(page)
    page.keyboard.type("Harbour master rang, kind test")
    expect(page.get_by_role("radio", name="Call")).to_be_checked()
    page.get_by_role("radio", name="Call").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Report")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(entry(page, "kind test").locator(".log-kind")).to_have_text("report")


def test_the_browser_guesses_the_kind_as_the_server_does(log_page: Watched) -> None:
    from ops_centre.domain.log_text import guess_kind

    lines = [
        "Yacht seen off Ōpua", "She recalled the crew", "Police: requests a unit", "Radio check", "Coffee", "HAWK reports in",
        "asked for help", "Vessel altered  course", "VHF-16 silent", "pan pan from TERN", "", "étа unknown", "ETA 14:00",
    ]  # fmt: skip
    said = log_page.page.evaluate("(lines) => lines.map((line) => opsCentre.quickEntry.guess(line))", lines)
    assert said == [guess_kind(line).value for line in lines]


def test_a_draft_survives_a_reload_on_another_page_and_is_cleared_when_written(log_page: Watched) -> None:
    page = log_page.page
    page.goto(log_page.url + "/units")
    expect(page.locator("#units-page")).to_be_visible()
    begin(page)
    page.keyboard.type("Draft that outlives a reload")
    page.keyboard.press("Escape")
    expect(page.locator("#shell-said")).to_contain_text("draft")
    page.reload()
    expect(page.locator("#units-page")).to_be_visible()
    begin(page)
    expect(page.locator("#quick-text")).to_have_value("Draft that outlives a reload")
    page.keyboard.press("Enter")
    expect(page.locator("#quick-entry")).to_be_hidden()
    begin(page)
    expect(page.locator("#quick-text")).to_have_value("")
    assert log_page.faults() == []


def test_a_lost_answer_and_a_second_press_write_once(log_page: Watched) -> None:
    page = log_page.page

    def lose(route: Route) -> None:
        route.fetch()  # it is carried out; the answer is lost
        route.abort()

    page.route("**/api/v1/acts/log/write", lose, times=1)
    begin(page)
    page.keyboard.type("Only once in the log")
    page.keyboard.press("Enter")
    expect(page.locator("#quick-answer")).to_contain_text("cannot be reached")
    page.keyboard.press("Enter")
    expect(page.locator("#shell-said")).to_contain_text("already")
    expect(page.locator(".log-entry", has_text="Only once in the log")).to_have_count(1)


def test_an_ended_session_keeps_the_draft(centre: Product, open_page: Callable[..., Watched]) -> None:
    watched = open_page(centre)
    watched.sign_in("test.duty", PASSWORD, "/units")
    page = watched.page
    expect(page.locator("#units-page")).to_be_visible()
    begin(page)
    page.keyboard.type("Written over a sign-out")
    page.context.clear_cookies()
    page.keyboard.press("Enter")
    page.locator("#quick-answer a", has_text="Sign in").click()
    page.fill("input[name=name]", "test.duty")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator("#units-page")).to_be_visible()
    begin(page)
    expect(page.locator("#quick-text")).to_have_value("Written over a sign-out")
    page.get_by_role("button", name="Discard").click()


def test_a_time_set_back_stands_beside_the_time_of_writing(log_page: Watched) -> None:
    page = log_page.page
    begin(page)
    page.keyboard.type("Set back by seven minutes")
    page.fill("#quick-when", "-7")
    expect(page.locator("#quick-when-said")).to_contain_text("7 min ago")
    page.keyboard.press("Enter")
    expect(entry(page, "Set back by seven").locator(".log-late")).to_contain_text("written")


def test_a_time_in_the_future_is_refused_and_one_far_back_asked_about(log_page: Watched) -> None:
    page = log_page.page
    begin(page)
    page.keyboard.type("Long ago")
    page.fill("#quick-when", "nonsense")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#quick-answer")).to_contain_text("not understood")
    page.fill("#quick-when", "-30h")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#shell-ask")).to_contain_text("24 hours")
    page.get_by_role("button", name="Yes").click()
    expect(page.locator("#quick-entry")).to_be_hidden()


def test_hostile_words_are_shown_as_words(log_page: Watched) -> None:
    page = log_page.page
    write(page, f"{HOSTILE} \u202eevil")
    page.evaluate("(text) => opsCentre.act('log/write', { text })", "W" * 8000)
    expect(page.locator(".log-text", has_text=HOSTILE).first).to_be_visible()
    expect(page.locator(".log-text", has_text="WWWW").first).to_be_visible()
    assert page.locator(".log-list img").count() == 0
    assert page.evaluate(
        "document.querySelector('#log-scroll').scrollWidth <= document.querySelector('#log-scroll').clientWidth"
    )
    assert log_page.faults() == []


def test_words_are_searched_for_and_the_address_keeps_the_search(log_page: Watched) -> None:
    page = log_page.page
    write(page, "Whāngārei pilot reports fog")
    write(page, "Something else altogether")
    page.keyboard.press("/")
    expect(page.locator("#log-text")).to_be_focused()
    page.keyboard.type("whangarei pil")
    expect(page.locator("#log-count")).to_have_text("1 entry")
    expect(page).to_have_url(re.compile(r"/log\?text=whangarei\+pil"))
    page.reload()
    expect(page.locator("#log-text")).to_have_value("whangarei pil")
    expect(page.locator(".log-entry")).to_have_count(1)
    page.get_by_role("button", name="Clear").click()
    expect(entry(page, "Something else")).to_be_visible()
    page.fill("#log-text", "nothing has these words")
    expect(page.locator("#log-state")).to_contain_text("No entry matches")
    assert log_page.accessibility_faults() == []
    assert log_page.faults() == []


def test_entries_are_walked_and_opened_by_keyboard(log_page: Watched) -> None:
    page = log_page.page
    write(page, "Opened by keyboard")
    expect(entry(page, "Opened by keyboard")).to_be_visible()
    page.fill("#log-text", "opened keyboard")
    expect(page.locator("#log-count")).to_contain_text("entr")
    page.locator("#log-scroll").focus()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/log/\d+"))
    expect(page.locator("#log-card")).to_contain_text("Sealed as")
    assert log_page.accessibility_faults() == []
    page.keyboard.press("Escape")
    expect(page.locator("#log-card")).to_be_hidden()
    assert log_page.faults() == []


def test_a_permanent_link_opens_its_entry_and_an_unknown_one_says_so(log_page: Watched) -> None:
    page = log_page.page
    page.goto(log_page.url + "/log/1")
    expect(page.locator("#log-card h2")).to_have_text("Entry 1")
    page.goto(log_page.url + "/log/999999999")
    expect(page.locator("#log-card")).to_contain_text("There is no such entry, or it is not released to you.")
    page.get_by_role("link", name="The whole log").click()
    expect(page.locator("#log-card")).to_be_hidden()


def test_a_correction_stands_beside_the_old_entry_which_stays_legible(log_page: Watched) -> None:
    page = log_page.page
    write(page, "Heard from HAWK 3 by mistake")
    entry(page, "by mistake").locator(".log-seq").click()
    page.get_by_role("button", name="Correct …").click()
    expect(page.locator("#log-correct-text")).to_have_value("Heard from HAWK 3 by mistake")
    page.fill("#log-correct-text", "Heard from HAWK 4 in truth")
    page.fill("#log-correct-reason", "misheard")
    page.get_by_role("button", name="Write correction").click()
    expect(page.locator("#log-card")).to_contain_text("Heard from HAWK 4 in truth")
    expect(page.locator("#log-card")).to_contain_text("misheard")
    expect(page.locator(".log-entry del", has_text="HAWK 3 by mistake")).to_be_visible()
    expect(entry(page, "HAWK 3 by mistake")).to_contain_text("corrected by")
    page.locator("#log-card .log-mends a").click()
    expect(page.locator("#log-card del").first).to_contain_text("HAWK 3 by mistake")
    assert log_page.faults() == []


def test_the_list_goes_on_when_its_end_comes_near(log_page: Watched) -> None:
    page = log_page.page
    page.evaluate(WRITE_MANY, [130, "long"])
    page.fill("#log-text", "filler long list")
    expect(page.locator("#log-count")).to_have_text(re.compile(r"1[3-9]\d entries"))
    expect(page.locator(".log-entry").first).to_be_visible()
    page.evaluate("const place = document.querySelector('#log-scroll'); place.scrollTop = place.scrollHeight")
    expect(page.locator("#log-state")).to_contain_text("No older entry matches")
    assert page.locator(".log-entry").count() >= 130
    assert page.locator(".log-day").count() >= 1
    assert log_page.faults() == []


def test_new_entries_do_not_move_what_is_being_read(log_page: Watched) -> None:
    page = log_page.page
    page.evaluate(WRITE_MANY, [60, "unmoved"])
    page.fill("#log-text", "filler unmoved list")
    expect(page.locator("#log-count")).to_have_text("60 entries")  # this search has been answered, not an earlier one
    page.evaluate("document.querySelector('#log-scroll').scrollTop = 600")
    page.evaluate(WRITE_MANY, [2, "unmoved"])
    expect(page.locator("#log-new")).to_have_text("2 new entries")
    before = page.evaluate("document.querySelector('.log-entry').dataset.seq")
    page.locator("#log-new").click()
    page.wait_for_function("(seq) => document.querySelector('.log-entry').dataset.seq > seq", arg=before)
    expect(page.locator("#log-new")).to_be_hidden()


def test_a_flood_of_new_entries_does_not_move_what_is_being_read_either(log_page: Watched) -> None:
    page = log_page.page
    page.evaluate(WRITE_MANY, [60, "flooded"])
    page.fill("#log-text", "filler flooded list")
    expect(page.locator("#log-count")).to_have_text("60 entries")
    page.evaluate("document.querySelector('#log-scroll').scrollTop = 600")
    full = {"entries": [], "more": True}  # as the server answers when more came than one answer holds
    page.route(re.compile(r"/api/v1/log\?.*after="), lambda route: route.fulfill(json=full))
    page.evaluate(WRITE_MANY, [1, "flooded"])
    expect(page.locator("#log-new")).to_have_text("500 or more new entries")
    assert page.evaluate("document.querySelector('#log-scroll').scrollTop") > 500
    page.locator("#log-new").click()
    expect(page.locator("#log-count")).to_have_text("61 entries")
    expect(page.locator("#log-new")).to_be_hidden()


def test_the_kiosk_has_no_quick_entry(centre: Product, open_page: Callable[..., Watched]) -> None:
    watched = open_page(centre)
    watched.sign_in("test.wall", PASSWORD, "/?kiosk")
    watched.wait_for_picture()
    watched.page.keyboard.press("n")
    expect(watched.page.locator("#quick-entry")).to_have_count(0)
