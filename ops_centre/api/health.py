"""`/healthz` (the process answers), `/readyz` (it can serve), `/metrics` (Prometheus; for those who may)."""

from flask import Blueprint, Response, jsonify
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from ops_centre.api.session import current_actor
from ops_centre.auth.actor import authorise
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.clock import to_ms
from ops_centre.domain.feeds import FeedLight
from ops_centre.services.feed_records import present_light
from ops_centre.services.leases import WORKER, last_renewal
from ops_centre.services.schema import is_current

STALE_PICTURE_S = 10


def blueprint(ops: OpsCentre) -> Blueprint:
    """Health routes. The first two tell strangers nothing but a word."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        """200 as long as the process answers."""
        return jsonify(status="ok")

    @routes.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """200 when the database has the schema and the picture follows it, else 503."""
        ops.picture.live.start()
        try:
            current = is_current(ops.db)
        except SQLAlchemyError:
            return jsonify(status="database unavailable"), 503
        checked = ops.picture.live.checked_at
        fresh = checked is not None and (ops.clock.now() - checked).total_seconds() < STALE_PICTURE_S
        word = "ready" if current and fresh else "schema not current" if not current else "picture stale"
        return jsonify(status=word), 200 if word == "ready" else 503

    @routes.get("/api/v1/troubles")
    def troubles() -> Response:
        """What is wrong with the centre itself, in sentences, and who asks; the stream says it with each beat."""
        actor = current_actor()
        ops.picture.live.start()
        found = [trouble.plain() for trouble in ops.picture.live.troubles]
        return jsonify(now=to_ms(ops.clock.now()), who=actor.name, troubles=found)

    @routes.get("/metrics")
    def metrics() -> Response:
        """Counters of the feeds and the state of the picture."""
        authorise(current_actor(), Permission.METRICS_VIEW)
        ops.picture.live.start()
        return Response(generate_latest(_registry(ops)), content_type=CONTENT_TYPE_LATEST)

    return routes


def _registry(ops: OpsCentre) -> CollectorRegistry:
    registry = CollectorRegistry()
    present, now = ops.picture.live.present, ops.clock.now()
    Gauge("ops_picture_revision", "Last revision of the picture", registry=registry).set(present.revision)
    things = Gauge("ops_picture_things", "Things in the picture", ["layer"], registry=registry)
    for layer, shelf in (("tracks", present.tracks), ("targets", present.targets), ("units", present.units)):
        things.labels(layer).set(len(shelf))
    checked = ops.picture.live.checked_at
    age = Gauge("ops_picture_age_seconds", "Since the database was last seen", registry=registry)
    age.set((now - checked).total_seconds() if checked else float("nan"))
    lease = Gauge("ops_worker_lease_age_seconds", "Since the active worker renewed its lease", registry=registry)
    renewed = last_renewal(ops.db, WORKER)
    lease.set((now - renewed).total_seconds() if renewed else float("nan"))
    records = Gauge("ops_feed_records", "Records of a feed by what became of them", ["feed", "fate"], registry=registry)
    good = Gauge("ops_feed_last_good_seconds", "Unix time of the last good poll", ["feed"], registry=registry)
    light = Gauge("ops_feed_light", "1 for the light a feed shows", ["feed", "light"], registry=registry)
    for record in ops.feeds.all():
        for fate in ("received", "stored", "duplicate", "quarantined", "passed_over"):
            records.labels(record.name, fate).set(getattr(record, fate))
        if record.last_good_at is not None:
            good.labels(record.name).set(to_ms(record.last_good_at) / 1000)
        shown = present_light(record, now)
        for word in FeedLight:
            light.labels(record.name, word.value).set(1 if word is shown else 0)
    return registry
