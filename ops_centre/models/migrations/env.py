"""Alembic's entry. Only ever run through `ops_centre.services.schema`, which hands over the connection."""

from alembic import context

from ops_centre.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    user_module_prefix="",  # migrations import Instant by name
    transaction_per_migration=False,
)
context.run_migrations()
