"""What other targeting systems write for themselves, put before a feed of targets by mistake: each is refused in words,
with its count, and nothing of it becomes a target."""

import gzip
from pathlib import Path

import pytest

from ops_centre.feeds.registry import KINDS
from tests.feeds.situations import context
from tests.support.clock import FakeClock

pytestmark = pytest.mark.recorded

NO_LIST, NO_REF = "it holds no list 'records'", "its first row has no column 'ref'"
REFUSED = {
    "gtas_hit-detail-idx-template.json": (1, NO_LIST),
    "gtas_omni_assess_passengers_response.json": (1, NO_LIST),
    "gtas_rulesForSingleRuleHits.json": (1, "'queryTerms' says 'type' twice"),
    "gtas_watchlist_wl-NS.csv": (1, NO_REF),
    "gtas_tamr/deltas_message.json.gz": (1, NO_LIST),
    "gtas_tamr/derog_query_response.json": (1, NO_LIST),
    "gtas_tamr/derog_replace_response.json": (1, NO_LIST),
    "gtas_tamr/error_message.json": (1, NO_LIST),
    "gtas_tamr/record_errors_response.json": (1, NO_LIST),
    "gtas_ref/carriers.json": (1205, "ref: is missing"),
    "gtas_ref/countries.json": (247, "ref: is missing"),
    "gtas_ref/entities.json": (1, NO_LIST),
    "name_pairs_labelled.csv": (1, NO_REF),
    "ofac_alt.csv.gz": (1, NO_REF),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_of_another_system_is_refused_in_words(realdata: Path, tmp_path: Path, name: str) -> None:
    kept = (realdata / "targeting" / name).read_bytes()
    whole = gzip.decompress(kept) if name.endswith(".gz") else kept
    (tmp_path / Path(name).name.removesuffix(".gz")).write_bytes(whole)
    kind = KINDS["targeting"]
    feed = kind.build(kind.settings.model_validate({"directory": str(tmp_path)}), context(FakeClock()))
    feed.poll(None)  # a file is read once it has stopped growing
    batch = feed.poll(None)
    feed.close()
    count, why = REFUSED[name]
    assert (batch.targets, len(batch.refusals), batch.received) == ([], count, count)
    assert all(why in refusal.reason for refusal in batch.refusals)
