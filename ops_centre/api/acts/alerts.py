"""Acts on alerts, on the rules that raise them, and the test of an outward channel."""

from typing import Annotated, Any

from pydantic import Field

from ops_centre.api.acts.base import Act, Body, Line, Number, Words
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre

Minutes = Annotated[float, Field(ge=0, le=10_080)]


class OneAlert(Body):
    """Which alert."""

    alert: Number


class Claim(OneAlert):
    """``to``: sign-in name of whoever shall have it; left out, whoever asks."""

    to: Line | None = None


class Shelve(OneAlert):
    """For how long and why."""

    minutes: Annotated[int, Field(ge=1, le=10_080)]
    reason: Line


class Clear(OneAlert):
    """Why."""

    reason: Words


class OneCause(Body):
    """Which cause."""

    cause: Line


class ChangeRule(OneCause):
    """The rule as it shall be. ``severity`` "as subject" or left out: as the subject says."""

    enabled: bool
    severity: Line | None = None
    minutes: Minutes | None = None


class OneChannel(Body):
    """Which channel."""

    channel: Line


def _acknowledge(ops: OpsCentre, actor: Actor, body: OneAlert) -> dict[str, Any]:
    return {"said": ops.alerts.acknowledge(actor, body.alert, body.request_id)}


def _claim(ops: OpsCentre, actor: Actor, body: Claim) -> dict[str, Any]:
    return {"said": ops.alerts.claim(actor, body.alert, body.to, body.request_id)}


def _shelve(ops: OpsCentre, actor: Actor, body: Shelve) -> dict[str, Any]:
    return {"said": ops.alerts.shelve(actor, body.alert, body.minutes, body.reason, body.request_id)}


def _unshelve(ops: OpsCentre, actor: Actor, body: OneAlert) -> dict[str, Any]:
    return {"said": ops.alerts.unshelve(actor, body.alert, body.request_id)}


def _clear(ops: OpsCentre, actor: Actor, body: Clear) -> dict[str, Any]:
    return {"said": ops.alerts.clear(actor, body.alert, body.reason, body.request_id)}


def _acknowledge_cause(ops: OpsCentre, actor: Actor, body: OneCause) -> dict[str, Any]:
    return {"said": ops.alerts.acknowledge_cause(actor, body.cause, body.request_id)}


def _change_rule(ops: OpsCentre, actor: Actor, body: ChangeRule) -> dict[str, Any]:
    said = ops.alert_rules.change(
        actor,
        body.cause,
        enabled=body.enabled,
        severity=body.severity,
        minutes=body.minutes,
        request_id=body.request_id,
    )
    return {"said": said}


def _reset_rule(ops: OpsCentre, actor: Actor, body: OneCause) -> dict[str, Any]:
    return {"said": ops.alert_rules.reset(actor, body.cause, body.request_id)}


def _test(ops: OpsCentre, actor: Actor, body: OneChannel) -> dict[str, Any]:
    return {"said": ops.notices.test(actor, body.channel, body.request_id)}


HANDLE, RULES = Permission.ALERT_HANDLE, Permission.ALERT_RULES
ACTS = (
    Act("alerts/acknowledge", HANDLE, OneAlert, _acknowledge, "Say that an alert was noticed."),
    Act("alerts/claim", HANDLE, Claim, _claim, "Take an alert on, or give it to somebody; its target goes with it."),
    Act("alerts/shelve", HANDLE, Shelve, _shelve, "Put an alert aside for some minutes, with a reason."),
    Act("alerts/unshelve", HANDLE, OneAlert, _unshelve, "Bring a shelved alert back."),
    Act("alerts/clear", HANDLE, Clear, _clear, "Clear an alert whose cause does not end by itself, with a reason."),
    Act("alerts/acknowledge-cause", HANDLE, OneCause, _acknowledge_cause, "Acknowledge all of one cause but top ones."),
    Act("rules/change", RULES, ChangeRule, _change_rule, "Change a rule that raises alerts."),
    Act("rules/reset", RULES, OneCause, _reset_rule, "Let a rule be as config.toml has it."),
    Act("notices/test", RULES, OneChannel, _test, "Send a test through an outward channel."),
)
