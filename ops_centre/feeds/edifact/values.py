"""Times and dates of EDIFACT (UN/ECE 2379). Times say no zone: they are taken for those of the zone the settings name."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_FORMATS = {"203": "%Y%m%d%H%M", "201": "%y%m%d%H%M", "204": "%Y%m%d%H%M%S", "102": "%Y%m%d", "101": "%y%m%d"}
_BY_LENGTH = {12: "203", 10: "201", 14: "204", 8: "102", 6: "101"}


def moment_of(value: str, form: str, zone: ZoneInfo) -> datetime | None:
    """A time, in UTC; None when it is none. A day alone is its beginning."""
    known = _FORMATS.get(form) or _FORMATS.get(_BY_LENGTH.get(len(value), ""))
    try:
        return datetime.strptime(value, known).replace(tzinfo=zone).astimezone(UTC) if known else None
    except (ValueError, OverflowError):
        return None


def day_of(value: str, *, not_after: date) -> str | None:
    """A day as ``1964-07-12``; years of two digits lie in the hundred years up to ``not_after``. None when it is none."""
    digits = value.strip()
    if len(digits) == 6 and digits.isdecimal():
        century = not_after.year // 100 * 100
        year = century + int(digits[:2])
        digits = f"{year if year <= not_after.year else year - 100}{digits[2:]}"
    try:
        return datetime.strptime(digits, "%Y%m%d").date().isoformat()  # noqa: DTZ007
    except ValueError:
        return None
