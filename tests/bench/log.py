"""The duty log: appends in one process and four, verification and export of a long log. OPS_BENCH_ENTRIES sets its length."""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.bootstrap import OpsCentre, bootstrap
from ops_centre.config import ROOT, load
from ops_centre.domain.duty_log import EntryKind
from ops_centre.services.handlings import handling_id
from ops_centre.services.log_verifying import verify
from ops_centre.services.schema import upgrade
from tests.bench.log_books import book
from tests.store.test_log_appending import WRITER

ENTRIES = int(os.environ.get("OPS_BENCH_ENTRIES", "1000000"))
APPENDS = 300
READER = Actor(1, "bench", "Bench", Role.DUTY_OFFICER, "OPS")


def measure() -> list[str]:
    """Lines of the report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_appends(folder / "short"), *_long(folder / "long")]


def _centre(folder: Path) -> OpsCentre:
    return bootstrap(load({"OPS_DATA_DIR": str(folder)}))


def _appends(folder: Path) -> list[str]:
    ops = _centre(folder)
    upgrade(ops.db)
    with ops.db.begin() as session:
        handling = handling_id(session, "OPS", "GREEN")
    began = time.perf_counter()
    for number in range(APPENDS):
        with ops.deeds.begin("system", "bench") as deed:
            deed.log(EntryKind.NOTE, f"Entry {number}.", handling_id=handling)
    alone = APPENDS / (time.perf_counter() - began)
    ops.close()
    url = ops.db.url.render_as_string(hide_password=False)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, json.dumps([url, f"w{n}", APPENDS, handling])],
            cwd=ROOT,
            stdin=subprocess.PIPE,
        )
        for n in range(4)
    ]
    time.sleep(3)  # until all have started
    began = time.perf_counter()
    for writer in writers:
        writer.communicate(b"go\n")
    together = 4 * APPENDS / (time.perf_counter() - began)
    return [f"append as a deed, SQLite: one process {alone:,.0f}/s, four processes {together:,.0f}/s together"]


def _long(folder: Path) -> list[str]:
    folder.mkdir()
    shutil.copyfile(book(ENTRIES), folder / "ops.db")
    ops = _centre(folder)
    signed_s = _timed(ops.checkpoints.sign_now)
    idle_ms = min(_timed(ops.checkpoints.sign_due) for _ in range(9)) * 1000
    lines = [
        f"{ENTRIES:,} entries: signed for from the first in {signed_s:.1f} s; a turn with nothing due {idle_ms:.1f} ms"
    ]
    before = _memory()
    verify_s = _timed(lambda: verify(ops.checkpoints))
    lines.append(f"log verify {verify_s:.1f} s, {_memory() - before:.0f} MB more memory at most")
    for form in ("jsonl", "csv"):
        path = folder / f"export.{form}"
        took = _timed(lambda form=form, path=path: _save(ops, form, path))  # type: ignore[misc]
        lines.append(f"export {form} {took:.1f} s, {path.stat().st_size / 1e6:,.0f} MB")
    took = _timed(lambda: _stand_alone(folder))
    lines.append(f"stand-alone verifier {took:.1f} s; {_memory() - before:.0f} MB more memory at most in all")
    ops.close()
    return lines


def _save(ops: OpsCentre, form: str, path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(getattr(ops.log_export, form)(READER).parts)


def _stand_alone(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", str(ROOT / "tools/verify_log.py"), str(folder / "export.jsonl")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stdout)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began
