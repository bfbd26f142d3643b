"""Forms of the watch's page: the outgoing lead's brief, and who stands on a watch."""

from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.painted import element
from layouts.ids_watch import WatchPage
from ops_centre.domain.brief import contradictions, draft
from ops_centre.domain.watches import Head
from ops_centre.picture.handover_views import PersonRow, WatchView

FIELDS = {
    Head.SITUATION: ("situation", "What is out there, what changed, what to expect."),
    Head.MISSION: ("mission", "What the next watch has to achieve, in order."),
    Head.EXECUTION: ("execution", "Who is sent where, what they do, what is decided and not yet done."),
    Head.ADMINISTRATION: ("administration", "Crews, rest, stores, defects, visitors."),
    Head.COMMAND: ("command", "Who commands, who is reached how, reports and enquiries that are due."),
}


def offer_form(view: WatchView) -> Any:
    """The outgoing lead's form; nothing for anybody else. Its drafts are kept in the browser (assets/44-watch.js)."""
    if view.on is None or view.on.lead != view.reader or view.pending is not None or view.brief is None:
        return None
    wording = draft(view.brief)
    own = f"{view.reader}:{view.on.id}"
    return html.Div(
        [
            html.Form(
                [
                    html.Div(
                        [
                            html.H2("Complete the brief"),
                            html.Button(
                                "Fill empty heads from the facts", type="button", className="button",
                                **{"data-fill": "offer"},
                            ),
                        ],
                        className="panel-line",
                    ),
                    *(_head(head, wording[head], own) for head in Head),
                    html.P("What you type is kept in this browser until it is offered.", className="quiet"),
                    html.Div(
                        [
                            html.Button("Offer the handover", type="submit", className="button primary"),
                            html.P(className="answer", role="alert", **{"data-answer": ""}),
                        ],
                        className="watch-acts",
                    ),
                ],
                className="panel offer-form",
                id="watch-offer-form",
                **{"data-do": "watch/offer", "data-drafts": own, "aria-label": "Handover brief"},
            ),
            _nothing(contradictions(view.brief)),
        ]
    )  # fmt: skip


def _head(head: Head, wording: str, own: str) -> html.Div:
    name, hint = FIELDS[head]
    field = f"watch-offer-{name}"
    return html.Div(
        [
            html.Label([head.value.capitalize(), html.Span(hint, className="quiet hint")], htmlFor=field),
            element(
                "textarea", id=field, name=name, rows=3, maxlength=8000, required=True,
                **{"data-draft": f"offer:{own}:{name}", "data-wording": wording},
            ),
        ],
        className="head-field",
    )  # fmt: skip


def _nothing(against: Sequence[str]) -> html.Form:
    """The other way: nothing to report, which has to be affirmed in a word where facts speak against it."""
    return html.Form(
        [
            html.H2("Or: nothing to report"),
            html.P(
                ["Facts speak against it: ", "; ".join(against), ". Say in a word why it is so all the same."]
                if against
                else "Nothing stored speaks against it.",
                className="abnormal" if against else "quiet",
            ),
            html.Div(
                [
                    html.Label("Affirmation", htmlFor="watch-affirm", className="field-label"),
                    element("input", id="watch-affirm", name="affirmation", type="text", maxlength=200, required=bool(against)),
                    html.Button("Affirm and offer", type="submit", className="button"),
                    html.P(className="answer", role="alert", **{"data-answer": ""}),
                ],
                className="watch-acts",
            ),
        ],
        className="panel",
        id="watch-nothing-form",
        **{"data-do": "watch/offer", "data-with": '{"nothing_to_report": true}', "aria-label": "Nothing to report"},
    )  # fmt: skip


def assign_form(people: Sequence[PersonRow]) -> list[Any]:
    """Who leads and who is on a watch; filled by the script from the row that was pressed."""
    leads = [element("option", f"{one.display_name} ({one.name})", value=one.name) for one in people if one.may_lead]
    return [
        html.Form(
            [
                html.H2(["Assign ", html.Span(**{"data-about": ""})]),
                html.P(className="quiet", **{"data-watch-when": ""}),
                html.Div(
                    [
                        html.Label("Lead", htmlFor="watch-assign-lead"),
                        element(
                            "select",
                            element("option", "nobody yet", value=""),
                            *leads,
                            id="watch-assign-lead",
                            name="lead",
                        ),
                    ],
                    className="head-field",
                ),
                element(
                    "fieldset", element("legend", "With"), *(_person(one) for one in people), **{"class": "people"}
                ),
                html.P(className="answer", role="alert", **{"data-answer": ""}),
                html.Div(
                    [
                        html.Button("Cancel", type="button", className="button", **{"data-closes": ""}),
                        html.Button("Assign", type="submit", className="button primary"),
                    ],
                    className="watch-acts",
                ),
            ],
            id=f"{WatchPage.ASSIGN}-form",
            **{"data-do": "watch/assign"},
        )
    ]


def _person(one: PersonRow) -> html.Div:
    return html.Div(
        [
            html.Label(
                [
                    element("input", type="checkbox", name="members", value=one.name, **{"data-type": "list"}),
                    html.Span([one.display_name, html.Span(f" · {one.role}", className="quiet")]),
                ]
            ),
            element(
                "input", type="text", maxlength=40, placeholder="desk",
                **{"data-desk-of": one.name, "aria-label": f"Desk of {one.display_name}"},
            ),
        ],
        className="person",
    )  # fmt: skip
