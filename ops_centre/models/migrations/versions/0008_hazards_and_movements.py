"""hazards and movements: warnings with an area, and flights and ships with the people and goods they bring."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Forwards."""


def downgrade() -> None:
    """Backwards."""
