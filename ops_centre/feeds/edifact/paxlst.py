"""PAXLST: passengers and crew of one movement (WCO/IATA/ICAO API guidelines, directories 02B to 17A)."""

import re
from collections.abc import Sequence
from typing import Any

from ops_centre.domain.movements import ManifestReport, MovementKind, SubjectKind, SubjectReport
from ops_centre.feeds.edifact.interchange import Message, Segment, part, written
from ops_centre.feeds.edifact.reading import Journey, ManifestError, Settled, groups_of, journey_of, ref_of, report_of
from ops_centre.feeds.edifact.values import day_of, moment_of

ROLES = {
    "FL": "passenger", "FM": "crew", "DDU": "passenger in transit", "DDT": "crew in transit", "VW": "driver",
}  # fmt: skip
_ANYBODY = frozenset(ROLES)
_FLIGHT = re.compile(r"[A-Z0-9]{2,3}\d{1,4}[A-Z]?")
_DOCUMENTS = {"P": "passport", "V": "visa", "I": "identity card", "5": "driving licence", "39": "document", "K": "card"}
_PLACES = {"178": "embarked", "179": "disembarks", "22": "cleared_at", "174": "residence", "180": "born_at"}
_REFERENCES = {"AVF": "booking", "SEA": "seat", "ABO": "carrier_reference", "AEA": "government_reference"}


def read_paxlst(message: Message, settled: Settled) -> ManifestReport:
    """What a passenger message says. Raises ManifestError."""
    beginning = next((one for one in message.segments if one.tag == "BGM"), None)
    if beginning is None:
        raise ManifestError("it says not what it is (BGM is missing)")
    journey = _journey(message.segments, settled)
    journey.number = journey.number or part(beginning, 1)
    groups = groups_of(message.segments, frozenset({"NAD"}), _ANYBODY)
    subjects = [_person(group, settled) for group in groups]
    caveats = []
    count = next((part(one, 0, 1) for one in message.segments if one.tag == "CNT" and part(one, 0) in ("42", "41")), "")
    if count and count.lstrip("0") != str(len(subjects)):
        caveats.append(f"it counts {count[:8]} persons and names {len(subjects)}")
    return report_of(message, beginning, journey, subjects, settled, caveats)


def _journey(segments: Sequence[Segment], settled: Settled) -> Journey:
    """The leg that crosses the border: the one with the last port of departure (125) and the first of arrival (87)."""
    legs: list[Journey] = []
    crossing: Journey | None = None
    where = ""
    for segment in segments:
        if segment.tag == "NAD" and part(segment, 0) in _ANYBODY:
            break
        if segment.tag == "TDT":
            number = part(segment, 1).upper().replace(" ", "")
            legs.append(journey_of(segment, MovementKind.FLIGHT if _FLIGHT.fullmatch(number) else MovementKind.ROAD))
        elif legs and segment.tag == "LOC":
            where = part(segment, 0)
            crossing = _place(legs[-1], where, part(segment, 1)) or crossing
        elif legs and segment.tag == "DTM":
            _time(legs[-1], part(segment, 0), moment_of(part(segment, 0, 1), part(segment, 0, 2), settled.zone))
    if not legs:
        raise ManifestError("it names no flight or voyage (TDT is missing)")
    chosen = crossing or legs[-1]
    if not chosen.number and not chosen.arrives_at:
        raise ManifestError("it says neither the number nor the arrival of what it lists the people of")
    return chosen


def _place(leg: Journey, kind: str, code: str) -> Journey | None:
    """Note a place of a leg; the leg itself when this is where it crosses the border."""
    if kind == "125" or (kind == "92" and not leg.origin):
        leg.origin = code
    elif kind in ("87", "92"):
        leg.destination = code
    return leg if kind in ("125", "87") else None


def _time(leg: Journey, kind: str, moment: Any) -> None:
    if kind == "189":
        leg.departs_at = moment
    elif kind in ("232", "132"):
        leg.arrives_at = moment


def _person(group: Sequence[Segment], settled: Settled) -> SubjectReport:
    head = group[0]
    names = [part(head, 3, place) for place in range(3)]
    told: dict[str, Any] = {
        "role": ROLES[part(head, 0)],
        "surname": names[0],
        "given": " ".join(filter(None, names[1:])),
    }
    documents: list[dict[str, str]] = []
    for segment in group[1:]:
        _tell(told, documents, segment, settled)
    told["documents"] = documents
    label = ", ".join(text for text in (names[0], told["given"]) if text) or "name not given"
    marks = (names[0], told["given"], told.get("born", ""), *(one["number"] for one in documents[:1]))
    return SubjectReport(SubjectKind.PERSON.value, ref_of(*marks), label[:200], _said(told), written(group)[:8000])


def _tell(told: dict[str, Any], documents: list[dict[str, str]], segment: Segment, settled: Settled) -> None:
    kind = part(segment, 0)
    if segment.tag == "DOC":
        name = _DOCUMENTS.get(kind, kind) or "document"
        documents.append({"kind": name, "number": part(segment, 1)})
    elif segment.tag == "DTM" and kind == "329":
        told["born"] = day_of(part(segment, 0, 1), not_after=settled.received_at.date()) or part(segment, 0, 1)
    elif segment.tag == "DTM" and kind == "36" and documents:
        documents[-1]["expires"] = part(segment, 0, 1)
    elif segment.tag == "LOC" and kind == "91" and documents:
        documents[-1]["issued_by"] = part(segment, 1)
    elif segment.tag == "LOC" and kind in _PLACES:
        told[_PLACES[kind]] = part(segment, 1) or part(segment, 1, 3)
    elif segment.tag == "NAT":
        told["nationality"] = part(segment, 1)
    elif segment.tag == "ATT" and kind == "2":
        told["sex"] = part(segment, 2)[:1]
    elif segment.tag == "RFF" and kind in _REFERENCES:
        told[_REFERENCES[kind]] = part(segment, 0, 1)
    elif segment.tag == "FTX" and kind == "BAG":
        told["bags"] = ", ".join(filter(None, (told.get("bags", ""), part(segment, 3))))


def _said(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value}
