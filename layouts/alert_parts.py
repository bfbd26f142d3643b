"""Parts of alerts that several screens share: their words, one line for the wall, the badge of alert load.

An alert is read aloud in this order: how bad, what, why, about what, how long left, who has it.
"""

import json
from dataclasses import dataclass
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip, severity_mark
from layouts.components.numbers import counted
from layouts.components.times import age, countdown, local_time
from layouts.operation_words import contingency_button
from ops_centre.clock import to_ms
from ops_centre.domain.alerting import CLEARED_BY_HAND, FIELD_CALL, AlertCause, AlertState
from ops_centre.domain.targeting import SEVERITY_ORDER, Severity
from ops_centre.picture.alert_views import AlertLoad
from ops_centre.picture.watch_views import AlertRow

CAUSE_WORDS: dict[str, str] = {
    AlertCause.TARGET_NEW: "New target",
    AlertCause.TARGET_WORSE: "Target got worse",
    AlertCause.LOOKOUT_ENTERED: "Lookout entered a zone",
    AlertCause.LOOKOUT_DARK: "Lookout went dark",
    AlertCause.POSITION_GAP: "No position",
    AlertCause.IDENTITY_CONFLICT: "Identity conflict",
    AlertCause.EMERGENCY: "Emergency",
    AlertCause.FEED_LOST: "Feed lost",
    AlertCause.LRM_NEAR: "Last moment near",
    AlertCause.LRM_PASSED: "Last moment passed",
    AlertCause.NOT_ACCEPTED: "Tasking not accepted",
    AlertCause.TASKING_OVERDUE: "Tasking overdue",
    AlertCause.CHECK_IN_OVERDUE: "Check-in overdue",
    AlertCause.OUTCOME_OWED: "Outcome owed",
    AlertCause.ENQUIRY_DUE: "Enquiry due",
    AlertCause.HANDOVER_DUE: "Handover due",
    AlertCause.LESSON_OVERDUE: "Lesson overdue",
    AlertCause.HAZARD_NEAR: "Hazard",
    AlertCause.OPERATION_DUE: "Operation's decision due",
    AlertCause.OPERATION_OVERDUE: "Operation overdue",
    AlertCause.BACKUP_MISSING: "Backup missing",
}
DUE_WORDS: dict[str, tuple[str, str]] = {  # what the time left is of, before and after
    AlertCause.TARGET_NEW: ("to arrival", "since arrival"),
    AlertCause.TARGET_WORSE: ("to arrival", "since arrival"),
    AlertCause.LRM_NEAR: ("to last moment", "since last moment"),
    AlertCause.LRM_PASSED: ("to last moment", "since last moment"),
    AlertCause.NOT_ACCEPTED: ("to accept", "overdue to accept"),
    AlertCause.HANDOVER_DUE: ("to end of watch", "since end of watch"),
}
RESPOND_TO = frozenset({"target", "track", "lookout", "unit", "tasking", FIELD_CALL})
ON_THE_WALL = frozenset({"target", "track", "unit", "hazard"})
PAGE_OF = {"feed": "/feeds", "backup": "/feeds", "lookout": "/lookouts", "watch": "/watch", FIELD_CALL: "/units"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the alerts, and what they may do about them."""

    name: str
    handles: bool = False  # alert:handle
    decides: bool = False  # tasking:decide
    opens: bool = False  # contingency:run
    sees_wall: bool = True  # picture:view
    sees_chain: bool = True  # log:view


def cause_words(cause: str) -> str:
    """A cause as an officer says it: ``Last moment near``."""
    return CAUSE_WORDS.get(cause, cause.capitalize())


def triage_order(row: AlertRow) -> tuple[Any, ...]:
    """Top severity always first, then what nobody has seen, then the worse, then what is due sooner, then the newer."""
    unseen = row.state == AlertState.UNSEEN
    due = to_ms(row.due_at) if row.due_at else float("inf")
    return (
        row.severity != Severity.TOP,
        not unseen,
        SEVERITY_ORDER.get(Severity(row.severity), 9),
        due,
        -to_ms(row.announced_at),
        -row.id,
    )


def severity_word(severity: str) -> html.Span:
    """Shape and word of a severity."""
    return html.Span(
        [severity_mark(severity), html.Span(severity, className="word")], className=f"alert-severity is-{severity}"
    )


def due(row: AlertRow) -> html.Span | None:
    """Time left or gone by, and of what; None where the alert counts down to nothing."""
    if row.due_at is None:
        return None
    ahead, past = DUE_WORDS.get(row.cause, ("to go", "overdue"))
    words = [  # the style sheet shows one of them, by the countdown's state
        html.Span(ahead, className="countdown-word due-ahead"),
        html.Span(past, className="countdown-word due-past"),
    ]
    return html.Span([countdown(row.due_at), " ", *words], className="alert-due")


def times_announced(row: AlertRow) -> html.Span | None:
    """``3×``, when it asked to be noticed more than once."""
    if row.count < 2:
        return None
    return html.Span(f"{row.count}×", className="alert-count", title=f"announced {row.count} times")


def state_words(row: AlertRow) -> list[Any]:
    """How the alert stands, in words: unseen stands out, the rest says who and when."""
    if row.state == AlertState.UNSEEN:
        escalated = chip("ESCALATED", "warn") if row.escalated_at else None
        return [chip("UNSEEN", "strong"), " " if escalated else None, escalated]
    if row.state == AlertState.SHELVED:
        return ["shelved until ", local_time(row.shelved_until)]
    if row.state == AlertState.ACKNOWLEDGED:
        return ["acknowledged by ", html.Span(row.acknowledged_by or "the centre", className="who-did")]
    return [row.state]


def holder(row: AlertRow, reader: Reader) -> html.Span:
    """Who has the alert: ``mine``, a sign-in name, or nobody."""
    if row.assigned_to is None:
        return html.Span("nobody has it", className="holder quiet")
    if row.assigned_to == reader.name:
        return html.Span("mine", className="holder is-mine")
    return html.Span(f"{row.assigned_to} has it", className="holder")


def alert_words(row: AlertRow) -> str:
    """A short name of an alert in questions and dialogs."""
    return f"{cause_words(row.cause)}: {row.title}" if cause_words(row.cause) not in row.title else row.title


def about(row: AlertRow, reader: Reader, words: Any, class_name: str = "link") -> Any:
    """A link to what the alert is about: its card on the wall, its page, or the chain. The row's key Enter opens it."""
    mark = {"data-key": "open"}
    if row.subject_kind in ON_THE_WALL and reader.sees_wall:
        card = {"data-select": f"{row.subject_kind}:{row.subject_id}", "data-go": "/"}
        return html.Button(words, type="button", className=class_name, **card, **mark)
    if row.lat is not None and reader.sees_wall:  # a call for help is on the map by its alert
        return html.Button(
            words, type="button", className=class_name, **{"data-select": f"call:{row.id}", "data-go": "/"}, **mark
        )
    return html.A(words, href=address(row), className=class_name, **{"data-follow": ""}, **mark)


def address(row: AlertRow) -> str:
    """Where what the alert is about is shown, when it is not a thing of the map."""
    if row.subject_kind == "lesson":  # where it is acted on
        return f"/debriefs/lesson/{row.subject_id}"
    if row.subject_kind == "operation":
        return f"/operations/{row.subject_id}"
    return PAGE_OF.get(row.subject_kind) or f"/chain/{row.subject_kind}/{row.subject_id}"


def acts(row: AlertRow, reader: Reader) -> list[Any]:
    """The buttons of an alert, each with its key. Only what may be done now is offered."""
    return [*(_handling(row, reader) if reader.handles else ()), _respond(row, reader), _contingency(row, reader)]


def _handling(row: AlertRow, reader: Reader) -> list[Any]:
    unseen, shelved = row.state == AlertState.UNSEEN, row.state == AlertState.SHELVED
    name = alert_words(row)
    return [
        act_button("Acknowledge", "a", "alerts/acknowledge", row, "strong") if unseen else None,
        act_button("Claim", "c", "alerts/claim", row) if row.assigned_to != reader.name and not shelved else None,
        act_button("Take back", "u", "alerts/unshelve", row)
        if shelved
        else dialog_button("Shelve", "s", "alerts-shelve", row, name),
        dialog_button("Clear", "x", "alerts-clear", row, name)
        if row.cause in CLEARED_BY_HAND and not shelved
        else None,
    ]


def _respond(row: AlertRow, reader: Reader) -> html.A | None:
    if not reader.decides or row.subject_kind not in RESPOND_TO:
        return None
    mark = {"data-follow": "", "data-key": "r", "aria-keyshortcuts": "r"}
    return html.A("Respond", href=f"/respond?about=alert:{row.id}", className="button act", **mark)


def _contingency(row: AlertRow, reader: Reader) -> html.Button | None:
    """The first of two steps to a contingency about it; in a row it is out of sight, as what is rarer is."""
    if not reader.opens:
        return None
    return contingency_button(
        "alert", row.id, alert_words(row), name=row.title, key="o", class_name="button act act-more"
    )


def act_button(words: str, key: str, act: str, row: AlertRow, class_name: str = "") -> html.Button:
    """A button that acts at once."""
    marks = {"data-do": act, "data-with": json.dumps({"alert": row.id}), "data-key": key, "aria-keyshortcuts": key}
    return html.Button(words, type="button", className=f"button act {class_name}".strip(), **marks)


def dialog_button(words: str, key: str, dialog: str, row: AlertRow, name: str) -> html.Button:
    """A button that asks for particulars first. In a row it is out of sight: the key and the particulars have it."""
    marks = {"data-opens": dialog, "data-with": json.dumps({"alert": row.id}), "data-about": name, "data-key": key}
    return html.Button(words, type="button", className="button act act-more", **marks, **{"aria-keyshortcuts": key})


# For the wall


def alert_line(row: AlertRow) -> html.A:
    """One alert as a line of the wall: shape, title, count, time left, state. It leads to the alert."""
    return html.A(
        [
            severity_mark(row.severity),
            html.Span([html.Span(row.title, className="label"), " ", times_announced(row)], className="row-title"),
            due(row) or age(row.announced_at),
            html.Span(cause_words(row.cause), className="row-reason"),
            html.Span(state_words(row), className="row-state"),
        ],
        href=f"/alerts?alert={row.id}",
        className=f"alert-line is-{row.severity} state-{row.state}",
        **{"data-follow": "", "data-alert-line": str(row.id)},
    )


def band_mark(band: str, words: str | None = None) -> html.Span:
    """A band of load: shape, colour and word."""
    shape = html.Span(className="band-shape")
    return html.Span([shape, html.Span(words or band, className="band-word")], className="band", **{"data-band": band})


def alert_load_badge(load: AlertLoad | None) -> html.Span:
    """Alert load for the top line: what nobody has seen, the rate for each officer with its band, and a flood."""
    if load is None:
        return html.Span("Alert load not known", className="load-badge quiet")
    rate = f"{load.per_officer:g} in 10 min"
    parts: list[Any] = [
        html.Strong(counted(load.unseen, "alert unseen", "alerts unseen") if load.unseen else "no alert unseen"),
        " ",
        band_mark(load.band, rate if load.band == "acceptable" else f"{rate} · {load.band}"),
    ]
    if load.flood:
        parts += [" ", chip("FLOOD", "warn")]
    return html.Span(
        parts, className="load-badge", title=f"alerts for each officer in the last 10 minutes: {load.band}"
    )
