"""Recurring assignments: all the times a pattern comes are booked at once, each judged by itself, and kept together."""

from dataclasses import replace
from datetime import date, time
from typing import Any

from sqlalchemy import select

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.domain.intervals import Interval
from ops_centre.domain.patterns import Pattern
from ops_centre.domain.planning import forbidding
from ops_centre.errors import Conflict, Invalid
from ops_centre.models import Assignment, AssignmentPattern
from ops_centre.services.duty_log import lock_log
from ops_centre.services.in_scope import in_scope
from ops_centre.services.plan_asking import Reasons, Wanted
from ops_centre.services.plans import Plans

MOST_TIMES = 400


class PlanPatterns:
    """Acts on recurring assignments."""

    def __init__(self, plans: Plans) -> None:
        self.plans = plans

    def read(self, days: frozenset[int], starts: str, ends: str, since: str, until: str, weeks: int = 1) -> Pattern:
        """A pattern as people type it, in the centre's local time. Raises Invalid."""
        zone = self.plans.settings.centre.time_zone
        try:
            hours = time.fromisoformat(starts), time.fromisoformat(ends)
            return Pattern(days, *hours, date.fromisoformat(since), date.fromisoformat(until), zone, weeks)
        except ValueError as wrong:
            raise Invalid(str(wrong)) from wrong

    def make(
        self,
        actor: Actor,
        pattern: Pattern,
        wanted: Wanted,
        reasons: Reasons | None = None,
        request_id: str | None = None,
        *,
        skip_booked: bool = False,
    ) -> dict[str, Any]:
        """Book every time to come; the span of ``wanted`` is not looked at. All or none, but with ``skip_booked`` times at
        which the unit is booked already are left out and told. Raises Conflict, Invalid, NotFound, NotPermitted.
        """
        authorise(actor, Permission.PLAN_EDIT)
        with self.plans.deeds.begin(actor, "assign unit by pattern", request_id) as deed:
            lock_log(deed.session)
            spans = [span for span in pattern.spans() if span.ends_at > deed.now]
            if not 0 < len(spans) <= MOST_TIMES:
                raise Invalid(f"The pattern comes {len(spans)} times; 1 to {MOST_TIMES} can be booked at once.")
            asked = [replace(wanted, starts_at=span.starts_at, ends_at=span.ends_at) for span in spans]
            drafting = self.plans.drafting(deed.session, actor)
            drafting.load([wanted.unit_id], Interval(spans[0].starts_at, spans[-1].ends_at))
            free = [one for one in asked if not (skip_booked and forbidding(drafting.try_(one).found))]
            if not free:
                raise Conflict(
                    f"{drafting.unit(wanted.unit_id).callsign} is booked already at every time of the pattern."
                )
            row = AssignmentPattern(
                unit_id=wanted.unit_id, rule=pattern.as_plain(), made_by=deed.by, made_at=deed.now,
                handling_id=drafting.unit(wanted.unit_id).handling_id,
            )  # fmt: skip
            deed.session.add(row)
            deed.session.flush()
            rows = self.plans.assign_in(deed, actor, free, reasons or {}, pattern_id=row.id)
            row.handling_id = rows[0].handling_id
            left = len(asked) - len(free)
            said = f"{len(free)} times booked: {pattern.words}." + (
                f" {left} left out: booked already." if left else ""
            )
            deed.answer |= {"said": said, "pattern": row.id, "left_out": left}
        return deed.answer

    def end(self, actor: Actor, pattern_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Cancel what has not begun of it. Raises NotFound, NotPermitted, Conflict."""
        authorise(actor, Permission.PLAN_EDIT)
        with self.plans.deeds.begin(actor, "end pattern", request_id) as deed:
            lock_log(deed.session)
            row = in_scope(deed.session, actor, AssignmentPattern, pattern_id, "pattern")
            if row.ended_at is not None:
                raise Conflict(f"It was ended by {row.ended_by} at {row.ended_at:%H:%M} UTC.")
            ahead = select(Assignment).where(
                Assignment.pattern_id == pattern_id, Assignment.cancelled_at.is_(None), Assignment.starts_at > deed.now
            )
            rows = list(deed.session.scalars(ahead.order_by(Assignment.starts_at)))
            if not rows:
                raise Conflict("Nothing of it lies ahead.")
            self.plans.cancel_in(deed, actor, rows, " at the end of their pattern")
            row.ended_by, row.ended_at = deed.by, deed.now
        return deed.answer
