"""Targets as targeting systems send them (docs/feeds.md, "targeting"; format `ops-centre/targeting/1.0`)."""

from datetime import datetime

from ops_centre.domain.handling import Marking
from ops_centre.domain.observations import Batch, HitReport, TargetReport
from ops_centre.feeds.base import FeedContext, FeedKind
from ops_centre.feeds.csv_records import CsvShape
from ops_centre.feeds.records import Format, RecordFeed, RecordReader, RecordSettings, UnusableError
from ops_centre.feeds.schemas.targeting import Hit, TargetingRecord


class TargetingSettings(RecordSettings):
    """Settings of a targeting feed."""

    every_seconds: float = 5
    late_after_seconds: float = 30
    lost_after_seconds: float = 120


def _take(record: TargetingRecord, context: FeedContext, received_at: datetime, batch: Batch) -> None:
    owner = record.owner or context.agency
    if owner not in context.agencies:
        raise UnusableError(f"owner: agency {owner} is not among this centre's agencies")
    arrival, handling = record.arrival, record.handling
    batch.targets.append(
        TargetReport(
            ref=record.ref,
            ref_version=record.version,
            subject_kind=str(record.subject.kind),
            label=record.subject.label,
            identifiers=record.subject.identifiers.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
            severity=str(record.severity),
            status=str(record.status),
            issued_at=record.issued_at,
            received_at=received_at,
            owner=owner,
            marking=str(handling.marking if handling else Marking.AMBER),
            releases=tuple(handling.releases) if handling else (),
            hits=[_hit(hit, record.issued_at) for hit in record.hits],
            score=record.score,
            action=record.recommended_action,
            place=arrival.place,
            place_name=arrival.name,
            place_lat=arrival.lat,
            place_lon=arrival.lon,
            arrives_at=arrival.at,
        )
    )


def _hit(hit: Hit, issued_at: datetime) -> HitReport:
    return HitReport(
        ref=hit.ref,
        kind=str(hit.kind),
        criterion=hit.criterion,
        criterion_version=hit.version,
        explanation=hit.explanation,
        matched_at=hit.matched_at or issued_at,
        source_system=hit.source.system,
        source_message=hit.source.message,
        score=hit.score,
        source_text=hit.source.text,
    )


FORMAT = Format(
    name="targeting",
    major=1,
    model=TargetingRecord,
    take=_take,
    csv=CsvShape(key="ref", item="hits", word_lists=frozenset({"handling.releases", "subject.identifiers.documents"})),
)


def _build(settings: TargetingSettings, context: FeedContext) -> RecordFeed:
    return RecordFeed(settings, context, FORMAT)


def _again(_settings: TargetingSettings, context: FeedContext, raw: bytes) -> Batch:
    return RecordReader(FORMAT, context).again(raw)


KIND = FeedKind(
    "targeting", "Targets of targeting systems, over HTTP or from a directory", TargetingSettings, _build, _again
)
