"""The past over HTTP: a moment, its time line, exports of a span; read only, scoped, and safe whatever a feed said."""

import json
import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

from ops_centre.auth.roles import Role
from ops_centre.clock import from_ms, to_ms
from ops_centre.db import next_revision
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.observations import Batch, Fix, Particulars
from ops_centre.models import AuditEvent, LogEntry
from ops_centre.picture.past import Knowing
from tests.factories import actor, make_feed, make_restricted_target, make_target, make_unit, vessel_report
from tests.support.clock import START
from tests.watch_factories import make_entry

HOSTILE = "</script><img src=x onerror=alert(1)>"


def lived(ops: Any, clock: Any) -> tuple[int, int]:
    """Ten minutes of the past: a craft under way over 180°, targets, a unit, an entry. Their ends in milliseconds."""
    with ops.db.begin() as session:
        feed = make_feed(session)
        make_target(session, feed, label=HOSTILE)
        make_restricted_target(session, feed, "POL", label="POLICE ONLY")
        make_unit(session, feed)
        make_entry(session, f"Said {HOSTILE}", now=clock.now())
        next_revision(session)
    for minute in range(10):
        lon = 179.95 + minute / 100
        fix = Fix(-36.5, lon if lon < 180 else lon - 360, course_deg=90.0, speed_kn=20.0)
        report = vessel_report(512_000_400, clock.now(), fix=fix, particulars=Particulars(name=HOSTILE[:20]))
        ops.ingest.take(feed.id, Batch(crafts=[report]))
        clock.advance(minutes=1)
    return to_ms(START), to_ms(clock.now())


def test_a_moment_its_marks_and_how_far_back_it_goes(sqlite_ops: Any, web_client: Any, frozen_clock: Any) -> None:
    since, until = lived(sqlite_ops, frozen_clock)
    client = web_client(Role.DUTY_OFFICER)
    picture = client.get(f"/api/v1/past?at={since + 300_000}").get_json()
    beside = {"ended": [], "debriefs": []}
    assert picture["past"] == {"at": since + 300_000, "known": "then", "kept_since": since, **beside}
    assert picture["now"] == since + 300_000
    assert [row["label"] for row in picture["targets"]] == [HOSTILE]
    assert picture["tracks"]["observed"] == [(since + 300_000) // 1000]
    marks = client.get(f"/api/v1/past/marks?from={since}&until={until}").get_json()
    assert [mark[2] for mark in marks["marks"]] == ["note"]
    hits = client.get(f"/api/v1/past/hits?at={since + 300_000}&target={picture['targets'][0]['id']}").get_json()
    assert ([hit["target_id"] for hit in hits["hits"]], hits["not_kept"]) == ([picture["targets"][0]["id"]], 0)
    hidden = picture["targets"][0]["id"] + 1  # the police's own
    assert client.get(f"/api/v1/past/hits?at={since + 300_000}&target={hidden}").status_code == 404
    reach = client.get("/api/v1/past/reach").get_json()
    assert (reach["kept_since"], reach["positions_since"]) == (since, since)


def test_what_cannot_be_asked_is_refused_in_words(web_client: Any) -> None:
    client = web_client(Role.DUTY_OFFICER)
    assert client.get("/api/v1/past?at=1").status_code == 200
    for asked in ("at=99999999999999", "at=x", "", "at=1&known=later"):
        answer = client.get(f"/api/v1/past?{asked}")
        assert answer.status_code == 422
        assert answer.get_json()["error"]


def test_the_past_is_closed_to_who_may_not_see_it(web_client: Any) -> None:
    for role in (Role.WALL, Role.FIELD_UNIT):
        client = web_client(role)
        for path in ("?at=1", "/reach", "/marks?from=1&until=2", "/export?format=kml&from=1&until=2"):
            assert client.get(f"/api/v1/past{path}").status_code == 403


def export(client: Any, form: str, since: int, until: int) -> Any:
    """An export of the span."""
    return client.get(f"/api/v1/past/export?format={form}&from={since}&until={until}")


def test_exports_hold_the_span_in_scope_and_are_in_log_and_audit(
    sqlite_ops: Any, web_client: Any, frozen_clock: Any
) -> None:
    since, until = lived(sqlite_ops, frozen_clock)
    client = web_client(Role.SHIFT_LEAD)
    collection = json.loads(export(client, "geojson", since, until).data)
    craft = next(one for one in collection["features"] if one["id"].startswith("track:"))
    assert craft["geometry"]["type"] == "MultiLineString"  # cut at 180°
    assert len(craft["properties"]["times"]) == 10
    assert [one["properties"]["versions"][0]["label"] for one in collection["features"] if "target:" in one["id"]] == [
        HOSTILE
    ]
    target = next(one for one in collection["features"] if "target:" in one["id"])
    assert [hit["target_id"] for hit in target["properties"]["hits"]] == [int(target["id"].split(":")[1])]
    kml = ElementTree.fromstring(export(client, "kml", since, until).data)
    assert len(list(kml.iter("{http://www.opengis.net/kml/2.2}when"))) >= 10
    assert HOSTILE in [name.text for name in kml.iter("{http://www.opengis.net/kml/2.2}name")]
    assert (collection["name"][:17], collection["past"]["marking"]) == ("EXERCISE · REPLAY", "TLP:GREEN")
    police = actor(Role.SHIFT_LEAD, "POL")
    theirs = sqlite_ops.past_export.spans.span(police, from_ms(since), from_ms(until), Knowing.THEN)
    assert (theirs.marking(), theirs.owners()) == ("RED", ["POL"])  # the strictest of anything in it
    for answer in (export(client, form, since, until) for form in ("geojson", "kml", "html")):
        assert "EXERCISE" in answer.headers["Content-Disposition"]
        assert b"POLICE ONLY" not in answer.data
    with sqlite_ops.db.reading() as session:
        assert session.query(LogEntry).filter_by(kind=EntryKind.EXPORT.value).count() == 5
        assert session.query(AuditEvent).filter_by(kind="past exported").count() == 5


def test_an_exported_page_holds_all_it_needs_and_no_text_can_leave_its_place(
    sqlite_ops: Any, web_client: Any, frozen_clock: Any
) -> None:
    page = export(web_client(Role.SHIFT_LEAD), "html", *lived(sqlite_ops, frozen_clock)).get_data(as_text=True)
    assert HOSTILE not in page
    assert page.count("</script>") == page.count("<script")
    assert "default-src 'none'" in page
    assert not re.search(r"<[^>]*(src|href)=|url\(|https?://|@import", page)
    data = json.loads(page.split('id="past-data">')[1].split("</script>")[0])
    assert data["held"]["targets"][0][0][2]["label"] == HOSTILE
    assert [len(track[3]) for track in data["tracks"]] == [10]


def test_a_span_too_long_or_ahead_is_refused_in_words(web_client: Any, frozen_clock: Any) -> None:
    client, now = web_client(Role.SHIFT_LEAD), to_ms(frozen_clock.now())
    day = timedelta(hours=25) // timedelta(milliseconds=1)
    for since, until in ((now - day, now), (now, now), (now - 1000, now + 1000)):
        answer = export(client, "kml", since, until)
        assert answer.status_code == 422
        assert answer.get_json()["error"]
