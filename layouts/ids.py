"""Every id a callback or a script names, as ``<page>-<part>``. `wall-map`, `wall-board-revision` and `wall-selection`
are also named by the map and stream scripts: changing them changes those."""

from enum import StrEnum


class Shell(StrEnum):
    """The frame around every page."""

    ROOT = "shell"
    LOCATION = "shell-location"
    HEADER = "shell-header"
    LIGHTS = "shell-lights"
    FROZEN = "shell-frozen"
    SHOWN = "shell-shown"  # store: path of the page that is shown
    HELP = "shell-help"
    MENU = "shell-menu"
    FEEDS_DUE = "shell-feeds-due"  # fires when feed lights and tables are drawn anew


class Wall(StrEnum):
    """The wall screen."""

    PAGE = "wall-page"
    MAP = "wall-map"
    MAP_NOTE = "wall-map-note"  # filled by the map script
    MAP_COUNTS = "wall-map-counts"  # likewise
    BOARDS = "wall-board-revision"  # store: {"targets": n, "units": n, "feeds": n}, set by the stream script
    TARGETS_REVISION = "wall-targets-revision"
    UNITS_REVISION = "wall-units-revision"
    MINUTE = "wall-minute"  # fires once a minute, for lists that depend on the time of day
    SELECTION = "wall-selection"  # store: {"kind", "id"} or None, set by the map script
    CARD = "wall-card"
    CARD_DUE = "wall-card-due"  # store: rises when what the card shows has changed
    ATTENTION = "wall-attention"
    UNITS = "wall-units"
    WORK = "wall-work"
    ARRIVALS = "wall-arrivals"
    FEEDS = "wall-feeds"
    ANNOUNCE = "wall-announce"
    SEARCH = "wall-search"
    SEARCH_TEXT = "wall-search-text"
    SEARCH_RESULTS = "wall-search-results"
    LAYERS = "wall-layers"
    VIEWS = "wall-views"
    VIEWS_LIST = "wall-views-list"
    VIEWS_NAME = "wall-views-name"
    VIEWS_ACT = "wall-views-act"  # store: {"act": "save" | "delete", "name", "view"}, set by a press
    VIEWS_REVISION = "wall-views-revision"
    VIEWS_ANSWER = "wall-views-answer"


class Targets(StrEnum):
    """The full list of open targets."""

    PAGE = "targets-page"
    BODY = "targets-body"
    FILTER = "targets-filter"
    ORDER = "targets-order"  # store: {"column", "descending"}
    DUE = "targets-due"


class Units(StrEnum):
    """The full list of units."""

    PAGE = "units-page"
    BODY = "units-body"
    FILTER = "units-filter"
    DUE = "units-due"


class Feeds(StrEnum):
    """Health of every feed."""

    PAGE = "feeds-page"
    BODY = "feeds-body"


class Admin(StrEnum):
    """Frame of the accounts page; its parts are named in layouts/admin.py."""

    PAGE = "admin-page"
