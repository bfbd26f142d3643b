"""What is said of a craft that cannot be true, in kinds and in words. Plain rules, no I/O.

Identity is never settled here: who is right is for a person to say. Values that many craft send because nobody set them are
no conflict (`is_telling`).
"""

from enum import StrEnum

_UNSET = frozenset({"TEST", "TEST1234", "TESTFLT", "NONE", "UNKNOWN", "NOCALL", "NO CALL", "N/A", "XXXX", "ABCD"})


class AnomalyKind(StrEnum):
    """Kinds of anomaly of a track."""

    LEAP = "implausible jump"
    TWO_PLACES = "two places at once"
    NAME_CHANGED = "name changed"
    IMO_CHANGED = "IMO number changed"
    CALLSIGN_CHANGED = "callsign changed"
    IMO_SHARED = "IMO number of another hull"
    FLIGHT_SHARED = "callsign of another aircraft"
    GAP = "position gap"


# Those that contradict somebody now, whoever the craft is; the others are told of only where somebody watches the craft
CONTRADICTIONS = frozenset({AnomalyKind.TWO_PLACES, AnomalyKind.IMO_SHARED, AnomalyKind.FLIGHT_SHARED})
CHANGES = frozenset({AnomalyKind.NAME_CHANGED, AnomalyKind.IMO_CHANGED, AnomalyKind.CALLSIGN_CHANGED})
CONFLICTS = CONTRADICTIONS | CHANGES


def is_telling(word: str | None) -> bool:
    """Whether a name, callsign or flight says who somebody is: three signs or more, not all alike, no usual default."""
    if word is None or len(word) < 3:
        return False
    return len(set(word)) > 1 and word.upper() not in _UNSET


def changed(before: object, after: object) -> bool:
    """Whether a source says another thing than it did. Saying nothing, or what tells nothing, changes nothing."""
    if before is None or after is None or before == after:
        return False
    if isinstance(before, str) and isinstance(after, str):
        return is_telling(before) and is_telling(after) and _signs(before) != _signs(after)
    return True


def pair(one: object, other: object) -> str:
    """Two values in one order, so that a name which goes back and forth is one anomaly."""
    first, second = sorted((str(one), str(other)))
    return f"{first} / {second}"


def _signs(word: str) -> str:
    return "".join(sign for sign in word.upper() if sign.isalnum())
