"""The Flask server under everything: guard first, then routes. Dash is attached to it by `app.create_app`."""

import os

from flask import Flask, Response, abort

from ops_centre.api import (
    alert_routes,
    debrief_routes,
    dispatch_routes,
    field,
    guard,
    health,
    log_export_routes,
    log_routes,
    map_data,
    openapi,
    operation_part_routes,
    operation_routes,
    options_routes,
    past_routes,
    picture_routes,
    plan_routes,
    sign_in,
    stream,
    sufficiency_routes,
    watch_routes,
)
from ops_centre.api.acts import registry
from ops_centre.api.session import current_actor
from ops_centre.bootstrap import OpsCentre


def create_server(ops: OpsCentre) -> Flask:
    """A server with every route of the centre but the pages. Starts no thread and opens no connection."""
    os.environ["DASH_MCP_ENABLED"] = "false"  # Dash would open /_mcp to anybody
    server = Flask("ops_centre", static_folder=None, template_folder=None)
    server.config["MAX_CONTENT_LENGTH"] = ops.settings.web.max_body_bytes
    server.extensions["ops"] = ops
    guard.install(server, ops)
    server.register_blueprint(sign_in.blueprint(ops))
    server.register_blueprint(health.blueprint(ops))
    server.register_blueprint(picture_routes.blueprint(ops))
    server.register_blueprint(stream.blueprint(ops))
    server.register_blueprint(map_data.blueprint(ops))
    server.register_blueprint(registry.blueprint(ops))
    server.register_blueprint(dispatch_routes.blueprint(ops))
    server.register_blueprint(options_routes.blueprint(ops))
    server.register_blueprint(field.blueprint(ops))
    server.register_blueprint(log_routes.blueprint(ops))
    server.register_blueprint(log_export_routes.blueprint(ops))
    server.register_blueprint(watch_routes.blueprint(ops))
    server.register_blueprint(alert_routes.blueprint(ops))
    server.register_blueprint(past_routes.blueprint(ops))
    server.register_blueprint(operation_routes.blueprint(ops))
    server.register_blueprint(operation_part_routes.blueprint(ops))
    server.register_blueprint(debrief_routes.blueprint(ops))
    server.register_blueprint(plan_routes.blueprint(ops))
    server.register_blueprint(sufficiency_routes.blueprint(ops))
    server.register_blueprint(openapi.blueprint())

    @server.route("/api/<path:rest>")
    def nothing(rest: str) -> Response:
        """Without this a script that asks for a wrong address would be given the start page with status 200."""
        current_actor()
        abort(404)

    return server
