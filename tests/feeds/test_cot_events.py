"""Cursor on Target: a stream cut anywhere, hostile XML, and what one event says."""

from datetime import UTC, datetime

import pytest

from ops_centre.feeds.cot.events import Event, EventError, Nature, read_event
from ops_centre.feeds.cot.framing import LONGEST, EventSplitter

DECLARATION = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
POINT = "<point lat='-36.84' lon='180' hae='9999999.0' ce='10' le='9999999.0'/>"


def event(detail: str = "", *, uid: str = "A", kind: str = "a-f-G-U-C", how: str = "m-g", point: str = POINT) -> bytes:
    times = "time='2026-04-01T06:30:00.000Z' start='2026-04-01T06:30:00Z' stale='2026-04-01T06:35:00Z'"
    head = f"<event version='2.0' uid='{uid}' type='{kind}' how='{how}' {times}>"
    return f"{head}{point}<detail>{detail}</detail></event>".encode()


def pieces(*chunks: bytes) -> list[bytes]:
    splitter = EventSplitter()
    return [piece for chunk in chunks for piece in splitter.feed(chunk)] + splitter.finish()


def refused(raw: bytes) -> str:
    with pytest.raises(EventError) as said:
        read_event(raw)
    return str(said.value)


def test_a_stream_is_cut_into_its_events_wherever_the_network_cut_it() -> None:
    events = [event(uid="A"), event("<remarks>a &lt;event&gt;</remarks>", uid="B"), b"<event uid='C'/>"]
    stream = DECLARATION.join([b"", *events]) + b"\n"
    assert pieces(stream) == events
    assert pieces(*(stream[at : at + 1] for at in range(len(stream)))) == events
    assert pieces(*(stream[at : at + 7] for at in range(0, len(stream), 7))) == events


def test_garbage_and_an_event_cut_off_are_pieces_of_their_own_and_the_next_event_is_whole() -> None:
    good, cut = event(), event()[:90]
    assert pieces(b"hello " + good + b"\x00\xbf" + good) == [b"hello ", good, b"\x00\xbf", good]
    assert pieces(cut + good) == [cut, good]
    assert pieces(good + cut) == [good, cut]


def test_an_event_without_end_comes_once_never_grows_memory_and_the_next_is_read() -> None:
    splitter, good = EventSplitter(), event()
    came = [piece for chunk in [b"<event uid='", *[b"x" * 9000] * 40] for piece in splitter.feed(chunk)]
    assert [len(piece) for piece in came] == [LONGEST + 1]
    assert len(splitter.rest) < LONGEST
    assert splitter.feed(b"'></event>" + good) == [good]


def test_a_flood_that_is_no_event_is_told_of_once_and_never_grows_memory() -> None:
    splitter = EventSplitter()
    came = [piece for _ in range(40) for piece in splitter.feed(b"\xff" * 9000)]
    assert len(came) == 1
    assert len(splitter.rest) < LONGEST
    assert splitter.feed(event()) == [event()]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'<!DOCTYPE event [<!ENTITY a "b">]>' + event("<remarks>&a;</remarks>"), "document type"),
        (b'<!DOCTYPE event SYSTEM "file:///etc/passwd">' + event(), "document type"),
        (event("<a>" * 60 + "</a>" * 60), "nested"),
        (event("<a b='" + "x" * LONGEST + "'/>"), "longer than"),
        (event()[:90], "no well-formed XML"),
        (b"\x00\xbf", "no well-formed XML"),
        (b"<events/>", "no event but 'events'"),
        (event(kind=""), "has no type"),
        (event(uid=" "), "uid"),
        (event(point=""), "no point"),
        (event(point="<point lat='nan' lon='0'/>"), "outside latitudes"),
        (event(point="<point lat='here' lon='0'/>"), "must be numbers"),
        (event().replace(b"stale='2026-04-01T06:35:00Z'", b"stale='soon'"), "stale 'soon' is no time"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(raw: bytes, words: str) -> None:
    assert words in refused(raw)


def test_a_units_device_says_where_it_is_how_it_moves_and_who_it_is() -> None:
    said = read_event(
        event(
            "<contact callsign='HARBOUR 2'/><__group name='Cyan' role='Team Lead'/><status battery='83'/>"
            "<track course='360' speed='10'/><remarks>at the\nquay \x7f</remarks>"
        )
    )
    assert (said.nature, said.callsign, said.group, said.role) == (Nature.UNIT, "HARBOUR 2", "Cyan", "Team Lead")
    assert (said.lat, said.lon, said.height_m) == (-36.84, -180.0, None)
    assert (said.course_deg, said.speed_kn, said.battery_pct) == (0.0, 19.44, 83)
    assert said.remarks == "at the\nquay"
    assert said.stale_at == datetime(2026, 4, 1, 6, 35, tzinfo=UTC)


def test_a_figure_out_of_bounds_costs_the_figure_only_and_a_device_without_a_fix_is_nowhere() -> None:
    said = read_event(
        event("<track course='nan' speed='-1'/><status battery='900'/>", point="<point lat='0' lon='0' ce='9999999'/>")
    )
    assert (said.lat, said.lon, said.course_deg, said.speed_kn, said.battery_pct) == (None, None, None, None, None)


def test_an_emergency_is_told_from_its_cancelling() -> None:
    def of(kind: str, detail: str) -> Event:
        return read_event(event(detail, kind=kind))

    assert not of("b-a-o-tbl", "<emergency type='911 Alert'>HARBOUR 2</emergency>").cancels
    assert of("b-a-o-can", "").cancels
    assert of("b-a-o-tbl", "<emergency cancel='true'>HARBOUR 2</emergency>").cancels
