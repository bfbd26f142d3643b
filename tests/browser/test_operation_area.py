"""The area of an operation drawn by mouse and typed across ±180°, seen on the wall by its tag and card."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from ops_centre.db import Database, next_revision
from tests.operation_factories import make_operation
from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product

pytestmark = pytest.mark.timeout(180)


def planned_operation(centre: Product) -> int:
    database = Database(centre.settings.database_url)
    try:
        with database.begin() as session:
            operation = make_operation(session, name="Night tide", state="planned")
            operation.revision = next_revision(session)
            return int(operation.id)
    finally:
        database.dispose()


def test_an_area_is_drawn_by_mouse_and_by_typing_and_shows_on_the_wall(
    centre: Product, open_page: Callable[..., Watched]
) -> None:
    number = planned_operation(centre)
    centre.add_user("area.commander", "operation commander")
    watched = open_page(centre)
    page = watched.page
    watched.sign_in("area.commander", PASSWORD, f"/operations/{number}")
    page.click("[data-operation-tab=area]")
    page.click("[data-area-draw]")

    # By mouse: three clicks and Escape make a polygon, one of whose points is then moved by keys
    page.click("[data-area-new=polygon]")
    box = page.locator(".area-frame").bounding_box()
    assert box
    for count, (across, down) in enumerate(((0.5, 0.3), (0.7, 0.35), (0.6, 0.6)), start=1):
        page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
        page.wait_for_function(f"opsCentre.areaEdit.shapes()[0].points.length === {count}")
    page.keyboard.press("Escape")
    expect(page.locator(".area-list button")).to_have_text(["Shape 1 · Polygon of 3 corners"])
    before = page.input_value("#area-points")
    handle = page.locator(".area-handle.corner").first
    handle.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#area-points")).not_to_have_value(before)

    # By typing, across the antimeridian; what cannot be read is said
    page.click("[data-area-new=lane]")
    page.fill("#area-points", "36 S 178 E\nthere")
    expect(page.locator(".area-panel .answer")).to_contain_text("“there” is no position")
    page.fill("#area-points", "36 S 178 E\n36 S 178 W")
    expect(page.locator(".area-list button").nth(1)).to_have_text("Shape 2 · Lane 6 nm wide, 195 nm long")
    page.click(".area-panel >> text=Undo")
    page.click(".area-panel >> text=Redo")
    assert watched.accessibility_faults() == []
    page.click("text=Save area")
    expect(page.locator(".area-read")).to_contain_text("Lane 6 nm wide, 195 nm long")
    expect(page.locator("#shell-said")).to_contain_text("drawn: polygon of 3 corners; lane")

    page.evaluate("opsCentre.go('/')")
    page.wait_for_function(f"opsCentre.store.operations.get({number})?.area.length === 2")
    page.evaluate(f"opsCentre.map.select('operation', {number})")
    expect(page.locator("#wall-card")).to_contain_text("Night tide")
    assert watched.faults() == []
