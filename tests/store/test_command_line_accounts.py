"""`user` and `token` on the command line: exit status, words, JSON, and passwords that are never arguments."""

import io
import json
from typing import Any

import pytest

from ops_centre.auth.roles import Role
from ops_centre.cli.entry import main
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.services.audit import SYSTEM
from tests.support.accounts import PASSWORD, make_accounts, trail
from tests.support.clock import FakeClock


@pytest.fixture
def accounts(
    sqlite_url: str,
    sqlite_database: Database,
    frozen_clock: FakeClock,
    settings: Settings,
    monkeypatch: Any,
    tmp_path: Any,
) -> Any:
    monkeypatch.setenv("OPS_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("OPS_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    return make_accounts(sqlite_database, frozen_clock, settings)


def test_an_account_is_added_and_can_sign_in(accounts: Any, capsys: Any) -> None:
    assert main(["user", "add", "ann", "--role", "shift lead", "--agency", "CUS", "--password-stdin"]) == 0
    assert "shift lead of CUS" in capsys.readouterr().out
    _, actor = accounts.sign_in("ann", PASSWORD, "192.0.2.7")
    assert actor.role is Role.SHIFT_LEAD
    assert ("account added", "command line", "ann") in trail(accounts.db)


def test_without_a_terminal_a_password_is_generated_and_printed(accounts: Any, capsys: Any) -> None:
    assert main(["user", "add", "ann", "--role", "administrator"]) == 0
    password = capsys.readouterr().out.strip().rpartition("Password: ")[2]
    assert accounts.sign_in("ann", password, "192.0.2.7")[1].agency == "OPS"


def test_accounts_are_listed_for_people_and_for_scripts(accounts: Any, capsys: Any) -> None:
    assert main(["user", "list"]) == 0
    assert "no accounts" in capsys.readouterr().out
    accounts.add_user(SYSTEM, "ann", "", Role.TARGETER, "OPS", PASSWORD)
    assert main(["user", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["role"], row["disabled_at"]) for row in listed] == [("ann", "targeter", None)]
    assert "password" not in json.dumps(listed)


def test_an_account_is_changed(accounts: Any) -> None:
    accounts.add_user(SYSTEM, "ann", "", Role.TARGETER, "OPS", PASSWORD)
    assert main(["user", "role", "ann", "wall"]) == 0
    assert main(["user", "disable", "ann"]) == 0
    row = accounts.users(SYSTEM)[0]
    assert row.role == "wall"
    assert row.disabled_at is not None
    assert main(["user", "enable", "ann"]) == 0
    assert main(["user", "password", "ann", "--generate"]) == 0
    assert accounts.users(SYSTEM)[0].disabled_at is None


def test_a_token_is_printed_alone_and_works_until_it_is_revoked(accounts: Any, capsys: Any) -> None:
    accounts.add_user(SYSTEM, "ann", "", Role.TARGETER, "OPS", PASSWORD)
    assert main(["token", "create", "--user", "ann", "--label", "plotter", "--days", "30"]) == 0
    token = capsys.readouterr().out.strip()
    assert accounts.actor_of_token(token) is not None
    assert main(["token", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert (listed[0]["user"], listed[0]["label"]) == ("ann", "plotter")
    assert token not in json.dumps(listed)
    assert main(["token", "revoke", str(listed[0]["id"])]) == 0
    assert accounts.actor_of_token(token) is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["user", "disable", "ghost"], "no account named 'ghost'"),
        (["user", "add", "two words", "--role", "wall", "--generate"], "sign-in name"),
        (["user", "add", "ann", "--role", "wall", "--agency", "NOPE", "--generate"], "no agency"),
        (["token", "create", "--user", "ghost"], "no account named 'ghost'"),
        (["token", "create", "--user", "ghost", "--days", "0"], "1 to 3660 days"),
        (["token", "revoke", "7"], "no token 7"),
    ],
)
def test_what_cannot_be_done_is_said_and_ends_with_status_1(
    accounts: Any, capsys: Any, arguments: list[str], says: str
) -> None:
    assert main(arguments) == 1
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["user"], ["user", "add"], ["user", "add", "ann", "--role", "emperor"], ["token", "revoke", "x"]]
)
def test_a_wrong_call_ends_with_status_2(accounts: Any, capsys: Any, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_the_last_administrator_stays_for_the_command_line_too(accounts: Any, capsys: Any) -> None:
    accounts.add_user(SYSTEM, "ann", "", Role.ADMINISTRATOR, "OPS", PASSWORD)
    assert main(["user", "disable", "ann"]) == 1
    assert main(["user", "role", "ann", "wall"]) == 1
    assert "last administrator" in capsys.readouterr().err
