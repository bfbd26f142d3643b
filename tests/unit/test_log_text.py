"""What an officer's line says by its own signs, and how the words of a search are read."""

import pytest

from ops_centre.domain.duty_log import EntryKind, ThingKind
from ops_centre.domain.log_filter import LogFilter, Phrase, operation_id, phrases_of, words_of
from ops_centre.domain.log_text import guess_kind, mentions, operations_of


def test_words_behind_signs_are_mentions_of_their_kind() -> None:
    found = [(one.kind, one.word) for one in mentions("#KAHU @HAWK3 met !TERN, ~512000123.")]
    assert found == [
        (ThingKind.OPERATION, "KAHU"),
        (ThingKind.UNIT, "HAWK3"),
        (ThingKind.TARGET, "TERN"),
        (ThingKind.TRACK, "512000123"),
    ]


def test_a_mention_knows_where_it_stands() -> None:
    text = "met @TŪĪ off Ōpua"
    one = mentions(text)[0]
    assert text[one.start : one.end] == "@TŪĪ"


@pytest.mark.parametrize("text", ["mail master@tern.example", "wait! no", "#", "@ @", "5!6", "a~b", "C#"])
def test_a_sign_inside_a_word_or_alone_is_no_mention(text: str) -> None:
    assert mentions(text) == []


def test_an_operation_is_named_once_however_often_it_is_written() -> None:
    assert operations_of("#Kahu and #KAHU and #Moana") == ["Kahu", "Moana"]


def test_an_operations_id_is_its_word_without_case_macrons_and_sign() -> None:
    assert operation_id("#TĀIKO") == "taiko"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Customs asks for the crew list of TERN", EntryKind.REQUEST),
        ("Harbour master rang about a yacht", EntryKind.CALL),
        ("HAWK3 reports visual with TERN", EntryKind.REPORT),
        ("Yacht seen at anchor without lights", EntryKind.OBSERVATION),
        ("Coffee machine mended", EntryKind.NOTE),
        ("", EntryKind.NOTE),
        ("She recalled the crew", EntryKind.NOTE),  # the word must begin with it
    ],
)
def test_the_kind_is_guessed_from_the_words(text: str, kind: EntryKind) -> None:
    assert guess_kind(text) is kind


def test_what_is_asked_for_comes_before_how_it_was_said() -> None:
    assert guess_kind("Call from Police: requests a unit at the wharf") is EntryKind.REQUEST


def test_the_last_word_of_a_search_may_be_the_beginning_of_one() -> None:
    assert phrases_of("tern anch") == [Phrase(("tern",)), Phrase(("anch",), open=True)]


def test_quoted_words_stand_together_and_are_whole() -> None:
    assert phrases_of('"Cap  Manuel" near') == [Phrase(("cap", "manuel")), Phrase(("near",), open=True)]
    assert phrases_of('"cap manuel') == [Phrase(("cap", "manuel"))]


def test_a_word_with_a_sign_in_it_is_words_together() -> None:
    assert phrases_of("VHF-16 now") == [Phrase(("vhf", "16")), Phrase(("now",), open=True)]


@pytest.mark.parametrize("text", ["", "   ", '""', "* OR () ^ : - +", '"', "'';--"])
def test_a_search_of_signs_asks_for_nothing(text: str) -> None:
    assert [phrase for phrase in phrases_of(text) if phrase.words != ("or",)] == []


def test_words_are_compared_without_case_and_macrons() -> None:
    assert words_of("Whāngārei TŪĪ Ōpua") == ["whangarei", "tui", "opua"]


def test_a_filter_knows_everything_that_entries_must_refer_to() -> None:
    wanted = LogFilter(thing=("target", "7"), unit_id=3, operation="#Kahu")
    assert wanted.things == (("target", "7"), ("unit", "3"), ("operation", "kahu"))
    assert wanted.narrows_words
    assert not LogFilter().narrows_words
