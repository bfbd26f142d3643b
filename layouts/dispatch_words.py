"""Words and small parts that the pages of dispatch share: spans of minutes, states of a tasking, links along the chain."""

from datetime import datetime
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip
from layouts.components.times import age, countdown, countdown_word
from ops_centre.domain.tasking import Result, TaskingState

SHORT_MIN = 15  # less than this to spare is said to be short
NO_MOMENT = "no last moment"


def span(minutes: float | None) -> str | None:
    """``45 min``, ``2 h 05``, ``3 d 4 h``. ``minutes`` may be negative: its amount is told."""
    if minutes is None:
        return None
    whole = round(abs(minutes))
    if whole < 60:
        return f"{whole} min"
    hours, rest = divmod(whole, 60)
    if hours < 48:
        return f"{hours} h {rest:02d}"
    return f"{hours // 24} d {hours % 24} h"


def slack_words(minutes: float | None) -> tuple[str, str]:
    """How much time there is to spare, as a state for the style sheet and in words."""
    if minutes is None:
        return "unknown", NO_MOMENT
    if minutes < 0:
        return "past", f"{span(minutes)} too late"
    return ("soon" if minutes < SHORT_MIN else "ahead"), f"{span(minutes)} to spare"


def moment(until: datetime | None, words: tuple[str, str], missing: str = "—", *, calm: bool = False) -> html.Span:
    """A countdown with its words. It turns by itself: ``12:41 to send``, ``3 min too late``.

    ``calm``: it stands out only when it has passed, not when it is near, as what is always near must not.
    """
    if until is None:
        return html.Span(missing, className="moment quiet")
    return html.Span(
        [countdown(until), " ", countdown_word(until, words)], className="moment calm" if calm else "moment"
    )


def state_chip(state: str) -> html.Span:
    """The state of a tasking. What waits for somebody or went wrong stands out."""
    return chip(state, "warn" if state in (TaskingState.DECLINED, TaskingState.CANCELLED) else "plain")


def result_chip(result: str) -> html.Span:
    """The result of an examination, with the shape of a find."""
    shape = {Result.POSITIVE: "◆ ", Result.NEGATIVE: "○ "}.get(Result(result), "– ")
    return chip(f"{shape}{result}", "strong" if result == Result.POSITIVE else "plain")


def chain_link(kind: str, thing: int | str, text: Any, class_name: str = "link") -> html.A:
    """A link to the page of one thing of the chain."""
    return html.A(text, href=f"/chain/{kind}/{thing}", className=class_name, **{"data-follow": ""})


def log_link(seq: int) -> html.A:
    """A link to a sealed entry: ``entry 1,234``."""
    return html.A(f"entry {seq:,}", href=f"/log/{seq}", className="link", **{"data-follow": ""})


def respond_link(kind: str, thing: int | str, class_name: str = "button primary", text: str = "Respond") -> html.A:
    """Leads to the options for one subject."""
    return html.A(text, href=f"/respond?about={kind}:{thing}", className=class_name, **{"data-follow": ""})


def by_whom(name: str | None, at: datetime | None) -> html.Span:
    """``duty.officer · 4 min ago``."""
    return html.Span([name or "the centre", " · ", age(at)] if at else [name or ""], className="quiet by")
