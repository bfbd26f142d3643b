"""The watch changes hands between two browsers; an enquiry goes from the telephone to its answer by keyboard alone."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import FEW, inhabited
from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product

pytestmark = pytest.mark.timeout(300)  # two browsers and a whole centre, on a machine that may be busy
HEADS = ("situation", "mission", "execution", "administration", "command")


@pytest.fixture(scope="module")
def watch_centre() -> Iterator[Product]:
    """A centre of this file's own: who has the watch is one state for everybody in it."""
    product = Product(FEW)
    try:
        product.launch()
        for name in ("lead.one", "lead.two"):
            product.add_user(name, "shift lead")
        yield inhabited(product)
    finally:
        product.stop()


@pytest.fixture(autouse=True)
def _patient_expectations() -> Iterator[None]:
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=30_000)


@pytest.fixture
def signed_in(watch_centre: Product, open_page: Callable[..., Watched]) -> Callable[..., Watched]:
    """``signed_in(name, path)``: a page of somebody."""

    def sign_in(name: str, path: str, **options: object) -> Watched:
        watched = open_page(watch_centre, **options)
        watched.sign_in(name, PASSWORD, path)
        watched.page.wait_for_selector("#shell-header", timeout=60_000)
        return watched

    return sign_in


def clean(*pages: Watched) -> None:
    for watched in pages:
        assert watched.accessibility_faults() == []
        assert watched.faults() == []


def test_a_watch_changes_hands_only_when_the_second_lead_accepts(signed_in: Callable[..., Watched]) -> None:
    first, second = signed_in("lead.one", "/watch"), signed_in("lead.two", "/watch", color_scheme="light")
    one, two = first.page, second.page
    expect(one.locator("#watch-now")).to_contain_text("No watch is open")
    one.fill("#watch-open-reason", "The centre starts.")
    one.keyboard.press("Enter")
    expect(one.locator("#watch-now")).to_contain_text("Officers on")
    expect(two.locator("#watch-now")).to_contain_text("lead.one")  # without a reload
    one.fill("#watch-offer-situation", "Two yachts overdue at Opua.")
    one.reload()
    expect(one.locator("#watch-offer-situation")).to_have_value("Two yachts overdue at Opua.")
    one.click("text=Fill empty heads from the facts")
    for head in HEADS:
        expect(one.locator(f"#watch-offer-{head}")).not_to_have_value("")
    expect(one.locator("#watch-offer-situation")).to_have_value("Two yachts overdue at Opua.")
    one.click("text=Offer the handover")
    expect(one.locator("#watch-handover")).to_contain_text("until another lead accepts")
    expect(two.locator("#watch-handover")).to_contain_text("Two yachts overdue at Opua.")
    expect(two.locator("#watch-now")).to_contain_text("lead.one")  # still
    clean(first, second)
    two.click("text=Accept: I have the watch")
    two.locator("#shell-ask").get_by_text("Yes").click()
    expect(two.locator("#watch-now .watch-facts")).to_contain_text("lead.two")
    expect(one.locator("#watch-now .watch-facts")).to_contain_text("lead.two")
    one.click("#watch-past a >> nth=0")
    expect(one).to_have_url(re.compile(r"/watch/\d+$"))
    expect(one.locator("#watch-card")).to_contain_text("Two yachts overdue at Opua.")
    clean(first, second)


def test_nothing_to_report_is_refused_while_facts_speak_against_it(signed_in: Callable[..., Watched]) -> None:
    lead = signed_in("lead.two", "/watch")
    page = lead.page
    expect(page.locator("#watch-nothing-form")).to_contain_text("Facts speak against it")
    page.fill("#watch-affirm", "no")
    page.click("text=Affirm and offer")
    expect(page.locator("#watch-nothing-form [data-answer]")).to_contain_text("There is something to report")
    page.fill("#watch-affirm", "Told at the desk.")
    page.click("text=Affirm and offer")
    expect(page.locator("#watch-handover")).to_contain_text("Told at the desk.")
    page.click("text=Withdraw the offer")
    page.locator("#shell-ask").get_by_text("Yes").click()
    expect(page.locator("#watch-nothing-form")).to_be_visible()
    assert [text for text in lead.faults() if "422" not in text] == []


def test_a_lead_puts_people_on_the_roster(signed_in: Callable[..., Watched]) -> None:
    lead = signed_in("lead.two", "/watch")
    page = lead.page
    page.click("#watch-roster [data-opens] >> nth=3")
    page.select_option("#watch-assign-lead", "lead.one")
    page.check("#watch-people input[value='test.duty']")
    page.fill("#watch-people [data-desk-of='test.duty']", "Sea")
    assert lead.accessibility_faults() == []
    page.click("#watch-people button[type=submit]")
    row = page.locator("#watch-roster tbody tr").nth(3)
    expect(row).to_contain_text("lead.one")
    expect(row).to_contain_text("test.duty (Sea)")
    assert lead.faults() == []


def test_an_enquiry_goes_from_taking_down_to_its_answer_by_keyboard(signed_in: Callable[..., Watched]) -> None:
    duty = signed_in("test.duty", "/enquiries", viewport={"width": 1366, "height": 768})
    page = duty.page
    expect(page.locator("#enquiries-open")).to_contain_text("No enquiry is open")
    page.keyboard.press("q")
    page.keyboard.type("HAWK 2")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Where does TERN lie?")
    page.reload()
    expect(page.locator("#enquiry-question")).to_have_value("Where does TERN lie?")
    page.focus("#enquiry-question")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowLeft")  # a unit asks
    page.focus("#enquiry-question")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#enquiries-open")).to_contain_text("Where does TERN lie?")
    expect(page.locator("#enquiry-question")).to_have_value("")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/enquiries/\d+$"))
    expect(page.locator("#enquiry-answer")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("At Opua, berth 12.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#enquiries-card")).to_contain_text("At Opua, berth 12.")
    expect(page.locator("#enquiries-figures")).to_contain_text("0 open")
    clean(duty)


def test_whoever_may_only_look_sees_no_form(signed_in: Callable[..., Watched]) -> None:
    wall = signed_in("test.wall", "/watch")
    expect(wall.page.locator("#watch-now")).to_contain_text("Officers on")
    expect(wall.page.locator("#watch-page form")).to_have_count(0)
    wall.page.goto(wall.url + "/enquiries")
    expect(wall.page.locator(".slot-enquiries")).to_contain_text("Not for your role")
    assert wall.faults() == []
