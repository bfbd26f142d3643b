"""Every id a callback or a script names, as ``<page>-<part>``. `wall-map`, `board-…` and `wall-selection`
are also named by the map and stream scripts: changing them changes those."""

from enum import StrEnum


class Shell(StrEnum):
    """The frame around every page."""

    ROOT = "shell"
    LOCATION = "shell-location"
    HEADER = "shell-header"
    LIGHTS = "shell-lights"
    FROZEN = "shell-frozen"
    TROUBLE = "shell-trouble"  # what is wrong with the centre itself (assets/15-trouble.js)
    SHOWN = "shell-shown"  # store: slug of the page that is shown
    DUE = "shell-due"  # its properties `data-due-…` ask for parts of the page (assets/17-due.js)
    HELP = "shell-help"
    MENU = "shell-menu"
    WATCH = "shell-watch"  # who has the watch
    ALERTS = "shell-alerts"  # how many nobody has seen
    MORE = "shell-more"
    SAID = "shell-said"  # what came of an act (assets/13-acts.js)
    ASK = "shell-ask"  # the dialog that asks before an act


class Board(StrEnum):
    """What moves as one for a reader; whoever draws it says so (`callbacks.binding.Due`). Named as in
    `picture.present.BOARDS`."""

    TARGETS = "targets"
    UNITS = "units"
    FEEDS = "feeds"
    ALERTS = "alerts"
    TASKINGS = "taskings"
    ENQUIRIES = "enquiries"
    LOG = "log"
    WATCH = "watch"
    OPERATIONS = "operations"
    PLAN = "plan"
    DEBRIEFS = "debriefs"
    HAZARDS = "hazards"
    MOVEMENTS = "movements"
    MESSAGES = "messages"


class Wall(StrEnum):
    """The wall screen."""

    PAGE = "wall-page"
    MAP = "wall-map"
    MAP_NOTE = "wall-map-note"  # filled by the map script
    MAP_COUNTS = "wall-map-counts"  # likewise
    SELECTION = "wall-selection"  # store: {"kind", "id"} or None, set by the map script
    CARD = "wall-card"
    CARD_DUE = "wall-card-due"  # store: rises when what the card shows has changed
    ATTENTION = "wall-attention"
    UNITS = "wall-units"
    SENT = "wall-sent"
    ARRIVALS = "wall-arrivals"
    LOG = "wall-log"
    OPERATIONS = "wall-operations"
    ANNOUNCE = "wall-announce"
    SEARCH = "wall-search"
    SEARCH_TEXT = "wall-search-text"
    SEARCH_RESULTS = "wall-search-results"
    LAYERS = "wall-layers"
    HAZARDS = "wall-hazards"  # those in force, each picked by a press
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
    TABS = "targets-tabs"
    MOVEMENTS = "targets-movements"
    MAKE = "targets-make"  # dialog: make somebody or something of a manifest a target
    MANIFEST = "targets-manifest"
    MANIFEST_OF = "targets-manifest-of"  # store: {"movement", "wanted"}, set by assets/45-movements.js


class Units(StrEnum):
    """The full list of units."""

    PAGE = "units-page"
    BODY = "units-body"
    FILTER = "units-filter"


class Feeds(StrEnum):
    """Health of every feed."""

    PAGE = "feeds-page"
    BODY = "feeds-body"
    CARD = "feeds-card"  # one feed opened
    RAW = "feeds-raw"  # a refused record of it
    DUTIES = "feeds-duties"  # of the worker
    ACTED = "feeds-acted"  # set by the script after an act


class Admin(StrEnum):
    """Frame of the accounts page; its parts are named in layouts/admin.py."""

    PAGE = "admin-page"
