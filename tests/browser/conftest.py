"""A running centre, a browser, and people who have signed in.

The centre is shared by all browser tests, as a room shares it; a test that breaks something starts its own.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.support.browser import Watched, start_chromium
from tests.support.product import PASSWORD, Product, wait_for

WALL = {"width": 1920, "height": 1080}
PEOPLE = {
    "duty": ("duty officer", "OPS"),
    "wall": ("wall", "OPS"),
    "field": ("field unit", "CUS"),
    "admin": ("administrator", "OPS"),
}


expect.set_options(timeout=30_000)  # a busy build server is slow; what is right is seen as soon as it is there


@pytest.fixture(autouse=True)
def _patient(request: pytest.FixtureRequest) -> None:
    request.node.add_marker(pytest.mark.browser)


def inhabited(product: Product) -> Product:
    """With one account of each sort, once the exercise has filled the picture."""
    for name, (role, agency) in PEOPLE.items():
        product.add_user(f"test.{name}", role, agency)
    token = product.run("token", "create", "--user", "test.duty", "--label", "tests").split()

    def filled() -> bool:
        from ops_centre.db import Database

        database = Database(product.settings.database_url)
        try:
            with database.read.connect() as connection:
                ask = connection.exec_driver_sql
                tracks = ask("SELECT count(*) FROM tracks WHERE lat IS NOT NULL").scalar_one()
                return bool(tracks > 100 and ask("SELECT count(*) FROM units").scalar_one())
        finally:
            database.dispose()

    assert token
    wait_for(filled, "the exercise to fill the picture")
    return product


@pytest.fixture(scope="package")
def centre() -> Iterator[Product]:
    """A running exercise, started as ``make run`` starts it."""
    product = Product()
    try:
        product.launch()
        yield inhabited(product)
    finally:
        product.stop()


@pytest.fixture
def fragile_centre() -> Iterator[Product]:
    """A running exercise of this test's own, whose processes can be killed one by one."""
    product = Product()
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


@pytest.fixture
def duty_page(centre: Product, open_page: Callable[..., Watched]) -> Watched:
    """The wall as a duty officer sees it, with the picture drawn."""
    watched = open_page(centre)
    watched.sign_in("test.duty", PASSWORD)
    watched.wait_for_picture()
    return watched
