"""Ids of the page /debriefs."""

from enum import StrEnum


class Debriefs(StrEnum):
    """Debriefs and the lessons that came of them."""

    PAGE = "debriefs-page"
    BODY = "debriefs-body"
