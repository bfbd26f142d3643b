"""What screens ask of the picture. Every read takes the actor and returns frozen views in the actor's scope."""

from collections.abc import Iterable
from datetime import timedelta
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import rule_of
from ops_centre.clock import Clock, to_ms
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.alerting import AlertState
from ops_centre.domain.fusion import Verdict
from ops_centre.domain.geo import normalise_lon
from ops_centre.domain.hazards import SEVERITIES
from ops_centre.domain.observations import TrackKind
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.targeting import SEVERITY_ORDER, Severity
from ops_centre.errors import NotFound
from ops_centre.models import Deployment, FeedRecord, FieldDevice, Handling, Hit, Position, Target, Track, Unit
from ops_centre.picture.feed_rates import FeedRates
from ops_centre.picture.field_search import calls_found, devices_found, drawings_found
from ops_centre.picture.field_views import DrawingRow
from ops_centre.picture.fusion_reads import anomalies_of, sources_of, trail_points
from ops_centre.picture.hazard_views import HazardRow
from ops_centre.picture.live import LivePicture
from ops_centre.picture.operation_views import OperationRow
from ops_centre.picture.present import callsigns_tasked, deployments_of, open_taskings, row_now, target_row, unit_row
from ops_centre.picture.scope import scope_of, sees
from ops_centre.picture.soundness import Soundness
from ops_centre.picture.views import (
    DeploymentRow,
    FeedRow,
    Header,
    HitRow,
    SearchResult,
    TargetCard,
    TargetRow,
    TrackCard,
    TrailPoint,
    UnitCard,
    UnitRow,
)
from ops_centre.picture.watch_views import AlertRow, EnquiryRow, LogLine, TaskingRow, WatchRow

MAX_TRAIL_POINTS = 2000
MAX_ID = 2**31 - 1  # no thing has a higher number, and no database takes one much higher


Thing = TypeVar("Thing")


class Picture:
    """Reads of the picture: the present from memory, cards and searches by a query of a few lines."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, gazetteer: Gazetteer) -> None:
        self.db = db
        self.clock = clock
        self.settings = settings
        self.gazetteer = gazetteer
        self.live = LivePicture(
            db, clock, gazetteer, exercise=settings.is_exercise, soundness=Soundness(db, clock, settings)
        )
        self.rates = FeedRates()

    def header(self, actor: Actor) -> Header:
        """The top line."""
        scope, present = scope_of(actor), self.live.present
        return Header(
            centre_name=self.settings.centre.name,
            is_exercise=self.settings.is_exercise,
            is_replay=present.is_replay,
            time_zone=self.settings.centre.time_zone,
            revision=present.revision,
            checked_at=self.live.checked_at,
            counts={
                "tracks": len(present.tracks) if scope.tracks else 0,
                "targets": len(self.targets(actor)) if scope.targets else 0,
                "units": len(self.units(actor)) if scope.units else 0,
            },
        )

    def targets(self, actor: Actor) -> list[TargetRow]:
        """Open targets, soonest arrival first, those without a time last; equal times by severity."""
        authorise(actor, Permission.TARGET_VIEW)
        return sorted(self._shelf(actor, "targets"), key=_by_arrival)

    def units(self, actor: Actor) -> list[UnitRow]:
        """Units by callsign."""
        authorise(actor, Permission.UNIT_VIEW)
        return sorted(self._shelf(actor, "units"), key=lambda row: row.callsign)

    def alerts(self, actor: Actor) -> list[AlertRow]:
        """Standing alerts, worst first, then the one that stands longest unseen."""
        authorise(actor, Permission.ALERT_VIEW)
        return sorted(self._shelf(actor, "alerts"), key=_by_urgency)

    def taskings(self, actor: Actor) -> list[TaskingRow]:
        """Taskings under way and those that owe an outcome, oldest first."""
        authorise(actor, Permission.TASKING_VIEW)
        return sorted(self._shelf(actor, "taskings"), key=lambda row: row.id)

    def operations(self, actor: Actor) -> list[OperationRow]:
        """Operations that are prepared or running, by reference."""
        authorise(actor, Permission.OPERATION_VIEW)
        return sorted(self._shelf(actor, "operations"), key=lambda row: row.reference)

    def hazards(self, actor: Actor) -> list[HazardRow]:
        """Hazards in force, the gravest first, then the one that ends soonest."""
        authorise(actor, Permission.PICTURE_VIEW)
        return sorted(
            self._shelf(actor, "hazards"), key=lambda row: (SEVERITIES.index(row.severity), row.expires_at, row.id)
        )

    def drawings(self, actor: Actor) -> list[DrawingRow]:
        """What was drawn in the field and is not over, the newest first."""
        authorise(actor, Permission.PICTURE_VIEW)
        return sorted(self._shelf(actor, "drawings"), key=lambda row: (row.sent_at, row.id), reverse=True)

    def enquiries(self, actor: Actor) -> list[EnquiryRow]:
        """Open enquiries, the one due first leads."""
        authorise(actor, Permission.ENQUIRY_VIEW)
        return sorted(self._shelf(actor, "enquiries"), key=lambda row: (row.due_at, row.id))

    def newest_log(self, actor: Actor, limit: int = 30) -> list[LogLine]:
        """The newest log entries that are in memory, newest first."""
        authorise(actor, Permission.LOG_VIEW)
        scope, present = scope_of(actor), self.live.present
        lines = [line for line, handling, _at in list(present.log) if sees(scope, present.handlings[handling])]
        return lines[::-1][:limit]

    def watch(self, actor: Actor) -> WatchRow | None:
        """The watch that is on; None when nobody has opened one."""
        authorise(actor, Permission.WATCH_VIEW)
        return self.live.present.watch

    def boards(self, actor: Actor) -> dict[str, int]:
        """When each board last moved for this reader. Read it before the rows: they may be newer, never older."""
        return self.live.present.boards_of(scope_of(actor))

    def _shelf(self, actor: Actor, name: str) -> list[Any]:
        scope, present = scope_of(actor), self.live.present
        return [
            row
            for row, handling, _at in list(present.shelves[name].values())
            if sees(scope, present.handlings[handling])
        ]

    def feeds(self, actor: Actor) -> list[FeedRow]:
        """Feeds in the order they were configured, with the light each deserves now, whether or not a worker lives."""
        authorise(actor, Permission.FEED_VIEW)
        now = self.clock.now()
        rows = sorted((row for row, _at in list(self.live.present.feeds.values())), key=lambda row: row.id)
        self.rates.sample(rows, now)
        return [row_now(row, now) for row in rows]

    def track_card(self, actor: Actor, track_id: int) -> TrackCard:
        """Everything known of one craft. Raises NotFound."""
        authorise(actor, Permission.PICTURE_VIEW)
        with self.db.reading() as session:
            return self._track_card(session, actor, track_id)

    def target_card(self, actor: Actor, target_id: int) -> TargetCard:
        """A target, open or not, with its evidence. Raises NotFound, also for one outside the actor's scope."""
        authorise(actor, Permission.TARGET_VIEW)
        with self.db.reading() as session:
            target = _get(session, Target, target_id)
            row = self._visible(session, actor, [target] if target else [])
            if target is None or not row:
                raise NotFound("There is no such target, or it is not released to you.")
            hits = session.scalars(select(Hit).where(Hit.target_id == target_id).order_by(Hit.matched_at, Hit.id))
            shows_track = target.track_id is not None and actor.may(Permission.PICTURE_VIEW)
            return TargetCard(
                row[0],
                dict(target.identifiers),
                tuple(_hit_row(hit) for hit in hits),
                self._track_card(session, actor, target.track_id or 0) if shows_track else None,
            )

    def unit_card(self, actor: Actor, unit_id: int) -> UnitCard:
        """A unit with its deployments. Raises NotFound, also for one outside the actor's scope."""
        authorise(actor, Permission.UNIT_VIEW)
        with self.db.reading() as session:
            unit = _get(session, Unit, unit_id)
            rule = rule_of(session.get_one(Handling, unit.handling_id)) if unit else None
            if unit is None or rule is None or not sees(scope_of(actor), rule):
                raise NotFound("There is no such unit, or it is not released to you.")
            deployments = deployments_of(session, [unit_id]).get(unit_id, [])
            tasking = open_taskings(session, [unit_id]).get(unit_id)
            row = unit_row(unit, rule, deployments, self.clock.now(), self.gazetteer, tasking)
            return UnitCard(row, tuple(self._deployment_row(d) for d in deployments))

    def trail(self, actor: Actor, track_id: int, hours: float = 12) -> list[TrailPoint]:
        """Where the craft was in the last ``hours`` before its newest position, oldest first, thinned to 2,000 points.

        Without what a wrong clock stamped: when that was is not known.
        """
        authorise(actor, Permission.PICTURE_VIEW)
        with self.db.reading() as session:
            track = _get(session, Track, track_id)
            if track is None:
                raise NotFound("There is no such track.")
            known = Position.track_id == track_id, func.coalesce(Position.doubt, "") != Verdict.AHEAD
            newest = session.scalar(
                select(Position.observed_at).where(*known).order_by(Position.observed_at.desc()).limit(1)
            )
            if newest is None:
                return []
            rows = session.execute(
                select(
                    Position.lat,
                    Position.lon,
                    Position.observed_at,
                    Position.speed_kn,
                    Position.course_deg,
                    Position.doubt,
                )
                .where(*known, Position.observed_at >= newest - timedelta(hours=hours))
                .order_by(Position.observed_at)
            ).all()
        return trail_points(rows, TrackKind(track.kind), MAX_TRAIL_POINTS)

    def search(self, actor: Actor, words: str, limit: int = 20) -> list[SearchResult]:
        """What matches by name, MMSI, IMO, callsign, flight, registration, container or document, unit, place or hazard.

        Also calls for help, devices and drawings of the field.
        """
        wanted = " ".join(_storable(words).split())[:60]
        if len(wanted) < 2:
            return []
        found: list[tuple[int, SearchResult]] = []
        with self.db.reading() as session:
            if actor.may(Permission.TARGET_VIEW):
                found += self._search_targets(session, actor, wanted, limit)
            if actor.may(Permission.UNIT_VIEW):
                found += self._search_units(actor, wanted)
                found += self._search_devices(session, actor, wanted, limit)
            if actor.may(Permission.ALERT_VIEW):
                found += calls_found(self.alerts(actor), wanted, _rank)
            if actor.may(Permission.PICTURE_VIEW):
                found += self._search_tracks(session, wanted, limit)
                found += self._search_hazards(actor, wanted)
                found += drawings_found(self.drawings(actor), wanted, _rank)
                found += self._search_places(wanted)
        found.sort(key=itemgetter(0))
        return [result for _rank, result in found[:limit]]

    def _track_card(self, session: Session, actor: Actor, track_id: int) -> TrackCard:
        track = _get(session, Track, track_id)
        if track is None:
            raise NotFound("There is no such track.")
        feed = session.get_one(FeedRecord, track.feed_id)
        about = session.scalars(select(Target).where(Target.track_id == track_id).order_by(Target.id.desc()).limit(50))
        targets = self._visible(session, actor, about) if actor.may(Permission.TARGET_VIEW) else []
        age_s = None
        if track.observed_at is not None:
            age_s = (to_ms(self.clock.now()) + feed.clock_offset_ms - to_ms(track.observed_at)) / 1000
        return TrackCard(
            track.id, track.key, track.kind, track.name, track.mmsi, track.imo, track.callsign, track.registration,
            track.flight, track.craft_type, track.type_text, track.flag, track.destination, track.eta_at, track.length_m,
            track.beam_m, track.draught_m, tuple(filter(None, track.caveats.split(","))), track.lat, track.lon,
            track.course_deg, track.speed_kn, track.heading_deg, track.altitude_ft, track.nav_status, track.squawk,
            track.on_ground, track.zone, track.observed_at, track.received_at, track.heard_at, track.particulars_at,
            track.left_at, feed.name, feed.clock_offset_ms, age_s, tuple(targets),
            sources_of(session, track), anomalies_of(session, track_id), track.geometric_altitude_ft,
        )  # fmt: skip

    def _visible(self, session: Session, actor: Actor, targets: Iterable[Target]) -> list[TargetRow]:
        scope, rows = scope_of(actor), []
        for target in targets:
            rule = rule_of(session.get_one(Handling, target.handling_id))
            if sees(scope, rule):
                tasked = callsigns_tasked(session, [target.id]).get(target.id, ())
                rows.append(target_row(target, rule, tasked))
        return rows

    def _deployment_row(self, d: Deployment) -> DeploymentRow:
        place = self.gazetteer.get(d.place)
        return DeploymentRow(
            d.ref, d.place, place.name if place else d.place, d.area, d.starts_at, d.ends_at, d.crew, d.duty_hours,
        )  # fmt: skip

    def _search_tracks(self, session: Session, wanted: str, limit: int) -> list[tuple[int, SearchResult]]:
        like = f"%{_escaped(wanted)}%"
        texts = (Track.name, Track.callsign, Track.flight, Track.registration)
        conditions = [column.ilike(like, escape="\\") for column in texts]
        if wanted.isdigit():
            conditions += [cast(column, String).like(f"{wanted}%") for column in (Track.mmsi, Track.imo)]
        query = select(Track).where(or_(*conditions)).order_by(Track.left_at.is_not(None), Track.name).limit(limit)
        return [
            (
                _rank(wanted, t.name, t.callsign, t.flight, str(t.mmsi or ""), str(t.imo or "")) + 2,
                SearchResult("track", t.id, t.flight or t.name or t.callsign or t.key, _track_detail(t), t.lat, t.lon),
            )
            for t in session.scalars(query)
        ]

    def _search_targets(
        self, session: Session, actor: Actor, wanted: str, limit: int
    ) -> list[tuple[int, SearchResult]]:
        like = f"%{_escaped(wanted)}%"
        scope = scope_of(actor)
        audience = [h.id for h in session.scalars(select(Handling)) if sees(scope, rule_of(h))]
        query = (
            select(Target)
            .where(
                Target.handling_id.in_(audience),
                or_(
                    Target.label.ilike(like, escape="\\"),
                    cast(Target.identifiers, String).ilike(like, escape="\\"),
                    Target.ref.ilike(like, escape="\\"),
                ),
            )
            .order_by(Target.id.desc())
            .limit(limit)
        )
        results = []
        for target in session.scalars(query):
            track = self.live.present.tracks.get(target.track_id or 0)
            lat, lon = (track[1], track[2]) if track else (target.place_lat, target.place_lon)
            detail = " · ".join(filter(None, (f"target, {target.subject_kind}", target.status, target.reason)))
            results.append(
                (_rank(wanted, target.label), SearchResult("target", target.id, target.label, detail, lat, lon))
            )
        return results

    def _search_units(self, actor: Actor, wanted: str) -> list[tuple[int, SearchResult]]:
        return [
            (
                _rank(wanted, unit.callsign) + 1,
                SearchResult(
                    "unit",
                    unit.id,
                    unit.callsign,
                    f"unit, {unit.agency} {unit.unit_type} · {unit.availability}",
                    unit.lat,
                    unit.lon,
                ),
            )
            for unit in self.units(actor)
            if wanted.casefold() in unit.callsign.casefold()
        ]

    def _search_devices(
        self, session: Session, actor: Actor, wanted: str, limit: int
    ) -> Iterable[tuple[int, SearchResult]]:
        scope = scope_of(actor)
        audience = [h.id for h in session.scalars(select(Handling)) if sees(scope, rule_of(h))]
        seen = FieldDevice.handling_id.in_(audience)
        return list(devices_found(session, seen, f"%{_escaped(wanted)}%", wanted, _rank, limit))

    def _search_hazards(self, actor: Actor, wanted: str) -> list[tuple[int, SearchResult]]:
        """Hazards in force, by what they are called and where they are."""
        folded, found = wanted.casefold(), []
        for row in self.hazards(actor):
            if folded in " ".join((row.event, row.headline, *row.places)).casefold():
                corner = row.shapes[0]["points"][0] if row.shapes else None
                lat, lon = (corner[0], normalise_lon(corner[1])) if corner else (None, None)
                detail = " · ".join(("hazard", row.severity, row.status, *row.places[:2]))
                found.append(
                    (
                        _rank(wanted, row.headline, row.event) + 2,
                        SearchResult("hazard", row.id, row.title, detail, lat, lon),
                    )
                )
        return found

    def _search_places(self, wanted: str) -> list[tuple[int, SearchResult]]:
        folded = wanted.casefold()
        return [
            (
                _rank(wanted, place.name, place.code) + 3,
                SearchResult(
                    "place", place.code, place.name, f"{place.kind.value}, {place.code}", place.lat, place.lon
                ),
            )
            for place in self.gazetteer.places
            if folded in place.name.casefold() or folded == place.code.casefold()
        ]


def _get(session: Session, kind: type[Thing], number: int) -> Thing | None:
    """The thing of that number, if the number can be one at all: numbers come from addresses that anybody may write."""
    return session.get(kind, number) if 0 < number <= MAX_ID else None


def _by_urgency(row: AlertRow) -> tuple[int, int, float]:
    states = (AlertState.UNSEEN, AlertState.ACKNOWLEDGED, AlertState.SHELVED)
    return states.index(AlertState(row.state)), SEVERITY_ORDER[Severity(row.severity)], row.announced_at.timestamp()


def _by_arrival(row: TargetRow) -> tuple[bool, float, int, int]:
    order = SEVERITY_ORDER[Severity(row.severity)]
    return row.arrives_at is None, row.arrives_at.timestamp() if row.arrives_at else 0.0, order, row.id


def _rank(wanted: str, *names: str | None) -> int:
    """0 for the very name, 10 for its beginning, 20 for a part."""
    folded = wanted.casefold()
    names_folded = [name.casefold() for name in names if name]
    if folded in names_folded:
        return 0
    return 10 if any(name.startswith(folded) for name in names_folded) else 20


def _track_detail(track: Track) -> str:
    parts = [track.kind, f"MMSI {track.mmsi}" if track.mmsi else None, f"IMO {track.imo}" if track.imo else None]
    parts += [track.destination and f"bound {track.destination}", "left the picture" if track.left_at else None]
    return " · ".join(part for part in parts if part)


def _storable(text: str) -> str:
    """``text`` without what no database takes: NUL and lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _hit_row(hit: Hit) -> HitRow:
    return HitRow(
        hit.ref, hit.kind, hit.criterion, hit.criterion_version, hit.explanation, hit.score, hit.matched_at,
        hit.source_system, hit.source_message, hit.source_text,
    )  # fmt: skip
