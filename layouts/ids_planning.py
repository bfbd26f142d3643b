"""Ids of the page /planning."""

from enum import StrEnum


class Planning(StrEnum):
    """Units over time, sufficiency of places, proposals."""

    PAGE = "planning-page"
    BODY = "planning-body"
