"""`/api/v1/openapi.json`: the API described, from the routes themselves, so that no route can be missing from it."""

import re
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify

from ops_centre import __version__
from ops_centre.api.session import current_actor

_NUMBER = {"type": "integer", "minimum": 0}
_QUERY: dict[str, list[dict[str, Any]]] = {
    "/api/v1/picture": [
        {
            "name": "format",
            "in": "query",
            "description": "geojson (default): layers as RFC 7946 feature collections; columns: the compact form",
            "schema": {"enum": ["geojson", "columns"]},
        }
    ],
    "/api/v1/picture/changes": [
        {"name": "since", "in": "query", "required": True, "description": "A revision", "schema": _NUMBER}
    ],
    "/api/v1/picture/stream": [
        {
            "name": "since",
            "in": "query",
            "description": "A revision; 0 to be told to fetch the whole",
            "schema": _NUMBER,
        }
    ],
    "/api/v1/tracks/{track_id}/trail": [
        {
            "name": "hours",
            "in": "query",
            "description": "1 to 744",
            "schema": {"type": "integer", "minimum": 1, "maximum": 744},
        }
    ],
    "/api/v1/search": [
        {"name": "q", "in": "query", "description": "At least two characters", "schema": {"type": "string"}}
    ],
}
_ANSWERS = {
    "200": {"description": "As described", "content": {"application/json": {"schema": {"type": "object"}}}},
    "401": {"$ref": "#/components/responses/Error"},
    "403": {"$ref": "#/components/responses/Error"},
    "404": {"$ref": "#/components/responses/Error"},
    "422": {"$ref": "#/components/responses/Error"},
}


def blueprint() -> Blueprint:
    """The description's route."""
    routes = Blueprint("openapi", __name__)

    @routes.get("/api/v1/openapi.json")
    def openapi() -> Response:
        """This description."""
        current_actor()
        return jsonify(describe(current_app))

    return routes


def describe(server: Flask) -> dict[str, Any]:
    """An OpenAPI 3.1 document of every route under /api/v1. Operations are described by the views' docstrings."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(server.url_map.iter_rules(), key=lambda rule: rule.rule):
        if not rule.rule.startswith("/api/v1/"):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(server, rule.endpoint, path)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Border operations centre",
            "version": __version__,
            "description": (
                "Access by the session cookie of a signed-in browser or by `Authorization: Bearer` token "
                "(`python -m ops_centre token create`). Times are milliseconds since 1970 (UTC) unless a field says otherwise. "
                "Whatever the asker may not see is absent."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "security": [{"bearer": []}],
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Error": {
                    "description": "What went wrong, in words",
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {"error": {"type": "string"}},
                                "required": ["error"],
                            }
                        }
                    },
                }
            },
        },
    }


def _operation(server: Flask, endpoint: str, path: str) -> dict[str, Any]:
    words = (server.view_functions[endpoint].__doc__ or "").strip()
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if name.endswith("_id") else "string"},
        }
        for name in re.findall(r"{(\w+)}", path)
    ]
    return {
        "operationId": endpoint,
        "summary": words.splitlines()[0] if words else endpoint,
        "parameters": parameters + _QUERY.get(path, []),
        "responses": _ANSWERS,
    }
