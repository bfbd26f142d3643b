"""Passwords: judged by length and name, hashed slowly, generated readably."""

import argon2
import pytest

from ops_centre.auth import passwords
from ops_centre.errors import Invalid

pytestmark = pytest.mark.usefixtures("costly_passwords")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short words", "at least 12"),
        ("x" * 201, "at most 200"),
        ("my name is Harbour1!", "name of its account"),
        ("watch officer forever", "name of its account"),
        ("ababababababab", "different characters"),
    ],
)
def test_a_weak_password_is_refused_with_what_would_be_right(password: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        passwords.judge(password, name="harbour1", display_name="Watch Officer")


def test_a_long_password_of_plain_words_is_good() -> None:
    passwords.judge("four boats at anchor", name="harbour1", display_name="Watch Officer")


def test_a_hash_belongs_to_its_password_alone() -> None:
    stored = passwords.hash_password("four boats at anchor")
    assert "four boats" not in stored
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify_password(stored, "four boats at anchor")
    assert not passwords.verify_password(stored, "four boats at anchor ")


def test_nobody_has_a_password() -> None:
    assert not passwords.verify_password(None, "")
    assert not passwords.verify_password(None, "four boats at anchor")


def test_a_stored_text_that_is_no_hash_lets_nobody_in() -> None:
    assert not passwords.verify_password("four boats at anchor", "four boats at anchor")


def test_what_lies_beyond_the_longest_password_is_not_ignored() -> None:
    stored = passwords.hash_password("a" * 200)
    assert not passwords.verify_password(stored, "a" * 201)


def test_a_check_for_no_account_does_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    class Counting:
        def hash(self, password: str) -> str:
            return "$argon2id$nobody"

        def verify(self, stored: str, password: str) -> bool:
            checked.append(stored)
            return True

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    passwords._nobody.cache_clear()
    assert not passwords.verify_password(None, "four boats at anchor")
    passwords._nobody.cache_clear()
    assert len(checked) == 1


def test_a_hash_of_older_parameters_is_outdated() -> None:
    older = argon2.PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("four boats at anchor")
    assert passwords.is_outdated(older)
    assert passwords.verify_password(older, "four boats at anchor")
    assert not passwords.is_outdated(passwords.hash_password("four boats at anchor"))


def test_generated_passwords_are_good_and_differ() -> None:
    made = {passwords.generate_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        passwords.judge(password, name="duty", display_name="Duty officer")
        assert not set(password) & set("01iloIO")
