"""The part of a craft's card that says who hears it, and what of what is said cannot be true.

All text that came by a feed is put in as text, never as HTML.
"""

from datetime import datetime, timedelta
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip
from layouts.components.numbers import position
from layouts.components.times import age, local_time
from ops_centre.domain.fusion import span_words
from ops_centre.domain.identity_conflicts import CONFLICTS, AnomalyKind
from ops_centre.picture.fusion_views import AnomalyRow, SourceRow
from ops_centre.picture.views import TrackCard

NOW = timedelta(hours=1)


def doubts_and_sources(card: TrackCard) -> list[Any]:
    """Anomalies first, since they say how far to believe the rest; then each source with its age and distance."""
    return [*_anomalies(card), *_sources(card)]


def _anomalies(card: TrackCard) -> list[Any]:
    if not card.anomalies:
        return []
    items = [html.Li(_anomaly(one, card.heard_at), className="anomaly") for one in card.anomalies]
    return [_section(f"In doubt ({len(items)})", html.Ul(items, className="links anomalies"))]


def conflict_chips(card: TrackCard) -> list[Any]:
    """The conflicts that hold now, for the head of the card."""
    kinds = dict.fromkeys(one.kind for one in card.anomalies if _is_now(one, card.heard_at))
    return [chip(kind, "warn") for kind in kinds]


def _is_now(one: AnomalyRow, heard_at: datetime) -> bool:
    """Whether it is a conflict that was seen in the craft's last hour."""
    return one.kind in CONFLICTS and one.ended_at is None and heard_at - one.last_at <= NOW


def _anomaly(one: AnomalyRow, heard_at: datetime) -> list[Any]:
    return [
        chip(_title(one), "warn" if _is_now(one, heard_at) else "plain"),
        html.Div(_evidence(one)),
        html.Div([*_when(one), f" · {one.feed}"], className="quiet"),
    ]


def _title(one: AnomalyRow) -> str:
    times = f", {one.times} times" if one.times > 1 else ""
    return f"{one.kind[0].upper()}{one.kind[1:]}{times}"


def _evidence(one: AnomalyRow) -> list[Any]:
    where = position(one.lat, one.lon)
    parts: list[Any] = [one.evidence]
    if where and one.kind in (AnomalyKind.TWO_PLACES, AnomalyKind.LEAP):
        parts.append(f" Not drawn: {where}.")
    if one.other_id is not None:
        parts += [
            " ",
            html.Button("Show the other", type="button", className="link", **{"data-select": f"track:{one.other_id}"}),
        ]
    return parts


def _when(one: AnomalyRow) -> list[Any]:
    if one.kind == AnomalyKind.GAP:
        if one.ended_at is None:
            return ["silent since ", local_time(one.first_at)]
        length = span_words(int((one.ended_at - one.first_at).total_seconds() * 1000))
        return [local_time(one.first_at), " to ", local_time(one.ended_at), f", {length}"]
    if one.first_at == one.last_at:
        return [age(one.last_at, one.clock_offset_ms)]
    return ["first ", local_time(one.first_at), ", last ", age(one.last_at, one.clock_offset_ms)]


def _sources(card: TrackCard) -> list[Any]:
    if len(card.sources) < 2 and not any(row.name and row.name != card.name for row in card.sources):
        return []  # the one source stands under the position
    items = [html.Li(_source(row, card), className="source") for row in card.sources]
    return [_section(f"Sources ({len(items)})", html.Ul(items, className="links sources"))]


def _source(row: SourceRow, card: TrackCard) -> list[Any]:
    words = "drawn" if row.draws else _apart(row)
    return [
        html.Strong(row.feed),
        " (recording)" if row.is_replay else "",
        html.Div(
            ["position ", age(row.observed_at, row.clock_offset_ms), ", ", words]
            if row.observed_at
            else ["no position, heard ", age(row.heard_at, row.clock_offset_ms)]
        ),
        _otherwise(row, card),
    ]


def _apart(row: SourceRow) -> str:
    if row.distance_nm is None:
        return "not drawn"
    return f"{row.distance_nm:.1f} nm from where it is drawn"


def _otherwise(row: SourceRow, card: TrackCard) -> Any:
    """What this source says otherwise of who the craft is."""
    pairs = (("name", row.name, card.name), ("IMO", row.imo, card.imo), ("callsign", row.callsign, card.callsign))
    said = [f"{word} {value}" for word, value, drawn in pairs if value is not None and value != drawn]
    return html.Div(f"says {', '.join(said)}", className="card-warning") if said else None


def _section(title: str, *children: Any) -> html.Section:
    return html.Section([html.H3(title), *children], className="card-section")
