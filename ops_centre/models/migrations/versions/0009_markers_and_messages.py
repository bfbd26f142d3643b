"""markers and messages: what units drew and wrote, and units nobody has named yet."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Forwards."""


def downgrade() -> None:
    """Backwards."""
