"""The kinds of feed there are. A new kind is one file in `sources` and one line here."""

from collections.abc import Callable
from functools import partial
from typing import Any

from pydantic import ValidationError

from ops_centre.clock import Clock
from ops_centre.config import FeedBlock, Settings, fault_text
from ops_centre.domain.observations import Batch
from ops_centre.errors import ConfigError, Conflict
from ops_centre.feeds.base import Feed, FeedContext, FeedKind
from ops_centre.feeds.plugins import FaultyFeed, load_plugins
from ops_centre.feeds.sources import adsb, cap, cot, craft_csv, database, deployments, edifact, sbs, targeting
from ops_centre.feeds.sources.ais import AIS

KINDS: dict[str, FeedKind] = {
    kind.kind: kind
    for kind in (
        AIS,
        adsb.KIND,
        cap.KIND,
        cot.KIND,
        craft_csv.KIND,
        database.kind_for(deployments.FORMAT, targeting.FORMAT),
        deployments.KIND,
        edifact.KIND,
        sbs.KIND,
        targeting.KIND,
    )
}


def all_kinds() -> dict[str, FeedKind]:
    """The centre's own kinds, and those of plug-ins that can be used."""
    return KINDS | load_plugins(KINDS).kinds


def can_read_again(kind: str) -> bool:
    """Whether this kind can read one refused record alone, after a fix."""
    known = all_kinds().get(kind)
    return known is not None and known.again is not None


def read_again(block: FeedBlock, settings: Settings, clock: Clock, raw: bytes) -> Batch:
    """What a refused record says now. Raises Conflict when the kind cannot, OpsError when it still cannot be used."""
    return again_reader(block, settings, clock)(raw)


def again_reader(block: FeedBlock, settings: Settings, clock: Clock) -> Callable[[bytes], Batch]:
    """What reads refused records of a feed once more, for as many as there are; it raises OpsError for one that still
    cannot be used. Raises Conflict when the kind cannot."""
    kind = all_kinds().get(block.kind)
    if kind is None or kind.again is None:
        raise Conflict(f"A feed of kind {block.kind} cannot read one record alone.")
    try:
        particulars = kind.settings.model_validate(_at_home(block, settings))
    except ValidationError as invalid:
        raise Conflict(f"The settings of {block.name} cannot be used; repair them first.") from invalid
    codes = frozenset(agency.code for agency in settings.agencies)
    return partial(kind.again, particulars, FeedContext(block.name, block.agency, codes, clock))


def _at_home(block: FeedBlock, settings: Settings) -> dict[str, Any]:
    """The particulars of a block, with the data folder where a text begins with ``{data}/``."""
    home = f"{settings.data_dir}/"
    return {
        name: home + value.removeprefix("{data}/") if isinstance(value, str) and value.startswith("{data}/") else value
        for name, value in block.particulars.items()
    }


def build_feed(block: FeedBlock, settings: Settings, clock: Clock) -> Feed:
    """The feed that ``block`` describes. Raises ConfigError naming every fault of the block."""
    kinds = all_kinds()
    kind = kinds.get(block.kind)
    if kind is None and (fault := load_plugins(KINDS).faults.get(block.kind)):
        return FaultyFeed(fault)
    if kind is None:
        raise ConfigError([f"feed {block.name}: kind {block.kind!r} is unknown; known are {', '.join(sorted(kinds))}"])
    try:
        particulars = kind.settings.model_validate(_at_home(block, settings))
    except ValidationError as invalid:
        raise ConfigError([f"feed {block.name}: {fault_text(error)}" for error in invalid.errors()]) from invalid
    codes = frozenset(agency.code for agency in settings.agencies)
    return kind.build(particulars, FeedContext(block.name, block.agency, codes, clock))
