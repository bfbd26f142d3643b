"""Every permission, as ``resource:action``. Default deny: what is not held is refused."""

from enum import StrEnum


class Permission(StrEnum):
    """What an actor may do. Each is held by a role, used in code and named in docs/permissions.md."""

    PICTURE_VIEW = "picture:view"
    TARGET_VIEW = "target:view"
    UNIT_VIEW = "unit:view"
    RESTRICTED_VIEW = "restricted:view"
    FEED_VIEW = "feed:view"
    VIEW_SAVE = "view:save"
    ACCOUNT_ADMIN = "account:admin"
    AUDIT_VIEW = "audit:view"
    METRICS_VIEW = "metrics:view"
    ALERT_VIEW = "alert:view"
    ALERT_HANDLE = "alert:handle"
    ALERT_RULES = "alert:rules"
    LOOKOUT_EDIT = "lookout:edit"
    LOG_VIEW = "log:view"
    LOG_WRITE = "log:write"
    LOG_EXPORT = "log:export"
    WATCH_VIEW = "watch:view"
    WATCH_LEAD = "watch:lead"
    ENQUIRY_VIEW = "enquiry:view"
    ENQUIRY_HANDLE = "enquiry:handle"
    TASKING_VIEW = "tasking:view"
    TASKING_DECIDE = "tasking:decide"
    TASKING_REPORT = "tasking:report"
    OUTCOME_REPORT = "outcome:report"
