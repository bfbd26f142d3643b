"""Kinds of feed from other packages: entry points of the group ``ops_centre.feeds`` (docs/feeds.md, "Feeds of others").

What others wrote may be broken in any way. It never stops the centre: a kind that cannot be loaded or built is an
unavailable feed that says why, and so is one whose `poll` fails or hands over something else than a Batch.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from ops_centre.domain.observations import Batch
from ops_centre.errors import ConfigError, FeedUnavailable
from ops_centre.feeds.base import Feed, FeedContext, FeedKind, FeedManifest, FeedSettings

GROUP = "ops_centre.feeds"
_SILENT = FeedManifest(timedelta(seconds=60), timedelta(seconds=120), timedelta(seconds=240))
_BROKEN = (Exception, SystemExit)


@dataclass(frozen=True, slots=True)
class Plugins:
    """What was found: kinds that can be used, and for others what is wrong, by name."""

    kinds: dict[str, FeedKind]
    faults: dict[str, str]


def installed() -> tuple[EntryPoint, ...]:
    """The entry points of this installation."""
    return tuple(entry_points(group=GROUP))


@cache
def _load_all(points: tuple[EntryPoint, ...], taken: frozenset[str]) -> Plugins:
    kinds: dict[str, FeedKind] = {}
    faults: dict[str, str] = {}
    for point in points:
        package = point.dist.name if point.dist else point.value
        try:
            if point.name in taken or point.name in kinds:
                raise TypeError("there is a kind of this name already; the package's is not used")
            kinds[point.name] = _checked(point.load(), point.name)
        except _BROKEN as broken:
            faults[point.name] = f"plug-in {point.name!r} of the package {package}: {_words(broken)}"
    return Plugins(kinds, faults)


def load_plugins(taken: Collection[str]) -> Plugins:
    """Every plug-in, loaded once. ``taken``: names of the kinds that the centre has itself."""
    return _load_all(installed(), frozenset(taken))


def _checked(found: object, name: str) -> FeedKind:
    if not isinstance(found, FeedKind):
        raise TypeError(f"the entry point must name a FeedKind, not a {type(found).__name__}")
    if found.kind != name:
        raise TypeError(f"the entry point is called {name!r}, its FeedKind {found.kind!r}; they must be the same")
    if not (isinstance(found.settings, type) and issubclass(found.settings, FeedSettings)):
        raise TypeError("its settings must be a class on FeedSettings")
    return FeedKind(found.kind, found.summary, found.settings, _guarded(found.build, name))


def _guarded(build: Callable[..., Feed], name: str) -> Callable[..., Feed]:
    def build_guarded(settings: FeedSettings, context: FeedContext) -> Feed:
        try:
            return GuardedFeed(build(settings, context), name)
        except ConfigError:
            raise
        except _BROKEN as broken:
            return FaultyFeed(f"plug-in {name!r} cannot be started: {_words(broken)}")

    return build_guarded


class GuardedFeed:
    """A feed of others, whose faults are told as those of a source."""

    def __init__(self, feed: Feed, name: str) -> None:
        """Asks for its manifest at once: without one it cannot be run."""
        self._feed, self._name, self._manifest = feed, name, feed.manifest
        if not isinstance(self._manifest, FeedManifest):
            raise TypeError("its manifest is no FeedManifest")

    @property
    def manifest(self) -> FeedManifest:
        """How to run it."""
        return self._manifest

    def poll(self, cursor: str | None) -> Batch:
        """What it brings. Raises FeedUnavailable, and nothing else."""
        try:
            batch = self._feed.poll(cursor)
        except FeedUnavailable:
            raise
        except _BROKEN as broken:
            raise FeedUnavailable(f"plug-in {self._name!r} failed: {_words(broken)}") from broken
        if not isinstance(batch, Batch):
            raise FeedUnavailable(f"plug-in {self._name!r} handed over a {type(batch).__name__}, no Batch")
        return batch

    def close(self) -> None:
        """Let it let go, whatever comes of it."""
        try:
            self._feed.close()
        except _BROKEN:
            return


class FaultyFeed:
    """Stands in for a feed that cannot be made: never silent, always unavailable."""

    manifest = _SILENT

    def __init__(self, fault: str) -> None:
        """``fault``: in words for the operator."""
        self.fault = fault

    def poll(self, cursor: str | None) -> Batch:
        """Raises FeedUnavailable with the fault."""
        raise FeedUnavailable(self.fault)

    def close(self) -> None:
        """Nothing is held."""


def _words(broken: BaseException) -> str:
    return f"{type(broken).__name__}: {broken}"[:300]
