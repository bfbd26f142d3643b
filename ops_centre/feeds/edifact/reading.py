"""What passenger and cargo messages share: who sent what about which movement, and how it is told apart."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ops_centre.domain.movements import ManifestReport, MessageFunction, MovementKind, SubjectReport
from ops_centre.errors import OpsError
from ops_centre.feeds.edifact.interchange import Message, Segment, part
from ops_centre.feeds.edifact.values import moment_of

_FUNCTIONS = {
    "9": MessageFunction.ORIGINAL, "": MessageFunction.ORIGINAL, "5": MessageFunction.REPLACEMENT,
    "1": MessageFunction.CANCELLATION, "4": MessageFunction.CHANGE, "3": MessageFunction.CANCELLATION,
    "2": MessageFunction.CHANGE, "36": MessageFunction.CHANGE,
    "CP": MessageFunction.CHANGE, "XR": MessageFunction.CANCELLATION,  # IATA, as the document's number
}  # fmt: skip
_BY_MODE = {"1": MovementKind.VOYAGE, "3": MovementKind.ROAD, "4": MovementKind.FLIGHT}


class ManifestError(OpsError):
    """A message that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What the settings of the feed say."""

    zone: ZoneInfo
    marking: str
    received_at: datetime


@dataclass(slots=True)
class Journey:
    """A movement as it is read."""

    kind: MovementKind
    number: str
    carrier: str = ""
    craft_name: str = ""
    callsign: str = ""
    imo: str = ""
    origin: str = ""
    destination: str = ""
    departs_at: datetime | None = None
    arrives_at: datetime | None = None

    def identifiers(self) -> dict[str, object]:
        """What finds its craft in the picture, as targets name it."""
        named: dict[str, object] = {}
        if self.kind is MovementKind.FLIGHT:
            named["flight"] = self.number
        if self.kind is MovementKind.VOYAGE and self.craft_name:
            named["name"] = self.craft_name
        if self.callsign:
            named["callsign"] = self.callsign
        if self.imo.isdecimal() and len(self.imo) == 7:
            named["imo"] = int(self.imo)
        return named

    def key(self) -> str:
        """What makes two messages speak of one movement."""
        day = self.departs_at or self.arrives_at
        return "|".join(
            (self.kind.value, self.number, f"{day:%Y-%m-%d}" if day else "", self.origin, self.destination)
        )[:300]


def journey_of(transport: Segment, fallback: MovementKind) -> Journey:
    """The movement a TDT segment names. Raises ManifestError."""
    number = part(transport, 1).upper().replace(" ", "")
    kind = _BY_MODE.get(part(transport, 2), fallback)
    journey = Journey(
        kind, number, carrier=part(transport, 4, 3) or part(transport, 4), craft_name=part(transport, 7, 3)
    )
    identity, register = part(transport, 7), part(transport, 7, 1)
    if register == "103":
        journey.callsign = identity
    elif register == "146":
        journey.imo = identity
    return journey


def function_of(beginning: Segment) -> MessageFunction:
    """What the message does to what came before. Raises ManifestError for one that is not known."""
    stated, document = part(beginning, 2), part(beginning, 1)
    word = document if document in ("CP", "XR") else stated
    if word not in _FUNCTIONS:
        raise ManifestError(
            f"its function{_shown(word)} is not known; it is neither taken as new nor as a cancellation"
        )
    return _FUNCTIONS[word]


def _shown(word: str) -> str:
    """A code as a reason may name it: a longer text may be anything, also a name."""
    return f" {word}" if len(word) <= 3 and word.isalnum() else ""


def ref_of(*marks: str) -> str:
    """A digest of what a person or consignment is known by: it may stand where names may not."""
    return hashlib.sha256("|".join(mark.casefold() for mark in marks).encode()).hexdigest()[:32]


def report_of(
    message: Message, beginning: Segment, journey: Journey, subjects: list[SubjectReport], settled: Settled,
    caveats: Sequence[str],
) -> ManifestReport:  # fmt: skip
    """The report of a message. Equal subjects are told apart by their number."""
    seen: dict[tuple[str, str], int] = {}
    for subject in subjects:
        times = seen[subject.kind, subject.ref] = seen.get((subject.kind, subject.ref), 0) + 1
        if times > 1:
            subject.ref = f"{subject.ref}#{times}"
    return ManifestReport(
        message=message.ref,
        document=part(beginning, 1)[:100],
        digest=message.digest,
        form=message.form,
        function=function_of(beginning).value,
        movement=journey.key(),
        kind=journey.kind.value,
        number=journey.number[:40],
        carrier=journey.carrier[:80],
        craft_name=journey.craft_name[:80],
        identifiers=journey.identifiers(),
        origin=journey.origin[:10].upper(),
        destination=journey.destination[:10].upper(),
        departs_at=journey.departs_at,
        arrives_at=journey.arrives_at,
        received_at=settled.received_at,
        prepared_at=moment_of(message.prepared, "", settled.zone),
        marking=settled.marking,
        caveats=(*message.caveats, *caveats),
        subjects=subjects,
    )


def groups_of(
    segments: Sequence[Segment], tags: frozenset[str], also: frozenset[str] = frozenset()
) -> list[list[Segment]]:
    """The segments from each one whose tag is in ``tags`` (for NAD: whose party is in ``also``) until the next such."""
    groups: list[list[Segment]] = []
    for segment in segments:
        if segment.tag in tags and (segment.tag != "NAD" or part(segment, 0) in also):
            groups.append([segment])
        elif groups and segment.tag not in ("UNT", "CNT"):
            groups[-1].append(segment)
    return groups
