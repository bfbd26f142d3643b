"""What devices in the field report: stored once, seen by whom it may, acted on; units keep what is theirs."""

from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import event, select

from layouts.respond_form import intent_of
from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.domain.field_reports import (
    DevicePosition,
    Drawing,
    DrawingKind,
    Emergency,
    FieldMessage,
    FieldReport,
    Withdrawal,
)
from ops_centre.domain.observations import Batch, Refusal
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import Alert, AuditEvent, FieldDevice, FieldDrawing, FieldNote, LogEntry, Unit, UnitPosition
from ops_centre.picture.watch_views import AlertRow
from ops_centre.services.alert_sweep import AlertSweep
from ops_centre.services.housekeeping import Housekeeping
from tests.factories import actor, make_deployment, make_feed, make_handling, make_unit, unit_report
from tests.support.clock import START


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def position(uid: str = "D-1", minutes: float = 0, **given: Any) -> DevicePosition:
    values: dict[str, Any] = {
        "uid": uid, "callsign": "hawk 2", "type": "a-f-G-U-C", "observed_at": at(minutes), "stale_at": at(minutes + 5),
        "received_at": at(minutes), "lat": -36.5, "lon": 174.5, "agency": "CUS", "battery_pct": 80,
    }  # fmt: skip
    return DevicePosition(**values | given)


def drawing(uid: str = "G-1", minutes: float = 0, **given: Any) -> Drawing:
    values: dict[str, Any] = {
        "uid": uid, "kind": DrawingKind.LINE, "type": "u-d-f", "title": "Search line", "sent_at": at(minutes),
        "stale_at": at(minutes + 60), "received_at": at(minutes), "points": ((-36.0, 179.5), (-36.0, -179.5)),
        "agency": "CUS", "marking": "GREEN",
    }  # fmt: skip
    return Drawing(**values | given)


def message(uid: str = "M-1", minutes: float = 0, **given: Any) -> FieldMessage:
    values: dict[str, Any] = {
        "uid": uid, "text": "Two people on deck <b>", "sent_at": at(minutes), "received_at": at(minutes),
        "sender_uid": "D-1", "sender_callsign": "HAWK2", "room": "All", "agency": "CUS", "marking": "GREEN",
    }  # fmt: skip
    return FieldMessage(**values | given)


def call(uid: str = "E-1", minutes: float = 0, **given: Any) -> Emergency:
    values: dict[str, Any] = {
        "uid": uid, "kind": "911 Alert", "sent_at": at(minutes), "stale_at": at(minutes + 1), "received_at": at(minutes),
        "device_uid": "D-1", "callsign": "HAWK2", "agency": "CUS", "marking": "GREEN",
    }  # fmt: skip
    return Emergency(**values | given)


class Field:
    """A centre with a feed of devices and one customs unit, HAWK2."""

    def __init__(self, ops: Any) -> None:
        self.ops = ops
        with ops.db.begin() as session:
            self.feed_id = make_feed(session, "cot", agency="CUS").id
            amber = make_handling(session, "CUS", "AMBER")
            feed = make_feed(session, "units")
            self.unit_feed = feed.id
            unit = make_unit(
                session, feed, handling=amber, ref="U-1", callsign="HAWK2", agency="CUS", lat=-30.0, lon=170.0,
                position_at=at(-30), reported_at=at(-30),
            )  # fmt: skip
            self.unit_id = unit.id

    def take(self, *reports: FieldReport) -> tuple[int, int]:
        taken = self.ops.ingest.take(self.feed_id, Batch(field_reports=list(reports)))
        assert taken.received == taken.stored + taken.duplicate + taken.quarantined
        return taken.stored, taken.duplicate

    def unit(self) -> Unit:
        with self.ops.db.reading() as session:
            return session.get_one(Unit, self.unit_id)

    def device(self, uid: str = "D-1") -> FieldDevice:
        with self.ops.db.reading() as session:
            return session.scalars(select(FieldDevice).where(FieldDevice.uid == uid)).one()

    def drawn(self) -> list[str]:
        with self.ops.db.reading() as session:
            self.ops.picture.live.present.load(session)
        return [row.title for row in self.ops.picture.drawings(actor())]

    def shown_alerts(self, reader: Actor) -> list[AlertRow]:
        with self.ops.db.reading() as session:
            self.ops.picture.live.present.load(session)
        return [row for row in self.ops.picture.alerts(reader) if row.subject_kind == "field call"]

    def logged(self) -> list[str]:
        with self.ops.db.reading() as session:
            return list(session.scalars(select(LogEntry.text).order_by(LogEntry.seq)))

    def alerts(self, sweep: AlertSweep) -> list[Alert]:
        sweep.sweep()
        with self.ops.db.reading() as session:
            calls = (Alert.cleared_at.is_(None), Alert.subject_kind == "field call")
            return list(session.scalars(select(Alert).where(*calls)))


@pytest.fixture
def field(sqlite_ops: Any) -> Field:
    return Field(sqlite_ops)


@pytest.fixture
def officer() -> Actor:
    return actor(agency="CUS")


def test_a_device_moves_its_unit_and_touches_nothing_else_of_it(field: Field) -> None:
    before = field.unit()
    assert field.take(position()) == (1, 0)
    now = field.unit()
    assert (now.lat, now.lon, now.position_at) == (-36.5, 174.5, at(0))
    assert now.revision > before.revision
    assert (now.availability, now.reported_at, now.crew) == (before.availability, before.reported_at, before.crew)
    assert field.device().unit_id == field.unit_id
    assert field.device().mapped_by == "callsign"
    with field.ops.db.reading() as session:
        kept = session.scalars(select(UnitPosition).where(UnitPosition.unit_id == field.unit_id)).all()
    assert at(0) in [one.observed_at for one in kept]


def test_an_older_word_and_a_repeat_are_duplicates_and_move_nothing(field: Field) -> None:
    field.take(position(minutes=2))
    assert field.take(position(minutes=2), position(minutes=1, lat=-10.0)) == (0, 2)
    assert field.unit().lat == -36.5


def test_an_older_position_of_the_agency_does_not_undo_what_the_device_said(field: Field) -> None:
    field.take(position(minutes=5))
    report = unit_report("U-1", at=at(6), callsign="HAWK2", agency="CUS", lat=-30.0, lon=170.0, position_at=at(-30))
    field.ops.ingest.take(field.unit_feed, Batch(units=[report]))
    assert (field.unit().lat, field.unit().reported_at) == (-36.5, at(6))


def test_a_device_without_its_place_lives_on_where_it_was_last(field: Field) -> None:
    field.take(position(), position(minutes=3, lat=None, lon=None))
    assert (field.device().lat, field.device().position_at, field.device().observed_at) == (-36.5, at(0), at(3))


def test_everything_received_is_accounted_for_in_one_batch(field: Field) -> None:
    refused = Refusal(b"<event", "It is no XML.", at(0))
    reports: list[FieldReport] = [position(), drawing(), drawing(), message(), message(), call()]
    taken = field.ops.ingest.take(field.feed_id, Batch(field_reports=reports, refusals=[refused]))
    assert (taken.received, taken.stored, taken.duplicate, taken.quarantined) == (7, 4, 2, 1)


@pytest.mark.parametrize(
    "given", [{"callsign": "HAWK 3"}, {"callsign": None}, {"agency": "POL"}, {"marking": "RED", "agency": "POL"}]
)
def test_a_device_that_is_no_unit_of_its_agency_is_an_unidentified_unit(field: Field, given: dict[str, Any]) -> None:
    field.take(position(**{"marking": "GREEN"} | given))
    assert field.device().unit_id is None
    assert field.unit().lat == -30.0
    with field.ops.db.reading() as session:
        field.ops.picture.live.present.load(session)
    shown = field.ops.picture.live.present.shelves["devices"]
    assert len(shown) == 1


def test_a_server_of_several_agencies_names_whose_units_its_devices_may_be(field: Field) -> None:
    field.take(position(agency="OPS", marking="GREEN", agencies=("POL", "CUS")))
    assert field.device().unit_id == field.unit_id
    assert field.unit().lat == -36.5


def test_a_device_that_came_before_its_unit_is_it_as_soon_as_the_unit_comes(field: Field) -> None:
    field.take(position(callsign="hawk  9", marking="GREEN"))
    assert field.device().unit_id is None
    field.ops.ingest.take(field.unit_feed, Batch(units=[unit_report("U-9", callsign="HAWK9", agency="CUS")]))
    assert field.device().mapped_by == "callsign"
    with field.ops.db.reading() as session:
        assert session.get_one(Unit, field.device().unit_id).lat == -36.5


def test_a_device_handled_more_strictly_than_the_unit_does_not_give_itself_away_by_it(field: Field) -> None:
    with field.ops.db.begin() as session:
        session.get_one(Unit, field.unit_id).handling_id = make_handling(session, "CUS", "GREEN").id
    field.take(position(marking="RED"))
    assert field.device().unit_id is None
    assert field.unit().lat == -30.0


def test_a_person_says_which_unit_a_device_is_and_takes_it_back(field: Field, officer: Actor) -> None:
    field.take(position(callsign="phone 7"))
    number = field.device().id
    field.ops.field_devices.identify(officer, number, field.unit_id)
    assert field.unit().lat == -36.5
    assert field.device().mapped_by == "someone"
    field.take(position(minutes=1, callsign="phone 7", lat=-37.0))
    assert field.unit().lat == -37.0  # what a person said, a callsign does not undo
    field.ops.field_devices.release(officer, number)
    field.take(position(minutes=2, callsign="HAWK2", lat=-38.0))
    assert field.device().unit_id is None
    assert field.unit().lat == -37.0
    assert [text for text in field.logged() if "phone 7" in text] == [
        "Device phone 7 is unit HAWK2, says Someone.", "Device phone 7 is no longer unit HAWK2, says Someone.",
    ]  # fmt: skip
    with field.ops.db.reading() as session:
        acts = [event.detail["act"] for event in session.scalars(select(AuditEvent)) if "act" in event.detail]
    assert acts == ["identify device", "release device"]


def test_a_unit_with_a_live_device_takes_no_second_one(field: Field, officer: Actor) -> None:
    field.take(position(), position("D-2"))
    assert field.device("D-2").unit_id is None
    with pytest.raises(Conflict, match="live device already"):
        field.ops.field_devices.identify(officer, field.device("D-2").id, field.unit_id)


def test_nobody_identifies_or_counts_what_is_not_theirs_to_know(field: Field) -> None:
    field.take(position(callsign="phone 7"), message(marking="AMBER"), drawing(marking="AMBER"))
    stranger = actor(agency="POL")
    with pytest.raises(NotFound):
        field.ops.field_devices.identify(stranger, field.device().id, field.unit_id)
    assert field.ops.field_report_reads.devices(stranger) == []
    assert field.ops.field_report_reads.waiting(stranger).count == 0
    with pytest.raises(NotFound):
        field.ops.field_notes.take(stranger, 1)
    assert field.drawn() == []
    assert field.ops.field_report_reads.waiting(actor(agency="CUS")).count == 1


def test_a_call_for_help_is_one_top_alert_until_somebody_has_seen_its_cancel(field: Field, officer: Actor) -> None:
    sweep, clock = AlertSweep(field.ops.deeds, field.ops.settings), field.ops.clock
    field.take(position(marking="GREEN"), call(), call(minutes=1))
    (alert,) = field.alerts(sweep)
    assert (alert.severity, alert.cause, alert.subject_kind) == ("top", "emergency", "field call")
    assert "911 Alert" in alert.title
    clock.advance(minutes=30)  # silence ends no call
    assert len(field.alerts(sweep)) == 1
    field.take(call(minutes=30, cancels=True))
    (alert,) = field.alerts(sweep)
    assert alert.text.startswith("CANCELLED by the device")
    clock.advance(minutes=30)
    assert len(field.alerts(sweep)) == 1  # nobody has acknowledged it
    field.ops.alerts.acknowledge(officer, alert.id)
    field.alerts(sweep)
    clock.advance(minutes=2)
    assert field.alerts(sweep) == []
    assert any("cancels its call for help" in text for text in field.logged())


def test_a_call_is_shown_where_it_last_came_from_and_others_can_be_sent_there(field: Field, officer: Actor) -> None:
    with field.ops.db.begin() as session:
        helper = make_unit(session, make_feed(session), callsign="HAWK5", agency="CUS", lat=-36.4, lon=174.9)
        make_deployment(session, helper)
    sweep = AlertSweep(field.ops.deeds, field.ops.settings)
    field.take(position(marking="AMBER"), call(lat=-36.5, lon=174.5, marking="AMBER"))
    field.alerts(sweep)
    field.take(call(minutes=1, lat=-36.45, lon=174.6, marking="AMBER"))
    (alert,) = field.alerts(sweep)
    assert [(row.lat, row.lon) for row in field.shown_alerts(officer)] == [(-36.45, 174.6)]
    found = field.ops.options.options(officer, "alert", str(alert.id))
    assert [option.callsign for option in (*found.able, *found.unable)] == [helper.callsign]
    assert intent_of(found, None) == "Go to the help of HAWK2: 911 Alert. Position of HAWK2."
    assert {(option.meet_lat, option.meet_lon) for option in (*found.able, *found.unable)} == {(-36.45, 174.6)}
    device = field.ops.field_report_reads.that_calls(officer, int(alert.subject_id))
    assert device is not None
    assert (device.uid, device.unit) == ("D-1", (field.unit_id, "HAWK2"))
    stranger = actor(agency="POL")
    assert field.shown_alerts(stranger) == []
    with pytest.raises(NotFound):
        field.ops.options.options(stranger, "alert", str(alert.id))


def test_a_cancel_under_another_uid_ends_the_calls_of_the_device_that_it_names(field: Field) -> None:
    sweep = AlertSweep(field.ops.deeds, field.ops.settings)
    field.take(position(marking="GREEN"), call(minutes=1), position("D-2", callsign="OTHER"))
    field.alerts(sweep)
    assert field.take(
        call("C-1", minutes=0.5, cancels=True), call("C-2", minutes=2, cancels=True, device_uid="D-2", callsign="OTHER")
    ) == (1, 1)
    (standing,) = field.alerts(sweep)
    assert not standing.text.startswith("CANCELLED")
    assert field.take(call("C-3", minutes=3, cancels=True)) == (1, 0)
    (ended,) = field.alerts(sweep)
    assert ended.text.startswith("CANCELLED")
    assert field.take(call("C-3", minutes=3, cancels=True)) == (0, 1)
    assert len([text for text in field.logged() if "HAWK2 cancels" in text]) == 1


def test_devices_drawings_and_calls_are_found_and_given_to_other_maps(field: Field, officer: Actor) -> None:
    area = ((-36.0, 179.5), (-36.0, -179.5), (-37.0, -179.5), (-36.0, 179.5))
    field.take(
        position("ANDROID-77", callsign="heron 4"), drawing(),
        call(device_uid="ANDROID-77", callsign="HERON 4", lat=-36.0, lon=175.0),
        drawing("G-2", kind=DrawingKind.POLYGON, title="Heron's area", points=area),
        drawing("G-3", kind=DrawingKind.POINT, title="Wreck", points=((-36.0, 175.0),), marking="AMBER"),
    )  # fmt: skip
    field.alerts(AlertSweep(field.ops.deeds, field.ops.settings))
    with field.ops.db.reading() as session:
        field.ops.picture.live.present.load(session)

    def found(reader: Actor, words: str) -> list[str]:
        return [result.kind for result in field.ops.picture.search(reader, words)]

    assert found(officer, "heron") == ["call", "device", "drawing"]
    assert (found(officer, "android-7"), found(officer, "search li")) == (["device"], ["drawing"])
    stranger = actor(agency="POL")
    assert (found(stranger, "android-7"), found(stranger, "wreck"), found(stranger, "search li")) == (
        [],
        [],
        ["drawing"],
    )
    layers = orjson.loads(field.ops.picture.live.geojson(officer))["layers"]
    assert [one["properties"]["callsign"] for one in layers["devices"]["features"]] == ["heron 4"]
    assert [one["geometry"]["coordinates"] for one in layers["calls"]["features"]] == [[175.0, -36.0]]
    shapes = {one["properties"]["title"]: one["geometry"] for one in layers["drawings"]["features"]}
    assert (shapes["Wreck"]["coordinates"], shapes["Search line"]["type"]) == ([175.0, -36.0], "MultiLineString")
    assert len(shapes["Heron's area"]["coordinates"]) == len(shapes["Search line"]["coordinates"]) == 2  # cut at 180
    assert orjson.loads(field.ops.picture.live.geojson(stranger))["layers"]["devices"]["features"] == []


def test_a_batch_tells_its_own_repeats_and_orders_as_one_by_one_would(field: Field) -> None:
    reports = (
        position(), position(), position(minutes=1, lat=-36.0), drawing(), drawing(), message(), message(),
        drawing(minutes=2, title="Later"), Withdrawal(uid="G-1", sent_at=at(1), received_at=at(2), agency="CUS"),
        call(device_uid="D-7"), call(device_uid="D-7"), position("D-7", callsign="hawk2"),
    )  # fmt: skip
    assert field.take(*reports) == (7, 5)
    assert (field.unit().lat, field.drawn()) == (-36.0, ["Later"])
    assert (field.device("D-1").unit_id, field.device("D-7").unit_id) == (field.unit_id, None)
    assert field.take(*reports)[0] == 0


def test_a_long_batch_is_read_in_few_questions(field: Field, sqlite_ops: Any) -> None:
    asked: list[str] = []
    event.listen(sqlite_ops.db.write, "before_cursor_execute", lambda *given: asked.append(given[2]))
    reports = [position(f"D-{number}", callsign=f"T{number}") for number in range(600)]
    assert field.take(*reports) == (600, 0)
    asked.clear()  # each that is new is written for its number
    later = [position(f"D-{number}", minutes=1, callsign=f"T{number}") for number in range(600)]
    assert field.take(*later) == (600, 0)
    assert len(asked) < 40, asked


def test_nobody_is_sent_to_a_call_without_a_position(field: Field, officer: Actor) -> None:
    field.take(position(marking="GREEN"), call())
    (alert,) = field.alerts(AlertSweep(field.ops.deeds, field.ops.settings))
    with pytest.raises(Invalid, match="calls without a position"):
        field.ops.options.options(officer, "alert", str(alert.id))


def test_a_call_by_a_device_never_heard_of_makes_it_known_as_unidentified(field: Field) -> None:
    field.take(call(device_uid="D-9", callsign="lost one", lat=-36.0, lon=175.0))
    assert (field.device("D-9").unit_id, field.device("D-9").lat) == (None, -36.0)
    assert field.take(position("D-9", 0.0)) == (1, 0)  # its first position is no repeat


def test_a_message_taken_into_the_log_has_its_own_time_and_its_unit(field: Field, officer: Actor) -> None:
    field.take(position(), message(minutes=0, marking="AMBER"))
    field.ops.clock.advance(minutes=9)
    (line,) = field.ops.field_report_reads.waiting(officer).lines
    answer = field.ops.field_notes.take(officer, line.id)
    with field.ops.db.reading() as session:
        entry = session.get_one(LogEntry, answer["entry"])
    assert entry.text == "Message from HAWK2 to All: Two people on deck <b>"
    assert (entry.occurred_at, entry.links) == (at(0), [["unit", str(field.unit_id), "HAWK2"]])
    assert field.ops.field_report_reads.waiting(officer).count == 0
    with pytest.raises(Conflict, match="taken into the log by someone"):
        field.ops.field_notes.set_aside(officer, line.id, "no matter")


def test_what_waits_or_is_in_the_log_is_never_purged(field: Field, officer: Actor) -> None:
    field.take(message("M-1"), message("M-2"), message("M-3"), drawing(), drawing("G-2", stale_at=at(60 * 24 * 90)))
    notes = {line.id for line in field.ops.field_report_reads.waiting(officer).lines}
    first, second, third = sorted(notes)
    field.ops.field_notes.take(officer, first)
    field.ops.field_notes.set_aside(officer, second, "a test of the radio")
    field.ops.clock.advance(days=40)
    house = Housekeeping(field.ops.db, field.ops.clock, field.ops.settings)
    assert (house.end_drawings(), house.purge_field_reports()) == (1, 2)
    with field.ops.db.reading() as session:
        assert set(session.scalars(select(FieldNote.id))) == {first, third}
        assert list(session.scalars(select(FieldDrawing.uid))) == ["G-2"]


def test_a_later_drawing_replaces_and_a_withdrawal_ends_in_whichever_order_they_come(field: Field) -> None:
    field.take(drawing(), drawing(minutes=1, title="New line"), drawing(minutes=0.5, title="late"))
    assert field.drawn() == ["New line"]
    field.take(Withdrawal("G-1", at(2), at(2), agency="CUS", marking="GREEN"))
    assert field.drawn() == []
    gone = Withdrawal("G-2", at(3), at(3), agency="CUS", marking="GREEN")
    assert field.take(gone, gone, drawing("G-2", 2)) == (1, 2)
    assert field.drawn() == []
    assert field.take(drawing("G-2", 4, title="Again")) == (1, 0)
    assert field.drawn() == ["Again"]


def test_a_drawing_leaves_the_picture_when_it_is_stale_and_runs_on_over_180_degrees(field: Field) -> None:
    field.take(drawing())
    assert field.drawn() == ["Search line"]
    (row,) = field.ops.picture.drawings(actor())
    assert row.points == ((-36.0, 179.5), (-36.0, 180.5))
    field.ops.clock.advance(minutes=61)
    Housekeeping(field.ops.db, field.ops.clock, field.ops.settings).end_drawings()
    assert field.drawn() == []


def test_a_wall_may_look_and_not_decide(field: Field) -> None:
    field.take(message())
    wall = actor(Role.WALL)
    assert field.ops.field_report_reads.waiting(wall).count == 1
    with pytest.raises(NotPermitted):
        field.ops.field_notes.take(wall, 1)
