"""Warnings and passenger lists of the exercise: the centre's own feeds read them whole, and every one says EXERCISE."""

from datetime import timedelta
from pathlib import Path

from ops_centre.domain.handling import Marking
from ops_centre.exercise import warnings
from ops_centre.exercise.lists import Lists
from ops_centre.exercise.scenario import ScenarioTime
from ops_centre.exercise.world import make_world
from ops_centre.feeds.cap.documents import open_document
from ops_centre.feeds.cap.messages import Preferences, read_message
from ops_centre.feeds.sources.edifact import EdifactFeed, EdifactSettings
from ops_centre.feeds.transports.strict_xml import read_xml
from tests.feeds.situations import context
from tests.support.clock import START, FakeClock

NOW_S = START.timestamp()
PREFER = Preferences(("en-NZ",), timedelta(hours=24), Marking.GREEN, Marking.AMBER, Marking.AMBER_STRICT)


def test_its_warnings_are_in_force_drawn_and_marked_as_exercise() -> None:
    found = warnings.documents(NOW_S)
    index = open_document(read_xml(found[warnings.INDEX]))
    assert index is not None
    assert {entry.link for entry in index.entries} == found.keys() - {warnings.INDEX}
    for entry in index.entries:
        document = open_document(read_xml(found[entry.link]))
        assert document is not None
        report = read_message(document.alerts[0], PREFER, START)
        (part,) = report.parts
        assert (report.status, part.headline[:8], part.caveats) == ("Exercise", "EXERCISE", ())
        assert report.sent_at <= START < part.expires_at
        assert part.areas[0]["shapes"]


def test_its_passenger_lists_are_read_whole_and_written_once(tmp_path: Path) -> None:
    timeline = ScenarioTime()
    fleet = make_world(7, timeline, vessels=0, aircraft=40, units=0).aircraft
    lists = Lists(7, timeline, fleet, tmp_path)
    written = lists.write(NOW_S)
    assert 0 < written <= 6
    assert lists.write(NOW_S) == 0
    feed = EdifactFeed(EdifactSettings(directory=tmp_path), context(FakeClock()))
    feed.poll(None)
    batch = feed.poll(None)
    assert (len(batch.manifests), batch.refusals) == (written, [])
    for report in batch.manifests:
        assert report.caveats == ()
        assert report.message.startswith("EXERCISE/")
        assert report.arrives_at is not None
        assert report.arrives_at > START
        assert {one.particulars["nationality"] for one in report.subjects} == {"UTO"}
