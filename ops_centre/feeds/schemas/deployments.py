"""The format `ops-centre/deployments/1.0`: what agencies send about their units and where these are deployed."""

from typing import Literal, Self

from pydantic import Field, model_validator

from ops_centre.domain.units import Availability, OutOfService, UnitType, WorkingStatus
from ops_centre.feeds.schemas.common import (
    Agency,
    Course,
    Crew,
    Envelope,
    Handling,
    Latitude,
    Line,
    Longitude,
    Moment,
    Paragraph,
    PlaceCode,
    RecordModel,
    Ref,
    SchemaName,
    Speed,
    Word,
)


class UnitPosition(RecordModel):
    """Where the unit last was."""

    lat: Latitude
    lon: Longitude
    course: Course | None = Field(None, description="Degrees true")
    speed: Speed | None = Field(None, description="Knots")
    at: Moment


class UnitBody(RecordModel):
    """The unit itself."""

    ref: Ref = Field(description="The source's own reference; stays the same")
    callsign: Word
    agency: Agency | None = Field(None, description="Code of the agency; default: the feed's agency")
    type: UnitType
    capabilities: list[Word] = Field([], max_length=50)
    availability: Availability
    out_of_service_reason: OutOfService | None = None
    status: WorkingStatus | None = None
    note: Paragraph | None = None
    crew: Crew | None = None
    position: UnitPosition | None = None

    @model_validator(mode="after")
    def _reason_given(self) -> Self:
        if self.availability == Availability.OUT_OF_SERVICE and self.out_of_service_reason is None:
            raise ValueError("a unit out of service needs an out_of_service_reason: mechanical, personnel or rest")
        return self


class DeploymentItem(RecordModel):
    """One deployment of the unit: at a place or in an area, from-to."""

    ref: Ref
    place: PlaceCode | None = Field(None, description="UN/LOCODE, ICAO or IATA code")
    area: Line | None = Field(None, description="Name of an area")
    starts_at: Moment = Field(alias="from")
    ends_at: Moment | None = Field(None, alias="to")
    crew: Crew | None = None
    duty_hours: float | None = Field(None, ge=0, le=10_000, allow_inf_nan=False)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.place is None and self.area is None:
            raise ValueError("a deployment needs a place or an area")
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValueError("a deployment must end after it begins")
        return self


class DeploymentsRecord(RecordModel):
    """One unit with all its deployments. A later report replaces an earlier one of the same unit."""

    schema_name: SchemaName | None = Field(None, alias="schema")
    reported_at: Moment = Field(description="When the agency's system knew this")
    unit: UnitBody
    deployments: list[DeploymentItem] = Field([], max_length=200)
    handling: Handling | None = Field(None, description="Default: GREEN")

    @model_validator(mode="after")
    def _deployments_apart(self) -> Self:
        if len({deployment.ref for deployment in self.deployments}) < len(self.deployments):
            raise ValueError("deployments: two have the same ref")
        return self


class DeploymentsEnvelope(Envelope):
    """A page of units."""

    schema_name: Literal["ops-centre/deployments/1.0"] = Field(alias="schema")
    complete: bool = Field(
        False, description="True: this lists every unit there is, so one that is absent was withdrawn"
    )
    records: list[DeploymentsRecord]
