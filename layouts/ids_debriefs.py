"""Ids of the page /debriefs."""

from enum import StrEnum


class Debriefs(StrEnum):
    """Debriefs and the lessons that came of them."""

    PAGE = "debriefs-page"
    FILTER = "debriefs-filter"
    FIGURES = "debriefs-figures"
    CARD = "debriefs-card"  # /debriefs/12 and /debriefs/lesson/12
    LESSONS = "debriefs-lessons"
    LISTS = "debriefs-lists"
