"""Units and their deployments as agencies send them (docs/feeds.md, "deployments"; format
`ops-centre/deployments/1.0`).
"""

from datetime import datetime, timedelta

from ops_centre.domain.handling import Marking
from ops_centre.domain.observations import Batch, DeploymentReport, UnitReport
from ops_centre.domain.units import Availability
from ops_centre.feeds.base import FeedContext, FeedKind
from ops_centre.feeds.csv_records import CsvShape
from ops_centre.feeds.records import Format, RecordFeed, RecordReader, RecordSettings, UnusableError
from ops_centre.feeds.schemas.deployments import DeploymentItem, DeploymentsRecord

CLOCK_SLACK = timedelta(minutes=5)


class DeploymentsSettings(RecordSettings):
    """Settings of a deployments feed."""

    every_seconds: float = 10
    late_after_seconds: float = 60
    lost_after_seconds: float = 240


def _take(record: DeploymentsRecord, context: FeedContext, received_at: datetime, batch: Batch) -> None:
    unit, position, handling = record.unit, record.unit.position, record.handling
    agency = unit.agency or context.agency
    if agency not in context.agencies:
        raise UnusableError(f"unit.agency: agency {agency} is not among this centre's agencies")
    if record.reported_at > received_at + CLOCK_SLACK:  # it would shut out every later report
        raise UnusableError("reported_at lies ahead of our clock; the source's clock is wrong")
    is_out = unit.availability == Availability.OUT_OF_SERVICE
    batch.units.append(
        UnitReport(
            ref=unit.ref,
            callsign=unit.callsign,
            agency=agency,
            unit_type=str(unit.type),
            capabilities=tuple(unit.capabilities),
            availability=str(unit.availability),
            reported_at=record.reported_at,
            received_at=received_at,
            marking=str(handling.marking if handling else Marking.GREEN),
            releases=tuple(handling.releases) if handling else (),
            out_of_service_reason=unit.out_of_service_reason if is_out else None,
            status=unit.status,
            note=unit.note or None,
            crew=unit.crew,
            lat=position.lat if position else None,
            lon=position.lon if position else None,
            course_deg=position.course if position else None,
            speed_kn=position.speed if position else None,
            position_at=position.at if position else None,
            deployments=[_deployment(item) for item in record.deployments],
        )
    )


def _deployment(item: DeploymentItem) -> DeploymentReport:
    return DeploymentReport(
        ref=item.ref,
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        place=item.place,
        area=item.area,
        crew=item.crew,
        duty_hours=item.duty_hours,
    )


FORMAT = Format(
    name="deployments",
    major=1,
    model=DeploymentsRecord,
    take=_take,
    csv=CsvShape(key="unit.ref", item="deployments", word_lists=frozenset({"handling.releases", "unit.capabilities"})),
)


def _build(settings: DeploymentsSettings, context: FeedContext) -> RecordFeed:
    return RecordFeed(settings, context, FORMAT)


def _again(_settings: DeploymentsSettings, context: FeedContext, raw: bytes) -> Batch:
    return RecordReader(FORMAT, context).again(raw)


KIND = FeedKind(
    "deployments", "Units and their deployments, over HTTP or from a directory", DeploymentsSettings, _build, _again
)
