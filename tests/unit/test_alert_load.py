"""Alert load as control rooms judge it: bands, the rolling ten minutes, and floods that begin and end at different rates."""

import pytest

from ops_centre.domain.alert_load import BANDS, WANTED_SHARE, band_of, flood_since, rolling


@pytest.mark.parametrize(
    ("per_officer", "band"),
    [
        (0.0, "acceptable"),
        (1.0, "acceptable"),
        (1.01, "manageable"),
        (2.0, "manageable"),
        (5.0, "over-demanding"),
        (10.0, "over-demanding"),
        (10.01, "unacceptable"),
        (500.0, "unacceptable"),
    ],
)
def test_a_load_has_the_band_of_eemua_191(per_officer: float, band: str) -> None:
    assert band_of(per_officer) == band


def test_bands_follow_each_other_without_a_gap() -> None:
    assert [band.upto for band in BANDS[:-1]] == [band.above for band in BANDS[1:]]
    assert (BANDS[0].above, BANDS[-1].upto) == (0.0, None)
    assert sum(WANTED_SHARE.values()) == pytest.approx(1.0)


def test_each_minute_counts_the_ten_minutes_that_end_with_it() -> None:
    assert rolling([1] * 12) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10]
    assert rolling([5, *([0] * 10)]) == [5] * 10 + [0]
    assert rolling([]) == []


@pytest.mark.parametrize(
    ("rates", "since"),
    [
        ([], None),
        ([10, 10], None),
        ([10, 11], 1),
        ([11, 10, 5, 5], 0),
        ([11, 4.9], None),
        ([11, 4, 6, 10], None),
        ([11, 4, 11, 7], 2),
    ],
    ids=["nothing", "ten is none", "eleven begins", "until fewer than five", "ends", "does not begin below", "again"],
)
def test_a_flood_begins_above_ten_and_lasts_until_fewer_than_five(rates: list[float], since: int | None) -> None:
    assert flood_since(rates) == since
