"""The page of the watch: who has it, its handover, the roster ahead, past watches."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from dash import html

from layouts import brief as briefs
from layouts.components.marks import chip, empty
from layouts.components.painted import element, sketch
from layouts.components.times import age, countdown, local_time, since, utc_text
from layouts.ids_watch import WatchPage
from ops_centre.domain.watches import WatchState
from ops_centre.picture.handover_views import MemberRow, Pending, RosterRow, WatchCard, WatchView

LEAD_WANTED = timedelta(hours=24)  # a watch that starts so soon and has no lead stands out


def watch_page() -> html.Div:
    """Heading and the places of what is drawn when the page is shown."""
    loading = sketch(empty("Loading …"))
    return html.Div(
        [
            html.Div([html.H1("Watch")], className="page-head"),
            html.Div(id=WatchPage.CARD, className="watch-card", tabIndex=-1),
            html.Div(
                [
                    html.Div(
                        [
                            html.Div(id=WatchPage.NOW, className="panel watch-now", **loading),
                            html.Div(id=WatchPage.HANDOVER, className="panel", **loading),
                        ],
                        className="watch-column",
                        tabIndex=0,
                        role="region",
                        **{"aria-label": "The watch that is on and its handover"},
                    ),
                    html.Div(
                        [
                            html.Div(id=WatchPage.OFFER),
                            html.Div(id=WatchPage.ROSTER, className="panel", **loading),
                            html.Div(id=WatchPage.SINCE),
                            html.Div(id=WatchPage.PAST, className="panel", **loading),
                        ],
                        className="watch-column",
                        tabIndex=0,
                        role="region",
                        **{"aria-label": "Roster and past watches"},
                    ),
                ],
                className="watch-main",
            ),
            html.Dialog(
                html.Div(id=WatchPage.PEOPLE), id=WatchPage.ASSIGN, className="help assign",
                **{"aria-label": "Assign a watch"},
            ),
        ],
        id=WatchPage.PAGE,
        className="page sheet",
    )  # fmt: skip


def now_panel(view: WatchView, load: str = "") -> list[Any]:
    """Who has the watch, who is on it. ``load``: alert load in words."""
    if view.on is None:
        return [
            html.H2("No watch is open", className="abnormal"),
            html.P(
                "Nobody leads. Open the watch; say why there is nobody to take it over from."
                if view.may_lead
                else "Nobody leads. A shift lead opens the watch.",
                className="quiet",
            ),
            _open_form("Open the watch") if view.may_lead else None,
        ]
    on, pending = view.on, view.on.state == WatchState.HANDOVER_PENDING
    return [
        html.Div(
            [
                html.H2(f"Watch {on.name}"),
                chip("handover pending", "warn") if pending else chip("open"),
                chip("past its end", "warn") if view.now >= on.ends_at else None,
                html.A("Chain", href=f"/chain/watch/{on.id}", className="link", **{"data-follow": ""}),
            ],
            className="panel-line",
        ),
        html.Dl(
            [
                _pair("Lead", html.Strong(on.lead_name or "nobody")),
                _pair("Since", [local_time(on.opened_at), " · ", since(on.opened_at)]),
                _pair("Planned end", [local_time(on.ends_at), " · ", countdown(on.ends_at)]),
                _pair("Officers on", str(len(on.present))),
                _pair("Alert load", html.A(load, href="/load", className="link", **{"data-follow": ""}))
                if load
                else None,
            ],
            className="watch-facts",
        ),
        html.Ul([html.Li(_present(one)) for one in on.present], className="officers"),
        _coming_and_going(view, on),
        _left_behind(view, on),
    ]


def _pair(name: str, value: Any) -> html.Div:
    return html.Div([html.Dt(name), html.Dd(value)])


def _present(one: MemberRow) -> list[Any]:
    return [
        html.Strong(one.display_name),
        html.Span(f" {one.desk}" if one.desk else "", className="desk"),
        html.Span([" · ", one.role, " · since ", local_time(one.joined_at)], className="quiet"),
    ]


def _coming_and_going(view: WatchView, on: RosterRow) -> Any:
    if not view.may_join or on.lead == view.reader:
        return None
    if any(one.name == view.reader for one in on.present):
        return html.Div(_button("Go off the watch", "watch/leave", "{}"), className="watch-acts")
    return html.Form(
        [
            html.Label("Desk", htmlFor="watch-desk", className="field-label"),
            element("input", id="watch-desk", name="desk", type="text", maxlength=40, placeholder="Sea, Air, Liaison"),
            html.Button("Join the watch", type="submit", className="button primary"),
            html.P(className="answer", role="alert", **{"data-answer": ""}),
        ],
        className="watch-acts",
        **{"data-do": "watch/join"},
    )


def _left_behind(view: WatchView, on: RosterRow) -> Any:
    """A way for another lead when nobody handed over and the watch is well past its end."""
    if not view.may_lead or on.lead == view.reader or view.now < view.take_over_from:
        return None
    return html.Div(
        [html.P(f"{on.lead_name} has not handed over, and the planned end has passed.", className="abnormal"),
         _open_form("Take the watch without a handover")]
    )  # fmt: skip


def _open_form(words: str) -> html.Form:
    return html.Form(
        [
            html.Label("Why without a handover", htmlFor="watch-open-reason", className="field-label"),
            element("input", id="watch-open-reason", name="reason", type="text", required=True, maxlength=500),
            html.Button(words, type="submit", className="button primary"),
            html.P(className="answer", role="alert", **{"data-answer": ""}),
        ],
        className="watch-acts",
        **{"data-do": "watch/open"},
    )


def _button(words: str, act: str, given: str, ask: str | None = None, kind: str = "button") -> html.Button:
    more = {"data-ask": ask} if ask else {}
    return html.Button(words, type="button", className=kind, **{"data-do": act, "data-with": given, **more})


def handover_panel(view: WatchView) -> list[Any]:
    """The handover as far as it is: offered, returned, or not yet; with the facts as they are now."""
    if view.on is None:
        return [html.H2("Handover"), empty("There is nothing to hand over")]
    if view.pending is not None:
        return _pending(view, view.on, view.pending)
    head: list[Any] = [html.H2("Handover")]
    if view.returned is not None:
        head.append(html.Div([html.Strong("Returned. "), briefs.offered(view.returned)], className="returned"))
    if view.brief is None:
        return [*head, html.P(f"{view.on.lead_name} has the watch. Its handover is prepared by shift leads.",
                              className="quiet")]  # fmt: skip
    leads = view.on.lead == view.reader
    words = (
        "The brief writes itself from what is stored; complete it beside and offer it."
        if leads
        else f"What {view.on.lead_name} would hand over now. The watch changes hands when it is offered and accepted."
    )
    return [*head, html.P(words, className="quiet"), briefs.facts(view.brief)]


def _pending(view: WatchView, on: RosterRow, pending: Pending) -> list[Any]:
    offer = pending.handover
    given = f'{{"handover": {offer.id}}}'
    mine = offer.offered_by == view.reader
    acts: Any = None
    if mine:
        acts = html.Div(
            [
                html.P("You have the watch until another lead accepts it.", className="quiet"),
                _button("Withdraw the offer", "watch/withdraw", given, "Withdraw the offer to hand over?"),
            ],
            className="watch-acts",
        )
    elif view.may_lead and offer.heads is not None:
        acts = _decide(given, on)
    new = len(pending.new)
    return [
        html.Div([html.H2("Handover"), chip("offered, not accepted", "warn")], className="panel-line"),
        html.P(["Offered by ", html.Strong(offer.offered_by), " ", local_time(offer.offered_at), " · ",
                age(offer.offered_at), "."]),
        *briefs.written(offer),
        html.P([chip(f"{new} new", "strong"), " since it was offered; marked below."]) if new else None,
        acts,
        html.H3("Facts as they are now"),
        briefs.facts(pending.now, pending.new),
    ]  # fmt: skip


def _decide(given: str, on: RosterRow) -> html.Div:
    return html.Div(
        [
            _button(
                "Accept: I have the watch", "watch/accept", given,
                f"Take over watch {on.name} with this brief?", "button primary",
            ),
            html.Form(
                [
                    html.Label("Or return it, because", htmlFor="watch-return-reason", className="field-label"),
                    element("input", id="watch-return-reason", name="reason", type="text", required=True, maxlength=500),
                    html.Button("Return", type="submit", className="button"),
                    html.P(className="answer", role="alert", **{"data-answer": ""}),
                ],
                className="watch-acts",
                **{"data-do": "watch/return", "data-with": given},
            ),
        ],
        className="decide",
    )  # fmt: skip


def roster_panel(view: WatchView, zone: tzinfo) -> list[Any]:
    """Watches ahead, day by day in the centre's ``zone``."""
    warned = {number for clash in view.clashes for number in clash.watch_ids}
    rows: list[Any] = []
    before = ""
    for row in view.roster:
        day = _day(row.starts_at.astimezone(zone))
        rows.append(_roster_row(row, view, zone, day if day != before else "", warned=row.id in warned))
        before = day
    if not rows:
        return [html.H2("Roster"), empty("No watch is planned yet", "The worker plans the regular watches.")]
    heads = ["Day", "Watch", "Hours", "Lead", "With", *(["Assign"] if view.may_lead else [])]
    return [
        html.H2("Roster"),
        html.Ul([html.Li([html.Span("⚠ ", **{"aria-hidden": "true"}), clash.words]) for clash in view.clashes],
                className="clashes abnormal") if view.clashes else None,
        html.Div(
            html.Table(
                [html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])), html.Tbody(rows)],
                className="table roster-table",
            ),
            className="roster-frame",
            tabIndex=0,
            role="region",
            **{"aria-label": "Watches ahead"},
        ),
    ]  # fmt: skip


def _day(local: datetime) -> str:
    return f"{local:%a} {local.day} {local:%b}"


def _roster_row(row: RosterRow, view: WatchView, zone: tzinfo, day: str, *, warned: bool) -> html.Tr:
    soon = row.starts_at <= view.now + LEAD_WANTED
    open_lead = html.Span("open", className="abnormal" if soon else "quiet")
    hours = f"{row.starts_at.astimezone(zone):%H:%M}–{row.ends_at.astimezone(zone):%H:%M}"
    people = ", ".join(f"{one.display_name} ({one.desk})" if one.desk else one.display_name for one in row.members)
    cells = [
        html.Td(day, className="roster-day"),
        html.Th(row.name, scope="row"),
        html.Td(hours, className="cell-hours", title=f"{utc_text(row.starts_at)} – {utc_text(row.ends_at)}"),
        html.Td([row.lead_name or open_lead, html.Span(" ⚠", title="stands too long") if warned else None]),
        html.Td(people or html.Span("—", className="quiet")),
    ]
    if view.may_lead:
        cells.append(html.Td(_assign_button(row)))
    return html.Tr(cells, className="roster-first" if day else "")


def _assign_button(row: RosterRow) -> html.Button:
    members = "|".join(f"{one.name}={one.desk or ''}" for one in row.members)
    return html.Button(
        ["Assign", html.Span(f" watch {row.name}", className="unseen")],
        type="button",
        className="button quiet-button",
        **{
            "data-opens": WatchPage.ASSIGN,
            "data-with": f'{{"watch": {row.id}}}',
            "data-about": f"Watch {row.name}",
            "data-watch-starts": f"{row.starts_at.isoformat()}",
            "data-lead": row.lead or "",
            "data-members": members,
        },
    )


def past_panel(rows: Sequence[RosterRow]) -> list[Any]:
    """Past watches, newest first."""
    if not rows:
        return [html.H2("Past watches"), empty("No watch has been handed over yet")]
    return [
        html.H2("Past watches"),
        html.Table(
            [
                html.Thead(
                    html.Tr([html.Th(head, scope="col") for head in ("Watch", "From", "Until", "Lead", "On it")])
                ),
                html.Tbody([_past_row(row) for row in rows]),
            ],
            className="table",
        ),
    ]


def _past_row(row: RosterRow) -> html.Tr:
    watch = html.A(f"Watch {row.name}", href=f"/watch/{row.id}", className="link", **{"data-follow": ""})
    return html.Tr(
        [
            html.Th(watch, scope="row"),
            html.Td(local_time(row.opened_at)),
            html.Td(local_time(row.closed_at)),
            html.Td(row.lead_name or "—"),
            html.Td(str(sum(one.joined_at is not None for one in row.members))),
        ]
    )


def watch_card(card: WatchCard) -> list[Any]:
    """One watch with its handovers, fit to be printed."""
    row = card.row
    return [
        html.Div(
            [
                html.A("← Watch", href="/watch", className="link", **{"data-follow": ""}),
                html.H2(f"Watch {row.name}"),
                chip(row.state),
                html.A("Chain", href=f"/chain/watch/{row.id}", className="link", **{"data-follow": ""}),
                html.Button("Print", type="button", className="button", **{"data-print": ""}),
            ],
            className="panel-line",
        ),
        html.Dl(
            [
                _pair("Lead", html.Strong(row.lead_name or "nobody")),
                _pair("Opened", local_time(row.opened_at)),
                _pair("Closed", local_time(row.closed_at) if row.closed_at else "not yet"),
                _pair("Planned", [local_time(row.starts_at), "–", local_time(row.ends_at)]),
            ],
            className="watch-facts",
        ),
        html.H3("On the watch"),
        html.Ul([html.Li(_was_on(one)) for one in row.members], className="officers") if row.members else html.P("Nobody."),
        html.H3("Handover"),
        *([_handover(one) for one in card.handovers] or [html.P("It was never offered.", className="quiet")]),
    ]  # fmt: skip


def _was_on(one: MemberRow) -> list[Any]:
    desk = f" {one.desk}" if one.desk else ""
    if one.joined_at is None:
        return [html.Strong(one.display_name), html.Span(f"{desk} · planned, did not come", className="quiet")]
    left = [" – ", local_time(one.left_at)] if one.left_at else [" · still on"]
    return [
        html.Strong(one.display_name),
        html.Span([desk, " · ", local_time(one.joined_at), *left], className="quiet"),
    ]


def _handover(offer: Any) -> html.Section:
    entry = (
        html.A(f"Log entry {offer.log_seq}", href=f"/log/{offer.log_seq}", className="link", **{"data-follow": ""})
        if offer.log_seq
        else None
    )
    return html.Section(
        [
            briefs.offered(offer),
            *briefs.written(offer),
            briefs.facts(offer.facts) if offer.facts else None,
            html.P([entry, html.Span(f" {offer.owner} TLP:{offer.marking}", className="handling")]),
        ],
        className="panel handover",
    )
