"""Targets as sources send them: what is read, what is refused and why, how pages are walked."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from ops_centre.domain.observations import Batch
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.sources.targeting import KIND, TargetingSettings
from tests.feeds.situations import context, envelope, sample, sample_records
from tests.support.clock import FakeClock
from tests.support.source import Answer, answer, source

SCHEMA = "targeting/1.0"


def poll(*answers: Answer, cursor: str | None = None, **settings: Any) -> Batch:
    with source(*answers) as server:
        feed = KIND.build(TargetingSettings(url=server.url, **settings), context(FakeClock()))
        return feed.poll(cursor)


def refusal_of(change: dict[str, Any]) -> str:
    """Why the first sample record is refused once it is changed so."""
    good = sample_records("targeting.json")[0]
    batch = poll(answer(envelope(SCHEMA, [good | change, good])))
    assert len(batch.targets) == 1, "the good record beside it is taken"
    assert json.loads(batch.refusals[0].raw) == good | change
    return batch.refusals[0].reason


def test_the_sample_is_read_whole_and_its_bad_record_alone_is_refused() -> None:
    batch = poll(answer(sample("targeting.json")), answer(envelope(SCHEMA, [], next_cursor="42")))
    vessel, person, consignment = batch.targets
    assert (vessel.ref, vessel.ref_version, vessel.subject_kind, vessel.severity) == ("T-2026-0001", 3, "vessel", "top")
    assert (vessel.status, vessel.owner, vessel.marking, vessel.releases) == ("issued", "CUS", "AMBER", ("IMM", "POL"))
    assert vessel.arrives_at == datetime(2026, 4, 2, 6, tzinfo=UTC)
    assert vessel.identifiers["mmsi"] == 512000123
    assert [(hit.kind, hit.source_message) for hit in vessel.hits] == [
        ("rule", "ANA/2026/118"),
        ("watchlist", "VOI-7731"),
    ]
    assert vessel.hits[1].matched_at == vessel.issued_at
    assert person.identifiers["date_of_birth"] == date(1980, 2, 29).isoformat()
    assert (person.status, person.place) == ("new", "AKL")
    assert (consignment.place_lat, consignment.place_lon, consignment.arrives_at) == (-37.66, 176.18, None)
    assert consignment.identifiers["documents"] == ["MAN-7", "INV-22"]
    assert [refusal.reason for refusal in batch.refusals] == ["severity: must be 'top', 'high' or 'normal'"]
    assert batch.received == 4


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"owner": "FBI"}, "agency FBI is not among"),
        ({"schema": "ops-centre/targeting/2.0"}, "reads ops-centre/targeting/1.x"),
        ({"schema": "ops-centre/deployments/1.0"}, "reads ops-centre/targeting/1.x"),
        ({"ref": ""}, "ref:"),
        ({"ref": None}, "ref:"),
        ({"version": -1}, "version:"),
        ({"version": 2**31}, "version:"),
        ({"issued_at": "2026-04-01T06:00:00"}, "a time with its zone"),
        ({"issued_at": 1775025000}, "a time with its zone"),
        ({"issued_at": "9999-12-31T23:59:59-05:00"}, "between 1970 and 2199"),
        ({"issued_at": "2026-02-30T00:00:00Z"}, "issued_at:"),
        ({"score": 1.01}, "score:"),
        ({"subject": {"kind": "ghost", "label": "x"}}, "subject.kind:"),
        ({"subject": {"kind": "vessel", "label": "x", "identifiers": {"mmsi": 10**9}}}, "mmsi"),
        ({"subject": {"kind": "person", "label": "x", "identifiers": {"date_of_birth": "0001-01-01"}}}, "1850"),
        ({"arrival": {"lat": 91, "lon": 0}}, "arrival.lat"),
        ({"arrival": {"lat": -41}}, "belong together"),
        ({"handling": {"marking": "SECRET"}}, "handling.marking"),
        ({"handling": {"marking": "RED", "releases": ["no agency"]}}, "handling.releases"),
        ({"hits": [{"ref": "1", "kind": "rule", "criterion": "R"}]}, "hits.0.source"),
        ({"hits": "many"}, "hits:"),
        ({"subject": {"kind": "vessel", "label": "x" * 301}}, "subject.label"),
    ],
)
def test_a_record_that_cannot_be_used_is_refused_with_its_place_and_reason(change: dict[str, Any], reason: str) -> None:
    assert reason in refusal_of(change)


def test_two_hits_of_one_reference_are_refused() -> None:
    hit = sample_records("targeting.json")[0]["hits"][0]
    assert "the same ref" in refusal_of({"hits": [hit, hit]})


@pytest.mark.parametrize(
    "bad", [b'{"ref":NaN}', b'{"score":1e999}', b'{"ref":"a","ref":"b"}', b"17", b'{"ref":"\xff"}', b"null"]
)
def test_a_bad_record_costs_only_itself_and_keeps_its_bytes(bad: bytes) -> None:
    good = json.dumps(sample_records("targeting.json")[0]).encode()
    batch = poll(answer(b'{"schema":"ops-centre/targeting/1.7","records":[' + good + b"," + bad + b"]}"))
    assert len(batch.targets) == 1
    assert [refusal.raw for refusal in batch.refusals] == [bad]


def test_a_longitude_past_180_is_the_same_meridian() -> None:
    record = sample_records("targeting.json")[0] | {"arrival": {"lat": -43.9, "lon": 183.4}}
    assert poll(answer(envelope(SCHEMA, [record]))).targets[0].place_lon == pytest.approx(-176.6)


def test_where_the_source_does_not_say_the_feed_owns_it_and_it_is_amber() -> None:
    record = {k: v for k, v in sample_records("targeting.json")[0].items() if k not in ("owner", "handling")}
    target = poll(answer(envelope(SCHEMA, [record]))).targets[0]
    assert (target.owner, target.marking, target.releases) == ("OPS", "AMBER", ())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (envelope("targeting/2.0", []), "reads ops-centre/targeting/1.x"),
        (envelope("deployments/1.0", []), "reads ops-centre/targeting/1.x"),
        (b'{"schema":"ops-centre/targeting/1.0"}', "no list 'records'"),
        (b'{"records":[{"ref":"T-1"', "no JSON"),
        (b"[" * 100_000, "without end|no JSON"),
        (envelope(SCHEMA, [], next_cursor="x" * 1001), "next_cursor"),
        (envelope(SCHEMA, [], next_cursor={"page": 2}), "next_cursor"),
    ],
)
def test_an_answer_that_cannot_be_followed_is_an_unavailable_feed_not_an_empty_one(body: bytes, reason: str) -> None:
    with pytest.raises(FeedUnavailable, match=reason):
        poll(answer(body))


def page(number: int, following: str | None) -> bytes:
    record = sample_records("targeting.json")[0] | {"ref": f"T-{number}"}
    return answer(envelope(SCHEMA, [record], next_cursor=following))


def test_pages_are_followed_until_the_cursor_rests_and_the_next_poll_goes_on_there() -> None:
    with source(page(1, "a"), page(2, "b"), answer(envelope(SCHEMA, [], next_cursor="b"), 'ETag: "e"')) as server:
        feed = KIND.build(TargetingSettings(url=server.url), context(FakeClock()))
        batch = feed.poll(None)
        assert [target.ref for target in batch.targets] == ["T-1", "T-2"]
        server.answers = [answer(b"", status="304 Not Modified")]
        assert not feed.poll(batch.cursor)
        asked = [request.split()[1] for request in server.requests]
        assert asked == ["/records", "/records?cursor=a", "/records?cursor=b", "/records?cursor=b"]
        assert 'if-none-match: "e"' in server.requests[-1].lower()


def test_a_list_that_ends_begins_again_at_the_next_poll() -> None:
    with source(page(1, "a"), page(2, None), page(1, None)) as server:
        feed = KIND.build(TargetingSettings(url=server.url), context(FakeClock()))
        feed.poll(feed.poll(None).cursor)
        assert [request.split()[1] for request in server.requests] == ["/records", "/records?cursor=a", "/records"]


def test_a_single_page_that_has_not_changed_is_asked_for_by_its_etag() -> None:
    with source(answer(envelope(SCHEMA, []), 'ETag: "v7"'), answer(b"", status="304 Not Modified")) as server:
        feed = KIND.build(TargetingSettings(url=server.url), context(FakeClock()))
        feed.poll(feed.poll(None).cursor)
        assert 'if-none-match: "v7"' in server.requests[1].lower()


def test_a_source_that_never_ends_is_left_after_the_allowed_pages() -> None:
    with source(*(page(n, f"c{n}") for n in range(50))) as server:
        batch = KIND.build(TargetingSettings(url=server.url, max_pages=3), context(FakeClock())).poll(None)
        assert (len(batch.targets), len(server.requests)) == (3, 3)
        assert json.loads(batch.cursor or "")["cursor"] == "c2"


def test_a_later_page_that_fails_does_not_cost_the_pages_before_it() -> None:
    batch = poll(page(1, "a"), answer(b"busy", status="503 Service Unavailable"))
    assert [target.ref for target in batch.targets] == ["T-1"]
    assert json.loads(batch.cursor or "")["cursor"] == "a"


@pytest.mark.parametrize("cursor", ["", "rubbish", "[1]", "null", '"x"', '{"cursor":5,"etag":[]}'])
def test_a_kept_cursor_that_makes_no_sense_starts_again(cursor: str) -> None:
    assert len(poll(page(1, None), cursor=cursor).targets) == 1


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"url": "http://127.0.0.1/", "directory": "in"},
        {"url": "http://127.0.0.1/", "done_directory": "done"},
        {"url": "http://127.0.0.1/", "every_seconds": 30},
        {"url": "http://127.0.0.1/", "token": "secret"},
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TargetingSettings(**settings)


def test_the_manifest_follows_the_settings() -> None:
    feed = KIND.build(TargetingSettings(url="http://127.0.0.1/", late_after_seconds=45), context(FakeClock()))
    times = [span.total_seconds() for span in (feed.manifest.every, feed.manifest.late_after, feed.manifest.lost_after)]
    assert times == [5, 45, 120]
