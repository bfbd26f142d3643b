"""Roles and what each holds. A role is a row here; nothing else in the code asks for a role by name."""

from enum import StrEnum

from ops_centre.auth.permissions import Permission

P = Permission  # the table below is read across


class Role(StrEnum):
    """The people of a centre (docs/permissions.md)."""

    DUTY_OFFICER = "duty officer"
    OPERATION_COMMANDER = "operation commander"
    SHIFT_LEAD = "shift lead"
    TARGETER = "targeter"
    AGENCY_LIAISON = "agency liaison"
    FIELD_UNIT = "field unit"
    WALL = "wall"
    ADMINISTRATOR = "administrator"


_SEES = frozenset(
    {P.PICTURE_VIEW, P.TARGET_VIEW, P.UNIT_VIEW, P.FEED_VIEW, P.ALERT_VIEW, P.LOG_VIEW, P.WATCH_VIEW, P.TASKING_VIEW}
    | {P.OPERATION_VIEW}
)
_LEARNS = frozenset({P.DEBRIEF_VIEW, P.DEBRIEF_CONTRIBUTE, P.LESSON_EDIT})  # lessons: their own ones to act on
_WORKS = _SEES | _LEARNS | {P.RESTRICTED_VIEW, P.VIEW_SAVE, P.LOG_WRITE, P.ENQUIRY_VIEW, P.PLAN_VIEW, P.PAST_VIEW}
_REPORTS = frozenset({P.TASKING_REPORT, P.OUTCOME_REPORT})
_DUTY = (
    _WORKS
    | _REPORTS
    | {
        P.ALERT_HANDLE,
        P.LOOKOUT_EDIT,
        P.LOG_EXPORT,
        P.ENQUIRY_HANDLE,
        P.TASKING_DECIDE,
        P.CONTINGENCY_RUN,
        P.PAST_EXPORT,
        P.MANIFEST_VIEW,
        P.MANIFEST_ASSESS,
    }
)
_LEADS = frozenset({P.OPERATION_PLAN, P.OPERATION_APPROVE, P.OPERATION_RUN, P.PLAN_EDIT, P.DEBRIEF_LEAD})

HOLDS: dict[Role, frozenset[P]] = {
    Role.DUTY_OFFICER: _DUTY,
    Role.OPERATION_COMMANDER: (_DUTY | _LEADS) - {P.LOOKOUT_EDIT},
    Role.SHIFT_LEAD: _DUTY | _LEADS | {P.AUDIT_VIEW, P.ALERT_RULES, P.WATCH_LEAD, P.FEED_RUN},
    Role.TARGETER: _WORKS | {P.ALERT_HANDLE, P.LOOKOUT_EDIT, P.OUTCOME_REPORT, P.MANIFEST_VIEW, P.MANIFEST_ASSESS},
    Role.AGENCY_LIAISON: _WORKS
    | _REPORTS
    | {P.ENQUIRY_HANDLE, P.PLAN_EDIT, P.MANIFEST_VIEW},  # reports, plan: of their own agency's units
    Role.FIELD_UNIT: frozenset({P.UNIT_VIEW, P.DEBRIEF_CONTRIBUTE}) | _REPORTS,  # their own unit's
    Role.WALL: _SEES,
    Role.ADMINISTRATOR: frozenset(
        {P.ACCOUNT_ADMIN, P.AUDIT_VIEW, P.FEED_VIEW, P.FEED_RUN, P.QUARANTINE_ALL, P.METRICS_VIEW}
    ),
}

# Screens that nobody sits at: their sessions last for weeks (settings sessions.kiosk_days) and survive a restart
OPEN_SCREENS: frozenset[Role] = frozenset({Role.WALL})


def roles_holding(permission: P) -> frozenset[Role]:
    """The roles that hold ``permission``."""
    return frozenset(role for role, held in HOLDS.items() if permission in held)
