"""${message}."""

import sqlalchemy as sa
from alembic import op

from ops_centre.models.base import Instant

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Forwards."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Backwards."""
    ${downgrades if downgrades else "pass"}
