"""The card of an operation that somebody picked on the map."""

from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip, facts, marking
from layouts.components.times import countdown, local_time
from ops_centre.picture.operation_views import OperationRow


def operation_card(row: OperationRow) -> list[Any]:
    """What it is, how it stands, what comes next, and the way to its page."""
    close = html.Button(
        "Close", type="button", className="button quiet-button", title="Close the card (Esc)", **{"data-deselect": ""}
    )
    return [
        html.Div(
            [
                html.Div([html.H2(f"{row.reference} {row.name}", id="wall-card-title"), close], className="card-top"),
                html.P(
                    [
                        html.Span(row.kind, className="kind"),
                        chip(row.state),
                        chip("EXERCISE", "exercise") if row.is_exercise else None,
                        marking(row.owner, row.marking),
                    ],
                    className="card-kind",
                ),
            ],
            className="card-head",
        ),
        html.Div(
            html.A("Open operation", href=f"/operations/{row.id}", className="button primary", **{"data-follow": ""}),
            className="card-acts control",
        ),
        facts(
            ("Since", local_time(row.state_at)),
            ("Commander", row.commander or "nobody yet"),
            ("Agencies", ", ".join(row.agencies)),
            ("Begins", row.starts_at and local_time(row.starts_at)),
            ("Ends", row.ends_at and local_time(row.ends_at)),
            ("Units", f"{row.assigned} of {row.required}" if row.required else str(row.assigned)),
            ("Targets linked", str(row.targets)),
            ("Next", row.next_event and [row.next_event, " ", _due(row)]),
        ),
    ]


def _due(row: OperationRow) -> Any:
    return [local_time(row.next_event_at), " ", countdown(row.next_event_at)] if row.next_event_at else None
