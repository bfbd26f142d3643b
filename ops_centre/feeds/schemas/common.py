"""What the record formats share: texts of bounded length, moments, positions, handling."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ops_centre.domain.geo import normalise_lon
from ops_centre.domain.handling import Marking

# RFC 3339, section 5.6; a space instead of the T is common and harmless
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)")
INT4 = 2_147_483_647  # the widest whole number both databases keep in an ordinary column


class RecordModel(BaseModel):
    """Base of all record models: fields it does not know are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True, use_enum_values=True)


def _moment(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not (isinstance(value, str) and _MOMENT.fullmatch(value.strip())):
        raise ValueError("must be a time with its zone, such as 2026-04-01T06:30:00Z")
    return value.strip()


def _in_utc(value: datetime) -> datetime:
    if not 1970 <= value.year <= 2199:
        raise ValueError("must lie between 1970 and 2199")
    return value.astimezone(UTC)


def _marking(value: Any) -> Any:
    return value.strip().upper().removeprefix("TLP:") if isinstance(value, str) else value


def _upper(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_in_utc)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=360, allow_inf_nan=False), AfterValidator(normalise_lon)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Course = Annotated[float, Field(ge=0, le=360, allow_inf_nan=False)]
Speed = Annotated[float, Field(ge=0, le=2000, allow_inf_nan=False)]
Crew = Annotated[int, Field(ge=0, le=10_000)]
Agency = Annotated[str, BeforeValidator(_upper), StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]
PlaceCode = Annotated[str, BeforeValidator(_upper), StringConstraints(min_length=1, max_length=20)]
SchemaName = Annotated[str, StringConstraints(max_length=60)]
Ref = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Message = Annotated[str, StringConstraints(max_length=100_000)]


class Handling(RecordModel):
    """Who may see the record: TLP 2.0 marking, and the agencies it is released to beside its owner."""

    marking: Annotated[Marking, BeforeValidator(_marking)]
    releases: list[Agency] = Field([], max_length=50)


class Envelope(RecordModel):
    """What a source answers with: a page of records."""

    next_cursor: str | None = Field(
        None,
        max_length=1000,
        description="Where to go on. Sent back as ?cursor=. Absent or null: the list ends here and is read from its "
        "beginning next time.",
    )
