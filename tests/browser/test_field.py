"""The phone page as a unit uses it: on a bad line, across a reload, an ended session and a refusal."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from ops_centre.auth.roles import Role
from ops_centre.bootstrap import OpsCentre, bootstrap
from ops_centre.clock import SystemClock
from ops_centre.services.audit import COMMAND_LINE
from ops_centre.services.dispatch import Choice
from tests import factories
from tests.support.browser import Watched
from tests.support.options import FixedOptions, options_about
from tests.support.product import PASSWORD, Product

PHONE = {"width": 390, "height": 844}
OFFICER = factories.actor(Role.DUTY_OFFICER, user_id=1, name="test.duty")
LEAST_PX = 44
OWN_SMALL_PRINT = ("ERR_INTERNET_DISCONNECTED", "status of 401", "status of 409")


class Field:
    """A unit of its own in a running centre, its account, and its phone."""

    def __init__(self, product: Product, ops: OpsCentre, watched: Watched, number: int) -> None:
        self.ops, self.watched, self.callsign, self.account = ops, watched, f"PHONE {number}", f"test.phone{number}"
        product.add_user(self.account, "field unit", "CUS")
        now = SystemClock().now()
        with ops.db.begin() as session:
            feed = factories.make_feed(session, "targets", name=f"Phones {number}", configured=False)
            self.unit = factories.make_unit(session, feed, callsign=self.callsign)
            self.target = factories.make_target(session, feed, label=f"CAP MANUEL {number}", arrives_at=now)
        ops.crews.assign(COMMAND_LINE, self.account, self.callsign)

    @property
    def page(self) -> Page:
        return self.watched.page

    def task(self) -> int:
        """Send the unit; number of the tasking."""
        self.ops.dispatch.source = FixedOptions(options_about(self.target, [self.unit]))
        shown = self.ops.dispatch.show(OFFICER, "target", str(self.target.id))
        choice = Choice(shown.token, (self.unit.id,), "Duty Officer", None, "Board and examine.")
        decision = self.ops.dispatch.decide(OFFICER, choice)["decision"]
        return self.ops.dispatch_reads.decision(OFFICER, decision).taskings[0].id

    def steps(self, tasking: int) -> list[str]:
        return [step.state for step in self.ops.dispatch_reads.tasking(OFFICER, tasking).steps]

    def line_breaks(self) -> None:
        """Nothing reaches the server; acts are held back in the page too, where no new document can slip past."""
        self.page.context.route("**/api/v1/acts/**", lambda route: route.abort("internetdisconnected"))
        self.page.context.set_offline(True)

    def line_is_back(self) -> None:
        self.page.context.unroute("**/api/v1/acts/**")
        self.page.context.set_offline(False)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, state: str) -> None:
        expect(self.page.locator("#field-state")).to_contain_text(state)

    def settled(self) -> None:
        """A button that has just taken another's place takes no press; wait as long as a thumb does."""
        expect(self.page.locator("#field-acts")).not_to_have_attribute("aria-busy", "true")


@pytest.fixture
def field(centre: Product, open_page: Callable[..., Watched], request: pytest.FixtureRequest) -> Iterator[Field]:
    """A unit that was just tasked, its phone signed in."""
    ops = bootstrap(centre.settings)
    watched = open_page(centre, viewport=PHONE, has_touch=True, color_scheme="dark")
    made = Field(centre, ops, watched, abs(hash(request.node.name)) % 100_000)
    yield made
    ops.close()


def signed_in(field: Field) -> int:
    """The number of a tasking that is on the phone."""
    tasking = field.task()
    field.watched.sign_in(field.account, PASSWORD, "/field")
    field.sees("Requested")
    expect(field.page.locator("#field-line")).to_contain_text("On line")
    return tasking


def faults(field: Field) -> list[str]:
    return [one for one in field.watched.faults() if not any(known in one for known in OWN_SMALL_PRINT)]


def test_a_unit_accepts_goes_examines_and_reports_on_a_line_that_breaks(field: Field) -> None:
    tasking = signed_in(field)
    page = field.page
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    field.line_breaks()
    field.settled()
    field.press("Accept")
    field.sees("Accepted (queued, not yet sent)")
    field.settled()
    field.press("En route")
    expect(page.locator("#field-queue-title")).to_have_text("Queued: 2 reports, not yet sent")
    field.settled()
    field.press("How we do it …")
    page.get_by_label("In your words; the centre").fill("Two boats from seaward.")
    field.press("Send")
    expect(page.locator("#field-how")).to_have_text("How we do it (queued, not yet sent): Two boats from seaward.")
    page.reload()
    expect(page.locator("#field-queue-title")).to_have_text("Queued: 3 reports, not yet sent")
    field.sees("En route (queued, not yet sent)")
    expect(page.locator("#field-line")).to_contain_text("No line since")
    assert field.steps(tasking) == ["requested"]
    field.line_is_back()
    expect(page.locator("#field-queue")).to_be_hidden()
    assert field.steps(tasking) == ["requested", "accepted", "en route"]
    assert field.ops.dispatch_reads.tasking(OFFICER, tasking).execution == "Two boats from seaward."
    expect(page.locator("#field-line")).to_contain_text("On line")
    field.settled()
    field.press("On scene")
    page.get_by_label("Negative").check()
    field.press("Send: negative")
    expect(page.locator("#field-ended-list")).to_contain_text("complete")
    assert field.steps(tasking) == ["requested", "accepted", "en route", "on scene", "complete"]
    (outcome,) = field.ops.dispatch_reads.outcomes(OFFICER, tasking_id=tasking)
    assert (outcome.result, outcome.recorded_by) == ("negative", field.account)
    assert faults(field) == []


def test_what_the_centre_refuses_is_kept_with_its_reason(field: Field) -> None:
    tasking = signed_in(field)
    page = field.page
    field.line_breaks()
    field.settled()
    field.press("Accept")
    expect(page.locator("#field-queue")).to_be_visible()
    field.ops.taskings.cancel(OFFICER, tasking, "Vessel turned back")
    field.line_is_back()
    expect(page.locator("#field-refused-list")).to_contain_text("Vessel turned back")
    page.reload()
    expect(page.locator("#field-refused-list")).to_contain_text("Vessel turned back")
    field.press("Put away")
    expect(page.locator("#field-refused")).to_be_hidden()
    assert field.steps(tasking) == ["requested", "cancelled"]


def test_an_ended_session_keeps_the_queue_and_asks_to_sign_in(field: Field) -> None:
    tasking = signed_in(field)
    page = field.page
    field.line_breaks()
    field.settled()
    field.press("Accept")
    expect(page.locator("#field-queue")).to_be_visible()
    field.ops.accounts.set_password(COMMAND_LINE, field.account, PASSWORD)  # ends every session of the account
    field.line_is_back()
    expect(page.locator("#field-signed-out")).to_contain_text("1 report stays on this phone")
    expect(page.locator("#field-tasking")).to_be_hidden()
    page.get_by_role("link", name="Sign in").click()
    page.fill("#sign-in-name", field.account)
    page.fill("#sign-in-password", PASSWORD)
    page.click("button[type=submit]")
    field.sees("Accepted")
    expect(page.locator("#field-queue")).to_be_hidden()
    assert field.steps(tasking) == ["requested", "accepted"]


def test_a_double_tap_reports_one_step(field: Field) -> None:
    tasking = signed_in(field)
    field.settled()
    field.page.get_by_role("button", name="Accept", exact=True).dblclick()
    field.sees("Accepted")
    field.settled()
    assert field.steps(tasking) == ["requested", "accepted"]


def test_a_position_is_shared_only_after_a_press(field: Field) -> None:
    tasking = signed_in(field)
    page = field.page
    expect(page.locator("#field-position-said")).to_have_text("Position is not shared.")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": -36.80, "longitude": 174.90, "accuracy": 12})
    field.press("Share position with reports")
    expect(page.locator("#field-position-said")).to_contain_text("Position shared, good to 12 m")
    field.settled()
    field.press("Check in")
    expect(page.locator("#field-said")).to_contain_text("checked in")
    step = field.ops.dispatch_reads.tasking(OFFICER, tasking).steps[-1]
    assert (step.state, step.lat, step.lon) == ("check-in", -36.80, 174.90)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_everything_can_be_pressed_with_a_thumb_and_read_by_everybody(field: Field, scheme: Any) -> None:
    signed_in(field)
    page = field.page
    page.emulate_media(color_scheme=scheme)
    field.settled()
    field.press("Decline …")
    sizes = page.evaluate(
        "[...document.querySelectorAll('button, a, select, input, textarea, label.field-pick')]"
        ".filter((one) => one.offsetParent !== null && one.type !== 'radio')"
        ".map((one) => [one.textContent || one.id, Math.round(one.getBoundingClientRect().height)])"
    )
    assert [one for one in sizes if one[1] < LEAST_PX] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert field.watched.accessibility_faults() == []
    assert faults(field) == []


def test_what_is_wrong_with_the_centre_stands_on_the_phone_and_what_becomes_of_reports(field: Field) -> None:
    page = field.page

    def troubled(route: Route) -> None:
        answer = route.fetch()
        said = {"kind": "writes", "what": "The database takes no writes", "why": "its disk is full", "since": None}
        room = {"kind": "room", "what": "The disk of the centre has 43 MB left", "why": "", "since": None}
        route.fulfill(response=answer, json=answer.json() | {"troubles": [said, room]})

    page.route("**/api/v1/field*", troubled)
    signed_in(field)
    banner = page.locator("#field-trouble")
    expect(banner).to_have_text(
        "The database takes no writes: its disk is full. Reports stay on this phone and are sent later."
    )
    expect(banner).to_be_in_viewport(ratio=1)
    page.unroute("**/api/v1/field*")
    expect(banner).to_be_hidden()
    assert faults(field) == []
