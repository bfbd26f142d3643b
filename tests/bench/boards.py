"""The boards of operations and the page of one, with 500 operations of all kinds (200 planned) and 300 lessons.

Each callback is asked through the whole server (guard, session, permission, scope, database, drawing), in process and
without a network. The reference of the same run is the bare reading of the same rows. CPU is the time of this process, wall
what a reader waits on this machine as busy as it is. The sweep is the worker's: each condition of all alerts, looked at anew.
"""

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from app import create_app
from ops_centre.auth.roles import Role
from ops_centre.bootstrap import OpsCentre, bootstrap
from ops_centre.clock import SystemClock
from ops_centre.config import load
from ops_centre.db import next_revision
from ops_centre.domain.operations import STATES
from ops_centre.models import Handling, Lesson, Operation
from ops_centre.services.alert_sweep import AlertSweep
from ops_centre.services.audit import COMMAND_LINE
from ops_centre.services.handlings import handling_id
from ops_centre.services.schema import upgrade
from tests.bench.desk import LIMIT_MS, PASSWORD, TIMES, _p95

OPERATIONS, PLANNED, LESSONS = 500, 200, 300
COLD_MS = 1000
PLACES = ("NZAKL", "NZTRG", "NZWLG", "NZLYT", "NZNPE", "NZCHC", "NZPOE", "NZNSN")
AGENCIES = ("CUS", "IMM", "BIO", "MAR", "POL")
SUBJECTS = ("vessel", "flight", "person", "consignment")
WORDS = (
    "gangway", "container", "reefer", "courier", "hull", "yacht", "cruise", "timber", "crew", "passenger", "cargo", "dinghy",
    "wharf", "hangar", "manifest", "seal", "radar", "diver", "camera", "mail", "parcel", "fishing", "tender", "baggage",
)  # fmt: skip


def measure() -> Iterator[str]:
    """Lines of the report."""
    folder = Path(tempfile.mkdtemp(prefix="ops-bench-"))
    try:
        ops = bootstrap(load({"OPS_DATA_DIR": str(folder)}))
        upgrade(ops.db)
        _fill(ops)
        yield f"  {OPERATIONS} operations ({PLANNED} planned), {LESSONS} lessons"
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
    yield _line("reference: the rows alone", lambda: _bare(ops))
    known = {one["output"]: one for one in client.get("/_dash-dependencies").get_json()}
    with ops.db.reading() as session:
        planned = session.scalar(select(func.max(Operation.id)).where(Operation.state == "planned"))
    boards, page = "operations-boards.", f"/operations/{planned}"
    asked = (
        ("all boards", boards, "/operations", None),
        ("boards, deliberate", boards, "/operations", {"kind": "deliberate"}),
        (
            "the same, 56 of what is planned",
            boards,
            "/operations",
            {"kind": "deliberate", "lanes": {"deliberate planned": 56}},
        ),
        ("all boards, two words looked for", boards, "/operations", {"text": "operation gang"}),
        ("one planned operation", "operation-head.", page, None),
        ("lessons put before its planner", "operation-lessons.", page, None),
    )
    for name, output, path, given in asked:
        body = _body(next(one for key, one in known.items() if output in key), path, given)
        yield _line(name, partial(_ask, client, body))
    sweep = AlertSweep(ops.deeds, ops.settings)
    yield f"  {'the sweep that raises what is due':<36} CPU {_once(sweep.sweep)[0]:7.1f} ms"
    while sweep.sweep():
        pass
    yield _line("a sweep at rest", sweep.sweep)


def _ask(client: Any, body: dict[str, Any]) -> Any:
    return client.post("/_dash-update-component", json=body, headers={"Origin": "http://localhost"})


def _once(ask: Callable[[], Any]) -> tuple[float, float, Any]:
    """CPU and wall milliseconds, and the answer."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = ask()
    return (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000, answer


def _line(name: str, ask: Callable[[], Any]) -> str:
    first, _wall, answer = _once(ask)
    cpu, wall = zip(*(_once(ask)[:2] for _ in range(TIMES)), strict=True)
    of_answer = (
        f"  {len(answer.get_data()) / 1000:5.0f} kB  {answer.status_code}" if hasattr(answer, "get_data") else ""
    )
    over = "  OVER" if _p95(list(cpu)) > LIMIT_MS or first > COLD_MS else ""
    times = f"CPU first {first:7.1f}  median {statistics.median(cpu):6.1f}  p95 {_p95(list(cpu)):6.1f} ms"
    return f"  {name:<36} {times}  wall p95 {_p95(list(wall)):6.1f} ms{of_answer}{over}"


def _bare(ops: OpsCentre) -> Sequence[Any]:
    with ops.db.reading() as session:
        return [
            *session.scalars(select(Operation)),
            *session.scalars(select(Lesson)),
            *session.scalars(select(Handling)),
        ]


def _body(one: dict[str, Any], path: str, given: Any) -> dict[str, Any]:
    """A callback as its page asks it when it is shown."""
    parts = one["output"].strip(".").split("...")
    outputs = [dict(zip(("id", "property"), part.rsplit(".", 1), strict=True)) for part in parts]

    def value(part: dict[str, Any]) -> Any:
        return json.dumps([1, path, "", True]) if part["id"] == "shell-due" else given

    return {
        "output": one["output"],
        "outputs": outputs if one["output"].startswith("..") else outputs[0],
        "inputs": [part | {"value": value(part)} for part in one["inputs"]],
        "state": [part | {"value": value(part)} for part in one["state"]],
        "changedPropIds": [f"{one['inputs'][0]['id']}.{one['inputs'][0]['property']}"],
    }


def _fill(ops: OpsCentre) -> None:
    now = SystemClock().now()
    with ops.db.begin() as session:
        handlings = [handling_id(session, agency, "GREEN") for agency in AGENCIES]
        revision = next_revision(session)
        session.execute(insert(Operation), [_operation(n, handlings, now, revision) for n in range(OPERATIONS)])
        session.execute(insert(Lesson), [_lesson(n, handlings, now, revision) for n in range(LESSONS)])


def _operation(n: int, handlings: list[int], now: datetime, revision: int) -> dict[str, Any]:
    every = [(kind.value, state.value) for kind, states in STATES.items() for state in states]
    kind, state = ("deliberate", "planned") if n < PLANNED else every[n % len(every)]
    lat, lon = -34.0 - n % 11, 172.0 + n % 7
    corners = [[lat, lon], [lat - 0.5, lon], [lat - 0.5, lon + 0.5], [lat, lon + 0.5]]
    return {
        "reference": f"{kind[0].upper()}26-{n:03d}", "name": f"Operation {_word(n)} {n}", "kind": kind, "state": state,
        "state_at": now - timedelta(hours=n % 90), "is_exercise": n % 9 == 0, "proposed_by": "bench", "version": 1,
        "purpose": f"{_word(n)} and {_word(n * 5 + 1)} at the {_word(n * 7 + 2)}, as assessed.", "commander": "bench",
        "agencies": [AGENCIES[n % 5], AGENCIES[(n + 2) % 5]], "subjects": [SUBJECTS[n % 4]],
        "place": PLACES[n % 8] if n % 3 else None, "starts_at": now + timedelta(hours=n % 300 + 1),
        "ends_at": now + timedelta(hours=n % 300 + 9), "required": [{"capability": "search", "count": 2}],
        "area": [] if n % 3 else [{"kind": "polygon", "name": "", "points": corners}], "proposed_at": now,
        "handling_id": handlings[n % 5], "revision": revision,
    }  # fmt: skip


def _lesson(n: int, handlings: list[int], now: datetime, revision: int) -> dict[str, Any]:
    return {
        "title": f"Lesson {n}", "cause": "Nobody had asked.", "action": f"Ask for the {_word(n)}.", "owner": "bench",
        "due_at": now + timedelta(days=n % 60), "check_text": "It was asked.", "state": ("open", "acted on")[n % 2],
        "kinds": [("deliberate", "contingency", "overwatch")[n % 3]], "subjects": [SUBJECTS[n % 4]],
        "places": [PLACES[n % 8]], "agencies": [AGENCIES[n % 5]], "words": sorted({_word(n), _word(n * 3), _word(n * 11)}),
        "made_by": "bench", "made_at": now, "version": 1, "handling_id": handlings[n % 5], "revision": revision,
    }  # fmt: skip


def _word(n: int) -> str:
    return WORDS[n % len(WORDS)]
