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
