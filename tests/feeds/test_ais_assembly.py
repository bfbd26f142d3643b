"""Messages in several parts."""

from datetime import timedelta

import pytest

from ops_centre.domain.observations import Batch
from ops_centre.feeds.ais.assembly import WAIT, WAITING
from ops_centre.feeds.ais.parsing import AisParser
from ops_centre.feeds.ais.timing import Receipts
from tests.feeds.ais_lines import lines, parse, reasons, sealed, tagged, with_fields
from tests.support.clock import FakeClock

ONE, TWO = lines(type=5, mmsi=512_000_001, shipname="ONE")
ALPHA, OMEGA = lines(type=5, mmsi=512_000_002, shipname="OTHER")


def names(batch: Batch) -> list[str | None]:
    return [report.particulars.name for report in batch.crafts if report.particulars]


@pytest.mark.parametrize("change", [{"channel": b"B"}, {"sequence": b"9"}, {"address": b"BSVDM"}])
def test_messages_of_other_channels_sequences_and_talkers_may_be_interleaved(change: dict[str, bytes]) -> None:
    batch = parse([ONE, with_fields(ALPHA, **change), TWO, with_fields(OMEGA, **change)])
    assert names(batch) == ["ONE", "OTHER"]
    assert batch.received == 2


def test_messages_of_other_stations_may_be_interleaved() -> None:
    batch = parse([tagged(b"s:a", ONE), tagged(b"s:b", ALPHA), tagged(b"s:a", TWO), tagged(b"s:b", OMEGA)])
    assert names(batch) == ["ONE", "OTHER"]
    trailing = parse([ONE + b",r003669987", ALPHA + b",r003669988", TWO + b",r003669987", OMEGA + b",r003669988"])
    assert names(trailing) == ["ONE", "OTHER"]


def test_a_tag_block_group_joins_parts_whose_source_stands_on_the_first_only() -> None:
    batch = parse(
        [
            tagged(b"g:1-2-10,s:a", ONE),
            tagged(b"g:1-2-11,s:b", ALPHA),
            tagged(b"g:2-2-10", TWO),
            tagged(b"g:2-2-11", OMEGA),
        ]
    )
    assert names(batch) == ["ONE", "OTHER"]


@pytest.mark.parametrize("parts", [[ONE + b",r003669987,1152921693", TWO], [ONE, TWO + b",r003669987,1152921693"]])
def test_a_station_named_on_one_part_only_does_not_part_them(parts: list[bytes]) -> None:
    assert names(parse(parts)) == ["ONE"]


def test_what_never_becomes_whole_is_refused_with_all_that_came() -> None:
    batch = parse([ONE])
    (refusal,) = batch.refusals
    assert (refusal.reason, refusal.raw) == ("part 2 of 2 never came", ONE)


def test_a_part_without_its_predecessor_is_refused_and_spoils_nothing() -> None:
    batch = parse([TWO, ONE, TWO])
    assert names(batch) == ["ONE"]
    assert [refusal.reason for refusal in batch.refusals] == ["part 2 of 2 came without part 1"]
    three = [sealed(b"AIVDM,3,%d,4,A,5000,0" % part) for part in (1, 3)]
    assert reasons(*three) == ["part 3 of 3 came without part 2", "part 2 of 3 never came"]


def test_a_new_message_under_the_same_number_ends_the_wait_for_the_old() -> None:
    batch = parse([ONE, ALPHA, OMEGA])
    assert names(batch) == ["OTHER"]
    assert [(refusal.reason, refusal.raw) for refusal in batch.refusals] == [("part 2 of 2 never came", ONE)]


def test_parts_heard_twice_are_repeats_not_faults() -> None:
    batch = parse([ONE, ONE, TWO, TWO])
    assert (names(batch), batch.refusals, batch.duplicates, batch.received) == (["ONE"], [], 2, 3)


def test_parts_are_waited_for_across_batches_but_not_for_ever() -> None:
    clock = FakeClock()
    parser = AisParser(clock, Receipts.CLOCK)
    before, within, after = Batch(), Batch(), Batch()
    parser.take([ONE, with_fields(ALPHA, sequence=b"9")], before)
    clock.advance(WAIT - timedelta(seconds=1))
    parser.take([TWO], within)
    clock.advance(seconds=1)
    parser.take([], after)
    assert (before.received, names(within)) == (0, ["ONE"])
    assert [refusal.reason for refusal in after.refusals] == ["part 2 of 2 never came"]


def test_a_flood_of_first_parts_keeps_memory_bounded() -> None:
    flood = [tagged(b"s:%d" % station, ONE) for station in range(WAITING * 2)]
    parser, batch = AisParser(FakeClock(), Receipts.CLOCK), Batch()
    parser.take(flood, batch)
    assert len(batch.refusals) == WAITING
    parser.finish(batch)
    assert batch.received == len(flood)
