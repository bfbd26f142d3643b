"""The debriefs of one thing, for the pages of operations, taskings and watches."""

from typing import Any

from layouts.operation_lessons import debriefs_section
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.debriefs import DebriefOf
from ops_centre.picture.debrief_reads import DebriefFilter


def debriefs_of(ops: OpsCentre, actor: Actor, kind: DebriefOf, number: int) -> list[Any]:
    """The debriefs of an operation, a tasking or a watch, and a way to open one. Raises NotFound, NotPermitted."""
    about = ops.debrief_reads.about(actor, kind.value, str(number))
    rows = ops.debrief_reads.found(actor, DebriefFilter(about=(kind.value, str(number))))
    return debriefs_section(kind.value, number, rows, about, leads=actor.may(Permission.DEBRIEF_LEAD))
