"""Ids of the page /past."""

from enum import StrEnum


class Past(StrEnum):
    """The picture as it was known at a moment. Its parts are made by the page's scripts."""

    PAGE = "past-page"
    BODY = "past-body"
