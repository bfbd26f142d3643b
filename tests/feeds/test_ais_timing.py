"""When a message was observed and received."""

from datetime import datetime, timedelta

import pytest

from ops_centre.domain.observations import CraftReport
from ops_centre.feeds.ais.timing import Receipts
from tests.feeds.ais_lines import NOW, line, lines, only_report, parse, position, sealed, tagged, utc

MINUTE = timedelta(minutes=1)
LIVE, TRUSTED, RECORDED = Receipts.CLOCK, Receipts.TRUSTED, Receipts.RECORDED


def epoch(moment: datetime) -> bytes:
    return b"%d" % moment.timestamp()


def epoch_ms(moment: datetime) -> bytes:
    return b"%d" % round(moment.timestamp() * 1000)


def wrapper(observed: datetime, sentence: bytes | None) -> bytes:
    """A GateHouse wrapper that names ``sentence`` by its checksum."""
    when = observed.strftime("%Y,%-m,%-d,%-H,%-M,%-S,").encode() + b"%d" % (observed.microsecond // 1000)
    named = sentence.partition(b"*")[2][:2] if sentence else b""
    return sealed(b"PGHP,1," + when + b",512,0,,1," + named, b"$")


def times(given: list[bytes], receipts: Receipts = LIVE) -> tuple[datetime, datetime]:
    report = only_report(given, receipts)
    return report.observed_at, report.received_at


def test_a_sentence_without_time_is_observed_and_received_now() -> None:
    assert times([position()]) == (NOW, NOW)


def test_a_trusted_receipt_ahead_of_the_clock_is_not_believed() -> None:
    ahead = position() + b"," + epoch_ms(NOW + MINUTE)
    assert times([ahead], TRUSTED) == (NOW + MINUTE, NOW)
    assert times([position() + b"," + epoch_ms(NOW + 2 * MINUTE)], TRUSTED) == (NOW, NOW)


@pytest.mark.parametrize("stamp", [epoch, epoch_ms])
def test_a_tag_block_tells_when_in_seconds_or_milliseconds(stamp: object) -> None:
    observed = NOW - 20 * MINUTE
    assert times([tagged(b"s:rEV02,c:" + stamp(observed), position())]) == (observed, NOW)  # type: ignore[operator]


def test_a_tag_block_whose_checksum_was_never_computed_is_believed_and_a_wrong_one_is_not() -> None:
    block = b"c:" + epoch(NOW - MINUTE)
    assert times([b"\\" + block + b"*00\\" + position()])[0] == NOW - MINUTE
    assert times([b"\\" + block + b"\\" + position()])[0] == NOW - MINUTE
    assert times([b"\\" + block + b"*01\\" + position()])[0] == NOW


@pytest.mark.parametrize("text", [b"c:0", b"c:12415440354", b"c:99999999999999999999", b"c:-5", b"c:nan", b"c:"])
def test_a_time_from_which_no_ais_can_be_is_not_believed(text: bytes) -> None:
    assert times([tagged(text, position())]) == (NOW, NOW)


def test_a_time_ahead_of_the_receipt_is_believed_for_a_minute_only() -> None:
    assert times([tagged(b"c:" + epoch(NOW + MINUTE), position())])[0] == NOW + MINUTE
    assert times([tagged(b"c:" + epoch(NOW + MINUTE + timedelta(seconds=1)), position())])[0] == NOW


def test_an_epoch_behind_the_checksum_tells_when() -> None:
    given = [position() + b",r003669987," + epoch(NOW - MINUTE)]
    assert times(given) == (NOW - MINUTE, NOW)
    assert times(given, TRUSTED) == (NOW - MINUTE, NOW - MINUTE)


def test_of_two_epochs_the_first_is_the_stations_and_the_later_the_receipt() -> None:
    fields = b",d-109,S2105,t050056.00,T56.13718694,r003669946," + epoch(NOW - MINUTE) + b"," + epoch(NOW)
    assert times([position() + fields], TRUSTED) == (NOW - MINUTE, NOW)


def test_receipt_times_of_a_live_stream_are_believed_only_when_it_is_trusted() -> None:
    received = NOW - 10 * MINUTE
    given = [wrapper(received - 20 * MINUTE, position()), position() + b"," + epoch_ms(received)]
    assert times(given, LIVE) == (received - 20 * MINUTE, NOW)
    assert times(given, TRUSTED) == (received - 20 * MINUTE, received)


def test_a_wrapper_tells_when_to_the_millisecond() -> None:
    observed = NOW - timedelta(minutes=30, milliseconds=1)
    assert times([wrapper(observed, position()), position()])[0] == observed


def test_a_wrapper_names_its_sentence_even_when_others_stand_between() -> None:
    first, second = position(mmsi=512_000_001), position(mmsi=512_000_002)
    batch = parse([wrapper(NOW - 5 * MINUTE, first), wrapper(NOW - 9 * MINUTE, second), first, second])
    assert [NOW - report.observed_at for report in batch.crafts] == [5 * MINUTE, 9 * MINUTE]


def test_a_wrapper_that_comes_late_mends_the_time_of_its_sentence() -> None:
    first, second = position(mmsi=512_000_001), position(mmsi=512_000_002)
    batch = parse([wrapper(NOW - 9 * MINUTE, first), first, second, wrapper(NOW - 5 * MINUTE, second)])
    assert [NOW - report.observed_at for report in batch.crafts] == [9 * MINUTE, 5 * MINUTE]


def test_a_sentence_no_wrapper_names_is_of_the_time_of_the_last_one_near_it_but_not_of_one_long_past() -> None:
    wrapped, other = position(mmsi=512_000_001), position(mmsi=512_000_002)
    between = [b"$GPZDA,170948,18,08,2022,00,00*48"] * 40
    near = parse([wrapper(NOW - 9 * MINUTE, wrapped), wrapped, other])
    far = parse([wrapper(NOW - 9 * MINUTE, wrapped), wrapped, *between, other])
    assert near.crafts[1].observed_at == NOW - 9 * MINUTE
    assert far.crafts[1].observed_at == NOW


def test_a_stations_own_epoch_is_better_than_a_wrapper_of_another_sentence_but_a_receipt_is_not() -> None:
    wrapped, other = position(mmsi=512_000_001), position(mmsi=512_000_002)
    before = [wrapper(NOW - 9 * MINUTE, wrapped), wrapped]
    station = parse([*before, other + b",r003669987," + epoch(NOW - MINUTE)])
    receipt = parse([*before, other + b"," + epoch_ms(NOW - MINUTE)])
    assert [report.observed_at for report in station.crafts] == [NOW - 9 * MINUTE, NOW - MINUTE]
    assert [report.observed_at for report in receipt.crafts] == [NOW - 9 * MINUTE] * 2


def test_a_wrapper_with_a_wrong_checksum_says_nothing() -> None:
    spoilt = wrapper(NOW - MINUTE, position()).replace(b"PGHP,1,2026", b"PGHP,1,2025")
    assert times([spoilt, position()]) == (NOW, NOW)


def test_the_time_of_a_group_holds_for_all_its_sentences() -> None:
    given = [
        tagged(b"g:1-2-77,s:a,c:" + epoch(NOW - MINUTE), position(mmsi=512_000_001)),
        tagged(b"g:2-2-77", position(mmsi=512_000_002)),
    ]
    assert [report.observed_at for report in parse(given).crafts] == [NOW - MINUTE] * 2


def test_a_message_in_parts_is_of_the_time_of_its_first_part() -> None:
    first, second = lines(type=5, shipname="RENA")
    given = [tagged(b"s:a,c:" + epoch(NOW - MINUTE), first), tagged(b"s:a,c:" + epoch(NOW), second)]
    assert times(given)[0] == NOW - MINUTE


def test_the_time_a_base_station_reports_is_not_taken_for_the_time_of_the_message() -> None:
    report = line(type=4, mmsi=5_120_001, year=2020, month=1, day=1, hour=0, minute=0, second=0, lat=-36.8, lon=174.8)
    assert times([report]) == (NOW, NOW)


def receipts_of(reports: list[CraftReport]) -> list[datetime]:
    return [report.received_at for report in reports]


def test_in_a_recording_a_sentence_without_time_was_received_with_the_one_before_it() -> None:
    then = utc(2012, 2, 2, 11)
    batch = parse([position() + b"," + epoch_ms(then), position(mmsi=512_000_009)], RECORDED)
    assert receipts_of(batch.crafts) == [then, then]
    assert batch.crafts[1].observed_at == then


def test_in_a_recording_that_tells_only_when_things_were_observed_they_were_received_then() -> None:
    then = utc(2012, 2, 2, 11)
    assert times([tagged(b"c:" + epoch(then), position())], RECORDED) == (then, then)
    assert times([wrapper(then, position()), position()], RECORDED) == (then, then)
