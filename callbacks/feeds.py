"""One feed opened, a refused record of it, and the worker's duties. A record is opened by its address alone: each look is
recorded, so no clock and no change of the picture draws it again."""

from typing import Any

from dash import Dash, Input, Output
from dash.exceptions import PreventUpdate

from callbacks.binding import Address, Due, on
from layouts.components.marks import empty
from layouts.components.painted import PROPERTY, painted
from layouts.feed_card import feed_card, raw_view
from layouts.feeds import rate_words
from layouts.ids import Board, Feeds
from layouts.worker_duties import duties
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import OpsError

SLUG = "feeds"


def places(path: Any) -> dict[str, int]:
    """``/feeds/3/like/7/before/5`` as feed, like, before; ``/feeds/3/record/9`` as feed, record. What is no number is 0."""
    parts = [part for part in str(path or "").split("/") if part]
    if not parts or parts[0] != SLUG:
        return {}
    names = ["feed", *parts[2::2]]
    numbers = [int(part) if part.isascii() and part.isdigit() and len(part) < 11 else 0 for part in parts[1::2]]
    return dict(zip(names, numbers, strict=False))


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks."""

    @on(
        app,
        Output(Feeds.CARD, PROPERTY),
        Input(Feeds.ACTED, "data"),
        due=Due(SLUG, (Board.FEEDS,), every_s=10, of_one=True),
        needs=Permission.FEED_VIEW,
    )
    def draw_card(actor: Actor, address: Address, _acted: Any) -> Any:
        place = places(address.path)
        if "feed" not in place:
            return painted()
        try:
            card = ops.feed_reads.card(actor, place["feed"], like=place.get("like"), before=place.get("before"))
        except OpsError as refused:
            return painted(empty(str(refused)))
        row = next((row for row in ops.picture.feeds(actor) if row.id == card.id), None)
        rate = rate_words(ops.picture.rates.per_minute(card.id))
        return painted(feed_card(card, row, rate, retries=ops.feed_admin.retries(card.kind)))

    @on(
        app,
        Output(Feeds.RAW, PROPERTY),
        due=Due(SLUG, of_one=True),
        needs=Permission.FEED_VIEW,
    )
    def draw_record(actor: Actor, address: Address) -> Any:
        number = places(address.path).get("record")
        if number is None:
            return painted()
        try:
            record = ops.feed_admin.look(actor, number)
        except OpsError as refused:
            return painted(empty(str(refused)))
        return painted(raw_view(record, retries=ops.feed_admin.retries(record.kind)))

    @on(
        app,
        Output(Feeds.DUTIES, PROPERTY),
        due=Due(SLUG, every_s=10),
        needs=Permission.FEED_VIEW,
    )
    def draw_duties(actor: Actor, _address: Address) -> Any:
        if not actor.may(Permission.METRICS_VIEW):
            raise PreventUpdate
        return painted(duties(ops.worker_duties.state(actor)))
