"""Ids of the page /operations."""

from enum import StrEnum


class Operations(StrEnum):
    """The boards of deliberate, contingency and overwatch operations, and the page of one."""

    PAGE = "operations-page"
    BODY = "operations-body"
