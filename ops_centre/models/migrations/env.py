"""Alembic's entry. Only ever run through `ops_centre.services.schema`, which hands over the connection."""

from alembic import context

from ops_centre.models import Base
from ops_centre.models.log import SEARCH_TABLES

connection = context.config.attributes["connection"]
search = SEARCH_TABLES[connection.dialect.name] if connection is not None else frozenset()

context.configure(
    connection=connection,
    include_name=lambda name, kind, _parents: kind != "table" or name not in search,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    user_module_prefix="",  # migrations import Instant by name
    transaction_per_migration=False,
)
context.run_migrations()
