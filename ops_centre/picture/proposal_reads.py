"""Proposals of the solver as they are read, in the reader's scope. What stands against a draft is judged anew each time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import audience_of, rule_of
from ops_centre.clock import Clock, from_ms
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.intervals import Interval
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.planning import Booking, BookingKind, conflicts, is_clear
from ops_centre.domain.proposal_covers import Cover, covers_of, lost, open_again
from ops_centre.domain.proposing import DRAFT, second_needed
from ops_centre.domain.sufficiency import RANK
from ops_centre.errors import NotFound
from ops_centre.models import Handling, PlanProposal
from ops_centre.picture.plan_gathering import PlanGathering
from ops_centre.picture.plan_rules import plan_rules
from ops_centre.picture.proposal_views import ChangeView, ProposalRow, ProposalView, UncoveredView

MAX_ID = 2**31 - 1
MOST = 50
OVER = ("its time is over",)
GONE = ("the unit is no longer there, or not released to you",)


class ProposalReads:
    """Reads of proposals."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, gazetteer: Gazetteer) -> None:
        self.db, self.clock, self.settings, self.gazetteer = db, clock, settings, gazetteer

    def rows(self, actor: Actor, limit: int = 12) -> list[ProposalRow]:
        """The newest, newest first."""
        authorise(actor, Permission.PLAN_VIEW)
        with self.db.reading() as session:
            seen = audience_of(actor, session.scalars(select(Handling)))
            query = select(PlanProposal).where(PlanProposal.handling_id.in_(seen)).order_by(PlanProposal.id.desc())
            return [_row(one) for one in session.scalars(query.limit(min(limit, MOST)))]

    def one(self, actor: Actor, number: int) -> ProposalView:
        """One in full. Raises NotFound, also outside the scope."""
        authorise(actor, Permission.PLAN_VIEW)
        with self.db.reading() as session:
            seen = audience_of(actor, session.scalars(select(Handling)))
            row = session.get(PlanProposal, number) if 0 < number <= MAX_ID else None
            if row is None or row.handling_id not in seen:
                raise NotFound("There is no such proposal, or it is not released to you.")
            rule = rule_of(session.get_one(Handling, row.handling_id))
            against = self._against(session, seen, row.changes) if row.state in DRAFT else {}
            return ProposalView(
                _row(row),
                tuple(_change(one, against.get(one["key"], ())) for one in row.changes),
                _uncovered(row),
                dict(row.figures),
                rule.owner,
                rule.marking.value,
                may_edit=actor.may(Permission.PLAN_EDIT),
                second_needed=self._second_needed(actor, row),
            )

    def _second_needed(self, actor: Actor, row: PlanProposal) -> str | None:
        kept = [one for one in row.changes if not one["dropped"]]
        return second_needed(actor.name, row.asked_by, kept) if self.settings.proposals.second_person else None

    def _against(
        self, session: Session, seen: Iterable[int], changes: list[dict[str, Any]]
    ) -> dict[str, tuple[str, ...]]:
        """What each change that is left in would break now, beside the plan and the other changes; by key."""
        now = self.clock.now()
        kept = [one for one in changes if not one["dropped"]]
        if not kept:
            return {}
        ends = max(from_ms(one["ends_at"]) for one in kept)
        gathering = PlanGathering(session, self.settings, self.gazetteer, now)
        known = gathering.gather({one["unit_id"] for one in kept}, Interval(now, max(now, ends)), frozenset(seen))
        rules, drafts = plan_rules(self.settings), {one["key"]: booking_of_change(one) for one in kept}
        found: dict[str, tuple[str, ...]] = {}
        for key, booking in drafts.items():
            unit = known.units.get(booking.unit_id)
            if unit is None or booking.span.ends_at <= now:
                found[key] = GONE if unit is None else OVER
                continue
            others = [*known.bookings[unit.id], *(one for one in drafts.values() if one.key != booking.key)]
            broken = [one.words for one in conflicts(booking, others, unit, rules) if not is_clear([one])]
            if broken:
                found[key] = tuple(broken)
        return found


def booking_of_change(change: dict[str, Any], label: str | None = None) -> Booking:
    """The booking that a change of a draft would become; ``label``: what it is called to whom it stands in the way of."""
    span = Interval(from_ms(change["starts_at"]), from_ms(change["ends_at"]))
    return Booking(
        f"draft:{change['key']}", change["unit_id"], BookingKind.DEPLOYMENT, span, label or change["where"], change["place"],
        (change["lat"], change["lon"]),
    )  # fmt: skip


def _row(row: PlanProposal) -> ProposalRow:
    return ProposalRow(
        row.id, row.sort, row.state, row.asked_by, row.asked_at, row.from_at, row.until_at, row.progress, row.doing,
        row.asked.get("agency"), len(row.changes), sum(not one["dropped"] for one in row.changes),
        sum(one["count"] for one in row.uncovered) + len(open_again(row.changes)), row.fault, row.ended_by, row.ended_at,
    )  # fmt: skip


def _change(one: dict[str, Any], against: tuple[str, ...]) -> ChangeView:
    missed = () if one["dropped"] else lost(one)
    covered = [cover for cover in covers_of(one) if cover not in missed]
    serves = dict.fromkeys(cover.what for cover in covered) if missed else one["serves"]
    severities = [cover.severity for cover in covered] if missed else []
    severity = min(severities, key=RANK.__getitem__, default=one["severity"])
    return ChangeView(
        one["key"], one["unit_id"], one["callsign"], one["agency"], one["place"], one["where"], from_ms(one["starts_at"]),
        from_ms(one["ends_at"]), tuple(serves), severity, one["travel_min"], one["from"], one["on_roster"],
        one["dropped"], one["dropped_by"], against, one.get("timed_by"), _moment(one, "first_starts_at"),
        _moment(one, "first_ends_at"), tuple(dict.fromkeys(cover.what for cover in missed)),
    )  # fmt: skip


def _moment(change: dict[str, Any], name: str) -> datetime | None:
    return from_ms(change[name]) if name in change else None


def _uncovered(row: PlanProposal) -> tuple[UncoveredView, ...]:
    """What the solver left open, and what people left open since; the worst first."""
    found = [*map(_left, row.uncovered), *(_again(cover, why) for cover, why in open_again(row.changes))]
    return tuple(sorted(found, key=lambda one: (RANK[one.severity], one.starts_at, one.where, one.what)))


def _left(one: dict[str, Any]) -> UncoveredView:
    return UncoveredView(
        one["where"],
        from_ms(one["starts_at"]),
        from_ms(one["ends_at"]),
        one["what"],
        one["severity"],
        one["count"],
        one["why"],
    )


def _again(cover: Cover, why: str) -> UncoveredView:
    return UncoveredView(cover.where, cover.span.starts_at, cover.span.ends_at, cover.what, cover.severity, 1, why)
