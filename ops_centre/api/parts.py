"""What the guard and the sign-in pages need of the centre; the joined centre (bootstrap) has it and more."""

from typing import Protocol

from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.services.accounts import Accounts


class EdgeParts(Protocol):
    """The parts, by name."""

    @property
    def settings(self) -> Settings:
        """All settings."""
        ...

    @property
    def clock(self) -> Clock:
        """The one source of time."""
        ...

    @property
    def accounts(self) -> Accounts:
        """Accounts and sessions."""
        ...
