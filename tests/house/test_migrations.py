"""The migrations and the models say the same, on both databases, forwards and back."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from ops_centre.db import Database
from ops_centre.models import Base
from ops_centre.models.log import SEARCH_TABLES
from ops_centre.services.schema import alembic_config, upgrade


def test_migrations_make_exactly_what_the_models_describe(database: Database) -> None:
    with database.connect_writing() as connection:
        search = SEARCH_TABLES[connection.dialect.name]

        def is_mapped(name: str | None, kind: str, _parents: object) -> bool:
            return kind != "table" or name not in search

        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_mapped})
        assert compare_metadata(context, Base.metadata) == []


def test_every_migration_can_be_taken_back_and_made_again(database: Database) -> None:
    with database.connect_writing() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert inspect(database.write).get_table_names() == ["alembic_version"]
    upgrade(database)
    search = SEARCH_TABLES[database.write.dialect.name]
    assert set(inspect(database.write).get_table_names()) == {*Base.metadata.tables, *search, "alembic_version"}
