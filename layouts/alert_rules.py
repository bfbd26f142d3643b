"""The rules that raise alerts, to be changed by the shift lead, and the ways an alert leaves the room."""

import json
from collections.abc import Sequence
from typing import Any

from layouts.alert_parts import cause_words
from layouts.components import plain as html
from layouts.components.marks import chip, empty
from layouts.components.numbers import counted
from layouts.components.painted import element
from layouts.components.times import age, local_time
from ops_centre.domain.alert_rules import WORDS
from ops_centre.domain.alerting import AlertCause
from ops_centre.domain.targeting import Severity
from ops_centre.picture.alert_views import ChannelView, RuleView

READ_ONLY = "The shift lead may change these."


def rules_panel(rules: Sequence[RuleView], *, may_change: bool) -> list[Any]:
    """One row for each cause: what it says, whether it is on, how severe, its threshold, and who changed it."""
    changed = sum(not rule.is_default for rule in rules)
    note = (
        counted(changed, "differs from the configuration", "differ from the configuration")
        if changed
        else "as configured"
    )
    head = html.Div(
        [html.H2("Rules"), html.Span(note if may_change else f"{note} · {READ_ONLY}", className="panel-note")],
        className="section-head",
    )
    rows = [_form(rule) if may_change else _words(rule) for rule in rules]
    return [head, html.Div(rows, className="rule-list") if rows else empty("No rules")]


def rule_id(cause: str) -> str:
    """Id of the row of a cause."""
    return f"rule-{cause.replace(' ', '-')}"


def _form(rule: RuleView) -> html.Form:
    name = cause_words(rule.cause)
    enabled = element(
        "input",
        type="checkbox",
        name="enabled",
        checked=rule.enabled,
        **{"data-type": "flag", "aria-label": f"{name} raises alerts"},
    )
    reset = html.Button(
        "Reset",
        type="button",
        className="button quiet-button",
        **{
            "data-do": "rules/reset",
            "data-with": json.dumps({"cause": rule.cause}),
            "data-ask": f"Put the rule “{name}” back to what the configuration says?",
        },
    )
    return html.Form(
        [
            html.Label([enabled, html.Span("on")], className="rule-on"),
            _what(rule),
            html.Div(_severity(rule, name), className="rule-severity"),
            html.Div(_minutes(rule, name), className="rule-minutes"),
            html.Div(
                [
                    html.Button("Change", type="submit", className="button quiet-button"),
                    None if rule.is_default else reset,
                ],
                className="rule-acts",
            ),
            html.P(className="alert-answer", role="alert", **{"data-answer": ""}),
        ],
        id=rule_id(rule.cause),
        tabIndex=-1,
        className=f"rule{'' if rule.enabled else ' is-off'}",
        **{
            "data-do": "rules/change",
            "data-with": json.dumps({"cause": rule.cause}),
            "data-keep": "",
            "aria-label": name,
        },
    )


def _severity(rule: RuleView, name: str) -> Any:
    of_subject = WORDS[AlertCause(rule.cause)].subject_has_severity
    options = [element("option", "as its subject", value="", selected=rule.severity is None)] if of_subject else []
    options += [element("option", one.value, value=one.value, selected=rule.severity == one) for one in Severity]
    return element("select", *options, name="severity", **{"class": "select", "aria-label": f"Severity of {name}"})


def _minutes(rule: RuleView, name: str) -> list[Any]:
    if rule.minutes_word is None:
        return []
    field = element(
        "input",
        type="number",
        name="minutes",
        value=f"{rule.minutes:g}" if rule.minutes is not None else "",
        min=f"{WORDS[AlertCause(rule.cause)].least:g}",
        max=f"{WORDS[AlertCause(rule.cause)].most:g}",
        required=True,
        step="any",
        **{"data-type": "number", "class": "number-field", "aria-label": f"{name}: {rule.minutes_word}"},
    )
    return [field, html.Span("min", className="quiet", title=rule.minutes_word)]


def _what(rule: RuleView) -> html.Div:
    by = [chip("CHANGED", "strong"), f" by {rule.changed_by} ", local_time(rule.changed_at)]
    changed = None if rule.is_default or rule.changed_by is None else html.P(by, className="rule-changed")
    return html.Div(
        [html.Strong(cause_words(rule.cause)), html.P(rule.says, className="quiet"), changed], className="rule-what"
    )


def _words(rule: RuleView) -> html.Div:
    minutes = f"{rule.minutes:g} {rule.minutes_word}" if rule.minutes is not None and rule.minutes_word else ""
    return html.Div(
        [
            html.Span("on" if rule.enabled else "OFF", className="rule-on"),
            _what(rule),
            html.Div(rule.severity_word, className="rule-severity"),
            html.Div(minutes, className="rule-minutes"),
        ],
        id=rule_id(rule.cause),
        tabIndex=-1,
        className=f"rule{'' if rule.enabled else ' is-off'}",
    )


def channels_panel(channels: Sequence[ChannelView], *, may_test: bool) -> list[Any]:
    """Mail, gateways, chat: each says whether it would work, and what went wrong the last time."""
    head = html.Div(
        [html.H2("Outward notification"), html.Span("alerts that leave the room", className="panel-note")],
        className="section-head",
    )
    if not channels:
        return [
            head,
            empty("No channel is configured", "Nothing leaves the room. Channels stand in config.toml, [[channels]]."),
        ]
    return [head, html.Ul([_channel(one, may_test=may_test) for one in channels], className="channel-list")]


def _channel(channel: ChannelView, *, may_test: bool) -> html.Li:
    test = html.Button(
        "Send a test",
        type="button",
        className="button quiet-button",
        **{
            "data-do": "notices/test",
            "data-with": json.dumps({"channel": channel.name}),
            "data-ask": f"Send a test to {channel.name}? Whoever is at the other end receives it.",
        },
    )
    ready = channel.state != "not configured"
    return html.Li(
        [
            html.Div(
                [
                    html.Span(className="light-shape"),
                    html.Strong(channel.name),
                    " ",
                    html.Span(channel.state, className="channel-word"),
                ],
                className="channel-state",
                **{"data-channel": channel.state},
            ),
            html.P(_tells(channel), className="quiet"),
            _sent(channel)
            if ready
            else html.P(["Its address is missing: set ", html.Code(channel.variable), "."], className="quiet"),
            html.P([f"Failed: {channel.last_error} · ", age(channel.last_error_at)], className="abnormal")
            if channel.last_error and channel.state == "failing"
            else None,
            test if may_test and ready else None,
        ],
        className="channel",
    )


def _tells(channel: ChannelView) -> str:
    causes = ", ".join(cause_words(cause).lower() for cause in channel.causes) or "every cause"
    marked = "restricted ones too" if channel.tells_restricted else "no restricted ones"
    return f"For {channel.agency}: {channel.least_severity} and worse, {causes}; {marked}."


def _sent(channel: ChannelView) -> html.P:
    waiting = f" · {channel.waiting} waiting" if channel.waiting else ""
    return html.P(["Last sent ", age(channel.last_sent_at), waiting], className="quiet")
