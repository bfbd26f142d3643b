"""The only way a callback is made: it names its permission, and is handed the actor.

A Dash callback is a public HTTP endpoint. The guard has refused strangers before this runs; here the actor is loaded
again and the permission checked, whatever the browser sent along.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from dash import Dash, ctx

from ops_centre.api.session import current_actor
from ops_centre.auth.actor import authorise
from ops_centre.auth.permissions import Permission

F = TypeVar("F", bound=Callable[..., Any])
NEEDS = "__ops_needs__"  # attribute by which tests find a callback's permission


def on(app: Dash, *dependencies: Any, needs: Permission, **options: Any) -> Callable[[F], F]:
    """Bind a function to outputs, inputs and states. It is called as ``function(actor, *values)``.

    ``needs`` is the permission without which the call is refused with 403.
    """

    def bind(function: F) -> F:
        @wraps(function)
        def guarded(*values: Any) -> Any:
            actor = current_actor()
            authorise(actor, needs)
            return function(actor, *values)

        setattr(guarded, NEEDS, needs)
        app.callback(*dependencies, **options)(guarded)
        return function

    return bind


def clicked() -> bool:
    """Whether somebody pressed: a redraw that inserts a button also fires its callback, with no clicks."""
    return any(bool(item["value"]) for item in ctx.triggered)
