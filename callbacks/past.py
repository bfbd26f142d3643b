"""The picture as it was known at a moment. Nothing of it is drawn by callbacks: its scripts fetch /api/v1/past."""

from dash import Dash

from ops_centre.bootstrap import OpsCentre


def register(app: Dash, ops: OpsCentre) -> None:
    """The page has no callbacks."""
