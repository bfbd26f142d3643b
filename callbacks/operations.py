"""The boards of deliberate, contingency and overwatch operations, and the page of one."""

from dash import Dash

from ops_centre.bootstrap import OpsCentre


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""
