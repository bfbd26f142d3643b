"""The order of an operation: the one in force, what changed in each issue, the form to write the next."""

from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip, empty
from layouts.components.times import local_time
from layouts.operation_fields import buttons, folded, form, sealed_line, slot, submit, submit_as, text_field, undo
from ops_centre.domain.orders import Piece
from ops_centre.domain.watches import Head
from ops_centre.picture.operation_part_views import OrderPart, OrderView

FIELDS = {
    Head.SITUATION: ("situation", 4),
    Head.MISSION: ("mission", 2),
    Head.EXECUTION: ("execution", 5),
    Head.ADMINISTRATION: ("administration", 3),
    Head.COMMAND: ("command", 3),
}
SHOWN = 10  # earlier issues whose changes are drawn; older ones are there to be saved


def order_section(part: OrderPart) -> html.Div:
    """The section on the page of one operation."""
    force = part.issued[0] if part.issued else None
    parts = [
        html.Div(
            [
                html.H2("Order"),
                chip(f"order {force.version} in force") if force and not part.ended else None,
                chip(f"draft of order {part.draft.version}", "strong") if part.draft else None,
                _print(part, force) if force else None,
            ],
            className="panel-line",
        ),
        slot(_in_force(force) if force else empty("No order is issued", _why_none(part))),
        slot(_earlier(part)),
        slot(_form(part) if part.may_work and not part.ended else None),
    ]
    return html.Div(parts)


def _why_none(part: OrderPart) -> str:
    if part.may_work and not part.ended:
        return "Write it below: the draft is kept, and sealed once it is issued."
    return "Its commander writes it." if not part.ended else "The operation has ended without one."


def _print(part: OrderPart, order: OrderView) -> html.A:
    address = f"/api/v1/operations/{part.operation}/orders/{order.version}.pdf"
    return html.A(f"Order {order.version} as PDF", href=address, className="link", download="")


def _in_force(order: OrderView) -> html.Div:
    changed = [name for name, _pieces in order.changes]
    heads = [
        html.Div(
            [
                html.H3([name.value.capitalize(), _mark(order) if name.value in changed else None]),
                html.P(order.heads.get(name.value) or "—", className="part-text"),
            ]
        )
        for name in Head
    ]
    return html.Div([*heads, _issued(order), _seal(order), _changes(order, "What this issue changed")])


def _mark(order: OrderView) -> html.Span:
    return html.Span(f" changed since order {order.version - 1}", className="quiet")


def _issued(order: OrderView) -> html.P:
    wrote = f", written by {order.written_by}" if order.written_by != order.issued_by else ""
    return html.P(
        ["Issued by ", html.Strong(order.issued_by), " ", local_time(order.issued_at), wrote], className="quiet"
    )


def _seal(order: OrderView) -> Any:
    return sealed_line(order.sha256, order.log_seq, sealed=order.sealed)


def _changes(order: OrderView, words: str) -> Any:
    if not order.changes:
        return None
    return folded(words, *(html.Div([html.H3(name.capitalize()), compared(pieces)]) for name, pieces in order.changes))


def compared(pieces: Sequence[Piece]) -> html.P:
    """Words that came and went. Marked for those who do not see how they are drawn."""
    shown = {"same": lambda text: text, "came": _came, "went": _went}
    return html.P([shown[piece.kind](piece.text) for piece in pieces], className="part-text")


def _came(text: str) -> html.Ins:
    return html.Ins([html.Span("added: ", className="unseen"), text])


def _went(text: str) -> html.Del:
    return html.Del([html.Span("removed: ", className="unseen"), text])


def _earlier(part: OrderPart) -> Any:
    if len(part.issued) < 2:
        return None
    drawn = [
        html.Div(
            [
                html.Div([html.H3(f"Order {order.version}"), _print(part, order)], className="panel-line"),
                _issued(order),
                _seal(order),
                _changes(order, f"What order {order.version} changed") if place < SHOWN else None,
            ]
        )
        for place, order in enumerate(part.issued[1:])
    ]
    return folded(f"Earlier issues ({len(part.issued) - 1})", *drawn)


def _form(part: OrderPart) -> html.Details:
    draft, force = part.draft, part.issued[0] if part.issued else None
    based = draft or force
    edition = draft.edition if draft else 0
    given = {"operation": part.operation, "version": part.next_version, "edition": edition}
    fields = [
        text_field(
            f"order-{name}", name, head.value.capitalize(), based.heads.get(head.value, "") if based else "", rows=rows
        )
        for head, (name, rows) in FIELDS.items()
    ]
    question = f"Issue order {part.next_version} of {part.reference}? It cannot be changed after that."
    written = (
        html.P(["Draft saved by ", draft.written_by, " ", local_time(draft.written_at)], className="quiet")
        if draft
        else None
    )
    return folded(
        f"{'Go on with' if draft else 'Write'} order {part.next_version}",
        slot([written, _changes(draft, "What the draft changes") if draft else None]),
        form(
            "orders/save",
            f"order:{part.operation}",
            given,
            f"Order {part.next_version}",
            *fields,
            buttons(
                submit("Keep as draft"),
                submit_as("orders/issue", f"Issue order {part.next_version}", question),
                undo(),
                html.Span(_discard(part, draft) if draft else None),
            ),
        ),
    )


def _discard(part: OrderPart, draft: OrderView) -> html.Button:
    return html.Button(
        "Throw the draft away",
        type="button",
        className="button quiet-button",
        **{
            "data-do": "orders/discard",
            "data-with": f'{{"operation": {part.operation}, "edition": {draft.edition}}}',
            "data-ask": f"Throw the draft of order {draft.version} away?",
        },
    )
