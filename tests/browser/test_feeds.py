"""A feed is paused with its reason and resumed; a refused record is read as what it is, and tried again."""

from collections.abc import Callable

from playwright.sync_api import expect
from sqlalchemy import select

from ops_centre.clock import SystemClock
from ops_centre.db import Database
from ops_centre.models import FeedRecord
from ops_centre.services.feed_records import quarantine_rows
from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product

RAW = b'{"ref": "T-1", "note": "<img src=x onerror=alert(1)>"}'


def refuse_one(centre: Product) -> int:
    """A record of the targeting feed that no program of ours takes; the feed's id."""
    database = Database(centre.settings.database_url)
    try:
        with database.begin() as session:
            feed = session.scalars(select(FeedRecord).where(FeedRecord.kind == "targeting")).one()
            session.add_all(quarantine_rows(feed.id, [(RAW, "version is missing", SystemClock().now())]))
            return int(feed.id)
    finally:
        database.dispose()


def test_a_feed_is_paused_resumed_and_what_it_refused_is_read_and_tried_again(
    centre: Product, open_page: Callable[..., Watched]
) -> None:
    feed = refuse_one(centre)
    watched = open_page(centre)
    watched.sign_in("test.admin", PASSWORD, "/feeds")
    page = watched.page
    page.click("#feeds-body >> text=Targeting")
    expect(page).to_have_url(f"{centre.url}/feeds/{feed}")
    page.fill("#feed-pause-reason", "The line is being moved.")
    page.keyboard.press("Enter")
    expect(page.locator(".feed-paused")).to_contain_text("The line is being moved.")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#feed-pause-reason")).to_be_visible()
    expect(page.locator(".feed-paused")).to_have_count(0)

    page.get_by_role("link", name="Open", exact=True).first.click()
    expect(page.locator(".feed-record .feed-raw").first).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator(".feed-record img").count() == 0
    page.locator(".feed-record >> text=Try again").click()
    expect(page.locator("#shell-said")).to_be_visible()
    expect(page.locator("#shell-trouble")).to_be_hidden()
    assert watched.faults() == []
