"""Starts the exercise in the foreground: the AIS stream, the field's stream and the HTTP server, until told to stop.

Listens on loopback only. SIGTERM and SIGINT end it with status 0. When ready it writes one line of JSON with its ports.
"""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime

from ops_centre import config
from ops_centre.errors import ConfigError
from ops_centre.exercise.lists import FOLDER, Lists
from ops_centre.exercise.publish_ais import Broadcast, Reporter
from ops_centre.exercise.publish_cot import Field
from ops_centre.exercise.publish_http import ExerciseServer
from ops_centre.exercise.scenario import ScenarioTime
from ops_centre.exercise.world import World, make_world

HOST = "127.0.0.1"
LISTS_EVERY_S = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the exercise. Returns the exit status: 0 stopped, 1 could not listen, 2 wrong settings or arguments."""
    try:
        loaded = config.load()
    except ConfigError as faulty:
        sys.stderr.write(f"exercise: {faulty}\n")
        return 2
    options = _options(loaded.exercise, arguments)
    options.folder, options.announces = loaded.data_dir / FOLDER, loaded.exercise.announces
    try:
        asyncio.run(_run(options))
    except OSError as refused:
        sys.stderr.write(f"exercise: cannot listen on {HOST}: {refused}\n")
        return 1
    return 0


def _options(settings: config.Exercise, arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m ops_centre.exercise",
        description="Simulate traffic, targets and units, and publish them as real sources do, on loopback.",
        epilog="What is not given comes from [exercise] in config.toml. A port of 0 takes any free one.",
    )
    parser.add_argument("--seed", type=int, default=settings.seed, help="the same seed makes the same scenario")
    parser.add_argument("--speed", type=_speed, default=settings.speed, help="seconds of the scenario that pass in one")
    parser.add_argument("--ais-port", type=_port, default=settings.ais_port, help="AIVDM over TCP")
    parser.add_argument(
        "--http-port", type=_port, default=settings.http_port, help="aircraft, targets and units over HTTP"
    )
    parser.add_argument("--cot-port", type=_port, default=settings.cot_port, help="devices in the field over TCP")
    parser.add_argument("--vessels", type=_count, default=settings.vessels)
    parser.add_argument("--aircraft", type=_count, default=settings.aircraft)
    parser.add_argument("--units", type=_count, default=settings.units)
    parser.add_argument(
        "--from",
        dest="start",
        type=_moment,
        metavar="TIME",
        help="begin at this scenario time, such as 2026-11-22T10:00Z, to see the same hours again; default: now",
    )
    return parser.parse_args(arguments)


async def _run(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    timeline = _timeline(options)
    broadcast = Broadcast()
    reporter = Reporter(options.seed, _world(options, timeline).vessels, timeline, broadcast)
    reporter.begin(time.time())
    ais = await asyncio.start_server(broadcast.serve, HOST, options.ais_port)
    world = _world(options, timeline)
    heard = Broadcast()
    field = Field(_world(options, timeline).units, timeline, heard, talks=options.announces)
    cot = await asyncio.start_server(heard.serve, HOST, options.cot_port)
    http = ExerciseServer((HOST, options.http_port), world)
    http.has_warnings = options.announces
    lists = Lists(options.seed, timeline, world.aircraft if options.announces else [], options.folder)
    thread = threading.Thread(
        target=http.serve_forever, kwargs={"poll_interval": 0.5}, daemon=True, name="exercise-http"
    )
    thread.start()
    ports = {
        "ais_port": ais.sockets[0].getsockname()[1],
        "http_port": http.server_address[1],
        "cot_port": cot.sockets[0].getsockname()[1],
    }
    sys.stdout.write(json.dumps({"ready": True, "seed": options.seed, "speed": options.speed, **ports}) + "\n")
    sys.stdout.flush()
    reporting = asyncio.create_task(reporter.run())
    listing = asyncio.create_task(_write_lists(lists))
    field_reporting = asyncio.create_task(field.run())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((reporting, field_reporting, stopping), return_when=asyncio.FIRST_COMPLETED)
        for task in (reporting, field_reporting):
            if task.done():
                task.result()
    finally:
        reporting.cancel()
        stopping.cancel()
        listing.cancel()
        field_reporting.cancel()
        for server, told in ((ais, broadcast), (cot, heard)):
            server.close()
            told.close()
        await asyncio.to_thread(http.shutdown)
        http.server_close()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(reporting, field_reporting)


async def _write_lists(lists: Lists) -> None:
    """Write passenger lists as they fall due. A folder that cannot be written to is said once a minute; the rest goes on."""
    while True:
        try:
            await asyncio.to_thread(lists.write, time.time())
        except OSError as refused:
            sys.stderr.write(f"exercise: no passenger lists: {refused}\n")
        await asyncio.sleep(LISTS_EVERY_S)


def _world(options: argparse.Namespace, timeline: ScenarioTime) -> World:
    return make_world(options.seed, timeline, vessels=options.vessels, aircraft=options.aircraft, units=options.units)


def _timeline(options: argparse.Namespace) -> ScenarioTime:
    if options.start is None:
        return ScenarioTime(options.speed)
    return ScenarioTime(options.speed, time.time(), options.start)


def _port(text: str) -> int:
    return _whole(text, 0, 65535)


def _count(text: str) -> int:
    return _whole(text, 0, 20_000)


def _whole(text: str, least: int, most: int) -> int:
    number = int(text)
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"must lie between {least} and {most}")
    return number


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed <= 600:
        raise argparse.ArgumentTypeError("must lie above 0 and be at most 600")
    return speed


def _moment(text: str) -> float:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("needs its zone, such as 2026-11-22T10:00Z")
    return moment.timestamp()
