"""Acts on feeds and on what they sent that could not be used."""

from ops_centre.api.acts.base import Act, Body, Line, Number
from ops_centre.auth.permissions import Permission


class Of(Body):
    """Which feed."""

    feed: Number


class Pause(Of):
    """Why."""

    reason: Line


class OfRecord(Body):
    """Which refused record."""

    record: Number


class Forget(OfRecord):
    """Why."""

    reason: Line


ACTS = (
    Act(
        "feeds/pause",
        Permission.FEED_RUN,
        Pause,
        lambda ops, actor, body: ops.feed_admin.pause(actor, body.feed, body.reason, body.request_id),
        "Stop asking a feed until somebody resumes it.",
    ),
    Act(
        "feeds/resume",
        Permission.FEED_RUN,
        Of,
        lambda ops, actor, body: ops.feed_admin.resume(actor, body.feed, body.request_id),
        "Ask a paused feed again, at once.",
    ),
    Act(
        "feeds/retry",
        Permission.FEED_RUN,
        OfRecord,
        lambda ops, actor, body: ops.feed_admin.retry(actor, body.record, body.request_id),
        "Hand a refused record to its feed's parser again.",
    ),
    Act(
        "feeds/forget",
        Permission.FEED_RUN,
        Forget,
        lambda ops, actor, body: ops.feed_admin.forget(actor, body.record, body.reason, body.request_id),
        "Drop a refused record; the counters still tell that it came.",
    ),
    Act(
        "feeds/retry-alike",
        Permission.FEED_RUN,
        OfRecord,
        lambda ops, actor, body: ops.feed_many.retry(actor, body.record, body.request_id),
        "Hand a refused record, and those before it that were refused for the same reason, to their feed's parser again.",
    ),
    Act(
        "feeds/forget-alike",
        Permission.FEED_RUN,
        Forget,
        lambda ops, actor, body: ops.feed_many.forget(actor, body.record, body.reason, body.request_id),
        "Drop a refused record, and those before it that were refused for the same reason.",
    ),
)
