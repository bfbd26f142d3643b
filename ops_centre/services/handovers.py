"""Handing a watch over: offered with its brief, accepted by somebody else, returned, withdrawn.

Until it is accepted the watch has not changed hands. Accepting closes the old watch, opens the next and seals the whole
brief into the duty log, in one deed. The brief is gathered in the offering lead's scope, so its marking is that lead's
agency's own (AMBER+STRICT): nobody reads in it what they may not see elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import rule_of
from ops_centre.domain.brief import SHORTEST_AFFIRMATION, Brief, contradictions, new_since, write_brief
from ops_centre.domain.duty_log import EntryKind, Link, ThingKind, link
from ops_centre.domain.handling import Marking
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.watches import Head, WatchState
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import Handling, Handover, Watch
from ops_centre.picture.brief_gathering import gather
from ops_centre.picture.scope import scope_of, sees
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.handlings import handling_id
from ops_centre.services.watches import STILL_OFFERED, Watches, begin_next, close, link_of, on_now

BRIEF_MARKING = Marking.AMBER_STRICT.value


@dataclass(frozen=True, slots=True)
class Words:
    """What the outgoing lead says: the five heads, or that there is nothing to report. ``affirmation`` is why, when facts
    speak against that."""

    heads: Mapping[Head, str]
    nothing_to_report: bool = False
    affirmation: str | None = None


class Handovers:
    """Acts on handovers."""

    def __init__(self, watches: Watches, deeds: Deeds, gazetteer: Gazetteer) -> None:
        self.watches = watches
        self.deeds = deeds
        self.db, self.clock, self.settings = watches.db, watches.clock, watches.settings
        self.gazetteer = gazetteer

    def offer(self, actor: Actor, words: Words, request_id: str | None = None) -> dict[str, Any]:
        """Offer the watch, with the brief as it stands now. Only its lead may. Raises Conflict, Invalid."""
        authorise(actor, Permission.WATCH_LEAD)
        brief = self._brief(actor)
        with self.deeds.begin(actor, "offer handover", request_id) as deed:
            lock_log(deed.session)
            watch = self._led_by(deed.session, actor)
            _check(words, brief)
            if watch.state == WatchState.HANDOVER_PENDING.value:
                raise Conflict("The handover is offered already. Withdraw it to change the brief.")
            offer = _offered(deed, watch, actor, words, brief)
            watch.state = WatchState.HANDOVER_PENDING.value
            deed.touch(watch)
            seq = deed.log(
                EntryKind.WATCH,
                f"Handover of watch {watch.name} offered by {actor.display_name}.",
                handling_id=self.watches.open_handling(deed.session),
                links=[link_of(watch), _link(offer, watch)],
            )
            deed.subject = f"handover {offer.id}"
            said = "Offered. You have the watch until another lead accepts it."
            deed.answer = {"said": said, "handover": offer.id, "seq": seq}
        return deed.answer

    def withdraw(self, actor: Actor, handover_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Take the offer back. Only the lead who made it may. Raises NotFound, Conflict."""
        authorise(actor, Permission.WATCH_LEAD)
        with self.deeds.begin(actor, "withdraw handover", request_id) as deed:
            lock_log(deed.session)
            offer, watch = self._pending(deed.session, handover_id)
            if offer.offered_by != actor.name:
                raise Conflict(f"{offer.offered_by} made this offer. You may accept it, or return it with a reason.")
            offer.withdrawn_at = deed.now
            self._reopen(
                deed, watch, offer, f"Offer to hand over watch {watch.name} withdrawn by {actor.display_name}."
            )
            deed.answer = {"said": "Withdrawn. The watch is yours as before."}
        return deed.answer

    def send_back(self, actor: Actor, handover_id: int, reason: str, request_id: str | None = None) -> dict[str, Any]:
        """Return the offer with a reason: the brief is mended and offered again. Raises NotFound, Conflict, Invalid."""
        authorise(actor, Permission.WATCH_LEAD)
        if not reason.strip():
            raise Invalid("Say what the brief lacks.")
        with self.deeds.begin(actor, "return handover", request_id) as deed:
            lock_log(deed.session)
            offer, watch = self._pending(deed.session, handover_id)
            if offer.offered_by == actor.name:
                raise Conflict("This is your own offer. Withdraw it.")
            offer.returned_by, offer.returned_at, offer.return_reason = actor.name, deed.now, reason.strip()
            said = f"Handover of watch {watch.name} returned by {actor.display_name}; the watch has not changed hands."
            self._reopen(deed, watch, offer, said, {"reason": reason.strip()})
            deed.answer = {"said": f"Returned to {offer.offered_by} with your reason."}
        return deed.answer

    def accept(self, actor: Actor, handover_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Take the watch over: closes it, opens the next, seals the brief. Not by who offered it. Raises NotFound, Conflict."""
        authorise(actor, Permission.WATCH_LEAD)
        present = self._brief(actor)
        with self.deeds.begin(actor, "accept handover", request_id) as deed:
            lock_log(deed.session)
            offer, watch = self._pending(deed.session, handover_id)
            if offer.offered_by == actor.name:
                raise Conflict("You offered this watch. Somebody else accepts it.")
            _reads(deed.session, actor, offer)
            close(deed, watch)
            following = begin_next(deed, self.watches, actor.name, watch)
            offer.accepted_by, offer.accepted_at, offer.next_watch_id = actor.name, deed.now, following.id
            said = (
                f"Watch {watch.name} handed over by {offer.offered_by} to {actor.display_name}; "
                f"watch {following.name} is open{', nothing to report' if offer.nothing_to_report else ''}."
            )
            links = [link_of(watch), link_of(following), _link(offer, watch)]
            deed.log(EntryKind.WATCH, said, handling_id=self.watches.open_handling(deed.session), links=links)
            seq = deed.log(
                EntryKind.WATCH,
                f"Handover brief of watch {watch.name}, as {actor.display_name} accepted it.",
                handling_id=offer.handling_id,
                links=links,
                detail=_sealed(offer, present),
            )
            deed.subject = f"handover {offer.id}"
            deed.answer = {"said": f"You have watch {following.name}.", "watch": following.id, "seq": seq}
        return deed.answer

    # Parts

    def _brief(self, actor: Actor) -> Brief:
        now = self.clock.now()
        ahead = timedelta(hours=self.settings.watches.brief_hours)
        with self.db.reading() as session:
            return write_brief(gather(session, actor, now, self.gazetteer), now, ahead)

    def _led_by(self, session: Session, actor: Actor) -> Watch:
        watch = on_now(session)
        if watch is None:
            raise Conflict("No watch is open: there is nothing to hand over.")
        if watch.lead != actor.name:
            raise Conflict(f"{watch.lead} leads watch {watch.name}; only the lead hands it over.")
        return watch

    def _pending(self, session: Session, handover_id: int) -> tuple[Handover, Watch]:
        offer = session.get(Handover, handover_id)
        if offer is None:
            raise NotFound("There is no such handover.")
        still = session.scalars(select(Handover.id).where(Handover.id == handover_id, *STILL_OFFERED)).first()
        if still is None:
            raise Conflict(_why_not(offer))
        return offer, session.get_one(Watch, offer.watch_id)

    def _reopen(
        self, deed: Deed, watch: Watch, offer: Handover, said: str, detail: dict[str, Any] | None = None
    ) -> None:
        watch.state = WatchState.OPEN.value
        deed.touch(watch)
        links = [link_of(watch), _link(offer, watch)]
        deed.log(EntryKind.WATCH, said, handling_id=self.watches.open_handling(deed.session), links=links)
        if detail:
            deed.log(
                EntryKind.WATCH,
                f"Why the handover of watch {watch.name} was returned: {detail['reason']}",
                handling_id=offer.handling_id,
                links=links,
            )
        deed.subject = f"handover {offer.id}"


def _check(words: Words, brief: Brief) -> None:
    """A brief is never blank: all five heads, or an affirmation that there is nothing to report. Raises Invalid."""
    if not words.nothing_to_report:
        blank = [head.value for head in Head if not words.heads.get(head, "").strip()]
        if blank:
            raise Invalid(f"Nothing stands under {', '.join(blank)}. Write “nil” where there is nothing.")
        return
    against = contradictions(brief)
    if against and len((words.affirmation or "").strip()) < SHORTEST_AFFIRMATION:
        raise Invalid(f"There is something to report: {'; '.join(against)}. Write it up, or affirm in a word why not.")


def _offered(deed: Deed, watch: Watch, actor: Actor, words: Words, brief: Brief) -> Handover:
    offer = Handover(
        watch_id=watch.id,
        offered_by=actor.name,
        offered_at=deed.now,
        facts=brief.plain(),
        heads={head.value: words.heads.get(head, "").strip() for head in Head},
        nothing_to_report=words.nothing_to_report,
        affirmation=(words.affirmation or "").strip() or None,
        handling_id=handling_id(deed.session, actor.agency, BRIEF_MARKING),
    )
    deed.session.add(offer)
    deed.session.flush()
    return offer


def _reads(session: Session, actor: Actor, offer: Handover) -> None:
    """Raise Conflict unless the actor may read the brief: nobody takes over what they cannot know."""
    rule = rule_of(session.get_one(Handling, offer.handling_id))
    if not sees(scope_of(actor), rule):
        raise Conflict(f"The brief is {rule.owner} TLP:{rule.marking.value} and not released to your agency.")


def _sealed(offer: Handover, present: Brief) -> dict[str, Any]:
    """The whole brief as it is sealed into the log, with what had come up since it was offered."""
    new = new_since(offer.facts, present)
    return {
        "handover": offer.id,
        "offered_by": offer.offered_by,
        "offered_at": offer.offered_at,
        "nothing_to_report": offer.nothing_to_report,
        "affirmation": offer.affirmation,
        "heads": offer.heads,
        "facts": offer.facts,
        "new_since_offered": [
            {"heading": section.title, "text": fact.text, "detail": fact.detail}
            for section in present.sections
            for fact in section.facts
            if (section.name, fact.key) in new
        ],
    }


def _why_not(offer: Handover) -> str:
    if offer.accepted_at is not None:
        return f"{offer.accepted_by} has accepted this handover and has the watch."
    if offer.returned_at is not None:
        return f"{offer.returned_by} has returned this handover."
    return "This handover was withdrawn."


def _link(offer: Handover, watch: Watch) -> Link:
    return link(ThingKind.HANDOVER, offer.id, f"Handover of watch {watch.name}")
