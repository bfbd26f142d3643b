"""A whole watch, from a target that arrives to a log that stands up: the chain is made by people at their screens and on a
phone, walked back to the sender's own words, handed over, exported, and tampered with in vain."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FEW, inhabited
from tests.support.browser import Watched
from tests.support.log import Forger, verify_export
from tests.support.product import PASSWORD, Product

LABEL = "MV SPECIMEN TERN"
SOURCE_TEXT = "NOTICE OF ARRIVAL 2026/7: 3 crew changed at last port"
FEEDS = """[[feeds]]
name = "Own targets"
kind = "targeting"
agency = "CUS"
directory = "{folder}/targets"
every_seconds = 1

[[feeds]]
name = "Own units"
kind = "deployments"
agency = "CUS"
directory = "{folder}/units"
every_seconds = 1

[exercise]
"""
PHONE = {"width": 390, "height": 844}


def instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def drop(folder: Path, name: str, document: dict[str, Any]) -> None:
    """Put a document where a feed looks, as its sender would: written aside, then renamed."""
    aside = folder / f"{name}.tmp"
    aside.write_text(json.dumps(document), "utf-8")
    aside.rename(folder / f"{name}.json")


def team(number: int, now: datetime) -> dict[str, Any]:
    return {
        "reported_at": instant(now),
        "unit": {
            "ref": f"W{number}", "callsign": f"WHARF {number}", "type": "team", "availability": "available", "crew": 4,
            "capabilities": ["boarding", "vessel inspection", "search"],
            "position": {"lat": -36.84 - number / 100, "lon": 174.77, "at": instant(now)},
        },
        "deployments": [
            {"ref": f"D{number}", "place": "NZAKL", "from": instant(now - timedelta(hours=1)),
             "to": instant(now + timedelta(hours=9)), "crew": 4, "duty_hours": 10},
        ],
        "handling": {"marking": "GREEN"},
    }  # fmt: skip


def target(now: datetime) -> dict[str, Any]:
    return {
        "ref": "T-7", "version": 1, "status": "issued", "issued_at": instant(now), "severity": "top", "owner": "CUS",
        "subject": {"kind": "vessel", "label": LABEL, "identifiers": {"imo": 9074729}},
        "hits": [
            {
                "ref": "H-1", "kind": "rule", "criterion": "Rule 31", "version": "4", "explanation": "Crew changed",
                "matched_at": instant(now), "source": {"system": "ANA", "message": "ANA/2026/7", "text": SOURCE_TEXT},
            }
        ],
        "arrival": {"place": "NZAKL", "at": instant(now + timedelta(hours=4))},
        "handling": {"marking": "GREEN"},
    }  # fmt: skip


@pytest.fixture(scope="module")
def own_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A centre with two feeds that this test feeds, three teams, two leads and an officer."""
    folder = tmp_path_factory.mktemp("sources")
    for name in ("targets", "units"):
        (folder / name).mkdir()
    product = Product(changes=FEW | {"[exercise]\n": FEEDS.format(folder=folder)})
    now = datetime.now(UTC)
    records = [team(number, now) for number in (1, 2, 3)]
    drop(folder / "units", "units", {"schema": "ops-centre/deployments/1.0", "records": records})
    try:
        product.launch()
        for name in ("lead.one", "lead.two"):
            product.add_user(name, "shift lead")
        product.add_user("field.wharf", "field unit", "CUS")
        product.sources = folder  # type: ignore[attr-defined]
        yield inhabited(product)
    finally:
        product.stop()


@pytest.fixture
def at(own_centre: Product, open_page: Callable[..., Watched]) -> Callable[..., Watched]:
    """``at(name, path)``: somebody's page."""

    def sign_in(name: str, path: str, **options: Any) -> Watched:
        watched = open_page(own_centre, **options)
        watched.sign_in(name, PASSWORD, path)
        return watched

    return sign_in


@pytest.mark.timeout(300)  # a whole watch
def test_a_whole_watch(own_centre: Product, at: Callable[..., Watched], tmp_path: Path) -> None:
    lead, officer = at("lead.one", "/watch"), at("test.duty", "/alerts")
    open_the_watch(lead.page)
    a_target_arrives_and_is_acknowledged(own_centre, officer.page)
    write_an_entry(officer.page)
    callsign = decide_against_the_first_option(officer.page)
    own_centre.run("user", "unit", "field.wharf", callsign)
    phone = at("field.wharf", "/field", viewport=PHONE, has_touch=True)
    carry_out(phone.page)
    walk_back_to_the_source(officer.page, callsign)
    relief = at("lead.two", "/watch")
    hand_over(lead.page, relief.page)
    export = export_log(relief, tmp_path)
    key = re.search(r"^public key\s+(\S+)$", own_centre.run("log", "key"), re.MULTILINE)
    assert key
    assert_it_is_sound_and_every_forgery_is_found(export, key[1])
    for watched in (lead, officer, phone, relief):
        assert watched.faults() == []


def open_the_watch(page: Page) -> None:
    page.fill("#watch-open-reason", "The centre starts.")
    page.keyboard.press("Enter")
    expect(page.locator("#watch-now")).to_contain_text("Officers on")


def a_target_arrives_and_is_acknowledged(product: Product, page: Page) -> None:
    expect(page.locator("#alerts-body")).to_be_visible()
    document = {"schema": "ops-centre/targeting/1.0", "records": [target(datetime.now(UTC))]}
    drop(product.sources / "targets", "target", document)  # type: ignore[attr-defined]
    row = page.locator("#alerts-body [data-alert]", has_text=LABEL).first
    expect(row).to_contain_text("UNSEEN", timeout=30_000)
    row.locator("[data-key=open]").focus()
    page.keyboard.press("a")
    expect(page.locator("#alerts-body [data-alert]", has_text=LABEL).first).to_contain_text("acknowledged by test.duty")


def write_an_entry(page: Page) -> None:
    page.keyboard.press("n")
    page.keyboard.type("Agent of !specimen")
    expect(page.locator("#quick-options [role=option]").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#quick-links")).to_contain_text(LABEL)
    page.keyboard.type(" called: three crew are new")
    page.keyboard.press("Enter")
    expect(page.locator("#quick-entry")).to_be_hidden()
    expect(page.locator("#shell-said")).to_contain_text("is in the log")


def decide_against_the_first_option(page: Page) -> str:
    """From the alert to a unit on its way: the second option, with the reason why. Its callsign."""
    page.locator("#alerts-body [data-alert]", has_text=LABEL).first.locator("[data-key=open]").focus()
    page.keyboard.press("r")
    options = page.locator("#respond-body .option[data-unit]")
    expect(options.nth(1)).to_be_visible()
    callsigns = [option.get_attribute("data-callsign") or "" for option in options.all()]
    choice = next(place for place, name in enumerate(callsigns) if place and name.startswith("WHARF"))
    page.keyboard.press(str(choice + 1))
    expect(page.locator("[data-send]")).to_have_text(f"Send {callsigns[choice]}")
    page.keyboard.press("Enter")
    expect(page.locator("#respond-reason")).to_be_focused()
    page.keyboard.type("The nearest is kept for the wharf.")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/chain/decision/\d+"))
    expect(page.locator("#chain-body")).to_contain_text("The nearest is kept for the wharf.")
    return callsigns[choice]


def carry_out(page: Page) -> None:
    """What the unit does on its phone."""
    expect(page.locator("#field-state")).to_contain_text("Requested")
    for name, state in (("Accept", "Accepted"), ("En route", "En route"), ("On scene", "On scene")):
        expect(page.locator("#field-acts")).not_to_have_attribute("aria-busy", "true")  # takes presses again
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator("#field-state")).to_contain_text(state)
    page.get_by_label("Positive").check()
    page.get_by_label("Found").fill("undeclared crew effects")
    page.get_by_role("button", name="Send: positive").click()
    expect(page.locator("#field-ended-list")).to_contain_text("complete")


def walk_back_to_the_source(page: Page, callsign: str) -> None:
    """From the outcome by single clicks to the words the target came from."""

    def follow(stage: str, has_text: str) -> None:
        box = page.locator("#chain-body .stage", has=page.locator("h3", has_text=stage))
        box.locator("a.chain-thing", has_text=has_text).first.click()

    follow("Tasking", callsign)
    follow("Outcome", "positive")
    expect(page).to_have_url(re.compile(r"/chain/outcome/\d+"))
    for stage, words in (("Tasking", callsign), ("Decision", LABEL), ("Alert", LABEL), ("Target", LABEL)):
        follow(stage, words)
        expect(page).to_have_url(re.compile(rf"/chain/{stage.lower()}/\d+"))
    follow("Hit", "Rule 31")
    expect(page.locator("#chain-body .source-text")).to_have_text(SOURCE_TEXT)


def hand_over(outgoing: Page, incoming: Page) -> None:
    outgoing.click("text=Fill empty heads from the facts")
    outgoing.click("text=Offer the handover")
    expect(outgoing.locator("#watch-handover")).to_contain_text("until another lead accepts")
    incoming.click("text=Accept: I have the watch")
    incoming.locator("#shell-ask").get_by_text("Yes").click()
    expect(outgoing.locator("#watch-now .watch-facts")).to_contain_text("lead.two")


def export_log(watched: Watched, folder: Path) -> Path:
    answer = watched.page.request.get(f"{watched.url}/api/v1/log/export?format=jsonl")
    assert answer.ok
    path = folder / "log.jsonl"
    path.write_bytes(answer.body())
    return path


def readable(forger: Forger, number: int) -> dict[str, Any]:
    """The so-manyth entry that is told in full."""
    return [line for line in forger.lines[1:-1] if "entry" in line][number]


def _resign(forger: Forger) -> None:
    readable(forger, 2)["entry"]["text"] = "Nothing happened."
    forger.hash_again()
    forger.sign_again()


FORGERIES: dict[str, Callable[[Forger], Any]] = {
    "another text": lambda f: readable(f, 3)["entry"].update(text="Nothing happened."),
    "another time": lambda f: readable(f, 3)["entry"].update(recorded_at=0),
    "another author": lambda f: readable(f, 3)["entry"].update(author="somebody.else"),
    "another marking": lambda f: readable(f, 3)["entry"].update(marking="RED"),
    "an entry taken out": lambda f: f.lines.pop(4),
    "two entries swapped": lambda f: f.lines.insert(4, f.lines.pop(5)),
    "an entry put in": lambda f: f.lines.insert(5, dict(f.lines[4])),
    "the tail cut": lambda f: f.lines.__delitem__(slice(-5, -1)),
    "the signature changed": lambda f: f.lines[-1].update(checkpoint=f.lines[-1]["checkpoint"].replace("— ", "— x")),
    "all hashed and signed again": _resign,
}


def assert_it_is_sound_and_every_forgery_is_found(export: Path, key: str) -> None:
    status, said = verify_export(export, "--key", key)
    assert status == 0, said
    told = [line["entry"]["text"] for line in Forger(export).lines[1:-1] if "entry" in line]
    assert any("called: three crew are new" in text for text in told)
    original = export.read_bytes()
    for name, forge in FORGERIES.items():
        export.write_bytes(original)
        forger = Forger(export)
        forge(forger)
        forger.save()
        status, said = verify_export(export, "--key", key)
        assert status == 1, f"{name}: {said}"
