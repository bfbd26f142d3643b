"""A field of date and time in the centre's local time, in 24 hours, sent in milliseconds (assets/14-moments.js).

The browsers' own field goes by the browser's language and shows "PM" in a room that never says so.
"""

from datetime import datetime
from typing import Any

from layouts.components.painted import Element, element
from ops_centre.clock import to_ms

HOW = (
    "24 hours, local time: 2026-11-23 14:30; 14:30 alone; +2h from now. Arrows: a quarter of an hour, Page keys: a day"
)
DAY = "Choose the day"
MOMENT = "moment"  # class of the whole field
LONGEST = 20


def moment_field(identity: str | None, name: str, at: datetime | None = None, **more: Any) -> Element:
    """The input with its calendar; ``at`` is shown until the reader changes it."""
    known = {"data-local-ms": str(to_ms(at))} if at is not None else {}
    marks = {"data-type": "moment", "data-local": "", "placeholder": "YYYY-MM-DD hh:mm", "title": HOW, **known, **more}
    if identity is not None:
        marks["id"] = identity
    return element(
        "span",
        element("input", name=name, type="text", maxlength=LONGEST, autocomplete="off", spellcheck="false", **marks),
        element("button", "▾", type="button", tabindex="-1", title=DAY, **{"data-pick-day": "", "aria-label": DAY}),
        **{"class": MOMENT},
    )  # fmt: skip
