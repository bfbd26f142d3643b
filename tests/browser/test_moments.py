"""A field of date and time as an officer types it: in 24 hours, and nothing taken for what it is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

SCRIPT = Path(__file__).resolve().parents[2] / "assets/14-moments.js"
# A zone of 13 hours whose clock jumps over 2 o'clock on 27 September; now is 2026-11-23 10:07 there.
ZONE = """
window.opsCentre = { zoned: {
  now: () => Date.UTC(2026, 10, 22, 21, 7),
  partsOf: (ms) => { const d = new Date(ms + 46800000);
    return { year: d.getUTCFullYear(), month: d.getUTCMonth() + 1, day: d.getUTCDate(),
             hour: d.getUTCHours(), minute: d.getUTCMinutes() }; },
  fromLocal: (y, m, d, h, min) =>
    Date.UTC(y, m - 1, d, m === 9 && d === 27 && h === 2 ? 3 : h, min) - 46800000,
} };
window.sent = [];
document.addEventListener("submit", (event) => {
  event.preventDefault();
  sent.push(event.target.elements.at.dataset.ms);
});
"""
FORM = """<form><span class=moment><input name=at data-type=moment data-local data-local-ms="{given}">
<button type=button data-pick-day>x</button></span><button type=submit>Send</button></form>"""
GIVEN = 1795464000000  # 2026-11-24 09:00 there


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="en-US")
    page = context.new_page()
    page.set_content(FORM.format(given=GIVEN))
    page.add_script_tag(content=ZONE)
    page.add_script_tag(content=SCRIPT.read_text("utf-8"))
    page.evaluate("document.dispatchEvent(new CustomEvent('ops:painted'))")
    yield page
    context.close()


def test_what_is_typed_becomes_one_form_and_is_sent_as_that_moment(page: Page) -> None:
    field = page.locator("input")
    assert field.input_value() == "2026-11-24 09:00", "what the server knows is shown"
    for typed, shown in (
        ("14:30", "2026-11-24 14:30"),  # of the day that was shown
        ("0705", "2026-11-24 07:05"),
        ("25/12 18:00", "2026-12-25 18:00"),
        ("2026-11-26T1:05", "2026-11-26 01:05"),
        ("+2h", "2026-11-23 12:07"),
        ("+ 1 day", "2026-11-24 10:07"),
    ):
        field.fill(typed)
        field.blur()
        assert field.input_value() == shown, typed
    field.fill("2026-11-24 09:00")
    page.get_by_text("Send").click()
    assert page.evaluate("sent") == [str(GIVEN)]


def test_what_is_no_moment_is_not_sent_and_says_so(page: Page) -> None:
    field = page.locator("input")
    for typed, why in (
        ("noon", "Write it as"), ("25:00", "Write it as"), ("2026-02-30 10:00", "Write it as"), ("2026-11-24", "Write it as"),
        ("2026-09-27 02:30", "the clock goes forward"),
    ):  # fmt: skip
        field.fill(typed)
        page.get_by_text("Send").click()
        assert why in field.evaluate("(field) => field.validationMessage"), typed
        assert field.input_value() == typed, "what was typed stays"
    assert page.evaluate("sent") == []


def test_the_arrows_go_a_quarter_of_an_hour_and_the_page_keys_a_day(page: Page) -> None:
    field = page.locator("input")
    field.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowDown", "PageDown"):
        page.keyboard.press(key)
    assert field.input_value() == "2026-11-23 09:15"


def test_a_form_that_is_drawn_again_keeps_what_was_typed_until_the_server_knows_otherwise(page: Page) -> None:
    field = page.locator("input")
    field.fill("2026-12-01 08:00")
    page.evaluate("document.dispatchEvent(new CustomEvent('ops:painted'))")
    assert field.input_value() == "2026-12-01 08:00"
    page.evaluate("document.querySelector('input').dataset.localMs = String(Date.UTC(2026, 11, 1))")
    page.evaluate("document.dispatchEvent(new CustomEvent('ops:painted'))")
    assert field.input_value() == "2026-12-01 13:00"
