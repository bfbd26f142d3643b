"""Sign-in tries are limited by name and by address, in one process and in several."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from ops_centre.clock import SystemClock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.models import AuditEvent, SignInAttempt
from ops_centre.services.accounts import Accounts
from ops_centre.services.audit import SYSTEM
from ops_centre.services.sign_ins import SignInRefused, Throttled
from ops_centre.services.throttle import network_of
from tests.support.accounts import HERE, PASSWORD, add, make_accounts, trail
from tests.support.clock import FakeClock

WRONG = "not the password"


@pytest.fixture
def accounts(database: Database, frozen_clock: FakeClock, settings: Settings) -> Accounts:
    made = make_accounts(database, frozen_clock, settings)
    add(made)
    return made


def fail(accounts: Accounts, name: str = "duty", address: str = HERE, *, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            accounts.sign_in(name, WRONG, address)


def test_after_five_failures_even_the_right_password_waits_and_is_told_until_when(
    accounts: Accounts, frozen_clock: FakeClock
) -> None:
    fail(accounts, times=5)
    frozen_clock.advance(seconds=50)
    with pytest.raises(Throttled, match=r"Try again after 19:35:00 \(4 min 10 s\)") as throttled:
        accounts.sign_in("duty", PASSWORD, HERE)
    assert (throttled.value.until - frozen_clock.now()).total_seconds() == 250
    frozen_clock.set(throttled.value.until)
    accounts.sign_in("duty", PASSWORD, HERE)


def test_a_name_is_limited_from_wherever_it_is_tried(accounts: Accounts) -> None:
    for number in range(5):
        fail(accounts, address=f"198.51.100.{number}")
    with pytest.raises(Throttled):
        accounts.sign_in("duty", PASSWORD, "203.0.113.9")


def test_another_name_is_not_limited_with_it(accounts: Accounts) -> None:
    add(accounts, "targeter")
    fail(accounts, times=5)
    accounts.sign_in("targeter", PASSWORD, HERE)


def test_an_address_is_limited_whatever_names_it_tries(accounts: Accounts) -> None:
    for number in range(20):
        fail(accounts, f"name{number}")
    with pytest.raises(Throttled):
        accounts.sign_in("duty", PASSWORD, HERE)
    accounts.sign_in("duty", PASSWORD, "203.0.113.9")


def test_a_name_that_is_no_account_is_limited_alike(accounts: Accounts) -> None:
    fail(accounts, "ghost", times=5)
    with pytest.raises(Throttled):
        accounts.sign_in("ghost", WRONG, HERE)


def test_success_forgives_the_name_but_not_the_address(accounts: Accounts) -> None:
    for _ in range(4):
        fail(accounts, times=4)
        accounts.sign_in("duty", PASSWORD, HERE)
    fail(accounts, times=4)
    with pytest.raises(Throttled):  # one's own account is no way to go on guessing at others'
        accounts.sign_in("ghost", WRONG, HERE)


def test_old_failures_count_no_more(accounts: Accounts, frozen_clock: FakeClock) -> None:
    fail(accounts, times=4)
    frozen_clock.advance(minutes=5)
    fail(accounts, times=4)
    accounts.sign_in("duty", PASSWORD, HERE)


def test_trying_while_throttled_makes_the_wait_no_longer(accounts: Accounts, frozen_clock: FakeClock) -> None:
    fail(accounts, times=5)
    for _ in range(20):
        frozen_clock.advance(seconds=10)
        with pytest.raises(Throttled):
            accounts.sign_in("duty", WRONG, HERE)
    frozen_clock.advance(seconds=100)
    accounts.sign_in("duty", PASSWORD, HERE)


def test_one_throttle_makes_one_event_in_the_trail(accounts: Accounts, database: Database) -> None:
    fail(accounts, times=5)
    for _ in range(20):
        with pytest.raises(Throttled):
            accounts.sign_in("duty", WRONG, HERE)
    assert [kind for kind, _, _ in trail(database)].count("sign-in throttled") == 1


def test_another_password_from_an_administrator_forgives(accounts: Accounts) -> None:
    fail(accounts, times=5)
    accounts.set_password(SYSTEM, "duty", "seven gulls on a mast")
    accounts.sign_in("duty", "seven gulls on a mast", HERE)


def test_tries_do_not_pile_up_in_the_database(accounts: Accounts, frozen_clock: FakeClock, database: Database) -> None:
    for number in range(15):
        fail(accounts, f"name{number}")
        frozen_clock.advance(minutes=1)
    with database.reading() as session:
        assert (session.scalar(select(func.count()).select_from(SignInAttempt)) or 0) <= 10
        assert not [key for key in session.scalars(select(SignInAttempt.key)) if "name1" in key]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert network_of(address) == counted


def test_tries_at_once_get_no_further_than_tries_in_a_row(accounts: Accounts) -> None:
    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(lambda _number: _try(accounts), range(24)))
    assert told.count("refused") == 5
    assert told.count("throttled") == 19


def test_several_processes_share_one_limit(database_url: str, settings: Settings) -> None:
    database = Database(database_url)
    add(make_accounts(database, SystemClock(), settings))
    apart = multiprocessing.get_context("forkserver")  # nothing of this process goes with them; they import once
    apart.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(4, mp_context=apart) as pool:
        batches = [pool.submit(_try_from_a_process, database_url, settings, 6) for _ in range(4)]
        told = [word for batch in batches for word in batch.result(timeout=90)]
    with database.reading() as session:
        failures = session.scalar(select(func.count()).where(AuditEvent.kind == "sign-in failed"))
    database.dispose()
    assert told.count("refused") == failures == 5
    assert told.count("throttled") == 19


def _try_from_a_process(url: str, settings: Settings, times: int) -> list[str]:
    database = Database(url)
    try:
        accounts = make_accounts(database, SystemClock(), settings)
        return [_try(accounts) for _ in range(times)]
    finally:
        database.dispose()


def _try(accounts: Accounts) -> str:
    try:
        accounts.sign_in("duty", WRONG, HERE)
    except Throttled:
        return "throttled"
    except SignInRefused:
        return "refused"
    return "admitted"
