"""Mapped tables, one file per noun; importing this package registers them all."""

from ops_centre.models.accounts import ApiToken, SavedView, SignInAttempt, SignInSession, User
from ops_centre.models.alerts import Alert, AlertEvent, AlertRule, Lookout, Notice
from ops_centre.models.audit import AuditEvent
from ops_centre.models.base import Base, Instant
from ops_centre.models.clock import PictureClock
from ops_centre.models.debriefs import Debrief, DebriefPoint, Lesson, LessonTaken
from ops_centre.models.deeds import DoneRequest
from ops_centre.models.dispatch import Decision, OptionSheet, Outcome, Tasking, TaskingStep, UnitCrew
from ops_centre.models.feeds import FeedPause, FeedRecord, QuarantinedRecord
from ops_centre.models.field import FieldDevice, FieldDrawing, FieldEmergency, FieldNote
from ops_centre.models.handling import Handling
from ops_centre.models.hazards import Hazard, HazardMessage, HazardReference
from ops_centre.models.history import UnitPosition, Version
from ops_centre.models.keeping import PositionKeeping
from ops_centre.models.leases import JobRun, Lease
from ops_centre.models.log import LogCheckpoint, LogEntry, LogHead, LogLink, LogNode
from ops_centre.models.movements import ManifestMessage, ManifestSubject, Movement
from ops_centre.models.operations import (
    Attachment,
    Objective,
    Operation,
    OperationLink,
    OperationStep,
    Order,
    SituationReport,
)
from ops_centre.models.planning import Assignment, AssignmentPattern, PlanCalendar, PlanChange, PlanProposal
from ops_centre.models.targets import Hit, Target
from ops_centre.models.tracks import Position, Track, TrackAnomaly, TrackSource
from ops_centre.models.units import Deployment, Unit
from ops_centre.models.watch import Enquiry, Handover, Watch, WatchMember

__all__ = [
    "Alert",
    "AlertEvent",
    "AlertRule",
    "ApiToken",
    "Assignment",
    "AssignmentPattern",
    "Attachment",
    "AuditEvent",
    "Base",
    "Debrief",
    "DebriefPoint",
    "Decision",
    "Deployment",
    "DoneRequest",
    "Enquiry",
    "FeedPause",
    "FeedRecord",
    "FieldDevice",
    "FieldDrawing",
    "FieldEmergency",
    "FieldNote",
    "Handling",
    "Handover",
    "Hazard",
    "HazardMessage",
    "HazardReference",
    "Hit",
    "Instant",
    "JobRun",
    "Lease",
    "Lesson",
    "LessonTaken",
    "LogCheckpoint",
    "LogEntry",
    "LogHead",
    "LogLink",
    "LogNode",
    "Lookout",
    "ManifestMessage",
    "ManifestSubject",
    "Movement",
    "Notice",
    "Objective",
    "Operation",
    "OperationLink",
    "OperationStep",
    "OptionSheet",
    "Order",
    "Outcome",
    "PictureClock",
    "PlanCalendar",
    "PlanChange",
    "PlanProposal",
    "Position",
    "PositionKeeping",
    "QuarantinedRecord",
    "SavedView",
    "SignInAttempt",
    "SignInSession",
    "SituationReport",
    "Target",
    "Tasking",
    "TaskingStep",
    "Track",
    "TrackAnomaly",
    "TrackSource",
    "Unit",
    "UnitCrew",
    "UnitPosition",
    "User",
    "Version",
    "Watch",
    "WatchMember",
]
