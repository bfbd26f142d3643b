"""Options without reckoning, for tests of what is decided from them: units in the order given."""

from datetime import datetime
from typing import Any

from ops_centre.auth.actor import Actor
from ops_centre.domain.options import Option, Options, Together
from ops_centre.models import Target, Unit
from tests.support.clock import START


def option(unit: Unit, rank: int | None, **given: Any) -> Option:
    """A unit twenty minutes away, or with no rank one that cannot."""
    values: dict[str, Any] = {
        "unit_id": unit.id, "callsign": unit.callsign, "agency": unit.agency, "unit_type": unit.unit_type,
        "able": rank is not None, "rank": rank, "travel_min": 20.0, "prep_min": 5.0, "distance_nm": 4.5, "manner": "by road",
        "meet_lat": -36.84, "meet_lon": 174.77, "meet_place": "Auckland", "meet_at": START, "slack_min": 90.0,
        "position_age_min": 0.5, "crew": 4, "duty_left_min": 300.0, "uncovers": None, "reasons": ("20 min away",),
        "shortfalls": (), "why_not": None if rank is not None else "No boat.",
    }  # fmt: skip
    return Option(**(values | given))


def options_about(
    target: Target, able: list[Unit], unable: list[Unit] | None = None, together: list[Unit] | None = None, **given: Any
) -> Options:
    """Options for a target as they would be shown."""
    pair = (
        (Together(tuple(u.id for u in together), tuple(u.callsign for u in together), "One cannot"),)
        if together
        else ()
    )
    values: dict[str, Any] = {
        "about_kind": "target", "about_id": str(target.id), "label": target.label, "subject_kind": target.subject_kind,
        "target_id": target.id, "track_id": target.track_id, "handling_id": target.handling_id,
        "place_name": target.place_name, "meet_how": "At Auckland before it arrives", "arrives_at": target.arrives_at,
        "lrm_at": target.arrives_at, "lrm_note": None, "worked_out_at": START, "revision": 7,
        "able": tuple(option(unit, place + 1) for place, unit in enumerate(able)),
        "unable": tuple(option(unit, None) for unit in unable or ()), "together": pair,
    }  # fmt: skip
    return Options(**(values | given))


class FixedOptions:
    """Always the same options, whoever asks; worked out at ``at``."""

    def __init__(self, options: Options, at: datetime = START) -> None:
        self.given, self.at = options, at

    def options(self, _actor: Actor, _kind: str, _thing_id: str) -> Options:
        """The options."""
        return self.given
