"""what a request asked for, so that another under its id is not answered as done."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Forwards."""
    op.add_column("done_requests", sa.Column("asked", sa.String(), nullable=True))


def downgrade() -> None:
    """Backwards: who asks anew under an old id is told what was done, whatever they ask."""
    with op.batch_alter_table("done_requests") as batch_op:
        batch_op.drop_column("asked")
