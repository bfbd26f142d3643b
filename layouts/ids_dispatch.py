"""Ids of the pages of dispatch. assets/43-dispatch.js names them too: changing one changes that script."""

from enum import StrEnum


class Respond(StrEnum):
    """Options for one subject, and the decision."""

    PAGE = "respond-page"
    BODY = "respond-body"
    FORM = "respond-form"
    NOTE = "respond-note"  # says what changed since the options were shown
    ASKED = "respond-asked"  # store: rises when the officer asks for options anew
    SEEN = "respond-seen"  # store: what was shown, in short, to compare with


class Taskings(StrEnum):
    """Units that were sent, and outcomes owed."""

    PAGE = "taskings-page"
    BODY = "taskings-body"
    REPORT = "taskings-report"  # dialogs
    CANCEL = "taskings-cancel"
    OUTCOME = "taskings-outcome"


class Chain(StrEnum):
    """One thing of the chain with its neighbours."""

    PAGE = "chain-page"
    BODY = "chain-body"


class Criteria(StrEnum):
    """What each criterion found."""

    PAGE = "criteria-page"
    BODY = "criteria-body"
    ORDER = "criteria-order"  # store: {"column", "descending"}
