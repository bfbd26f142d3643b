"""What the targeting systems of the exercise match: rules, lists, and the words of their hits. Tables only."""

from dataclasses import dataclass

from ops_centre.domain.targeting import HitKind, SubjectKind


@dataclass(frozen=True, slots=True)
class Criterion:
    """One rule or list, the agency that owns it and what it recommends."""

    owner: str
    kind: HitKind
    name: str
    version: str
    explanation: str
    action: str
    only: tuple[str, ...] = ()  # trades it is about, or "flight"; empty: all


_RULE, _LIST, _PARTIAL = HitKind.RULE, HitKind.WATCHLIST, HitKind.PARTIAL
_MERCHANT = (
    "container ship",
    "general cargo ship",
    "vehicle carrier",
    "bulk carrier",
    "tanker",
    "ironsand carrier",
    "cruise ship",
)
_RANDOM, _MANUAL, _EXTERNAL = HitKind.RANDOM, HitKind.MANUAL, HitKind.EXTERNAL

CRITERIA: dict[SubjectKind, tuple[Criterion, ...]] = {
    SubjectKind.PERSON: (
        Criterion(
            "CUS",
            _RULE,
            "Rule 18 short-notice booking",
            "3",
            "Booked within 24 hours, paid in cash, one way",
            "Refer for baggage examination",
            only=("flight",),
        ),
        Criterion(
            "CUS",
            _RULE,
            "Rule 23 routing",
            "7",
            "Routing has no commercial sense for the fare paid",
            "Question and search baggage",
            only=("flight",),
        ),
        Criterion(
            "IMM",
            _LIST,
            "Lost and stolen documents",
            "2026-46",
            "Document number is on the list",
            "Hold at primary line, verify document",
        ),
        Criterion(
            "IMM",
            _PARTIAL,
            "Alert list, partial",
            "2026-47",
            "Date of birth and nationality agree, document differs",
            "Verify identity before arrival hall",
        ),
        Criterion(
            "IMM",
            _RULE,
            "Rule 41 visa history",
            "2",
            "Third short visit in twelve months",
            "Interview at secondary",
            only=("flight",),
        ),
        Criterion(
            "BIO",
            _RULE,
            "Rule 52 risk goods",
            "5",
            "Declared camping gear, transit through a foot-and-mouth area",
            "Inspect gear, clean or hold",
            only=("flight",),
        ),
        Criterion(
            "BIO",
            _RANDOM,
            "Leakage survey",
            "2026",
            "Drawn at random for the leakage survey",
            "Full inspection, record result",
            only=("flight",),
        ),
        Criterion(
            "POL",
            _EXTERNAL,
            "Partner notice",
            "1",
            "Partner agency asks to be told of arrival",
            "Notify police desk, do not approach",
        ),
        Criterion(
            "CUS",
            _MANUAL,
            "Targeter's referral",
            "1",
            "Referred by a targeter after link analysis",
            "Question about travel companions",
        ),
    ),
    SubjectKind.FLIGHT: (
        Criterion(
            "CUS",
            _RULE,
            "Rule 60 manifest completeness",
            "4",
            "Passenger list differs from boarding count by three",
            "Count at the gate",
        ),
        Criterion(
            "BIO",
            _RULE,
            "Rule 63 disinsection",
            "2",
            "No certificate of disinsection received",
            "Treat cabin before disembarking",
        ),
        Criterion(
            "IMM",
            _EXTERNAL,
            "Carrier message",
            "1",
            "Carrier reports two passengers who destroyed documents",
            "Meet aircraft at the stand",
        ),
        Criterion(
            "CUS",
            _RANDOM,
            "Aircraft search draw",
            "2026",
            "Drawn at random for an aircraft search",
            "Search cabin and holds after unloading",
        ),
    ),
    SubjectKind.CONSIGNMENT: (
        Criterion(
            "CUS",
            _RULE,
            "Rule 12 weight against volume",
            "9",
            "Declared weight too low for the goods described",
            "X-ray before release",
        ),
        Criterion(
            "CUS",
            _RULE,
            "Rule 31 first shipment",
            "4",
            "New importer, consignee address is a mail drop",
            "Scan and open",
        ),
        Criterion(
            "BIO",
            _RULE,
            "Rule 71 timber packaging",
            "6",
            "No treatment mark declared for wooden packaging",
            "Open under cover, inspect packaging",
        ),
        Criterion(
            "BIO",
            _LIST,
            "Risk exporters",
            "2026-44",
            "Exporter had live insects in its last two consignments",
            "Fumigate or inspect before devanning",
        ),
        Criterion(
            "CUS",
            _PARTIAL,
            "Entity list, partial",
            "2026-47",
            "Consignee resembles a listed entity",
            "Hold, verify consignee",
        ),
        Criterion(
            "CUS",
            _RANDOM,
            "Compliance sample",
            "2026",
            "Drawn at random for the compliance sample",
            "Check documents against seal",
        ),
        Criterion(
            "CUS",
            _EXTERNAL,
            "Partner notice",
            "1",
            "Partner agency saw the seal broken at the port of loading",
            "Check seal on discharge, X-ray",
        ),
    ),
    SubjectKind.VESSEL: (
        Criterion(
            "MAR",
            _RULE,
            "Rule 07 transmission gap",
            "2",
            "No AIS for longer than expected inside the limits",
            "Call on VHF 16, ask position and intention",
        ),
        Criterion(
            "CUS",
            _RULE,
            "Rule 05 previous ports",
            "6",
            "Called at a port of concern in the last ten",
            "Board on arrival, search void spaces",
        ),
        Criterion(
            "BIO",
            _RULE,
            "Rule 80 biofouling",
            "3",
            "Hull cleaning record older than limit",
            "Hull inspection before berthing",
        ),
        Criterion(
            "BIO",
            _RULE,
            "Rule 84 stink bug season",
            "8",
            "Vehicles or machinery from a brown marmorated stink bug country",
            "Inspect before discharge",
            only=("vehicle carrier", "container ship", "general cargo ship"),
        ),
        Criterion(
            "IMM",
            _RULE,
            "Rule 47 crew change",
            "2",
            "Crew list changed after notice of arrival",
            "Check crew against list on board",
            only=_MERCHANT,
        ),
        Criterion(
            "CUS",
            _LIST,
            "Vessels of interest",
            "2026-45",
            "Former owner is on the list",
            "Search by rummage team",
            only=_MERCHANT,
        ),
        Criterion(
            "MAR",
            _EXTERNAL,
            "Port state control",
            "1",
            "Two detentions in the last twelve months",
            "Inspect on arrival",
            only=_MERCHANT,
        ),
        Criterion(
            "CUS",
            _MANUAL,
            "Targeter's referral",
            "1",
            "Slowed without reason off the coast",
            "Ask for log, search deck lockers",
        ),
        Criterion(
            "BIO",
            _RANDOM,
            "Yacht survey",
            "2026",
            "Drawn at random for inspection on arrival",
            "Inspect stores and hull",
            only=("yacht",),
        ),
    ),
}
GOODS = (
    "ceramic tiles",
    "used machinery parts",
    "furniture, wooden",
    "polyester resin",
    "garden ornaments",
    "tyres",
    "frozen prawns",
    "bicycles",
    "household effects",
    "solar panels",
    "sports shoes",
    "steel fittings",
    "dried noodles",
    "plastic toys",
)
NATIONALITIES = (
    "AUS",
    "GBR",
    "USA",
    "CHN",
    "IND",
    "FJI",
    "TON",
    "WSM",
    "DEU",
    "BRA",
    "KOR",
    "MYS",
    "PHL",
    "CAN",
    "FRA",
)
SYSTEMS = {
    SubjectKind.PERSON: "Passenger targeting",
    SubjectKind.FLIGHT: "Passenger targeting",
    SubjectKind.CONSIGNMENT: "Cargo risk",
    SubjectKind.VESSEL: "Maritime risk",
}
