"""operations and the past: what the boards and the replay came to need."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Forwards."""


def downgrade() -> None:
    """Backwards."""
