"""`/api/v1/picture` and what hangs on it, for the browser and for scripts. Everything is scoped to the actor."""

import orjson
from flask import Blueprint, Response, request

from ops_centre.api.answers import json_answer, whole_number
from ops_centre.api.session import current_actor
from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import Invalid, NotFound
from ops_centre.feeds.schemas import ENVELOPES, json_schema
from ops_centre.picture.encoding import plain


def blueprint(ops: OpsCentre) -> Blueprint:
    """Routes under /api/v1."""
    routes = Blueprint("picture", __name__, url_prefix="/api/v1")
    picture = ops.picture

    def viewer(needs: Permission = Permission.PICTURE_VIEW) -> Actor:
        actor = current_actor()
        authorise(actor, needs)
        picture.live.start()
        return actor

    @routes.get("/picture")
    def whole() -> Response:
        """The whole picture: GeoJSON layers, or ``format=columns``."""
        actor = viewer()
        form = request.args.get("format", "geojson")
        if form == "columns":
            return json_answer(ops, picture.live.whole(actor)[1])
        if form != "geojson":
            raise Invalid("format must be geojson or columns.")
        return json_answer(ops, picture.live.geojson(actor))

    @routes.get("/picture/changes")
    def changes() -> Response:
        """What changed since a revision, in columns; ``{"resync": true}`` when that is too long ago."""
        actor = viewer()
        body = picture.live.changes(actor, whole_number("since"))
        if body is None:
            body = orjson.dumps({"resync": True, "revision": picture.live.present.revision})
        return json_answer(ops, body)

    @routes.get("/tracks/<int:track_id>")
    def track(track_id: int) -> Response:
        """Everything known of one craft."""
        card = picture.track_card(viewer(), track_id)
        lists = {name: [plain(row) for row in getattr(card, name)] for name in ("targets", "sources", "anomalies")}
        return json_answer(ops, _dumps(plain(card) | lists))

    @routes.get("/tracks/<int:track_id>/trail")
    def trail(track_id: int) -> Response:
        """Where it was."""
        points = picture.trail(viewer(), track_id, whole_number("hours", 12, least=1, most=24 * 31))
        rows = [
            [p.lat, p.lon, int(p.observed_at.timestamp() * 1000), p.speed_kn, p.course_deg, p.joined, p.doubt]
            for p in points
        ]
        return json_answer(ops, _dumps({"track": track_id, "points": rows}))

    @routes.get("/targets")
    def targets() -> Response:
        """Open targets, soonest arrival first."""
        rows = picture.targets(viewer(Permission.TARGET_VIEW))
        return json_answer(ops, _dumps({"exercise": ops.settings.is_exercise, "targets": [plain(row) for row in rows]}))

    @routes.get("/targets/<int:target_id>")
    def target(target_id: int) -> Response:
        """A target with its evidence."""
        card = picture.target_card(viewer(Permission.TARGET_VIEW), target_id)
        body = {"target": plain(card.row), "identifiers": card.identifiers, "hits": [plain(hit) for hit in card.hits]}
        return json_answer(ops, _dumps(body))

    @routes.get("/units")
    def units() -> Response:
        """Units by callsign."""
        rows = picture.units(viewer(Permission.UNIT_VIEW))
        return json_answer(ops, _dumps({"exercise": ops.settings.is_exercise, "units": [plain(row) for row in rows]}))

    @routes.get("/feeds")
    def feeds() -> Response:
        """Feeds and their health."""
        rows = picture.feeds(viewer(Permission.FEED_VIEW))
        return json_answer(ops, _dumps({"feeds": [plain(row) for row in rows]}))

    @routes.get("/search")
    def search() -> Response:
        """What matches ``q``."""
        found = picture.search(viewer(), request.args.get("q", ""))
        return json_answer(ops, _dumps({"results": [plain(result) for result in found]}))

    @routes.get("/schemas/<name>.json")
    def schema(name: str) -> Response:
        """JSON Schema of what a feed accepts."""
        current_actor()
        if name not in ENVELOPES:
            raise NotFound(f"There is no schema {name!r}; there are {', '.join(sorted(ENVELOPES))}.")
        return json_answer(ops, _dumps(json_schema(name)), kind="application/schema+json")

    return routes


def _dumps(body: object) -> bytes:
    return orjson.dumps(body)
