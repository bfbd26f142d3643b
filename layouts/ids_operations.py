"""Ids of the page /operations and of the page of one operation, /operations/12."""

from enum import StrEnum


class Operations(StrEnum):
    """The boards of deliberate, contingency and overwatch operations."""

    PAGE = "operations-page"
    TOOLS = "operations-tools"  # heading, filter and the dialogs; drawn once
    FILTER = "operations-filter"  # store: what the script read from the filter (assets/50-operations.js)
    BOARDS = "operations-boards"


class Operation(StrEnum):
    """One operation: /operations/<id>. Each part is drawn by whoever owns it, all of them only while it is shown."""

    PAGE = "operation-page"
    HEAD = "operation-head"
    WORK = "operation-work"  # links, units, taskings
    OBJECTIVES = "operation-objectives"
    ORDER = "operation-order"
    AREA = "operation-area"
    REPORTS = "operation-reports"
    FILES = "operation-files"
    LESSONS = "operation-lessons"
    DEBRIEF = "operation-debrief"
    LOG = "operation-log"


class Contingency(StrEnum):
    """The dialog that opens a contingency from an alert, a card or a log entry. It stands in the frame."""

    DIALOG = "contingency-dialog"
