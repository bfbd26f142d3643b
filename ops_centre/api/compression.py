"""Answers leave compressed: static files once for all, since they are the same for everybody; Dash's own each time.

The API compresses its answers itself (`ops_centre.api.answers`), and a stream is never compressed.
"""

import brotli
from flask import Flask, Response, request

from ops_centre.api.bundle import SCRIPTS, STYLES

STATIC = ("/assets/", "/_dash-component-suites/")
TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")
QUALITY = 6
DASH = ("/_dash-layout", "/_dash-dependencies", "/_dash-update-component")
DASH_FROM_BYTES, DASH_QUALITY = 2000, 3
A_YEAR = "public, max-age=31536000, immutable"


def install(server: Flask) -> None:
    """Compress what `STATIC` and `DASH` name; of static files keep the compressed bytes."""
    kept: dict[tuple[str, str], bytes] = {}

    @server.after_request
    def _compress(response: Response) -> Response:
        if response.status_code != 200 or "Content-Encoding" in response.headers:
            return response
        accepts = "br" in request.headers.get("Accept-Encoding", "")
        if request.path in DASH and accepts and (response.content_length or 0) >= DASH_FROM_BYTES:
            _set(response, brotli.compress(response.get_data(), quality=DASH_QUALITY))
        if not request.path.startswith(STATIC):
            return response
        if _is_named(response):
            response.headers["Cache-Control"] = A_YEAR
        if not (response.mimetype or "").startswith(TEXT) or not accepts:
            return response
        key = (request.path, response.headers.get("ETag") or request.query_string.decode("ascii", "replace"))
        if key not in kept:
            response.direct_passthrough = False
            kept[key] = brotli.compress(response.get_data(), quality=QUALITY)
        response.direct_passthrough = False
        _set(response, kept[key])
        return response


def _is_named(response: Response) -> bool:
    """Whether the address says which version of the file this is. Of two servers of different programs, one may be asked for
    a bundle of the other's: what it answers is not what the address names, and is not kept."""
    if request.path in (SCRIPTS, STYLES):
        return request.args.get("m") == response.get_etag()[0]
    return "m" in request.args or ".v" in request.path  # Dash's own


def _set(response: Response, compressed: bytes) -> None:
    response.set_data(compressed)
    response.headers["Content-Encoding"] = "br"
    response.headers["Vary"] = "Accept-Encoding"
