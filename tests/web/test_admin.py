"""The page of accounts and the audit trail, as the browser asks for it."""

import json
from typing import Any

import pytest

from layouts.admin import AdminPart
from layouts.ids import Shell
from ops_centre.auth.roles import Role
from ops_centre.services.audit import SYSTEM

OURS = {"Origin": "http://localhost"}
PASSWORD = "a tall fence in the wind"


def call(
    client: Any, outputs: list[tuple[str, str]], inputs: list[tuple[str, str, Any]], state: list[tuple[str, str, Any]]
) -> Any:
    """Post a callback as Dash's script does; its first input is what was pressed."""
    name = "...".join(f"{identity}.{prop}" for identity, prop in outputs)
    post = {
        "output": f"..{name}.." if len(outputs) > 1 else name,
        "outputs": [{"id": identity, "property": prop} for identity, prop in outputs],
        "inputs": [{"id": i, "property": p, "value": v} for i, p, v in inputs],
        "state": [{"id": i, "property": p, "value": v} for i, p, v in state],
        "changedPropIds": [f"{inputs[0][0]}.{inputs[0][1]}"],
    }
    if len(outputs) == 1:
        post["outputs"] = {"id": outputs[0][0], "property": outputs[0][1]}
    return client.post("/_dash-update-component", json=post, headers=OURS)


def change(client: Any, name: str, act: str, role: str | None = None, confirmed: int | None = 1) -> Any:
    return call(
        client,
        [(AdminPart.CHANGED, "children"), (AdminPart.CHANGED_REVISION, "data")],
        [(AdminPart.ASK, "submit_n_clicks", confirmed)],
        [
            (AdminPart.CHANGE_NAME, "value", name),
            (AdminPart.CHANGE_ACT, "value", act),
            (AdminPart.CHANGE_ROLE, "value", role),
        ],
    )


def add(client: Any, name: str, clicks: int | None = 1) -> Any:
    return call(
        client,
        [(AdminPart.ADDED, "children"), (AdminPart.ADDED_REVISION, "data")],
        [(AdminPart.ADD, "n_clicks", clicks)],
        [
            (AdminPart.ADD_NAME, "value", name),
            (AdminPart.ADD_DISPLAY_NAME, "value", "Night lead"),
            (AdminPart.ADD_ROLE, "value", "shift lead"),
            (AdminPart.ADD_AGENCY, "value", "CUS"),
        ],
    )


@pytest.fixture
def admin(web_client: Any) -> Any:
    return web_client(Role.ADMINISTRATOR)


@pytest.fixture
def duty(sqlite_ops: Any) -> Any:
    return sqlite_ops.accounts.add_user(SYSTEM, "duty", "", Role.DUTY_OFFICER, "OPS", PASSWORD)


def role_of(ops: Any, name: str) -> str:
    return next(row.role for row in ops.accounts.users(SYSTEM) if row.name == name)


def test_an_account_is_added_with_a_password_that_works_and_is_shown_once(admin: Any, sqlite_ops: Any) -> None:
    answer = add(admin, "night.lead").get_json()["response"]
    password = answer[AdminPart.ADDED]["children"][2]["props"]["children"]
    _, actor = sqlite_ops.accounts.sign_in("night.lead", password, "192.0.2.7")
    assert (actor.role, actor.agency) == (Role.SHIFT_LEAD, "CUS")
    assert "already" in json.dumps(add(admin, "night.lead").get_json())


def test_a_redraw_adds_and_changes_nothing(admin: Any, sqlite_ops: Any, duty: Any) -> None:
    before = len(sqlite_ops.accounts.users(SYSTEM))
    assert add(admin, "night.lead", clicks=None).status_code == 204
    assert change(admin, "duty", "disable", confirmed=None).status_code == 204
    assert len(sqlite_ops.accounts.users(SYSTEM)) == before
    assert sqlite_ops.accounts.users(SYSTEM)[-1].disabled_at is None


def test_what_is_wrong_is_told_beside_the_form(admin: Any) -> None:
    assert "sign-in name has 2 to 40" in json.dumps(add(admin, "two words").get_json())
    assert "Choose the account" in json.dumps(change(admin, "", "disable").get_json())
    assert "Choose what to do" in json.dumps(change(admin, "duty", "explode").get_json())
    assert "no account named" in json.dumps(change(admin, "ghost", "disable").get_json())


def test_a_role_is_changed(admin: Any, sqlite_ops: Any, duty: Any) -> None:
    change(admin, "duty", "role", "targeter")
    assert role_of(sqlite_ops, "duty") == "targeter"
    assert "is no role" in json.dumps(change(admin, "duty", "role", "emperor").get_json())


def test_the_last_administrator_is_told_so(admin: Any, sqlite_ops: Any) -> None:
    name = sqlite_ops.accounts.users(SYSTEM)[0].name
    assert "last administrator" in json.dumps(change(admin, name, "disable").get_json())
    assert admin.get("/admin").status_code == 200


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_changes_an_account(web_client: Any, sqlite_ops: Any, duty: Any, role: Role) -> None:
    client = web_client(role)
    assert change(client, "duty", "role", "administrator").status_code == 403
    assert add(client, "night.lead").status_code == 403
    assert role_of(sqlite_ops, "duty") == "duty officer"


def draw_trail(client: Any, kind: str | None = None, asked: str | None = '[1, "/admin", "", true]') -> Any:
    return call(
        client,
        [(AdminPart.TRAIL, "children"), (AdminPart.TRAIL_KIND, "options")],
        [
            (Shell.DUE, f"data-due-{AdminPart.TRAIL}", asked),
            (AdminPart.TRAIL_KIND, "value", kind),
            (AdminPart.ADDED_REVISION, "data", 0),
            (AdminPart.CHANGED_REVISION, "data", 0),
        ],
        [],
    )


def test_the_trail_is_shown_to_those_who_may_read_it_and_only_while_its_page_is(web_client: Any, duty: Any) -> None:
    lead = web_client(Role.SHIFT_LEAD)
    assert "account added" in json.dumps(draw_trail(lead).get_json()["response"][AdminPart.TRAIL])
    assert "Nothing recorded" in json.dumps(draw_trail(lead, "token created").get_json())
    for nothing in (None, "", "[", "7", "[1, 2]"):
        assert draw_trail(lead, asked=nothing).status_code == 204
    assert draw_trail(web_client(Role.TARGETER)).status_code == 403
