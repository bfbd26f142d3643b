"""Duty log: nothing to wire. The page's script (assets/40-log.js) asks `/api/v1/log` itself, so that a list of thousands of
entries costs Dash nothing, and acts go through `/api/v1/acts`."""

from dash import Dash

from ops_centre.bootstrap import OpsCentre


def register(app: Dash, ops: OpsCentre) -> None:
    """No callback."""
