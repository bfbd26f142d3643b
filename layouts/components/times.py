"""Times on screen. The texts are written and kept ticking by assets/ticking.js; without it the UTC time stays readable.

Nothing here asks what time it is.
"""

from datetime import datetime
from typing import Any

from layouts.components import plain as html
from ops_centre.clock import to_ms

NOT_KNOWN = "not known"


def _time(at: datetime | None, attribute: str, class_name: str, **more: Any) -> html.Time | html.Span:
    if at is None:
        return html.Span(NOT_KNOWN, className=f"{class_name} unknown")
    marks = {attribute: str(to_ms(at)), **{key.replace("_", "-"): value for key, value in more.items()}}
    return html.Time(className=class_name, dateTime=utc_text(at), title=utc_text(at), **marks)


def utc_text(at: datetime) -> str:
    """``2026-11-22 00:04:27 UTC``."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def local_time(at: datetime | None) -> html.Time | html.Span:
    """Local clock time, with the weekday unless it is today: ``16:10``, ``Mon 05:10``."""
    return _time(at, "data-at", "at")


def countdown(until: datetime | None) -> html.Time | html.Span:
    """Time left: ``12:41``, ``1 h 31``, ``12 h``; after the moment, time since. Empty when not known."""
    if until is None:
        return html.Span("—", className="countdown unknown", title="time of arrival not known")
    return _time(until, "data-until", "countdown")


ARRIVAL = ("to arrival", "since arrival")
LAST_MOMENT = ("to send a unit", "last moment passed")
MEETING = ("to meeting", "since meeting time")


def countdown_word(until: datetime | None, words: tuple[str, str] = ARRIVAL) -> html.Span:
    """What the countdown counts, before and after the moment: ``to arrival``, ``since arrival``."""
    if until is None:
        return html.Span("no arrival time", className="countdown-word")
    marks = {"data-until-word": str(to_ms(until)), "data-words": "|".join(words)}
    return html.Span(className="countdown-word", **marks)


def age(of: datetime | None, offset_ms: int = 0, never: str = "never") -> html.Time | html.Span:
    """``12 s ago``. ``offset_ms`` is what a replay's clock is ahead of the wall's."""
    if of is None:
        return html.Span(never, className="age unknown")
    return _time(of, "data-age-of", "age", data_offset=str(offset_ms))


def feed_age(feed_id: int, field: str, of: datetime | None, never: str) -> html.Span:
    """Age of a feed's last poll or record. The script keeps it up to date from the browser's own store, so that a busy
    feed costs no redraw. ``field`` is ``last_good_at`` or ``last_record_at``."""
    marks = {"data-feed": str(feed_id), "data-feed-age": field, "data-never": never}
    if of is not None:
        marks["data-age-of"] = str(to_ms(of))
    return html.Span(className="age", **marks)


def since(at: datetime | None) -> html.Time | html.Span:
    """How long it has lasted: ``4 min``."""
    return _time(at, "data-since", "since")
