"""The AIS feed over TCP, UDP and files."""

import os
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from ops_centre.clock import SystemClock
from ops_centre.config import FeedBlock, Settings
from ops_centre.domain.observations import Batch
from ops_centre.errors import ConfigError, FeedUnavailable
from ops_centre.feeds.registry import build_feed
from ops_centre.feeds.sources.ais import AIS, AisFeed, AisSettings, host_and_port
from tests.feeds.ais_lines import NOW, SHIP, lines, position, tagged
from tests.feeds.situations import context, sample
from tests.support.clock import FakeClock

Talk = Callable[[socket.socket], None]


@contextmanager
def tcp_source(*talks: Talk) -> Iterator[str]:
    """A source that talks so on its first, second, ... connection and then hangs up; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for talk in talks:
                connection, _address = listener.accept()
                with connection:
                    talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


@contextmanager
def feed(**settings: object) -> Iterator[AisFeed]:
    made = AisFeed(AisSettings.model_validate(settings), context(FakeClock()))
    try:
        yield made
    finally:
        made.close()


def sends(data: bytes) -> Talk:
    return lambda connection: connection.sendall(data)


def all_of(made: AisFeed, polls: int = 50) -> tuple[Batch, str]:
    """Everything until the source is gone, and what is said then."""
    whole = Batch()
    for _ in range(polls):
        try:
            batch = made.poll(None)
        except FeedUnavailable as gone:
            return whole, str(gone)
        whole.crafts += batch.crafts
        whole.refusals += batch.refusals
        whole.passed_over += batch.passed_over
    raise AssertionError("the source never went")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_the_sample_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "ais.txt").write_bytes(sample("ais.txt"))
    with feed(transport="file", path=tmp_path / "ais.txt") as made:
        batch = made.poll(None)
    assert [(report.mmsi, report.kind.value, report.fix is not None) for report in batch.crafts] == [
        (512_000_123, "vessel", True),
        (512_000_123, "vessel", False),
        (512_000_777, "vessel", True),
        (5_120_001, "base station", True),
        (995_121_001, "aid to navigation", True),
        (111_512_001, "aircraft", True),
    ]
    assert [refusal.reason for refusal in batch.refusals] == ["the payload is empty"]
    assert batch.passed_over == 3


def test_what_a_receiver_sends_arrives_with_what_came_before_it_hung_up() -> None:
    whole = b"\r\n".join([position(mmsi=512_000_000 + n) for n in range(100)]) + b"\r\n"
    with tcp_source(sends(whole + position()[:20])) as address, feed(address=address) as made:
        batch, last = all_of(made)
    assert len(batch.crafts) == 100
    assert {(report.observed_at, report.received_at) for report in batch.crafts} == {(NOW, NOW)}
    assert [refusal.reason for refusal in batch.refusals] == ["no checksum"]
    assert last == f"{address} closed the connection"


def test_a_last_line_without_end_counts_when_it_is_whole() -> None:
    with tcp_source(sends(position())) as address, feed(address=address) as made:
        batch, _last = all_of(made)
    assert [report.mmsi for report in batch.crafts] == [SHIP]


def test_a_lost_connection_is_made_again_on_the_next_poll() -> None:
    talks = sends(position() + b"\n"), sends(position(mmsi=512_000_002) + b"\n")
    with tcp_source(*talks) as address, feed(address=address) as made:
        first, _gone = all_of(made)
        second, _gone = all_of(made)
    assert [report.mmsi for report in first.crafts + second.crafts] == [SHIP, 512_000_002]


def test_a_source_that_refuses_is_unavailable_in_plain_words() -> None:
    address = f"127.0.0.1:{free_port()}"
    with feed(address=address) as made, pytest.raises(FeedUnavailable, match=f"^connection refused by {address}$"):
        made.poll(None)


@pytest.mark.parametrize("address", ["a..b:1", "x" * 300 + ":1"])
def test_a_name_that_cannot_be_one_is_unavailable(address: str) -> None:
    with feed(address=address) as made, pytest.raises(FeedUnavailable):
        made.poll(None)


def test_a_silent_source_gives_an_empty_batch_not_an_error() -> None:
    done = threading.Event()
    with tcp_source(lambda _connection: done.wait(10) and None) as address, feed(address=address) as made:  # type: ignore[func-returns-value]
        assert made.poll(None).received == 0
        done.set()


def test_a_batch_is_handed_over_when_it_is_large_enough() -> None:
    done = threading.Event()

    def floods(connection: socket.socket) -> None:
        connection.settimeout(5)
        block = (position() + b"\n") * 1000
        try:
            while not done.is_set():
                connection.sendall(block)
        except OSError:
            return

    with tcp_source(floods) as address, feed(address=address, batch_lines=2000, gather_ms=1000) as made:
        counts = [made.poll(None).received for _ in range(3)]
        done.set()
        made.close()
    assert all(2000 <= count < 10_000 for count in counts), counts


def test_a_stream_without_line_ends_does_not_grow_memory() -> None:
    def drones(connection: socket.socket) -> None:
        for _ in range(200):
            connection.sendall(b"!AIVDM," * 20_000)
        connection.sendall(b"\n" + position() + b"\n")

    tracemalloc.start()
    try:
        with tcp_source(drones) as address, feed(address=address) as made:
            batch, _gone = all_of(made, 5000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [report.mmsi for report in batch.crafts] == [SHIP]
    assert [refusal.reason for refusal in batch.refusals] == ["line longer than 4096 bytes"]
    assert peak < 20_000_000


def udp_send(made: AisFeed, *datagrams: bytes) -> None:
    port = made._source.port  # type: ignore[union-attr]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for datagram in datagrams:
            sender.sendto(datagram, ("127.0.0.1", port))


def test_datagrams_hold_one_line_or_several_with_or_without_ends() -> None:
    first, second = lines(type=5, shipname="RENA")
    with feed(transport="udp", address=f"127.0.0.1:{free_port()}", gather_ms=500, batch_lines=6) as made:
        made._source.open()  # type: ignore[union-attr]
        udp_send(made, position(), b"", position() + b"\r\n" + first, second + b"\n", b"\xff\x00")
        batch = made.poll(None)
    assert [report.particulars is not None for report in batch.crafts] == [False, False, True]
    assert batch.passed_over == 2


def test_datagrams_that_the_system_had_no_room_for_are_told_of_once_with_their_number() -> None:
    with feed(transport="udp", address=f"127.0.0.1:{free_port()}", gather_ms=50) as made:
        made._source.open().setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # type: ignore[union-attr]
        udp_send(made, *[position()] * 200)
        batch = made.poll(None)
        again = made.poll(None)
    taken = len(batch.crafts)
    assert 0 < taken < 200
    assert [refusal.reason.partition(" on UDP")[0] for refusal in batch.refusals] == [
        f"{200 - taken} datagrams were lost"
    ]
    assert batch.received == taken + 1
    assert again.refusals == []


def test_a_port_that_was_paused_is_let_go_and_listened_on_again() -> None:
    with feed(transport="udp", address=f"127.0.0.1:{free_port()}", gather_ms=50) as made:
        made._source.open()  # type: ignore[union-attr]
        udp_send(made, position(), position()[:20])
        assert len(made.poll(None).crafts) == 1
        udp_send(made, position())
        made.close()  # as a pause does
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", made._source.port))  # type: ignore[union-attr]
        udp_send(made, position())  # nobody listens: it is gone
        made._source.open()  # type: ignore[union-attr]
        udp_send(made, position(mmsi=512_000_002))
        batch = made.poll(None)
    assert [report.mmsi for report in batch.crafts] == [512_000_002]
    assert batch.refusals == []


def test_a_port_in_use_is_unavailable_in_plain_words() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        words = f"^cannot listen on UDP {address}: address already in use$"
        with feed(transport="udp", address=address) as made, pytest.raises(FeedUnavailable, match=words):
            made.poll(None)


def test_a_file_is_followed_and_half_a_line_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(position() + b"\n" + position(mmsi=512_000_002)[:30])
    with feed(transport="file", path=path) as made:
        first = made.poll(None)
        with path.open("ab") as more:
            more.write(position(mmsi=512_000_002)[30:] + b"\n")
        second = made.poll(first.cursor)
    assert [report.mmsi for report in first.crafts] == [SHIP]
    assert [report.mmsi for report in second.crafts] == [512_000_002]
    assert second.refusals == []


def test_a_file_goes_on_where_the_last_stored_batch_ended(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(position() + b"\n")
    with feed(transport="file", path=path) as before:
        cursor = before.poll(None).cursor
    with path.open("ab") as more:
        more.write(position(mmsi=512_000_002) + b"\n")
    with feed(transport="file", path=path) as after:
        assert [report.mmsi for report in after.poll(cursor).crafts] == [512_000_002]
        assert [report.mmsi for report in after.poll(None).crafts] == []
        assert [report.mmsi for report in after.poll(cursor).crafts] == [512_000_002], "a batch that was not stored"


def test_a_rotated_file_is_read_to_its_end_and_then_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(position() + b"\n")
    with feed(transport="file", path=path) as made:
        first = made.poll(None)
        with path.open("ab") as more:
            more.write(position(mmsi=512_000_002) + b"\n" + position(mmsi=512_000_003))
        os.rename(path, tmp_path / "log.1")
        path.write_bytes(position(mmsi=512_000_004) + b"\n")
        second = made.poll(first.cursor)
        third = made.poll(second.cursor)
    assert [report.mmsi for report in second.crafts] == [512_000_002, 512_000_003]
    assert [report.mmsi for report in third.crafts] == [512_000_004]


@pytest.mark.parametrize("cursor", ["", "x", "1:2:3", "0:5", ":", "-1:-1", "9" * 400])
def test_a_cursor_of_another_file_begins_at_the_beginning(tmp_path: Path, cursor: str) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(position() + b"\n")
    with feed(transport="file", path=path) as made:
        assert len(made.poll(cursor).crafts) == 1


def test_a_truncated_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes((position() + b"\n") * 3)
    with feed(transport="file", path=path) as made:
        cursor = made.poll(None).cursor
        path.write_bytes(position(mmsi=512_000_002) + b"\n")
        assert [report.mmsi for report in made.poll(cursor).crafts] == [512_000_002]


def test_a_file_that_is_not_followed_is_read_to_its_very_end_once(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(lines(type=5, shipname="X")[0] + b"\n" + position())
    with feed(transport="file", path=path, follow=False) as made:
        first = made.poll(None)
        second = made.poll(first.cursor)
    assert [report.mmsi for report in first.crafts] == [SHIP]
    assert [refusal.reason for refusal in first.refusals] == ["part 2 of 2 never came"]
    assert second.received == 0


def test_a_file_that_is_not_there_is_unavailable_in_plain_words(tmp_path: Path) -> None:
    words = r"^cannot read .*none: no such file or directory$"
    with feed(transport="file", path=tmp_path / "none") as made, pytest.raises(FeedUnavailable, match=words):
        made.poll(None)


def test_receipt_times_are_believed_in_files_and_not_on_the_air_unless_told_otherwise(tmp_path: Path) -> None:
    received = NOW - timedelta(minutes=10)
    stamped = position() + b",%d\n" % round(received.timestamp() * 1000)
    (tmp_path / "log.txt").write_bytes(stamped)
    with feed(transport="file", path=tmp_path / "log.txt") as made:
        assert made.poll(None).crafts[0].received_at == received
    for trusted, expected in ((False, NOW), (True, received)):
        with tcp_source(sends(stamped)) as address, feed(address=address, trust_receipt_times=trusted) as made:
            assert all_of(made)[0].crafts[0].received_at == expected


def test_a_feed_says_when_its_silence_counts() -> None:
    with feed(address="127.0.0.1", late_after_seconds=5, lost_after_seconds=9) as made:
        manifest = made.manifest
    assert (manifest.listens, manifest.late_after.seconds, manifest.lost_after.seconds) == (True, 5, 9)
    with feed(address="127.0.0.1") as made:
        assert (made.manifest.late_after.seconds, made.manifest.lost_after.seconds) == (30, 120)


@pytest.mark.parametrize(
    ("particulars", "fault"),
    [
        ({}, "transport tcp needs an address"),
        ({"transport": "udp"}, "transport udp needs an address"),
        ({"transport": "file"}, "transport file needs a path"),
        ({"transport": "serial"}, "transport"),
        ({"address": "127.0.0.1:99999"}, "is no address"),
        ({"address": ":10110"}, "is no address"),
        ({"address": "x", "gather_ms": -1}, "gather_ms"),
        ({"address": "x", "lost_after_seconds": 1}, "lost_after_seconds must not be less"),
        ({"address": "x", "speed": 1}, "speed"),
    ],
)
def test_a_block_that_cannot_work_is_refused_with_its_fault(particulars: dict[str, object], fault: str) -> None:
    block = FeedBlock.model_validate({"name": "AIS", "kind": "ais", "agency": "OPS", **particulars})
    with pytest.raises(ConfigError, match=fault):
        build_feed(block, Settings(), SystemClock())


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1:2000", ("127.0.0.1", 2000)),
        ("ais.example.org", ("ais.example.org", 10110)),
        ("[::1]:2000", ("::1", 2000)),
        ("[::1]", ("::1", 10110)),
    ],
)
def test_an_address_may_leave_out_the_port(address: str, expected: tuple[str, int]) -> None:
    assert host_and_port(address) == expected


def test_the_kind_is_registered() -> None:
    assert AIS.kind == "ais"
    block = FeedBlock.model_validate({"name": "AIS", "kind": "ais", "agency": "OPS", "address": "127.0.0.1:10110"})
    built = build_feed(block, Settings(), SystemClock())
    built.close()
    assert isinstance(built, AisFeed)


def test_time_in_tag_blocks_holds_on_the_air() -> None:
    stamped = tagged(b"c:%d" % (NOW - timedelta(minutes=2)).timestamp(), position()) + b"\n"
    with tcp_source(sends(stamped)) as address, feed(address=address) as made:
        report = all_of(made)[0].crafts[0]
    assert (report.observed_at, report.received_at) == (NOW - timedelta(minutes=2), NOW)


def test_a_feed_that_was_paused_connects_again_and_half_a_line_of_before_spoils_nothing() -> None:
    half, whole_line = position()[:20], position(mmsi=512_000_002) + b"\n"
    with tcp_source(sends(half), sends(whole_line)) as address, feed(transport="tcp", address=address) as made:
        assert made._source is not None
        made._splitter.feed(made._source.receive(5) or b"")
        made.close()  # as a pause does
        whole, _said = all_of(made)
    assert [report.mmsi for report in whole.crafts] == [512_000_002]
    assert whole.refusals == []


def test_a_file_that_was_paused_goes_on_where_it_was_and_waits_as_before(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(position() + b"\n")
    with feed(transport="file", path=path) as made:
        first = made.poll(None)
        made.close()  # as a pause does
        with path.open("ab") as more:
            more.write(position(mmsi=512_000_002) + b"\n")
        assert [report.mmsi for report in made.poll(first.cursor).crafts] == [512_000_002]
        assert made._file is not None
        assert not made._file._closed.is_set(), "it would ask again and again without a rest"
