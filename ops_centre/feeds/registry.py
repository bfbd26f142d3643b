"""The kinds of feed there are. A new kind is one file in `sources` and one line here."""

from pydantic import ValidationError

from ops_centre.clock import Clock
from ops_centre.config import FeedBlock, Settings, fault_text
from ops_centre.errors import ConfigError
from ops_centre.feeds.base import Feed, FeedContext, FeedKind
from ops_centre.feeds.sources import adsb, deployments, targeting
from ops_centre.feeds.sources.ais import AIS

KINDS: dict[str, FeedKind] = {
    kind.kind: kind
    for kind in (
        AIS,
        adsb.KIND,
        deployments.KIND,
        targeting.KIND,
    )
}


def build_feed(block: FeedBlock, settings: Settings, clock: Clock) -> Feed:
    """The feed that ``block`` describes. Raises ConfigError naming every fault of the block."""
    kind = KINDS.get(block.kind)
    if kind is None:
        raise ConfigError([f"feed {block.name}: kind {block.kind!r} is unknown; known are {', '.join(sorted(KINDS))}"])
    try:
        particulars = kind.settings.model_validate(block.particulars)
    except ValidationError as invalid:
        raise ConfigError([f"feed {block.name}: {fault_text(error)}" for error in invalid.errors()]) from invalid
    codes = frozenset(agency.code for agency in settings.agencies)
    return kind.build(particulars, FeedContext(block.name, block.agency, codes, clock))
