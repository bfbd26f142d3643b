"""What stands over the units in time: tabs, the window, the filter and what can be done. The scripts act on it."""

from typing import Any

from layouts.components import plain as html
from layouts.components.painted import element
from ops_centre.domain.units import UnitType

TABS = (
    ("", "Units", "units"),
    ("/sufficiency", "Sufficiency", "sufficiency"),
    ("/proposals", "Proposals", "proposals"),
)
SPANS = ((1, "1 day"), (3, "3 days"), (7, "1 week"), (14, "2 weeks"), (30, "30 days"))


def tools() -> list[Any]:
    """Heading, tabs and filter. Drawn once; the lists of the filter come with the forms."""
    tabs = [
        html.A(word, href=f"/planning{path}", className="plan-tab", **{"data-follow": "", "data-tab-link": tab})
        for path, word, tab in TABS
    ]
    return [
        html.Div(
            [
                html.H1("Planning"),
                html.Nav(tabs, className="plan-tabs", **{"aria-label": "Parts of planning"}),
                _acts(),
            ],
            className="page-head",
        ),
        html.Div([_window(), _filter()], className="plan-tools", role="search", **{"aria-label": "What is shown"}),
    ]


def _acts() -> html.Div:
    may = {"data-plan-edits": ""}  # hidden by the script for those who only read
    return html.Div(
        [
            plan_button("Assign", "assign", "Assign a unit (a)", **may),
            plan_button("Undo", "undo", "Undo my last change (u)", **may),
            html.Button("Patterns", type="button", className="button", **{"data-opens": "plan-patterns"}),
            plan_button("Import", "import", "Import a CSV file", **may),
            plan_button("Export", "export", "Export what is shown as a CSV file"),
            html.Button("Calendar", type="button", className="button", **{"data-opens": "plan-calendars"}, **may),
        ],
        className="plan-acts",
    )


def plan_button(text: str, act: str, title: str, **more: str) -> html.Button:
    """A button of the page of planning, which its scripts hear."""
    return html.Button(text, type="button", className="button", title=title, **{"data-plan": act}, **more)


def _window() -> html.Div:
    spans = [
        html.Button(
            word, type="button", className="button quiet-button",
            **{"data-plan-days": str(days), "aria-pressed": "false"},
        )
        for days, word in SPANS
    ]  # fmt: skip
    return html.Div(
        [
            plan_button("◀", "earlier", "Earlier ([)"),
            plan_button("Today", "today", "From today"),
            plan_button("▶", "later", "Later (])"),
            *spans,
        ],
        className="plan-window",
        role="group",
        **{"aria-label": "Window"},
    )


def _filter() -> html.Div:
    types = [
        element("option", "any type", value=""),
        *(element("option", one.value, value=one.value) for one in UnitType),
    ]
    return html.Div(
        [
            _find("text", "Find", "callsign, agency, capability"),
            _find("agency", "Agency", "any", "plan-agencies"),
            html.Label("Type", htmlFor="plan-find-type"),
            element("select", *types, id="plan-find-type", **{"data-plan-find": "type", "class": "field"}),
            _find("capability", "Can", "any", "plan-capabilities"),
            _find("operation", "Operation", "any", "plan-operations"),
            _find("place", "Place", "any", "plan-places"),
            html.Label(
                [
                    element("input", type="checkbox", **{"data-plan-find": "conflicts"}),
                    html.Span("only with conflicts"),
                ],
                className="check",
            ),
        ],
        className="plan-filter",
    )


def _find(name: str, word: str, hint: str, options: str | None = None) -> html.Span:
    field = f"plan-find-{name}"
    return html.Span(
        [
            html.Label(word, htmlFor=field),
            element("input", id=field, type="search", placeholder=hint, maxlength="80", autocomplete="off", list=options,
                    **{"data-plan-find": name, "class": "field"}),
        ],
        className="plan-find",
    )  # fmt: skip
