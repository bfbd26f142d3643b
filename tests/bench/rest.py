"""Memory and processor at rest: 10,000 tracks in the picture, nothing arriving, one screen open."""

import socket
import threading

import httpx

from tests.bench.centre import ais_from, centre, free_port, wait_for
from tests.bench.fleet import positions, statics
from tests.bench.latency import access_token, tracks_shown

TRACKS = 10_000
WATCH_S = 30.0


def measure() -> list[str]:
    """Lines of the report."""
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as server, centre(ais_from(port)) as running:
        running.start_worker()
        peer, _address = server.accept()
        for line in (*statics(TRACKS), *positions(TRACKS, 1)):
            peer.sendall(line)
        token = access_token(running)
        running.start_web()
        wait_for("all tracks", lambda: tracks_shown(running, token) >= TRACKS)
        screen = threading.Thread(target=watch_stream, args=(running.address, token, WATCH_S * 2), daemon=True)
        screen.start()
        usage = running.usage(WATCH_S)
    rows = [f"{name:<8} {share:>6.1%} of one core   {memory:>6.0f} MB" for name, (share, memory) in usage.items()]
    share, memory = (sum(figures) for figures in zip(*usage.values(), strict=True))
    return [
        *rows,
        f"{'together':<8} {share:>6.1%} of one core   {memory:>6.0f} MB   ({TRACKS:,} tracks, one stream, {WATCH_S:.0f} s)",
    ]


def watch_stream(address: str, token: str, seconds: float) -> None:
    """Read the stream as a screen does."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.stream("GET", f"{address}/api/v1/picture/stream?since=0", headers=headers, timeout=seconds) as answer:
        for _line in answer.iter_lines():
            pass
