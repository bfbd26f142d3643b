"""Hazards (warnings with an area): the list of those in force and the card of one. Their texts are shown as text only."""

from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip, facts, marking, pressable
from layouts.components.times import age, countdown, local_time
from ops_centre.picture.hazard_views import HazardCard, HazardRow, HazardStep

MOST_LISTED = 30
MOST_PLACES = 12


def hazard_list(rows: Sequence[HazardRow]) -> list[Any]:
    """Hazards in force, the gravest first; nothing where there is none."""
    if not rows:
        return []
    more = len(rows) - MOST_LISTED
    return [
        html.H2(f"Hazards in force: {len(rows)}"),
        html.Div([_line(row) for row in rows[:MOST_LISTED]], className="hazard-list"),
        html.P(f"and {more} more on the map", className="quiet") if more > 0 else None,
    ]


def _line(row: HazardRow) -> html.Div:
    where = "; ".join(row.places[:2]) or "no area named"
    return pressable(
        [
            html.Span(
                [_severity(row), html.Strong(row.title), _not_real(row.status)],
                className="hazard-title",
            ),
            html.Span(
                [where, " · sent ", age(row.sent_at), " · ends in ", countdown(row.expires_at)],
                className="hazard-detail",
            ),
        ],
        f"hazard:{row.id}",
        "hazard-row",
    )


def _severity(row: HazardRow) -> html.Span:
    """The word in a box, whose edge says it too: thick for Extreme, double for Severe."""
    return html.Span(row.severity, className=f"hazard-severity hazard-{row.severity.lower()}")


def _not_real(status: str) -> html.Span | None:
    return None if status == "Actual" else chip(status.upper())


def hazard_card(card: HazardCard) -> list[Any]:
    """Everything a hazard says, what to do first, and the chain of messages it stands in."""
    row = card.row
    return [
        _head(card),
        html.P(
            "It gives no outline that can be drawn: it is in the list and not on the map.",
            className="card-warning",
        )
        if card.state == "in force" and not row.shapes
        else None,
        html.P(f"It is {card.state}; no longer in force.", className="card-warning")
        if card.state != "in force"
        else None,
        html.P([html.Span("What to do: ", className="quiet"), card.instruction], className="card-action hazard-text")
        if card.instruction
        else None,
        facts(
            ("Urgency", row.urgency),
            ("Certainty", row.certainty),
            ("Category", row.category),
            ("Begins", row.onset_at and local_time(row.onset_at)),
            ("In effect", local_time(row.effective_at)),
            ("Ends", [local_time(row.expires_at), " ", countdown(row.expires_at)]),
            ("Sent", age(row.sent_at)),
            ("By", row.sender),
            ("Contact", card.contact),
            ("Page", card.web),
            ("Meant for", card.scope if card.scope != "Public" else None),
            ("Note", card.note),
            ("Handling", marking(row.owner, row.marking)),
            ("Source", card.feed_name),
            ("Signature", "present; signature not checked" if card.is_signed else None),
        ),
        html.P(card.description, className="hazard-text") if card.description else None,
        _section("Areas", *(_area(area) for area in card.areas[:MOST_PLACES]), _more(len(card.areas) - MOST_PLACES)),
        _section("Doubts", html.Ul([html.Li(text) for text in card.caveats])) if card.caveats else None,
        *(_other(other) for other in card.others),
        _section("Messages", html.Ul([html.Li(_step(step)) for step in card.steps], className="links")),
    ]


def _head(card: HazardCard) -> html.Div:
    row = card.row
    close = html.Button(
        "Close", type="button", className="button quiet-button", title="Close the card (Esc)", **{"data-deselect": ""}
    )
    return html.Div(
        [
            html.Div([html.H2(row.title, id="wall-card-title"), close], className="card-top"),
            html.P(
                [html.Span(row.event, className="kind"), _severity(row), _not_real(row.status)],
                className="card-kind",
            ),
        ],
        className="card-head",
    )


def _section(title: str, *children: Any) -> html.Section:
    return html.Section([html.H3(title), *children], className="card-section")


def _area(area: dict[str, Any]) -> html.Article:
    codes = ", ".join(f"{name.rpartition(':')[2] or name} {code}" for name, code in area["geocodes"][:10])
    drawn = "" if area["shapes"] else "not drawn: it gives no outline"
    return html.Article(
        [
            html.H4(area["name"] or "no name"),
            html.P(" · ".join(text for text in (codes, drawn) if text), className="quiet") if codes or drawn else None,
        ],
        className="hit",
    )


def _more(count: int) -> html.P | None:
    return html.P(f"and {count} more", className="quiet") if count > 0 else None


def _other(other: dict[str, Any]) -> html.Details:
    """The same in another language, folded away."""
    texts = [other.get(name) for name in ("headline", "description", "instruction")]
    return html.Details(
        [
            html.Summary(f"In {other.get('language') or 'another language'}: {other.get('event', '')}"),
            *(html.P(text, className="hazard-text", lang=other.get("language")) for text in texts if text),
        ]
    )


def _step(step: HazardStep) -> Any:
    words = f"{step.kind}: {step.title}" if step.title else step.kind
    state = f" · {step.state}" if step.state else ""
    tail = [html.Span([" ", local_time(step.sent_at), state], className="quiet")]
    if step.is_own or step.hazard_id is None:
        return html.Span([html.Strong(words) if step.is_own else words, *tail])
    return html.Button([words, *tail], type="button", className="link", **{"data-select": f"hazard:{step.hazard_id}"})
