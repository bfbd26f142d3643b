"""What happened since the reader was last here, for whoever signs in: counts and the lines that matter, in their scope."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import Clock
from ops_centre.db import Database
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.targeting import Severity
from ops_centre.domain.tasking import Result
from ops_centre.domain.watches import EnquiryState
from ops_centre.models import Alert, AuditEvent, Enquiry, LogEntry, Outcome, SignInSession, Watch, WatchMember
from ops_centre.picture.brief_gathering import Rules, rules_in_scope
from ops_centre.picture.handover_views import SinceLine, SinceView
from ops_centre.picture.scope import scope_of

LINES_SHOWN = 14
LONGEST = timedelta(days=30)  # whoever was away longer is told of the last thirty days
SAME_SIGN_IN = timedelta(seconds=5)  # between a session and the event that tells of it
LOST = "feed lost"
_TOLD = (EntryKind.DECISION.value, EntryKind.OUTCOME.value)


class SinceReads:
    """Reads of "since your last watch"."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock

    def view(self, actor: Actor) -> SinceView | None:
        """What happened between the actor's last presence and this sign-in's now; None for whoever never was here."""
        authorise(actor, Permission.WATCH_VIEW)
        now = self.clock.now()
        with self.db.reading() as session:
            signed_in_at, last = _presence(session, actor, now)
            if last is None:
                return None
            since, how = max(last[0], now - LONGEST), last[1]
            rules = rules_in_scope(session, scope_of(actor))
            lines = _lines(session, actor, rules, since)
            return SinceView(
                since, now, how, signed_in_at, _counts(session, actor, rules, since), lines[:LINES_SHOWN],
                max(0, len(lines) - LINES_SHOWN),
            )  # fmt: skip


def _presence(session: Session, actor: Actor, now: datetime) -> tuple[datetime | None, tuple[datetime, str] | None]:
    """When the actor signed in, and until when they were here before that, with how they left."""
    signed_in_at = _audited(session, actor, "sign-in", now)
    before = signed_in_at or now
    found: list[tuple[datetime, str]] = []
    left = session.execute(
        select(WatchMember.left_at, Watch.name)
        .join(Watch, Watch.id == WatchMember.watch_id)
        .where(WatchMember.user_name == actor.name, WatchMember.left_at <= before)
        .order_by(WatchMember.left_at.desc())
        .limit(1)
    ).first()
    if left is not None and left[0] is not None:
        found.append((left[0], f"you left watch {left[1]}"))
    out = _audited(session, actor, "sign-out", before)
    if out is not None:
        found.append((out, "you signed out"))
    seen = session.scalar(
        select(func.max(SignInSession.seen_at)).where(
            SignInSession.user_id == actor.user_id,
            SignInSession.created_at < before - SAME_SIGN_IN,
            SignInSession.seen_at < before,
        )
    )
    if seen is not None:
        found.append((seen, "you were last here"))
    if not found and signed_in_at is not None:
        earlier = _audited(session, actor, "sign-in", signed_in_at - timedelta(milliseconds=1))
        found += [(earlier, "you signed in before")] if earlier is not None else []
    return signed_in_at, max(found, default=None)


def _audited(session: Session, actor: Actor, kind: str, until: datetime) -> datetime | None:
    query = (
        select(AuditEvent.at)
        .where(AuditEvent.kind == kind, AuditEvent.actor_id == actor.user_id, AuditEvent.at <= until)
        .order_by(AuditEvent.at.desc())
        .limit(1)
    )
    return session.scalar(query)


def _counts(session: Session, actor: Actor, rules: Rules, since: datetime) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    if actor.may(Permission.LOG_VIEW):
        kinds = dict(
            session.execute(
                select(LogEntry.kind, func.count())
                .where(LogEntry.occurred_at > since, LogEntry.handling_id.in_(rules))
                .group_by(LogEntry.kind)
            ).all()
        )
        found += [("log entries", sum(kinds.values())), ("decisions", kinds.get(EntryKind.DECISION.value, 0))]
    if actor.may(Permission.TASKING_VIEW):
        results = select(func.count()).where(Outcome.recorded_at > since, Outcome.handling_id.in_(rules))
        found.append(("outcomes", session.scalar(results) or 0))
        positive = results.where(Outcome.result == Result.POSITIVE.value)
        found.append(("positive", session.scalar(positive) or 0))
    if actor.may(Permission.ALERT_VIEW):
        raised = select(func.count()).where(Alert.raised_at > since, Alert.handling_id.in_(rules))
        missed = raised.where(Alert.cleared_at.is_not(None), Alert.acknowledged_at.is_(None))
        found += [("alerts", session.scalar(raised) or 0), ("never acknowledged", session.scalar(missed) or 0)]
    if actor.may(Permission.ENQUIRY_VIEW):
        answered = select(func.count()).where(
            Enquiry.answered_at > since, Enquiry.state == EnquiryState.ANSWERED.value, Enquiry.handling_id.in_(rules)
        )
        found.append(("enquiries answered", session.scalar(answered) or 0))
    return tuple(found)


def _lines(session: Session, actor: Actor, rules: Rules, since: datetime) -> tuple[SinceLine, ...]:
    lines: list[SinceLine] = []
    if actor.may(Permission.LOG_VIEW):
        lines += _entries(session, rules, since)
    if actor.may(Permission.ALERT_VIEW):
        lines += _alerts(session, rules, since)
    if actor.may(Permission.ENQUIRY_VIEW):
        lines += _answers(session, rules, since)
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))


def _entries(session: Session, rules: Rules, since: datetime) -> list[SinceLine]:
    """Decisions, outcomes and corrections."""
    told = LogEntry.kind.in_(_TOLD) | LogEntry.corrects.is_not(None)
    query = (
        select(LogEntry)
        .where(LogEntry.occurred_at > since, LogEntry.handling_id.in_(rules), told)
        .order_by(LogEntry.seq.desc())
        .limit(60)
    )
    return [
        SinceLine(
            one.occurred_at,
            f"correction of entry {one.corrects}" if one.corrects else one.kind,
            one.text,
            f"/log/{one.seq}",
        )
        for one in session.scalars(query)
    ]


def _alerts(session: Session, rules: Rules, since: datetime) -> list[SinceLine]:
    """Alerts of top severity, feeds lost, and alerts that nobody ever acknowledged."""
    missed = Alert.cleared_at.is_not(None) & Alert.acknowledged_at.is_(None)
    matters = (Alert.severity == Severity.TOP.value) | (Alert.cause == LOST) | missed
    query = (
        select(Alert)
        .where(Alert.raised_at > since, Alert.handling_id.in_(rules), matters)
        .order_by(Alert.raised_at.desc())
        .limit(60)
    )
    return [
        SinceLine(
            one.raised_at,
            "missed alert" if one.cleared_at and not one.acknowledged_at else one.cause,
            one.title,
            f"/chain/alert/{one.id}",
            one.severity,
        )
        for one in session.scalars(query)
    ]


def _answers(session: Session, rules: Rules, since: datetime) -> list[SinceLine]:
    query = (
        select(Enquiry)
        .where(Enquiry.answered_at > since, Enquiry.handling_id.in_(rules))
        .order_by(Enquiry.answered_at.desc())
        .limit(30)
    )
    return [
        SinceLine(one.answered_at, "enquiry answered", f"{one.asker}: {one.question}", f"/enquiries/{one.id}")
        for one in session.scalars(query)
        if one.answered_at is not None
    ]
