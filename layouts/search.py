"""The search box and what it found."""

from collections.abc import Sequence

from dash import dcc, html

from layouts.components.numbers import counted
from layouts.ids import Wall
from ops_centre.picture.views import SearchResult

SHORTEST = 2  # characters that are worth a search


def search_box() -> html.Div:
    """Box with an empty list of results; the arrow keys and Enter are the script's."""
    return html.Div(
        [
            html.Label("Search", htmlFor=Wall.SEARCH_TEXT, className="unseen"),
            dcc.Input(
                id=Wall.SEARCH_TEXT,
                type="search",
                debounce=0.15,
                autoComplete="off",
                spellCheck=False,
                maxLength=80,
                placeholder="Search name, MMSI, flight, container …  /",
                className="search-text",
            ),
            html.Div(
                id=Wall.SEARCH_RESULTS,
                className="search-results",
                tabIndex=0,
                **{"aria-label": "Search results"},
                role="region",
            ),
        ],
        id=Wall.SEARCH,
        className="search control",
        role="search",
    )


def search_results(text: str, found: Sequence[SearchResult]) -> list[html.Div | html.P]:
    """Results in the order found, or what to try when there are none."""
    if len(text.strip()) < SHORTEST:
        return []
    if not found:
        return [html.P(f"Nothing called “{text.strip()}” in the picture.", className="search-none", role="status")]
    options = [_option(place, result) for place, result in enumerate(found)]
    return [
        html.Div(options, role="listbox", id="wall-search-list", className="search-list", **{"aria-label": "Results"}),
        html.P(counted(len(found), "result", "results"), className="unseen", role="status"),
    ]


def _option(place: int, result: SearchResult) -> html.Div:
    marks = {"data-select": f"{result.kind}:{result.id}", "aria-selected": "false"}
    if result.lat is not None and result.lon is not None:
        marks |= {"data-lat": f"{result.lat:.5f}", "data-lon": f"{result.lon:.5f}"}
    return html.Div(
        [html.Strong(result.title), html.Span(result.detail, className="row-detail")],
        id=f"wall-search-option-{place}",
        role="option",
        className="search-option",
        **marks,
    )
