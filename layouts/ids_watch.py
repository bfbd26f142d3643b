"""Ids of the pages of the watch and of enquiries, as ``<page>-<part>``."""

from enum import StrEnum


class WatchPage(StrEnum):
    """Roster, the watch that is on, handover."""

    PAGE = "watch-page"
    CARD = "watch-card"  # one past watch; empty: the page itself
    NOW = "watch-now"
    HANDOVER = "watch-handover"
    OFFER = "watch-offer"  # the form, apart from what is redrawn around it
    ROSTER = "watch-roster"
    SINCE = "watch-since"
    PAST = "watch-past"
    ASSIGN = "watch-assign"  # dialog
    PEOPLE = "watch-people"  # in that dialog


class Enquiries(StrEnum):
    """The single point of contact."""

    PAGE = "enquiries-page"
    FIGURES = "enquiries-figures"
    FILTER = "enquiries-filter"
    CARD = "enquiries-card"
    OPEN = "enquiries-open"
    CLOSED = "enquiries-closed"
    FORM = "enquiries-form"


class Since(StrEnum):
    """What happened since the reader was last here, shown once for each sign-in."""

    PANEL = "since-panel"
