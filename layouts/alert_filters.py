"""What is shown of the alerts, and the bar that chooses it. `assets/42-alerts.js` turns presses into the store."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from layouts.alert_parts import CAUSE_WORDS, Reader, cause_words
from layouts.components import plain as html
from layouts.components.marks import severity_mark
from layouts.components.numbers import count
from layouts.components.painted import element
from ops_centre.domain.alerting import AlertState
from ops_centre.domain.targeting import Severity
from ops_centre.picture.watch_views import AlertRow

PERIODS = {12: "12 h", 24: "24 h", 168: "7 days"}
STATES = {"standing": "Standing", "unseen": "Unseen", "shelved": "Shelved", "history": "History"}


@dataclass(frozen=True, slots=True)
class Filter:
    """What the reader wants to see of the list. Made of what the browser sent: anything odd is the default."""

    state: str = "standing"
    severity: str = ""
    cause: str = ""
    mine: bool = False
    missed: bool = False
    hours: int = 12
    opened: frozenset[str] = field(default_factory=frozenset)  # causes whose group is unfolded in a flood

    @classmethod
    def of(cls, given: Any) -> "Filter":
        """From the store."""
        if not isinstance(given, dict):
            return cls()
        opened = given.get("opened")
        return cls(
            state=given["state"] if given.get("state") in STATES else "standing",
            severity=given["severity"] if given.get("severity") in set(Severity) else "",
            cause=given["cause"] if given.get("cause") in CAUSE_WORDS else "",
            mine=given.get("mine") is True,
            missed=given.get("missed") is True,
            hours=given["hours"] if given.get("hours") in PERIODS else 12,
            opened=frozenset(one for one in opened if one in CAUSE_WORDS) if isinstance(opened, list) else frozenset(),
        )

    def wants(self, row: AlertRow, reader: Reader) -> bool:
        """Whether a row passes everything but the state."""
        return (
            (not self.severity or row.severity == self.severity)
            and (not self.cause or row.cause == self.cause)
            and (not self.mine or row.assigned_to == reader.name)
        )

    @property
    def is_plain(self) -> bool:
        """Whether everything that stands is asked for."""
        return self.state == "standing" and not (self.severity or self.cause or self.mine)


def filter_bar(rows: Sequence[AlertRow], reader: Reader, wanted: Filter) -> list[Any]:
    """The head of the page: states with their numbers, severities, causes, mine; for the history its period, missed only."""
    states = [_state(name, words, _number(rows, name), wanted) for name, words in STATES.items()]
    severities = [_press("severity", "", "all", wanted.severity == "")]
    severities += [
        _press("severity", one.value, [severity_mark(one), one.value], wanted.severity == one) for one in Severity
    ]
    parts = [html.H1("Alerts"), _group("State", states), _group("Severity", severities), _causes(rows, wanted)]
    if wanted.state != "history":
        mine = sum(row.assigned_to == reader.name for row in rows)
        return [*parts, _press("mine", "toggle", f"mine {count(mine)}", wanted.mine)]
    periods = [_press("hours", str(hours), words, wanted.hours == hours) for hours, words in PERIODS.items()]
    return [*parts, _group("Period", periods), _press("missed", "toggle", "missed only", wanted.missed)]


def _number(rows: Sequence[AlertRow], state: str) -> int | None:
    if state == "history":
        return None
    if state == "standing":
        return sum(row.state != AlertState.SHELVED for row in rows)
    return sum(row.state == state for row in rows)


def _state(name: str, words: str, number: int | None, wanted: Filter) -> html.Button:
    return _press("state", name, words if number is None else f"{words} {count(number)}", wanted.state == name)


def _press(name: str, value: str, words: Any, chosen: bool) -> html.Button:
    marks = {"data-alerts-filter": name, "data-alerts-value": value, "aria-pressed": "true" if chosen else "false"}
    return html.Button(words, type="button", className="button filter", **marks)


def _group(title: str, presses: Sequence[html.Button]) -> html.Div:
    return html.Div(list(presses), className="filter-group", role="group", **{"aria-label": title})


def _causes(rows: Sequence[AlertRow], wanted: Filter) -> Any:
    numbers = {cause: sum(row.cause == cause for row in rows) for cause in CAUSE_WORDS}
    words = {
        cause: f"{cause_words(cause)} ({numbers[cause]})" if numbers[cause] else cause_words(cause)
        for cause in CAUSE_WORDS
    }
    options = [element("option", "every cause", value="", selected=not wanted.cause)]
    options += [
        element("option", words[cause], value=str(cause), selected=wanted.cause == cause) for cause in CAUSE_WORDS
    ]
    marks = {"data-alerts-filter": "cause", "aria-label": "Cause", "class": "select"}
    return element("select", *options, **marks)
