"""A running centre, a browser, and people who have signed in.

The centre is shared by all browser tests, as a room shares it; a test that breaks something starts its own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, ViewportSize, expect, sync_playwright

from tests.support.browser import Watched, start_chromium
from tests.support.product import PASSWORD, Product, wait_for

HERE = Path(__file__).parent
WALL = ViewportSize(width=1920, height=1080)
FEW = {
    "vessels = 200": "vessels = 60",
    "aircraft = 40": "aircraft = 20",
    "second_person = true": "second_person = false",
}  # two centres and two browsers share a machine
PEOPLE = {
    "duty": ("duty officer", "OPS"),
    "wall": ("wall", "OPS"),
    "field": ("field unit", "CUS"),
    "admin": ("administrator", "OPS"),
}


LONGEST = (
    "test_whole_watch",
    "test_watch",
    "test_wall",
)  # begun first: of two processes none waits for the other's last file


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, all else in its order."""
    browser = [item for item in items if item.path.parent == HERE]
    browser.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))
    items[:] = [*browser, *(item for item in items if item.path.parent != HERE)]


expect.set_options(timeout=30_000)  # a busy build server is slow; what is right is seen as soon as it is there


@pytest.fixture(autouse=True)
def _patient(request: pytest.FixtureRequest) -> None:
    request.node.add_marker(pytest.mark.browser)


def inhabited(product: Product) -> Product:
    """With one account of each sort, once the exercise has filled the picture."""
    for name, (role, agency) in PEOPLE.items():
        product.add_user(f"test.{name}", role, agency)

    def filled() -> bool:
        from ops_centre.db import Database

        database = Database(product.settings.database_url)
        try:
            with database.read.connect() as connection:
                ask = connection.exec_driver_sql
                tracks = ask("SELECT count(*) FROM tracks WHERE lat IS NOT NULL").scalar_one()
                return bool(tracks > 40 and ask("SELECT count(*) FROM units").scalar_one())
        finally:
            database.dispose()

    wait_for(filled, "the exercise to fill the picture")
    return product


@pytest.fixture(scope="package")
def centre() -> Iterator[Product]:
    """A running exercise, started as ``make run`` starts it."""
    product = Product(FEW)
    try:
        product.launch()
        yield inhabited(product)
    finally:
        product.stop()


@pytest.fixture
def fragile_centre() -> Iterator[Product]:
    """A running exercise of this test's own, whose processes can be killed one by one."""
    product = Product(FEW)
    try:
        product.launch_apart()
        yield inhabited(product)
    finally:
        product.stop()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this package; each test has a profile of its own.

    Playwright keeps an event loop running in this thread, which other packages could not bear: it ends with this one.
    """
    with sync_playwright() as playwright:
        browser = start_chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Watched]]:
    """``open_page(product, **context)``: a watched page in a fresh profile."""
    contexts = []

    def make(product: Product, **options: Any) -> Watched:
        context = chromium.new_context(**({"viewport": WALL} | options))
        context.set_default_timeout(30_000)
        contexts.append(context)
        return Watched(context, product.url)

    yield make
    for context in contexts:
        context.close()


@dataclass
class Shelf:
    """The one page that is kept loaded from test to test: whose it is, and what was run in it before anything else."""

    watched: Watched | None = None
    key: tuple[str, str, str] | None = None

    def clear(self) -> None:
        """Close the page; the next test loads its own."""
        if self.watched is not None:
            self.watched.page.context.close()
        self.watched = self.key = None


@pytest.fixture(scope="module")
def shelf(chromium: Browser) -> Iterator[Shelf]:
    """Loading the frame costs more than most tests do. A page goes on drawing beside other tests: one is kept, per module."""
    assert chromium.is_connected()
    kept = Shelf()
    yield kept
    kept.clear()


@pytest.fixture
def shared_page(request: pytest.FixtureRequest, chromium: Browser, shelf: Shelf) -> Iterator[Callable[..., Watched]]:
    """``shared_page(product, name, path)``: a person's page, signed in and begun again, with the picture there.

    For tests that neither sign out nor ask what a page does while it is loaded. A page in which a test failed, or that
    cannot begin again, is not given to another.
    """

    def make(product: Product, name: str, path: str = "/", viewport: ViewportSize = WALL, script: str = "") -> Watched:
        key = (product.url, name, script)
        if shelf.watched is not None and shelf.key == key:
            try:
                shelf.watched.begin_again(path, viewport)
            except Error:
                shelf.clear()
        else:
            shelf.clear()
        if shelf.watched is None:
            context = chromium.new_context(viewport=viewport)
            context.set_default_timeout(30_000)
            shelf.watched, shelf.key = Watched(context, product.url), key
            if script:
                shelf.watched.page.add_init_script(script)
            shelf.watched.sign_in(name, PASSWORD, path)
        shelf.watched.wait_for_picture()
        return shelf.watched

    failed = request.session.testsfailed
    yield make
    if request.session.testsfailed > failed:
        shelf.clear()


@pytest.fixture
def duty_page(centre: Product, shared_page: Callable[..., Watched]) -> Watched:
    """The wall as a duty officer sees it, with the picture drawn."""
    return shared_page(centre, "test.duty")
