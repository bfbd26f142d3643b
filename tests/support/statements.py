"""Statements are compiled once for all databases of one kind, not anew for each test's: that took a sixth of the time."""

from functools import partial
from typing import Any

from ops_centre import db

MOST = 5000


class Compiled(dict[Any, Any]):
    """SQLAlchemy's cache of compiled statements, by the name of the dialect instead of by the engine's own dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        """What was compiled."""
        return super().get(_shared(key), default)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(_shared(key))

    def __setitem__(self, key: Any, compiled: Any) -> None:
        if len(self) >= MOST:
            self.clear()
        super().__setitem__(_shared(key), compiled)


def _shared(key: Any) -> Any:
    dialect, *rest = key
    return (dialect.name, *rest)


def share() -> None:
    """Have every engine that the centre makes from now on use one cache."""
    plain = db.create_engine
    setattr(db, "create_engine", partial(plain, execution_options={"compiled_cache": Compiled()}))  # noqa: B010
