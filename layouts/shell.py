"""The frame around every page: top line, pages, frozen banner, help. Called once without a reader at start-up.

All pages stand in the frame at once and the script shows one of them, so that the map and its picture survive a change
of page. A page the reader may not open is not in the frame at all: its place says so.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dash import dcc, html

from layouts.components.marks import chip
from layouts.components.painted import sketch
from layouts.ids import Shell
from layouts.refused import forbidden, not_found
from layouts.since import since_mount
from layouts.strip import lights
from ops_centre.auth.permissions import Permission
from ops_centre.picture.views import FeedRow


@dataclass(frozen=True, slots=True)
class Page:
    """An entry of the frame. ``slug`` names it to the style sheet (`data-page`)."""

    path: str
    slug: str
    title: str
    needs: Permission
    key: str = ""  # pressed after "g"
    more: bool = False  # stands in the menu "More"
    listed: bool = True  # has an entry of its own


PAGES = (
    Page("/", "wall", "Wall", Permission.PICTURE_VIEW, "w"),
    Page("/alerts", "alerts", "Alerts", Permission.ALERT_VIEW, "a"),
    Page("/log", "log", "Log", Permission.LOG_VIEW, "l"),
    Page("/operations", "operations", "Operations", Permission.OPERATION_VIEW, "o"),
    Page("/targets", "targets", "Targets", Permission.TARGET_VIEW, "t", more=True),
    Page("/taskings", "taskings", "Taskings", Permission.TASKING_VIEW, "k", more=True),
    Page("/watch", "watch", "Watch", Permission.WATCH_VIEW, "h"),
    Page("/planning", "planning", "Planning", Permission.PLAN_VIEW, "p", more=True),
    Page("/debriefs", "debriefs", "Debriefs", Permission.DEBRIEF_VIEW, "r", more=True),
    Page("/past", "past", "The past", Permission.PAST_VIEW, "y", more=True),
    Page("/enquiries", "enquiries", "Enquiries", Permission.ENQUIRY_VIEW, "e", more=True),
    Page("/units", "units", "Units", Permission.UNIT_VIEW, "u", more=True),
    Page("/feeds", "feeds", "Feeds", Permission.FEED_VIEW, "f", more=True),
    Page("/lookouts", "lookouts", "Lookouts", Permission.TARGET_VIEW, "b", more=True),
    Page("/load", "load", "Alert load", Permission.ALERT_VIEW, "d", more=True),
    Page("/criteria", "criteria", "Criteria", Permission.TARGET_VIEW, "c", more=True),
    Page("/admin", "admin", "Administration", Permission.AUDIT_VIEW, "m", more=True),
    Page("/respond", "respond", "Respond", Permission.TASKING_DECIDE, listed=False),  # ?about=target:12
    Page("/chain", "chain", "Chain", Permission.LOG_VIEW, listed=False),  # /chain/decision/12
)


MARKED = frozenset({"alerts", "watch"})  # their entries are the marks beside the others

KEYS = (
    ("/", "search"),
    ("n", "new log entry, on every page"),
    ("l", "layers"),
    ("v", "saved views"),
    ("h", "whole area on the map"),
    ("+  −", "zoom"),
    ("j  k", "next, previous target in the list"),
    ("Enter", "open what is chosen"),
    ("Esc", "close card, panel or search"),
    ("t", "dark or light"),
    ("g w · g a · g l · g t", "go to wall, alerts, log, targets"),
    ("g k · g h · g e · g u", "go to taskings, watch, enquiries, units"),
    ("g o · g p · g r · g y", "go to operations, planning, debriefs, the past"),
    ("?", "this help"),
)


@dataclass(frozen=True, slots=True)
class ShellView:
    """What the frame is made of. ``who``, ``role`` and ``agency`` are of the reader."""

    centre_name: str
    is_exercise: bool
    is_replay: bool
    time_zone: str
    who: str
    role: str
    agency: str
    feeds: Sequence[FeedRow] | None  # None: the reader may not see feeds
    watch: Any  # sketches of the top line; None: not for this reader
    alerts: Any
    may_open: frozenset[str]  # paths
    pages: dict[str, Any]  # path -> component
    boards: Mapping[str, int] = field(default_factory=dict)  # revisions of what is drawn now
    dues: Sequence[Mapping[str, Any]] = ()  # which parts the script asks for, and when (callbacks.binding.dues_for)
    thresholds: Mapping[str, float] = field(default_factory=dict)  # ages the map and stream scripts judge by
    quick_entry: Any = None  # the dialog of key n; None: not for this reader
    contingency: Any = None  # the dialog that opens one; likewise


def shell(view: ShellView) -> html.Div:
    """The whole screen."""
    links = [(page.path, page.title) for page in PAGES if page.path in view.may_open and page.listed]
    return html.Div(
        [
            dcc.Location(id=Shell.LOCATION, refresh="callback-nav"),
            dcc.Store(id=Shell.SHOWN),
            html.Div(
                id=Shell.DUE,
                hidden=True,
                **{"data-dues": json.dumps(list(view.dues)), "data-boards": json.dumps(dict(view.boards))},
            ),
            html.A("Skip to the page", href="#shell-main", className="skip control"),
            _frozen(),
            html.Div(id=Shell.TROUBLE, className="trouble", role="alert", hidden=True),
            _top_line(view),
            since_mount() if "/watch" in view.may_open else None,
            html.Main([*(_slot(page, view, links) for page in PAGES), _unknown(links)], id="shell-main", tabIndex=-1),
            _help(),
            _ask(),
            view.quick_entry,
            view.contingency,
            html.P(id=Shell.SAID, className="said", role="status", hidden=True, **{"data-said-close": ""}),
        ],
        id=Shell.ROOT,
        className="shell",
        **{
            "data-time-zone": view.time_zone,
            **{f"data-{name}": str(value) for name, value in view.thresholds.items()},
            "data-centre": view.centre_name,
            "data-exercise": "true" if view.is_exercise else "false",
        },
    )


def _slot(page: Page, view: ShellView, links: Sequence[tuple[str, str]]) -> html.Div:
    body = view.pages.get(page.path) if page.path in view.may_open else forbidden(view.role, f"“{page.title}”", links)
    return html.Div(body, className=f"slot slot-{page.slug}")


def _unknown(links: Sequence[tuple[str, str]]) -> html.Div:
    return html.Div(not_found(links), className="slot slot-unknown")


def _frozen() -> html.Div:
    return html.Div(
        [
            html.Strong(["PICTURE FROZEN since ", html.Span(className="frozen-since")]),
            html.Span(" · reconnecting", className="frozen-why"),
        ],
        id=Shell.FROZEN,
        className="frozen",
        role="alert",
        hidden=True,
    )


def _top_line(view: ShellView) -> html.Header:
    return html.Header(
        [
            html.Div(
                [
                    html.Span(view.centre_name, className="centre-name"),
                    chip("EXERCISE", "exercise") if view.is_exercise else None,
                    html.Span(
                        chip("REPLAY", "replay"),
                        className="replay-mark",
                        hidden=not view.is_replay,
                        **{"data-replay": ""},
                    ),
                ],
                className="centre",
            ),
            _nav(view),
            _mark(Shell.ALERTS, "/alerts", "alerts-mark", view.alerts),
            _mark(Shell.WATCH, "/watch", "watch-mark", view.watch),
            _sound() if "/alerts" in view.may_open else None,
            html.P(
                [
                    html.Span(view.who, className="who-name"),
                    html.Span(_role(view), className="who-role"),
                ],
                className="who",
            ),
            html.Ul(id=Shell.LIGHTS, className="lights", **sketch(lights(view.feeds)), **{"aria-label": "Feeds"})
            if view.feeds is not None
            else None,
            _clock("local", "clock-local"),
            _clock("utc", "clock-utc"),
            _menu(view),
        ],
        id=Shell.HEADER,
        className="topline",
    )


def _nav(view: ShellView) -> html.Nav:
    """The pages the reader may open: the ones of every day in a row, the others under "More"."""
    pages = [page for page in PAGES if page.path in view.may_open and page.listed and page.slug not in MARKED]
    more = [_nav_link(page) for page in pages if page.more]
    children: list[Any] = [_nav_link(page) for page in pages if not page.more]
    if len(more) == 1:
        children += more
    elif more:
        children.append(
            html.Div(
                [
                    html.Button(
                        ["More", html.Span(className="menu-mark")],
                        type="button",
                        className="nav-more",
                        **{"data-toggles": Shell.MORE, "aria-expanded": "false", "aria-controls": Shell.MORE},
                    ),
                    html.Div(more, id=Shell.MORE, className="popover menu more-menu", hidden=True),
                ],
                className="menu-place",
            )
        )
    return html.Nav(children, className="pages control", **{"aria-label": "Pages"})


def _mark(identity: Shell, path: str, class_name: str, tree: Any) -> html.A | None:
    """A page's entry in the top line that also tells how it stands there; it stays on the kiosk."""
    if tree is None:
        return None
    return html.A(id=identity, href=path, className=f"nav-link {class_name}", **sketch(tree), **{"data-follow": ""})


def _nav_link(page: Page) -> dcc.Link:
    return dcc.Link(page.title, href=page.path, className="nav-link", title=f"{page.title} (g {page.key})")


def _role(view: ShellView) -> str:
    """Role and agency beside the name, the role only where the name does not say it."""
    return f" · {view.agency}" if view.who.casefold() == view.role.casefold() else f" · {view.role} · {view.agency}"


def _sound() -> html.Span:
    """Says that this desk is silent, or that nobody has touched the page yet (assets/43-alert-sound.js)."""
    desk = html.Button(
        type="button", className="button control", **{"data-sound-word": "", "data-sound-switch": "line"}
    )
    word = html.Span(className="sound-word", **{"data-sound-word": ""})
    return html.Span(id="shell-sound", className="sound-state", hidden=True, **sketch(desk, word))


def _alert_switches() -> list[html.Button]:
    """Sound and desktop notifications of this desk. Their words are the script's."""
    return [
        html.Button("Sound", type="button", className="menu-item", **{"data-sound-switch": "menu"}),
        html.Button("Notifications", type="button", className="menu-item", **{"data-notices-switch": ""}),
    ]


def _clock(zone: str, class_name: str) -> html.Div:
    return html.Div(
        [
            html.Span(className="clock-time", **{"data-clock": zone}),
            " ",
            html.Span(className="clock-zone", **{"data-zone-name": zone}),
        ],
        className=f"clock {class_name}",
        role="group",
        **{"aria-label": "Local time" if zone == "local" else "UTC"},
    )


def _menu(view: ShellView) -> html.Div:
    return html.Div(
        [
            html.Button(
                [html.Span(view.who, className="menu-name"), html.Span(className="menu-mark")],
                type="button",
                className="button menu-button",
                title="Menu",
                **{"data-toggles": Shell.MENU, "aria-expanded": "false", "aria-controls": Shell.MENU},
            ),
            html.Div(
                [
                    html.P([html.Strong(view.who), html.Br(), f"{view.role} · {view.agency}"], className="menu-who"),
                    html.Button("Dark or light (t)", type="button", className="menu-item", **{"data-act": "theme"}),
                    *(_alert_switches() if "/alerts" in view.may_open else ()),
                    html.Button("Keys and signs (?)", type="button", className="menu-item", **{"data-act": "help"}),
                    html.A("Kiosk", href="/?kiosk", className="menu-item") if "/" in view.may_open else None,
                    html.A("Change password", href="/password", className="menu-item"),
                    html.Form(
                        html.Button("Sign out", type="submit", className="menu-item"), action="/sign-out", method="POST"
                    ),
                ],
                id=Shell.MENU,
                className="popover menu",
                hidden=True,
            ),
        ],
        className="menu-place control",
    )


def _ask() -> html.Dialog:
    """Asks before what cannot be undone (assets/13-acts.js)."""
    body = html.Form(
        [
            html.P(**{"data-question": ""}, className="question"),
            html.Div(
                [
                    html.Button("No", type="button", className="button", **{"data-closes": "no"}),
                    html.Button("Yes", type="button", className="button primary", **{"data-closes": "yes"}),
                ],
                className="field-row",
            ),
        ]
    )
    return html.Dialog(id=Shell.ASK, className="ask", **sketch(body), **{"aria-label": "Please confirm"})


def _help() -> html.Dialog:
    signs = (
        ("severity severity-top", "top severity"),
        ("severity severity-high", "high severity"),
        ("severity severity-normal", "normal severity"),
    )
    light_words = (
        ("live", "feed is live"),
        ("late", "feed is late"),
        ("lost", "feed is lost"),
        ("paused", "feed is paused, waiting or played out"),
    )
    body = [
        html.H2("Keys and signs", id="shell-help-title"),
        html.Div(
            [
                html.Dl([html.Div([html.Dt([html.Kbd(key)]), html.Dd(what)]) for key, what in KEYS], className="keys"),
                html.Div(
                    [
                        html.Ul(
                            [
                                html.Li([html.Span(html.Span(className="shape"), className=name), word])
                                for name, word in signs
                            ]
                        ),
                        html.Ul(
                            [
                                html.Li(
                                    [
                                        html.Span(
                                            html.Span(className="light-shape"),
                                            className="light",
                                            **{"data-light": light},
                                        ),
                                        word,
                                    ]
                                )
                                for light, word in light_words
                            ]
                        ),
                        html.P("Times are local unless they say UTC; point at a time to see it in UTC."),
                        html.P("Limits on the map are approximate. Coast: Natural Earth."),
                    ],
                    className="signs",
                ),
            ],
            className="help-body",
        ),
        html.Button("Close", type="button", className="button", **{"data-act": "close-help"}),
    ]
    return html.Dialog(id=Shell.HELP, className="help", **sketch(body), **{"aria-labelledby": "shell-help-title"})
