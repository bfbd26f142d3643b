"""The roster and the watch that is on: planned ahead, assigned, opened, joined and left. Handing over: `handovers`.

Exactly one watch is on at a time: every act that opens or closes one first locks the end of the duty log, so that two
leads who press at once come one after the other, and the second is told who has the watch.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.roles import roles_holding
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.duty_log import EntryKind, Link, ThingKind, link
from ops_centre.domain.rostering import Assigned, Slot, clashes, read_pattern, slot_at, slots
from ops_centre.domain.watches import ON, WatchState
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import Handover, User, Watch, WatchMember
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.handlings import handling_id

SYSTEM = "system"
MOST_MEMBERS = 40
_ON = tuple(state.value for state in ON)


class Watches:
    """Acts on the roster and the watch that is on."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, deeds: Deeds) -> None:
        self.db = db
        self.clock = clock
        self.settings = settings
        self.deeds = deeds
        self.zone = ZoneInfo(settings.centre.time_zone)
        self.pattern = read_pattern(settings.watches.pattern)

    # Duties of the worker

    def plan_ahead(self) -> int:
        """Put the regular watches of the days ahead on the roster; what the pattern no longer has and nobody was put on is
        taken off. How many rows changed. Does nothing, cheaply, when the roster is as it should be."""
        if not self._unplanned():
            return 0
        with self.deeds.begin(SYSTEM, "plan the roster") as deed:
            lock_log(deed.session)
            missing, surplus = self._differences(deed.session)
            made = [_planned(slot) for slot in missing]
            deed.session.add_all(made)
            for watch in surplus:
                deed.session.delete(watch)
            deed.session.flush()
            deed.touch(*made)
        return len(missing) + len(surplus)

    def note_overrun(self) -> bool:
        """Log once that the watch has passed its planned end without a handover. Whether it was logged now."""
        if self._overrunning() is None:
            return False
        with self.deeds.begin(SYSTEM, "note that the watch overran") as deed:
            lock_log(deed.session)
            watch = on_now(deed.session)
            if watch is None or watch.overran_at is not None or deed.now < watch.ends_at:
                return False
            watch.overran_at = deed.now
            deed.touch(watch)
            said = (
                f"Watch {watch.name} has passed its planned end, {self.local(watch.ends_at)}, and was not handed over."
            )
            deed.log(EntryKind.WATCH, said, handling_id=self.open_handling(deed.session), links=[link_of(watch)])
        return True

    # Roster

    def assign(
        self,
        actor: Actor,
        watch_id: int,
        lead: str | None,
        members: Sequence[tuple[str, str | None]],
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """Put a lead and members (sign-in name, desk) on a planned watch, in place of those who stood there.

        Answers with ``warnings``: whoever would stand too long. Raises NotFound, Conflict, Invalid.
        """
        authorise(actor, Permission.WATCH_LEAD)
        with self.deeds.begin(actor, "assign watch", request_id) as deed:
            session = deed.session
            lock_log(session)
            watch = session.get(Watch, watch_id)
            if watch is None:
                raise NotFound("There is no such watch.")
            if watch.state != WatchState.PLANNED.value:
                raise Conflict(f"Watch {watch.name} is no longer planned: it is {watch.state}.")
            people = self._people(session, lead, members)
            watch.lead = lead
            self._replace_members(session, watch, members)
            deed.touch(watch)
            session.flush()
            warnings = self._warnings(session, {lead, *(name for name, _desk in members)} - {None})
            said = self._assigned_words(watch, lead, people)
            deed.log(EntryKind.WATCH, said, handling_id=self.open_handling(session), links=[link_of(watch)])
            deed.subject = f"watch {watch.id}"
            deed.answer = {"said": " ".join([said, *(f"Mind: {one}." for one in warnings)]), "warnings": warnings}
        return deed.answer

    # The watch that is on

    def open(self, actor: Actor, reason: str, request_id: str | None = None) -> dict[str, Any]:
        """Open a watch without a handover, because there is none to take over from. ``reason`` is logged.

        A watch that is on is only left behind when it is past its end and the overlap. Raises Conflict, Invalid.
        """
        authorise(actor, Permission.WATCH_LEAD)
        if not reason.strip():
            raise Invalid("Say why the watch is opened without a handover.")
        with self.deeds.begin(actor, "open watch", request_id) as deed:
            lock_log(deed.session)
            before = on_now(deed.session)
            if before is not None:
                self._leave_behind(deed, actor, before)
            watch = begin_next(deed, self, actor.name, before)
            said = f"Watch {watch.name} opened without a handover: {reason.strip()}"
            links = [link_of(watch), *([link_of(before)] if before else [])]
            deed.log(EntryKind.WATCH, said, handling_id=self.open_handling(deed.session), links=links)
            deed.subject = f"watch {watch.id}"
            deed.answer = {"said": f"You have watch {watch.name}.", "watch": watch.id}
        return deed.answer

    def join(self, actor: Actor, desk: str | None = None, request_id: str | None = None) -> dict[str, Any]:
        """Come on the watch that is on. Coming again with another desk changes the desk. Raises Conflict."""
        authorise(actor, Permission.LOG_WRITE)
        with self.deeds.begin(actor, "join watch", request_id) as deed:
            lock_log(deed.session)
            watch = self._on(deed.session)
            member = _member(deed.session, watch.id, actor.name)
            there = member is not None and member.joined_at is not None and member.left_at is None
            put_on(deed, watch, actor.name, desk)
            deed.touch(watch)
            at = f" at {desk}" if desk else ""
            if not there:
                said = f"{actor.display_name} came on watch {watch.name}{at}."
                deed.log(EntryKind.WATCH, said, handling_id=self.open_handling(deed.session), links=[link_of(watch)])
            deed.subject = f"watch {watch.id}"
            deed.answer = {"said": f"You are on watch {watch.name}{at}.", "watch": watch.id}
        return deed.answer

    def leave(self, actor: Actor, request_id: str | None = None) -> dict[str, Any]:
        """Go off the watch that is on. Its lead cannot: a lead hands over. Raises Conflict."""
        authorise(actor, Permission.LOG_WRITE)
        with self.deeds.begin(actor, "leave watch", request_id) as deed:
            lock_log(deed.session)
            watch = self._on(deed.session)
            if watch.lead == actor.name:
                raise Conflict("You lead this watch. Hand it over; then you are off it.")
            member = _member(deed.session, watch.id, actor.name)
            if member is None or member.joined_at is None or member.left_at is not None:
                raise Conflict(f"You are not on watch {watch.name}.")
            member.left_at = deed.now
            deed.touch(watch)
            said = f"{actor.display_name} went off watch {watch.name}."
            deed.log(EntryKind.WATCH, said, handling_id=self.open_handling(deed.session), links=[link_of(watch)])
            deed.subject = f"watch {watch.id}"
            deed.answer = {"said": f"You are off watch {watch.name}."}
        return deed.answer

    # Parts

    def open_handling(self, session: Session) -> int:
        """The handling of what everybody in the room may know."""
        return handling_id(session, self.settings.centre.agency, "GREEN")

    def local(self, at: Any) -> str:
        """``15:00`` in the centre's time."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def slot(self, now: Any) -> Slot:
        """The regular watch that somebody who takes over at ``now`` takes; eight hours when the pattern has a hole there."""
        overlap = timedelta(minutes=self.settings.watches.overlap_minutes)
        found = slots(self.pattern, self.zone, now, now + overlap + timedelta(days=1))
        return slot_at(found, now, overlap) or Slot("Watch", now, now + timedelta(hours=8))

    def _on(self, session: Session) -> Watch:
        watch = on_now(session)
        if watch is None:
            raise Conflict("No watch is open. The shift lead opens one.")
        return watch

    def _leave_behind(self, deed: Deed, actor: Actor, before: Watch) -> None:
        free_from = before.ends_at + timedelta(minutes=self.settings.watches.overlap_minutes)
        if before.lead == actor.name:
            raise Conflict(f"You have watch {before.name} already.")
        if deed.now < free_from:
            raise Conflict(
                f"Watch {before.name} is on and {before.lead} leads it: ask for a handover. "
                f"From {self.local(free_from)} it can be taken without one."
            )
        offers = deed.session.scalars(select(Handover).where(Handover.watch_id == before.id, *STILL_OFFERED))
        for offer in offers:
            offer.withdrawn_at = deed.now
        close(deed, before)

    def _unplanned(self) -> bool:
        with self.db.reading() as session:
            missing, surplus = self._differences(session)
        return bool(missing or surplus)

    def _overrunning(self) -> int | None:
        with self.db.reading() as session:
            watch = on_now(session)
            late = watch is not None and watch.overran_at is None and self.clock.now() >= watch.ends_at
            return watch.id if watch is not None and late else None

    def _differences(self, session: Session) -> tuple[list[Slot], list[Watch]]:
        """Slots of the pattern that no watch stands for, and planned watches that the pattern lacks and nobody is on."""
        now = self.clock.now()
        wanted = slots(self.pattern, self.zone, now, now + timedelta(days=self.settings.watches.ahead_days))
        known = list(session.scalars(select(Watch).where(Watch.ends_at > now)))
        standing = {(watch.name, watch.starts_at) for watch in known}
        regular = {(slot.name, slot.starts_at) for slot in wanted}
        manned = set(
            session.scalars(select(WatchMember.watch_id).where(WatchMember.watch_id.in_([w.id for w in known])))
        )
        surplus = [
            watch
            for watch in known
            if watch.state == WatchState.PLANNED.value
            and (watch.name, watch.starts_at) not in regular
            and watch.starts_at > now
            and watch.lead is None
            and watch.id not in manned
        ]
        return [slot for slot in wanted if (slot.name, slot.starts_at) not in standing], surplus

    def _people(
        self, session: Session, lead: str | None, members: Sequence[tuple[str, str | None]]
    ) -> list[tuple[User, str | None]]:
        """The members' accounts, with their desks. Raises Invalid for anybody who cannot stand there."""
        if len(members) > MOST_MEMBERS or len({name for name, _desk in members}) < len(members):
            raise Invalid(f"Name each member once, at most {MOST_MEMBERS}.")
        wanted = {name for name, _desk in members} | ({lead} if lead else set())
        users = {user.name: user for user in session.scalars(select(User).where(User.name.in_(wanted)))}
        works = {role.value for role in roles_holding(Permission.LOG_WRITE)}
        leads = {role.value for role in roles_holding(Permission.WATCH_LEAD)}
        for name in sorted(wanted):
            user = users.get(name)
            if user is None or user.disabled_at is not None:
                raise Invalid(f"There is no account {name!r}, or it is disabled.")
            if user.role not in works:
                raise Invalid(f"{name} is {user.role} and does not stand watches.")
        if lead and users[lead].role not in leads:
            raise Invalid(f"{lead} is {users[lead].role} and may not lead a watch.")
        return [(users[name], desk) for name, desk in members]

    def _replace_members(self, session: Session, watch: Watch, members: Sequence[tuple[str, str | None]]) -> None:
        for one in session.scalars(select(WatchMember).where(WatchMember.watch_id == watch.id)):
            session.delete(one)
        session.flush()
        session.add_all(WatchMember(watch_id=watch.id, user_name=name, desk=desk) for name, desk in members)

    def _warnings(self, session: Session, people: set[str | None]) -> list[str]:
        """Whoever of ``people`` would stand too long, by the roster as it now is."""
        states = (*_ON, WatchState.PLANNED.value)
        ahead = {watch.id: watch for watch in session.scalars(select(Watch).where(Watch.state.in_(states)))}
        members = session.scalars(
            select(WatchMember).where(WatchMember.watch_id.in_(ahead), WatchMember.left_at.is_(None))
        )
        stands = {(one.user_name, one.watch_id) for one in members}
        stands |= {(watch.lead, watch.id) for watch in ahead.values() if watch.lead}
        found = clashes(
            (
                Assigned(name, number, ahead[number].starts_at, ahead[number].ends_at)
                for name, number in stands
                if name in people
            ),
            timedelta(hours=self.settings.watches.longest_hours),
        )
        return [one.words for one in found]

    def _assigned_words(self, watch: Watch, lead: str | None, people: Sequence[tuple[User, str | None]]) -> str:
        day = f"{watch.starts_at.astimezone(self.zone):%a %d %b %H:%M}"
        names = ", ".join(f"{user.display_name} ({desk})" if desk else user.display_name for user, desk in people)
        return f"Watch {watch.name} of {day}: lead {lead or 'open'}; {names or 'nobody else'}."


STILL_OFFERED = (Handover.accepted_at.is_(None), Handover.returned_at.is_(None), Handover.withdrawn_at.is_(None))


def on_now(session: Session) -> Watch | None:
    """The watch that is on. Lock the end of the log first where something is to be changed."""
    return session.scalars(select(Watch).where(Watch.state.in_(_ON)).order_by(Watch.id.desc()).limit(1)).first()


def link_of(watch: Watch) -> Link:
    """A watch as a log entry refers to it."""
    return link(ThingKind.WATCH, watch.id, f"Watch {watch.name}")


def close(deed: Deed, watch: Watch) -> None:
    """End a watch and take everybody off it."""
    watch.state, watch.closed_at = WatchState.HANDED_OVER.value, deed.now
    there = WatchMember.joined_at.is_not(None), WatchMember.left_at.is_(None)
    for member in deed.session.scalars(select(WatchMember).where(WatchMember.watch_id == watch.id, *there)):
        member.left_at = deed.now
    deed.touch(watch)


def begin_next(deed: Deed, watches: Watches, lead: str, before: Watch | None) -> Watch:
    """Open the watch that is due: the planned one, or one of its own when a lead relieves another amid a watch."""
    slot = watches.slot(deed.now)
    due = select(Watch).where(
        Watch.state == WatchState.PLANNED.value, Watch.name == slot.name, Watch.starts_at == slot.starts_at
    )
    watch = deed.session.scalars(due.limit(1)).first()
    if watch is None:
        ends_at = before.ends_at if before is not None and before.ends_at > slot.ends_at else slot.ends_at
        watch = Watch(name=slot.name, starts_at=deed.now, ends_at=ends_at, state=WatchState.PLANNED.value)
        deed.session.add(watch)
    watch.state, watch.lead, watch.opened_at = WatchState.OPEN.value, lead, deed.now
    deed.session.flush()
    put_on(deed, watch, lead, None)
    deed.touch(watch)
    return watch


def put_on(deed: Deed, watch: Watch, name: str, desk: str | None) -> None:
    """``name`` is on ``watch`` from now, or still."""
    member = _member(deed.session, watch.id, name)
    if member is None:
        member = WatchMember(watch_id=watch.id, user_name=name)
        deed.session.add(member)
    if member.joined_at is None or member.left_at is not None:
        member.joined_at = deed.now
    member.left_at = None
    member.desk = desk or member.desk
    deed.session.flush()


def _member(session: Session, watch_id: int, name: str) -> WatchMember | None:
    return session.scalars(select(WatchMember).filter_by(watch_id=watch_id, user_name=name)).one_or_none()


def _planned(slot: Slot) -> Watch:
    return Watch(name=slot.name, starts_at=slot.starts_at, ends_at=slot.ends_at, state=WatchState.PLANNED.value)
