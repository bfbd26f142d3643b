"""The options for one subject, and the decision.

What is shown stays as it was shown until the officer asks for it anew: nothing moves under the finger. Countdowns go on by
themselves, and a note says when fresh options would differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from layouts.components.marks import chip, empty, marking, severity_mark
from layouts.components.painted import sketch
from layouts.components.times import ARRIVAL, LAST_MOMENT, age, local_time
from layouts.dispatch_words import chain_link, moment
from layouts.ids_dispatch import Respond
from layouts.respond_form import decision_form
from layouts.respond_options import options_list
from ops_centre.picture.dispatch_views import ShownOptions
from ops_centre.picture.views import HitRow, TargetCard

HITS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class RespondView:
    """What the page is made of, all in the reader's scope."""

    shown: ShownOptions
    target: TargetCard | None  # None: about a bare track, an alert about something else, an entry
    authority: str  # name of whoever is signed in
    accept_min: float  # how long a unit has to accept
    owner: str  # agency and marking of the subject, which decision and taskings will have
    marking: str
    operations: Sequence[tuple[int, str]] = ()  # that it may be part of: number and name
    operation: int | None = None  # the one that is about the same subject already


def respond_page() -> html.Div:
    """Heading, the note about changes, and the places of options and form."""
    return html.Div(
        [
            dcc.Store(id=Respond.ASKED),
            dcc.Store(id=Respond.SEEN),
            html.H1("Respond", className="unseen"),
            html.Div(id=Respond.NOTE, className="respond-note", role="status", **sketch()),
            html.Div(
                [
                    html.Div(id=Respond.BODY, className="respond-body", **sketch(empty("Working out options …"))),
                    html.Div(id=Respond.FORM, className="respond-side", **sketch()),
                ],
                className="respond-frame",
            ),
        ],
        id=Respond.PAGE,
        className="page sheet respond",
    )


def respond_body(view: RespondView) -> list[Any]:
    """The subject with its moments, then the options best first."""
    return [_subject(view), options_list(view.shown)]


def respond_side(view: RespondView) -> list[Any]:
    """The form of the decision."""
    mark = marking(view.owner, view.marking)
    return [
        decision_form(view.shown, view.target, view.authority, view.accept_min, mark, view.operations, view.operation)
    ]


def nothing_asked() -> list[Any]:
    """The page was opened without a subject."""
    way = html.A("Choose a target", href="/targets", className="button", **{"data-follow": ""})
    return [empty("Nothing is chosen to respond to.", [way])]


def not_possible(why: str) -> list[Any]:
    """No options can be shown: the subject is gone, or not for this reader."""
    way = html.A("All open targets", href="/targets", className="button", **{"data-follow": ""})
    return [empty(why, [way])]


def changes_note(changes: Sequence[str]) -> list[Any]:
    """What differs now from what is shown. Empty when nothing does."""
    if not changes:
        return []
    return [
        html.Div(
            [
                html.Span(className="warn-shape"),
                html.Strong("Changed since shown: "),
                html.Span(" ".join(changes), **{"data-changes": ""}),
                html.Button("Show new options (r)", type="button", className="button", **{"data-dispatch": "refresh"}),
            ],
            className="changed",
        )
    ]


def _subject(view: RespondView) -> html.Header:
    options, row = view.shown.options, view.target.row if view.target else None
    return html.Header(
        [
            html.Div(
                [
                    html.H2([severity_mark(row.severity) if row else None, html.Span(options.label)]),
                    html.P(_what(view), className="quiet"),
                    _hits(view.target.hits) if view.target else None,
                ],
                className="subject-what",
            ),
            html.Dl(_moments(view), className="moments"),
            html.P(_ways(view), className="subject-ways"),
        ],
        className="subject",
    )


def _what(view: RespondView) -> list[Any]:
    options = view.shown.options
    words = [options.subject_kind or options.about_kind, options.meet_how]
    if view.target and view.target.row.action:
        words.append(f"recommended: {view.target.row.action}")
    return [" · ".join(word for word in words if word), " ", marking(view.owner, view.marking)]


def _moments(view: RespondView) -> list[html.Div]:
    options = view.shown.options
    arrives = (
        [local_time(options.arrives_at), " ", moment(options.arrives_at, ARRIVAL, calm=True)]
        if options.arrives_at
        else "—"
    )
    last: Any = moment(options.lrm_at, LAST_MOMENT) if options.lrm_at else options.lrm_note or "no last moment"
    return [
        html.Div([html.Dt("Where"), html.Dd(options.place_name or "at sea or unknown")]),
        html.Div([html.Dt("Arrives"), html.Dd(arrives)]),
        html.Div(
            [html.Dt("Last responsible moment"), html.Dd(last, className="" if options.lrm_at else "quiet")],
            className="last-moment",
        ),
    ]


def _hits(hits: Sequence[HitRow]) -> html.P | None:
    if not hits:
        return None
    shown = [chip(f"{hit.criterion} {hit.criterion_version}") for hit in hits[:HITS_SHOWN]]
    over = f" and {len(hits) - HITS_SHOWN} more" if len(hits) > HITS_SHOWN else ""
    return html.P([f"{len(hits)} hit: " if len(hits) == 1 else f"{len(hits)} hits: ", *shown, over], className="hits")


def _ways(view: RespondView) -> list[Any]:
    options = view.shown.options
    key = f"target:{options.target_id}" if options.target_id else f"track:{options.track_id}"
    on_map = html.Button("Show on map", type="button", className="link", **{"data-select": key, "data-go": "/"})
    return [
        html.Span(["options worked out ", age(options.worked_out_at)], className="quiet"),
        html.Button("Again (r)", type="button", className="button quiet-button", **{"data-dispatch": "refresh"}),
        on_map if options.target_id or options.track_id else None,
        chain_link(options.about_kind, options.about_id, "Chain"),
    ]
