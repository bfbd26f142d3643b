"""The facts of one thing on the page of the chain: hits with their source message as text, alerts, entries, craft, units."""

from collections.abc import Sequence
from typing import Any

from layouts import cards
from layouts.components import plain as html
from layouts.components.marks import chip, facts, marking
from layouts.components.times import age, local_time
from layouts.criteria import criterion_link
from layouts.dispatch_words import log_link, respond_link
from ops_centre.picture.dispatch_views import ChainThing
from ops_centre.picture.log_views import LogEntryView
from ops_centre.picture.views import HitRow, TargetCard, TrackCard, UnitCard
from ops_centre.picture.watch_views import AlertRow


def hit_facts(hit: HitRow) -> list[Any]:
    """One hit, back to what the source sent, as text."""
    return [
        html.Section(
            [
                html.H3("Match"),
                html.P(hit.explanation),
                facts(
                    ("Criterion", f"{hit.criterion}, version {hit.criterion_version}"),
                    ("Kind", hit.kind),
                    ("Score", None if hit.score is None else f"{hit.score:g}"),
                    ("Matched", [local_time(hit.matched_at), " · ", age(hit.matched_at)]),
                ),
                html.P(criterion_link(hit.criterion, "What this criterion found")),
            ],
            className="record",
        ),
        source_section(hit),
    ]


def source_section(hit: HitRow) -> html.Section:
    """The source message, exactly as it came."""
    said = hit.source_text
    return html.Section(
        [
            html.H3("Source message"),
            html.P(f"{hit.source_system} · {hit.source_message}", className="quiet"),
            html.Pre(said, className="source-text", tabIndex=0)
            if said
            else html.P("The source sent no text with it.", className="quiet"),
        ],
        className="record record-wide",
    )


def target_facts(card: TargetCard) -> list[Any]:
    """A target as its card tells it, with every source message."""
    return [
        html.Section(
            [html.H3("Target"), *_without_head(cards.target_card(card))], className="record record-wide on-chain"
        )
    ]


def track_facts(card: TrackCard) -> list[Any]:
    """A craft as its card tells it."""
    return [html.Section([html.H3("Craft"), *_without_head(cards.track_card(card))], className="record on-chain")]


def unit_facts(card: UnitCard) -> list[Any]:
    """A unit as its card tells it."""
    return [html.Section([html.H3("Unit"), *_without_head(cards.unit_card(card))], className="record on-chain")]


def _without_head(card: Sequence[Any]) -> list[Any]:
    """The page has the title already, and nothing to close."""
    return list(card[1:])


def alert_facts(row: AlertRow, *, may_decide: bool) -> list[Any]:
    """A standing alert."""
    return [
        html.Section(
            [
                html.H3("Alert"),
                html.P(row.text),
                html.P([chip(row.severity), " ", chip(row.state, "warn" if row.state == "unseen" else "plain")]),
                facts(
                    ("Raised", [local_time(row.raised_at), " · ", age(row.raised_at)]),
                    ("Times", str(row.count)),
                    ("Acknowledged", row.acknowledged_by and [row.acknowledged_by, " ", age(row.acknowledged_at)]),
                    ("With", row.assigned_to),
                    ("Shelved", row.shelve_reason and [row.shelve_reason, " until ", local_time(row.shelved_until)]),
                    ("Handling", marking(row.owner, row.marking)),
                ),
                html.P(
                    [
                        respond_link("alert", row.id) if may_decide else None,
                        html.A("All alerts", href="/alerts", className="link", **{"data-follow": ""}),
                    ],
                    className="ways-on",
                ),
            ],
            className="record",
        )
    ]


def entry_facts(view: LogEntryView) -> list[Any]:
    """A sealed entry of the duty log."""
    return [
        html.Section(
            [
                html.H3("Entry"),
                html.P(view.text),
                facts(
                    ("Kind", view.kind),
                    ("Author", f"{view.author_name} · {view.author_role}" if view.author_role else view.author_name),
                    ("Happened", local_time(view.occurred_at)),
                    ("Recorded", [local_time(view.recorded_at), " · ", age(view.recorded_at)]),
                    ("Handling", marking(view.owner, view.marking)),
                    ("In the log", log_link(view.seq)),
                    ("Hash", html.Code(view.chain_hash, className="hash")),
                ),
            ],
            className="record",
        )
    ]


def plain_facts(thing: ChainThing) -> list[Any]:
    """What the chain itself tells of a thing."""
    return [
        html.Section(
            [
                html.H3(thing.kind.capitalize()),
                facts(
                    ("What", thing.detail),
                    ("When", thing.at and [local_time(thing.at), " · ", age(thing.at)]),
                    ("By", thing.by),
                ),
            ],
            className="record",
        )
    ]
