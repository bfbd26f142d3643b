"""What screens ask of watches: the one that is on, the roster ahead, past ones with their briefs.

Roster and who is on are for everybody who may see the watch; a stored brief is for those its marking lets, and the facts
of a pending handover are gathered anew in the reader's own scope.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import rule_of
from ops_centre.auth.roles import Role, roles_holding
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.brief import Brief, new_since, read_brief, write_brief
from ops_centre.domain.duty_log import ThingKind
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.rostering import Assigned, clashes
from ops_centre.domain.watches import ON, Head, WatchState
from ops_centre.errors import NotFound
from ops_centre.models import Handling, Handover, LogLink, User, Watch, WatchMember
from ops_centre.picture.brief_gathering import gather
from ops_centre.picture.handover_views import (
    ClashRow,
    HandoverRow,
    MemberRow,
    Pending,
    PersonRow,
    RosterRow,
    WatchCard,
    WatchView,
)
from ops_centre.picture.scope import scope_of, sees

MAX_ID = 2**31 - 1
PAST_SHOWN = 30
ROSTER_SHOWN = 60
_ON = tuple(state.value for state in ON)


class WatchReads:
    """Reads of watches."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, gazetteer: Gazetteer) -> None:
        self.db = db
        self.clock = clock
        self.settings = settings
        self.gazetteer = gazetteer

    def view(self, actor: Actor) -> WatchView:
        """Everything of the page, in the actor's scope."""
        authorise(actor, Permission.WATCH_VIEW)
        now, rules = self.clock.now(), self.settings.watches
        may_lead = actor.may(Permission.WATCH_LEAD)
        with self.db.reading() as session:
            on = session.scalars(select(Watch).where(Watch.state.in_(_ON)).order_by(Watch.id.desc()).limit(1)).first()
            planned = list(
                session.scalars(
                    select(Watch)
                    .where(Watch.state == WatchState.PLANNED.value, Watch.ends_at > now)
                    .order_by(Watch.starts_at, Watch.id)
                    .limit(ROSTER_SHOWN)
                )
            )
            past = list(
                session.scalars(
                    select(Watch)
                    .where(Watch.state == WatchState.HANDED_OVER.value)
                    .order_by(Watch.closed_at.desc(), Watch.id.desc())
                    .limit(PAST_SHOWN)
                )
            )
            rows = {row.id: row for row in _rows(session, [*([on] if on else []), *planned, *past])}
            pending, returned = self._last_offer(session, actor, on)
            return WatchView(
                now=now,
                on=rows[on.id] if on else None,
                ever=bool(on or past),
                pending=pending,
                returned=returned,
                brief=pending.now if pending else self._brief(session, actor) if may_lead and on else None,
                roster=tuple(rows[watch.id] for watch in planned),
                clashes=_clashes([rows[watch.id] for watch in [*([on] if on else []), *planned]], rules.longest_hours),
                people=_people(session) if may_lead else (),
                past=tuple(rows[watch.id] for watch in past),
                reader=actor.name,
                may_lead=may_lead,
                may_join=actor.may(Permission.LOG_WRITE),
                take_over_from=(on.ends_at if on else now) + timedelta(minutes=rules.overlap_minutes),
            )

    def brief(self, actor: Actor) -> Brief:
        """The brief as it would be written now, in the actor's scope."""
        authorise(actor, Permission.WATCH_VIEW)
        with self.db.reading() as session:
            return self._brief(session, actor)

    def card(self, actor: Actor, watch_id: int) -> WatchCard:
        """One watch with its handovers. Raises NotFound."""
        authorise(actor, Permission.WATCH_VIEW)
        with self.db.reading() as session:
            watch = session.get(Watch, watch_id) if 0 < watch_id <= MAX_ID else None
            if watch is None:
                raise NotFound("There is no such watch.")
            offers = session.scalars(
                select(Handover).where(Handover.watch_id == watch_id).order_by(Handover.id.desc()).limit(50)
            )
            return WatchCard(_rows(session, [watch])[0], tuple(handover_row(session, actor, offer) for offer in offers))

    def _brief(self, session: Session, actor: Actor) -> Brief:
        now = self.clock.now()
        ahead = timedelta(hours=self.settings.watches.brief_hours)
        return write_brief(gather(session, actor, now, self.gazetteer), now, ahead)

    def _last_offer(
        self, session: Session, actor: Actor, on: Watch | None
    ) -> tuple[Pending | None, HandoverRow | None]:
        """The offer that waits; or else the last one, when it was returned."""
        if on is None:
            return None, None
        offer = session.scalars(
            select(Handover).where(Handover.watch_id == on.id).order_by(Handover.id.desc()).limit(1)
        ).first()
        if offer is None:
            return None, None
        row = handover_row(session, actor, offer)
        if on.state != WatchState.HANDOVER_PENDING.value:
            return None, row if offer.returned_at else None
        now = self._brief(session, actor)
        return Pending(row, now, new_since(offer.facts, now)), None


def handover_row(session: Session, actor: Actor, offer: Handover) -> HandoverRow:
    """The view of a stored handover; its brief only for those its marking lets."""
    rule = rule_of(session.get_one(Handling, offer.handling_id))
    told = sees(scope_of(actor), rule)
    heads = tuple((head.value, str(offer.heads.get(head.value, ""))) for head in Head if offer.heads.get(head.value))
    seq = session.scalar(
        select(LogLink.seq)
        .where(LogLink.kind == ThingKind.HANDOVER.value, LogLink.thing == str(offer.id))
        .order_by(LogLink.seq.desc())
        .limit(1)
    )
    return HandoverRow(
        offer.id, offer.watch_id, offer.offered_by, offer.offered_at, offer.nothing_to_report,
        offer.affirmation if told else None, heads if told else None, read_brief(offer.facts) if told else None,
        _state(offer), offer.accepted_by, offer.accepted_at, offer.returned_by, offer.returned_at,
        offer.return_reason if told else None, offer.withdrawn_at, offer.next_watch_id, rule.owner, rule.marking.value, seq,
    )  # fmt: skip


def _state(offer: Handover) -> str:
    states = ((offer.accepted_at, "accepted"), (offer.returned_at, "returned"), (offer.withdrawn_at, "withdrawn"))
    return next((word for at, word in states if at is not None), "offered")


def _rows(session: Session, watches: Sequence[Watch]) -> list[RosterRow]:
    members: dict[int, list[WatchMember]] = {}
    wanted = [watch.id for watch in watches]
    for member in session.scalars(select(WatchMember).where(WatchMember.watch_id.in_(wanted)).order_by(WatchMember.id)):
        members.setdefault(member.watch_id, []).append(member)
    names = {one.user_name for found in members.values() for one in found} | {w.lead for w in watches if w.lead}
    users = {user.name: user for user in session.scalars(select(User).where(User.name.in_(names)))}
    return [
        RosterRow(
            watch.id, watch.name, watch.starts_at, watch.ends_at, watch.state, watch.lead,
            _shown(users, watch.lead) if watch.lead else None, watch.opened_at, watch.closed_at, watch.overran_at,
            tuple(_member(users, one) for one in members.get(watch.id, ())),
        )
        for watch in watches
    ]  # fmt: skip


def _shown(users: dict[str, User], name: str) -> str:
    return users[name].display_name if name in users else name


def _member(users: dict[str, User], one: WatchMember) -> MemberRow:
    role = users[one.user_name].role if one.user_name in users else ""
    return MemberRow(one.user_name, _shown(users, one.user_name), role, one.desk, one.joined_at, one.left_at)


def _clashes(rows: Iterable[RosterRow], longest_hours: float) -> tuple[ClashRow, ...]:
    assigned = [
        Assigned(person, row.id, row.starts_at, row.ends_at)
        for row in rows
        for person in {row.lead, *(one.name for one in row.members if one.left_at is None)} - {None}
        if person is not None
    ]
    return tuple(ClashRow(one.words, one.watch_ids) for one in clashes(assigned, timedelta(hours=longest_hours)))


def _people(session: Session) -> tuple[PersonRow, ...]:
    """Accounts whose role works in the room; those that lead first."""
    leads = {role.value for role in roles_holding(Permission.WATCH_LEAD)}
    works = {role.value for role in roles_holding(Permission.LOG_WRITE)} & {role.value for role in Role}
    users = session.scalars(select(User).where(User.disabled_at.is_(None), User.role.in_(works)).order_by(User.name))
    people = [PersonRow(user.name, user.display_name, user.role, user.role in leads) for user in users]
    return tuple(sorted(people, key=lambda one: (not one.may_lead, one.name)))
