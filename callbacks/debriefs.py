"""Debriefs and the lessons that came of them."""

from dash import Dash

from ops_centre.bootstrap import OpsCentre


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""
