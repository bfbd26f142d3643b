"""Ids of the page /planning: its tabs are /planning, /planning/sufficiency and /planning/proposals."""

from enum import StrEnum


class Planning(StrEnum):
    """Units over time, sufficiency of places, proposals."""

    PAGE = "planning-page"
    QUERY = "planning-query"  # store: window, filter and page of the board, set by assets/52-planning.js
    CALENDARS = "planning-calendars"  # store: set when an address was made or ended; no board moves then
    TOOLS = "planning-tools"  # heading, tabs and filter; drawn once
    BOARD = "planning-board"  # tab Units
    FORMS = "planning-forms"  # dialogs; drawn when the page is opened
    SUFFICIENCY = "planning-sufficiency"  # tab Sufficiency
    PROPOSALS = "planning-proposals"  # tab Proposals
