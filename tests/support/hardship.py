"""A centre under load whose processes are killed, and the ledger of what it acknowledged: none of it may be lost or doubled.

A targeting source gives pages of twenty targets, so that no number of stored targets but a multiple of twenty is ever right;
writers post log entries under request ids and repeat each until it is acknowledged, as the browser does; a watcher reads the
database all the while, as another web process would.
"""

import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

import httpx
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from ops_centre.bootstrap import bootstrap
from ops_centre.db import Database
from ops_centre.models import FeedRecord, Hit, LogEntry, LogHead, Target
from ops_centre.services.log_verifying import verify
from tests.support.product import PASSWORD, Product, free_ports, wait_for

PAGE = 20
CONFIG = """
[centre]
mode = "live"
[worker]
lease_seconds = 2
renew_seconds = 0.5
[sessions]
attempts = 1000
attempts_per_address = 1000
[backup]
every_hours = 0
[[agencies]]
code = "OPS"
name = "Operations centre"
[[feeds]]
name = "Targeting"
kind = "targeting"
agency = "OPS"
url = "http://127.0.0.1:{port}/targets"
every_seconds = 0.2
late_after_seconds = 30
lost_after_seconds = 60
"""


class PagedTargets:
    """A source with ever more pages; a page asked for again is the same."""

    def __init__(self, pages_a_second: float = 2.0) -> None:
        self._began, self._rate = time.monotonic(), pages_a_second
        self._closed_at: int | None = None
        source = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = parse_qs(urlparse(self.path).query).get("cursor", ["0"])[0]
                body = json.dumps(source.page(int(asked))).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_said: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def pages(self) -> int:
        """How many there are by now."""
        return self._closed_at if self._closed_at is not None else int((time.monotonic() - self._began) * self._rate)

    def finish(self) -> int:
        """No more pages; how many targets there were."""
        self._closed_at = self._closed_at or self.pages
        return self._closed_at * PAGE

    def page(self, cursor: int) -> dict[str, Any]:
        """The document behind a cursor."""
        if cursor >= self.pages:
            return {"schema": "ops-centre/targeting/1.0", "records": [], "next_cursor": str(cursor)}
        records = [_record(cursor * PAGE + number) for number in range(PAGE)]
        return {"schema": "ops-centre/targeting/1.0", "records": records, "next_cursor": str(cursor + 1)}

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def _record(number: int) -> dict[str, Any]:
    hit = {
        "ref": f"H-{number}", "kind": "rule", "criterion": "Rule 1", "version": "1", "explanation": "matched",
        "source": {"system": "S", "message": f"M-{number}"},
    }  # fmt: skip
    return {
        "ref": f"T-{number}", "version": 1, "status": "issued", "issued_at": "2026-04-01T05:10:00Z", "severity": "normal",
        "subject": {"kind": "vessel", "label": f"VESSEL {number}", "identifiers": {}}, "hits": [hit],
        "handling": {"marking": "GREEN"},
    }  # fmt: skip


@dataclass
class Ledger:
    """What was asked and what was acknowledged."""

    asked: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Hardship(Product):
    """The centre, its source, its writers and its watcher."""

    def __init__(self, database_url: str | None = None, *, seed: int = 1, writers: int = 2) -> None:
        super().__init__(environ={"OPS_DATABASE_URL": database_url} if database_url else None)
        self.source = PagedTargets()
        (self.folder / "config.toml").write_text(CONFIG.format(port=self.source.port), "utf-8")
        self.random = random.Random(seed)
        self.ledger, self._over = Ledger(), threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,), daemon=True) for n in range(writers)]
        self._threads.append(threading.Thread(target=self._watch, daemon=True))

    def begin(self) -> None:
        """Start everything; returns when both processes have done something."""
        self.run("db", "upgrade")
        self.db = Database(self.settings.database_url)
        self.add_user("writer", "duty officer")
        self.start("worker", "-m", "ops_centre.worker")
        self.start_web()
        self.wait_ready()
        for thread in self._threads:
            thread.start()
        self.wait_for_progress("worker", "web")

    def strike(self) -> str:
        """Kill one process or both at a random moment, start again what was killed and wait until it works; which."""
        struck = self.random.choice([("worker",), ("web",), ("worker", "web")])
        time.sleep(self.random.uniform(0, 1.0))
        for name in struck:
            self.kill(name)
        for name in struck:
            if name == "web":
                self.start_web()
            else:
                self.start("worker", "-m", "ops_centre.worker")
        self.wait_for_progress(*struck)
        return " and ".join(struck)

    def wait_for_progress(self, *names: str) -> None:
        """Until what each process does has gone on. Raises TimeoutError."""
        stored, acknowledged = self._stored(), len(self.ledger.acknowledged)
        if "worker" in names:
            wait_for(lambda: self._stored() > stored, "targets to be stored again", 60)
        if "web" in names:
            wait_for(lambda: len(self.ledger.acknowledged) > acknowledged, "entries to be acknowledged again", 60)

    def add_processes(self) -> int:
        """A second worker, which stands by, and a second web process; the port of that."""
        self.start("second worker", "-m", "ops_centre.worker")
        port = free_ports(1)[0]
        first, self.environ["OPS_PORT"] = self.environ["OPS_PORT"], str(port)
        self.start("second web", "-m", "gunicorn", "app:server")
        self.environ["OPS_PORT"] = first
        wait_for(lambda: _is_ready(f"http://127.0.0.1:{port}"), "the second web process to be ready")
        return port

    def signed_in(self, port: int) -> httpx.Client:
        """A client of the web process at ``port``. Raises AssertionError when nobody can sign in there."""
        client = self._signed_in(f"http://127.0.0.1:{port}")
        assert client is not None
        return client

    def pause(self) -> None:
        """End the writers and the watcher; returns when what they began is done."""
        self._over.set()
        for thread in self._threads:
            thread.join(30)

    def settle(self) -> list[str]:
        """End the load, wait for what is on its way, and compare with the ledger: every fault, in words."""
        expected = self.source.finish()
        wait_for(lambda: self._stored() >= expected, "the source to be read to its end", 60)
        self.pause()
        self.stop_processes()
        return [*self.ledger.faults, *self._compare(expected)]

    def stop_processes(self) -> None:
        """Stop web and worker, keeping the folder."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(20)
        self.running.clear()

    def stop(self) -> None:
        """Stop everything."""
        self._over.set()
        self.source.close()
        super().stop()
        if hasattr(self, "db"):
            self.db.dispose()

    def _stored(self) -> int:
        with self.db.reading() as session:
            return session.scalar(select(func.count()).select_from(Target)) or 0

    def _compare(self, expected: int) -> list[str]:
        faults: list[str] = []
        with self.db.reading() as session:
            texts = Counter(session.scalars(select(LogEntry.text).where(LogEntry.text.like("entry %"))))
            refs = Counter(session.scalars(select(Target.ref)))
            hits = Counter(session.scalars(select(Hit.ref)))
        faults += [f"acknowledged, but lost: {text}" for text in self.ledger.acknowledged - set(texts)]
        faults += [f"written {count} times: {text}" for text, count in texts.items() if count > 1]
        faults += [f"never asked for: {text}" for text in set(texts) - self.ledger.asked]
        for words, found, mark in (("target", refs, "T"), ("hit", hits, "H")):
            wanted = {f"{mark}-{number}" for number in range(expected)}
            faults += [f"{words} lost: {ref}" for ref in wanted - set(found)]
            faults += [f"{words} stored {count} times: {ref}" for ref, count in found.items() if count > 1]
        ops = bootstrap(self.settings)
        try:
            faults += verify(ops.checkpoints).faults
        finally:
            ops.close()
        return faults

    def _watch(self) -> None:
        """Look all the while for what must never be seen: half a page, half a deed."""
        while not self._over.wait(0.01):
            try:
                with self.db.reading() as session:
                    targets = session.scalar(select(func.count()).select_from(Target)) or 0
                    entries = session.scalar(select(func.count()).select_from(LogEntry)) or 0
                    head = session.scalar(select(LogHead.seq)) or 0
                    feed = session.scalars(select(FeedRecord)).one_or_none()
                if targets % PAGE:
                    self.ledger.faults.append(f"half a page was seen: {targets} targets")
                if entries != head:
                    self.ledger.faults.append(f"half a deed was seen: {entries} entries, head {head}")
                if feed and feed.received != feed.stored + feed.duplicate + feed.quarantined:
                    self.ledger.faults.append("received is not stored + duplicate + quarantined")
            except SQLAlchemyError:
                continue  # the database is away for a moment: nothing was seen

    def _write(self, number: int) -> None:
        """Post entries, each until it is acknowledged."""
        client: httpx.Client | None = None
        count = 0
        while not self._over.is_set():
            count += 1
            text, request = f"entry {number}/{count}", uuid.uuid4().hex
            self.ledger.asked.add(text)
            while not self._over.is_set():
                client = client or self._signed_in(self.url)
                if client and self._posted(client, text, request):
                    break
                if client:
                    client.close()
                client = None
                self._over.wait(0.1)
        if client:
            client.close()

    def _posted(self, client: httpx.Client, text: str, request: str) -> bool:
        try:
            said = client.post("/api/v1/acts/log/write", json={"text": text, "request_id": request})
        except httpx.HTTPError:
            return False
        if said.status_code == 200:
            self.ledger.acknowledged.add(text)
            return True
        self.ledger.refused.append(f"{said.status_code}: {said.text[:200]}")
        return False

    def _signed_in(self, url: str) -> httpx.Client | None:
        client = httpx.Client(base_url=url, headers={"Origin": url}, timeout=10)
        try:
            said = client.post("/sign-in", data={"name": "writer", "password": PASSWORD})
        except httpx.HTTPError:
            client.close()
            return None
        if said.status_code in (302, 303):
            return client
        client.close()
        self.ledger.refused.append(f"sign-in {said.status_code}")
        return None


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def hardship(database_url: str | None = None, *, seed: int = 1) -> Iterator[Hardship]:
    """A centre under load, begun, and stopped for certain."""
    made = Hardship(database_url, seed=seed)
    try:
        made.begin()
        yield made
    finally:
        made.stop()
