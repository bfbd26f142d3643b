"""Importing is free of effects, and every file says why it exists."""

import ast
import json
import subprocess
import sys

import pytest

from ops_centre.config import ROOT
from tests.support import tree

# Imported in a process of its own for each module, forked, so that libraries load once. The layers come from the bottom
# up; each, once all its modules import alone, is loaded as libraries are for those above it. A module that its package
# imports is imported with it whoever asks for it: the package's process answers for both.
ROUNDS = (
    ("clock", "config", "errors", "domain"),
    ("auth", "models"),
    ("db", "feeds"),
    ("picture",),
    ("services",),
    ("bootstrap", "scheduler", "exercise"),
)
PROBE = """
import gc, importlib, json, os, socket, sys, threading
gc.disable()
rounds = json.loads(sys.argv[1])
libraries = [
    "pydantic sqlalchemy.orm shapely pyproj structlog orjson",
    "cryptography.hazmat.primitives.asymmetric.ed25519 argon2",
    "httpx pyais",
    "scipy.sparse.csgraph",
    "alembic fpdf icalendar scipy.optimize",
    "apscheduler.schedulers.background",
    "dash flask plotly prometheus_client flask_login",
]  # of each round: a small process is forked sooner

def refuse(*_):
    raise OSError("a module opened a socket while it was imported")

socket.socket.connect = socket.socket.bind = refuse
faults = []
answered = set()

def came_with(package):
    return [name for name in sys.modules if name.startswith(package + ".") and sys.modules[name]]

def probe(name):
    if name in answered:
        return
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        fault, came = "", []
        try:
            importlib.import_module(name)
            if threading.active_count() != 1:
                fault = "started a thread"
            came = came_with(name)
        except BaseException as error:
            fault = f"{type(error).__name__}: {error}"
        with os.fdopen(writer, "w") as telling:
            json.dump([fault, came], telling)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as said:
        fault, came = json.load(said)
    os.waitpid(child, 0)
    if fault:
        faults.append(f"{name}: {fault}")
    else:
        answered.update(came)

for needed, names in zip(libraries, rounds, strict=True):
    for library in needed.split():
        importlib.import_module(library)
    for name in sorted(names):
        probe(name)
    if not faults:
        for name in names:
            importlib.import_module(name)
print("\\n".join(faults))
"""


@pytest.mark.timeout(310)  # a process for each module: minutes on a busy machine
def test_every_module_imports_alone_with_an_empty_environment_and_no_sockets() -> None:
    names = tree.modules()
    rounds: list[list[str]] = []
    for layers in ROUNDS:
        below = {name for names in rounds for name in names}
        chosen = tuple(f"ops_centre.{layer}" for layer in layers)
        rounds.append([name for name in names if name.startswith(chosen) and name not in below])
        assert rounds[-1]
    below = {name for one in rounds for name in one}
    rounds.append([name for name in names if name not in below])
    assert len(rounds[-1]) > 100
    probe = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(rounds)],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert probe.returncode == 0, probe.stderr
    assert probe.stdout.strip() == ""


def test_every_module_says_why_it_exists() -> None:
    ours = tree.python_files("ops_centre/", "layouts/", "callbacks/", "tools/", "tests/", "app.py")
    silent = [
        tree.name_of(path)
        for path in ours
        if path.read_text("utf-8").strip() and not ast.get_docstring(tree.syntax(path))
    ]
    assert silent == []


def test_nobody_in_the_product_imports_the_launcher() -> None:
    guilty = [
        tree.name_of(path)
        for path in tree.python_files("ops_centre/", "layouts/", "callbacks/")
        for node in ast.walk(tree.syntax(path))
        if (isinstance(node, ast.Import) and any(alias.name == "app" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "app")
    ]
    assert guilty == []


def test_no_test_sleeps() -> None:
    guilty = [
        f"{tree.name_of(path)}:{node.lineno}"
        for path in tree.python_files("tests/")
        if not tree.name_of(path).startswith(("tests/bench/", "tests/support/"))
        for node in ast.walk(tree.syntax(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("sleep", "wait_for_timeout")
    ]
    assert guilty == []
