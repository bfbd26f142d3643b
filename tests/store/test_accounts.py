"""Accounts on both databases: signing in, sessions that end when they should, tokens, and the last administrator."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from ops_centre.auth import passwords
from ops_centre.auth.credentials import Credential, CredentialKind, digest
from ops_centre.auth.roles import Role
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted, OpsError
from ops_centre.models import ApiToken, AuditEvent, SignInSession, User
from ops_centre.services import audit
from ops_centre.services.accounts import EXERCISE_ACCOUNTS, Accounts
from ops_centre.services.sign_ins import SignInRefused
from tests.support.accounts import HERE, PASSWORD, add, add_admin, make_accounts, trail
from tests.support.clock import FakeClock


@pytest.fixture
def accounts(database: Database, frozen_clock: FakeClock, settings: Settings) -> Accounts:
    return make_accounts(database, frozen_clock, settings)


def test_name_and_password_open_a_session_of_that_account(accounts: Accounts) -> None:
    duty = add(accounts)
    session_id, actor = accounts.sign_in(" Duty ", PASSWORD, HERE)
    assert actor == duty
    assert accounts.actor_of_session(session_id) == duty


def test_only_the_hash_of_a_session_id_is_stored(accounts: Accounts, database: Database) -> None:
    add(accounts)
    session_id, _ = accounts.sign_in("duty", PASSWORD, HERE)
    with database.reading() as session:
        stored = session.scalars(select(SignInSession.id_hash)).all()
    assert stored == [digest(session_id)]
    assert accounts.actor_of_session(stored[0]) is None


def test_wrong_name_and_wrong_password_are_told_alike(accounts: Accounts) -> None:
    add(accounts)
    with pytest.raises(SignInRefused) as wrong_password:
        accounts.sign_in("duty", "not the password", HERE)
    with pytest.raises(SignInRefused) as wrong_name:
        accounts.sign_in("nobody", PASSWORD, HERE)
    assert str(wrong_password.value) == str(wrong_name.value)


def test_every_sign_in_has_a_session_id_of_its_own_and_ends_the_one_before(accounts: Accounts) -> None:
    add(accounts)
    first, _ = accounts.sign_in("duty", PASSWORD, HERE)
    second, _ = accounts.sign_in("duty", PASSWORD, HERE, previous=first)
    assert first != second
    assert accounts.actor_of_session(first) is None
    assert accounts.actor_of_session(second) is not None


def test_signing_out_ends_the_session_for_good(accounts: Accounts) -> None:
    add(accounts)
    session_id, _ = accounts.sign_in("duty", PASSWORD, HERE)
    accounts.sign_out(session_id)
    assert accounts.actor_of_session(session_id) is None
    accounts.sign_out(session_id)  # a second press is no error


ENDINGS: dict[str, Callable[[Accounts], None]] = {
    "disabled": lambda accounts: accounts.disable(audit.SYSTEM, "duty"),
    "another role": lambda accounts: accounts.set_role(audit.SYSTEM, "duty", Role.SHIFT_LEAD),
    "another password": lambda accounts: accounts.set_password(audit.SYSTEM, "duty", "seven gulls on a mast"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_change_of_the_account_ends_its_sessions_and_no_others(accounts: Accounts, ending: str) -> None:
    add(accounts)
    add(accounts, "targeter", Role.TARGETER)
    session_id, actor = accounts.sign_in("duty", PASSWORD, HERE)
    other_id, _ = accounts.sign_in("targeter", PASSWORD, HERE)
    credential = Credential(CredentialKind.SESSION, digest(session_id))
    assert accounts.still_valid(credential, actor)
    ENDINGS[ending](accounts)
    assert accounts.actor_of_session(session_id) is None
    assert not accounts.still_valid(credential, actor)
    assert accounts.actor_of_session(other_id) is not None


def test_a_session_unused_too_long_has_ended(accounts: Accounts, frozen_clock: FakeClock) -> None:
    add(accounts)
    session_id, _ = accounts.sign_in("duty", PASSWORD, HERE)
    frozen_clock.advance(minutes=719)
    assert accounts.actor_of_session(session_id) is not None
    frozen_clock.advance(minutes=1)
    assert accounts.actor_of_session(session_id) is None


def test_use_keeps_a_session_alive_until_its_absolute_end(accounts: Accounts, frozen_clock: FakeClock) -> None:
    add(accounts)
    session_id, _ = accounts.sign_in("duty", PASSWORD, HERE)
    for _ in range(4):
        opened = accounts.sessions.find(session_id)
        assert opened is not None
        accounts.sessions.touch(opened)
        frozen_clock.advance(hours=6)
    assert accounts.actor_of_session(session_id) is None


def test_use_is_written_at_most_once_a_minute(accounts: Accounts, frozen_clock: FakeClock) -> None:
    add(accounts)
    session_id, _ = accounts.sign_in("duty", PASSWORD, HERE)
    began = frozen_clock.now()
    seen = []
    for _ in range(4):
        frozen_clock.advance(seconds=25)
        opened = accounts.sessions.find(session_id)
        assert opened is not None
        accounts.sessions.touch(opened)
        again = accounts.sessions.find(session_id)
        assert again is not None
        seen.append((again.seen_at - began).total_seconds())
    assert seen == [0, 0, 75, 75]


def test_a_wall_stays_signed_in_for_weeks(accounts: Accounts, frozen_clock: FakeClock) -> None:
    add(accounts, "wall", Role.WALL)
    session_id, _ = accounts.sign_in("wall", PASSWORD, HERE)
    frozen_clock.advance(days=59)
    opened = accounts.sessions.find(session_id)
    assert opened is not None
    assert opened.outlives_browser
    frozen_clock.advance(days=1)
    assert accounts.actor_of_session(session_id) is None


def test_a_disabled_account_cannot_sign_in_until_it_is_enabled(accounts: Accounts) -> None:
    add(accounts)
    accounts.disable(audit.SYSTEM, "duty")
    with pytest.raises(SignInRefused, match="disabled"):
        accounts.sign_in("duty", PASSWORD, HERE)
    accounts.enable(audit.SYSTEM, "duty")
    accounts.sign_in("duty", PASSWORD, HERE)


def test_who_does_not_know_the_password_does_not_learn_that_an_account_is_disabled(accounts: Accounts) -> None:
    add(accounts)
    accounts.disable(audit.SYSTEM, "duty")
    with pytest.raises(SignInRefused, match="Name or password"):
        accounts.sign_in("duty", "not the password", HERE)


@pytest.mark.usefixtures("costly_passwords")
def test_an_outdated_hash_is_made_anew_at_sign_in(accounts: Accounts, database: Database) -> None:
    import argon2

    add(accounts)
    older = argon2.PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with database.begin() as session:
        session.execute(update(User).values(password_hash=older))
    accounts.sign_in("duty", PASSWORD, HERE)
    with database.reading() as session:
        assert "m=19456,t=2,p=1" in session.scalars(select(User.password_hash)).one()
    accounts.sign_in("duty", PASSWORD, HERE)


@pytest.mark.parametrize(("meanwhile", "is_let_in"), [(PASSWORD, True), ("seven gulls on a mast", False)])
def test_a_hash_that_changed_while_the_password_was_checked_is_looked_at_again(
    accounts: Accounts, database: Database, monkeypatch: pytest.MonkeyPatch, meanwhile: str, is_let_in: bool
) -> None:
    add(accounts)

    def somebody_else_is_faster(_stored: str) -> bool:
        with database.begin() as session:
            session.execute(update(User).values(password_hash=passwords.hash_password(meanwhile)))
        return False

    monkeypatch.setattr(passwords, "is_outdated", somebody_else_is_faster)
    if is_let_in:
        assert accounts.sign_in("duty", PASSWORD, HERE)[1].name == "duty"
    else:
        with pytest.raises(SignInRefused, match="Name or password"):
            accounts.sign_in("duty", PASSWORD, HERE)


def test_one_changes_ones_own_password_by_proving_the_present_one(accounts: Accounts) -> None:
    duty = add(accounts)
    session_id, _ = accounts.sign_in("duty", PASSWORD, HERE)
    with pytest.raises(SignInRefused, match="present password"):
        accounts.change_own_password(duty, "not the password", "seven gulls on a mast", HERE)
    accounts.change_own_password(duty, PASSWORD, "seven gulls on a mast", HERE)
    assert accounts.actor_of_session(session_id) is None
    accounts.sign_in("duty", "seven gulls on a mast", HERE)


@pytest.mark.parametrize("name", ["", "x", "two words", "Ünïcode", "-dash", "a" * 41, "drop;table"])
def test_a_name_that_cannot_be_typed_anywhere_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(Invalid, match="sign-in name"):
        accounts.add_user(audit.SYSTEM, name, "", Role.TARGETER, "OPS", PASSWORD)


def test_a_name_is_taken_once_whatever_its_case(accounts: Accounts) -> None:
    add(accounts)
    with pytest.raises(Conflict, match="already"):
        accounts.add_user(audit.SYSTEM, "DUTY", "", Role.TARGETER, "OPS", PASSWORD)


def test_an_account_needs_a_role_and_an_agency_there_are(accounts: Accounts) -> None:
    with pytest.raises(Invalid, match="shift lead"):
        accounts.add_user(audit.SYSTEM, "ann", "", "emperor", "OPS", PASSWORD)
    with pytest.raises(Invalid, match="MAR"):
        accounts.add_user(audit.SYSTEM, "ann", "", Role.TARGETER, "NOPE", PASSWORD)
    assert accounts.add_user(audit.SYSTEM, "ann", "", "Shift-Lead", "OPS", PASSWORD).role is Role.SHIFT_LEAD


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_an_administrator_keeps_accounts(accounts: Accounts, role: Role) -> None:
    actor = add(accounts, "somebody", role)
    acts: list[Callable[[], Any]] = [
        lambda: accounts.add_user(actor, "ann", "", Role.TARGETER, "OPS", PASSWORD),
        lambda: accounts.set_role(actor, "somebody", Role.ADMINISTRATOR),
        lambda: accounts.disable(actor, "somebody"),
        lambda: accounts.enable(actor, "somebody"),
        lambda: accounts.set_password(actor, "somebody", "seven gulls on a mast"),
        lambda: accounts.create_token(actor, "somebody"),
        lambda: accounts.revoke_token(actor, 1),
        lambda: accounts.users(actor),
        lambda: accounts.tokens(actor),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()


def test_an_administrator_who_was_just_demoted_changes_nothing_more(accounts: Accounts) -> None:
    first, second = add_admin(accounts, "first"), add_admin(accounts, "second")
    accounts.set_role(first, "second", Role.TARGETER)
    with pytest.raises(NotPermitted):
        accounts.disable(second, "first")
    accounts.set_role(first, "second", Role.ADMINISTRATOR)
    accounts.disable(first, "second")
    with pytest.raises(NotPermitted, match="disabled"):
        accounts.disable(second, "first")


def test_the_last_administrator_stays(accounts: Accounts) -> None:
    admin = add_admin(accounts)
    for act in (
        lambda: accounts.disable(admin, "admin"),
        lambda: accounts.set_role(admin, "admin", Role.TARGETER),
        lambda: accounts.disable(audit.COMMAND_LINE, "admin"),
    ):
        with pytest.raises(Conflict, match="last administrator"):
            act()
    add_admin(accounts, "spare")
    accounts.disable(admin, "spare")
    with pytest.raises(Conflict, match="last administrator"):  # a disabled one does not count
        accounts.disable(admin, "admin")


def test_two_administrators_cannot_remove_each_other_at_once(accounts: Accounts) -> None:
    first, second = add_admin(accounts, "first"), add_admin(accounts, "second")
    for _ in range(5):
        together, refused = threading.Barrier(2), []

        def act(deed: Callable[[], None], together: threading.Barrier = together, refused: list[str] = refused) -> None:
            together.wait()
            try:
                deed()
            except OpsError as error:
                refused.append(str(error))

        deeds = (
            lambda: accounts.disable(first, "second"),
            lambda: accounts.set_role(second, "first", Role.TARGETER),
        )
        threads = [threading.Thread(target=act, args=(deed,)) for deed in deeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 1
        left = [row for row in accounts.users(audit.SYSTEM) if row.role == "administrator" and row.disabled_at is None]
        assert len(left) == 1
        accounts.enable(audit.SYSTEM, "second")
        accounts.set_role(audit.SYSTEM, "first", Role.ADMINISTRATOR)


def test_a_token_acts_as_its_account(accounts: Accounts, database: Database) -> None:
    duty = add(accounts)
    token = accounts.create_token(audit.COMMAND_LINE, "duty", "plotter")
    assert accounts.actor_of_token(token) == duty
    with database.reading() as session:
        assert token not in str(session.execute(select(ApiToken.__table__)).all())
    accounts.set_role(audit.SYSTEM, "duty", Role.TARGETER)
    actor = accounts.actor_of_token(token)
    assert actor is not None
    assert actor.role is Role.TARGETER


def test_a_token_dies_when_revoked_expired_or_its_account_is_disabled(
    accounts: Accounts, frozen_clock: FakeClock
) -> None:
    add(accounts)
    lasting, brief, revoked = (accounts.create_token(audit.SYSTEM, "duty", days=d) for d in (None, 1, 30))
    accounts.revoke_token(audit.SYSTEM, 3)
    assert accounts.actor_of_token(revoked) is None
    frozen_clock.advance(days=1)
    assert accounts.actor_of_token(brief) is None
    assert accounts.actor_of_token(lasting) is not None
    accounts.disable(audit.SYSTEM, "duty")
    assert accounts.actor_of_token(lasting) is None
    with pytest.raises(Conflict, match="disabled"):
        accounts.create_token(audit.SYSTEM, "duty")


@pytest.mark.parametrize("token", ["", "ops_", "ops_nonsense", "' OR 1=1 --", "ops_" + "x" * 100_000])
def test_a_made_up_token_is_nobody(accounts: Accounts, token: str) -> None:
    add(accounts)
    accounts.create_token(audit.SYSTEM, "duty")
    assert accounts.actor_of_token(token) is None


def test_use_of_a_token_is_written_at_most_once_a_minute(accounts: Accounts, frozen_clock: FakeClock) -> None:
    add(accounts)
    token, began = accounts.create_token(audit.SYSTEM, "duty"), frozen_clock.now()
    used = []
    for _ in range(4):
        frozen_clock.advance(seconds=25)
        accounts.actor_of_token(token)
        at = accounts.tokens(audit.SYSTEM)[0].used_at
        assert at is not None
        used.append((at - began).total_seconds())
    assert used == [25, 25, 25, 100]


def test_a_stream_by_token_ends_when_its_role_changes(accounts: Accounts) -> None:
    actor = add(accounts)
    credential = Credential(CredentialKind.TOKEN, digest(accounts.create_token(audit.SYSTEM, "duty")))
    assert accounts.still_valid(credential, actor)
    accounts.set_role(audit.SYSTEM, "duty", Role.WALL)
    assert not accounts.still_valid(credential, actor)


def test_many_streams_share_one_look_at_the_database(
    database: Database, frozen_clock: FakeClock, settings: Settings
) -> None:
    from sqlalchemy import event

    from ops_centre.services.sessions import Sessions

    accounts, ticks = make_accounts(database, frozen_clock, settings), [0.0]
    add(accounts)
    session_id, actor = accounts.sign_in("duty", PASSWORD, HERE)
    sessions = Sessions(database, frozen_clock, settings.sessions, ticks=lambda: ticks[0])
    credential, looks = Credential(CredentialKind.SESSION, digest(session_id)), []
    event.listen(database.read, "begin", lambda _connection: looks.append(1))
    assert all(sessions.still_valid(credential, actor) for _ in range(250))
    assert len(looks) == 1
    accounts.sign_out(session_id)  # in another process, as it were: this one looks again after two seconds
    ticks[0] += 2.0
    assert not sessions.still_valid(credential, actor)


def test_an_exercise_starts_with_one_account_for_each_role(accounts: Accounts) -> None:
    made = accounts.ensure_exercise_accounts()
    assert {account.role for account in made} == set(Role)
    assert {account.name: account.agency for account in made}["liaison"] == "CUS"
    for account in made:
        _, actor = accounts.sign_in(account.name, account.password, HERE)
        assert (actor.role, actor.agency) == (account.role, account.agency)
    assert accounts.ensure_exercise_accounts() == []
    assert len(accounts.users(audit.SYSTEM)) == len(EXERCISE_ACCOUNTS)


def test_a_live_centre_makes_no_accounts(database: Database, frozen_clock: FakeClock, settings: Settings) -> None:
    live = settings.model_copy(update={"centre": settings.centre.model_copy(update={"mode": "live"})})
    accounts = make_accounts(database, frozen_clock, live)
    assert accounts.ensure_exercise_accounts() == []
    assert not accounts.has_accounts()


def test_an_agency_that_the_centre_lacks_is_replaced_by_its_own(
    database: Database, frozen_clock: FakeClock, settings: Settings
) -> None:
    alone = settings.model_copy(update={"agencies": settings.agencies[:1]})
    made = make_accounts(database, frozen_clock, alone).ensure_exercise_accounts()
    assert {account.agency for account in made} == {"OPS"}


def test_whatever_happens_to_accounts_is_in_the_trail(accounts: Accounts, database: Database) -> None:
    admin = add_admin(accounts)
    accounts.add_user(admin, "duty", "", Role.DUTY_OFFICER, "OPS", PASSWORD)
    accounts.set_role(admin, "duty", Role.TARGETER)
    session_id, _ = accounts.sign_in("duty", PASSWORD, HERE)
    accounts.sign_out(session_id)
    with pytest.raises(SignInRefused):
        accounts.sign_in("duty", "not the password", HERE)
    accounts.set_password(admin, "duty", "seven gulls on a mast")
    accounts.create_token(admin, "duty", "plotter")
    accounts.revoke_token(audit.COMMAND_LINE, 1)
    accounts.disable(admin, "duty")
    accounts.enable(admin, "duty")
    assert trail(database) == [
        ("account added", "system", "admin"),
        ("account added", "admin", "duty"),
        ("role changed", "admin", "duty"),
        ("sign-in", "duty", None),
        ("sign-out", "duty", None),
        ("sign-in failed", "anonymous", "duty"),
        ("password changed", "admin", "duty"),
        ("token created", "admin", "duty"),
        ("token revoked", "command line", "duty"),
        ("account disabled", "admin", "duty"),
        ("account enabled", "admin", "duty"),
    ]


def test_nothing_secret_is_in_the_trail(accounts: Accounts, database: Database) -> None:
    add(accounts)
    session_id, _ = accounts.sign_in("duty", PASSWORD, HERE)
    token = accounts.create_token(audit.SYSTEM, "duty")
    for name, password in (("duty", "not the password"), ("my secret password", "x")):
        with pytest.raises(SignInRefused):
            accounts.sign_in(name, password, HERE)
    with database.reading() as session:
        everything = str(session.execute(select(AuditEvent.__table__)).all())
    for secret in (PASSWORD, "not the password", "my secret password", session_id, token, "argon2"):
        assert secret not in everything


def test_the_trail_cannot_be_changed(accounts: Accounts, database: Database) -> None:
    add(accounts)
    for statement in ("DELETE FROM audit_events", "UPDATE audit_events SET actor = 'nobody'"):
        with pytest.raises(DBAPIError, match="append only"), database.begin() as session:
            session.execute(text(statement))
    assert trail(database) == [("account added", "system", "duty")]


def test_the_trail_is_read_newest_first_by_those_who_may(accounts: Accounts, database: Database) -> None:
    lead, duty = add(accounts, "lead", Role.SHIFT_LEAD), add(accounts)
    accounts.sign_in("duty", PASSWORD, HERE)
    newest, *older = audit.recent(database, lead, limit=3)
    assert (newest.kind, newest.actor, newest.address) == ("sign-in", "duty", HERE)
    assert [row.subject for row in audit.recent(database, lead, before=newest.id)] == [row.subject for row in older]
    assert audit.recent(database, lead, kind=audit.AuditKind.SIGNED_OUT) == []
    with pytest.raises(NotPermitted):
        audit.recent(database, duty)


def test_an_unknown_account_is_said_to_be_unknown(accounts: Accounts) -> None:
    for act in (accounts.disable, accounts.enable):
        with pytest.raises(NotFound, match="no account named 'ghost'"):
            act(audit.SYSTEM, "ghost")
