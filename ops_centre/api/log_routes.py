"""`/api/v1/log`: pages of the duty log, one entry, completion of what is being typed."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response, request

from ops_centre.api.answers import json_answer, whole_number
from ops_centre.api.session import current_actor
from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.clock import from_ms
from ops_centre.domain.duty_log import EntryKind, ThingKind
from ops_centre.domain.log_filter import LogFilter
from ops_centre.errors import Invalid
from ops_centre.picture.encoding import plain
from ops_centre.picture.log_reads import MAX_SEQ, PAGE_AT_MOST
from ops_centre.picture.log_views import LogEntryView

LONGEST_MS = 4_102_444_800_000  # 2100-01-01
LONGEST_TEXT = 200
IN_LISTS = frozenset({"salt", "author_id", "leaf_hash", "chain_hash", "author_role"})  # left out: the card has them


def blueprint(ops: OpsCentre) -> Blueprint:
    """Routes under /api/v1/log."""
    routes = Blueprint("log", __name__, url_prefix="/api/v1/log")

    def reader() -> Actor:
        actor = current_actor()
        authorise(actor, Permission.LOG_VIEW)
        return actor

    @routes.get("")
    def page() -> Response:
        """Entries that match, newest first. ``before`` or ``after`` an entry number; ``count=1`` counts them too."""
        actor, wanted, arguments = reader(), filter_of(request.args), request.args
        before = whole_number("before", least=1, most=MAX_SEQ) if "before" in arguments else None
        after = whole_number("after", most=MAX_SEQ) if "after" in arguments else None
        limit = whole_number("limit", 100, least=1, most=PAGE_AT_MOST)
        rows = ops.log.page(actor, wanted, before, limit, after)
        answer: dict[str, Any] = {"entries": [_listed(row) for row in rows], "more": len(rows) == limit}
        if "count" in arguments:
            answer["count"] = plain(ops.log.count(actor, wanted))
        return json_answer(ops, orjson.dumps(answer))

    @routes.get("/<int:seq>")
    def entry(seq: int) -> Response:
        """One entry opened, with what seals it, its corrections and its neighbours."""
        card = ops.log.card(reader(), seq)
        answer = plain(card) | {
            "entry": _whole(card.entry),
            "corrections": [_listed(row) for row in card.corrections],
        }
        return json_answer(ops, orjson.dumps(answer))

    @routes.get("/complete")
    def complete() -> Response:
        """What a word behind a sign (``@`` unit, ``!`` target, ``~`` track, ``#`` operation) may mean; without a sign
        targets, craft, alerts, enquiries and entries."""
        arguments = request.args
        sign, begun = arguments.get("sign", ""), arguments.get("q", "")[:80]
        found = (
            ops.log_completion.complete(reader(), sign, begun) if sign else ops.thing_completion.find(reader(), begun)
        )
        return json_answer(ops, orjson.dumps({"found": [plain(one) for one in found]}))

    return routes


def filter_of(arguments: Mapping[str, str]) -> LogFilter:
    """The filter a query string asks for: ``text``, ``since`` and ``until`` (milliseconds), ``clock``, ``kinds`` (with
    commas), ``author``, ``unit``, ``operation``, ``agency``, ``thing`` (``kind:id``), ``by``. Raises Invalid."""
    kinds = tuple(word for word in arguments.get("kinds", "").split(",") if word)
    if unknown := [kind for kind in kinds if kind not in set(EntryKind)]:
        raise Invalid(f"There is no kind of entry {unknown[0][:20]!r}.")
    return LogFilter(
        text=_words(arguments, "text"),
        since=_moment(arguments, "since"),
        until=_moment(arguments, "until"),
        clock=_one_of(arguments, "clock", ("occurred", "recorded")) or "occurred",
        kinds=kinds,
        author=_words(arguments, "author") or None,
        unit_id=_number(arguments, "unit"),
        operation=_words(arguments, "operation") or None,
        agency=_words(arguments, "agency") or None,
        thing=_thing(arguments),
        by=_one_of(arguments, "by", ("people", "centre")),
    )


def _words(arguments: Mapping[str, str], name: str) -> str:
    return arguments.get(name, "").replace("\0", " ").strip()[:LONGEST_TEXT]


def _number(arguments: Mapping[str, str], name: str) -> int | None:
    said = arguments.get(name, "")
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 16):
        raise Invalid(f"{name} must be a whole number.")
    return int(said)


def _moment(arguments: Mapping[str, str], name: str) -> Any:
    number = _number(arguments, name)
    if number is not None and number > LONGEST_MS:
        raise Invalid(f"{name} must be milliseconds since 1970.")
    return None if number is None else from_ms(number)


def _one_of(arguments: Mapping[str, str], name: str, words: tuple[str, ...]) -> Any:
    said = arguments.get(name) or None
    if said is not None and said not in words:
        raise Invalid(f"{name} must be {' or '.join(words)}.")
    return said


def _thing(arguments: Mapping[str, str]) -> tuple[str, str] | None:
    said = _words(arguments, "thing")
    if not said:
        return None
    kind, colon, thing = said.partition(":")
    if not colon or not thing or kind not in set(ThingKind):
        raise Invalid("thing must be a kind and an id, as target:12.")
    return kind, thing


def _whole(row: LogEntryView) -> dict[str, Any]:
    return {name: value for name, value in plain(row).items() if name != "author_id"}


def _listed(row: LogEntryView) -> dict[str, Any]:
    return {name: value for name, value in plain(row).items() if name not in IN_LISTS}
