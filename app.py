"""The product's front door.

`gunicorn app:server` serves the screens alone; `python app.py` starts web, worker and, in an exercise, the simulator, each a
process of its own, restarts one that dies, and stops all of them on Ctrl-C. Nothing happens when this module is imported.
"""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from ops_centre import config
from ops_centre.api import compression
from ops_centre.api.guard import set_csp_hashes
from ops_centre.api.server import create_server
from ops_centre.bootstrap import OpsCentre, bootstrap, log_to_terminal
from ops_centre.errors import ConfigError, OpsError
from ops_centre.services import schema
from ops_centre.worker import check_feeds

HERE = Path(__file__).resolve().parent
START_WITHIN_S = 60
STOP_WITHIN_S = 8
PR_SET_PDEATHSIG = 1  # of prctl(2)


def create_app(ops: OpsCentre) -> Dash:
    """The Dash application on a guarded server. Starts no thread."""
    from callbacks import pages  # noqa: PLC0415  (screens are not needed to start the other processes)

    server = create_server(ops)
    app = Dash(
        "ops_centre",
        server=server,
        title=ops.settings.centre.name,
        update_title=None,
        assets_folder=str(HERE / "assets"),
        assets_ignore=pages.ASSETS_IGNORE,
        serve_locally=True,
        suppress_callback_exceptions=False,
    )
    pages.register(app, ops)
    compression.install(server)
    set_csp_hashes(server, app.csp_hashes())
    return app


def create_web() -> Flask:
    """The server for gunicorn, with settings from the environment."""
    log_to_terminal()
    server: Flask = create_app(bootstrap(config.load())).server
    return server


def __getattr__(name: str) -> Any:
    """``app:server``, made when gunicorn asks for it and not before."""
    if name == "server":
        return create_web()
    raise AttributeError(name)


def _end_with_us() -> None:
    """Runs in a child before its program: if we are killed, Linux ends it, and no orphan keeps the port and the lease."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """One of the centre's processes, restarted when it dies."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.child: subprocess.Popen[bytes] | None = None
        self.restart_at = 0.0
        self.pause_s = 1.0

    def keep_running(self) -> None:
        """Start it, or start it again after a pause that grows with each death."""
        now = time.monotonic()
        if self.child is not None and self.child.poll() is None:
            return
        if self.child is not None and self.restart_at == 0.0:
            say(f"{self.name} ended with status {self.child.returncode}; starting it again in {self.pause_s:.0f} s")
            self.restart_at, self.pause_s = now + self.pause_s, min(self.pause_s * 2, 30)
            return
        if now >= self.restart_at:
            self.child, self.restart_at = self._start(), 0.0

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self.command, cwd=HERE, start_new_session=True, preexec_fn=_end_with_us)  # noqa: S603, PLW1509

    def stop(self) -> None:
        """Ask it to end."""
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end; after ``until`` it is killed."""
        if self.child is None:
            return
        try:
            self.child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def main() -> int:
    """Start everything; exit status 0 after Ctrl-C, 1 when it cannot start, 2 when the configuration cannot be used."""
    try:
        settings = config.load()
        accounts = _prepare(settings)
    except ConfigError as wrong:
        for fault in wrong.faults:
            print(f"config: {fault}", file=sys.stderr)
        return 2
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    except (SQLAlchemyError, OSError) as error:
        print(f"The data directory or database cannot be used: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    return _run(settings, accounts)


def _prepare(settings: config.Settings) -> list[str]:
    """Check the configuration, bring the database up to date, see to the accounts of an exercise; a line for each."""
    say(f"Database: {'as configured' if '@' in settings.database.url else settings.database_url}")
    ops = bootstrap(settings)
    try:
        check_feeds(settings, ops)
        schema.upgrade(ops.db)
        return _exercise_accounts(ops) if settings.is_exercise else []
    finally:
        ops.close()


def _exercise_accounts(ops: OpsCentre) -> list[str]:
    """Names and generated passwords of the exercise, kept in a file that only its owner may read."""
    kept = ops.settings.data_dir / "exercise-accounts.txt"
    kept.parent.mkdir(parents=True, exist_ok=True)  # before the accounts: passwords that nobody wrote down are lost
    made = ops.accounts.ensure_exercise_accounts()
    if made:
        text = "".join(f"{account.name:<12} {account.password:<24} {account.role}\n" for account in made)
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
    return kept.read_text().splitlines() if kept.exists() else []


def _processes(settings: config.Settings) -> list[Process]:
    python = sys.executable
    processes = [
        Process("worker", [python, "-m", "ops_centre.worker"]),
        Process("web", [python, "-m", "gunicorn", "--config", str(HERE / "gunicorn.conf.py"), "app:server"]),
    ]
    if settings.is_exercise:
        processes.insert(0, Process("exercise", [python, "-m", "ops_centre.exercise"]))
    return processes


def _run(settings: config.Settings, accounts: list[str]) -> int:
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # SIGHUP: the terminal was closed
        signal.signal(number, lambda received, _frame: stopping.append(received))
    address = f"http://{settings.web.host}:{settings.web.port}"
    if taken := _taken_ports(settings):
        for line in taken:
            print(line, file=sys.stderr)
        return 1
    processes = _processes(settings)
    say("Starting " + ", ".join(process.name for process in processes))
    began, announced = time.monotonic(), False
    while not stopping:
        for process in processes:
            process.keep_running()
        if not announced and _status(f"{address}/readyz") == 200:
            announced = True
            _announce(settings, address, accounts, time.monotonic() - began)
        if not announced and time.monotonic() - began > START_WITHIN_S:
            announced = True
            say(f"Still not ready after {START_WITHIN_S} s; see the lines above")
        time.sleep(0.2)
    say("Stopping")
    for process in reversed(processes):
        process.stop()
    until = time.monotonic() + STOP_WITHIN_S
    for process in reversed(processes):
        process.wait(until)
    say("Stopped. What was recorded is kept.")
    return 0


def _taken_ports(settings: config.Settings) -> list[str]:
    """A line for each address that we are to listen on and cannot."""
    wanted = [(settings.web.host, settings.web.port, "Stop what listens there, or choose another port with OPS_PORT.")]
    if settings.is_exercise:
        change = "Is another exercise running? Its feeds would be mixed with ours. The ports stand in config.toml."
        exercise = settings.exercise
        ports = (exercise.ais_port, exercise.http_port, exercise.cot_port)
        wanted += [("127.0.0.1", port, change) for port in ports]
    faults = []
    for host, port, advice in wanted:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            socket.create_server((host, port), family=family).close()
        except OSError as taken:
            faults.append(f"Cannot listen on {host} port {port}: {os.strerror(taken.errno or 0)}. {advice}")
    return faults


def _status(address: str) -> int | None:
    """The HTTP status that ``address`` answers with; None when nothing answers."""
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310  (our own http address)
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return int(refused.code)
    except (OSError, ValueError, http.client.HTTPException):
        return None


def _announce(settings: config.Settings, address: str, accounts: list[str], took_s: float) -> None:
    say(f"Ready after {took_s:.1f} s: {address}")
    if settings.is_exercise:
        print("\n  EXERCISE. Sign in as one of these:\n")
        for account in accounts:
            print(f"    {account}")
        print("\n  Ctrl-C stops everything; starting again continues on the same data.\n", flush=True)
    else:
        say("Accounts are made by: .venv/bin/python -m ops_centre user add --help")


def say(text: str) -> None:
    """A line of progress."""
    print(f"[ops-centre] {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
