"""Conditions of craft that fell silent, or of whom something is said that cannot be true (rows of `track_anomalies`).

A gap is told of only while somebody watches the craft; so is a changed name. What contradicts another craft is told of anyway.
"""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import or_, select

from ops_centre.domain.alerting import AlertCause, Condition
from ops_centre.domain.identity_conflicts import CONFLICTS, CONTRADICTIONS, AnomalyKind
from ops_centre.models import Track, TrackAnomaly
from ops_centre.services.alert_conditions import Look, at_words
from ops_centre.services.conditions_of_craft import is_live
from ops_centre.services.craft_of_interest import watched


def of_gaps(look: Look) -> Iterator[Condition]:
    """Craft somebody watches that have been silent for longer than their kind may. A lookout says it by itself."""
    open_gaps = (
        select(TrackAnomaly, Track)
        .join(Track, Track.id == TrackAnomaly.track_id)
        .where(TrackAnomaly.kind == AnomalyKind.GAP.value, TrackAnomaly.ended_at.is_(None))
    )
    rows = look.session.execute(open_gaps).all()
    interests = watched(look.session, look.now) if rows else {}
    rule = look.rule(AlertCause.POSITION_GAP)
    for gap, track in rows:
        interest = interests.get(track.id)
        if interest is None or interest.is_lookout or (track.observed_at and track.observed_at > gap.first_at):
            continue
        yield Condition(
            AlertCause.POSITION_GAP, "track", str(track.id), rule.severity_of(interest.severity), _name(track),
            f"No position since {at_words(gap.first_at)}. It belongs to {interest.why}.", interest.handling_id,
            since=gap.first_at, raises=is_live(look.feeds.get(track.feed_id), look),
        )  # fmt: skip


def of_conflicts(look: Look) -> Iterator[Condition]:
    """Craft of whom something was said in the rule's minutes that cannot be true; one condition for each."""
    rule = look.rule(AlertCause.IDENTITY_CONFLICT)
    recent = (
        select(TrackAnomaly, Track)
        .join(Track, Track.id == TrackAnomaly.track_id)
        .where(
            TrackAnomaly.kind.in_([kind.value for kind in CONFLICTS]),
            TrackAnomaly.noted_at >= look.now - rule.span,
            or_(TrackAnomaly.ended_at.is_(None), TrackAnomaly.kind == AnomalyKind.TWO_PLACES.value),
        )
        .order_by(TrackAnomaly.id)
    )
    by_track: dict[int, list[tuple[TrackAnomaly, Track]]] = defaultdict(list)
    for found, track in look.session.execute(recent):
        by_track[track.id].append((found, track))
    interests = watched(look.session, look.now) if by_track else {}
    for track_id, rows in by_track.items():
        interest = interests.get(track_id)
        told = [found for found, _track in rows if interest or found.kind in CONTRADICTIONS]
        if told:
            handling = look.centre_handling if interest is None else interest.handling_id
            yield Condition(
                AlertCause.IDENTITY_CONFLICT, "track", str(track_id), rule.severity_of("normal"), _name(rows[0][1]),
                " ".join(_words(found) for found in told), handling, since=min(found.first_at for found in told),
            )  # fmt: skip


def _words(found: TrackAnomaly) -> str:
    """An anomaly without figures that run."""
    about = f": {found.about}" if found.about and found.other_id is None else ""
    more = f" {found.evidence}" if found.other_id is not None else ""
    return f"{found.kind[0].upper()}{found.kind[1:]}{about}.{more}"


def _name(track: Track) -> str:
    return track.flight or track.name or track.callsign or track.key
