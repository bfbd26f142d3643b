"""A partner's devices over their own network: one is named by an officer, then it calls for help."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from ops_centre.db import Database, next_revision
from ops_centre.models import FeedRecord
from tests.browser.conftest import FEW, inhabited
from tests.factories import make_unit
from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product, wait_for

pytestmark = pytest.mark.timeout(300)  # a browser and a whole centre, on a machine that may be busy
BEFORE = '[[feeds]]\nname = "Passenger lists"'
FEED = (
    '[[feeds]]\nname = "Partner"\nkind = "cot"\nagency = "CUS"\naddress = "tcp://127.0.0.1:{}"\nmarking = "GREEN"\n\n'
)
CALL = '<emergency type="911 Alert">STRANGER 7</emergency><link uid="S-7" relation="p-p" type="a-f-G-U-C"/>'


class Network:
    """The partner's end: whoever connects is told what is said."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.heard_by: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self.heard_by.append(self.listening.accept()[0])
            except OSError:
                return

    def say(self, uid: str, kind: str, lat: float, lon: float, detail: str) -> None:
        now = datetime.now(UTC)
        times = f'time="{now.isoformat()}" start="{now.isoformat()}" stale="{(now + timedelta(minutes=5)).isoformat()}"'
        point = f'<point lat="{lat}" lon="{lon}" hae="0" ce="10" le="10"/>'
        event = (
            f'<event version="2.0" uid="{uid}" type="{kind}" how="m-g" {times}>{point}<detail>{detail}</detail></event>'
        )
        for one in self.heard_by:
            one.sendall(event.encode())

    def close(self) -> None:
        for one in (self.listening, *self.heard_by):
            one.close()


@pytest.fixture
def network() -> Iterator[Network]:
    partner = Network()
    yield partner
    partner.close()


@pytest.fixture
def field_centre(network: Network) -> Iterator[Product]:
    """A centre that listens to the partner's network."""
    product = Product(FEW | {BEFORE: FEED.format(network.port) + BEFORE})
    try:
        product.launch()
        yield inhabited(product)
    finally:
        product.stop()


def make_team(product: Product, callsign: str) -> None:
    """A customs team that reports no position of its own from now on."""
    database, now = Database(product.settings.database_url), datetime.now(UTC)
    try:
        with database.begin() as session:
            feed = session.scalars(select(FeedRecord).where(FeedRecord.name == "Targeting")).one()
            unit = make_unit(session, feed, callsign=callsign, position_at=now, reported_at=now, received_at=now)
            unit.revision = next_revision(session)
    finally:
        database.dispose()


def test_a_strange_device_is_named_and_calls_for_help(
    field_centre: Product, network: Network, open_page: Callable[..., Watched]
) -> None:
    unit = "PIER 9"
    make_team(field_centre, unit)
    wait_for(lambda: network.heard_by, "the centre to listen to the partner")
    network.say("S-7", "a-f-G-U-C", -36.2, 175.3, '<contact callsign="STRANGER 7"/>')
    watched = open_page(field_centre)
    watched.sign_in("test.duty", PASSWORD, "/units")
    page = watched.page
    row = page.locator("#units-body tr", has_text="STRANGER 7")
    expect(row).to_contain_text("unidentified")
    row.locator("select").select_option(label=f"{unit} (CUS)")
    row.get_by_role("button", name="Identify").click()
    page.wait_for_function(
        "(name) => [...opsCentre.store.units.values()].some((one) => one.callsign === name && one.lat === -36.2)",
        arg=unit,
    )
    expect(page.locator("#units-body .field-devices h2")).to_have_count(0)

    network.say("S-7-9-1-1", "b-a-o-tbl", -36.25, 175.35, CALL)
    page.evaluate("() => opsCentre.go('/alerts')")
    page.get_by_role("button", name=f"{unit}: 911 Alert").first.click()
    card = page.locator("#wall-card")
    expect(card).to_contain_text("call for help")
    expect(card).to_contain_text("STRANGER 7")
    page.wait_for_function("() => opsCentre.spots.hits().some((one) => one.kind === 'call')")
    assert watched.accessibility_faults() == []
    card.get_by_role("button", name="STRANGER 7").click()
    expect(card.get_by_role("button", name=unit)).to_be_visible()
    assert watched.faults() == []
