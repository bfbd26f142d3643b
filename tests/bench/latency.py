"""From a line written to the feed's socket to the change leaving the stream: p50 and p95, stored first.

The sentence carries its number in the vessel's speed and position is matched by MMSI: a probe vessel reports a new position,
and the clock stops when a stream's reader has read the change set that holds it. Load and streams run beside it.
"""

import asyncio
import itertools
import json
import socket
import statistics
import threading
import time
from dataclasses import dataclass, field

import httpx
from pyais import encode_dict

from tests.bench.centre import Centre, ais_from, centre, free_port, wait_for
from tests.bench.fleet import positions

PROBES = 120
PROBE_EVERY_S = 0.1


@dataclass
class Case:
    """One measured load."""

    tracks: int
    messages_per_s: int
    streams: int


CASES = [
    Case(1000, 100, 1),
    Case(1000, 100, 10),
    Case(1000, 100, 50),
    Case(10_000, 1000, 1),
    Case(10_000, 1000, 10),
    Case(10_000, 1000, 50),
]


@dataclass
class Reading:
    """What the streams' readers saw."""

    seen: dict[int, float] = field(default_factory=dict)  # probe number -> when its change was read by the first stream
    frames: int = 0
    bytes_read: int = 0


def measure(cases: list[Case] = CASES) -> list[str]:
    """Lines of the report."""
    lines = ["tracks  messages/s  streams   p50 ms   p95 ms   other requests p95 ms   web CPU   worker CPU"]
    for case in cases:
        latencies, others, usage = _run(case)
        lines.append(
            f"{case.tracks:>6,}  {case.messages_per_s:>10,}  {case.streams:>7}"
            f"  {_at(latencies, 0.5):>7.0f}  {_at(latencies, 0.95):>7.0f}"
            f"  {_at(others, 0.95):>22.1f}  {usage['web']:>8.0%}  {usage['worker']:>11.0%}"
        )
    return lines


def _run(case: Case) -> tuple[list[float], list[float], dict[str, float]]:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as server, centre(ais_from(port)) as running:
        running.start_worker()
        peer, _address = server.accept()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for line in positions(case.tracks, 1):
            peer.sendall(line)
        token = access_token(running)
        running.start_web()
        wait_for("all tracks", lambda: tracks_shown(running, token) >= case.tracks)
        return _measure(running, token, peer, case)


def _measure(
    running: Centre, token: str, peer: socket.socket, case: Case
) -> tuple[list[float], list[float], dict[str, float]]:
    reading, stop = Reading(), threading.Event()
    sent: dict[int, float] = {}
    others: list[float] = []
    readers = threading.Thread(
        target=lambda: asyncio.run(_read(running, token, case.streams, reading, stop)), daemon=True
    )
    readers.start()
    wait_for("the streams", lambda: reading.frames > 0)
    load = threading.Thread(target=_load, args=(peer, case, stop), daemon=True)
    load.start()
    asking = threading.Thread(target=_ask, args=(running, token, others, stop), daemon=True)
    asking.start()
    time.sleep(2)
    before = {name: _cpu(running, name) for name in ("web", "worker")}
    began = time.perf_counter()
    for number in range(PROBES):
        line = _probe(number)
        sent[number] = time.perf_counter()
        peer.sendall(line)
        time.sleep(PROBE_EVERY_S)
    wait_for("the last probe", lambda: PROBES - 1 in reading.seen, timeout_s=20)
    took = time.perf_counter() - began
    usage = {name: (_cpu(running, name) - before[name]) / took for name in before}
    stop.set()
    missing = [number for number in sent if number not in reading.seen]
    if len(missing) > PROBES // 10:
        raise RuntimeError(f"{len(missing)} of {PROBES} probes never left the stream")
    latencies = [(reading.seen[number] - at) * 1000 for number, at in sent.items() if number in reading.seen]
    load.join(5)
    readers.join(5)
    return latencies, others, usage


def _probe(number: int) -> bytes:
    """A position whose latitude tells its number."""
    fields = {
        "type": 1,
        "mmsi": 512999999,
        "lat": -60 + number / 100,
        "lon": 170.0,
        "course": 90,
        "speed": 10,
        "second": number % 60,
    }
    return encode_dict(fields, talker_id="AI")[0].encode() + b"\r\n"


def _load(peer: socket.socket, case: Case, stop: threading.Event) -> None:
    turn_s = 0.05
    lines = list(positions(case.tracks, max(2, 25 * case.messages_per_s // case.tracks), seed=8))
    cycle = itertools.cycle(lines)
    next_at = time.perf_counter()
    while not stop.is_set():
        count = round(case.messages_per_s * turn_s)
        peer.sendall(b"".join(next(cycle) for _ in range(count)))
        next_at += turn_s
        time.sleep(max(0, next_at - time.perf_counter()))


async def _read(running: Centre, token: str, streams: int, reading: Reading, stop: threading.Event) -> None:
    async def one(first: bool) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port, limit=2**24)
        head = f"GET /api/v1/picture/stream?since=0 HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\n"
        request = f"{head}Authorization: Bearer {token}\r\n\r\n"
        writer.write(request.encode())
        while not stop.is_set():
            line = await reader.readline()
            if not line:
                raise RuntimeError("a stream ended")
            reading.bytes_read += len(line)
            if line.startswith(b"data: ") and first:
                _note(line, reading)
        writer.close()

    await asyncio.gather(*(one(number == 0) for number in range(streams)))


def _note(line: bytes, reading: Reading) -> None:
    now = time.perf_counter()
    reading.frames += 1
    tracks = json.loads(line[6:]).get("tracks")
    if not tracks:
        return
    for lat in tracks["lat"]:
        if lat < -50:
            reading.seen.setdefault(round((lat + 60) * 100), now)


def _ask(running: Centre, token: str, others: list[float], stop: threading.Event) -> None:
    with httpx.Client(base_url=running.address, headers={"Authorization": f"Bearer {token}"}) as client:
        while not stop.is_set():
            began = time.perf_counter()
            client.get("/api/v1/feeds").raise_for_status()
            others.append((time.perf_counter() - began) * 1000)
            stop.wait(0.1)


def access_token(running: Centre) -> str:
    """A token of a new duty officer."""
    running.run("user", "add", "bench", "--role", "duty officer", "--agency", "OPS", "--generate")
    return running.run("token", "create", "--user", "bench").split()[-1]


def tracks_shown(running: Centre, token: str) -> int:
    """How many tracks the picture holds."""
    with httpx.Client(base_url=running.address, headers={"Authorization": f"Bearer {token}"}) as client:
        return len(client.get("/api/v1/picture?format=columns").json()["tracks"]["id"])


def _cpu(running: Centre, name: str) -> float:
    return running.cpu_s(name)


def _at(values: list[float], share: float) -> float:
    return statistics.quantiles(values, n=100)[round(share * 100) - 1]
