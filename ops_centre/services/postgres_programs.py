"""PostgreSQL's own programs for dumps (pg_dump, pg_restore, psql), found and run; a password never stands on a command line."""

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sqlalchemy import URL

from ops_centre.services.backup_files import BackupUnusable

PLACES = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "opt/homebrew/opt/libpq/bin",
)
_GRAVE = ("ERROR", "FATAL", "PANIC", "error")
_NAME = re.compile(r"[a-z0-9_]+")
_COPY = re.compile(rb'^COPY (?:"?\w+"?\.)?"?(\w+)"? .*FROM stdin;$')


def find(program: str) -> str:
    """Where a program is: ``OPS_POSTGRES_BIN``, the path, or the newest usual folder. Raises BackupUnusable."""
    named = os.environ.get("OPS_POSTGRES_BIN")
    if named and (Path(named) / program).exists():
        return str(Path(named) / program)
    usual = sorted((f for place in PLACES for f in Path("/").glob(place)), key=_version, reverse=True)
    found = next((str(folder / program) for folder in usual if (folder / program).exists()), None) or shutil.which(
        program
    )
    if not found:
        raise BackupUnusable(
            f"{program} is not installed here. It comes with PostgreSQL's client programs (postgresql-client); "
            "OPS_POSTGRES_BIN names their folder."
        )
    return found


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", str(folder)))


def environment(url: URL) -> dict[str, str]:
    """How the programs reach the database of ``url``."""
    said = {
        "PGHOST": url.host or str(url.query.get("host", "")),
        "PGPORT": str(url.port or url.query.get("port", "")),
        "PGUSER": url.username or str(url.query.get("user", "")),
        "PGPASSWORD": url.password or str(url.query.get("password", "")),
        "PGDATABASE": url.database or "",
        "PGSSLMODE": str(url.query.get("sslmode", "")),
        "PGSSLROOTCERT": str(url.query.get("sslrootcert", "")),
    }
    return {**os.environ, **{name: value for name, value in said.items() if value}, "PGCONNECT_TIMEOUT": "10"}


def dump(url: URL, snapshot: str, target: Path) -> None:
    """Dump the schema ``public`` as ``snapshot`` shows it. Raises BackupUnusable."""
    arguments = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--schema=public"]
    _run([find("pg_dump"), *arguments, f"--snapshot={snapshot}", f"--file={target}"], url)


def rows_in(dumped: Path) -> Counter[str]:
    """How many rows a dump holds of each table: all of it is read. Raises BackupUnusable."""
    found: Counter[str] = Counter()
    table = None
    for line in _lines([find("pg_restore"), "--data-only", "--file=-", str(dumped)]):
        if table is None:
            if begun := _COPY.match(line):
                table = begun[1].decode()
                found[table] += 0
        elif line == b"\\.":
            table = None
        else:
            found[table] += 1
    return found


def load(url: URL, dumped: Path, sound: str = "") -> None:
    """Put a dump in place of the schema ``public``, in one transaction: all of it, or nothing. Raises BackupUnusable.

    ``sound``: statements run in it at the end, which fail where what was loaded is not what it should be.
    """
    reads = [find("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dumped)]
    writes = [find("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with (
        subprocess.Popen(reads, **piped) as reading,  # type: ignore[call-overload]  # noqa: S603  (PostgreSQL's own programs)
        subprocess.Popen(writes, stdin=subprocess.PIPE, env=environment(url), **piped) as writing,  # type: ignore[call-overload]  # noqa: S603
    ):
        try:
            is_whole = _pour(reading, writing, sound)
        finally:
            said = writing.communicate()[1] or (reading.stderr.read() if reading.stderr else b"")
    if writing.returncode or not is_whole:
        words = _first(said.decode("utf-8", "replace").strip())
        raise BackupUnusable(f"PostgreSQL did not take the backup; nothing was changed: {words}")


def empty(url: URL) -> None:
    """Leave nothing in the schema ``public``. Raises BackupUnusable."""
    again = "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public"
    _run([find("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--command={again}"], url)


def expecting(rows: Mapping[str, int], log: tuple[int, str], schema: str) -> str:
    """Statements for `load` that fail unless each table has so many ``rows`` and the duty log and the schema are these.

    ``log``: number of entries and last chain hash, hexadecimal. Raises BackupUnusable for what no centre ever wrote.
    """
    entries, chain = log
    if not all(_NAME.fullmatch(word) for word in (*rows, chain, schema)):
        raise BackupUnusable("Its manifest names what no database of a centre holds.")
    asked = [(f"{name} holds", f"count(*) FROM public.{name}", str(int(count))) for name, count in rows.items()]
    asked.append(("the duty log ends at entry", "max(seq) FROM public.log_head", str(int(entries))))
    asked.append(("its chain ends in", "max(encode(chain_hash, 'hex')) FROM public.log_head", chain))
    asked.append(("its schema is", "max(version_num) FROM public.alembic_version", schema))
    tests = [
        f"SELECT {what} INTO found; IF found IS DISTINCT FROM '{wanted}' THEN "  # noqa: S608  (names were looked at)
        f"RAISE EXCEPTION '{words} %, not {wanted}', found; END IF;"
        for words, what, wanted in asked
    ]
    return "\n".join(("DO $sound$ DECLARE found text; BEGIN", *tests, "END $sound$;", ""))


def _pour(reading: "subprocess.Popen[bytes]", writing: "subprocess.Popen[bytes]", sound: str) -> bool:
    """Feed what one program says to the other and commit; without a commit PostgreSQL takes all of it back."""
    if reading.stdout is None or writing.stdin is None:
        return False
    try:
        writing.stdin.write(b"BEGIN;\nDROP SCHEMA IF EXISTS public CASCADE;\n")
        shutil.copyfileobj(reading.stdout, writing.stdin)
        if reading.wait() == 0:
            writing.stdin.write(f"{sound}COMMIT;\n".encode())
            writing.stdin.flush()
    except BrokenPipeError:  # psql gave up and says why
        reading.kill()
        reading.wait()
    return reading.returncode == 0


def _first(said: str) -> str:
    all_lines = [line for line in said.splitlines() if not line.startswith(("NOTICE:", "DETAIL:", "HINT:"))]
    lines = [line for line in all_lines if any(word in line for word in _GRAVE)] or all_lines
    return lines[0] if lines else "it did not say why"


def _run(command: list[str], url: URL) -> None:
    done = subprocess.run(command, env=environment(url), capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupUnusable(
            f"{Path(command[0]).name} failed: {_first(done.stderr.decode('utf-8', 'replace').strip())}"
        )


def _lines(command: list[str]) -> Iterator[bytes]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # noqa: S603
        lines: Iterable[bytes] = running.stdout or ()
        for line in lines:
            yield line.rstrip(b"\n")
        said = running.stderr.read().decode("utf-8", "replace").strip() if running.stderr else ""
    if running.returncode:
        raise BackupUnusable(f"{Path(command[0]).name} cannot read the dump: {_first(said)}")
