"""Flight numbers, callsigns and registrations in their many spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_centre.domain.flights import AIRLINES, flight_key, plain


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("NZ289", "ANZ289"),
        ("nz 0289", "ANZ289"),
        ("ANZ289", "ANZ289"),
        ("NZ-289A", "ANZ289A"),
        ("QF001", "QFA1"),
        ("3K513", "JSA513"),
        ("5X34", "UPS34"),
        ("XX12", "XX12"),
        ("UAE4KQ", "UAE4KQ"),
        ("ZKOKM", "ZKOKM"),
        ("", ""),
        ("é", ""),
    ],
)
def test_a_flight_has_one_key_however_it_is_written(said: str, key: str) -> None:
    assert flight_key(said) == key


def test_every_airline_is_one_pair_of_designators() -> None:
    assert all(len(iata) == 2 and len(icao) == 3 and icao.isalpha() for iata, icao in AIRLINES.items())


@given(st.sampled_from(sorted(AIRLINES)), st.integers(1, 9999), st.sampled_from(["", "A", "P"]), st.integers(1, 4))
def test_all_spellings_of_a_flight_have_its_key(airline: str, number: int, suffix: str, width: int) -> None:
    spelling = f"{airline.lower()} {number:0{width}}{suffix}"
    assert (
        flight_key(spelling)
        == flight_key(f"{AIRLINES[airline]}{number}{suffix}")
        == f"{AIRLINES[airline]}{number}{suffix}"
    )


@given(st.text(max_size=12))
def test_any_text_has_a_key_that_is_its_own_key(text: str) -> None:
    assert flight_key(flight_key(text)) == flight_key(text)


def test_a_registration_is_the_same_with_and_without_its_hyphen() -> None:
    assert plain("zk-okm") == plain("ZKOKM ") == "ZKOKM"
