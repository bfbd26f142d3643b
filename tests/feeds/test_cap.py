"""CAP messages: what is read, what is doubted, what is refused; hostile documents; indexes and where their links may lead."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from ops_centre.domain.observations import Batch
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.sources.cap import CapFeed, CapSettings
from tests.feeds.cap_messages import index, message, reference
from tests.feeds.situations import context, sample
from tests.support.clock import FakeClock
from tests.support.source import Answer, answer, source

BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "xx"><!ENTITY b "&a;&a;&a;&a;">]><alert>&b;</alert>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><alert>&e;</alert>"""


def xml(body: bytes, *headers: str) -> bytes:
    return answer(body, *headers, kind="application/cap+xml")


def read(raw: bytes, folder: Path, **settings: object) -> Batch:
    """What becomes of one file."""
    (folder / "one.xml").write_bytes(raw)
    feed = CapFeed(CapSettings(directory=folder, **settings), context(FakeClock()))
    feed.poll(None)
    return feed.poll(None)


def reason(raw: bytes, folder: Path) -> str:
    batch = read(raw, folder)
    assert (batch.hazards, batch.received) == ([], 1)
    return batch.refusals[0].reason


def test_a_message_says_what_where_and_how_long(tmp_path: Path) -> None:
    (hazard,) = read(sample("cap.xml"), tmp_path).hazards
    assert (hazard.ref, hazard.marking) == ("met@example.org,W1,2026-03-31T22:00:00Z", "GREEN")
    (part,) = hazard.parts
    assert (part.event, part.severity, part.urgency, part.caveats) == ("Gale", "Severe", "Expected", ())
    assert part.expires_at == datetime(2026, 4, 1, 22, tzinfo=UTC)
    corners = [[-36.0, 174.0], [-36.0, 176.0], [-38.0, 176.0], [-38.0, 174.0]]
    assert part.areas == [{"name": "Hauraki Gulf", "shapes": [{"kind": "polygon", "points": corners}], "geocodes": []}]


def test_an_area_across_180_degrees_is_one_area(tmp_path: Path) -> None:
    (hazard,) = read(message(polygon="-30,178 -30,-178 -32,-178 -32,178 -30,178"), tmp_path).hazards
    (shape,) = hazard.parts[0].areas[0]["shapes"]
    assert [lon for _lat, lon in shape["points"]] == [178, 182, 182, 178]


def test_what_is_odd_is_kept_and_said(tmp_path: Path) -> None:
    (hazard,) = read(message(severity="Awful", expires="", polygon="-36,174 north"), tmp_path).hazards
    part = hazard.parts[0]
    assert part.severity == "Unknown"
    assert part.areas[0]["shapes"] == []
    assert part.caveats == (
        "it does not say when it ends; taken for 24 h",
        "its severity is 'Awful'; taken for Unknown",
        "a polygon is not drawn: 'north' is no latitude and longitude",
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sender": ""}, "it says no sender"),
        ({"sent": "2026-04-01T11:00:00"}, "is no time with a zone"),
        ({"msgType": "Rumour"}, "its msgType is 'Rumour'"),
        ({"msgType": "Cancel"}, "it cancels and does not say what"),
        ({"event": ""}, "it says no event"),
        ({"sender": "met office"}, "holds blanks"),
    ],
)
def test_what_cannot_be_known_or_followed_is_refused(tmp_path: Path, change: dict[str, str], words: str) -> None:
    assert words in reason(message(**change), tmp_path)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (BOMB, "declares a document type"),
        (OUTSIDE, "declares a document type"),
        (b"<a>" * 60 + b"</a>" * 60, "nested more than 40 deep"),
        (b"<a>" + b"<b/>" * 60_000 + b"</a>", "more than 50,000 elements"),
        (message()[:200], "no well-formed XML"),
        (b"\x00\xff\xfe", "no well-formed XML"),
        (b"", "no well-formed XML"),
        (b"<html/>", "neither a CAP message nor"),
        (b'<?xml version="1.0" encoding="no-such"?><alert/>', ""),
    ],
)
def test_hostile_documents_are_refused_in_words(tmp_path: Path, raw: bytes, words: str) -> None:
    assert words in reason(raw, tmp_path)


def test_exercises_are_marked_and_what_is_no_warning_is_passed_over(tmp_path: Path) -> None:
    assert read(message(status="Exercise"), tmp_path).hazards[0].status == "Exercise"
    for status in ("Test", "System", "Draft"):
        batch = read(message(status=status), tmp_path)
        assert (batch.received, batch.passed_over) == (0, 1)


def test_a_restricted_or_private_message_is_handled_as_one(tmp_path: Path) -> None:
    assert read(message(scope="Restricted"), tmp_path).hazards[0].marking == "AMBER"
    assert read(message(scope="Private"), tmp_path).hazards[0].marking == "AMBER+STRICT"
    envelope = (
        b"<EDXLDistribution><distributionStatus>Exercise</distributionStatus><combinedConfidentiality>SECRET"
        b"</combinedConfidentiality><contentObject>"
        + message()
        + message("W2")
        + b"</contentObject></EDXLDistribution>"
    )
    both = read(envelope, tmp_path).hazards
    assert [(one.status, one.marking) for one in both] == [("Exercise", "AMBER")] * 2


def test_an_update_names_what_it_replaces(tmp_path: Path) -> None:
    (update,) = read(message("W2", msgType="Update", references=reference()), tmp_path).hazards
    assert update.references == ("met@example.org,W1,2026-03-31T22:00:00Z",)


def poll_index(*answers: Callable[[str], bytes], cursor: str | None = None, **settings: object) -> list[Batch]:
    """Two polls of an index whose links lead to the same host; each answer is made from its address."""
    with source(b"") as server:
        server.answers = [one(server.url) for one in answers]
        feed = CapFeed(CapSettings(url=server.url, **settings), context(FakeClock()))
        first = feed.poll(cursor)
        second = feed.poll(first.cursor)
        feed.close()
    return [first, second]


def test_links_of_an_index_are_followed_once_and_no_more_than_allowed() -> None:
    def listed(url: str) -> bytes:
        return xml(index(f"{url}/1", f"{url}/2"), 'ETag: "a"')

    first, second = poll_index(
        listed, lambda _url: xml(message("W1")), listed, lambda _url: xml(message("W2")), max_links=1
    )
    assert [one.identifier for one in first.hazards + second.hazards] == ["W1", "W2"]
    assert '"etag": null' in (first.cursor or "")
    assert '"etag": "\\"a\\""' in (second.cursor or "")


def test_a_link_to_another_host_is_refused_unless_configured() -> None:
    def listed(_url: str) -> bytes:
        return xml(index("http://elsewhere.example/1", "ftp://127.0.0.1/x"))

    first, second = poll_index(listed, listed)
    assert "elsewhere.example, which is not among link_hosts" in first.refusals[0].reason
    assert "its link cannot be followed" in first.refusals[1].reason
    assert second.received == 0, "each entry is refused once"


def test_a_link_that_fails_is_asked_again_at_the_next_poll() -> None:
    def listed(url: str) -> bytes:
        return xml(index(f"{url}/1"))

    first, second = poll_index(listed, lambda _url: answer(b"", status="500 Oops"), listed, lambda _url: xml(message()))
    assert (first.received, len(second.hazards)) == (0, 1)


def test_an_unchanged_index_costs_an_empty_answer_also_by_date() -> None:
    def dated(_url: str) -> bytes:
        return xml(index(), "Last-Modified: Wed, 01 Apr 2026 06:00:00 GMT")

    first, second = poll_index(dated, lambda _url: answer(b"", status="304 Not Modified"))
    assert "01 Apr 2026" in (first.cursor or "")
    assert (second.received, second.cursor) == (0, None)


@pytest.mark.parametrize("body", [xml(BOMB), xml(b"<html/>"), answer(b"{}"), answer(b"", status="500 Oops")])
def test_a_source_that_gives_no_warnings_is_unavailable(body: Answer) -> None:
    with source(body) as server, pytest.raises(FeedUnavailable):
        CapFeed(CapSettings(url=server.url), context(FakeClock())).poll(None)


@pytest.mark.parametrize("wrong", [{}, {"url": "http://a.example", "directory": Path("x")}, {"statuses": ("Draft",)}])
def test_settings_say_what_is_wrong(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CapSettings(**{"directory": Path("x")} | wrong if "statuses" in wrong else wrong)
