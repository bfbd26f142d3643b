"""What devices of the exercise send: read as any device's events are, never without the word EXERCISE where people read."""

from datetime import UTC, datetime, timedelta

from ops_centre.domain.field_reports import DevicePosition, Drawing, Emergency, FieldMessage
from ops_centre.exercise.publish_ais import Broadcast
from ops_centre.exercise.publish_cot import Field
from ops_centre.exercise.scenario import ScenarioTime
from ops_centre.exercise.units import Unit
from ops_centre.feeds.cot.events import read_event
from ops_centre.feeds.cot.reports import Handling, Report, report_of

BEGIN = datetime(2026, 4, 1, 6, 0, tzinfo=UTC).timestamp()
UNITS = [Unit(20260401, index) for index in range(6)]


class Heard(Broadcast):
    """Keeps everything that was said."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[bytes] = []

    def say(self, key: object, lines: bytes) -> None:
        super().say(key, lines)
        self.events.append(lines)


def hours(count: float, *, talks: bool = True) -> tuple[Heard, list[Report | None]]:
    """What is heard of so many hours, looked at every five seconds."""
    heard = Heard()
    field = Field(UNITS, ScenarioTime(1.0), heard, talks=talks)
    for step in range(int(count * 720)):
        field.report_due(BEGIN + step * 5)
    later = datetime.fromtimestamp(BEGIN, UTC) + timedelta(hours=count)
    return heard, [report_of(read_event(raw), later, Handling("CUS", "AMBER")) for raw in heard.events]


def test_every_unit_and_a_visitor_report_and_the_rest_is_drawn_written_and_called() -> None:
    _, reports = hours(2)
    positions = [one for one in reports if isinstance(one, DevicePosition)]
    assert {one.callsign for one in positions} == {unit.callsign for unit in UNITS} | {"VISITOR 1"}
    drawings = [one for one in reports if isinstance(one, Drawing)]
    assert {one.kind.value for one in drawings} == {"point", "circle", "route"}
    messages = [one for one in reports if isinstance(one, FieldMessage)]
    assert len({one.uid for one in messages}) == len(messages) >= 12
    calls = [one for one in reports if isinstance(one, Emergency)]
    assert [one.cancels for one in calls] == [False, True, False, True]
    assert calls[0].uid == calls[1].uid != calls[2].uid
    assert all("EXERCISE" in text for text in [one.title for one in drawings] + [one.text for one in messages])


def test_who_comes_later_is_told_where_things_are_the_last_message_and_a_call_that_stands() -> None:
    for count, called in ((0.25, 1), (1, 0)):  # a quarter past, and when it was taken back
        heard, _ = hours(count)
        latest = [read_event(raw).type for raw in heard.latest.values()]
        assert latest.count("a-f-G-U-C") == len(UNITS) + 1
        assert (latest.count("b-t-f"), latest.count("b-a-o-tbl"), latest.count("b-a-o-can")) == (1, called, 0)


def test_a_silent_field_shows_only_that_its_server_lives() -> None:
    _, reports = hours(0.1, talks=False)
    assert len(reports) > 10
    assert set(reports) == {None}
