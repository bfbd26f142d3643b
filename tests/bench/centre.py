"""The real processes, started for measuring with their own data, ports and settings, and stopped for certain."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: str, look: Callable[[], Any], timeout_s: float = 60, every_s: float = 0.05) -> Any:
    """The first true answer of ``look``. Raises TimeoutError naming ``what``."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        answer = look()
        if answer:
            return answer
        time.sleep(every_s)
    raise TimeoutError(what)


def ais_from(port: int) -> str:
    """The settings of an AIS feed that reads a loopback port."""
    return f'[[feeds]]\nname = "AIS"\nkind = "ais"\nagency = "MAR"\ntransport = "tcp"\naddress = "127.0.0.1:{port}"\n'


@dataclass
class Centre:
    """A running centre."""

    folder: Path
    port: int
    environment: dict[str, str]
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where the web process listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str, *arguments: str) -> None:
        """Start one of the centre's processes."""
        log = (self.folder / f"{name}.log").open("ab")
        self.children[name] = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )

    def run(self, *arguments: str) -> str:
        """Run a verb of the command line to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "ops_centre", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr or done.stdout}")
        return done.stdout.strip()

    def start_worker(self) -> None:
        """The polling process."""
        self.start("worker", "-m", "ops_centre.worker")

    def start_web(self) -> None:
        """The web process; returns when it is ready."""
        self.start("web", "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "app:server")
        wait_for("the web process", lambda: _answers(f"{self.address}/readyz"))

    def cpu_s(self, name: str) -> float:
        """Processor seconds that a process and its children have used."""
        return _cpu_s(_family(self.children[name].pid))

    def usage(self, seconds: float) -> dict[str, tuple[float, float]]:
        """Share of one core and MB of resident memory of each process and its children, over ``seconds``."""
        groups = {name: _family(child.pid) for name, child in self.children.items()}
        before = {name: _cpu_s(group) for name, group in groups.items()}
        time.sleep(seconds)
        return {
            name: ((_cpu_s(group) - before[name]) / seconds, sum(p.memory_full_info().uss for p in group) / 1e6)
            for name, group in groups.items()
        }

    def stop(self) -> None:
        """End all processes."""
        for child in self.children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self.children.values():
            try:
                child.wait(8)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.children.clear()


@contextmanager
def centre(settings: str = "", *, mode: str = "live", database_url: str = "") -> Iterator[Centre]:
    """A fresh centre with config.toml's settings, its feeds replaced by those in ``settings`` (TOML)."""
    with tempfile.TemporaryDirectory(prefix="ops-bench-") as name:
        folder = Path(name)
        port = free_port()
        kept = _without_feeds((ROOT / "config.toml").read_text("utf-8"))
        (folder / "config.toml").write_text(kept + "\n" + settings)
        tomllib.loads((folder / "config.toml").read_text())
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("OPS_")},
            "OPS_CONFIG": str(folder / "config.toml"),
            "OPS_DATA_DIR": str(folder / "var"),
            "OPS_PORT": str(port),
            "OPS_MODE": mode,
        }
        if database_url:
            environment["OPS_DATABASE_URL"] = database_url
        running = Centre(folder, port, environment)
        running.run("db", "upgrade")
        try:
            yield running
        finally:
            running.stop()


def _without_feeds(text: str) -> str:
    kept, skipping = [], False
    for line in text.splitlines():
        if line.startswith("["):
            skipping = line.strip() == "[[feeds]]"
        if not skipping:
            kept.append(line)
    return "\n".join(kept)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _family(pid: int) -> list[psutil.Process]:
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def _cpu_s(group: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in group)
