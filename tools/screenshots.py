"""Takes the pictures of the README from the running product: `make screenshots`.

Starts an exercise of its own with a fixed seed, waits until the picture is full, and writes docs/screenshots/*.png.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from ops_centre.config import ROOT
from tests.support.browser import Watched, start_chromium
from tests.support.product import PASSWORD, Product

FOLDER = ROOT / "docs" / "screenshots"
WALL = {"width": 1920, "height": 1080}
A_TARGETED_VESSEL = """() => {
  for (const target of opsCentre.store.targets.values())
    if (target.track_id && opsCentre.store.tracks.get(target.track_id)?.kind === 0) return target.track_id;
  return opsCentre.store.tracks.index.keys().next().value;
}"""


@contextmanager
def running_exercise() -> Iterator[Product]:
    """A centre with a duty officer, a commander and a wall, and the operations that the exercise brings."""
    product = Product({"operations = true": "operations = true", "announces = true": "announces = true"})
    try:
        product.launch()
        product.add_user("duty.officer.1", "duty officer")
        product.add_user("commander.1", "operation commander")
        product.add_user("wall.1", "wall")
        yield product
    finally:
        product.stop()


def signed_in(browser: Browser, product: Product, name: str, path: str, **context: Any) -> Page:
    """A page of the product with its picture drawn."""
    watched = Watched(browser.new_context(viewport=WALL, **context), product.url)
    watched.sign_in(name, PASSWORD, path)
    watched.wait_for_picture()
    watched.page.wait_for_function(
        "() => opsCentre.store.tracks.size >= 150 && opsCentre.store.targets.size > 3 && opsCentre.store.devices?.size < 5",
        timeout=120_000,
    )
    return watched.page


def take(page: Page, name: str) -> None:
    """One picture, of the screen as it is."""
    page.evaluate("() => document.fonts.ready")
    drawn = page.evaluate("() => opsCentre.stats.draws")
    page.wait_for_function("(drawn) => opsCentre.stats.draws > drawn", arg=drawn)
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"  {Path('docs/screenshots') / name}.png", flush=True)


def select_a_vessel(page: Page) -> None:
    """Open the card of a vessel that is a target, with the map upon it."""
    track = page.evaluate(A_TARGETED_VESSEL)
    page.evaluate(
        """(id) => {
          const { lat, lon } = opsCentre.store.tracks.get(id);
          opsCentre.map.fly(lat, lon, 9);
          opsCentre.map.select('track', id);
        }""",
        track,
    )
    page.wait_for_function("() => document.querySelector('#wall-card').innerText.length > 40")
    page.wait_for_function("() => opsCentre.map.view().zoom === 9 && !document.querySelector('.leaflet-zoom-anim')")
    page.wait_for_timeout(1500)  # the tiles of the former zoom fade out


def read_a_page(page: Page) -> None:
    """Until what was asked of the server is on the page."""
    page.wait_for_function("() => !document.querySelector('main [data-page]:not([hidden]) .loading')")
    page.wait_for_timeout(3000)


SHOTS: list[tuple[str, str, str, str, Callable[[Page], None] | None]] = [
    ("wall-dark", "duty.officer.1", "/", "dark", None),
    ("wall-light", "duty.officer.1", "/", "light", None),
    ("kiosk", "wall.1", "/?kiosk", "dark", None),
    ("card", "duty.officer.1", "/", "dark", select_a_vessel),
    ("targets", "duty.officer.1", "/targets", "light", None),
    ("operations", "commander.1", "/operations", "dark", read_a_page),
    ("planning", "commander.1", "/planning", "light", read_a_page),
]


def main() -> None:
    """Take them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    print("Starting an exercise for the screenshots", flush=True)
    with running_exercise() as product, sync_playwright() as playwright:
        browser = start_chromium(playwright)
        for name, who, path, theme, act in SHOTS:
            page = signed_in(browser, product, who, path, color_scheme=theme, device_scale_factor=1)
            if act:
                act(page)
            take(page, name)
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main()
