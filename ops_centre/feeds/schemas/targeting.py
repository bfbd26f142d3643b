"""The format `ops-centre/targeting/1.0`: what targeting systems send about subjects somebody has to decide on."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, StringConstraints, model_validator

from ops_centre.domain.targeting import HitKind, Severity, SubjectKind, TargetStatus
from ops_centre.feeds.schemas.common import (
    INT4,
    Agency,
    Envelope,
    Handling,
    Latitude,
    Line,
    Longitude,
    Message,
    Moment,
    Paragraph,
    PlaceCode,
    RecordModel,
    Ref,
    SchemaName,
    Share,
    Word,
)


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _birthday(value: date) -> date:
    if not 1850 <= value.year <= 2199:
        raise ValueError("must lie between 1850 and 2199")
    return value


class Identifiers(RecordModel):
    """What the subject can be recognised by; for a person or consignment also the craft that carries it."""

    mmsi: int | None = Field(None, ge=1, le=999_999_999, description="ITU-R M.585 identity of a vessel")
    imo: int | None = Field(None, ge=1_000_000, le=9_999_999, description="IMO ship number")
    vessel_name: Word | None = None
    callsign: Word | None = Field(None, description="Radio callsign; of a flight the one it uses, such as ANZ289")
    flight: Word | None = Field(None, description="Flight number, such as NZ289")
    registration: Word | None = Field(None, description="Registration of an aircraft, such as ZK-OKM")
    icao24: Annotated[str, BeforeValidator(_lower), StringConstraints(pattern=r"^[0-9a-f]{6}$")] | None = Field(
        None, description="ICAO 24-bit address of an aircraft, six hexadecimal digits"
    )
    voyage: Word | None = None
    departure: PlaceCode | None = Field(None, description="Place of departure: UN/LOCODE, ICAO or IATA code")
    arrival: PlaceCode | None = Field(None, description="Place of arrival: UN/LOCODE, ICAO or IATA code")
    name: Line | None = Field(None, description="Name of a person")
    date_of_birth: Annotated[date, AfterValidator(_birthday)] | None = None
    nationality: Word | None = None
    document_type: Word | None = None
    document_number: Word | None = None
    document_country: Word | None = None
    booking: Word | None = Field(None, description="Reference of a booking (PNR locator)")
    container: Word | None = Field(None, description="Container number (ISO 6346)")
    bill_of_lading: Word | None = None
    air_waybill: Word | None = None
    declaration: Word | None = Field(None, description="Reference of a customs declaration or manifest line")
    consignor: Line | None = None
    consignee: Line | None = None
    goods: Line | None = None
    documents: list[Ref] = Field([], max_length=100, description="References of further documents")


class Subject(RecordModel):
    """What the target is about."""

    kind: SubjectKind
    label: Line = Field(validation_alias=AliasChoices("label", "name"), description="What the wall calls it")
    identifiers: Identifiers = Identifiers()


class Source(RecordModel):
    """Where a hit can be traced to."""

    system: Word = Field(description="The system that matched")
    message: Ref = Field(description="Reference of the message that was matched, or of the request for a manual hit")
    text: Message | None = Field(None, description="The message itself, as it was received")


class Hit(RecordModel):
    """One match of a criterion or list."""

    ref: Ref
    kind: HitKind
    criterion: Line = Field(description="Name or number of the rule or list")
    version: Annotated[str, StringConstraints(strip_whitespace=True, max_length=50)] = ""
    explanation: Paragraph = ""
    score: Share | None = None
    matched_at: Moment | None = Field(None, description="Default: when the target was issued")
    source: Source


class Arrival(RecordModel):
    """Where and when the subject is expected."""

    place: PlaceCode | None = Field(None, description="UN/LOCODE, ICAO or IATA code")
    name: Line | None = Field(None, description="Name of the place, where the code is not in our list of places")
    lat: Latitude | None = None
    lon: Longitude | None = None
    at: Moment | None = None

    @model_validator(mode="after")
    def _whole_position(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon belong together")
        return self


class TargetingRecord(RecordModel):
    """One target. A higher version replaces a lower one of the same ref; hits it lists no more stay as evidence."""

    schema_name: SchemaName | None = Field(None, alias="schema")
    ref: Ref = Field(description="The source's own reference; stays the same for the target's life")
    version: int = Field(ge=0, le=INT4, description="Rises with each change of the target")
    status: TargetStatus = TargetStatus.NEW
    issued_at: Moment
    subject: Subject
    hits: list[Hit] = Field([], max_length=500)
    score: Share | None = None
    severity: Severity
    arrival: Arrival = Arrival()
    recommended_action: Line | None = None
    owner: Agency | None = Field(None, description="Code of the owning agency; default: the feed's agency")
    handling: Handling | None = Field(None, description="Default: AMBER, released to nobody")

    @model_validator(mode="after")
    def _hits_apart(self) -> Self:
        if len({hit.ref for hit in self.hits}) < len(self.hits):
            raise ValueError("hits: two hits have the same ref")
        return self


class TargetingEnvelope(Envelope):
    """A page of targets."""

    schema_name: Literal["ops-centre/targeting/1.0"] = Field(alias="schema")
    records: list[TargetingRecord]
