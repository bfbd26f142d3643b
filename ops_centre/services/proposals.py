"""Acts on proposals of the solver: ask for one, take or leave each of its changes, approve it, or drop it.

A proposal is worked out by the worker (`services.proposal_runs`) from what whoever asked may know of, and is seen by their
agency alone. Nothing of it is in force until a person approves it: then its changes become assignments by the same rules as
any other, all of them or none, and none that breaks a rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.plan_rights import may_plan_all
from ops_centre.clock import from_ms
from ops_centre.config import Settings
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.handling import Marking
from ops_centre.domain.intervals import Interval
from ops_centre.domain.planning import BookingKind, is_clear
from ops_centre.domain.proposal_covers import lost
from ops_centre.domain.proposing import DRAFT, SORTS, UNFINISHED, ProposalState, second_needed
from ops_centre.errors import Conflict, Invalid, NotFound, OpsError
from ops_centre.models import PlanProposal
from ops_centre.picture.proposal_reads import booking_of_change
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.handlings import handling_id
from ops_centre.services.in_scope import in_scope, next_id
from ops_centre.services.plan_asking import Wanted
from ops_centre.services.plan_drafting import span_words
from ops_centre.services.plans import Plans
from ops_centre.services.proposal_times import retimed, with_way

MOST_SAID = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the solver. ``hours`` None: as the settings say; ``agency`` None: units of any that one may plan."""

    sort: str  # shortfalls, targets
    hours: int | None = None
    agency: str | None = None


class Proposals:
    """Acts on proposals."""

    def __init__(self, settings: Settings, deeds: Deeds, plans: Plans) -> None:
        self.settings, self.deeds, self.plans = settings, deeds, plans

    def ask(self, actor: Actor, asked: Asked, request_id: str | None = None) -> dict[str, Any]:
        """Have one worked out. Raises Invalid, and Conflict while another one of the actor's is being worked out."""
        authorise(actor, Permission.PLAN_EDIT)
        hours, agency = self._checked(actor, asked)
        with self.deeds.begin(actor, "ask for proposal", request_id) as deed:
            lock_log(deed.session)
            self._one_at_a_time(deed.session, actor)
            proposal = PlanProposal(
                id=next_id(deed.session, PlanProposal),
                sort=asked.sort,
                state=ProposalState.WAITING.value,
                asked_by=actor.name,
                asked_at=deed.now,
                from_at=deed.now,
                until_at=deed.now + timedelta(hours=hours),
                asked={"user_id": actor.user_id, "agency": agency, "tries": 0},
                progress=0.0,
                doing="Waiting for the worker",
                changes=[],
                uncovered=[],
                figures={},
                handling_id=handling_id(deed.session, actor.agency, Marking.AMBER.value),
            )
            deed.session.add(proposal)
            deed.session.flush()
            what = "the shortfalls of places" if asked.sort == "shortfalls" else "open targets"
            by = f", with units of {agency}" if agency else ""
            self._log(deed, proposal, f"Proposal {proposal.id} asked for: {what} of the next {hours} h{by}.")
            deed.answer = {"said": f"Proposal {proposal.id} is being worked out.", "proposal": proposal.id}
        return deed.answer

    def choose(
        self, actor: Actor, proposal_id: int, key: str, *, dropped: bool, request_id: str | None = None
    ) -> dict[str, Any]:
        """Leave one change out of the draft, or take it back in. Raises NotFound, Conflict."""
        authorise(actor, Permission.PLAN_EDIT)
        with self.deeds.begin(actor, "choose of proposal", request_id) as deed:
            proposal = self._draft(deed, actor, proposal_id)
            change = next((one for one in proposal.changes if one["key"] == key), None)
            if change is None:
                raise NotFound("There is no such change in this proposal.")
            by = actor.name if dropped else None
            proposal.changes = [
                {**one, "dropped": dropped, "dropped_by": by} if one["key"] == key else one for one in proposal.changes
            ]
            deed.touch(proposal)
            deed.subject = f"proposal {proposal.id}"
            done = "left out of" if dropped else "back in"
            deed.answer = {"said": f"{change['callsign']} at {change['where']} is {done} proposal {proposal.id}."}
        return deed.answer

    def retime(
        self,
        actor: Actor,
        proposal_id: int,
        key: str,
        starts_at: datetime,
        ends_at: datetime,
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """Give one change of the draft another time. Raises NotFound, Invalid, and Conflict with what it would break."""
        authorise(actor, Permission.PLAN_EDIT)
        with self.deeds.begin(actor, "re-time change of proposal", request_id) as deed:
            proposal = self._draft(deed, actor, proposal_id)
            change = next((one for one in proposal.changes if one["key"] == key), None)
            if change is None or change["dropped"]:
                raise NotFound("There is no such change in this proposal, or it is left out of it.")
            fresh = retimed(change, starts_at, ends_at, actor.name)
            others = [one for one in proposal.changes if one["key"] != key and not one["dropped"]]
            fresh = self._judged(deed, actor, proposal, fresh, others)
            proposal.changes = [fresh if one["key"] == key else one for one in proposal.changes]
            deed.touch(proposal)
            deed.subject = f"proposal {proposal.id}"
            span = span_words(Interval(starts_at, ends_at))
            missed = list(dict.fromkeys(one.what for one in lost(fresh)))
            misses = f" It no longer covers {', '.join(missed)}." if missed else ""
            deed.answer = {
                "said": f"{change['callsign']} at {change['where']} is now {span} in proposal {proposal.id}.{misses}"
            }
        return deed.answer

    def approve(self, actor: Actor, proposal_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Make its changes assignments, all that were not left out. Raises NotFound, NotPermitted, and Conflict that says
        what stands against which change by now, or that a second person must approve it."""
        authorise(actor, Permission.PLAN_EDIT)
        with self.deeds.begin(actor, "approve proposal", request_id) as deed:
            proposal = self._draft(deed, actor, proposal_id)
            kept = [one for one in proposal.changes if not one["dropped"]]
            if self.settings.proposals.second_person and (why := second_needed(actor.name, proposal.asked_by, kept)):
                raise Conflict(why)
            if not kept:
                raise Conflict("No change is left in this proposal. Drop it, or take a change back in.")
            wanted = [_wanted(one, proposal, deed) for one in kept]
            self._check(deed, actor, wanted, kept)
            rows = self.plans.assign_in(deed, actor, wanted, {}, proposal_id=proposal.id)
            proposal.state = ProposalState.APPROVED.value
            proposal.ended_by, proposal.ended_at = actor.name, deed.now
            left = len(proposal.changes) - len(kept)
            out = f", {left} left out" if left else ""
            said = f"Proposal {proposal.id} approved: {len(rows)} assignment{'' if len(rows) == 1 else 's'}{out}."
            self._log(deed, proposal, said)
            deed.answer |= {"said": said, "proposal": proposal.id}
        return deed.answer

    def drop(self, actor: Actor, proposal_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Throw a draft away, or stop one that is being worked out: it is stopping until its worker's solver let go.

        Raises NotFound, Conflict.
        """
        authorise(actor, Permission.PLAN_EDIT)
        with self.deeds.begin(actor, "drop proposal", request_id) as deed:
            proposal = self._found(deed, actor, proposal_id)
            if proposal.state not in UNFINISHED | DRAFT:
                raise Conflict(_over(proposal))
            if proposal.state == ProposalState.STOPPING:
                raise Conflict(f"Proposal {proposal.id} is being stopped already.")
            works = proposal.state == ProposalState.RUNNING
            stopped = proposal.state in UNFINISHED
            proposal.state = (ProposalState.STOPPING if works else ProposalState.DROPPED).value
            proposal.doing = "Stopping: the solver is letting go" if works else None
            proposal.ended_by, proposal.ended_at = actor.name, deed.now
            said = f"Proposal {proposal.id} {'stopped' if stopped else 'dropped'}."
            self._log(deed, proposal, said)
            letting_go = f"Proposal {proposal.id} is being stopped: the solver lets go in a moment."
            deed.answer = {"said": letting_go if works else said}
        return deed.answer

    # Parts

    def _checked(self, actor: Actor, asked: Asked) -> tuple[int, str | None]:
        if asked.sort not in SORTS:
            raise Invalid(f"A proposal is for {' or '.join(SORTS)}.")
        targets = asked.sort == "targets"
        most = self.settings.sufficiency.horizon_hours
        hours = asked.hours or (min(most, self.settings.proposals.targets_hours) if targets else most)
        if not 1 <= hours <= most:
            raise Invalid(f"A proposal looks 1 to {most} hours ahead.")
        if asked.agency is not None and asked.agency not in {one.code for one in self.settings.agencies}:
            raise Invalid(f"There is no agency {asked.agency[:20]} in the room.")
        return hours, asked.agency if may_plan_all(actor) else actor.agency

    def _one_at_a_time(self, session: Session, actor: Actor) -> None:
        query = select(PlanProposal.id).where(
            PlanProposal.asked_by == actor.name, PlanProposal.state.in_(sorted(UNFINISHED))
        )
        running = session.scalar(query.limit(1))
        if running is not None:
            raise Conflict(f"Your proposal {running} is still being worked out. Wait for it, or stop it first.")

    def _found(self, deed: Deed, actor: Actor, number: int) -> PlanProposal:
        lock_log(deed.session)
        return in_scope(deed.session, actor, PlanProposal, number, "proposal")

    def _draft(self, deed: Deed, actor: Actor, number: int) -> PlanProposal:
        proposal = self._found(deed, actor, number)
        if proposal.state in UNFINISHED:
            raise Conflict(f"Proposal {proposal.id} is still being worked out.")
        if proposal.state not in DRAFT:
            raise Conflict(_over(proposal))
        return proposal

    def _judged(
        self, deed: Deed, actor: Actor, proposal: PlanProposal, change: dict[str, Any], others: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        """The change with the way to it, judged beside the plan and the other changes. Raises Conflict with what it breaks."""
        drafting = self.plans.drafting(deed.session, actor)
        wanted = _wanted(change, proposal, deed)
        drafting.load([wanted.unit_id], Interval(wanted.starts_at, max(wanted.starts_at, wanted.ends_at)))
        for one in others:
            if one["unit_id"] == wanted.unit_id:
                drafting.add(booking_of_change(one, f"the change to {one['where']} of this proposal"))
        tried = drafting.try_(wanted)
        if not is_clear(tried.found):
            words = "; ".join(found.words for found in tried.found if not is_clear([found]))
            raise Conflict(f"{tried.words}: {words}. A proposal holds no change that breaks a rule.")
        return with_way(change, wanted.starts_at, drafting, self.settings, self.plans.gazetteer)

    def _check(self, deed: Deed, actor: Actor, wanted: Sequence[Wanted], kept: Sequence[dict[str, Any]]) -> None:
        """Raises Conflict with everything that stands against the changes by now."""
        drafting = self.plans.drafting(deed.session, actor)
        span = Interval(min(one.starts_at for one in wanted), max(one.ends_at for one in wanted))
        drafting.load({one.unit_id for one in wanted}, span)
        against = []
        for one, change in zip(wanted, kept, strict=True):
            try:
                tried = drafting.try_(one)
            except OpsError as refused:
                against.append(f"{change['callsign']} at {change['where']}: {refused}")
                continue
            if is_clear(tried.found):
                drafting.add(tried.booking)
            else:
                words = "; ".join(found.words for found in tried.found if not is_clear([found]))
                against.append(f"{tried.words}: {words}")
        if against:
            more = f" And {len(against) - MOST_SAID} more." if len(against) > MOST_SAID else ""
            said = ". ".join(against[:MOST_SAID])
            raise Conflict(f"The plan has changed since. {said}.{more} Leave these out, then approve.")

    def _log(self, deed: Deed, proposal: PlanProposal, words: str) -> None:
        deed.touch(proposal)
        deed.log(EntryKind.PLAN, words, handling_id=proposal.handling_id)
        deed.subject = f"proposal {proposal.id}"


def _wanted(change: dict[str, Any], proposal: PlanProposal, deed: Deed) -> Wanted:
    """As an assignment. What it serves is not said in it: its readers need not know of the target."""
    starts = from_ms(change["starts_at"])
    return Wanted(
        unit_id=change["unit_id"],
        kind=BookingKind.DEPLOYMENT,
        starts_at=max(starts, deed.now.replace(second=0, microsecond=0)),
        ends_at=from_ms(change["ends_at"]),
        place=change["place"],
        note=f"Proposal {proposal.id}",
    )


def _over(proposal: PlanProposal) -> str:
    by = f" by {proposal.ended_by}" if proposal.ended_by else ""
    return f"Proposal {proposal.id} was {proposal.state}{by} already."
