"""Real CAP documents of several countries: what each holds, what of it is used, and what is refused and why."""

from pathlib import Path

import pytest

from ops_centre.domain.observations import Batch
from ops_centre.feeds.sources.cap import CapFeed, CapSettings
from tests.feeds.situations import context
from tests.support.clock import FakeClock

pytestmark = pytest.mark.recorded

NO_MESSAGE = "it holds no message and no link"
NOT_FOLLOWED = "links are not followed from a directory"

# hazards, parts of them, signed, refusals with what their reason holds
FILES: dict[str, tuple[int, int, int, list[str]]] = {
    "amber.atom": (1, 1, 0, []),
    "australia.cap": (1, 2, 0, []),
    "bushfire_valid.edxlde": (7, 7, 0, []),
    "canada.cap": (1, 1, 0, []),
    "canada_errors.cap": (1, 1, 0, []),
    "canada_signed.atom": (1, 1, 1, []),
    "earthquake.cap": (1, 1, 0, []),
    "earthquake_index.atom": (0, 0, 0, [NOT_FOLLOWED]),
    "earthquake_signed.cap": (1, 1, 1, []),
    "empty_weather_index.atom": (0, 0, 0, []),
    "invalid.rss": (0, 0, 0, [NO_MESSAGE]),
    "invalid_element.atom": (0, 0, 0, [NO_MESSAGE]),
    "no_entries.atom": (0, 0, 0, []),
    "no_id.atom": (0, 0, 0, [NO_MESSAGE]),
    "no_link.atom": (0, 0, 0, [NO_MESSAGE]),
    "no_optional_fields.cap": (1, 0, 0, []),
    "no_title.atom": (0, 0, 0, [NO_MESSAGE]),
    "ny_index.rss": (0, 0, 0, [NOT_FOLLOWED, NOT_FOLLOWED]),
    "oasis_amber_alert.xml": (1, 1, 0, []),
    "weather.atom": (1, 1, 0, []),
    "weather.cap": (1, 1, 0, []),
    "weather_index.atom": (0, 0, 0, [NOT_FOLLOWED, NOT_FOLLOWED]),
    "weather_invalid.atom": (0, 0, 0, ["its identifier 'INVALID,' holds blanks, commas"]),
}


def read(realdata: Path, name: str, folder: Path) -> Batch:
    """What the feed makes of one file that was put into its directory."""
    (folder / name).write_bytes((realdata / "cap" / name).read_bytes())
    feed = CapFeed(CapSettings(directory=folder), context(FakeClock()))
    feed.poll(None)
    return feed.poll(None)


@pytest.mark.parametrize("name", FILES)
def test_every_document_is_used_or_refused_in_words(realdata: Path, tmp_path: Path, name: str) -> None:
    batch = read(realdata, name, tmp_path)
    hazards, parts, signed, refusals = FILES[name]
    assert (len(batch.hazards), sum(len(one.parts) for one in batch.hazards)) == (hazards, parts)
    assert sum(one.is_signed for one in batch.hazards) == signed
    assert len(batch.refusals) == len(refusals)
    for refusal, words in zip(batch.refusals, refusals, strict=True):
        assert words in refusal.reason


def test_every_file_is_in_the_table(realdata: Path) -> None:
    assert {file.name for file in (realdata / "cap").iterdir() if file.is_file()} == set(FILES)


def test_two_languages_are_one_hazard_and_markup_is_text(realdata: Path, tmp_path: Path) -> None:
    (canada,) = read(realdata, "canada.cap", tmp_path).hazards
    (part,) = canada.parts
    assert (part.language, [other["language"] for other in part.others]) == ("en-CA", ["fr-CA"])
    assert len(canada.references) == 2
    fire = read(realdata, "australia.cap", tmp_path).hazards[-1].parts[0]
    assert "<" not in fire.description
    assert "LOCATION: 12 Cox Street, Yerong Creek\n" in fire.description


def test_an_update_of_nothing_and_a_hazard_without_end_are_kept_and_say_so(realdata: Path, tmp_path: Path) -> None:
    (update,) = read(realdata, "canada_errors.cap", tmp_path).hazards
    assert update.parts[0].caveats == ("it is an update and does not say of what",)
    amber = read(realdata, "oasis_amber_alert.xml", tmp_path).hazards[-1].parts[0]
    assert amber.caveats == ("it does not say when it ends; taken for 24 h",)
    assert amber.areas[0]["geocodes"] == [["SAME", "006037"]]
