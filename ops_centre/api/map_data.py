"""Serves what the map is drawn from: basemap, limits, places.

They are the same for everybody who is signed in and never change while the process runs, so each is encoded and
compressed once and answered from memory. It must never serve a file by a name that came with the request: the
four names below are all there is.
"""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import brotli
import orjson
from flask import Blueprint, Response, abort, request

from ops_centre.bootstrap import OpsCentre
from ops_centre.config import ROOT

BASEMAP = ROOT / "data" / "basemap"
QUALITY = 9  # brotli; 0.2 s once for the largest file
A_YEAR = "private, max-age=31536000, immutable"
FIVE_MINUTES = "private, max-age=300"


@dataclass(frozen=True, slots=True)
class _Encoded:
    """One file, ready to send."""

    version: str
    plain: bytes
    br: bytes
    gz: bytes


def blueprint(ops: OpsCentre) -> Blueprint:
    """``GET /map/basemap-world.json``, ``basemap-detail.json``, ``limits.json``, ``places.json``.

    With ``?v=`` and the present version the answer may be kept for a year; without, for five minutes, then
    asked again by its ETag. Anything else under ``/map/`` is 404.
    """
    routes = Blueprint("map_data", __name__)
    contents = _contents(ops)

    @cache
    def encoded(name: str) -> _Encoded:
        plain = contents[name]()
        br, gz = brotli.compress(plain, quality=QUALITY), gzip.compress(plain, 6, mtime=0)
        return _Encoded(_version(plain), plain, br, gz)

    @routes.get("/map/<name>")
    def file(name: str) -> Response:
        """One file of the map."""
        if name not in contents:
            abort(404)
        return _answer(encoded(name))

    return routes


def map_urls(ops: OpsCentre) -> dict[str, str]:
    """File name -> address with its version, for pages that want answers kept for a year."""
    return {name: f"/map/{name}?v={_version(content())}" for name, content in _contents(ops).items()}


def _contents(ops: OpsCentre) -> dict[str, Callable[[], bytes]]:
    return {
        "basemap-world.json": (BASEMAP / "world.json").read_bytes,
        "basemap-detail.json": (BASEMAP / "detail.json").read_bytes,
        "limits.json": lambda: orjson.dumps(ops.zones.geojson()),
        "places.json": lambda: orjson.dumps(_places(ops)),
    }


def _places(ops: OpsCentre) -> dict[str, Any]:
    return {"places": [asdict(place) for place in ops.gazetteer.places]}


def _version(plain: bytes) -> str:
    return hashlib.sha256(plain).hexdigest()[:16]


def _answer(file: _Encoded) -> Response:
    encoding = request.accept_encodings.best_match(("br", "gzip"))
    body = {"br": file.br, "gzip": file.gz}.get(encoding or "", file.plain)
    response = Response(body, content_type="application/json")
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = A_YEAR if request.args.get("v") == file.version else FIVE_MINUTES
    response.set_etag(file.version, weak=True)
    response.make_conditional(request)
    return response
