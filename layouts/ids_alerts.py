"""Ids of the pages of alerts, alert load and lookouts. `assets/42-alerts.js` names some of them too."""

from enum import StrEnum


class Alerts(StrEnum):
    """The triage list."""

    PAGE = "alerts-page"
    FILTERS = "alerts-filters"
    FILTER = "alerts-filter"  # store: what `layouts.alerts.Filter` reads, set by a press
    CHOSEN = "alerts-chosen"  # store: number of the alert whose particulars are shown
    BODY = "alerts-body"
    CARD = "alerts-card"
    SHELVE = "alerts-shelve"  # dialog
    CLEAR = "alerts-clear"  # dialog


class Load(StrEnum):
    """Alert load, the rules, and the ways out of the room."""

    PAGE = "load-page"
    FIGURES = "load-figures"
    PLOT = "load-plot"
    TABLES = "load-tables"
    RULES = "load-rules"
    CHANNELS = "load-channels"
    VIEW = "load-view"  # store: {"hours", "theme"}, set by a press
    ACTED = "load-acted"  # store: rises when a rule was changed or a channel tried on this page


class Lookouts(StrEnum):
    """What is looked out for."""

    PAGE = "lookouts-page"
    BODY = "lookouts-body"
    ACTED = "lookouts-acted"  # store: rises when a lookout was added or ended on this page
    ADD = "lookouts-add"  # dialog
    END = "lookouts-end"  # dialog
