"""One report of a feed in one line, as somebody who connects a source wants to read it: what it is first, then where, when,
by whom."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from functools import singledispatch
from typing import Any

from ops_centre.domain.field_reports import DevicePosition, Drawing, Emergency, FieldMessage, Withdrawal
from ops_centre.domain.hazards import HazardReport
from ops_centre.domain.movements import ManifestReport
from ops_centre.domain.observations import CraftReport, TargetReport, UnitReport


@singledispatch
def line_of(report: Any) -> str:
    """A report of a kind that has no words of its own (another package's): its plain fields."""
    words = []
    for part in fields(report):
        value = getattr(report, part.name)
        if value not in (None, "", (), [], {}) and isinstance(value, str | int | float | datetime):
            words.append(f"{part.name}={_moment(value) if isinstance(value, datetime) else value}")
    return ", ".join(words)


@line_of.register
def _craft(report: CraftReport) -> str:
    said, fix = report.particulars, report.fix
    name = said and (said.name or said.flight or said.callsign)
    where = _spot(fix.lat, fix.lon) if fix else "no position"
    squawk = f", squawk {fix.squawk}" if fix and fix.squawk else ""
    return (
        f"{report.observed_at:%Y-%m-%d %H:%M:%S}Z {report.key} {name or ''} {where}{squawk}{_caveats(report.caveats)}"
    )


@line_of.register
def _target(report: TargetReport) -> str:
    arrives = f"{report.place_name or report.place or ''} {_moment(report.arrives_at)}".strip()
    hits = _counted(len(report.hits), "hit")
    return _joined(
        f"{report.ref} version {report.ref_version}: {report.subject_kind} {report.label}", report.severity, report.status,
        hits, arrives, _handled(report.owner, report.marking),
    )  # fmt: skip


@line_of.register
def _unit(report: UnitReport) -> str:
    where = _spot(report.lat, report.lon) or "no position"
    return _joined(
        f"{report.ref}: {report.callsign} ({report.agency} {report.unit_type})", report.availability, report.status, where,
        _counted(len(report.deployments), "deployment"), f"TLP:{report.marking}",
    )  # fmt: skip


@line_of.register
def _hazard(report: HazardReport) -> str:
    told = [
        f"{part.severity} {part.event}, {part.urgency}, {part.certainty}, until {_moment(part.expires_at)}, "
        f"{_counted(len(part.areas), 'area')}{_caveats(part.caveats)}"
        for part in report.parts
    ]
    refers = f"refers to {_counted(len(report.references), 'message')}" if report.references else ""
    return _joined(f"{report.status} {report.kind} of {_moment(report.sent_at)} by {report.sender}", *told, refers)


@line_of.register
def _manifest(report: ManifestReport) -> str:
    way = f"{report.origin or '?'} to {report.destination or '?'}"
    times = _joined(
        *(
            f"{word} {_moment(at)}"
            for word, at in (("departs", report.departs_at), ("arrives", report.arrives_at))
            if at
        )
    )
    what = "person" if report.kind == "flight" else "consignment"
    return _joined(
        f"{report.form} {report.function}: {report.kind} {report.number} {way}", times,
        _counted(len(report.subjects), what), f"message {report.message}",
    ) + _caveats(report.caveats)  # fmt: skip


@line_of.register
def _device(report: DevicePosition) -> str:
    where = _spot(report.lat, report.lon) or "no position"
    return _joined(
        f"device {report.callsign or report.uid}", where, f"at {_moment(report.observed_at)}", report.type,
        f"stale from {_moment(report.stale_at)}",
    )  # fmt: skip


@line_of.register
def _drawing(report: Drawing) -> str:
    return _joined(f"drawing, {report.kind}: {report.title}", _counted(len(report.points), "point"), _lasting(report))


@line_of.register
def _message(report: FieldMessage) -> str:
    return _joined(
        f"message of {report.sender_callsign or report.sender_uid}: {report.text}", f"sent {_moment(report.sent_at)}"
    )


@line_of.register
def _emergency(report: Emergency) -> str:
    who = report.callsign or report.device_uid or report.uid
    if report.cancels:
        return _joined(f"END of the call for help of {who}: {report.kind}", f"sent {_moment(report.sent_at)}")
    return _joined(
        f"CALL FOR HELP of {who}: {report.kind}", _spot(report.lat, report.lon) or "no position", _lasting(report)
    )


@line_of.register
def _withdrawal(report: Withdrawal) -> str:
    return _joined(f"withdrawn: {report.uid}", f"sent {_moment(report.sent_at)}")


def _lasting(report: Drawing | Emergency) -> str:
    return f"sent {_moment(report.sent_at)}, stale from {_moment(report.stale_at)}"


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z" if at else ""


def _spot(lat: float | None, lon: float | None) -> str:
    return "" if lat is None or lon is None else f"{lat:.5f}, {lon:.5f}"


def _handled(owner: str, marking: str) -> str:
    return f"{owner} TLP:{marking}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _caveats(caveats: Iterable[str]) -> str:
    told = ", ".join(caveats)
    return f" ({told})" if told else ""


def _joined(*parts: str | None) -> str:
    return "; ".join(part for part in parts if part)
