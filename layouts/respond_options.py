"""The units that could be sent, best first, as an officer compares them: when it must leave, where it meets, what speaks
for it and against it. Then those that can together, and those that cannot with why.
"""

from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import empty
from layouts.components.numbers import counted
from layouts.components.painted import Element, element
from layouts.components.times import local_time
from layouts.dispatch_words import moment, slack_words, span
from ops_centre.domain.geo import KM_PER_NM
from ops_centre.domain.options import Option, Together
from ops_centre.domain.travel import Manner
from ops_centre.picture.dispatch_views import ShownOptions

BY_KEY = 9  # options that a digit chooses
SHOWN_AT_MOST = 30
TO_SEND = ("to send", "too late")


def options_list(shown: ShownOptions) -> html.Div:
    """All options under their headings. `data-token` names them to the server."""
    options = shown.options
    return html.Div(
        [
            _able(options.able),
            _together(options.together) if options.together else None,
            _nobody(),
            _unable(options.unable, unfolded=not options.able) if options.unable else None,
        ],
        className="options-frame",
        tabIndex=0,
        role="region",
        **{
            "data-options": shown.token,
            "data-about": f"{options.about_kind}:{options.about_id}",
            "aria-label": "Options",
        },
    )


def _able(able: Sequence[Option]) -> html.Section:
    if not able:
        return html.Section(
            empty("No unit can meet it.", "Below is why, unit by unit. Sending nobody is a decision too.")
        )
    over = len(able) - SHOWN_AT_MOST
    return html.Section(
        [
            html.Div([html.Span(text) for text in HEADS], className="option-heads", **{"aria-hidden": "true"}),
            html.Ol([option_row(option) for option in able[:SHOWN_AT_MOST]], className="options"),
            html.P(f"{over} more could be sent but rank below these.", className="quiet") if over > 0 else None,
        ]
    )


HEADS = ("", "Unit", "Meets", "Way", "To send", "Crew, duty", "For and against")


def option_row(option: Option) -> html.Li:
    """One unit that can. A press anywhere on it chooses it; its box takes it in addition."""
    return html.Li(
        [
            _pick(option),
            html.Div(
                [
                    html.Strong(option.callsign),
                    html.Span(f"{option.agency} · {option.unit_type}", className="quiet"),
                    _position_age(option),
                ],
                className="option-unit",
            ),
            html.Div(
                [
                    html.Strong(local_time(option.meet_at) if option.meet_at else "time not known"),
                    html.Span(option.meet_place or "on its way", className="quiet"),
                ],
                className="option-meet",
            ),
            html.Div(_way(option), className="option-way"),
            html.Div(_to_send(option), className="option-slack"),
            html.Div(_crew(option), className="option-crew"),
            html.Div(_words(option), className="option-words"),
        ],
        className="option",
        **{"data-unit": str(option.unit_id), "data-callsign": option.callsign, "data-rank": str(option.rank or "")},
    )


def _pick(option: Option) -> html.Label:
    key = str(option.rank) if option.rank and option.rank <= BY_KEY else ""
    box: Element = element(
        "input",
        type="checkbox",
        value=str(option.unit_id),
        **{"data-pick": "", "aria-label": f"Send {option.callsign}, option {option.rank}"},
    )
    return html.Label(
        [box, html.Kbd(key) if key else html.Span(str(option.rank or ""), className="quiet")], className="pick"
    )


def _position_age(option: Option) -> html.Span:
    if option.position_age_min is None:
        return html.Span("no position of its own", className="quiet")
    return html.Span(f"position {span(option.position_age_min)} old", className="quiet")


def _way(option: Option) -> list[Any]:
    prep = f"after {span(option.prep_min)}" if option.prep_min else None
    far = (
        option.manner if option.distance_nm is None else f"{_length(option.distance_nm, option.manner)} {option.manner}"
    )
    return [
        html.Strong(span(option.travel_min) or "—"),
        html.Span(" · ".join(part for part in (far, prep) if part), className="quiet"),
    ]


def _to_send(option: Option) -> list[Any]:
    if option.lrm_at is not None:
        return [moment(option.lrm_at, TO_SEND)]
    state, words = slack_words(option.slack_min)
    return [html.Span(words, className="slack", **{"data-state": state})]


def _crew(option: Option) -> list[Any]:
    return [
        html.Span(f"crew {option.crew}" if option.crew is not None else "crew not known"),
        html.Span(
            f"{span(option.duty_left_min)} duty left" if option.duty_left_min is not None else "duty hours not known",
            className="quiet",
        ),
    ]


def _words(option: Option) -> list[Any]:
    doing = [html.Span(option.doing, className="doing")] if option.doing else []
    leaves = [option.uncovers] if option.uncovers else []
    against = [word for word in (*option.shortfalls, *leaves) if word]
    return [
        *doing,
        html.Ul([html.Li(word) for word in option.reasons], className="speaks-for") if option.reasons else None,
        html.Ul([html.Li(word) for word in dict.fromkeys(against)], className="shortfalls") if against else None,
    ]


def _together(together: Sequence[Together]) -> html.Section:
    return html.Section(
        [
            html.H3("Together"),
            html.Ul(
                [
                    html.Li(
                        [
                            html.Button(
                                " + ".join(pair.callsigns),
                                type="button",
                                className="button",
                                **{"data-together": ",".join(map(str, pair.unit_ids))},
                            ),
                            html.Span(pair.why),
                        ]
                    )
                    for pair in together
                ],
                className="together",
            ),
        ]
    )


def _nobody() -> html.Div:
    box = element("input", type="checkbox", value="", **{"data-nobody": "", "aria-label": "Send nobody"})
    return html.Div(
        [
            html.Label([box, html.Kbd("0")], className="pick"),
            html.Strong("Send nobody"),
            html.Span("A decision too: it is sealed with its reason.", className="quiet"),
        ],
        className="option option-nobody",
    )


def _unable(unable: Sequence[Option], *, unfolded: bool) -> html.Details:
    return html.Details(
        [
            html.Summary(f"{counted(len(unable), 'unit', 'units')} cannot"),
            html.P("One can be sent all the same, or with another; the decision then says why.", className="quiet"),
            html.Ul([_unable_row(option) for option in unable], className="unable"),
        ],
        className="cannot",
        open=unfolded,
    )


def _unable_row(option: Option) -> html.Li:
    box = element(
        "input",
        type="checkbox",
        value=str(option.unit_id),
        **{"data-pick": "", "aria-label": f"Send {option.callsign} all the same"},
    )
    return html.Li(
        [
            html.Label([box], className="pick"),
            html.Strong(option.callsign),
            html.Span(f"{option.agency} · {option.unit_type}", className="quiet"),
            html.Span(option.why_not or "not known why"),
        ],
        className="option-unable",
        **{"data-unit": str(option.unit_id), "data-callsign": option.callsign},
    )


def _length(nm: float, manner: str) -> str:
    """Roads are measured in kilometres, everything else in nautical miles."""
    return f"{nm * KM_PER_NM:.0f} km" if manner == Manner.ROAD else f"{nm:.0f} nm"
