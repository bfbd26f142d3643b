"""What the wall costs a browser: its main thread with 10,000 live tracks, and how long a cold start takes.

A real centre is fed over a socket, and headless Chromium without a GPU signs in through the form. Beside it, in the
same page, the same change sets move 10,000 plain Leaflet circle markers on a canvas, so that machines can be compared.
On a machine that others use too, read the processor figures: clock time counts the waiting for a core as well.
"""

import itertools
import json
import random
import re
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from tests.bench.centre import Centre, centre, free_port, wait_for
from tests.bench.fleet import positions, statics
from tests.bench.latency import tracks_shown
from tests.support.browser import BARE, WHOLE, start_chromium

TRACKS, TARGETS, UNITS = 10_000, 100, 60
CHANGES_PER_S = 1000
WATCH_S = 20.0
SETTLE_S = 3.0
PATIENCE_MS = 120_000
RUNS = 3
SCREEN = {"width": 1920, "height": 1080}
PLACES = ("NZAKL", "NZTRG", "NZWLG", "NZLYT", "NZPOE", "NZNPE", "NZNSN", "NZBLU")

# Notes when things stand on the screen: looks every 10 ms; boards count from the frame that paints them.
NOTE_MILESTONES = """
window.__bench = {};
const reached = (name) => requestAnimationFrame(() => setTimeout(() => (window.__bench[name] ??= performance.now())));
let drawsBefore = null;
document.addEventListener("ops:picture", () => {
  if (drawsBefore !== null || opsCentre.store.tracks.size < TRACKS) return;
  drawsBefore = opsCentre.stats.draws;
  window.__bench.picture = performance.now();
});
const looking = setInterval(() => {
  const has = (selector) => document.querySelector(selector);
  if (!window.__bench.boards && has(".attention li") && has(".strip li") && has("#wall-map")) reached("boards");
  if (drawsBefore === null || opsCentre.stats.draws === drawsBefore) return;
  window.__bench.drawn ??= performance.now();  // a timer after the frame that drew
  if (window.__bench.boards) clearInterval(looking);
}, 10);
""".replace("TRACKS", str(TRACKS))

# Milliseconds from following a link until the other page's content was painted.
TURN_PAGE = """([title, content]) => new Promise((done) => {
  const link = [...document.querySelectorAll(".nav-link")].find((one) => one.textContent === title);
  const began = performance.now();
  link.click();
  const look = () => {
    const found = document.querySelector(content);
    if (!found || !found.getBoundingClientRect().height) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  };
  requestAnimationFrame(look);
})"""

RECORD_CHANGES = """() => {
  const sets = (window.__sets = []);
  const began = performance.now();
  document.addEventListener("ops:picture", ({ detail }) => {
    if (detail.tracks) sets.push({ at: performance.now() - began, ...detail.tracks });
  });
  return { draws: opsCentre.stats.draws, drawMs: opsCentre.stats.drawMs };
}"""

COUNT_CHANGES = """() => ({
  rows: window.__sets.reduce((sum, set) => sum + set.id.length, 0), mode: opsCentre.stats.mode,
  draws: opsCentre.stats.draws, drawMs: opsCentre.stats.drawMs, inView: opsCentre.stats.inView,
})"""

# Everything of the product leaves the page; a bare Leaflet map of the same size and view takes its place.
SET_UP_REFERENCE = """() => {
  const { store, mercator } = opsCentre;
  const old = opsCentre.map.leaflet();
  const size = old.getSize(), centre = old.getCenter(), zoom = old.getZoom();
  window.dispatchEvent(new Event("pagehide"));
  old.remove();
  const frame = document.createElement("div");
  frame.style.cssText = `width:${size.x}px;height:${size.y}px;background:#111`;
  document.body.replaceChildren(frame);
  const map = L.map(frame, { preferCanvas: true, zoomControl: false, attributionControl: false }).setView(centre, zoom);
  const markers = (window.__markers = new Map());
  const { tracks } = store;
  for (const [id, slot] of tracks.index) {
    const at = [mercator.lat(tracks.y[slot]), mercator.lon(tracks.x[slot])];
    markers.set(id, L.circleMarker(at, { radius: 3, weight: 1, fillOpacity: 0.7 }).addTo(map));
  }
}"""

REPLAY_CHANGES = """() => {
  const sets = window.__sets, began = performance.now();
  let next = 0;
  const step = () => {
    for (; next < sets.length && sets[next].at <= performance.now() - began; next++) {
      const { id, lat, lon } = sets[next];
      id.forEach((one, row) => window.__markers.get(one)?.setLatLng([lat[row], lon[row]]));
    }
    if (next < sets.length) setTimeout(step, Math.max(0, sets[next].at - (performance.now() - began)));
  };
  step();
}"""


@dataclass
class Share:
    """What a stretch of time cost, as shares of one core."""

    tasks: float  # of the page's main thread, by the clock
    thread: float  # processor time of that thread
    browser: float  # processor time of all Chromium


@dataclass
class Run:
    """Figures of one run; seconds, unless they are shares."""

    painted: float
    boards: float
    drawn: float
    load_cpu: float
    turn: float
    sign_in_painted: float
    busy: Share
    idle: Share
    plain: Share
    changes_per_s: float
    draws_per_s: float
    draw_ms: float
    in_view: float


def measure() -> list[str]:
    """Lines of the report."""
    with _wall() as (running, peer), sync_playwright() as playwright:
        browser = start_chromium(playwright, WHOLE + BARE)
        cookies = _sign_in(browser, running)
        lines = list(positions(TRACKS, 3))
        runs = [_run(browser, running, cookies, peer, lines) for _ in range(RUNS)]
        browser.close()
    return _report(runs)


def _report(runs: list[Run]) -> list[str]:
    def mid(name: str) -> float:
        return statistics.median(getattr(run, name) for run in runs)

    def share(name: str, what: str) -> str:
        shares: list[Share] = [getattr(run, name) for run in runs]
        columns = ((one.tasks for one in shares), (one.thread for one in shares), (one.browser for one in shares))
        tasks, thread, browser = (statistics.median(column) for column in columns)
        return f"{what:<42} {tasks:>6.1%}   {thread:>9.1%}   {browser:>12.1%}"

    seen = f"{mid('in_view'):,.0f} craft in view, {TARGETS} targets, {UNITS} units"
    load = f"load of the machine {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores"
    return [
        "main thread, 1920x1080, no GPU              tasks   processor   all Chromium",
        share("busy", f"{TRACKS:,} tracks, {mid('changes_per_s'):,.0f} changes/s"),
        share("plain", "plain Leaflet canvas, same change sets"),
        share("idle", f"{TRACKS:,} tracks, no changes"),
        f"  {mid('draws_per_s'):.1f} draws/s of {mid('draw_ms'):.1f} ms; {seen}",
        "",
        f"cold start, first contentful paint         {mid('painted'):>6.2f} s   (sign-in page {mid('sign_in_painted'):.2f} s)",
        f"  map, attention list and strip            {mid('boards'):>6.2f} s",
        f"  {TRACKS:,} tracks drawn                     {mid('drawn'):>6.2f} s   ({mid('load_cpu'):.2f} s of processor)",
        f"another page                               {mid('turn'):>6.2f} s",
        f"medians of {len(runs)} runs; {load}",
    ]


# The centre


@contextmanager
def _wall() -> Iterator[tuple[Centre, socket.socket]]:
    """A centre with all tracks, targets and units in its picture, and the socket that moves the tracks."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", port)) as server:
        ais = f'name = "AIS"\nkind = "ais"\nagency = "MAR"\ntransport = "tcp"\naddress = "127.0.0.1:{port}"\n'
        records = (_feed(folder, "targeting", _targets()), _feed(folder, "deployments", _units()))
        with centre("".join(f"[[feeds]]\n{feed}" for feed in (ais, *records))) as running:
            running.start_worker()
            peer, _address = server.accept()
            for line in (*statics(TRACKS), *positions(TRACKS, 1)):
                peer.sendall(line)
            token = _add_user(running)
            running.start_web()
            wait_for("all tracks", lambda: tracks_shown(running, token) >= TRACKS)
            yield running, peer
            peer.close()


def _feed(folder: str, kind: str, records: list[dict[str, Any]]) -> str:
    """Settings of a feed that reads ``records`` from a directory."""
    directory = Path(folder, kind)
    directory.mkdir()
    (directory / "all.json").write_text(json.dumps({"schema": f"ops-centre/{kind}/1.0", "records": records}))
    return f'name = "{kind}"\nkind = "{kind}"\nagency = "OPS"\ndirectory = "{directory}"\n'


def _add_user(running: Centre) -> str:
    """Add the duty officer who looks at the wall; a token of theirs. The password is kept in the centre's folder."""
    said = running.run("user", "add", "bench", "--role", "duty officer", "--agency", "OPS", "--generate")
    found = re.search(r"^Password: (.+)$", said, re.MULTILINE)
    if not found:
        raise RuntimeError(f"no password in {said!r}")
    (running.folder / "password").write_text(found[1])
    return running.run("token", "create", "--user", "bench").split()[-1]


def _targets() -> list[dict[str, Any]]:
    rng, now = random.Random(5), datetime.now(UTC)
    return [
        {
            "ref": f"T-{n}",
            "version": 1,
            "issued_at": (now - timedelta(minutes=n)).isoformat(),
            "severity": ("top", "high", "normal", "normal")[n % 4],
            "subject": {
                "kind": "vessel",
                "label": f"BENCH VESSEL {n * 97}",
                "identifiers": {"mmsi": 512_000_000 + n * 97},
            },
            "arrival": {"place": rng.choice(PLACES), "at": (now + timedelta(minutes=15 + 20 * n)).isoformat()},
            "hits": [
                {
                    "ref": f"H-{n}",
                    "kind": "rule",
                    "criterion": f"Criterion {n % 9}",
                    "explanation": "Met for measuring",
                    "source": {"system": "bench", "message": f"M-{n}"},
                }
            ],
        }
        for n in range(TARGETS)
    ]


def _units() -> list[dict[str, Any]]:
    rng, now = random.Random(6), datetime.now(UTC).isoformat()
    return [
        {
            "reported_at": now,
            "unit": {
                "ref": f"U-{n}",
                "callsign": f"UNIT {n}",
                "type": ("team", "vessel", "vehicle", "dog team")[n % 4],
                "availability": ("available", "assigned")[n % 2],
                "status": ("standby", "en route")[n % 2],
                "position": {"lat": rng.uniform(-46, -35), "lon": rng.uniform(168, 178), "at": now},
            },
        }
        for n in range(UNITS)
    ]


@contextmanager
def _moving(peer: socket.socket, lines: list[bytes]) -> Iterator[None]:
    """Vessels report, as many a second as there are to be changes."""
    stop = threading.Event()
    endless = itertools.cycle(lines)

    def send() -> None:
        turn_s = 0.05
        due = time.perf_counter()
        while not stop.wait(max(0, due - time.perf_counter())):
            peer.sendall(b"".join(itertools.islice(endless, round(CHANGES_PER_S * turn_s))))
            due += turn_s

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    try:
        yield
    finally:
        stop.set()
        sender.join(5)


# The browser


def _sign_in(browser: Browser, running: Centre) -> list[Any]:
    """Through the form, once; the cookies that it gave."""
    context = browser.new_context(viewport=SCREEN)
    page = context.new_page()
    page.goto(running.address + "/")
    page.fill("input[name=name]", "bench")
    page.fill("input[name=password]", (running.folder / "password").read_text())
    page.click("button[type=submit]")
    page.wait_for_function("() => window.opsCentre?.stats?.draws > 0", timeout=PATIENCE_MS)
    cookies: list[Any] = context.cookies()
    context.close()
    return cookies


def _run(browser: Browser, running: Centre, cookies: list[Any], peer: socket.socket, lines: list[bytes]) -> Run:
    with _visitor(browser) as nobody:
        page = nobody.new_page()
        page.goto(running.address + "/sign-in")
        sign_in_painted = _first_paint_ms(page) / 1000
    with _visitor(browser, cookies) as context:
        before = _chromium_cpu_s(browser)
        page, milestones = _cold_start(context, running)
        load_cpu = _chromium_cpu_s(browser) - before
        page.wait_for_timeout(SETTLE_S * 1000)
        turn_ms = page.evaluate(TURN_PAGE, ["Targets", ".slot-targets table tbody tr"])
    with _visitor(browser, cookies) as context:
        page, _again = _cold_start(context, running)
        with _moving(peer, lines):
            page.wait_for_timeout(SETTLE_S * 1000)
            began = page.evaluate(RECORD_CHANGES)
            busy = _watch(browser, context, page)
            ended = page.evaluate(COUNT_CHANGES)
        if ended["mode"] != "stream":
            raise RuntimeError(f"the page was {ended['mode']} instead of following the stream")
        page.wait_for_timeout(SETTLE_S * 1000)
        idle = _watch(browser, context, page)
        page.evaluate(SET_UP_REFERENCE)
        page.wait_for_timeout(SETTLE_S * 1000)
        page.evaluate(REPLAY_CHANGES)
        plain = _watch(browser, context, page)
    draws = max(1, ended["draws"] - began["draws"])
    return Run(
        painted=milestones["painted"],
        boards=milestones["boards"],
        drawn=milestones["drawn"],
        load_cpu=load_cpu,
        turn=turn_ms / 1000,
        sign_in_painted=sign_in_painted,
        busy=busy,
        idle=idle,
        plain=plain,
        changes_per_s=ended["rows"] / WATCH_S,
        draws_per_s=draws / WATCH_S,
        draw_ms=(ended["drawMs"] - began["drawMs"]) / draws,
        in_view=ended["inView"],
    )


@contextmanager
def _visitor(browser: Browser, cookies: list[Any] | None = None) -> Iterator[BrowserContext]:
    """A profile of its own with an empty cache, signed in by ``cookies``."""
    context = browser.new_context(viewport=SCREEN)
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies(cookies or [])
    yield context
    context.close()


def _cold_start(context: BrowserContext, running: Centre) -> tuple[Page, dict[str, float]]:
    """The page once everything is drawn, and the seconds from navigation to each milestone. Nothing is in the cache."""
    page = context.new_page()
    page.add_init_script(NOTE_MILESTONES)
    page.goto(running.address + "/", wait_until="commit")
    page.wait_for_function("() => window.__bench.drawn && window.__bench.boards")
    reached: dict[str, float] = page.evaluate("() => window.__bench")
    return page, {name: ms / 1000 for name, ms in (reached | {"painted": _first_paint_ms(page)}).items()}


def _first_paint_ms(page: Page) -> float:
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    return float(page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime"))


def _watch(browser: Browser, context: BrowserContext, page: Page) -> Share:
    """What Chromium does in the next seconds."""
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    before, tasks, began = _chromium_threads(browser), _task_s(session), time.perf_counter()
    page.wait_for_timeout(WATCH_S * 1000)
    after, took = _chromium_threads(browser), time.perf_counter() - began
    spent = [(main - before[pid][0], whole - before[pid][1]) for pid, (main, whole) in after.items() if pid in before]
    share = Share(
        (_task_s(session) - tasks) / took,
        max(main for main, _whole in spent) / took,
        sum(whole for _main, whole in spent) / took,
    )
    session.detach()
    return share


def _task_s(session: CDPSession) -> float:
    """Seconds that the main thread spent in tasks so far."""
    metrics = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"])


def _chromium_threads(browser: Browser) -> dict[int, tuple[float, float]]:
    """Of each of Chromium's processes: processor seconds of its main thread if it shows pages, else 0; and of all."""
    session = browser.new_browser_cdp_session()
    found: dict[int, tuple[float, float]] = {}
    for entry in session.send("SystemInfo.getProcessInfo")["processInfo"]:
        try:
            process = psutil.Process(entry["id"])
            threads = process.threads() if entry["type"] == "renderer" else []
            main = sum(one.user_time + one.system_time for one in threads if one.id == process.pid)
            found[process.pid] = (main, sum(process.cpu_times()[:2]))
        except psutil.NoSuchProcess:
            continue
    session.detach()
    return found


def _chromium_cpu_s(browser: Browser) -> float:
    """Processor seconds of all Chromium's processes that live now."""
    return sum(whole for _main, whole in _chromium_threads(browser).values())
