"""The form of a decision: what must be done, why, by whose authority. Who is sent is filled in, and sent, by
assets/43-dispatch.js."""

from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.painted import Element, element
from layouts.dispatch_words import span
from ops_centre.domain.alerting import FIELD_CALL
from ops_centre.domain.options import Options
from ops_centre.domain.targeting import SubjectKind
from ops_centre.picture.dispatch_views import ShownOptions
from ops_centre.picture.views import TargetCard

INTENT_LONGEST = 500
REASON_LONGEST = 2000

INTENTS = {  # what must be done when the target recommends nothing
    SubjectKind.VESSEL: "Meet, board and examine {label}.",
    SubjectKind.FLIGHT: "Meet {label} and examine as targeted.",
    SubjectKind.PERSON: "Meet {label} and examine.",
    SubjectKind.CONSIGNMENT: "Hold and examine {label}.",
}
ACCEPT_MINUTES = (5, 10, 15, 30, 60, 120, 240)
HELP = "Go to the help of {label}."
OTHERWISE = "Find {label}, report what it is and what it does."


def intent_of(options: Options, target: TargetCard | None) -> str:
    """Sensible words to start from: what the target recommends, else what suits its kind, with the place."""
    where = f" {options.place_name[:1].upper()}{options.place_name[1:]}." if options.place_name else ""
    if target and target.row.action:
        action = target.row.action.rstrip(".")
        return f"{action[:1].upper()}{action[1:]}: {options.label}.{where}"
    if options.subject_kind == FIELD_CALL:
        return HELP.format(label=options.label) + where
    kind = options.subject_kind if options.target_id else None
    words = INTENTS.get(SubjectKind(kind), OTHERWISE) if kind in set(SubjectKind) else OTHERWISE
    return words.format(label=options.label) + where


def decision_form(
    shown: ShownOptions,
    target: TargetCard | None,
    authority: str,
    accept_min: float,
    mark: Any,
    operations: Sequence[tuple[int, str]] = (),
    operation: int | None = None,
) -> html.Form:
    """The form. It posts nothing by itself; ids of units, token and request id are added by the script."""
    options = shown.options
    return html.Form(
        [
            html.H2("Decision"),
            html.P("Choose a unit: press it, or its number.", className="choice", **{"data-choice": "", "role": "status"}),
            _intent(intent_of(options, target)),
            _reason(),
            _authority(authority),
            _accept(accept_min),
            _operation(operations, operation),
            html.P(["Marked as its subject: ", mark], className="quiet"),
            html.Button("Choose first", type="submit", className="button primary send", disabled=True, **{"data-send": ""}),
            html.P(className="form-answer", role="alert", **{"data-answer": ""}),
            html.P(
                [html.Kbd("1"), "–", html.Kbd("9"), " choose · ", html.Kbd("Space"), " several · ", html.Kbd("0"), " nobody · ",
                 html.Kbd("Enter"), " to the form · ", html.Kbd("Ctrl Enter"), " send"],
                className="quiet keys-line",
            ),
        ],
        className="decision-form",
        **{"data-decide": "", "data-about": f"{options.about_kind}:{options.about_id}"},
    )  # fmt: skip


def _intent(words: str) -> html.Div:
    box = element(
        "textarea", words, name="intent", id="respond-intent", rows="3", maxlength=str(INTENT_LONGEST), required=True
    )
    return html.Div(
        [html.Label("What must be done", htmlFor="respond-intent"), box], className="field", **{"data-sends": ""}
    )


def _accept(usual_min: float) -> html.Div:
    choices = [element("option", f"{span(usual_min)}, as usual", value="")]
    choices += [element("option", span(minutes), value=str(minutes)) for minutes in ACCEPT_MINUTES]
    box = element("select", *choices, name="accept_minutes", id="respond-accept")
    return html.Div(
        [html.Label("To accept within", htmlFor="respond-accept"), box], className="field", **{"data-sends": ""}
    )


def _operation(operations: Sequence[tuple[int, str]], chosen: int | None) -> html.Div | None:
    """What the taskings are part of; nothing to choose where nothing is prepared or runs."""
    if not operations:
        return None
    choices = [element("option", "none", value="")]
    choices += [element("option", words, value=str(number), selected=number == chosen) for number, words in operations]
    box = element("select", *choices, name="operation", id="respond-operation")
    return html.Div(
        [html.Label("Part of the operation", htmlFor="respond-operation"), box], className="field", **{"data-sends": ""}
    )


def _reason() -> html.Div:
    box = element(
        "textarea",
        name="reason",
        id="respond-reason",
        rows="3",
        maxlength=str(REASON_LONGEST),
        **{"aria-describedby": "respond-reason-why"},
    )
    return html.Div(
        [
            html.Label(["Reason ", html.Span("optional", **{"data-reason-mark": ""})], htmlFor="respond-reason"),
            box,
            html.P(
                "Needed when it is not the first option alone.",
                id="respond-reason-why",
                className="quiet",
                **{"data-reason-why": ""},
            ),
        ],
        className="field",
    )


def _authority(name: str) -> html.Div:
    box: Element = element("input", type="text", name="authority", id="respond-authority", value=name, maxlength="120")
    return html.Div([html.Label("By authority of", htmlFor="respond-authority"), box], className="field")
