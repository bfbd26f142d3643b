"""What a feed is. An author writes one class with one method, `poll`; the scheduler owns when it runs and what follows.

A feed raises `FeedUnavailable` when its source cannot be read; it never returns an empty batch instead. One record that
cannot be used becomes a `Refusal` and costs nothing else. `poll` returns within `FeedManifest.patience` whatever the
source does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from ops_centre.clock import Clock
from ops_centre.domain.observations import Batch


@dataclass(frozen=True, slots=True)
class FeedManifest:
    """How a feed is run and when its silence counts."""

    every: timedelta  # between polls; for a listening feed, between attempts to listen again
    late_after: timedelta
    lost_after: timedelta
    listens: bool = False  # `poll` waits for what comes and is called again at once
    patience: timedelta = timedelta(seconds=20)  # the longest one poll may take


class Feed(Protocol):
    """One configured source."""

    @property
    def manifest(self) -> FeedManifest:
        """How to run it."""
        ...

    def poll(self, cursor: str | None) -> Batch:
        """What came since ``cursor`` (None at first). Raises FeedUnavailable. A listening feed returns after at most one
        second, earlier when something came."""
        ...

    def close(self) -> None:
        """Let go of sockets and files."""
        ...


class FeedSettings(BaseModel):
    """Base of the settings a kind reads from its block in config.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class FeedContext:
    """What a feed is given beside its settings."""

    name: str
    agency: str  # owner of what the feed brings, where the source does not say
    agencies: frozenset[str]
    clock: Clock


@dataclass(frozen=True, slots=True)
class FeedKind:
    """A line of the registry: how blocks of this kind are checked and built."""

    kind: str
    summary: str
    settings: type[FeedSettings]
    build: Callable[[Any, FeedContext], Feed]
    # one refused record read once more, after a fix; None: the kind cannot read one alone. Raises OpsError
    again: Callable[[Any, FeedContext, bytes], Batch] | None = None
