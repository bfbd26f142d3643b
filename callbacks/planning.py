"""Units over time, sufficiency of places, proposals."""

from dash import Dash

from ops_centre.bootstrap import OpsCentre


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""
