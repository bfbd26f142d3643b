"""A field of date and time in the centre's local time, sent in milliseconds (assets/14-moments.js)."""

from datetime import datetime
from typing import Any

from layouts.components.painted import Element, element
from ops_centre.clock import to_ms


def moment_field(identity: str, name: str, at: datetime | None = None, **more: Any) -> Element:
    """The input; ``at`` is shown until the reader changes it."""
    known = {"data-local-ms": str(to_ms(at))} if at is not None else {}
    marks = {"data-type": "moment", "data-local": "", **known, **more}
    return element("input", id=identity, name=name, type="datetime-local", **marks)
