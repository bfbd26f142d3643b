"""The desk with a full database: every callback and every API read, with a million log entries, 100,000 targets, 500 units.

Each is asked through the whole server (guard, session, permission, scope, database, drawing), in process and without a
network; the reference is a request that reads nothing. OPS_BENCH_ENTRIES and OPS_BENCH_TARGETS make it smaller for a trial.
"""

import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from app import create_app
from ops_centre.auth.roles import Role
from ops_centre.bootstrap import OpsCentre, bootstrap
from ops_centre.clock import SystemClock
from ops_centre.config import load
from ops_centre.db import next_revision
from ops_centre.models import Deployment, FeedRecord, Hit, Target, Unit
from ops_centre.services.audit import COMMAND_LINE
from ops_centre.services.handlings import handling_id
from tests.bench import log_books

ENTRIES = int(os.environ.get("OPS_BENCH_ENTRIES", "1000000"))
TARGETS = int(os.environ.get("OPS_BENCH_TARGETS", "100000"))
OPEN_TARGETS, UNITS, TIMES = 300, 500, 20
LIMIT_MS = 150
PASSWORD = "correct horse battery staple"
READS = (
    "/api/v1/targets",
    "/api/v1/units",
    "/api/v1/alerts",
    "/api/v1/alerts/load",
    "/api/v1/alerts/history",
    "/api/v1/log",
    "/api/v1/log?author=officer01",
    "/api/v1/log?kinds=decision",
    "/api/v1/log?agency=CUS",
    "/api/v1/watch",
    "/api/v1/enquiries",
    "/api/v1/search?q=CAP",
    "/api/v1/options?about=target:1",
    "/api/v1/chain/target/1",
    "/api/v1/chain/entry/500",
)


def measure() -> Iterator[str]:
    """Lines of the report."""
    folder = Path(tempfile.mkdtemp(prefix="ops-bench-"))
    try:
        shutil.copyfile(log_books.book(ENTRIES), folder / "ops.db")
        ops = bootstrap(load({"OPS_DATA_DIR": str(folder)}))
        _fill(ops)
        yield f"  {ENTRIES:,} log entries, {TARGETS:,} targets ({OPEN_TARGETS} open), {UNITS} units; {TIMES} times each"
        yield from _report(ops)
        ops.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _report(ops: OpsCentre) -> Iterator[str]:
    app = create_app(ops)
    ops.picture.live.start()
    client = app.server.test_client()
    ops.accounts.add_user(COMMAND_LINE, "bench", "Bench", Role.SHIFT_LEAD, "OPS", PASSWORD)
    client.post("/sign-in", data={"name": "bench", "password": PASSWORD}, headers={"Origin": "http://localhost"})
    yield f"  {'reference: /healthz':<44} {_figures(_timed(lambda: client.get('/healthz')))}"
    slow: list[tuple[float, str]] = []
    for name, ask in [*_reads(client), *_callbacks(app, client)]:
        status, times = _asked(ask)
        line = f"  {name[:44]:<44} {_figures(times)}  {status}"
        slow.append((_p95(times), line))
    for p95, line in sorted(slow, reverse=True):
        yield line + ("  OVER" if p95 > LIMIT_MS else "")
    over = sum(p95 > LIMIT_MS for p95, _line in slow)
    yield f"  {len(slow)} asked, {over} over {LIMIT_MS} ms (p95)"


def _reads(client: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    for path in READS:
        yield path, lambda path=path: client.get(path)


def _callbacks(app: Any, client: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every callback of the server, asked as its page asks when it is shown."""
    dependencies = client.get("/_dash-dependencies").get_json()
    for one in dependencies:
        if one["clientside_function"] is not None:
            continue
        outputs = _outputs(one["output"])
        page = outputs[0]["id"].split("-")[0]
        body = {
            "output": one["output"],
            "outputs": outputs if one["output"].startswith("..") else outputs[0],
            "inputs": [part | {"value": _value(part["id"], page)} for part in one["inputs"]],
            "state": [part | {"value": None} for part in one["state"]],
            "changedPropIds": [f"{one['inputs'][0]['id']}.{one['inputs'][0]['property']}"],
        }
        yield (
            one["output"].strip("."),
            lambda body=body: client.post("/_dash-update-component", json=body, headers={"Origin": "http://localhost"}),
        )


def _outputs(text: str) -> list[dict[str, str]]:
    parts = text.strip(".").split("...")
    return [dict(zip(("id", "property"), part.rsplit(".", 1), strict=True)) for part in parts]


def _value(identity: str, page: str) -> Any:
    return json.dumps([1, f"/{page}", "", True]) if identity == "shell-due" else None


def _asked(ask: Callable[[], Any]) -> tuple[int, list[float]]:
    status = ask().status_code  # warm
    return status, _timed(ask)


def _timed(ask: Callable[[], Any]) -> list[float]:
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return times


def _p95(times: list[float]) -> float:
    return sorted(times)[max(0, round(0.95 * len(times)) - 1)]


def _figures(times: list[float]) -> str:
    return f"median {statistics.median(times):7.1f} ms  p95 {_p95(times):7.1f} ms"


def _fill(ops: OpsCentre) -> None:
    """Targets, hits, units and deployments beside the log."""
    now = SystemClock().now()
    with ops.db.begin() as session:
        handling = handling_id(session, "CUS", "GREEN")
        feed = FeedRecord(name="Bench", kind="targeting", agency="OPS", light="live", last_good_at=now)
        session.add(feed)
        session.flush()
        revision = next_revision(session)
        session.execute(insert(Target), [_target(n, feed.id, handling, now, revision) for n in range(1, TARGETS + 1)])
        session.execute(insert(Hit), [_hit(n, now) for n in range(1, TARGETS + 1)])
        session.execute(insert(Unit), [_unit(n, feed.id, handling, now, revision) for n in range(1, UNITS + 1)])
        session.execute(
            insert(Deployment),
            [
                {"unit_id": n, "ref": f"D{n}", "place": "NZAKL", "starts_at": now - timedelta(hours=2),
                 "ends_at": now + timedelta(hours=6), "crew": 4, "duty_hours": 8.0, "received_at": now}
                for n in range(1, UNITS + 1)
            ],
        )  # fmt: skip


def _target(n: int, feed_id: int, handling: int, now: Any, revision: int) -> dict[str, Any]:
    is_open = n <= OPEN_TARGETS
    return {
        "id": n, "feed_id": feed_id, "ref": f"T{n}", "ref_version": 1, "subject_kind": "vessel", "label": f"CAP {n}",
        "identifiers": {"imo": 9000000 + n}, "severity": ("normal", "high", "top")[n % 20 // 17 if n % 20 < 19 else 2],
        "status": "issued" if is_open else "encountered", "reason": "Rule 31 v4", "place": "NZAKL", "place_name": "Auckland",
        "place_lat": -36.84, "place_lon": 174.78, "arrives_at": now + timedelta(minutes=n % 720 if is_open else -n),
        "handling_id": handling, "issued_at": now, "received_at": now, "updated_at": now, "revision": revision,
    }  # fmt: skip


def _hit(n: int, now: Any) -> dict[str, Any]:
    return {
        "target_id": n, "ref": "1", "kind": "rule", "criterion": f"Rule {n % 90}", "criterion_version": "4",
        "explanation": "Route deviates from the declared one.", "matched_at": now, "source_system": "bench",
        "source_message": f"M{n}", "received_at": now,
    }  # fmt: skip


def _unit(n: int, feed_id: int, handling: int, now: Any, revision: int) -> dict[str, Any]:
    kind = ("team", "vessel", "aircraft", "dog team", "vehicle")[n % 5]
    return {
        "id": n, "feed_id": feed_id, "ref": f"U{n}", "callsign": f"HAWK {n}",
        "agency": ("CUS", "IMM", "BIO", "MAR", "POL")[n % 5], "unit_type": kind,
        "capabilities": ["search", "boarding", "vessel inspection"], "availability": "available", "crew": 4,
        "lat": -36.8 - n / 500, "lon": 174.8 + n / 1000, "position_at": now, "handling_id": handling, "reported_at": now,
        "received_at": now, "revision": revision,
    }  # fmt: skip
