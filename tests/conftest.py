"""Fixtures for all tests: a migrated database of either kind, a clock that stands still, the centre, signed-in clients.

No test may reach outside this machine (pytest-socket refuses it) or depend on another.
"""

import gc
import os
import shutil
import signal
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog
from argon2 import PasswordHasher

from ops_centre.auth import passwords
from ops_centre.auth.roles import Role
from ops_centre.config import ROOT, Settings, load
from ops_centre.db import Database
from tests.support import statements
from tests.support.clock import FakeClock
from tests.support.postgres import Cluster, PostgresMissingError
from tests.support.scratch import in_memory

if in_memory() is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(in_memory()))  # of tmp_path
PASSWORD = "correct horse battery staple"
hypothesis.settings.register_profile("untimed", deadline=None)  # how long an example takes is no test
hypothesis.settings.load_profile("untimed")
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_configure() -> None:
    """A build server that stops us ends the child processes too: their fixtures are torn down as on Ctrl-C."""
    statements.share()
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What stands now stands to the end: looking through it for garbage again and again took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No OPS_* variable of the person who runs the tests changes what they test."""
    kept = {"OPS_REALDATA", "OPS_CHROMIUM", "OPS_POSTGRES_BIN"}
    for name in [name for name in os.environ if name.startswith("OPS_") and name not in kept]:
        monkeypatch.delenv(name)


@pytest.fixture
def costly_passwords() -> None:
    """Passwords are hashed in this test as the product hashes them, slowly."""


@pytest.fixture(autouse=True)
def _quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs is no matter but for the tests that ask for ``costly_passwords``."""
    if "costly_passwords" not in request.fixturenames:
        monkeypatch.setattr(passwords, "_HASHER", QUICK)


@pytest.fixture(autouse=True)
def _plain_logs() -> Iterator[None]:
    """A log that a test sends to its terminal ends with the test."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def frozen_clock() -> FakeClock:
    """A clock that moves only by ``.advance()``."""
    return FakeClock()


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A temporary PostgreSQL server; skipped where none is installed, except on the build server."""
    try:
        cluster = Cluster()
    except PostgresMissingError as absent:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(absent))
    yield cluster
    cluster.remove()


def migrate(url: str) -> None:
    """Bring the database at ``url`` to the present schema and let go of it."""
    from ops_centre.services.schema import upgrade

    database = Database(url)
    try:
        upgrade(database)
    finally:
        database.dispose()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "ops.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres_cluster: Cluster) -> str:
    """Name of a migrated PostgreSQL database, to be copied."""
    migrate(postgres_cluster.create("migrated"))
    return "migrated"


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """URL of a migrated SQLite database of this test's own."""
    shutil.copyfile(migrated_file, tmp_path / "ops.db")
    return f"sqlite:///{tmp_path / 'ops.db'}"


@pytest.fixture
def postgresql_url(postgres_cluster: Cluster, migrated_template: str) -> Iterator[str]:
    """URL of a migrated PostgreSQL database of this test's own."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    yield postgres_cluster.create(name, migrated_template)
    postgres_cluster.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a migrated database of this test's own; the test runs once for each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database, once SQLite and once PostgreSQL."""
    db = Database(database_url)
    yield db
    db.dispose()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A migrated SQLite database, for what does not differ between the two."""
    db = Database(sqlite_url)
    yield db
    db.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings as shipped, on a data folder of this test's own."""
    return load({"OPS_DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
def centre_of(frozen_clock: FakeClock) -> Iterator[Callable[[Settings], Any]]:
    """Makes centres (`ops_centre.bootstrap`) on the frozen clock and closes them afterwards."""
    from ops_centre.bootstrap import bootstrap

    made: list[Any] = []

    def make(settings: Settings) -> Any:
        made.append(bootstrap(settings, clock=frozen_clock))
        return made[-1]

    yield make
    for ops in reversed(made):
        ops.close()


def on_database(settings: Settings, url: str) -> Settings:
    """The same settings with another database."""
    return settings.model_copy(update={"database": settings.database.model_copy(update={"url": url})})


@pytest.fixture
def ops(database_url: str, settings: Settings, centre_of: Callable[[Settings], Any]) -> Any:
    """The centre on a migrated database, once SQLite and once PostgreSQL."""
    return centre_of(on_database(settings, database_url))


@pytest.fixture
def sqlite_ops(sqlite_url: str, settings: Settings, centre_of: Callable[[Settings], Any]) -> Any:
    """The centre on SQLite, for what does not differ between the two."""
    return centre_of(on_database(settings, sqlite_url))


@pytest.fixture
def realdata() -> Path:
    """The folder of recordings; the test is skipped where it is absent."""
    named = os.environ.get("OPS_REALDATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "realdata"
    if not folder.is_dir():
        pytest.skip(f"recordings are not here ({folder}); OPS_REALDATA names their folder")
    return folder


@pytest.fixture
def web_client(sqlite_ops: Any) -> Callable[..., Any]:
    """``web_client(role=Role.DUTY_OFFICER, agency="OPS")``: a test client of the web edge, signed in by the form.

    ``role=None`` gives a client that nobody has signed in with.
    """
    from app import create_app
    from ops_centre.services.audit import COMMAND_LINE

    server = create_app(sqlite_ops).server

    def client(role: Role | str | None = Role.DUTY_OFFICER, agency: str = "OPS") -> Any:
        browser = server.test_client()
        if role is None:
            return browser
        name = f"{Role(role).value.replace(' ', '.')}.{agency.lower()}.{uuid.uuid4().hex[:6]}"
        sqlite_ops.accounts.add_user(COMMAND_LINE, name, name.title(), Role(role), agency, PASSWORD)
        answer = browser.post(
            "/sign-in", data={"name": name, "password": PASSWORD}, headers={"Origin": "http://localhost"}
        )
        assert answer.status_code in (302, 303), answer.get_data(as_text=True)
        return browser

    return client
