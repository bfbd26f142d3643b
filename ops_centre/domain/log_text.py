"""What an officer's line in the duty log says by its own signs and words: what it refers to, and what kind it is of.

The script of the quick entry (assets/41-quick-entry.js) follows the same two tables, which are handed to it.
"""

import re
from dataclasses import dataclass

from ops_centre.domain.duty_log import EntryKind, ThingKind
from ops_centre.domain.log_filter import folded

SIGNS: dict[str, ThingKind] = {
    "#": ThingKind.OPERATION,
    "@": ThingKind.UNIT,
    "!": ThingKind.TARGET,
    "~": ThingKind.TRACK,
}

# The first kind of which a word begins the text's own word wins, so what somebody asks for comes before what they said.
KIND_WORDS: tuple[tuple[EntryKind, tuple[str, ...]], ...] = (
    (EntryKind.REQUEST, ("request", "asks", "asked for", "please send", "needs", "requires", "wants")),
    (EntryKind.CALL, ("call", "phone", "rang", "radio", "vhf", "mayday", "pan pan", "tel", "spoke", "hailed", "mf/hf")),
    (EntryKind.REPORT, ("report", "advise", "confirm", "states", "sitrep", "eta", "informs", "informed")),
    (
        EntryKind.OBSERVATION,
        ("seen", "saw", "observe", "sight", "notice", "dark", "altered course", "stopped", "drifting"),
    ),
)

_SIGNED = re.compile(r"(?<![\w#@!~])([#@!~])([^\s#@!~,;:.()\"]+(?:[.:-][^\s#@!~,;:.()\"]+)*)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A word behind a sign: ``@HAWK3`` is a unit named HAWK3. ``start`` and ``end`` count characters, sign included."""

    kind: ThingKind
    word: str
    start: int
    end: int


def mentions(text: str) -> list[Mention]:
    """Every word behind a sign, in order. An address of mail or a sign alone is none."""
    return [
        Mention(SIGNS[found.group(1)], found.group(2), found.start(), found.end()) for found in _SIGNED.finditer(text)
    ]


def operations_of(text: str) -> list[str]:
    """The words behind ``#`` as they were written, each once."""
    words = [one.word for one in mentions(text) if one.kind is ThingKind.OPERATION]
    return list({folded(word): word for word in reversed(words)}.values())[::-1]


def guess_kind(text: str) -> EntryKind:
    """What kind of entry a line looks like; a note where nothing speaks for another."""
    line = f" {' '.join(folded(text).split())}"
    for kind, words in KIND_WORDS:
        if any(re.search(rf"[^\w]{re.escape(word)}", line) for word in words):
            return kind
    return EntryKind.NOTE
