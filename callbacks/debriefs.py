"""Debriefs and lessons: the page, and their parts on the page of an operation."""

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output
from dash.exceptions import PreventUpdate

from callbacks.binding import Address, Due, on
from callbacks.debriefs_on import debriefs_of
from callbacks.watch import number_of
from layouts.components.marks import empty
from layouts.components.painted import PROPERTY, painted
from layouts.debrief_page import debrief_card
from layouts.debriefs import figures, lessons_panels, lists
from layouts.ids import Board
from layouts.ids_debriefs import Debriefs
from layouts.ids_operations import Operation
from layouts.lesson_parts import LessonChoices, lesson_card
from layouts.operation_lessons import lessons_section
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.debriefs import DebriefOf
from ops_centre.errors import NotFound, OpsError
from ops_centre.picture.debrief_reads import DebriefFilter
from ops_centre.picture.lesson_reads import LessonFilter

SLUG = "debriefs"


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks."""
    _page(app, ops)
    _card(app, ops)
    _operation(app, ops)


def _page(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(Debriefs.FIGURES, PROPERTY),
        Output(Debriefs.LESSONS, PROPERTY),
        Output(Debriefs.LISTS, PROPERTY),
        Input(Debriefs.FILTER, "value"),
        due=Due(SLUG, (Board.DEBRIEFS, Board.OPERATIONS), every_s=60),
        needs=Permission.DEBRIEF_VIEW,
    )
    def draw_lists(actor: Actor, _address: Address, wanted: Any) -> Any:
        text = wanted.strip()[:80] if isinstance(wanted, str) else ""
        debriefs, lessons = ops.debrief_reads, ops.lesson_reads
        rows = debriefs.found(actor, DebriefFilter(text))
        leads = actor.may(Permission.DEBRIEF_LEAD)
        may_record = _choices(ops, actor) if actor.may(Permission.LESSON_EDIT) else None
        return (
            painted(figures(lessons.figures(actor))),
            painted(lessons_panels(lessons.found(actor, LessonFilter(text)), text, may_record)),
            painted(lists(rows, debriefs.waiting(actor), text, leads=leads)),
        )


def _card(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(Debriefs.CARD, PROPERTY),
        due=Due(SLUG, (Board.DEBRIEFS,), every_s=60, of_one=True),
        needs=Permission.DEBRIEF_VIEW,
    )
    def draw_card(actor: Actor, address: Address) -> Any:
        kind, number = named_in(address.path)
        if kind is None:
            return painted()
        try:
            return painted(_lesson(ops, actor, number) if kind == "lesson" else _debrief(ops, actor, number))
        except OpsError as refused:
            return painted(empty(str(refused)))


def named_in(path: Any) -> tuple[str | None, int]:
    """What ``/debriefs/12`` and ``/debriefs/lesson/12`` name; (None, 0) for the page itself and for other pages."""
    parts = [part for part in str(path or "").split("/") if part]
    if len(parts) == 3 and parts[:2] == [SLUG, "lesson"]:
        return "lesson", int(parts[2]) if parts[2].isascii() and parts[2].isdigit() else 0
    number = number_of(path, SLUG)
    return (None, 0) if number is None else ("debrief", number)


def _debrief(ops: OpsCentre, actor: Actor, number: int) -> list[Any]:
    view = ops.debrief_reads.one(actor, number)
    try:
        about = ops.debrief_reads.about(actor, view.row.about_kind, view.row.about_id)
    except NotFound:
        about = None
    return debrief_card(view, about, _choices(ops, actor))


def _lesson(ops: OpsCentre, actor: Actor, number: int) -> list[Any]:
    return lesson_card(ops.lesson_reads.one(actor, number), _choices(ops, actor))


def _choices(ops: OpsCentre, actor: Actor) -> LessonChoices:
    agencies = [(agency.code, agency.name) for agency in ops.settings.agencies]
    criteria = ops.dispatch_reads.criterion_names(actor)
    return LessonChoices(ops.lesson_reads.owners(actor), agencies, criteria)


def _operation(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(Operation.LESSONS, PROPERTY),
        Output(Operation.DEBRIEF, PROPERTY),
        due=Due("operations", (Board.OPERATIONS, Board.DEBRIEFS), of_one=True),
        needs=Permission.OPERATION_VIEW,
    )
    def draw_on_operation(actor: Actor, address: Address) -> Any:
        number = number_of(address.path, "operations")
        if number is None:
            raise PreventUpdate
        if not actor.may(Permission.DEBRIEF_VIEW):
            return painted(), painted()
        return (
            _drawn(lambda: lessons_section(ops.lesson_reads.put_before(actor, number))),
            _drawn(lambda: debriefs_of(ops, actor, DebriefOf.OPERATION, number)),
        )


def _drawn(section: Callable[[], list[Any]]) -> str:
    """A section; nothing where the operation is not the reader's: the head of the page says so."""
    try:
        return painted(section())
    except OpsError:
        return painted()
