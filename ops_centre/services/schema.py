"""Bring the database to the schema this code needs. Safe to call from several processes at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from ops_centre.db import Database
from ops_centre.errors import OpsError

MIGRATIONS = Path(__file__).resolve().parent.parent / "models" / "migrations"
_LOCK = 0x0B5C


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; no alembic.ini is needed."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(db: Database) -> str:
    """Run what is missing, in one transaction under a lock; the revision then in force."""
    with db.connect_writing() as connection:
        if not db.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = alembic_config(connection)
        present = MigrationContext.configure(connection).get_current_revision()
        script = ScriptDirectory.from_config(config)
        known = {revision.revision for revision in script.walk_revisions()}
        if present is not None and present not in known:
            raise OpsError(f"The database is at schema {present}, newer than this program. Update the program.")
        command.upgrade(config, "head")
        return str(script.get_current_head())


def is_current(db: Database) -> bool:
    """Whether the database has the schema this code needs."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    with db.read.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
