"""Duty logs of any length with true hashes, for measurements: written in bulk, kept as a SQLite file between runs.

`book(1_000_000)` gives the path of such a file (copy it before you write to it); `fill(db, 1_000_000)` writes into a migrated
empty database of either kind. The same length and seed give the same entries, salts included.
"""

import os
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from ops_centre.clock import from_ms, to_ms
from ops_centre.db import Database
from ops_centre.domain import sealing
from ops_centre.models import LogEntry, LogLink
from ops_centre.services.handlings import handling_id
from ops_centre.services.schema import MIGRATIONS, upgrade

END = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 365  # that the entries are spread over
CHUNK = 20_000
SEED = 7

HANDLINGS = (  # owner, marking, releases, share
    ("OPS", "GREEN", (), 60),
    ("CUS", "GREEN", (), 12),
    ("OPS", "CLEAR", (), 5),
    ("CUS", "AMBER", ("BIO", "OPS"), 10),
    ("IMM", "AMBER", ("OPS",), 5),
    ("POL", "AMBER+STRICT", ("OPS",), 5),
    ("CUS", "RED", (), 3),
)
AUTHORS = tuple(
    (f"officer{n:02}", f"Officer {n:02}", agency) for n, agency in enumerate(("OPS", "CUS", "IMM", "BIO") * 5)
)
VESSELS = (
    "CAP MANUEL",
    "TOKOMARU",
    "ĀWHINA",
    "SPIRIT OF MAHIA",
    "TERN",
    "OCEAN GANNET",
    "KŌTUKU",
    "HINEMOA",
    "ROSALIE",
    "MV 27",
)
UNITS = ("HAWK", "TŪĪ", "MAKO", "KEA", "RIVER", "TAKAPU", "ORCA", "KĀKĀ")
PLACES = ("Tauranga", "Whāngārei", "Ōpua", "Lyttelton", "Timaru", "Bluff", "Chatham Islands", "Auckland Airport")
OPERATIONS = ("KAHU", "MOANA", "TAIAO", "PAUA", "SOUTHERN LINE")
SAYINGS = (  # kind, by the centre, words, things it links to
    ("alert", True, "Alert raised: {vessel}, last moment near.", ("alert", "target")),
    ("alert", True, "Alert acknowledged: {vessel}, last moment near.", ("alert",)),
    ("target", True, "Target {number} {vessel} issued, bound for {place}.", ("target", "track")),
    ("tasking", True, "{unit} requested to meet {vessel} off {place}.", ("tasking", "unit", "target")),
    ("tasking", True, "{unit} en route to {vessel}.", ("tasking", "unit")),
    ("decision", True, "Decided to send {unit} to {vessel}: nearest with a search team.", ("decision", "unit", "target")),
    ("outcome", True, "{vessel} examined by {unit} at {place}: negative.", ("outcome", "target")),
    ("feed", True, "AIS heard again after {minutes} min.", ("feed",)),
    ("unit", True, "{unit} out of service: crew rest until morning.", ("unit",)),
    ("note", False, "Spoke with the harbour master at {place} about ~{vessel}; nothing unusual.", ("track",)),
    ("call", False, "Call from {place}: yacht seen at anchor without lights, {minutes} min ago.", ()),
    ("observation", False, "@{unit} reports {vessel} at 4 kn, course {number}°, wind SW {minutes} kn.", ("unit", "track")),
    ("report", False, "#{operation} situation report {number}: weather fair, two units on patrol.", ("operation",)),
    ("request", False, "Biosecurity asks for a list of arrivals at {place} #{operation}.", ("operation",)),
)  # fmt: skip


def folder() -> Path:
    """Where books are kept between runs; OPS_BENCH_DIR names another place."""
    path = Path(os.environ.get("OPS_BENCH_DIR") or Path(tempfile.gettempdir()) / "ops-bench")
    path.mkdir(parents=True, exist_ok=True)
    return path


def book(size: int) -> Path:
    """A SQLite file with a log of ``size`` entries, made at the first call (about a minute for a million)."""
    mark = sha256()
    for source in [*sorted((MIGRATIONS / "versions").glob("*.py")), Path(__file__)]:
        mark.update(source.read_bytes())
    path = folder() / f"log-{size}-{mark.hexdigest()[:12]}.db"
    if path.exists():
        return path
    unfinished = path.with_suffix(f".{os.getpid()}")
    db = Database(f"sqlite:///{unfinished}")
    upgrade(db)
    fill(db, size)
    with db.write.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    db.dispose()
    unfinished.rename(path)
    return path


def fill(db: Database, size: int, seed: int = SEED) -> None:
    """Write ``size`` entries after those that are there. Only for measurements: holds no lock between chunks."""
    with db.begin() as session:
        ids = [handling_id(session, *handling[:3]) for handling in HANDLINGS]
        seq, chain = session.execute(text("SELECT seq, chain_hash FROM log_head")).one()
    chain = bytes(chain)
    rng = random.Random(seed)
    done = 0
    while done < size:
        count = min(CHUNK, size - done)
        entries, links = [], []
        for row, things in _rows(rng, ids, seq + 1, count, done, size):
            chain = sealing.chain_hash(chain, row["leaf_hash"])
            entries.append(row | {"chain_hash": chain})
            links += [{"seq": row["seq"], "kind": kind, "thing": thing} for kind, thing in dict.fromkeys(things)]
        seq, done = seq + count, done + count
        with db.begin() as session:
            _write(session, entries, links, seq, chain)


def _write(
    session: Session, entries: list[dict[str, Any]], links: list[dict[str, Any]], seq: int, chain: bytes
) -> None:
    connection = session.connection()
    connection.execute(insert(LogEntry.__table__), entries)
    if links:
        connection.execute(insert(LogLink.__table__), links)
    connection.execute(text("UPDATE log_head SET seq = :seq, chain_hash = :chain"), {"seq": seq, "chain": chain})


def _rows(
    rng: random.Random, ids: list[int], first: int, count: int, done: int, size: int
) -> Iterator[tuple[dict[str, Any], list[tuple[str, str]]]]:
    """Rows without their chain hash, and what they link to."""
    step_ms = DAYS * 86_400_000 // size
    start_ms = to_ms(END - timedelta(days=DAYS)) + done * step_ms
    shares = [handling[3] for handling in HANDLINGS]
    for number in range(count):
        place = rng.choices(range(len(HANDLINGS)), shares)[0]
        row, things = _entry(rng, first + number, from_ms(start_ms + number * step_ms))
        owner, marking, releases, _share = HANDLINGS[place]
        content = sealing.content_of(**row, owner=owner, marking=marking, releases=releases)
        leaf = sealing.leaf_hash(sealing.canonical(content))
        yield row | {"author_id": None, "handling_id": ids[place], "leaf_hash": leaf}, things


def _entry(rng: random.Random, seq: int, at: datetime) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    kind, by_system, words, kinds = rng.choice(SAYINGS)
    vessel, unit, operation = rng.choice(VESSELS), rng.choice(UNITS), rng.choice(OPERATIONS)
    number, minutes = rng.randint(1, 400), rng.randint(2, 55)
    said = words.format(
        vessel=f"{vessel} {number}", unit=f"{unit} {number % 9}", place=rng.choice(PLACES), operation=operation,
        number=number, minutes=minutes,
    )  # fmt: skip
    name, shown, agency = rng.choice(AUTHORS)
    things = [(one, operation if one == "operation" else str(_thing(rng, one))) for one in kinds]
    row = {
        "seq": seq,
        "recorded_at": at,
        "occurred_at": at - timedelta(minutes=minutes) if not by_system and number % 5 == 0 else at,
        "kind": kind,
        "by_system": by_system,
        "author": name,
        "author_name": shown,
        "author_role": "duty officer",
        "agency": agency,
        "decider": None,
        "text": said,
        "corrects": seq - rng.randint(1, 20) if not by_system and number % 50 == 0 and seq > 20 else None,
        "links": [[one, thing, said[:20]] for one, thing in things],
        "detail": {"minutes": minutes} if by_system else {},
        "salt": f"{rng.getrandbits(128):032x}",
    }
    return row, things


def _thing(rng: random.Random, kind: str) -> int:
    return rng.randint(1, {"unit": 500, "feed": 4, "track": 10_000}.get(kind, 100_000))
