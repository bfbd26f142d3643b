"""Options of a dispatch: what the officer is shown before deciding, in words that can be sealed with the decision.

Times aware UTC; degrees WGS 84; nautical miles; minutes. Everything here is plain and frozen: the reckoning fills it
(`domain.ranking`, `services.options`), the decision keeps it as JSON (`Options.as_plain`).
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """One unit beside one subject: whether it can, how, when, and what speaks for and against it."""

    unit_id: int
    callsign: str
    agency: str
    unit_type: str
    able: bool
    rank: int | None  # 1 is the best; None when it cannot
    travel_min: float | None  # under way, without preparation
    prep_min: float | None  # until it is under way
    distance_nm: float | None  # as it travels: around land, along roads, or direct
    manner: str  # "by sea", "by road", "by air"
    meet_lat: float | None
    meet_lon: float | None
    meet_place: str | None  # name of the place, when it meets at one
    meet_at: datetime | None  # when unit and subject are at the meeting point both
    slack_min: float | None  # how long it could wait before it must be sent; negative: too late by so much
    position_age_min: float | None  # None: no position of its own
    crew: int | None
    duty_left_min: float | None  # until its deployment or duty hours end; None when neither is known
    uncovers: str | None  # what its leaving would leave without such a unit
    reasons: tuple[str, ...]  # what speaks for it
    shortfalls: tuple[str, ...]  # what speaks against it, though it can
    why_not: str | None  # why it cannot
    availability: str = ""
    doing: str | None = None  # present tasking or working status, in words
    lrm_at: datetime | None = None  # latest time this unit can be sent


@dataclass(frozen=True, slots=True)
class Together:
    """Units that can do together what none of them can alone."""

    unit_ids: tuple[int, ...]
    callsigns: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Options:
    """Every unit the officer may see beside one subject."""

    about_kind: str  # target, track, alert, entry, place
    about_id: str
    label: str
    subject_kind: str | None  # vessel, flight, person, consignment; craft kind of a bare track
    target_id: int | None
    track_id: int | None
    handling_id: int | None
    place_name: str | None
    meet_how: str  # in words, "At Port of Auckland before it arrives"
    arrives_at: datetime | None
    lrm_at: datetime | None  # latest time the best unit can be sent
    lrm_note: str | None  # why there is none
    worked_out_at: datetime
    revision: int  # of the picture they were worked out from
    able: tuple[Option, ...]
    unable: tuple[Option, ...]
    together: tuple[Together, ...]
    needs: tuple[str, ...] = ()  # capabilities the subject asks for, in words

    def as_plain(self) -> dict[str, Any]:
        """As JSON holds it: times as ISO 8601 with milliseconds, tuples as lists."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def of(self, unit_id: int) -> Option | None:
        """The option of one unit, able or not."""
        return next((option for option in (*self.able, *self.unable) if option.unit_id == unit_id), None)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value
