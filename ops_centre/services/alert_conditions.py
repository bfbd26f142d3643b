"""Which conditions hold now, from the database alone: a few indexed queries, whatever else the tables hold.

One function for each kind of subject stands in `conditions_of_targets`, `conditions_of_craft` and `conditions_of_work`.
Every text is free of running figures: it would change each second and move the picture each time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.domain.alerting import AlertCause, Condition, Rule
from ops_centre.domain.operation_moves import Allowed
from ops_centre.models import FeedRecord
from ops_centre.services.alert_rules import Rules


@dataclass(slots=True)
class Look:
    """One look at the database: what every finder needs."""

    session: Session
    now: datetime
    rules: Rules
    centre_handling: int  # of what is about nothing restricted
    may_take: Allowed  # how long the steps of an operation may
    feeds: dict[int, FeedRecord] = field(default_factory=dict)

    def rule(self, cause: AlertCause) -> Rule:
        """The rule of a cause."""
        return self.rules[cause]

    def feed_now(self, feed_id: int) -> datetime:
        """The time it is for a feed; that of a recording that is played is another."""
        feed = self.feeds.get(feed_id)
        return self.now + timedelta(milliseconds=feed.clock_offset_ms if feed else 0)


Finder = Callable[[Look], Iterable[Condition]]


def conditions(look: Look, finders: Iterable[Finder]) -> list[Condition]:
    """Every condition that holds now under a rule that is switched on."""
    look.feeds = {feed.id: feed for feed in look.session.scalars(select(FeedRecord))}
    return [one for find in finders for one in find(look) if look.rules[one.cause].enabled]


def at_words(moment: datetime) -> str:
    """A time in a text."""
    return f"{moment:%H:%M} UTC"
