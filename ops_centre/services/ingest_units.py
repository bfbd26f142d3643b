"""Store what agencies report about their units. An older report never overwrites a newer one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.observations import DeploymentReport, UnitReport
from ops_centre.domain.tally import Tally
from ops_centre.domain.units import Availability
from ops_centre.models import Deployment, FieldDevice, Unit
from ops_centre.services.chunks import chunks
from ops_centre.services.duty_log import Entry
from ops_centre.services.handlings import Handlings

# what a report and a row have under the same name
_OF_UNIT = (
    "callsign", "agency", "unit_type", "availability", "out_of_service_reason", "status", "note", "crew",
    "lat", "lon", "course_deg", "speed_kn", "position_at", "reported_at",
)  # fmt: skip
_OF_DEPLOYMENT = ("place", "area", "starts_at", "ends_at", "crew", "duty_hours")

_OF_PLACE = ("lat", "lon", "course_deg", "speed_kn", "position_at")

Deployments = dict[str, Deployment]  # by the source's reference


def store_units(
    session: Session,
    feed_id: int,
    reports: Sequence[UnitReport],
    *,
    now: datetime,
    revision: Callable[[], int],
    complete: bool,
    said: list[Entry] | None = None,
) -> Tally:
    """Store ``reports`` of one feed. ``revision()`` is called only when something changes.

    ``complete``: the reports are every unit there is; one that is absent is marked withdrawn, one that is back is not.
    ``said`` gets what the duty log shall tell of it: a unit out of service, or back.
    """
    tally, handlings = Tally(), Handlings(session)
    units = _known(session, feed_id, [report.ref for report in reports])
    deployed, devices = _deployed(session, units.values()), _with_device(session, units.values())
    for told in reports:
        unit = units.get(told.ref)
        report = _with_newer_place(told, unit) if unit is not None and unit.id in devices else told
        if unit is None:
            unit = units[report.ref] = Unit(feed_id=feed_id, ref=report.ref)
            deployed[report.ref] = {}
        elif not _is_news(unit, report, deployed[report.ref], handlings, complete=complete):
            tally.duplicate += 1
            continue
        if unit.id is None or report.reported_at >= unit.reported_at:
            before = unit.availability
            _write(session, unit, report, handlings)
            if said is not None:
                said += _service_entry(unit, before)
            _deploy(session, unit, report, deployed[report.ref])
        unit.withdrawn_at, unit.revision = None, revision()
        tally.stored += 1
    if complete:
        _withdraw(session, feed_id, {report.ref for report in reports}, now, revision)
    session.flush()
    return tally


def _with_device(session: Session, units: Iterable[Unit]) -> set[int | None]:
    """The units whose position a device in the field tells too."""
    found: set[int | None] = set()
    for some in chunks([unit.id for unit in units]):
        found |= set(session.scalars(select(FieldDevice.unit_id).where(FieldDevice.unit_id.in_(some))))
    return found


def _with_newer_place(report: UnitReport, unit: Unit) -> UnitReport:
    """The report with the unit's known position where that is newer than the report's: its device was heard since."""
    if unit.position_at is None or (report.position_at is not None and report.position_at >= unit.position_at):
        return report
    return replace(report, **{name: getattr(unit, name) for name in _OF_PLACE})


def _is_news(unit: Unit, report: UnitReport, deployed: Deployments, handlings: Handlings, *, complete: bool) -> bool:
    """Whether the report says anything new. One older than what is known can only bring a withdrawn unit back."""
    if unit.withdrawn_at is not None and (complete or report.reported_at > unit.reported_at):
        return True
    if report.reported_at < unit.reported_at:
        return False
    return (
        any(getattr(unit, name) != getattr(report, name) for name in _OF_UNIT)
        or unit.capabilities != list(report.capabilities)
        or unit.handling_id != handlings.id(report.agency, report.marking, report.releases)
        or _plan(deployed.values()) != _plan(report.deployments)
    )


def _service_entry(unit: Unit, before: str | None) -> list[Entry]:
    """What the duty log tells of a unit that left service or is back; nothing of one that is seen for the first time."""
    out = Availability.OUT_OF_SERVICE.value
    if before is None or (before == out) == (unit.availability == out):
        return []
    why = f", {unit.out_of_service_reason}" if unit.out_of_service_reason else ""
    words = f"is out of service{why}" if unit.availability == out else "is back in service"
    things = [link(ThingKind.UNIT, unit.id, unit.callsign)]
    return [Entry(EntryKind.UNIT, f"Unit {unit.callsign} {words}.", unit.handling_id, things)]


def _plan(deployments: Iterable[Deployment | DeploymentReport]) -> set[tuple[object, ...]]:
    return {(item.ref, *(getattr(item, name) for name in _OF_DEPLOYMENT)) for item in deployments}


def _write(session: Session, unit: Unit, report: UnitReport, handlings: Handlings) -> None:
    for name in _OF_UNIT:
        setattr(unit, name, getattr(report, name))
    unit.capabilities = list(report.capabilities)
    unit.handling_id = handlings.id(report.agency, report.marking, report.releases)
    unit.received_at = report.received_at
    if unit.id is None:
        unit.revision = 0
        session.add(unit)
        session.flush()


def _deploy(session: Session, unit: Unit, report: UnitReport, deployed: Deployments) -> None:
    """Make the unit's deployments those that are listed."""
    for gone in deployed.keys() - {item.ref for item in report.deployments}:
        session.delete(deployed.pop(gone))
    for item in report.deployments:
        row = deployed.get(item.ref)
        if row is None:
            row = deployed[item.ref] = Deployment(unit_id=unit.id, ref=item.ref)
            session.add(row)
        for name in _OF_DEPLOYMENT:
            setattr(row, name, getattr(item, name))
        row.received_at = report.received_at


def _withdraw(session: Session, feed_id: int, listed: set[str], now: datetime, revision: Callable[[], int]) -> None:
    present = session.scalars(select(Unit).where(Unit.feed_id == feed_id, Unit.withdrawn_at.is_(None)))
    for unit in present:
        if unit.ref not in listed:
            unit.withdrawn_at, unit.revision = now, revision()


def _known(session: Session, feed_id: int, refs: Sequence[str]) -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for some in chunks(refs):
        known = select(Unit).where(Unit.feed_id == feed_id, Unit.ref.in_(some))
        found |= {unit.ref: unit for unit in session.scalars(known)}
    return found


def _deployed(session: Session, units: Iterable[Unit]) -> dict[str, Deployments]:
    """The deployments of each unit, by the unit's reference."""
    by_id = {unit.id: unit.ref for unit in units}
    found: dict[str, Deployments] = {ref: {} for ref in by_id.values()}
    for some in chunks(by_id):
        for row in session.scalars(select(Deployment).where(Deployment.unit_id.in_(some))):
            found[by_id[row.unit_id]][row.ref] = row
    return found
