"""CUSCAR: the cargo of one voyage or flight, a consignment for each CNI group."""

from collections.abc import Sequence
from typing import Any

from ops_centre.domain.movements import ManifestReport, MovementKind, SubjectKind, SubjectReport
from ops_centre.feeds.edifact.interchange import Message, Segment, part, written
from ops_centre.feeds.edifact.reading import Journey, ManifestError, Settled, groups_of, journey_of, ref_of, report_of
from ops_centre.feeds.edifact.values import moment_of

_PARTIES = {"SU": "supplier", "CN": "consignee", "CZ": "consignor", "NI": "notify"}
_PLACES = {"9": "loaded_at", "11": "discharged_at", "76": "first_loaded_at", "7": "delivered_at"}


def read_cuscar(message: Message, settled: Settled) -> ManifestReport:
    """What a cargo message says. Raises ManifestError."""
    beginning = next((one for one in message.segments if one.tag == "BGM"), None)
    transport = next((one for one in message.segments if one.tag == "TDT"), None)
    if beginning is None or transport is None:
        raise ManifestError("it says not what it is, or of which voyage (BGM or TDT is missing)")
    journey = journey_of(transport, MovementKind.VOYAGE)
    groups = groups_of(message.segments, frozenset({"CNI"}))
    _when_and_where(message.segments, journey, settled)
    if not journey.number and not journey.craft_name:
        raise ManifestError("it names neither a voyage nor a ship")
    subjects = [_consignment(group) for group in groups]
    if not journey.origin and subjects:
        journey.origin = str(subjects[0].particulars.get("loaded_at", ""))
    return report_of(message, beginning, journey, subjects, settled, [])


def _when_and_where(segments: Sequence[Segment], journey: Journey, settled: Settled) -> None:
    for segment in segments:
        if segment.tag in ("CNI", "EQD"):
            return
        if segment.tag == "LOC" and part(segment, 0) in ("60", "87", "11"):
            journey.destination = part(segment, 1)
        elif segment.tag == "LOC" and part(segment, 0) in ("125", "5", "9"):
            journey.origin = part(segment, 1)
        elif segment.tag == "DTM" and part(segment, 0) in ("132", "178"):
            journey.arrives_at = moment_of(part(segment, 0, 1), part(segment, 0, 2), settled.zone)
        elif segment.tag == "DTM" and part(segment, 0) in ("133", "136", "189"):
            journey.departs_at = moment_of(part(segment, 0, 1), part(segment, 0, 2), settled.zone)


def _consignment(group: Sequence[Segment]) -> SubjectReport:
    told: dict[str, Any] = {"goods": [], "containers": []}
    bill = part(group[0], 1)
    for segment in group[1:]:
        kind = part(segment, 0)
        if segment.tag == "RFF" and kind in ("BM", "BH", "AWB", "MB"):
            bill = part(segment, 0, 1) or bill
        elif segment.tag == "LOC" and kind in _PLACES:
            told[_PLACES[kind]] = part(segment, 1)
        elif segment.tag == "NAD" and kind in _PARTIES:
            told[_PARTIES[kind]] = part(segment, 3) or part(segment, 2) or part(segment, 1)
        elif segment.tag == "FTX" and kind in ("AAA", "AAI"):
            told["goods"].append(" ".join(filter(None, (part(segment, 3, place) for place in range(5)))))
        elif segment.tag == "MEA" and part(segment, 1) == "G":
            _weigh(told, part(segment, 2), part(segment, 2, 1))
        elif segment.tag == "GID":
            told["packages"] = " ".join(filter(None, (part(segment, 1), part(segment, 1, 1))))
        elif segment.tag in ("SGP", "EQD"):
            told["containers"].append(part(segment, 0) if segment.tag == "SGP" else part(segment, 1))
    told["bill"] = bill
    goods = "; ".join(told["goods"])[:500]
    label = f"{bill or 'no bill number'}{f': {goods[:80]}' if goods else ''}"
    said = {name: value for name, value in told.items() if value}
    return SubjectReport(
        SubjectKind.CONSIGNMENT.value, ref_of(bill, part(group[0], 0)), label, said, written(group)[:8000]
    )


def _weigh(told: dict[str, Any], unit: str, value: str) -> None:
    """Add a gross weight; only kilograms and tonnes are known."""
    factor = {"KGM": 1.0, "TNE": 1000.0}.get(unit)
    try:
        if factor is not None:
            told["weight_kg"] = round(told.get("weight_kg", 0.0) + float(value.replace(",", ".")) * factor, 3)
    except ValueError:
        return
