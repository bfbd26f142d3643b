"""The rules that raise alerts: as config.toml has them, and as a shift lead changed them. A change holds at the next sweep."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.alert_rules import AS_SUBJECT, WORDS, checked, says
from ops_centre.domain.alerting import AlertCause, Rule
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.targeting import Severity
from ops_centre.errors import Invalid
from ops_centre.models import AlertRule
from ops_centre.picture.alert_views import RuleView
from ops_centre.services import duty_log
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.handlings import handling_id

Rules = Mapping[AlertCause, Rule]


def configured(settings: Settings) -> dict[AlertCause, Rule]:
    """The rules of config.toml, for every cause."""
    blocks = settings.alerts.rules
    rules = {}
    for cause in AlertCause:
        block = getattr(blocks, cause.value.replace(" ", "_").replace("-", "_"))
        severity = None if block.severity == AS_SUBJECT else Severity(block.severity)
        if severity is None and not WORDS[cause].subject_has_severity:
            severity = Severity.NORMAL
        rules[cause] = Rule(block.enabled, severity, getattr(block, "minutes", None))
    return rules


def in_force(session: Session, settings: Settings) -> dict[AlertCause, Rule]:
    """The rules that hold now."""
    rules = configured(settings)
    for row in session.scalars(select(AlertRule)):
        if row.cause in WORDS:
            severity = Severity(row.severity) if row.severity else None
            rules[AlertCause(row.cause)] = Rule(row.enabled, severity, row.minutes)
    return rules


class AlertRules:
    """Reads and changes the rules."""

    def __init__(self, db: Database, deeds: Deeds, settings: Settings) -> None:
        self.db, self.deeds, self.settings = db, deeds, settings

    def rules(self, actor: Actor) -> list[RuleView]:
        """Every rule as it holds now, in the order of the causes."""
        authorise(actor, Permission.ALERT_VIEW)
        with self.db.reading() as session:
            changed = {row.cause: row for row in session.scalars(select(AlertRule))}
            rules = in_force(session, self.settings)
        return [_view(cause, rules[cause], changed.get(cause)) for cause in AlertCause]

    def change(
        self,
        actor: Actor,
        cause: str,
        *,
        enabled: bool,
        severity: str | None = None,
        minutes: float | None = None,
        request_id: str | None = None,
    ) -> str:
        """Change a rule; what was said. Raises Invalid."""
        authorise(actor, Permission.ALERT_RULES)
        known = _cause(cause)
        wanted = checked(known, enabled=enabled, severity=severity, minutes=minutes)
        with self.deeds.begin(actor, "change alert rule", request_id) as deed:
            duty_log.lock_log(deed.session)
            before = in_force(deed.session, self.settings)[known]
            row = deed.session.get(AlertRule, known.value)
            if row is None:
                row = AlertRule(cause=known.value)
                deed.session.add(row)
            row.enabled, row.severity, row.minutes = wanted.enabled, wanted.severity, wanted.minutes
            row.changed_at, row.changed_by = deed.now, deed.by
            return self._said(deed, known, before, wanted)

    def reset(self, actor: Actor, cause: str, request_id: str | None = None) -> str:
        """Let a rule be again as config.toml has it; what was said."""
        authorise(actor, Permission.ALERT_RULES)
        known = _cause(cause)
        with self.deeds.begin(actor, "reset alert rule", request_id) as deed:
            duty_log.lock_log(deed.session)
            before = in_force(deed.session, self.settings)[known]
            row = deed.session.get(AlertRule, known.value)
            if row is not None:
                deed.session.delete(row)
            return self._said(deed, known, before, configured(self.settings)[known])

    def _said(self, deed: Deed, cause: AlertCause, before: Rule, after: Rule) -> str:
        said = f"Alert rule “{cause.value}”: {_words(after)}; it was {_words(before)}."
        centre = self.settings.centre.agency
        deed.subject = f"rule {cause.value}"
        deed.log(
            EntryKind.RULE,
            said,
            handling_id=handling_id(deed.session, centre, "GREEN"),
            detail={"cause": cause.value, "before": _plain(before), "after": _plain(after)},
        )
        deed.answer = {"said": said}
        return said


def _cause(word: str) -> AlertCause:
    try:
        return AlertCause(word)
    except ValueError as unknown:
        raise Invalid(f"There is no rule “{word[:60]}”.") from unknown


def _view(cause: AlertCause, rule: Rule, changed: AlertRule | None) -> RuleView:
    return RuleView(
        cause.value,
        says(cause, rule),
        rule.enabled,
        rule.severity.value if rule.severity else None,
        rule.severity.value if rule.severity else "as its subject",
        rule.minutes,
        WORDS[cause].minutes_word,
        changed.changed_by if changed else None,
        changed.changed_at if changed else None,
        changed is None,
    )


def _words(rule: Rule) -> str:
    parts = ["on" if rule.enabled else "off", rule.severity.value if rule.severity else "severity as its subject"]
    return ", ".join(parts + ([f"{rule.minutes:g} min"] if rule.minutes is not None else []))


def _plain(rule: Rule) -> dict[str, object]:
    minutes = None if rule.minutes is None else f"{rule.minutes:g}"
    return {"enabled": rule.enabled, "severity": rule.severity.value if rule.severity else None, "minutes": minutes}
