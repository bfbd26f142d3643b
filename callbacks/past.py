"""The picture as it was known at a moment."""

from dash import Dash

from ops_centre.bootstrap import OpsCentre


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""
