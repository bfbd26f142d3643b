"""The facts of a handover brief, and the heads the outgoing lead wrote."""

from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip, severity_mark
from layouts.components.numbers import count
from layouts.components.times import countdown, local_time
from ops_centre.domain.brief import Brief, Fact, Section
from ops_centre.domain.duty_log import ThingKind
from ops_centre.picture.handover_views import HandoverRow

ON_THE_WALL = (ThingKind.TARGET, ThingKind.UNIT, ThingKind.TRACK)
AT_ONCE = 8  # facts of a heading that are not folded away; a new one folded away is among those counted
New = frozenset[tuple[str, str]]


def facts(brief: Brief, new: New = frozenset()) -> html.Div:
    """Headings that hold something, then one line with those that hold nothing. ``new``: what is marked as such."""
    full = [section for section in brief.sections if section.total]
    bare = [section.title for section in brief.sections if not section.total and not section.note]
    notes = [section.note for section in brief.sections if section.note]
    return html.Div(
        [
            html.Div([_section(section, new) for section in full], className="brief-parts") if full else None,
            html.P([html.Strong("Nothing under: "), " · ".join(bare)], className="quiet brief-bare") if bare else None,
            html.P(" ".join(notes), className="quiet brief-bare") if notes else None,
        ],
        className="brief-facts",
    )


def _section(section: Section, new: New) -> html.Section:
    more = section.total - len(section.facts)
    lines = [html.Li(_fact(fact, is_new=(section.name, fact.key) in new)) for fact in section.facts]
    folded = lines[AT_ONCE:]
    return html.Section(
        [
            html.H4([section.title, " ", html.Span(count(section.total), className="brief-count")]),
            html.Ul(lines[:AT_ONCE]),
            html.Details([html.Summary(f"{count(len(folded))} more"), html.Ul(folded)]) if folded else None,
            html.P(f"and {count(more)} that are only counted", className="quiet") if more else None,
        ],
        className="brief-part",
    )


def _fact(fact: Fact, *, is_new: bool) -> list[Any]:
    return [
        severity_mark(fact.severity) if fact.severity else None,
        html.Span(
            [
                chip("new", "strong") if is_new else None,
                thing_link(fact.key, fact.text),
                html.Span([" ", fact.detail], className="quiet"),
            ],
            className="fact-words",
        ),
        html.Span(countdown(fact.at), className="fact-when") if fact.at else None,
    ]


def thing_link(key: str, text: str) -> Any:
    """A way to the thing ``kind:id``: its card on the wall, its own page, or its place in the chain."""
    kind, _, thing = key.partition(":")
    if kind in ON_THE_WALL:
        return html.Button(text, type="button", className="link", **{"data-select": key, "data-go": "/"})
    addresses = {
        ThingKind.FEED: "/feeds",
        ThingKind.ENQUIRY: f"/enquiries/{thing}",
        ThingKind.ENTRY: f"/log/{thing}",
        ThingKind.WATCH: f"/watch/{thing}",
        ThingKind.DEBRIEF: f"/debriefs/{thing}",
        ThingKind.LESSON: f"/debriefs/lesson/{thing}",
    }
    known = ThingKind(kind) if kind in {one.value for one in ThingKind} else None
    href = addresses.get(known, f"/chain/{kind}/{thing}") if known else "/log"
    return html.A(text, href=href, className="link", **{"data-follow": ""})


def heads(pairs: Sequence[tuple[str, str]]) -> html.Dl:
    """What the lead wrote under each head."""
    return html.Dl([html.Div([html.Dt(name.capitalize()), html.Dd(text)]) for name, text in pairs], className="smeac")


def written(offer: HandoverRow) -> list[Any]:
    """The brief as it was offered; says so where the reader may not see it."""
    if offer.heads is None:
        return [html.P(f"The brief is {offer.owner} TLP:{offer.marking} and not released to you.", className="quiet")]
    if offer.nothing_to_report:
        why = [" Affirmed: ", offer.affirmation] if offer.affirmation else []
        return [html.P([html.Strong("Nothing to report."), *why], className="nothing-to-report")]
    return [heads(offer.heads)]


def offered(offer: HandoverRow) -> html.P:
    """What became of an offer, in a sentence."""
    words: list[Any] = ["Offered by ", html.Strong(offer.offered_by), " ", local_time(offer.offered_at)]
    if offer.accepted_at:
        words += [", accepted by ", html.Strong(offer.accepted_by), " ", local_time(offer.accepted_at)]
    elif offer.returned_at:
        words += [", returned by ", html.Strong(offer.returned_by), " ", local_time(offer.returned_at)]
        words += [f": {offer.return_reason}"] if offer.return_reason else []
    elif offer.withdrawn_at:
        words += [", withdrawn ", local_time(offer.withdrawn_at)]
    return html.P([*words, "."], className="offered")
