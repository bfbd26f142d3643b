"""Four processes append at once: one gapless chain, no fork, no lock error."""

import json
import subprocess
import sys

from sqlalchemy import func, select

from ops_centre.config import ROOT
from ops_centre.db import Database
from ops_centre.domain import sealing
from ops_centre.models import Handling, LogEntry, LogHead, LogLink
from ops_centre.services.duty_log import content
from tests.factories import make_handling

PROCESSES, EACH = 4, 300
WRITER = """
import json, sys
from ops_centre.clock import SystemClock
from ops_centre.db import Database
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.services.deeds import Deeds

url, name, count, handling = json.loads(sys.argv[1])
deeds = Deeds(Database(url), SystemClock())
sys.stdin.readline()  # all begin together
for number in range(count):
    with deeds.begin("system", "try it", f"{name}-{number}") as deed:
        links = [link(ThingKind.TARGET, number, "x")]
        deed.answer = {"seq": deed.log(EntryKind.NOTE, f"{name} {number}", handling_id=handling, links=links)}
"""


def test_four_processes_append_three_hundred_entries_each(database: Database, database_url: str) -> None:
    with database.begin() as session:
        handling = make_handling(session).id
    database.dispose()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, json.dumps([database_url, f"writer {number}", EACH, handling])],
            cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]  # fmt: skip
    said = []
    for writer in writers:
        assert writer.stdin
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    for writer in writers:
        said.append(writer.communicate(timeout=110)[1].decode())
    assert [(writer.returncode, words) for writer, words in zip(writers, said, strict=True)] == [(0, "")] * PROCESSES
    with database.reading() as session:
        entries = list(session.scalars(select(LogEntry).order_by(LogEntry.seq)))
        owner, chain = session.get_one(Handling, handling), sealing.GENESIS
        for entry in entries:
            chain = sealing.chain_hash(chain, sealing.leaf_hash(sealing.canonical(content(entry, owner))))
            assert entry.chain_hash == chain
        head = session.get_one(LogHead, 1)
        links = session.scalar(select(func.count()).select_from(LogLink))
    assert [entry.seq for entry in entries] == list(range(1, PROCESSES * EACH + 1))
    assert len({entry.text for entry in entries}) == PROCESSES * EACH
    assert (head.seq, head.chain_hash, links) == (PROCESSES * EACH, chain, PROCESSES * EACH)
