"""What `feed check` tells of each kind of report: what it is comes first, and nothing is told as a digest or a field's name."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops_centre.cli.report_lines import line_of
from ops_centre.domain.field_reports import DevicePosition, Drawing, DrawingKind, Emergency, FieldMessage, Withdrawal
from ops_centre.domain.hazards import HazardPart, HazardReport
from ops_centre.domain.movements import ManifestReport, SubjectReport
from tests.factories import unit_report

AT = datetime(2026, 4, 1, 6, 30, tzinfo=UTC)
LATER = AT + timedelta(hours=2)
FIELD: dict[str, Any] = {"agency": "CUS", "marking": "GREEN", "received_at": AT}


def manifest() -> ManifestReport:
    people = [SubjectReport("person", str(number), "Passenger", {}, "") for number in range(2)]
    return ManifestReport(
        "SENDER/1/2", "", "d1ge57", "PAXLST", "original", "flight|NZ1", "flight", "NZ1", "NZ", "", {}, "SYD", "AKL", AT,
        LATER, AT, "AMBER", caveats=("its trailer counts wrongly",), subjects=people,
    )  # fmt: skip


def hazard() -> HazardReport:
    part = HazardPart("Gale", "Met", "Expected", "Severe", "Likely", AT, LATER, areas=[{"name": "Strait"}])
    return HazardReport("r", "met.example", "1", "Alert", "Actual", "Public", AT, AT, "CLEAR", [part])


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (
            manifest(),
            "PAXLST original: flight NZ1 SYD to AKL; departs 2026-04-01 06:30Z; arrives 2026-04-01 08:30Z; 2 persons; "
            "message SENDER/1/2 (its trailer counts wrongly)",
        ),
        (
            hazard(),
            "Actual Alert of 2026-04-01 06:30Z by met.example; Severe Gale, Expected, Likely, until 2026-04-01 08:30Z, 1 area",
        ),
        (
            Emergency(uid="E", kind="911 Alert", sent_at=AT, stale_at=LATER, callsign="HAWK 2", lat=-36.5, lon=174.5, **FIELD),
            "CALL FOR HELP of HAWK 2: 911 Alert; -36.50000, 174.50000; sent 2026-04-01 06:30Z, stale from 2026-04-01 08:30Z",
        ),
        (
            Emergency(uid="E", kind="911 Alert", sent_at=AT, stale_at=LATER, cancels=True, device_uid="D-1", **FIELD),
            "END of the call for help of D-1: 911 Alert; sent 2026-04-01 06:30Z",
        ),
        (
            DevicePosition(uid="D-1", callsign=None, type="a-f-G", observed_at=AT, stale_at=LATER, **FIELD),
            "device D-1; no position; at 2026-04-01 06:30Z; a-f-G; stale from 2026-04-01 08:30Z",
        ),
        (
            Drawing(uid="G", kind=DrawingKind.LINE, type="u-d-f", title="Search", sent_at=AT, stale_at=LATER,
                    points=((1.0, 2.0), (1.0, 3.0)), **FIELD),
            "drawing, line: Search; 2 points; sent 2026-04-01 06:30Z, stale from 2026-04-01 08:30Z",
        ),
        (
            FieldMessage(uid="M", text="On scene", sent_at=AT, sender_callsign="HAWK 2", **FIELD),
            "message of HAWK 2: On scene; sent 2026-04-01 06:30Z",
        ),
        (Withdrawal(uid="G", sent_at=AT, **FIELD), "withdrawn: G; sent 2026-04-01 06:30Z"),
    ],
)  # fmt: skip
def test_a_report_is_told_by_what_it_is(report: Any, told: str) -> None:
    assert line_of(report) == told


def test_a_unit_is_told_by_its_callsign_and_never_without_a_word_on_where_it_is() -> None:
    told = line_of(unit_report(lat=None, lon=None))
    assert "no position" in told
    assert unit_report().callsign in told


def test_a_report_of_another_package_is_told_by_its_fields() -> None:
    @dataclass
    class Sighting:
        place: str = "Opua"
        at: datetime = AT
        note: str | None = None

    assert line_of(Sighting()) == "place=Opua, at=2026-04-01 06:30Z"
