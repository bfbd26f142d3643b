"""The only way a callback is made: it names its permission, and is handed the actor.

A Dash callback is a public HTTP endpoint. The guard has refused strangers before this runs; here the actor is loaded
again and the permission checked, whatever the browser sent along.

What draws a part of a page says with `Due` when it does. The browser alone knows which page is shown, so its script
(assets/17-due.js) asks for what is due there and for nothing else: a screen of twenty pages costs what one costs.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from dash import Dash, Input, Output, ctx
from dash.exceptions import PreventUpdate

from layouts.ids import Board, Shell
from ops_centre.api.session import current_actor
from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission

F = TypeVar("F", bound=Callable[..., Any])
NEEDS = "__ops_needs__"  # attribute by which tests find a callback's permission
DUES = "ops-dues"  # where a Flask application keeps what `dues_for` gives
EVERY_PAGE = ""


@dataclass(frozen=True, slots=True)
class Due:
    """When a part of the screen is drawn anew: when its page comes to be shown, and for as long as it is shown, when
    one of ``moved_by`` moved, each ``every_s`` seconds and, if it ``follows`` the address, when that changes.

    ``page``: slug of its page; EVERY_PAGE for the frame.
    ``of_one``: it tells of the one thing that the address names, as in ``/log/12``; it is asked for while one is named, and
    once when none is any more.
    ``kept``: the layout draws it too, so coming back to its page draws it only if something moved or its seconds passed.
    ``leaves``: it is also asked for when its page is left.
    """

    page: str
    moved_by: tuple[Board, ...] = ()
    every_s: float | None = None
    follows: bool = False
    of_one: bool = False
    kept: bool = False
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """Where the reader is: ``/log/12`` and ``?about=target:12``. Not ``shown``: they just left the page."""

    path: str
    search: str
    shown: bool

    @classmethod
    def of(cls, told: Any) -> "Address":
        """From what the script told. Raises PreventUpdate where nothing is due."""
        try:
            _count, path, search, shown = json.loads(told)
        except (TypeError, ValueError):
            raise PreventUpdate from None
        return cls(str(path or ""), str(search or ""), shown is True)


def on(app: Dash, *dependencies: Any, needs: Permission, due: Due | None = None, **options: Any) -> Callable[[F], F]:
    """Bind a function to outputs, inputs and states. It is called as ``function(actor, *values)``, and as
    ``function(actor, address, *values)`` if it says when it is ``due``.

    ``needs`` is the permission without which the call is refused with 403.
    """
    if due is not None:
        dependencies = _with_due(app, dependencies, due, needs)
        options.setdefault("prevent_initial_call", True)

    def bind(function: F) -> F:
        @wraps(function)
        def guarded(*values: Any) -> Any:
            actor = current_actor()
            authorise(actor, needs)
            if due is None:
                return function(actor, *values)
            return function(actor, Address.of(values[0]), *values[1:])

        setattr(guarded, NEEDS, needs)
        app.callback(*dependencies, **options)(guarded)
        return function

    return bind


def _with_due(app: Dash, dependencies: tuple[Any, ...], due: Due, needs: Permission) -> tuple[Any, ...]:
    """The dependencies with the property by which the script asks, the first of all inputs."""
    outputs = [one for one in dependencies if isinstance(one, Output)]
    key = f"data-due-{outputs[0].component_id}"
    app.server.extensions.setdefault(DUES, {})[key] = (due, needs)
    return (*outputs, Input(Shell.DUE, key), *dependencies[len(outputs) :])


def dues_for(extensions: dict[str, Any], actor: Actor | None) -> list[dict[str, Any]]:
    """What the script is told to ask for, as far as ``actor`` may: one record for each part of the screen."""
    registered: dict[str, tuple[Due, Permission]] = extensions.get(DUES, {})
    return [
        {
            "key": key,
            "page": due.page,
            "boards": [board.value for board in due.moved_by],
            "every": due.every_s,
            "follows": due.follows or due.of_one,
            "ofOne": due.of_one,
            "kept": due.kept,
            "leaves": due.leaves,
        }
        for key, (due, needs) in registered.items()
        if actor is not None and actor.may(needs)
    ]


def clicked() -> bool:
    """Whether somebody pressed: a redraw that inserts a button also fires its callback, with no clicks."""
    return any(bool(item["value"]) for item in ctx.triggered)
