"""Cards: everything known of one thing that somebody picked, with the way to what hangs together with it.

All text that came by a feed is put in as text, never as HTML.
"""

from collections.abc import Sequence
from typing import Any

from layouts.attention import place_of, status_chip
from layouts.card_acts import CardActs, chain_links, target_acts, track_acts, unit_acts
from layouts.card_sources import conflict_chips, doubts_and_sources
from layouts.components import plain as html
from layouts.components.marks import chip, facts, marking, severity_mark
from layouts.components.numbers import course, position, speed
from layouts.components.times import age, countdown, countdown_word, local_time
from ops_centre.domain.places import Place
from ops_centre.picture.views import DeploymentRow, HitRow, TargetCard, TargetRow, TrackCard, UnitCard, UnitRow

NAV_STATUS = {  # ITU-R M.1371-5, table 45
    0: "under way using engine",
    1: "at anchor",
    2: "not under command",
    3: "restricted manoeuvrability",
    4: "constrained by draught",
    5: "moored",
    6: "aground",
    7: "fishing",
    8: "under way sailing",
    11: "towing astern",
    12: "pushing ahead or alongside",
    14: "AIS-SART active",
}


def track_card(card: TrackCard, acts: CardActs | None = None) -> list[Any]:
    """A craft: who it is, where it was and when, and its targets."""
    about = f"target:{card.targets[0].id}" if len(card.targets) == 1 else f"track:{card.id}"
    title = card.name or card.flight or card.registration or card.callsign or _number(card)
    return [
        _head(title, card.kind, [*_caveats(card.caveats), *conflict_chips(card)]),
        *(track_acts(about, acts, title) if acts else ()),
        _targets(card.targets),
        facts(
            ("Flag", card.flag),
            ("MMSI", card.mmsi and f"{card.mmsi:09d}"),
            ("IMO", card.imo),
            ("Flight", card.flight),
            ("Registration", card.registration),
            ("Callsign", card.callsign),
            ("ICAO address", card.key.removeprefix("icao:").upper() if card.key.startswith("icao:") else None),
            ("Type", card.type_text),
            ("Size", _size(card)),
            ("Squawk", card.squawk),
            ("Destination", card.destination),
            ("Reported ETA", card.eta_at and local_time(card.eta_at)),
        ),
        _section(
            "Position",
            facts(
                ("Where", position(card.lat, card.lon) or "no position reported"),
                ("Zone", card.zone),
                ("Course", course(card.course_deg)),
                ("Heading", course(card.heading_deg)),
                ("Speed", speed(card.speed_kn)),
                ("Altitude", _altitude(card)),
                ("Geometric altitude", _feet(card.geometric_altitude_ft)),
                ("Reported as", NAV_STATUS.get(card.nav_status) if card.nav_status is not None else None),
                ("Observed", card.observed_at and age(card.observed_at, card.clock_offset_ms)),
                ("Received", card.received_at and age(card.received_at)),
                ("Last heard", age(card.heard_at, card.clock_offset_ms)),
                ("Source", card.feed_name),
            ),
        ),
        *doubts_and_sources(card),
        html.P("No longer in the picture: unheard for too long.", className="card-warning") if card.left_at else None,
    ]


def _number(card: TrackCard) -> str:
    return f"MMSI {card.mmsi:09d}" if card.mmsi is not None else card.key.partition(":")[2].upper()


def _size(card: TrackCard) -> str | None:
    sides = [f"{side:.0f} m" for side in (card.length_m, card.beam_m) if side]
    size = " × ".join(sides)
    return f"{size}, draught {card.draught_m:.1f} m" if size and card.draught_m else size or None


def _altitude(card: TrackCard) -> str | None:
    if card.on_ground:
        return "on the ground"
    return _feet(card.altitude_ft)


def _feet(height: float | None) -> str | None:
    return None if height is None else f"{height:,.0f} ft"


def _caveats(caveats: Sequence[str]) -> list[html.Span]:
    return [chip(caveat, "warn") for caveat in caveats]


def target_card(card: TargetCard, acts: CardActs | None = None) -> list[Any]:
    """A target: when it arrives, what is to be done, and the evidence back to each source message."""
    row = card.row
    return [
        _head([severity_mark(row.severity), row.label], row.subject_kind, [status_chip(row.status)]),
        html.Div(
            [
                html.Div([countdown(row.arrives_at), countdown_word(row.arrives_at)], className="card-countdown"),
                _arrival(row),
            ],
            className="card-arrival",
        ),
        html.P([html.Span("Recommended: ", className="quiet"), row.action], className="card-action")
        if row.action
        else None,
        *(target_acts(row, acts) if acts else ()),
        _link(f"track:{card.track.id}", f"On the map: {card.track.name or card.track.flight or _number(card.track)}")
        if card.track
        else html.P("No craft in the picture is attached to this target.", className="quiet"),
        chain_links(acts, "target", row.id) if acts else None,
        _section(f"Hits ({len(card.hits)})", *(_hit(hit) for hit in card.hits)),
        _section(
            "Particulars",
            facts(
                *((_words(name), _value(value)) for name, value in card.identifiers.items()),
                ("Score", None if row.score is None else f"{row.score:g}"),
                ("Severity", row.severity),
                ("Handling", marking(row.owner, row.marking)),
                ("Released to", ", ".join(row.releases)),
                ("Issued", age(row.issued_at)),
            ),
        ),
    ]


def _arrival(row: TargetRow) -> html.Div:
    return html.Div(
        [html.Strong(place_of(row)), " ", local_time(row.arrives_at) if row.arrives_at else None],
        className="card-place",
    )


def _hit(hit: HitRow) -> html.Article:
    return html.Article(
        [
            html.H4([f"{hit.criterion} ", html.Span(f"version {hit.criterion_version}", className="quiet")]),
            html.P(hit.explanation),
            facts(
                ("Kind", hit.kind),
                ("Score", None if hit.score is None else f"{hit.score:g}"),
                ("Matched", local_time(hit.matched_at)),
                ("Source", f"{hit.source_system} · {hit.source_message}"),
            ),
            html.Details([html.Summary("Source message"), html.Pre(hit.source_text)]) if hit.source_text else None,
        ],
        className="hit",
    )


def unit_card(card: UnitCard, acts: CardActs | None = None) -> list[Any]:
    """A unit: whether it can be sent, what with, and where it is meant to be."""
    row = card.row
    return [
        _head(row.callsign, f"{row.agency} · {row.unit_type}", [_availability(row)]),
        *(unit_acts(acts) if acts else ()),
        facts(
            ("Status", row.status),
            ("Out of service", row.out_of_service_reason),
            ("Note", row.note),
            ("Capabilities", ", ".join(row.capabilities)),
            ("Crew", row.crew),
            ("Where", position(row.lat, row.lon) or "no position reported"),
            ("Course", course(row.course_deg)),
            ("Speed", speed(row.speed_kn)),
            ("Position", row.position_at and age(row.position_at)),
            ("Reported", age(row.reported_at)),
            ("Handling", marking(row.agency, row.marking)),
        ),
        _section(
            "Deployments",
            *[_deployment(deployment) for deployment in card.deployments],
            None if card.deployments else html.P("None planned.", className="quiet"),
        ),
    ]


def _availability(row: UnitRow) -> html.Span:
    return chip(row.availability, "warn" if row.availability == "out of service" else "plain")


def _deployment(row: DeploymentRow) -> html.Article:
    until = ["–", local_time(row.ends_at)] if row.ends_at else [" onwards"]
    return html.Article(
        [
            html.H4(row.place_name or row.area or row.place or "place not given"),
            html.P([local_time(row.starts_at), *until]),
            html.P(" · ".join(_deployment_words(row)), className="quiet"),
        ],
        className="hit",
    )


def _deployment_words(row: DeploymentRow) -> list[str]:
    crew = [] if row.crew is None else [f"crew {row.crew}"]
    return crew + ([] if row.duty_hours is None else [f"{row.duty_hours:g} h on duty"])


def place_card(place: Place, targets: Sequence[TargetRow], units: Sequence[UnitRow]) -> list[Any]:
    """A place: what arrives there, which units are there. ``targets`` and ``units`` are those of the place."""
    return [
        _head(place.name, place.kind.value, []),
        facts(("Code", place.code), ("Also", ", ".join(place.aliases)), ("Where", position(place.lat, place.lon))),
        _section("Targets arriving", _targets(targets) or html.P("None.", className="quiet")),
        _section(
            "Units here",
            html.Ul(
                [html.Li(_link(f"unit:{unit.id}", f"{unit.callsign} · {unit.availability}")) for unit in units],
                className="links",
            )
            if units
            else html.P("None.", className="quiet"),
        ),
    ]


def missing_card(text: str) -> list[Any]:
    """The thing is gone, or is not for this reader (the two look alike on purpose)."""
    return [_head("Not found", "", []), html.P(text, className="card-warning")]


def _head(title: Any, kind: str, marks: Sequence[Any]) -> html.Div:
    close = html.Button(
        "Close", type="button", className="button quiet-button", title="Close the card (Esc)", **{"data-deselect": ""}
    )
    return html.Div(
        [
            html.Div([html.H2(title, id="wall-card-title"), close], className="card-top"),
            html.P([html.Span(kind, className="kind"), *marks], className="card-kind"),
        ],
        className="card-head",
    )


def _section(title: str, *children: Any) -> html.Section:
    return html.Section([html.H3(title), *children], className="card-section")


def _targets(targets: Sequence[TargetRow]) -> html.Ul | None:
    if not targets:
        return None
    return html.Ul([html.Li(_target_link(row)) for row in targets], className="links")


def _target_link(row: TargetRow) -> html.Button:
    return html.Button(
        [
            severity_mark(row.severity),
            html.Span([html.Strong(row.label), html.Span(row.reason, className="row-detail")]),
            countdown(row.arrives_at),
        ],
        type="button",
        className="link link-target",
        **{"data-select": f"target:{row.id}"},
    )


def _link(key: str, text: str) -> html.Button:
    return html.Button(text, type="button", className="link", **{"data-select": key})


def _words(name: str) -> str:
    text = name.replace("_", " ")
    return text.upper() if text in ("imo", "mmsi") else text.capitalize()


def _value(value: Any) -> str | None:
    if value is None:
        return None
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
