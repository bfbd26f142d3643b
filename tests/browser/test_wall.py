"""The wall in a real browser, against the real product."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import WALL
from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product

# one that is under way and that no symbol covers
A_VESSEL = """() => {
  const { tracks, targets } = opsCentre.store;
  const covered = new Set([...targets.values()].map((target) => target.track_id));
  for (const id of tracks.index.keys()) {
    const track = tracks.get(id);
    if (track.kind === 0 && track.name && track.speed > 5 && !covered.has(id)) return track;
  }
}"""


def test_a_stranger_is_led_to_the_sign_in_form(centre: Product, open_page: Callable[..., Watched]) -> None:
    watched = open_page(centre)
    watched.page.goto(centre.url + "/targets")
    expect(watched.page).to_have_url(re.compile(r"/sign-in\?next="))
    assert watched.accessibility_faults() == []
    assert watched.faults() == []


def test_a_wrong_password_is_refused_in_words(centre: Product, open_page: Callable[..., Watched]) -> None:
    watched = open_page(centre)
    watched.sign_in("test.duty", "not the password")
    expect(watched.page.get_by_role("alert")).to_contain_text("wrong")
    assert [text for text in watched.faults() if "status of 401" not in text] == []


def test_tracks_appear_and_move(duty_page: Watched) -> None:
    page = duty_page.page
    page.evaluate(
        "() => { const { tracks } = opsCentre.store; window.seen = [...tracks.index.keys()].map((id) => tracks.get(id)); }"
    )
    page.wait_for_function(
        """() => window.seen.some((before) => {
          const now = opsCentre.store.tracks.get(before.id);
          return now && before.kind === 0 && now.observed > before.observed && now.lat !== before.lat && now.lon !== before.lon;
        })""",
        timeout=60_000,
    )
    assert duty_page.faults() == []


def test_every_screen_says_exercise(duty_page: Watched) -> None:
    expect(duty_page.page.locator("#shell-header")).to_contain_text("EXERCISE")


def test_picking_a_track_opens_its_card(duty_page: Watched) -> None:
    page = duty_page.page
    vessel = page.evaluate(A_VESSEL)
    page.evaluate("(id) => opsCentre.map.select('track', id)", vessel["id"])
    expect(page.locator("#wall-card")).to_contain_text(vessel["name"])
    page.keyboard.press("Escape")
    expect(page.locator("#wall-card")).not_to_contain_text(vessel["name"])
    assert duty_page.faults() == []


def test_a_click_on_the_map_picks_the_craft_under_it(duty_page: Watched) -> None:
    page = duty_page.page
    vessel = page.evaluate(A_VESSEL)
    page.wait_for_function(
        """([v, drawn]) => {
          opsCentre.map.setView({ lat: v.lat, lon: v.lon, zoom: 13 });
          return opsCentre.map.view().zoom === 13 && opsCentre.stats.draws > drawn + 1;
        }""",
        arg=[vessel, page.evaluate("opsCentre.stats.draws")],
    )
    shown = page.evaluate("(id) => opsCentre.map.screenOf('track', id)", vessel["id"])
    page.mouse.click(shown["x"], shown["y"])
    expect(page.locator("#wall-card")).to_contain_text(vessel["name"])
    assert duty_page.faults() == []


def test_home_shows_the_whole_area_on_every_screen_and_again_when_its_size_changes(duty_page: Watched) -> None:
    page = duty_page.page
    page.evaluate("opsCentre.map.setView({ lat: -36.8, lon: 174.8, zoom: 12 })")
    page.keyboard.press("h")
    whole = """() => opsCentre.map.leaflet().getBounds().contains([[-47.4, 166.3], [-34.3, 178.7]])"""
    page.wait_for_function(whole)
    before = page.evaluate("opsCentre.map.view().zoom")
    page.set_viewport_size({"width": 1000, "height": 620})
    try:
        page.wait_for_function("(before) => opsCentre.map.view().zoom < before", arg=before)
        page.wait_for_function(whole)
    finally:
        page.set_viewport_size(WALL)
    assert duty_page.faults() == []


MANY_LATE = """() => new Promise((done) => {
  const list = document.querySelector("#shell-lights");
  const pattern = list.querySelector("li:has([data-light])");
  for (const [light, number] of [["late", 9], ["lost", 3]])
    for (let i = 1; i <= number; i++) {
      const item = pattern.cloneNode(true);
      const mark = item.querySelector("[data-light]");
      for (const name of Object.keys(mark.dataset)) delete mark.dataset[name]; // so that no row of a real feed says otherwise
      mark.dataset.light = light;
      item.querySelector(".light-name").textContent = `Receiver ${light} ${i}`;
      list.append(item);
    }
  window.dispatchEvent(new Event("resize"));
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const box = list.getBoundingClientRect();
    const seen = [...list.children].filter((item) => {
      const own = item.getBoundingClientRect();
      return own.width > 0 && own.bottom <= box.bottom + 3 && own.top >= box.top - 3;
    });
    done([seen.map((item) => item.textContent), [...list.children].filter((item) => item.offsetWidth).length]);
  }));
})"""


def test_of_many_feeds_that_are_late_the_worst_are_seen_and_the_others_counted(duty_page: Watched) -> None:
    page = duty_page.page
    page.set_viewport_size({"width": 1366, "height": 768})
    try:
        seen, shown = page.evaluate(MANY_LATE)
    finally:
        page.set_viewport_size(WALL)
        page.reload()
    assert len(seen) == shown, f"cut off: only {seen}"
    assert "lost 1" in " ".join(seen)
    named, counted = (
        sum("Receiver" in one for one in seen),
        sum(int(n) for n in re.findall(r"\+(\d+) not live", " ".join(seen))),
    )
    assert named + counted == 12, seen


def test_searching_a_name_leads_to_its_card(duty_page: Watched) -> None:
    page = duty_page.page
    vessel = page.evaluate(A_VESSEL)
    page.keyboard.press("/")
    expect(page.locator("#wall-search-text")).to_be_focused()
    page.keyboard.type(vessel["name"])
    page.locator("#wall-search-results [role=option]", has_text=vessel["name"]).first.click()
    expect(page.locator("#wall-card")).to_contain_text(vessel["name"])
    assert duty_page.faults() == []


def test_the_attention_list_counts_down(duty_page: Watched) -> None:
    page = duty_page.page
    expect(page.locator("#wall-attention [data-until]").first).to_be_visible()
    texts = "[...document.querySelectorAll('#wall-attention [data-until]')].map((node) => node.innerText).join()"
    page.wait_for_function(f"(before) => {texts} !== before", arg=page.evaluate(texts))
    assert duty_page.faults() == []


def test_the_kiosk_shows_no_control(centre: Product, open_page: Callable[..., Watched]) -> None:
    watched = open_page(centre)
    watched.sign_in("test.wall", PASSWORD, "/?kiosk")
    watched.wait_for_picture()
    controls = watched.page.locator("button, input, select, textarea, a[href]:not(.skip)").filter(visible=True)
    expect(controls).to_have_count(0)
    assert watched.faults() == []


def test_text_on_the_wall_can_be_read_from_three_metres(centre: Product, open_page: Callable[..., Watched]) -> None:
    watched = open_page(centre)
    watched.sign_in("test.wall", PASSWORD, "/?kiosk")
    watched.wait_for_picture()
    small = watched.page.evaluate(
        """() => [...document.querySelectorAll("[data-until], [data-clock]")]
          .filter((node) => node.offsetParent && node.textContent.trim())
          .filter((node) => parseFloat(getComputedStyle(node).fontSize) * 0.72 < 22)
          .map((node) => `${node.className}: ${getComputedStyle(node).fontSize} ${node.textContent}`)"""
    )
    assert small == []  # capitals of 22 px: 16 arc minutes at 3 m on a 55-inch screen of 1080 lines


def test_a_field_unit_may_not_see_the_wall(centre: Product, open_page: Callable[..., Watched]) -> None:
    watched = open_page(centre)
    watched.sign_in("test.field", PASSWORD, "/")
    page = watched.page
    page.wait_for_load_state()
    page.goto(centre.url + "/")
    expect(page.locator("#wall-map")).to_have_count(0)
    answer = page.request.get(centre.url + "/api/v1/picture")
    assert answer.status == 403


def test_no_page_has_accessibility_faults(duty_page: Watched) -> None:
    assert duty_page.faults_in_both_themes() == []
    for name in ("targets", "units", "feeds"):
        duty_page.page.evaluate("(path) => opsCentre.go(path)", f"/{name}")
        expect(duty_page.page.locator(f"#{name}-body table")).to_be_visible()
        assert duty_page.faults_in_both_themes() == [], name
    assert duty_page.faults() == []


def test_the_screen_says_since_when_it_is_frozen_and_recovers(
    fragile_centre: Product, open_page: Callable[..., Watched]
) -> None:
    watched = open_page(fragile_centre)
    watched.sign_in("test.duty", PASSWORD)
    watched.wait_for_picture()
    banner = watched.page.locator("#shell-frozen")
    expect(banner).to_be_hidden()
    fragile_centre.kill("web")
    expect(banner).to_be_visible(timeout=20_000)
    expect(banner).to_contain_text(re.compile(r"since \d\d:\d\d"))
    before = watched.page.evaluate("opsCentre.store.revision")
    fragile_centre.start_web()
    expect(banner).to_be_hidden(timeout=60_000)
    watched.page.wait_for_function("(before) => opsCentre.store.revision > before", arg=before, timeout=60_000)
    assert watched.faults(server_was_away=True) == []


def test_a_page_of_an_older_program_loads_itself_anew_and_asks_first_where_somebody_is_at_work(
    centre: Product, open_page: Callable[..., Watched]
) -> None:
    watched = open_page(centre)
    watched.sign_in("test.wall", PASSWORD)
    watched.wait_for_picture()
    page = watched.page
    beats = """() => { for (let n = 0; n < 2; n++) window.opsCentre.announce("ops:beat", {program: "another"}); }"""
    with page.expect_event("load"):
        page.evaluate(beats)
    watched.wait_for_picture()
    page.evaluate(beats)  # it was loaded for that program already: two servers that differ do not have it load for ever
    renewed = page.get_by_role("status").filter(has_text="The centre was upgraded")
    expect(renewed).to_be_visible()
    with page.expect_event("load"):
        renewed.get_by_role("button", name="Load it now").click()
    watched.wait_for_picture()


def test_signing_out_ends_the_session_everywhere(centre: Product, open_page: Callable[..., Watched]) -> None:
    watched = open_page(centre)
    watched.sign_in("test.duty", PASSWORD)
    watched.wait_for_picture()
    kept = watched.page.context.cookies()
    watched.page.locator("[data-toggles=shell-menu]").click()
    watched.page.get_by_role("button", name="Sign out").click()
    expect(watched.page).to_have_url(re.compile("/sign-in"))
    watched.page.context.add_cookies(kept)
    assert watched.page.request.get(centre.url + "/api/v1/picture").status == 401
