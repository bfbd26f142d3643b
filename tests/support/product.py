"""The real product as child processes, on ports and a data folder of its own, stopped with everything it started.

Used by browser tests and tools/screenshots.py. `Product.launch` starts everything through app.py as a person does;
`Product.launch_apart` starts web, worker and simulator one by one, so that a test can kill one of them.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import httpx
import psutil

from ops_centre.config import DEFAULT_PATH, ROOT, Settings, load

PASSWORD = "correct horse battery staple"
T = TypeVar("T")


def free_ports(how_many: int) -> list[int]:
    """Ports nobody listens on."""
    held = [socket.socket() for _ in range(how_many)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def wait_for(what: Callable[[], T], named: str, seconds: float = 60) -> T:
    """Ask until the answer is true; that answer. Raises TimeoutError saying what was waited for."""
    until = time.monotonic() + seconds
    while True:
        if answer := what():
            return answer
        if time.monotonic() > until:
            raise TimeoutError(f"waited {seconds} s for {named}")
        time.sleep(0.05)


class Product:
    """One centre. ``changes`` are further edits of config.toml, as {"zoom = 5": "zoom = 9"}."""

    def __init__(self, changes: dict[str, str] | None = None, environ: dict[str, str] | None = None) -> None:
        """Prepare the folder; nothing runs yet."""
        self.folder = Path(tempfile.mkdtemp(prefix="ops-centre-"))
        self.port, self.ais_port, self.http_port, self.cot_port = free_ports(4)
        text = DEFAULT_PATH.read_text("utf-8")
        edits = {"10110": str(self.ais_port), "10111": str(self.http_port), "10112": str(self.cot_port)}
        edits |= {"operations = true": "operations = false", "announces = true": "announces = false"} | (
            changes or {}
        )  # boards begin empty
        for old, new in edits.items():
            if old not in text:
                raise ValueError(f"config.toml does not say {old!r}")
            text = text.replace(old, new)
        (self.folder / "config.toml").write_text(text, "utf-8")
        self.environ = {
            "PATH": os.environ.get("PATH", ""),
            "OPS_CONFIG": str(self.folder / "config.toml"),
            "OPS_DATA_DIR": str(self.folder / "data"),
            "OPS_HOST": "127.0.0.1",
            "OPS_PORT": str(self.port),
            **(environ or {}),
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        """Address of the web process, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> Settings:
        """The settings the processes run with."""
        return load(self.environ)

    # Processes

    def launch(self) -> None:
        """Everything, as ``make run`` starts it; returns when the centre is ready."""
        self.start("app", "app.py")
        self.wait_ready()

    def launch_apart(self) -> None:
        """Everything as separate processes, so that one can be killed; returns when the centre is ready."""
        self.run("db", "upgrade")
        self.start("simulator", "-m", "ops_centre.exercise")
        self.start("worker", "-m", "ops_centre.worker")
        self.start_web()
        self.wait_ready()

    def start_web(self) -> None:
        """The web process alone, under gunicorn."""
        self.start("web", "-m", "gunicorn", "app:server")

    def start(self, name: str, *arguments: str) -> None:
        """Start a Python process of the product under a name."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def run(self, *verb: str) -> str:
        """Run a verb of the command line to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "ops_centre", *verb],
            cwd=ROOT,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(verb)} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def kill(self, name: str) -> None:
        """Kill a process and its children as a crash would."""
        process = self.running.pop(name)
        family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.kill()
        process.wait(10)
        for child in family:
            with suppress(psutil.NoSuchProcess):
                child.kill()

    def stop(self) -> None:
        """Stop everything in order, and delete the folder."""
        for process in reversed(self.running.values()):
            if process.poll() is None:
                os.kill(process.pid, signal.SIGTERM)
        for name, process in list(self.running.items()):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill(name)  # with the children that it failed to stop
        self.running.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def said(self, name: str) -> str:
        """What a process printed so far."""
        path = self.folder / f"{name}.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    # Readiness

    def wait_ready(self, seconds: float = 60) -> None:
        """Until /readyz says so."""
        wait_for(lambda: self._answers("/readyz"), "the web process to be ready", seconds)

    def _answers(self, path: str) -> bool:
        for name, process in self.running.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended with {process.returncode}:\n{self.said(name)[-4000:]}")
        try:
            return httpx.get(self.url + path, timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    # People

    def add_user(self, name: str, role: str, agency: str = "OPS") -> str:
        """An account with `PASSWORD`; its name."""
        from ops_centre.clock import SystemClock
        from ops_centre.db import Database
        from ops_centre.services.accounts import Accounts
        from ops_centre.services.audit import COMMAND_LINE

        database = Database(self.settings.database_url)
        try:
            Accounts(database, SystemClock(), self.settings).add_user(COMMAND_LINE, name, name, role, agency, PASSWORD)
        finally:
            database.dispose()
        return name
