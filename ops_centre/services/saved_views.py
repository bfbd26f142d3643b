"""Views of the wall that people keep: where the map looks and which layers are on. Everybody sees only their own.

What comes from the browser is checked field by field, so that a saved view is never more than numbers and layer names.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import Clock
from ops_centre.db import Database
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import SavedView
from ops_centre.services import audit
from ops_centre.services.audit import AuditKind

MOST_VIEWS = 50
MOST_LAYERS = 40
LONGEST_NAME = 40
LAYER = re.compile(r"[A-Za-z0-9_-]{1,40}")
_RANGES = {"lat": (-90.0, 90.0), "lon": (-540.0, 540.0), "zoom": (0.0, 24.0)}  # the map scrolls past ±180°


@dataclass(frozen=True, slots=True)
class ViewRow:
    """One saved view; ``view`` is {"lat", "lon", "zoom", "layers": [name] or {name: on}}."""

    id: int
    name: str
    view: dict[str, Any]
    saved_at: datetime


class SavedViews:
    """The views of each account."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db, self.clock = db, clock

    def list(self, actor: Actor) -> list[ViewRow]:
        """The actor's views, by name; none for a role that saves none."""
        if not actor.may(Permission.VIEW_SAVE):
            return []
        mine = select(SavedView).where(SavedView.user_id == actor.user_id).order_by(SavedView.name)
        with self.db.reading() as session:
            return [ViewRow(row.id, row.name, row.view, row.saved_at) for row in session.scalars(mine)]

    def save(self, actor: Actor, name: str, view: Mapping[str, Any]) -> None:
        """Keep a view under ``name``; one of the same name is replaced. Raises Invalid or Conflict."""
        authorise(actor, Permission.VIEW_SAVE)
        name, kept, now = _good_name(name), _good_view(view), self.clock.now()
        with self.db.begin() as session:
            row = _named(session, actor, name)
            if row is None:
                self._has_room(session, actor)
                session.add(SavedView(user_id=actor.user_id, name=name, view=kept, saved_at=now))
            else:
                row.view, row.saved_at = kept, now
            audit.record(session, now, AuditKind.VIEW_SAVED, actor, subject=name)

    def remove(self, actor: Actor, name: str) -> None:
        """Remove one of the actor's views. Raises NotFound."""
        authorise(actor, Permission.VIEW_SAVE)
        with self.db.begin() as session:
            mine = delete(SavedView).where(SavedView.user_id == actor.user_id, SavedView.name == name.strip())
            if session.execute(mine.returning(SavedView.id)).first() is None:
                raise NotFound(f"You have no view named {name.strip()[:LONGEST_NAME]!r}.")
            audit.record(session, self.clock.now(), AuditKind.VIEW_REMOVED, actor, subject=name.strip())

    def _has_room(self, session: Session, actor: Actor) -> None:
        count = session.scalar(select(func.count()).where(SavedView.user_id == actor.user_id)) or 0
        if count >= MOST_VIEWS:
            raise Conflict(f"You have {MOST_VIEWS} saved views already. Remove one first.")


def _named(session: Session, actor: Actor, name: str) -> SavedView | None:
    mine = select(SavedView).where(SavedView.user_id == actor.user_id, SavedView.name == name)
    return session.scalars(mine).one_or_none()


def _good_name(name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > LONGEST_NAME or not tidy.isprintable():
        raise Invalid(f"A view needs a name of 1 to {LONGEST_NAME} characters.")
    return tidy


def _good_view(view: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for part, (least, most) in _RANGES.items():
        value = view.get(part)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Invalid(f"The view has no usable {part}.")
        if not least <= value <= most:
            raise Invalid(f"The view's {part} is outside {least:g} to {most:g}.")
        kept[part] = value
    return kept | {"layers": _good_layers(view.get("layers", []))}


def _good_layers(layers: Any) -> Any:
    names = list(layers) if isinstance(layers, list | tuple | dict) else None
    if names is None or len(names) > MOST_LAYERS:
        raise Invalid("The view's layers cannot be read.")
    if not all(isinstance(name, str) and LAYER.fullmatch(name) for name in names):
        raise Invalid("The view names a layer that cannot be.")
    return {name: bool(on) for name, on in layers.items()} if isinstance(layers, dict) else names
