"""Words of targeting: subjects, severities, states of a target, kinds of hit."""

from enum import StrEnum


class SubjectKind(StrEnum):
    """What a target is about."""

    VESSEL = "vessel"
    FLIGHT = "flight"
    PERSON = "person"
    CONSIGNMENT = "consignment"


class Severity(StrEnum):
    """How much a target matters; in order, worst first."""

    TOP = "top"
    HIGH = "high"
    NORMAL = "normal"


SEVERITY_ORDER = {severity: place for place, severity in enumerate(Severity)}


class TargetStatus(StrEnum):
    """Where a target stands."""

    NEW = "new"
    IN_REVIEW = "in review"
    ISSUED = "issued"
    ENCOUNTERED = "encountered"
    MISSED = "missed"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


OPEN_STATUSES = frozenset({TargetStatus.NEW, TargetStatus.IN_REVIEW, TargetStatus.ISSUED})


class HitKind(StrEnum):
    """How a match came about."""

    RULE = "rule"
    WATCHLIST = "watchlist"
    PARTIAL = "partial"
    RANDOM = "random"
    MANUAL = "manual"
    EXTERNAL = "external"
