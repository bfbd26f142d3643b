"""The exercise as the feeds meet it: real protocols on loopback, read by the ordinary feeds."""

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from ops_centre.clock import SystemClock
from ops_centre.config import ROOT, FeedBlock, Settings
from ops_centre.domain.observations import Batch, TrackKind
from ops_centre.exercise import publish_ais
from ops_centre.exercise.publish_ais import Broadcast, Reporter
from ops_centre.exercise.scenario import ScenarioTime
from ops_centre.exercise.vessels import Vessel
from ops_centre.feeds.registry import build_feed

SEED = 20260401
NO_PORTS = ("--ais-port", "0", "--http-port", "0", "--cot-port", "0")  # any that are free
AGENCIES = [{"code": code, "name": code} for code in ("OPS", "CUS", "IMM", "BIO", "MAR", "POL")]


class Exercise:
    """A running simulator and its ports."""

    def __init__(self, process: "subprocess.Popen[str]", ready: dict[str, Any]) -> None:
        self.process = process
        self.ready = ready
        self.ais = ("127.0.0.1", int(ready["ais_port"]))
        self.http = f"http://127.0.0.1:{ready['http_port']}"


def start(*options: str) -> Exercise:
    command = [sys.executable, "-m", "ops_centre.exercise", *NO_PORTS, *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return Exercise(process, json.loads(process.stdout.readline()))


def stop(exercise: Exercise, number: int = signal.SIGTERM) -> int:
    exercise.process.send_signal(number)
    status = exercise.process.wait(20)
    assert exercise.process.stdout is not None
    exercise.process.stdout.close()
    return status


@pytest.fixture(scope="module")
def exercise() -> Iterator[Exercise]:
    running = start("--vessels", "60", "--aircraft", "20")
    yield running
    assert stop(running) == 0


def poll_feed(particulars: dict[str, Any], polls: int = 1) -> Batch:
    settings = Settings.model_validate({"agencies": AGENCIES})
    block = FeedBlock.model_validate({"name": "Source", "agency": "OPS", **particulars})
    feed = build_feed(block, settings, SystemClock())
    whole = Batch()
    try:
        for _ in range(polls):
            batch = feed.poll(whole.cursor)
            whole.crafts += batch.crafts
            whole.targets += batch.targets
            whole.units += batch.units
            whole.refusals += batch.refusals
            whole.complete_units = batch.complete_units
            whole.cursor = batch.cursor or whole.cursor
    finally:
        feed.close()
    return whole


def get(url: str, tag: str | None = None) -> tuple[int, bytes, str | None]:
    request = urllib.request.Request(url, headers={"If-None-Match": tag} if tag else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read(), response.headers.get("ETag")
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read(), refused.headers.get("ETag")


def test_a_new_reader_learns_every_craft_and_its_name_at_once(exercise: Exercise) -> None:
    host, port = exercise.ais
    batch = poll_feed({"kind": "ais", "transport": "tcp", "address": f"{host}:{port}"}, polls=4)
    assert batch.refusals == []
    vessels = {report.mmsi for report in batch.crafts if report.kind == TrackKind.VESSEL}
    named = {report.mmsi for report in batch.crafts if report.particulars and report.particulars.name}
    assert len(vessels) >= 50
    assert vessels <= named
    assert {report.kind for report in batch.crafts} >= {TrackKind.VESSEL, TrackKind.BASE_STATION, TrackKind.AID}
    assert {caveat for report in batch.crafts for caveat in report.caveats} <= {"virtual aid"}


def test_observed_times_are_the_present_or_as_old_as_a_satellite_makes_them(exercise: Exercise) -> None:
    host, port = exercise.ais
    batch = poll_feed({"kind": "ais", "transport": "tcp", "address": f"{host}:{port}"}, polls=3)
    ages_s = [(report.received_at - report.observed_at).total_seconds() for report in batch.crafts]
    assert min(ages_s) >= -1
    assert max(ages_s) < 3 * 3600
    assert any(age > 120 for age in ages_s)


def test_every_sentence_carries_a_tag_block_that_checks(exercise: Exercise) -> None:
    with socket.create_connection(exercise.ais, timeout=10) as connection:
        heard = b""
        while heard.count(b"\n") < 60:
            heard += connection.recv(65536)
    for line in heard.splitlines()[:60]:
        match = re.fullmatch(
            rb"\\(s:(?:NZSHORE|NZSAT),c:\d{13})\*([0-9A-F]{2})\\!AIVDM,[12],[12],\d?,[AB],.+,\d\*..", line
        )
        assert match, line
        check = 0
        for byte in match[1]:
            check ^= byte
        assert check == int(match[2], 16)


def test_the_receiver_feed_reads_the_aircraft(exercise: Exercise) -> None:
    batch = poll_feed({"kind": "adsb", "url": f"{exercise.http}/data/aircraft.json"})
    assert batch.refusals == []
    assert len(batch.crafts) >= 12
    assert all(report.fix and report.particulars and report.particulars.registration for report in batch.crafts)


def test_the_targeting_feed_reads_the_targets_and_goes_on_from_its_cursor(exercise: Exercise) -> None:
    url = f"{exercise.http}/targeting/v1/targets"
    batch = poll_feed({"kind": "targeting", "url": url})
    assert batch.refusals == []
    assert len(batch.targets) >= 4
    assert batch.cursor
    assert all(target.hits for target in batch.targets)


def test_the_deployments_feed_reads_thirty_units_and_knows_that_these_are_all(exercise: Exercise) -> None:
    batch = poll_feed({"kind": "deployments", "url": f"{exercise.http}/deployments/v1/units"})
    assert batch.refusals == []
    assert len(batch.units) == 30
    assert batch.complete_units


def test_who_has_the_document_already_is_told_so(exercise: Exercise) -> None:
    url = f"{exercise.http}/targeting/v1/targets"
    cursor = json.loads(get(url)[1])["next_cursor"]
    for _ in range(3):  # a target may be issued between two requests
        status, body, tag = get(f"{url}?cursor={cursor}")
        again = get(f"{url}?cursor={cursor}", tag)
        if again[0] == 304:
            break
    assert (status, json.loads(body)["schema"]) == (200, "ops-centre/targeting/1.0")
    assert again == (304, b"", tag)


@pytest.mark.parametrize("path", ["/", "/data/../etc/passwd", "/targeting/v1/targets/x"])
def test_there_is_nothing_else_to_read(exercise: Exercise, path: str) -> None:
    assert get(exercise.http + path)[0] == 404


@pytest.mark.parametrize("query", ["cursor=%00%ff", "cursor=" + "9" * 5000, "&".join(f"a{i}=1" for i in range(50))])
def test_strange_questions_do_no_harm(exercise: Exercise, query: str) -> None:
    assert get(f"{exercise.http}/targeting/v1/targets?{query}")[0] in (200, 404)
    assert get(f"{exercise.http}/data/aircraft.json")[0] == 200


def test_readers_come_and_go_and_the_stream_goes_on(exercise: Exercise) -> None:
    for _ in range(20):
        with socket.create_connection(exercise.ais, timeout=10) as connection:
            connection.sendall(b"hello\n")
            assert connection.recv(10)
    assert exercise.process.poll() is None


def test_it_listens_on_loopback_only_and_ends_cleanly_on_interrupt() -> None:
    running = start("--vessels", "3", "--aircraft", "2", "--units", "1", "--speed", "30", "--seed", "7")
    assert (running.ready["seed"], running.ready["speed"]) == (7, 30.0)
    with socket.create_connection(running.ais, timeout=10) as reader:
        assert reader.recv(10)
        assert stop(running, signal.SIGINT) == 0


def test_a_port_that_is_taken_is_said_and_ends_with_status_1() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "ops_centre.exercise", "--vessels", "1", "--aircraft", "0", "--units", "0"]
        ports = ["--ais-port", str(taken.getsockname()[1]), "--http-port", "0"]
        ended = subprocess.run([*command, *ports], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "cannot listen" in ended.stderr


@pytest.mark.parametrize("option", [["--speed", "0"], ["--vessels", "-1"], ["--from", "2026-01-01T00:00"]])
def test_wrong_options_end_with_status_2(option: list[str]) -> None:
    command = [sys.executable, "-m", "ops_centre.exercise", *option]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False).returncode == 2


def test_a_reader_that_does_not_read_is_cut_off_and_delays_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish_ais, "QUEUE_BLOCKS", 50)
    block = b"x" * 100_000

    async def scene() -> tuple[int, bool]:
        broadcast = Broadcast()
        server = await asyncio.start_server(broadcast.serve, "127.0.0.1", 0)
        address = server.sockets[0].getsockname()[:2]
        broadcast.say("first", b"!")
        sleeper, sleeping = await asyncio.open_connection(*address, limit=1)
        reader, reading = await asyncio.open_connection(*address)
        assert await sleeper.readexactly(1) == await reader.readexactly(1) == b"!"
        got = 0
        for _ in range(400):
            broadcast.say("a", block)
            got += len(await reader.readexactly(len(block)))
        left = broadcast.listeners
        sleeping.transport.abort()
        reading.close()
        server.close()
        broadcast.close()
        return left, got == 400 * len(block)

    assert asyncio.run(scene()) == (1, True)


def test_reports_keep_to_their_intervals() -> None:
    vessels = [Vessel(SEED, index) for index in range(200)]
    broadcast = Broadcast()
    said: list[object] = []
    say = broadcast.say
    reporter = Reporter(SEED, vessels, ScenarioTime(), broadcast)
    now = time.time()
    reporter.begin(now)
    broadcast.say = lambda key, lines: (said.append(key), say(key, lines))[1]  # type: ignore[method-assign]
    for second in range(1, 301):
        reporter.report_due(now + second)
    positions = [key for key in said if isinstance(key, tuple) and key[1] == "position"]
    assert 4 < len(positions) / 300 < 20
    most = max(positions.count(key) for key in set(positions))
    assert most <= 300 / 9 + 1
