"""The AIS side of the exercise: an AIVDM stream over TCP for any number of clients.

Properties: no client ever waits for another; a client that does not read is cut off once its queue is full, so memory
is bounded; a new client is at once told the latest of every craft, as shore servers do, and then what happens.
Works on wall time and the world of `vessels`; it keeps only when each craft reports next and what it said last.
"""

import asyncio
import contextlib
import heapq
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from ops_centre.exercise import sentences
from ops_centre.exercise.areas import FISHING
from ops_centre.exercise.scenario import ScenarioTime
from ops_centre.exercise.stations import AIDS, BASE_STATIONS, in_shore_range, rescue_flight
from ops_centre.exercise.vessels import Vessel, VesselState

MAX_CLIENTS = 64
QUEUE_BLOCKS = 4000  # what may wait for one client, in reports
WRITE_BLOCKS = 200  # reports sent in one write
STATIC_EVERY_S = 360.0
REST_S, UNDER_WAY_S, WORKING_S, CLASS_B_S = 180.0, 10.0, 15.0, 30.0
SATELLITE_S, SATELLITE_CLASS_B_S = (720.0, 2400.0), (2400.0, 7200.0)
SATELLITE_DELAY_S = (60.0, 540.0)
LOOK_AGAIN_S = 60.0  # at a craft that is silent
FIXED_EVERY_S = 180.0
WAKE_S = 0.05  # reports that fall due within so long are sent together


class _Client:
    """One listener: what waits for it, and its connection."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_BLOCKS)
        self.gone = False
        self._writer = writer

    def cut_off(self) -> None:
        """Let go of it at once, whatever still waits."""
        self.gone = True
        self._writer.transport.abort()
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(b"")

    async def send(self, lines: bytes) -> None:
        """Write, and wait while the client is slow to read."""
        self._writer.write(lines)
        await self._writer.drain()

    async def pass_on(self) -> None:
        """Send what comes until it is cut off."""
        while not self.gone:
            blocks = [await self.queue.get()]
            while not self.queue.empty() and len(blocks) < WRITE_BLOCKS:
                blocks.append(self.queue.get_nowait())
            await self.send(b"".join(blocks))

    async def notice_leaving(self, reader: asyncio.StreamReader) -> None:
        """Cut off a client that has hung up; what it sends is read by nobody."""
        with contextlib.suppress(ConnectionError):
            while await reader.read(4096):
                pass
        self.cut_off()


class Broadcast:
    """Who listens, and what each craft said last."""

    def __init__(self) -> None:
        self.latest: dict[object, bytes] = {}
        self._clients: set[_Client] = set()

    def say(self, key: object, lines: bytes) -> None:
        """Send lines to all, and to whoever comes later as the latest under `key`."""
        self.latest[key] = lines
        for client in tuple(self._clients):
            try:
                client.queue.put_nowait(lines)
            except asyncio.QueueFull:
                self._clients.discard(client)
                client.cut_off()

    def forget(self, *keys: object) -> None:
        """New clients are told of these no more."""
        for key in keys:
            self.latest.pop(key, None)

    @property
    def listeners(self) -> int:
        """How many clients are connected and keep up."""
        return len(self._clients)

    def close(self) -> None:
        """Hang up on everybody."""
        for client in tuple(self._clients):
            client.cut_off()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Look after one client until it leaves or falls behind."""
        if len(self._clients) >= MAX_CLIENTS:
            writer.transport.abort()
            return
        client, told = _Client(writer), list(self.latest.values())
        self._clients.add(client)
        leaving = asyncio.create_task(client.notice_leaving(reader))
        try:
            for start in range(0, len(told), WRITE_BLOCKS):
                await client.send(b"".join(told[start : start + WRITE_BLOCKS]))
            await client.pass_on()
        except (ConnectionError, TimeoutError):
            pass
        finally:
            self._clients.discard(client)
            leaving.cancel()
            writer.transport.abort()


class Reporter:
    """Lets every craft report when it is due."""

    def __init__(self, seed: int, vessels: Sequence[Vessel], timeline: ScenarioTime, broadcast: Broadcast) -> None:
        self._seed, self._vessels, self._timeline, self._broadcast = seed, vessels, timeline, broadcast
        self._rng = random.Random(seed)  # noqa: S311 - only when reports fall due, within their usual intervals
        self._due: list[tuple[float, int]] = []
        self._static_due = [0.0] * len(vessels)
        self._fixed_due = 0.0

    def begin(self, wall_s: float) -> None:
        """Let every craft have reported once, as long ago as its interval makes likely."""
        for index in range(len(self._vessels)):
            self._due.append((self._report(index, wall_s, first=True), index))
        heapq.heapify(self._due)
        self._fixed(wall_s)

    def report_due(self, wall_s: float) -> float:
        """Send what is due at a wall time; returns when something is due next."""
        while self._due and self._due[0][0] <= wall_s:
            _, index = self._due[0]
            heapq.heapreplace(self._due, (self._report(index, wall_s), index))
        if wall_s >= self._fixed_due:
            self._fixed(wall_s)
        return min(self._fixed_due, self._due[0][0] if self._due else self._fixed_due)

    async def run(self) -> None:
        """Report until cancelled. `begin` comes first."""
        while True:
            now = time.time()
            until = self.report_due(now)
            await asyncio.sleep(min(max(until - now, WAKE_S), 1.0))

    def _report(self, index: int, wall_s: float, *, first: bool = False) -> float:
        """Let one vessel report if it is heard; returns when to ask it again."""
        vessel = self._vessels[index]
        scenario_s = self._timeline.at(wall_s)
        state = vessel.state(scenario_s)
        if state is None:
            self._broadcast.forget((index, "static"), (index, "position"))
            return wall_s + LOOK_AGAIN_S
        if vessel.is_dark(scenario_s):
            return wall_s + LOOK_AGAIN_S
        if in_shore_range(state.lat, state.lon):
            self._say(index, state, wall_s, sentences.SHORE)
            interval = self._shore_interval(state)
            return wall_s + interval * self._rng.uniform(0.9, 1.1) * (self._rng.random() if first else 1.0)
        return self._by_satellite(index, wall_s, first)

    def _by_satellite(self, index: int, wall_s: float, first: bool) -> float:
        """A report that was observed some minutes ago, from where the vessel then was."""
        span = SATELLITE_S if self._vessels[index].trade.class_a else SATELLITE_CLASS_B_S
        until_next = self._rng.uniform(*span)
        ago = self._rng.uniform(*SATELLITE_DELAY_S) + (until_next * self._rng.random() if first else 0.0)
        then = self._vessels[index].state(self._timeline.at(wall_s - ago))
        if then is not None:
            self._say(index, then, wall_s - ago, sentences.SATELLITE)
        return wall_s + until_next * (self._rng.random() if first else 1.0)

    def _say(self, index: int, state: VesselState, observed_s: float, source: str) -> None:
        observed = datetime.fromtimestamp(observed_s, UTC)
        channel = self._rng.choice("AB")
        if observed_s >= self._static_due[index]:
            eta = None if state.arrives_s is None else self._timeline.moment(state.arrives_s)
            self._broadcast.say((index, "static"), sentences.static_lines(state, observed, source, channel, eta))
            self._static_due[index] = observed_s + STATIC_EVERY_S * self._rng.uniform(0.95, 1.05)
        self._broadcast.say((index, "position"), sentences.position_lines(state, observed, source, channel))

    @staticmethod
    def _shore_interval(state: VesselState) -> float:
        if sentences.rests(state):
            return REST_S
        if not state.ship.class_a:
            return CLASS_B_S
        return WORKING_S if state.nav_status == FISHING else UNDER_WAY_S

    def _fixed(self, wall_s: float) -> None:
        """Shore stations, aids to navigation and the rescue aircraft."""
        observed = datetime.fromtimestamp(wall_s, UTC)
        if not self._fixed_due or observed.minute % 3 == 0:
            for index, (name, lat, lon) in enumerate(BASE_STATIONS):
                self._broadcast.say(("station", name), sentences.station_lines(index, lat, lon, observed))
            for index, (name, lat, lon, kind, virtual) in enumerate(AIDS):
                self._broadcast.say(("aid", name), sentences.aid_lines(index, name, lat, lon, kind, virtual, observed))
        flight = rescue_flight(self._seed, self._timeline.at(wall_s))
        if flight is None:
            self._broadcast.forget("rescue")
        else:
            self._broadcast.say("rescue", sentences.rescue_lines(flight, observed))
        self._fixed_due = wall_s + (10.0 if flight else LOOK_AGAIN_S)
