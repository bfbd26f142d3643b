"""Cases of the exercise: one subject on one craft, what matched, and how the case goes on.

A case belongs to a craft of the scenario and takes its place and time of arrival from that craft's voyage. Persons are
never named: a seat or a place in the crew list and an invented document number stand for them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ops_centre.domain.targeting import Severity, SubjectKind, TargetStatus
from ops_centre.exercise import identities, routes
from ops_centre.exercise.aircraft import Aircraft, Flight
from ops_centre.exercise.airlines import AIRPORTS, CITIES
from ops_centre.exercise.criteria import CRITERIA, GOODS, NATIONALITIES, SYSTEMS, Criterion
from ops_centre.exercise.scenario import HOUR, MINUTE, ScenarioTime
from ops_centre.exercise.vessels import Vessel, VesselState

CARGO_TRADES = frozenset({"container ship", "general cargo ship", "vehicle carrier", "coastal cargo ship"})
FOREIGN_TRADES = CARGO_TRADES - {"coastal cargo ship"} | {
    "bulk carrier",
    "tanker",
    "cruise ship",
    "yacht",
    "ironsand carrier",
}
SOONEST_FLIGHT_S, LATEST_FLIGHT_S = 30 * MINUTE, 115 * MINUTE
SOONEST_CALL_S, LATEST_CALL_S = 1.5 * HOUR, 30 * HOUR
STAYS_OPEN_S = 7 * HOUR  # a ship that arrives sooner may stay a case until it does


@dataclass(frozen=True, slots=True)
class Craft:
    """The craft a case belongs to: what identifies it, what it is called, where and when it arrives."""

    identifiers: dict[str, Any]
    title: str
    place: str
    place_name: str
    arrives_s: float
    manner: str  # trade of the ship, or "flight"

    @property
    def by_air(self) -> bool:
        """Whether it flies."""
        return self.manner == "flight"


@dataclass(frozen=True, slots=True)
class Step:
    """One version of a case, from a scenario time on."""

    at_s: float
    version: int
    status: TargetStatus
    severity: Severity
    score: float
    arrives_s: float


@dataclass(frozen=True, slots=True)
class Case:
    """Everything about one target, all its versions included."""

    ref: str
    kind: SubjectKind
    label: str
    identifiers: dict[str, Any]
    craft: Craft
    criteria: tuple[Criterion, ...]
    message: str
    text: str
    marking: str
    releases: tuple[str, ...]
    steps: tuple[Step, ...]

    def step(self, at_s: float) -> Step | None:
        """The version in force at a scenario time; None before it is issued."""
        return next((step for step in reversed(self.steps) if step.at_s <= at_s), None)

    def record(self, step: Step, timeline: ScenarioTime) -> dict[str, Any]:
        """One version in the published format `ops-centre/targeting/1.0`."""
        issued = _iso(timeline.moment(self.steps[0].at_s))
        return {
            "schema": "ops-centre/targeting/1.0",
            "ref": self.ref,
            "version": step.version,
            "status": step.status,
            "issued_at": issued,
            "subject": {"kind": self.kind, "label": self.label, "identifiers": self.identifiers},
            "hits": [self._hit(i, criterion, step, issued) for i, criterion in enumerate(self.criteria, start=1)],
            "score": step.score,
            "severity": step.severity,
            "arrival": {
                "place": self.craft.place,
                "name": self.craft.place_name,
                "at": _iso(timeline.moment(step.arrives_s)),
            },
            "recommended_action": self.criteria[0].action,
            "owner": self.criteria[0].owner,
            "handling": {"marking": self.marking, "releases": list(self.releases)},
        }

    def _hit(self, number: int, criterion: Criterion, step: Step, issued: str) -> dict[str, Any]:
        return {
            "ref": f"{self.ref}-H{number}",
            "kind": criterion.kind,
            "criterion": criterion.name,
            "version": criterion.version,
            "explanation": criterion.explanation,
            "score": round(step.score if number == 1 else step.score * 0.8, 2),
            "matched_at": issued,
            "source": {"system": SYSTEMS[self.kind], "message": self.message, "text": self.text},
        }


def craft_by_air(rng: random.Random, fleet: Sequence[Aircraft], at_s: float) -> Craft | None:
    """A flight from abroad that is in the air and lands in the next two hours, if there is one."""
    for aircraft in rng.sample(fleet, len(fleet)):
        flight = aircraft.flight(at_s)
        if (
            flight
            and flight.crosses_border_inward
            and flight.departs_s < at_s
            and (SOONEST_FLIGHT_S < flight.arrives_s - at_s < LATEST_FLIGHT_S)
        ):
            return _flown(aircraft, flight)
    return None


def _flown(aircraft: Aircraft, flight: Flight) -> Craft:
    identifiers = {
        "flight": flight.number,
        "callsign": flight.callsign,
        "registration": aircraft.airframe.registration,
        "icao24": aircraft.airframe.icao24,
        "departure": AIRPORTS[flight.origin][0],
        "arrival": AIRPORTS[flight.destination][0],
    }
    title = f"{flight.number[:2]} {flight.number[2:]}"
    return Craft(
        identifiers, title, AIRPORTS[flight.destination][0], CITIES[flight.destination], flight.arrives_s, "flight"
    )


def craft_by_sea(rng: random.Random, vessels: Sequence[Vessel], at_s: float, *, with_goods: bool) -> Craft | None:
    """A ship from abroad that will call within a day or so, if there is one."""
    for vessel in rng.sample(vessels, len(vessels)):
        if vessel.trade.name not in (CARGO_TRADES if with_goods else FOREIGN_TRADES):
            continue
        state = vessel.state(at_s)
        harbour = routes.HARBOURS.get(state.bound_for or "") if state else None
        if not (state and harbour and state.arrives_s):
            continue
        if SOONEST_CALL_S < state.arrives_s - at_s < LATEST_CALL_S:
            return _sailed(state, harbour, state.arrives_s)
    return None


def _sailed(state: VesselState, harbour: routes.Harbour, arrives_s: float) -> Craft:
    ship = state.ship
    identifiers = {
        "mmsi": ship.mmsi,
        "imo": ship.imo or None,
        "vessel_name": ship.name,
        "callsign": ship.callsign,
        "arrival": harbour.code,
    }
    return Craft(identifiers, ship.name, harbour.code, harbour.name, arrives_s, state.trade)


def make_case(rng: random.Random, number: int, ref: str, at_s: float, kind: SubjectKind, craft: Craft) -> Case:
    """The case `number`, issued at a scenario time, about a subject of this kind on this craft."""
    fitting = [criterion for criterion in CRITERIA[kind] if not criterion.only or craft.manner in criterion.only]
    criteria = tuple(rng.sample(fitting, 1 if rng.random() < 0.7 else 2))
    label, further = _subject(rng, kind, craft)
    identifiers = {key: value for key, value in {**craft.identifiers, **further}.items() if value is not None}
    marking, releases = _handling(rng, number, criteria[0].owner)
    message = f"{_FORM[kind]}/{craft.title.replace(' ', '')}/{number:06d}"
    return Case(
        ref,
        kind,
        label,
        identifiers,
        craft,
        criteria,
        message,
        _source_text(kind, identifiers, craft, message),
        marking,
        releases,
        _steps(rng, at_s, kind, craft),
    )


def _subject(rng: random.Random, kind: SubjectKind, craft: Craft) -> tuple[str, dict[str, Any]]:
    """Label and further identifiers of the subject itself."""
    if kind == SubjectKind.PERSON:
        who = (
            f"Passenger {rng.randint(1, 48)}{rng.choice('ABCDEFHJK')}"
            if craft.by_air
            else f"Crew member {rng.randint(2, 24):02d}"
        )
        nation = rng.choice(NATIONALITIES)
        return f"{who} · {craft.title}", {
            "nationality": nation,
            "document_type": "P",
            "document_country": nation,
            "document_number": f"XQ{rng.randrange(1_000_000, 9_999_999)}",
            "booking": "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(6))
            if craft.by_air
            else None,
        }
    if kind == SubjectKind.CONSIGNMENT:
        container = identities.container_number(rng)
        return f"{container[:4]} {container[4:7]} {container[7:10]}-{container[10]}", {
            "container": container,
            "bill_of_lading": f"XQBL{rng.randrange(10_000_000, 99_999_999)}",
            "goods": rng.choice(GOODS),
            "declaration": f"ICR{rng.randrange(100_000, 999_999)}",
        }
    return craft.title, {}


def _handling(rng: random.Random, number: int, owner: str) -> tuple[str, tuple[str, ...]]:
    """Mostly open to the room; some for the owner and those it names; a few for the owner alone."""
    if number % 18 == 5:
        return "RED", ()
    if number % 9 == 3:
        return "AMBER", ()
    drawn = rng.random()
    if drawn < 0.3:
        return "AMBER", tuple(sorted({"OPS", rng.choice(("CUS", "POL", "BIO", "IMM"))} - {owner}))
    if drawn < 0.36:
        return "AMBER+STRICT", ("OPS",)
    return ("CLEAR", ()) if drawn < 0.45 else ("GREEN", ())


def _severity(rng: random.Random) -> Severity:
    drawn = rng.random()
    return Severity.TOP if drawn < 0.05 else Severity.HIGH if drawn < 0.2 else Severity.NORMAL


def _steps(rng: random.Random, at_s: float, kind: SubjectKind, craft: Craft) -> tuple[Step, ...]:
    """Issued; perhaps changed; ended by the encounter, by release, by withdrawal, or because it was missed."""
    severity = _severity(rng)
    bounds = {Severity.TOP: (0.88, 0.98), Severity.HIGH: (0.7, 0.88), Severity.NORMAL: (0.35, 0.7)}
    score = round(rng.uniform(*bounds[severity]), 2)
    slack = 12 * MINUTE if craft.by_air else 50 * MINUTE
    expected = craft.arrives_s + rng.uniform(-slack, slack)
    to_the_end = craft.arrives_s - at_s < STAYS_OPEN_S and rng.random() < (0.7 if craft.by_air else 0.5)
    ends = craft.arrives_s + rng.uniform(5, 20) * MINUTE if to_the_end else at_s + rng.uniform(18, 75) * MINUTE
    status = TargetStatus.ISSUED if rng.random() < 0.45 else TargetStatus.NEW
    steps = [Step(at_s, 1, status, severity, score, expected)]
    if rng.random() < 0.55:
        worse = rng.random() < 0.15 and severity != Severity.TOP
        after = Severity.HIGH if worse and severity == Severity.NORMAL else Severity.TOP if worse else severity
        status = TargetStatus.ISSUED if status == TargetStatus.ISSUED or rng.random() < 0.5 else TargetStatus.IN_REVIEW
        score = score if after == severity else round(rng.uniform(*bounds[after]), 2)
        severity = after
        steps.append(Step(at_s + (ends - at_s) * rng.uniform(0.15, 0.6), 2, status, severity, score, craft.arrives_s))
    if to_the_end:
        end = rng.choices((TargetStatus.ENCOUNTERED, TargetStatus.RELEASED, TargetStatus.MISSED), (0.75, 0.17, 0.08))[0]
    else:
        end = rng.choice((TargetStatus.RELEASED, TargetStatus.WITHDRAWN))
    return (*steps, Step(ends, steps[-1].version + 1, end, severity, score, craft.arrives_s))


_FORM = {
    SubjectKind.PERSON: "PAXLST",
    SubjectKind.FLIGHT: "PAXLST",
    SubjectKind.CONSIGNMENT: "CUSCAR",
    SubjectKind.VESSEL: "NOA",
}


def _source_text(kind: SubjectKind, ids: dict[str, Any], craft: Craft, message: str) -> str:
    """The message that matched, in the manner of UN/EDIFACT (PAXLST, CUSCAR) or of a notice of arrival; nameless."""
    if kind == SubjectKind.PERSON and craft.by_air:
        return (
            f"BGM+745+{message}'TDT+20+{ids['flight']}+++{ids['flight'][:2]}'LOC+125+{ids['departure']}'LOC+87+{ids['arrival']}'"
            f"NAD+FL+++WITHHELD'NAT+2+{ids['nationality']}'RFF+AVF:{ids['booking']}'DOC+P:110:111+{ids['document_number']}'"
            f"LOC+91+{ids['document_country']}'"
        )
    if kind == SubjectKind.PERSON:
        return (
            f"BGM+250+{message}'TDT+20++1++{ids['callsign']}:103::{craft.title}'LOC+87+{craft.place}'"
            f"NAD+FM+++WITHHELD'NAT+2+{ids['nationality']}'DOC+P:110:111+{ids['document_number']}'"
        )
    if kind == SubjectKind.FLIGHT:
        way = f"LOC+125+{ids['departure']}'LOC+87+{ids['arrival']}'"
        return f"BGM+266+{message}+CLOB'TDT+20+{ids['flight']}'{way}CNT+42:211'"
    if kind == SubjectKind.CONSIGNMENT:
        return (
            f"BGM+785+{message}'TDT+20++1++{ids['callsign']}:103::{craft.title}'LOC+11+{craft.place}'"
            f"CNI+1+{ids['bill_of_lading']}'GID+1+1:PK'FTX+AAA+++{str(ids['goods']).upper()}'EQD+CN+{ids['container']}+22G1'"
        )
    return (
        f"NOTICE OF ARRIVAL {message}\nVESSEL {craft.title}\nMMSI {ids['mmsi']}\nIMO {ids.get('imo', 'NONE')}\n"
        f"CALL SIGN {ids['callsign']}\nPORT {craft.place}"
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
