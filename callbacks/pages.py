"""Gives Dash its layout and every page its callbacks. `register` is the one thing the application calls."""

from pathlib import Path

from dash import Dash

from callbacks import (
    admin,
    alerts,
    chain,
    criteria,
    debriefs,
    enquiries,
    feeds,
    load,
    log,
    lookouts,
    movements,
    operation_area,
    operation_parts,
    operations,
    past,
    planning,
    planning_demand,
    respond,
    shell,
    tables,
    taskings,
    wall,
    watch,
)
from layouts.document import document, for_reader
from ops_centre.api.bundle import SCRIPTS, STYLES, bundle, serve
from ops_centre.api.program import program
from ops_centre.bootstrap import OpsCentre

PAGES = (
    shell,
    wall,
    tables,
    feeds,
    alerts,
    load,
    lookouts,
    movements,
    log,
    taskings,
    respond,
    chain,
    criteria,
    watch,
    enquiries,
    operations,
    operation_area,
    operation_parts,
    planning,
    planning_demand,
    debriefs,
    past,
    admin,
)
LOADED_ELSEWHERE = r"^(sign-in|field(-[a-z]+)?|past-player(-[a-z]+)?)\.(css|js)$"  # by pages that Dash does not draw
ASSETS_IGNORE = r"\.(css|js)$"  # by Dash: one file each is served instead (ops_centre/api/bundle.py)


def register(app: Dash, ops: OpsCentre) -> None:
    """Set the layout and bind all callbacks of all pages."""
    settings = ops.settings
    folder = Path(app.config.assets_folder)
    styles, scripts = (bundle(folder, path, LOADED_ELSEWHERE) for path in (STYLES, SCRIPTS))
    serve(app.server, styles, scripts)
    app.index_string = document(
        settings.centre.time_zone,
        settings.picture.frozen_after_seconds,
        styles=styles.address,
        scripts=scripts.address,
        program=program(),
    )
    plain_index = app.interpolate_index
    app.interpolate_index = lambda **parts: for_reader(plain_index(**parts), sees_picture=shell.sees_picture())
    app.layout = shell.layout_for(ops)
    app.validation_layout = shell.framed(ops, None)
    for page in PAGES:
        page.register(app, ops)
