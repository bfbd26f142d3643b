"""Alerts as an officer meets them: seen, heard, handled by mouse and keyboard, against the real product."""

import itertools
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect
from sqlalchemy import update

from ops_centre.bootstrap import bootstrap
from ops_centre.db import next_revision
from ops_centre.models import Alert
from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product
from tests.watch_factories import make_alert

DESK = ViewportSize(width=1366, height=768)
NAMES = (f"WHISKEY {number}" for number in itertools.count(1))

STUBS = """
window.tones = [];
window.repeats = [];
class Param { setValueAtTime(value) { this.value = value; } linearRampToValueAtTime() {} }
window.AudioContext = class {
  constructor() { this.state = "suspended"; this.currentTime = 0; this.destination = {}; }
  resume() { this.state = "running"; if (this.onstatechange) this.onstatechange(); return Promise.resolve(); }
  createOscillator() {
    const frequency = new Param();
    return { frequency, connect() {}, start() { window.tones.push(frequency.value); }, stop() {} };
  }
  createGain() { return { gain: new Param(), connect() {} }; }
};
const every = window.setInterval;
window.setInterval = (act, ms, ...rest) => (ms === 30000 && window.repeats.push(act), every(act, ms, ...rest));
window.notices = [];
window.Notification = class {
  constructor(title, options) { Object.assign(this, { title, ...options }); window.notices.push(this); }
  close() {}
  static permission = "default";
  static requestPermission() { Notification.permission = "granted"; return Promise.resolve("granted"); }
};
"""
TOP, HIGH, NORMAL = 622, 740, 1320  # a tone that only the sound of this severity has


@pytest.fixture
def raise_alert(centre: Product) -> Iterator[Callable[..., str]]:
    """``raise_alert("top")``: one that does not clear by itself, as the worker raises it; its title."""
    ops = bootstrap(centre.settings)
    titles: list[str] = []

    def make(severity: str = "high", **given: Any) -> str:
        title, now = next(NAMES), datetime.now(UTC)
        words = {"cause": "emergency", "text": "Squawks 7700.", "subject_kind": "track", "subject_id": "1"}
        with ops.db.begin() as session:
            alert = make_alert(
                session, key=f"emergency:track:{title}", severity=severity, title=title, raised_at=now, announced_at=now,
                **(words | given),
            )  # fmt: skip
            alert.revision = next_revision(session)
        titles.append(title)
        return title

    yield make
    with ops.db.begin() as session:
        revision = next_revision(session)
        gone = {"cleared_at": datetime.now(UTC), "cleared_by": "test", "revision": revision}
        session.execute(update(Alert).where(Alert.title.in_(titles), Alert.cleared_at.is_(None)).values(**gone))
    ops.close()


@pytest.fixture
def calm(centre: Product) -> None:
    """What the exercise raised came an hour ago: in a flood only the gravest alerts sound."""
    ops = bootstrap(centre.settings)
    with ops.db.begin() as session:
        earlier = {"announced_at": datetime.now(UTC) - timedelta(hours=1), "revision": next_revision(session)}
        session.execute(update(Alert).values(**earlier))
    ops.close()


@pytest.fixture
def officer(centre: Product, open_page: Callable[..., Watched]) -> Callable[..., Watched]:
    """``officer(path)``: a duty officer's page with sound and notifications that can be listened to."""

    def make(path: str = "/alerts", name: str = "test.duty", **options: Any) -> Watched:
        watched = open_page(centre, **options)
        watched.page.add_init_script(STUBS)
        watched.sign_in(name, PASSWORD, path)
        watched.page.wait_for_function("() => window.opsCentre && opsCentre.store && opsCentre.store.loaded")
        return watched

    return make


@pytest.fixture
def desk(centre: Product, shared_page: Callable[..., Watched]) -> Callable[..., Watched]:
    """``desk(path)``: the same of a page that other tests have used, for what is not heard but seen and done."""

    def make(path: str = "/alerts", **options: Any) -> Watched:
        watched = shared_page(centre, "test.duty", path, script=STUBS, **options)
        if path == "/alerts":
            everything(watched.page)
        return watched

    return make


@pytest.fixture(scope="module")
def shift_lead(centre: Product) -> str:
    return centre.add_user("test.lead", "shift lead")


def everything(page: Page) -> None:
    """The list as it is first shown: all that stands, whatever its severity and cause."""
    for name, value in (("state", "standing"), ("severity", "")):
        button = page.locator(f'[data-alerts-filter="{name}"][data-alerts-value="{value}"]')
        expect(button).to_be_visible()
        if button.get_attribute("aria-pressed") != "true":
            button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    page.mouse.move(0, 0)
    page.get_by_label("Cause", exact=True).select_option("")
    expect(page.locator("#alerts-body")).to_be_visible()


def only_emergencies(page: Page) -> None:
    """Where the exercise floods the list, one cause alone is not grouped."""
    page.get_by_label("Cause", exact=True).select_option("emergency")


def row(page: Page, title: str) -> Locator:
    return page.locator("#alerts-body [data-alert]", has_text=title)


def known(page: Page, title: str) -> None:
    """Until the browser has heard of the alert."""
    page.wait_for_function(
        "(title) => [...opsCentre.store.alerts.values()].some((one) => one.title === title)", arg=title
    )


def test_an_alert_is_seen_heard_counted_and_acknowledged_by_one_key(
    desk: Callable[..., Watched], officer: Callable[..., Watched], raise_alert: Callable[..., str]
) -> None:
    watched, other = officer(), desk()
    page = watched.page
    only_emergencies(page)
    page.locator("h1", has_text="Alerts").click()  # the gesture that browsers wait for
    title = raise_alert("top")
    expect(row(page, title)).to_contain_text("UNSEEN")
    page.wait_for_function(f"() => window.tones.includes({TOP})")
    page.wait_for_function(r"() => /^\(\d+\) Alerts/.test(document.title)")
    row(page, title).locator("[data-key=open]").focus()
    page.keyboard.press("a")
    expect(row(page, title)).to_contain_text("acknowledged by test.duty")
    expect(page.locator("#shell-said")).to_contain_text("Alert acknowledged")
    only_emergencies(other.page)
    expect(row(other.page, title)).to_contain_text("acknowledged by test.duty")
    assert watched.faults() == []
    assert other.faults() == []


def test_a_top_alert_asks_again_until_somebody_acknowledges_it_and_what_stood_before_is_not_sounded(
    calm: None, officer: Callable[..., Watched], raise_alert: Callable[..., str]
) -> None:
    standing = raise_alert("top")
    page = officer().page
    page.keyboard.press("j")  # the gesture that browsers wait for
    known(page, standing)
    known(page, raise_alert("normal"))
    page.wait_for_function(f"() => window.tones.includes({NORMAL})")
    assert TOP not in page.evaluate("window.tones")
    only_emergencies(page)
    title = raise_alert("top")
    page.wait_for_function(f"() => window.tones.includes({TOP}) && window.repeats.length > 0")
    page.evaluate("window.tones = []; window.repeats.at(-1)()")
    page.wait_for_function(f"() => window.tones.includes({TOP})")
    row(page, title).get_by_role("button", name="Acknowledge").click()
    expect(row(page, title)).to_contain_text("acknowledged")


def test_a_silenced_desk_is_silent_and_shows_it(
    officer: Callable[..., Watched], raise_alert: Callable[..., str]
) -> None:
    watched = officer()
    page = watched.page
    expect(page.locator("#shell-sound")).to_contain_text("No sound")
    page.locator(".menu-button").click()
    page.get_by_role("button", name="Sound: on at this desk").click()
    expect(page.locator("#shell-sound")).to_contain_text("Silent desk")
    page.reload()
    expect(page.locator("#shell-sound")).to_contain_text("Silent desk")
    page.keyboard.press("j")
    known(page, raise_alert("top"))
    assert page.evaluate("window.tones") == []
    page.locator("#shell-sound button").click()
    expect(page.locator("#shell-sound")).to_be_hidden()
    assert watched.faults() == []


def test_a_desktop_notification_is_asked_for_by_a_press_and_opens_its_alert(
    officer: Callable[..., Watched], raise_alert: Callable[..., str]
) -> None:
    page = officer("/targets").page
    page.evaluate("document.hasFocus = () => false")
    page.locator(".menu-button").click()
    page.get_by_role("button", name="Notifications: off").click()
    expect(page.get_by_role("button", name="Notifications: on")).to_be_visible()
    title = raise_alert("top")
    page.wait_for_function("(title) => window.notices.some((one) => one.title.includes(title))", arg=title)
    page.evaluate("(title) => window.notices.find((one) => one.title.includes(title)).onclick()", title)
    expect(page.locator("#alerts-card h2")).to_have_text(title)


def test_an_alert_is_shelved_with_a_reason_and_taken_back_by_keyboard(
    desk: Callable[..., Watched], raise_alert: Callable[..., str]
) -> None:
    title = raise_alert("high")
    watched = desk()
    page = watched.page
    only_emergencies(page)
    row(page, title).locator("[data-key=open]").focus()
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Shelve alert")
    expect(dialog).to_contain_text(title)
    dialog.get_by_label("1 hour").check()
    dialog.get_by_label("Why").fill("boat is on its way")
    page.keyboard.press("Enter")
    shelved = page.get_by_role("region", name="Shelved alerts").locator("[data-alert]", has_text=title)
    expect(shelved).to_contain_text("boat is on its way")
    shelved.locator("[data-key=open]").focus()
    page.keyboard.press("u")
    expect(page.locator("#alerts-body .state-shelved", has_text=title)).to_have_count(0)
    assert watched.accessibility_faults() == []
    assert watched.faults() == []


def test_a_top_alert_is_not_shelved_for_hours_and_the_form_says_why(
    desk: Callable[..., Watched], raise_alert: Callable[..., str]
) -> None:
    title = raise_alert("top")
    page = desk().page
    only_emergencies(page)
    row(page, title).click()
    page.locator("#alerts-card").get_by_role("button", name="Shelve").click()
    dialog = page.get_by_role("dialog", name="Shelve alert")
    dialog.get_by_label("4 hours").check()
    dialog.get_by_label("Why").fill("no boat")
    dialog.get_by_role("button", name="Shelve").click()
    expect(dialog.get_by_role("alert")).to_contain_text("may be shelved for 1 to 15 min")


def test_clearing_needs_a_reason_and_is_found_in_the_history(
    desk: Callable[..., Watched], raise_alert: Callable[..., str]
) -> None:
    title = raise_alert("high")
    page = desk().page
    only_emergencies(page)
    row(page, title).locator("[data-key=open]").focus()
    page.keyboard.press("x")
    dialog = page.get_by_role("dialog", name="Clear alert")
    dialog.get_by_label("Why").fill("false alarm, confirmed on VHF 16")
    dialog.get_by_role("button", name="Clear").click()
    expect(row(page, title)).to_have_count(0)
    page.get_by_role("button", name="History").click()
    expect(page.locator("[data-alert-past]", has_text=title)).to_contain_text("false alarm, confirmed on VHF 16")


def test_the_focus_stays_with_its_alert_when_a_worse_one_comes_in_above(
    desk: Callable[..., Watched], raise_alert: Callable[..., str]
) -> None:
    first = raise_alert("high")
    page = desk().page
    only_emergencies(page)
    row(page, first).locator("[data-key=open]").focus()
    second = raise_alert("top")
    expect(row(page, second)).to_be_visible()
    expect(row(page, first).locator("[data-key=open]")).to_be_focused()


def test_a_row_that_moves_under_the_finger_is_not_pressed(
    desk: Callable[..., Watched], raise_alert: Callable[..., str]
) -> None:
    first = raise_alert("high")
    page = desk().page
    only_emergencies(page)
    row(page, first).get_by_role("button", name="Acknowledge").hover()
    page.mouse.down()
    second = raise_alert("top")
    expect(row(page, second)).to_be_visible()
    page.mouse.up()
    expect(page.locator("#shell-said")).to_contain_text("Nothing was done")
    expect(row(page, second)).to_contain_text("UNSEEN")
    expect(row(page, first)).to_contain_text("UNSEEN")


def test_going_to_the_alerts_by_keyboard_acknowledges_nothing(
    desk: Callable[..., Watched], raise_alert: Callable[..., str]
) -> None:
    title = raise_alert("high")
    page = desk().page
    only_emergencies(page)
    row(page, title).locator("[data-key=open]").focus()
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.keyboard.press("j")
    expect(row(page, title)).to_contain_text("UNSEEN")


def test_the_alert_opens_what_it_is_about(desk: Callable[..., Watched], raise_alert: Callable[..., str]) -> None:
    title = raise_alert("high", subject_kind="feed", subject_id="1")
    page = desk().page
    only_emergencies(page)
    row(page, title).locator("[data-key=open]").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/feeds$"))


def test_whoever_may_only_read_is_offered_no_act_and_the_kiosk_says_that_it_makes_no_sound_yet(
    officer: Callable[..., Watched], raise_alert: Callable[..., str]
) -> None:
    title = raise_alert("high")
    watched = officer("/?kiosk", name="test.wall")
    page = watched.page
    expect(page.locator("#shell-sound")).to_contain_text("No sound yet")
    expect(page.locator("#shell-sound button")).to_be_hidden()
    page.evaluate("opsCentre.go('/alerts')")
    only_emergencies(page)
    expect(row(page, title)).to_be_visible()
    expect(page.locator("#alerts-page [data-do]:not(form)")).to_have_count(0)
    assert watched.faults() == []


def test_the_shift_lead_reads_the_load_and_changes_a_rule(officer: Callable[..., Watched], shift_lead: str) -> None:
    watched = officer("/targets", name=shift_lead)
    page = watched.page
    assert page.evaluate("typeof window.Plotly") == "undefined"  # the frame is light until somebody asks for the plot
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page.locator("#load-plot .bars").first).to_be_visible()
    expect(page.locator("#load-figures")).to_contain_text("For each officer")
    rule = page.locator("#rule-enquiry-due")
    rule.get_by_role("spinbutton").fill("45")
    rule.get_by_role("button", name="Change").click()
    expect(rule).to_contain_text("CHANGED by test.lead")
    expect(rule).to_contain_text("due in 45 min")
    rule.get_by_role("button", name="Reset").click()
    page.get_by_role("button", name="Yes").click()
    expect(rule).not_to_contain_text("CHANGED")
    assert watched.accessibility_faults() == []
    assert watched.faults() == []


def test_a_duty_officer_reads_the_rules(desk: Callable[..., Watched]) -> None:
    page = desk("/load").page
    expect(page.locator("#load-rules")).to_contain_text("The shift lead may change these.")
    expect(page.locator("#load-page [data-do]")).to_have_count(0)


def test_a_lookout_is_added_and_ended_with_its_reasons(desk: Callable[..., Watched]) -> None:
    watched = desk("/lookouts")
    page = watched.page
    page.get_by_role("button", name="Add a lookout").click()
    form = page.get_by_role("dialog", name="Add a lookout")
    form.get_by_label("Name").fill("yacht KOTUKU")
    form.get_by_label("MMSI").fill("512009999")
    form.get_by_label("the 12 nm limit").check()
    form.get_by_label("Why").fill("left without clearing")
    form.get_by_role("button", name="Look out").click()
    line = page.locator("[data-lookout]", has_text="yacht KOTUKU")
    expect(line).to_contain_text("MMSI 512009999")
    expect(line).to_contain_text("not seen yet")
    line.get_by_role("button", name="End").click()
    page.get_by_role("dialog", name="End a lookout").get_by_label("Why").fill("found at Opua")
    page.get_by_role("button", name="End it").click()
    expect(line).to_have_count(0)
    assert watched.accessibility_faults() == []
    assert watched.faults() == []


def test_the_pages_of_alerts_are_accessible_and_fit_a_desk_in_both_themes(
    desk: Callable[..., Watched], raise_alert: Callable[..., str]
) -> None:
    raise_alert("top")
    watched = desk("/alerts", viewport=DESK)
    for name in ("alerts", "load", "lookouts"):
        watched.page.evaluate("(path) => opsCentre.go(path)", f"/{name}")
        expect(watched.page.locator(f"#{name}-page h1")).to_be_visible()
        assert watched.faults_in_both_themes() == [], name
    assert watched.faults() == []
