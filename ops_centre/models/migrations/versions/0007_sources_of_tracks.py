"""sources of tracks: what each feed last said of a craft, and where they disagree."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Forwards."""


def downgrade() -> None:
    """Backwards."""
