"""A published list of vessels as an agency keeps it: rows of its own database, read as targets by a feed's configuration."""

import csv
import gzip
import io
import re
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ops_centre.feeds.sources import database as source
from ops_centre.feeds.sources import deployments, targeting
from ops_centre.models import Hit, Target
from tests.factories import make_feed
from tests.feeds.situations import context
from tests.support.clock import FakeClock

pytestmark = pytest.mark.recorded

KIND = source.kind_for(targeting.FORMAT, deployments.FORMAT)
NOTHING = "-0- "
IMO = re.compile(r"IMO\s+(\d{7})")
SETTINGS = {
    "records": "targeting",
    "url_env": "OPS_LIST_URL",
    "query": "SELECT * FROM listed WHERE number >= :after ORDER BY number",
    "increment": "number",
    "increment_kind": "number",
    "row_limit": 100,
    "columns": {
        "ref": "number",
        "subject.kind": "kind", "subject.label": "name",
        "subject.identifiers.imo": "imo", "subject.identifiers.callsign": "callsign",
        "hits.ref": "number", "hits.criterion": "programme", "hits.explanation": "remarks",
    },
    "values": {
        "version": "1", "issued_at": "2019-03-01T00:00:00Z", "severity": "high", "hits.kind": "watchlist",
        "hits.source.system": "SDN", "hits.source.message": "list",
    },
    "words": {"subject.kind": {"vessel": "vessel"}},
}  # fmt: skip


NUMBERED = 316  # of them with an IMO number, by grep
PROGRAMMES = {"IRAN": 199, "DPRK4": 60, "DPRK": 30}


def listed(path: Path, database: Path) -> int:
    """The list as a table: number, name, kind, programme, call sign, remarks, IMO number. How many vessels."""
    text = gzip.decompress(path.read_bytes()).decode("latin-1")
    with sqlite3.connect(database) as connection:
        connection.execute(
            "CREATE TABLE listed (number INTEGER, name, kind, programme, callsign, imo INTEGER, remarks)"
        )
        rows = [row for row in csv.reader(io.StringIO(text)) if len(row) == 12 and row[2] == "vessel"]
        for row in rows:
            imo = IMO.search(row[11])
            cells = [None if cell == NOTHING else cell for cell in (row[1], row[2], row[3], row[5])]
            connection.execute(
                "INSERT INTO listed VALUES (?, ?, ?, ?, ?, ?, ?)",
                (int(row[0]), *cells, int(imo[1]) if imo else None, None if row[11] == NOTHING else row[11]),
            )
    connection.close()
    return len(rows)


def test_every_listed_vessel_becomes_a_target_by_its_numbers(
    sqlite_ops: Any, realdata: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vessels = listed(realdata / "targeting" / "ofac_sdn.csv.gz", tmp_path / "list.db")
    monkeypatch.setenv("OPS_LIST_URL", f"sqlite:///{tmp_path / 'list.db'}")
    feed = KIND.build(KIND.settings.model_validate(SETTINGS), context(FakeClock()))
    with sqlite_ops.db.begin() as session:
        number = make_feed(session, "list").id
    cursor, told = None, Counter[str]()
    while (batch := feed.poll(cursor)).received:
        cursor = batch.cursor
        taken = sqlite_ops.ingest.take(number, batch)
        told.update(polls=1, received=taken.received, stored=taken.stored, lost=taken.duplicate + taken.quarantined)
    assert vessels == 323
    assert told == {"polls": 4, "received": 323, "stored": 323, "lost": 0}
    with sqlite_ops.db.reading() as session:
        targets = session.scalars(select(Target)).all()
        hits = session.execute(select(Hit.criterion, func.count()).group_by(Hit.criterion)).all()
    assert sum("imo" in one.identifiers for one in targets) == NUMBERED
    assert dict(Counter(dict(hits)).most_common(3)) == PROGRAMMES
    assert not feed.poll(cursor).received, "what was taken is not taken again"
    feed.close()
