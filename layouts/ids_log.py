"""Ids of the duty log and of the quick entry. The scripts assets/40-log.js and 41-quick-entry.js name them too."""

from enum import StrEnum


class Log(StrEnum):
    """The page of the duty log."""

    PAGE = "log-page"
    BODY = "log-body"
    FILTERS = "log-filters"
    TEXT = "log-text"
    COUNT = "log-count"
    LIST = "log-list"
    SCROLL = "log-scroll"
    NEW = "log-new"  # "3 new entries"
    STATE = "log-state"  # loading, empty, failed, end
    CARD = "log-card"
    CORRECT = "log-correct"  # dialog
    CORRECT_TEXT = "log-correct-text"
    CORRECT_REASON = "log-correct-reason"
    AUTHORS = "log-authors"
    FIELD = "log-field"  # messages from the field that wait


class QuickEntry(StrEnum):
    """The dialog that key ``n`` opens on every page."""

    DIALOG = "quick-entry"
    FORM = "quick-form"
    TITLE = "quick-title"
    TEXT = "quick-text"
    OPTIONS = "quick-options"
    HINT = "quick-hint"
    LINKS = "quick-links"
    OFFER = "quick-offer"
    WHEN = "quick-when"
    WHEN_SAID = "quick-when-said"
    DECIDER = "quick-decider"
    MARKING = "quick-marking"
    ANSWER = "quick-answer"
