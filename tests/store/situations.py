"""What storing tests start from: a feed, tracks, reports of targets and units."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from ops_centre.db import next_revision
from ops_centre.domain.observations import DeploymentReport, HitReport, TargetReport, UnitReport
from ops_centre.models import FeedRecord, Track
from tests.support.clock import START


class Revisions:
    """The `revision()` of one transaction; `taken` says whether anything asked for it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.taken: int | None = None

    def __call__(self) -> int:
        self.taken = self.taken or next_revision(self._session)
        return self.taken


def make_feed(session: Session, name: str = "Targeting", kind: str = "targeting") -> int:
    """A feed; its id."""
    feed = FeedRecord(name=name, kind=kind, agency="OPS")
    session.add(feed)
    session.flush()
    return feed.id


def make_track(session: Session, feed_id: int, key: str, **columns: Any) -> int:
    """A track heard just now; its id."""
    kind = "vessel" if key.startswith("mmsi:") else "aircraft"
    mmsi = int(key.removeprefix("mmsi:")) if kind == "vessel" else None
    track = Track(**({"key": key, "kind": kind, "feed_id": feed_id, "mmsi": mmsi, "heard_at": START} | columns))
    session.add(track)
    session.flush()
    return track.id


def hit(ref: str = "H-1", **fields: Any) -> HitReport:
    """A hit of rule 31."""
    given: dict[str, Any] = {
        "ref": ref,
        "kind": "rule",
        "criterion": "31",
        "criterion_version": "4",
        "explanation": "Crew member on list",
        "matched_at": START,
        "source_system": "ANA",
        "source_message": "ANA/1",
    }
    return HitReport(**(given | fields))


def target(ref: str = "T-1", version: int = 1, **fields: Any) -> TargetReport:
    """A target on a vessel, with one hit."""
    given: dict[str, Any] = {
        "ref": ref,
        "ref_version": version,
        "subject_kind": "vessel",
        "label": "SPECIMEN STAR",
        "identifiers": {"mmsi": 512000123},
        "severity": "high",
        "status": "new",
        "issued_at": START,
        "received_at": START,
        "owner": "CUS",
        "marking": "AMBER",
        "releases": ("IMM",),
        "hits": [hit()],
    }
    return TargetReport(**(given | fields))


def unit(ref: str = "U-1", minutes: float = 0, **fields: Any) -> UnitReport:
    """An available boat with one deployment, reported so many minutes after the start."""
    given: dict[str, Any] = {
        "ref": ref,
        "callsign": "Hawk 1",
        "agency": "CUS",
        "unit_type": "vessel",
        "capabilities": ("boarding",),
        "availability": "available",
        "reported_at": START + timedelta(minutes=minutes),
        "received_at": START + timedelta(minutes=minutes),
        "marking": "GREEN",
        "releases": (),
        "deployments": [DeploymentReport("D-1", START, place="NZAKL")],
    }
    return UnitReport(**(given | fields))
