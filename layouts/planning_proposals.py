"""Proposals on /planning: ask for one, see how far it is, take or leave each change, approve or drop it."""

import json
from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip, empty, marking, severity_mark
from layouts.components.moments import moment_field
from layouts.components.numbers import count
from layouts.components.painted import Element, element
from layouts.components.times import age, local_time
from ops_centre.domain.proposing import UNFINISHED, ProposalState
from ops_centre.domain.sufficiency import ARRIVAL
from ops_centre.picture.proposal_views import ChangeView, ProposalRow, ProposalView, UncoveredView

SORTS = {"shortfalls": "Cover shortfalls of places", "targets": "Serve open targets"}
ENDED = {
    ProposalState.APPROVED: "approved",
    ProposalState.DROPPED: "dropped or stopped",
    ProposalState.FAILED: "failed",
}


def proposals(
    rows: Sequence[ProposalRow], shown: ProposalView | None, *, may_edit: bool, hours: tuple[int, int]
) -> list[Any]:
    """The form, the one that is shown, and those before. ``hours``: looked ahead for shortfalls, for targets."""
    return [
        html.Div([html.H2("Proposals"), _ask(hours) if may_edit else html.P("Your role reads proposals.", className="quiet")],
                 className="demand-head"),
        _shown(shown) if shown is not None else empty("No proposal yet", "The solver proposes who could go where; nothing is "
                                                      "in force until somebody approves it."),
        _earlier([row for row in rows if shown is None or row.id != shown.row.id]),
    ]  # fmt: skip


def _ask(hours: tuple[int, int]) -> Element:
    choices = [html.Option(word, value=sort) for sort, word in SORTS.items()]
    return html.Form(
        [
            html.Label("Propose", htmlFor="proposal-sort", className="field-label"),
            html.Select(choices, id="proposal-sort", name="sort", className="field"),
            html.Label("for the next", htmlFor="proposal-hours", className="field-label"),
            element("input", id="proposal-hours", name="hours", type="number", min=1, max=hours[0], className="field",
                    placeholder=f"{hours[0]} or {hours[1]}", **{"data-type": "number"}),
            html.Span("hours"),
            html.Button("Work it out", type="submit", className="button primary"),
            html.P(className="answer", role="alert", **{"data-answer": ""}),
        ],
        className="proposal-ask",
        **{"data-do": "proposals/ask", "data-with": "{}", "aria-label": "Ask for a proposal"},
    )  # fmt: skip


def _shown(view: ProposalView) -> Element:
    row = view.row
    return html.Section(
        [
            html.Div(
                [
                    html.H3(f"Proposal {row.id}: {SORTS[row.sort].lower()}"),
                    chip(row.state, "warn" if row.state == ProposalState.FAILED else "plain"),
                    marking(view.owner, view.marking),
                    html.Span(
                        ["asked by ", row.asked_by, " ", age(row.asked_at), " · until ", local_time(row.until_at),
                         f" · units of {row.agency} only" if row.agency else ""],
                        className="quiet",
                    ),
                ],
                className="panel-line",
            ),
            *_body(view),
        ],
        className="panel proposal",
    )  # fmt: skip


def _body(view: ProposalView) -> list[Any]:
    row = view.row
    if row.state in UNFINISHED:
        stops = view.may_edit and row.state != ProposalState.STOPPING
        return [_progress(row), _acts(row, "Stop it", may_approve=False) if stops else None]
    if row.state == ProposalState.FAILED:
        return [html.P(row.fault or "It failed.", className="abnormal"), html.P("Nothing was changed. Ask again.")]
    if not view.figures:  # stopped before anything was worked out
        return [html.P(_ended(row)), html.P("Nothing was worked out, and nothing was changed.")]
    is_draft = row.state == ProposalState.DRAFT
    edits = is_draft and view.may_edit
    return [
        html.P(_ended(row)) if not is_draft else None,
        _figures(view),
        html.P(view.second_needed) if edits and view.second_needed and row.kept else None,
        _acts(row, "Drop the proposal", may_approve=row.kept > 0 and not view.second_needed) if edits else None,
        _changes(view.changes, row.id, edits=edits),
        _uncovered(view.uncovered),
    ]


def _ended(row: ProposalRow) -> list[Any]:
    word = ENDED.get(ProposalState(row.state), row.state)
    return [f"It was {word} by {row.ended_by or 'the system'} ", local_time(row.ended_at), "."]


def _progress(row: ProposalRow) -> Element:
    percent = round(row.progress * 100)
    return html.Div(
        [
            element("progress", max=100, value=percent, **{"aria-label": "How far the solver is"}),
            html.Span(f"{percent} %"),
            html.Span(row.doing or "", className="quiet", role="status"),
        ],
        className="proposal-progress",
    )


def _figures(view: ProposalView) -> Element:
    told = view.figures
    proven = (
        "proven best" if told.get("proven") else f"best found in time, at most {told.get('gap', 0):.1%} from the best"
    )
    before, after = int(told.get("open_before", 0)), sum(one.count for one in view.uncovered)
    kept = [one for one in view.changes if not one.dropped]
    pairs = [
        (count(before), "posts short now"),
        (count(after), "stay open with these changes"),
        (count(len(kept)), "change" if len(kept) == 1 else "changes"),
        (f"{sum(one.travel_min for one in kept) / 60:.1f} h", "of travel"),
        (f"{told.get('seconds', 0):.1f} s", f"to work out, {proven}"),
    ]
    return html.P(
        [html.Span([html.Strong(n), f" {words}"], className="figure") for n, words in pairs], className="figures"
    )


def _acts(row: ProposalRow, drop: str, *, may_approve: bool) -> Element:
    given = json.dumps({"proposal": row.id})
    approve = html.Button(
        f"Approve {row.kept} change{'' if row.kept == 1 else 's'}", type="button", className="button primary",
        **{"data-do": "proposals/approve", "data-with": given,
           "data-ask": f"Make {row.kept} change{'' if row.kept == 1 else 's'} of proposal {row.id} assignments?"},
    )  # fmt: skip
    away = html.Button(drop, type="button", className="button", **{"data-do": "proposals/drop", "data-with": given})
    return html.Div([approve if may_approve else None, away], className="watch-acts")


def _changes(changes: Sequence[ChangeView], number: int, *, edits: bool) -> Any:
    head = html.H4("What it would change")
    if not changes:
        return html.Div([head, empty("No change would help", "See below what stays open and why.")])
    heads = ["Unit", "Where", "From", "Until", "For", "Comes from", *(["Choose", "Other times"] if edits else [])]
    return html.Div(
        [
            head,
            html.Table(
                [html.Thead(html.Tr([html.Th(one, scope="col") for one in heads])),
                 html.Tbody([_change(one, number, edits=edits) for one in changes])],
                className="table proposal-changes",
            ),
        ],
        className="demand-scroll",
    )  # fmt: skip


def _change(one: ChangeView, number: int, *, edits: bool) -> Element:
    way = f"{one.comes_from or 'where it is'}, {_lasting(one.travel_min)}" if one.travel_min else "there already"
    against = [html.P(["▲ ", words], className="abnormal") for words in one.against]
    out = html.Span(f" left out by {one.dropped_by}", className="quiet") if one.dropped else None
    timed = _timed(one) if one.timed_by else None
    beyond = None if one.on_roster else html.P("its agency's roster is not known for then", className="quiet")
    cells = [
        html.Td(
            [html.Strong(one.callsign), html.Span(f" {one.agency}", className="quiet"), out, timed, beyond, *against]
        ),
        html.Td(one.where),
        html.Td(local_time(one.starts_at)),
        html.Td(local_time(one.ends_at)),
        html.Td(_serves(one), className="cell-wide"),
        html.Td(way),
        html.Td(_choose(one, number)) if edits else None,
        html.Td(None if one.dropped else _retime(one, number)) if edits else None,
    ]
    return html.Tr(cells, className="left-out" if one.dropped else "")


def _serves(one: ChangeView) -> list[Any]:
    if not one.serves:
        return ["nothing at these times"]
    return [_severity(one.severity), " ", "; ".join(one.serves)]


def _choose(one: ChangeView, number: int) -> Element:
    act, word = ("take-in", "Take back in") if one.dropped else ("leave-out", "Leave out")
    return html.Button(
        [word, html.Span(f" {one.callsign} at {one.where}", className="unseen")],
        type="button",
        className="button quiet-button",
        **{"data-do": f"proposals/{act}", "data-with": json.dumps({"proposal": number, "key": one.key})},
    )


def _timed(one: ChangeView) -> Element:
    """Who moved it, from when, and what it misses by that."""
    first = (one.first_starts_at, one.first_ends_at)
    was = ["; the solver had ", local_time(first[0]), " to ", local_time(first[1])] if all(first) else []
    misses = f"▲ no longer covers {', '.join(one.misses)}" if one.misses else ""
    told = html.P([f"re-timed by {one.timed_by}", *was], className="quiet")
    return html.Div([told, html.P(misses, className="abnormal") if misses else None])


def _retime(one: ChangeView, number: int) -> Element:
    """Opens to two times in the centre's local time; the answer stands under them."""
    fields = [
        (f"retime-{number}-{one.key}-{name}", word, name, at)
        for word, name, at in (("From", "starts_at", one.starts_at), ("Until", "ends_at", one.ends_at))
    ]
    form = html.Form(
        [
            *(
                html.Div(
                    [html.Label(word, htmlFor=identity, className="field-label"),
                     moment_field(identity, name, at, required="", **{"class": "field"})]
                )
                for identity, word, name, at in fields
            ),
            html.Button("Set times", type="submit", className="button"),
            html.P(className="answer", role="alert", **{"data-answer": ""}),
        ],
        className="proposal-retime",
        **{"data-do": "proposals/retime", "data-with": json.dumps({"proposal": number, "key": one.key}),
           "aria-label": f"Other times for {one.callsign} at {one.where}"},
    )  # fmt: skip
    called = html.Span(f" {one.callsign} at {one.where}", className="unseen")
    return html.Details([html.Summary(["Re-time", called], className="link"), form])


def _uncovered(rows: Sequence[UncoveredView]) -> Element:
    head = html.H4("What stays uncovered, and why")
    if not rows:
        return html.Div([head, html.P("Nothing.", className="quiet")])
    heads = ("Where", "From", "What", "Missing", "Why")
    return html.Div(
        [
            head,
            html.Table(
                [html.Thead(html.Tr([html.Th(one, scope="col") for one in heads])),
                 html.Tbody([_open(one) for one in rows[:MOST_OPEN]])],
                className="table",
            ),
            html.P(f"and {len(rows) - MOST_OPEN} more", className="quiet") if len(rows) > MOST_OPEN else None,
        ],
        className="demand-scroll",
    )  # fmt: skip


MOST_OPEN = 200


def _open(one: UncoveredView) -> Element:
    return html.Tr(
        [
            html.Td(one.where),
            html.Td(local_time(one.starts_at)),
            html.Td([_severity(one.severity), " ", one.what], className="cell-wide"),
            html.Td(count(one.count), className="cell-number"),
            html.Td(one.why),
        ]
    )


def _severity(word: str) -> Any:
    return html.Span("arrival", className="quiet") if word == ARRIVAL else severity_mark(word)


def _lasting(minutes: float) -> str:
    whole = round(minutes)
    return f"{whole} min" if whole < 60 else f"{whole // 60} h {whole % 60:02d}"


def _earlier(rows: Sequence[ProposalRow]) -> Any:
    if not rows:
        return None
    heads = ("Proposal", "Asked", "For", "State", "Changes", "Open after")
    return html.Section(
        [
            html.H3("Other proposals"),
            html.Table(
                [html.Thead(html.Tr([html.Th(one, scope="col") for one in heads])), html.Tbody([_line(row) for row in rows])],
                className="table",
            ),
        ],
        className="panel",
    )  # fmt: skip


def _line(row: ProposalRow) -> Element:
    link = html.A(f"Proposal {row.id}", href=f"/planning/proposals/{row.id}", className="link", **{"data-follow": ""})
    return html.Tr(
        [
            html.Td(link),
            html.Td([local_time(row.asked_at), html.Span(f" {row.asked_by}", className="quiet")]),
            html.Td(SORTS[row.sort]),
            html.Td(row.state),
            html.Td(f"{row.kept} of {row.changes}", className="cell-number"),
            html.Td(count(row.uncovered), className="cell-number"),
        ]
    )
