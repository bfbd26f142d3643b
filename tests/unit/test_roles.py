"""Roles: every permission is held by somebody; open screens and unit crews hold little."""

import pytest

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.roles import HOLDS, OPEN_SCREENS, Role, roles_holding
from ops_centre.errors import NotPermitted


def test_every_role_holds_something() -> None:
    assert set(HOLDS) == set(Role)
    assert all(HOLDS.values())


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_is_held(permission: Permission) -> None:
    assert roles_holding(permission)


def test_an_open_screen_changes_nothing_and_sees_nothing_restricted() -> None:
    for role in OPEN_SCREENS:
        assert {held.value.partition(":")[2] for held in HOLDS[role]} == {"view"}
        assert not HOLDS[role] & {Permission.RESTRICTED_VIEW, Permission.AUDIT_VIEW, Permission.METRICS_VIEW}


def test_a_unit_in_the_field_sees_units_and_no_targets_and_reports_what_it_did_and_learned() -> None:
    reports = {Permission.TASKING_REPORT, Permission.OUTCOME_REPORT, Permission.DEBRIEF_CONTRIBUTE}
    assert HOLDS[Role.FIELD_UNIT] == {Permission.UNIT_VIEW} | reports


def test_who_keeps_accounts_does_not_see_targets() -> None:
    for role in roles_holding(Permission.ACCOUNT_ADMIN):
        assert Permission.TARGET_VIEW not in HOLDS[role]


def test_what_is_not_held_is_refused_in_words() -> None:
    wall = Actor(1, "wall", "Wall", Role.WALL, "OPS")
    authorise(wall, Permission.PICTURE_VIEW)
    with pytest.raises(NotPermitted, match="account:admin"):
        authorise(wall, Permission.ACCOUNT_ADMIN)
