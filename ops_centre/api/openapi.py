"""`/api/v1/openapi.json`: the API described, from the routes themselves, so that no route can be missing from it."""

import re
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify

from ops_centre import __version__
from ops_centre.api.session import current_actor

_NUMBER = {"type": "integer", "minimum": 0}
_SPAN: list[dict[str, Any]] = [
    {"name": name, "in": "query", "required": True, "description": "Milliseconds since 1970", "schema": _NUMBER}
    for name in ("from", "until")
]
_KNOWN: dict[str, Any] = {
    "name": "known",
    "in": "query",
    "description": "then (default): what was known at that moment; now: what is known today about it",
    "schema": {"enum": ["then", "now"]},
}
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
    "/api/v1/log": [
        {"name": name, "in": "query", "description": said, "schema": {"type": "string"}}
        for name, said in (
            ("text", 'Words; "in quotes" together; the last may be the beginning of one'),
            ("since", "Not before, milliseconds since 1970"),
            ("until", "Not after, milliseconds since 1970"),
            ("clock", "occurred (default) or recorded: which time since and until speak of"),
            ("kinds", "Kinds of entry, with commas"),
            ("author", "Sign-in name"),
            ("unit", "Id of a unit"),
            ("operation", "The word behind #"),
            ("agency", "Of the author"),
            ("thing", "Kind and id of something referred to, as target:12"),
            ("by", "people or centre"),
            ("before", "Entries below this number"),
            ("after", "Entries above this number"),
            ("limit", "1 to 500; 100 unless told"),
            ("count", "1: count what matches too, to 1,000"),
        )
    ],
    "/api/v1/operations": [
        {"name": name, "in": "query", "description": said, "schema": {"type": "string"}}
        for name, said in (
            ("kind", "deliberate, contingency or overwatch"),
            ("q", "Words of the reference, name, purpose, next decision or commander"),
            ("agency", "Code of an agency that takes part"),
            ("commander", "Sign-in name"),
            ("exercise", "only: exercises; none: all others"),
        )
    ],
    "/api/v1/operations/{operation_id}/log": [
        {"name": "before", "in": "query", "description": "Entries below this number", "schema": _NUMBER},
        {"name": "limit", "in": "query", "description": "1 to 500; 100 unless told", "schema": _NUMBER},
    ],
    "/api/v1/log/complete": [
        {
            "name": "sign",
            "in": "query",
            "description": "# @ ! or ~; left out: things to link",
            "schema": {"type": "string"},
        },
        {"name": "q", "in": "query", "description": "What is typed so far", "schema": {"type": "string"}},
    ],
    **{
        path: [
            {"name": name, "in": "query", "description": said, "schema": {"type": "string"}}
            for name, said in (
                ("from", "Beginning of the window, milliseconds since 1970; now when left out"),
                ("until", "Its end; a week later when left out, at most 93 days"),
                ("q", "Words of the unit: callsign, type, agency, capabilities"),
                ("agency", "Code of the unit's agency"),
                ("type", "Type of unit"),
                ("capability", "What the unit must have"),
                ("operation", "Id of an operation: only units with something for it in the window"),
                ("place", "Code of a place: only units that are there in the window"),
                ("conflicts", "1: only units with a conflict that nobody accepted"),
                *(
                    (("offset", "Rows to pass over"), ("limit", "1 to 1000; 200 unless told"))
                    if path.endswith("plan")
                    else ()
                ),
            )
        ]
        for path in ("/api/v1/plan", "/api/v1/plan/export.csv")
    },
    "/api/v1/alerts/load": [
        {
            "name": "hours",
            "in": "query",
            "description": "1 to 168; 12 when left out",
            "schema": {"type": "integer", "minimum": 1, "maximum": 168},
        }
    ],
    "/api/v1/alerts/history": [
        {
            "name": "since",
            "in": "query",
            "description": "Milliseconds since 1970; a day before until",
            "schema": _NUMBER,
        },
        {
            "name": "until",
            "in": "query",
            "description": "Milliseconds since 1970; now when left out",
            "schema": _NUMBER,
        },
        {"name": "cause", "in": "query", "description": "Such as feed lost", "schema": {"type": "string"}},
        {"name": "missed", "in": "query", "description": "1: missed alerts only", "schema": {"enum": [0, 1]}},
        {"name": "limit", "in": "query", "description": "1 to 1000; 200 when left out", "schema": _NUMBER},
    ],
    "/api/v1/operations/{operation_id}/attachments": [
        {"name": "name", "in": "query", "description": "POST: the file's name", "schema": {"type": "string"}},
        {"name": "request_id", "in": "query", "description": "POST: done once for each", "schema": {"type": "string"}},
    ],
    "/api/v1/past": [
        {"name": "at", "in": "query", "required": True, "description": "Milliseconds since 1970", "schema": _NUMBER},
        _KNOWN,
    ],
    "/api/v1/past/hits": [
        {"name": "at", "in": "query", "required": True, "description": "Milliseconds since 1970", "schema": _NUMBER},
        {"name": "target", "in": "query", "required": True, "description": "Its number", "schema": _NUMBER},
    ],
    "/api/v1/past/plan": [
        {"name": "at", "in": "query", "required": True, "description": "Milliseconds since 1970", "schema": _NUMBER},
    ],
    "/api/v1/past/marks": _SPAN,
    "/api/v1/past/export": [
        {"name": "format", "in": "query", "required": True, "schema": {"enum": ["geojson", "kml", "html"]}},
        *_SPAN,
        _KNOWN,
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
