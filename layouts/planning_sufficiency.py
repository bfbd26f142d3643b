"""Sufficiency on /planning: places down, blocks of hours across, each cell with what is wanted and who is there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from layouts.components import plain as html
from layouts.components.marks import empty, severity_mark
from layouts.components.numbers import count
from layouts.components.painted import Element, element
from layouts.components.times import age
from ops_centre.domain.sufficiency import ARRIVAL, State
from ops_centre.picture.sufficiency_views import BlockView, CauseView, CellView, NeedView, PlaceView, SufficiencyView

SHAPES = {State.SHORT.value: "▲", State.SUFFICIENT.value: "●", State.NOTHING.value: "·"}


def sufficiency(view: SufficiencyView, zone: ZoneInfo, *, may_propose: bool) -> list[Any]:
    """Heading with figures, the matrix, and the rules it is reckoned by."""
    short = [place for place in view.places if place.state == State.SHORT]
    return [
        html.Div(
            [
                html.H2("Sufficiency of places"),
                _figure(count(len(short)), f"short in the next {view.ring_hours} h", abnormal=bool(short)),
                _figure(count(sum(any(cell.short for cell in p.cells) for p in view.places)), "short at some time"),
                _figure(count(view.unplaced), "targets without a known place and time, not counted") if view.unplaced else None,
                html.Span(["reckoned ", age(view.at)], className="quiet"),
                _propose() if may_propose else None,
            ],
            className="panel-line demand-head",
        ),
        _legend(),
        _matrix(view, zone) if view.places else empty("Nothing is expected anywhere, and nobody is deployed to a place"),
        html.Details(
            [html.Summary("How this is reckoned"), html.Ul([html.Li(rule) for rule in view.rules])],
            className="demand-rules",
            open=True,
        ),
    ]  # fmt: skip


def _figure(number: str, words: str, *, abnormal: bool = False) -> Element:
    return html.Span([html.Strong(number), f" {words}"], className="figure" + (" abnormal" if abnormal else ""))


def _propose() -> Element:
    given = {"data-do": "proposals/ask", "data-with": '{"sort": "shortfalls"}'}
    return html.Button("Propose how to cover it", type="button", className="button", **given)


def _legend() -> Element:
    words = (
        (State.SHORT, "short: units wanted that nobody there can be"),
        (State.SUFFICIENT, "sufficient: covered of wanted"),
        (State.NOTHING, "nothing expected; a number: units there"),
    )
    marks = [
        html.Span([_shape(state.value), f" {said}"], className=f"demand-key {_class(state)}") for state, said in words
    ]
    return html.P(
        [*marks, html.Span("Open a cell for what is wanted and by whom", className="quiet")], className="demand-legend"
    )


def _matrix(view: SufficiencyView, zone: ZoneInfo) -> Element:
    heads = [html.Th(_block(block, zone, view.blocks, number), scope="col") for number, block in enumerate(view.blocks)]
    return html.Div(
        html.Table(
            [
                html.Thead(html.Tr([html.Th("Place", scope="col"), *heads])),
                html.Tbody([_row(place, zone) for place in view.places]),
            ],
            className="table demand-matrix",
        ),
        className="demand-scroll",
    )


def _block(block: BlockView, zone: ZoneInfo, blocks: Sequence[BlockView], number: int) -> list[Any]:
    start, end = block.starts_at.astimezone(zone), block.ends_at.astimezone(zone)
    first = number == 0 or blocks[number - 1].starts_at.astimezone(zone).date() != start.date()
    day = (
        html.Span(f"{start:%a %d %b}", className="demand-day") if first else html.Span("\u00a0", className="demand-day")
    )
    return [day, html.Span(f"{start:%H}–{_end_hour(end)}")]


def _end_hour(end: datetime) -> str:
    return "24" if end.hour == 0 else f"{end:%H}"


def _row(place: PlaceView, zone: ZoneInfo) -> Element:
    head = html.Th([html.Strong(place.name), " ", html.Span(place.code, className="quiet")], scope="row")
    return html.Tr([head, *(html.Td(_cell(place, cell, zone)) for cell in place.cells)])


def _cell(place: PlaceView, cell: CellView, zone: ZoneInfo) -> Any:
    if cell.state == State.NOTHING:
        here = len(cell.units)
        title = f"nothing expected; there: {', '.join(cell.units)}" if here else "nothing expected"
        return html.Span(
            [_shape(cell.state), html.Span(f" {here}") if here else None, html.Span(f" {title}", className="unseen")],
            className="demand-cell demand-nothing",
            title=title,
        )
    word = f"short {cell.short}" if cell.short else "sufficient"
    return element(
        "details",
        html.Summary(
            [
                _shape(cell.state),
                f" {cell.covered}/{cell.wanted}",
                html.Span(f" {word}", className="demand-word" if cell.short else "unseen"),
            ],
            className=f"demand-cell {_class(cell.state)}",
        ),
        html.Div(
            [
                html.P([html.Strong(place.name), f": {word}"]),
                html.Ul([_need(need, zone) for need in cell.needs]),
                html.P(["There: ", ", ".join(cell.units) or "nobody"], className="quiet"),
            ],
            className="demand-card",
        ),
        name="demand-cell",
    )


def _need(need: NeedView, zone: ZoneInfo) -> Element:
    missing = html.Span(f" · {need.short} missing", className="abnormal") if need.short else None
    by = f" · {', '.join(need.agencies)} only" if need.agencies else ""
    causes, more = (
        [_cause(one, zone) for one in need.causes],
        f"; and {need.more_causes} more" if need.more_causes else "",
    )
    return html.Li(
        [
            severity_mark(need.severity) if need.severity != ARRIVAL else None,
            html.Strong(f" {need.what}"),
            f" · {need.covered} of {need.wanted} · {need.hours:g} h of work{by}",
            missing,
            html.P("; ".join(causes) + more, className="quiet"),
        ]
    )


def _cause(one: CauseView, zone: ZoneInfo) -> str:
    """In plain text: a matrix has thousands of them."""
    word = f"{one.severity} target" if one.severity else "arrival"
    return f"{one.label}, {word}, {one.at.astimezone(zone):%a %H:%M}"


def _shape(state: str) -> Element:
    return html.Span(SHAPES[state], className="demand-shape", **{"aria-hidden": "true"})


def _class(state: str) -> str:
    return {State.SHORT.value: "demand-short", State.SUFFICIENT.value: "demand-enough"}.get(
        str(state), "demand-nothing"
    )
