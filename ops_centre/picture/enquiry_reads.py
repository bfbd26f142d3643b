"""What screens ask of enquiries. Every query is filtered by the handlings the reader may see, counts and searches too."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import Clock
from ops_centre.db import Database
from ops_centre.domain.duty_log import ThingKind
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.watches import EnquiryState
from ops_centre.errors import NotFound
from ops_centre.models import Enquiry, LogEntry, LogLink
from ops_centre.picture.brief_gathering import rules_in_scope
from ops_centre.picture.enquiry_views import EnquiryCard, EnquiryFigures, EnquiryStep, EnquiryView
from ops_centre.picture.scope import scope_of

MAX_ID = 2**31 - 1
FIGURES_DAYS = 30
MOST = 500


@dataclass(frozen=True, slots=True)
class EnquiryFilter:
    """What is looked for; empty parts do not narrow."""

    text: str = ""
    state: str | None = None  # open, overdue, answered, withdrawn; None: closed ones
    asker_kind: str | None = None


class EnquiryReads:
    """Reads of enquiries."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock

    def open(self, actor: Actor, wanted: EnquiryFilter | None = None, limit: int = 200) -> list[EnquiryView]:
        """Open enquiries that match, the one due first leads."""
        wanted = wanted or EnquiryFilter()
        state = Enquiry.state == EnquiryState.OPEN.value
        return self._found(actor, wanted, state, (Enquiry.due_at, Enquiry.id), limit)

    def closed(self, actor: Actor, wanted: EnquiryFilter | None = None, limit: int = 100) -> list[EnquiryView]:
        """Answered and withdrawn enquiries that match, newest first."""
        wanted = wanted or EnquiryFilter()
        state = Enquiry.state != EnquiryState.OPEN.value
        return self._found(actor, wanted, state, (Enquiry.asked_at.desc(), Enquiry.id.desc()), limit)

    def card(self, actor: Actor, enquiry_id: int) -> EnquiryCard:
        """An enquiry with its steps. Raises NotFound, also for one outside the actor's scope."""
        authorise(actor, Permission.ENQUIRY_VIEW)
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            enquiry = session.get(Enquiry, enquiry_id) if 0 < enquiry_id <= MAX_ID else None
            if enquiry is None or enquiry.handling_id not in rules:
                raise NotFound("There is no such enquiry, or it is not released to you.")
            steps = _steps(session, rules, enquiry_id) if actor.may(Permission.LOG_VIEW) else ()
            return EnquiryCard(enquiry_view(enquiry, rules[enquiry.handling_id], self.clock.now()), steps)

    def figures(self, actor: Actor) -> EnquiryFigures:
        """Open, overdue, and how long answers took in the last 30 days."""
        authorise(actor, Permission.ENQUIRY_VIEW)
        now = self.clock.now()
        with self.db.reading() as session:
            mine = Enquiry.handling_id.in_(rules_in_scope(session, scope_of(actor)))
            still = and_(mine, Enquiry.state == EnquiryState.OPEN.value)

            def count(condition: ColumnElement[bool]) -> int:
                return session.scalar(select(func.count()).select_from(Enquiry).where(condition)) or 0

            since = now - timedelta(days=FIGURES_DAYS)
            answered = session.execute(
                select(Enquiry.asked_at, Enquiry.due_at, Enquiry.answered_at).where(
                    mine, Enquiry.state == EnquiryState.ANSWERED.value, Enquiry.answered_at >= since
                )
            ).all()
            took = [(done - asked).total_seconds() for asked, _due, done in answered if done is not None]
            return EnquiryFigures(
                open=count(still),
                overdue=count(and_(still, Enquiry.due_at <= now)),
                not_taken=count(and_(still, Enquiry.taken_by.is_(None))),
                answered=len(answered),
                in_time=sum(done is not None and done <= due for _asked, due, done in answered),
                median_took_s=median(took) if took else None,
                days=FIGURES_DAYS,
            )

    def _found(
        self, actor: Actor, wanted: EnquiryFilter, state: ColumnElement[bool], order: Any, limit: int
    ) -> list[EnquiryView]:
        authorise(actor, Permission.ENQUIRY_VIEW)
        now = self.clock.now()
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            query = select(Enquiry).where(Enquiry.handling_id.in_(rules), state, *_conditions(wanted, now))
            found = session.scalars(query.order_by(*order).limit(min(limit, MOST)))
            return [enquiry_view(enquiry, rules[enquiry.handling_id], now) for enquiry in found]


def _conditions(wanted: EnquiryFilter, now: datetime) -> list[ColumnElement[bool]]:
    """Every word must stand in one of the texts, links among them."""
    texts = (
        Enquiry.asker, Enquiry.contact, Enquiry.question, Enquiry.answer, Enquiry.legal_basis, Enquiry.taken_by,
        Enquiry.answered_by, cast(Enquiry.links, String),
    )  # fmt: skip
    words = wanted.text.replace("\0", " ").encode("utf-8", "replace").decode().split()[:8]
    conditions = [or_(*(column.icontains(word[:60], autoescape=True) for column in texts)) for word in words]
    if wanted.asker_kind:
        conditions.append(Enquiry.asker_kind == wanted.asker_kind)
    if wanted.state == "overdue":
        conditions += [Enquiry.state == EnquiryState.OPEN.value, Enquiry.due_at <= now]
    elif wanted.state:
        conditions.append(Enquiry.state == wanted.state)
    return conditions


def enquiry_view(enquiry: Enquiry, rule: HandlingRule, now: datetime) -> EnquiryView:
    """The view of a stored enquiry at ``now``."""
    late = enquiry.state == EnquiryState.OPEN.value and enquiry.due_at <= now
    late = late or (enquiry.answered_at is not None and enquiry.answered_at > enquiry.due_at)
    took = (enquiry.answered_at - enquiry.asked_at).total_seconds() if enquiry.answered_at else None
    return EnquiryView(
        enquiry.id, enquiry.asker_kind, enquiry.asker, enquiry.contact, enquiry.question, enquiry.asked_at, enquiry.due_at,
        enquiry.state, late, enquiry.leaves_country, enquiry.legal_basis, enquiry.taken_by, enquiry.taken_at, enquiry.answer,
        enquiry.answered_at, enquiry.answered_by, took, enquiry.withdrawn_at, enquiry.withdrawn_reason,
        tuple((kind, thing, label) for kind, thing, label in enquiry.links), enquiry.recorded_at, enquiry.recorded_by,
        rule.owner, rule.marking.value, tuple(sorted(rule.releases)),
    )  # fmt: skip


def _steps(session: Session, rules: dict[int, HandlingRule], enquiry_id: int) -> tuple[EnquiryStep, ...]:
    query = (
        select(LogEntry)
        .join(LogLink, LogLink.seq == LogEntry.seq)
        .where(
            LogLink.kind == ThingKind.ENQUIRY.value,
            LogLink.thing == str(enquiry_id),
            LogEntry.handling_id.in_(rules),
        )
        .order_by(LogEntry.seq)
        .limit(200)
    )
    return tuple(EnquiryStep(one.seq, one.occurred_at, one.author_name, one.text) for one in session.scalars(query))
