"""Conditions of craft and of what we hear them by: emergencies, lookouts, feeds.

When a feed is silent its craft are not dark: the feed is. So nothing is called dark unless the feed that hears it is live.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from ops_centre.domain.alerting import AlertCause, Condition
from ops_centre.domain.feeds import FeedLight
from ops_centre.domain.identity import MmsiKind, maritime_identity
from ops_centre.domain.lookouts import LIMIT_WORDS, LIMITS, is_dark, since_of
from ops_centre.domain.observations import TrackKind
from ops_centre.domain.targeting import Severity
from ops_centre.models import FeedRecord, Lookout, Track
from ops_centre.models.tracks import EMERGENCY
from ops_centre.services.alert_conditions import Look, at_words
from ops_centre.services.feed_records import present_light

SQUAWKS = {  # ICAO Doc 8168, PANS-OPS, volume III, section 3, chapter 1
    "7500": ("unlawful interference", Severity.TOP),
    "7600": ("radio failure", Severity.HIGH),
    "7700": ("emergency", Severity.TOP),
}
DECLARED = "declares an emergency: "  # a caveat of an aircraft: its ADS-B emergency status (DO-260B, 2.2.3.2.7.8.1.1)
GRAVE = frozenset({"general", "unlawful interference", "downed aircraft"})
BEACONS = {  # ITU-R M.585-9, annex 2
    MmsiKind.SART: ("970", "search and rescue transmitter"),
    MmsiKind.MAN_OVERBOARD: ("972", "man overboard device"),
    MmsiKind.EPIRB: ("974", "distress beacon"),
}
UNDER_TEST = 15  # navigational status of a beacon in test mode; 14 is active (ITU-R M.1371-5, annex 8, table 45)


def of_emergencies(look: Look) -> Iterator[Condition]:
    """Aircraft that squawk an emergency and distress beacons, heard in the rule's minutes."""
    for track in look.session.scalars(select(Track).where(EMERGENCY, Track.left_at.is_(None))):
        word, severity = SQUAWKS[str(track.squawk)]
        if _is_heard(look, track):
            title = f"{name_of(track)} squawks {track.squawk}"
            yield _emergency(look, track, severity, title, f"{word.capitalize()}.")
    yield from _declared(look)
    for kind, (digits, word) in BEACONS.items():
        keys = (Track.key >= f"mmsi:{digits}", Track.key < f"mmsi:{int(digits) + 1}", Track.left_at.is_(None))
        for track in look.session.scalars(select(Track).where(*keys)):
            is_one = track.mmsi is not None and maritime_identity(track.mmsi).kind is kind
            if is_one and track.nav_status != UNDER_TEST and _is_heard(look, track):
                title = f"{word.capitalize()} {track.mmsi}"
                yield _emergency(look, track, Severity.TOP, title, "An AIS distress beacon transmits.")


def _declared(look: Look) -> Iterator[Condition]:
    """Aircraft that declare an emergency by their status alone; one that squawks it too has its alert."""
    told = (Track.caveats.contains(DECLARED, autoescape=True), Track.left_at.is_(None))
    for track in look.session.scalars(select(Track).where(Track.kind == TrackKind.AIRCRAFT.value, *told)):
        if track.squawk in SQUAWKS or not _is_heard(look, track):
            continue
        what = track.caveats.partition(DECLARED)[2].partition(",")[0]
        severity = Severity.TOP if what in GRAVE else Severity.HIGH
        title = f"{name_of(track)} declares an emergency"
        yield _emergency(look, track, severity, title, f"Its transponder says: {what}.")


def of_feeds(look: Look) -> Iterator[Condition]:
    """Feeds that are lost. A recording that is played, or a feed that is paused, is not."""
    rule = look.rule(AlertCause.FEED_LOST)
    for feed in look.feeds.values():
        if not feed.configured or feed.is_replay or present_light(feed, look.now) is not FeedLight.LOST:
            continue
        worked_at = feed.last_good_at
        if worked_at and look.now - worked_at < timedelta(milliseconds=feed.lost_after_ms) + rule.span:
            continue
        since = f"since {at_words(worked_at)}" if worked_at else "yet"
        text = f"Nothing that can be used was heard of it {since}. Its silence says nothing about what is out there."
        severity = rule.severity_of("high")
        yield Condition(
            AlertCause.FEED_LOST, "feed", str(feed.id), severity, f"{feed.name} lost", text, look.centre_handling
        )


def of_lookouts(look: Look) -> Iterator[Condition]:
    """Craft of open lookouts inside a zone, or silent."""
    rows = look.session.execute(
        select(Lookout, Track)
        .join(Track, Track.id == Lookout.track_id)
        .where(Lookout.ended_at.is_(None), Lookout.expires_at > look.now)
    )
    for lookout, track in rows:
        depth = int(lookout.seen.get("depth", 0))
        if depth and track.left_at is None:
            word = LIMIT_WORDS[LIMITS[depth - 1]]
            yield _lookout(
                look, lookout, AlertCause.LOOKOUT_ENTERED, f"Inside {word}. {lookout.reason}",
                mark=depth, since=since_of(lookout.seen),
            )  # fmt: skip
        if track.observed_at and is_dark(
            track.observed_at, track.zone, look.feed_now(track.feed_id), lookout.dark_after_minutes
        ):
            is_heard = is_live(look.feeds.get(track.feed_id), look)
            text = f"Not heard since {at_words(track.observed_at)}. {lookout.reason}"
            yield _lookout(look, lookout, AlertCause.LOOKOUT_DARK, text, raises=is_heard)


def _lookout(look: Look, lookout: Lookout, cause: AlertCause, text: str, **more: object) -> Condition:
    severity = look.rule(cause).severity_of(lookout.severity)
    return Condition(cause, "lookout", str(lookout.id), severity, lookout.label, text, lookout.handling_id, **more)  # type: ignore[arg-type]


def _emergency(look: Look, track: Track, severity: Severity, title: str, text: str) -> Condition:
    rule = look.rule(AlertCause.EMERGENCY).severity_of(Severity.TOP)
    if severity is not Severity.TOP and rule is Severity.TOP:
        rule = severity
    return Condition(AlertCause.EMERGENCY, "track", str(track.id), rule, title, text, look.centre_handling)


def _is_heard(look: Look, track: Track) -> bool:
    return look.feed_now(track.feed_id) - track.heard_at <= look.rule(AlertCause.EMERGENCY).span


def is_live(feed: FeedRecord | None, look: Look) -> bool:
    """Whether silence of a craft says anything: its feed is live, or a recording that is played."""
    return feed is not None and (feed.is_replay or present_light(feed, look.now) is FeedLight.LIVE)


def name_of(track: Track) -> str:
    """What a craft is called in a title."""
    return track.flight or track.callsign or track.name or track.key
