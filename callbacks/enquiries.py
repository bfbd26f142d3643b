"""Enquiries: the lists are drawn when the page is shown, when an enquiry moved, and now and then for what falls due."""

from typing import Any

from dash import Dash, Input, Output

from callbacks.binding import Address, Due, on
from callbacks.watch import number_of
from layouts.components.marks import empty
from layouts.components.painted import PROPERTY, painted
from layouts.enquiries import closed_panel, enquiry_card, figures, open_panel
from layouts.ids import Board
from layouts.ids_watch import Enquiries
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import OpsError
from ops_centre.picture.enquiry_reads import EnquiryFilter

SLUG = "enquiries"


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""

    @on(
        app,
        Output(Enquiries.FIGURES, PROPERTY),
        Output(Enquiries.OPEN, PROPERTY),
        Output(Enquiries.CLOSED, PROPERTY),
        Input(Enquiries.FILTER, "value"),
        due=Due(SLUG, (Board.ENQUIRIES,), every_s=30),
        needs=Permission.ENQUIRY_VIEW,
    )
    def draw_lists(actor: Actor, _address: Address, wanted: Any) -> Any:
        text = wanted.strip()[:80] if isinstance(wanted, str) else ""
        reads, handles = ops.enquiry_reads, actor.may(Permission.ENQUIRY_HANDLE)
        sought = EnquiryFilter(text)
        return (
            painted(figures(reads.figures(actor))),
            painted(open_panel(reads.open(actor, sought), text, handles=handles)),
            painted(closed_panel(reads.closed(actor, sought), text)),
        )

    @on(
        app,
        Output(Enquiries.CARD, PROPERTY),
        due=Due(SLUG, (Board.ENQUIRIES,), of_one=True),
        needs=Permission.ENQUIRY_VIEW,
    )
    def draw_card(actor: Actor, address: Address) -> Any:
        number = number_of(address.path, SLUG)
        if number is None:
            return painted()
        try:
            card = ops.enquiry_reads.card(actor, number)
        except OpsError as refused:
            return painted(empty(str(refused)))
        return painted(enquiry_card(card, handles=actor.may(Permission.ENQUIRY_HANDLE)))
