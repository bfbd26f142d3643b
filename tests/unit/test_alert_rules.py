"""Every cause has a rule in words and in the configuration; zones of lookouts lie one inside the other."""

import pytest

from ops_centre.config import Settings
from ops_centre.domain.alert_rules import WORDS, checked, says
from ops_centre.domain.alert_settling import GONE
from ops_centre.domain.alerting import AlertCause
from ops_centre.domain.lookouts import depth_of, is_dark, looked, reached
from ops_centre.services.alert_rules import configured
from tests.support.clock import START


def test_every_cause_has_words_and_a_rule_that_the_shift_lead_might_have_written() -> None:
    rules = configured(Settings())
    assert set(rules) == set(WORDS) == set(GONE) == set(AlertCause)
    for cause, rule in rules.items():
        severity = rule.severity.value if rule.severity else None
        assert checked(cause, enabled=rule.enabled, severity=severity, minutes=rule.minutes) == rule
        assert "{" not in says(cause, rule)


@pytest.mark.parametrize(
    ("zone", "depth"),
    [(None, 0), ("outside", 0), ("EEZ", 1), ("24 nm", 2), ("12 nm", 3), ("port:Auckland", 4), ("nonsense", 0)],
)
def test_a_zone_lies_so_deep(zone: str | None, depth: int) -> None:
    assert depth_of(zone) == depth


@pytest.mark.parametrize(
    ("zone", "wanted", "depth"),
    [("12 nm", ["24nm"], 2), ("12 nm", ["port"], 0), ("port:Napier", ["eez", "12nm"], 3), ("outside", ["eez"], 0)],
)
def test_a_craft_is_inside_every_limit_around_it(zone: str, wanted: list[str], depth: int) -> None:
    assert reached(zone, wanted) == depth


def test_entering_is_remembered_until_it_leaves_or_goes_further_in() -> None:
    seen = looked({}, "24 nm", START, ["24nm", "port"])
    first = seen["since"]
    later = START.replace(hour=8)
    assert looked(seen, "12 nm", later, ["24nm", "port"])["since"] == first
    assert looked(seen, "port:Napier", later, ["24nm", "port"])["since"] > first
    assert looked(seen, "outside", later, ["24nm", "port"])["since"] is None


def test_a_craft_in_port_may_fall_silent() -> None:
    assert is_dark(START, "12 nm", START.replace(hour=8), 60)
    assert not is_dark(START, "port:Napier", START.replace(hour=8), 60)
    assert not is_dark(START, "12 nm", START.replace(hour=8), None)
