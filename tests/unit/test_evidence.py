"""The line by which the attention list says why a target is there."""

import pytest

from ops_centre.domain.evidence import MAX_REASON, NO_HIT, reason_of
from tests.store.situations import hit


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, "Rule 31 v4 · Crew member on list"),
        ({"criterion": "Rule 31", "criterion_version": "v4"}, "Rule 31 v4 · Crew member on list"),
        ({"criterion_version": "", "explanation": ""}, "Rule 31"),
        ({"explanation": "two\n  lines"}, "Rule 31 v4 · two lines"),
        ({"kind": "partial", "criterion": "Name", "criterion_version": ""}, "Partial match Name · Crew member on list"),
    ],
)
def test_a_hit_is_told_by_kind_criterion_version_and_explanation(fields: dict[str, str], line: str) -> None:
    assert reason_of([hit(**fields)]) == line


def test_a_name_on_a_list_leads_whatever_the_score_of_a_rule() -> None:
    assert reason_of([hit(score=0.99), hit(kind="watchlist", criterion="VOI")]).startswith("Watchlist VOI")


def test_of_several_rules_the_highest_score_leads_and_the_rest_are_counted() -> None:
    hits = [hit(criterion="1", score=0.2), hit(criterion="2", score=0.9), hit(criterion="3")]
    assert reason_of(hits) == "Rule 2 v4 · Crew member on list (+2)"


def test_a_long_explanation_is_cut_at_a_word() -> None:
    line = reason_of([hit(explanation="word " * 100), hit()])
    assert len(line) <= MAX_REASON
    assert line.endswith("word… (+1)")


def test_no_hit_is_said_to_be_none() -> None:
    assert reason_of([]) == NO_HIT
