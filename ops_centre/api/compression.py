"""Static files leave compressed, once: what Dash and the assets folder serve is the same for everybody."""

import brotli
from flask import Flask, Response, request

STATIC = ("/assets/", "/_dash-component-suites/")
TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")
QUALITY = 6
A_YEAR = "public, max-age=31536000, immutable"


def install(server: Flask) -> None:
    """Compress static answers with brotli and keep them; answers about people and the picture do that themselves."""
    kept: dict[tuple[str, str], bytes] = {}

    @server.after_request
    def _compress(response: Response) -> Response:
        if not request.path.startswith(STATIC) or response.status_code != 200:
            return response
        if "m" in request.args or ".v" in request.path:  # Dash names the file's version in its address
            response.headers["Cache-Control"] = A_YEAR
        if not (response.mimetype or "").startswith(TEXT) or "br" not in request.headers.get("Accept-Encoding", ""):
            return response
        key = (request.path, response.headers.get("ETag") or request.query_string.decode("ascii", "replace"))
        if key not in kept:
            response.direct_passthrough = False
            kept[key] = brotli.compress(response.get_data(), quality=QUALITY)
        response.direct_passthrough = False
        response.set_data(kept[key])
        response.headers["Content-Encoding"] = "br"
        response.headers["Vary"] = "Accept-Encoding"
        return response
