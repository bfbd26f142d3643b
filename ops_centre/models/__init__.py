"""Mapped tables, one file per noun; importing this package registers them all."""

from ops_centre.models.accounts import ApiToken, SavedView, SignInAttempt, SignInSession, User
from ops_centre.models.audit import AuditEvent
from ops_centre.models.base import Base, Instant
from ops_centre.models.clock import PictureClock
from ops_centre.models.feeds import FeedRecord, QuarantinedRecord
from ops_centre.models.handling import Handling
from ops_centre.models.leases import JobRun, Lease
from ops_centre.models.targets import Hit, Target
from ops_centre.models.tracks import Position, Track
from ops_centre.models.units import Deployment, Unit

__all__ = [
    "ApiToken",
    "AuditEvent",
    "Base",
    "Deployment",
    "FeedRecord",
    "Handling",
    "Hit",
    "Instant",
    "JobRun",
    "Lease",
    "PictureClock",
    "Position",
    "QuarantinedRecord",
    "SavedView",
    "SignInAttempt",
    "SignInSession",
    "Target",
    "Track",
    "Unit",
    "User",
]
