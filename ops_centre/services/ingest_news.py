"""What a batch of reports of craft brings, sorted by what must be written (`services.ingest_crafts` writes it)."""

from dataclasses import dataclass, fields
from typing import Any

from ops_centre.clock import from_ms, to_ms
from ops_centre.domain.fusion import DOUBTED, MOVES, Place, Source, Verdict, is_ahead, leap_words, leaps
from ops_centre.domain.identity import BAD_MMSI, IMPOSSIBLE_IMO
from ops_centre.domain.identity_conflicts import AnomalyKind, changed, pair
from ops_centre.domain.observations import CraftReport, Fix, Particulars, TrackKind
from ops_centre.services.ingest_doubts import Late
from ops_centre.services.ingest_sources import STAMP_MS, Anomaly, Behind, Said

PARTICULARS = tuple(field.name for field in fields(Particulars))
LASTING = frozenset({BAD_MMSI, IMPOSSIBLE_IMO, "virtual aid"})
_CHANGED = (
    ("name", AnomalyKind.NAME_CHANGED),
    ("imo", AnomalyKind.IMO_CHANGED),
    ("callsign", AnomalyKind.CALLSIGN_CHANGED),
)


@dataclass(slots=True)
class Known:
    """What this process knows of a track."""

    id: int
    kind: TrackKind
    heard_ms: int
    place: Place
    particulars_ms: int
    particulars: list[Any]
    caveats: str
    said: dict[int, Said]  # by feed
    squawk: str | None = None  # as it was last written by itself; a place writes it too


class News:
    """What a batch brings, sorted by what must be written; the memory of each track is brought up to date on the way."""

    def __init__(self, source: Source, recorded_ms: int, behind: Behind) -> None:
        self._behind = behind
        self.source = source
        self.recorded_ms = recorded_ms
        self.sources: dict[int, Said] = {}
        self.anomalies: dict[tuple[int, AnomalyKind, str], Anomaly] = {}
        self.doubted: list[dict[str, Any]] = []
        self.late: dict[tuple[int, int, float, float], Late] = {}  # that are far from where they should have led
        self.set_back: list[int] = []  # tracks placed by our clock before that was set back
        self.positions: list[tuple[Any, ...]] = []
        self.newest: dict[int, tuple[int, CraftReport, Known]] = {}
        self.described: dict[int, tuple[Known, int, list[Any]]] = {}
        self.heard: dict[int, int] = {}
        self.squawks: dict[int, tuple[str, int, Known]] = {}  # of reports that moved nothing
        self.of_use = 0  # reports without a position that told something
        self.of_no_use = 0  # and those that did not

    def add(self, track: Known, report: CraftReport) -> None:
        """Take one report."""
        observed_ms, received_ms = to_ms(report.observed_at), to_ms(report.received_at)
        self._add_said(track, report, observed_ms, received_ms)
        told = report.particulars is not None and _merge(track, report, observed_ms, self.recorded_ms)
        if told:
            said = self.described.get(track.id, (track, 0, [None] * len(PARTICULARS)))[2]
            for place, name in enumerate(PARTICULARS):  # only what was said, so that another feed's word is not undone
                if getattr(report.particulars, name) is not None:
                    said[place] = track.particulars[place]
            self.described[track.id] = (track, observed_ms, said)
        self._add_squawk(track, report, observed_ms)
        if report.fix is not None:
            self._add_fix(track, report, report.fix, observed_ms, received_ms)
        elif told or observed_ms > track.heard_ms:
            self.of_use += 1
            self._add_caveats(track, report, observed_ms)
        else:
            self.of_no_use += 1
        if observed_ms > track.heard_ms:
            track.heard_ms = self.heard[track.id] = observed_ms

    def _add_squawk(self, track: Known, report: CraftReport, observed_ms: int) -> None:
        """Take a squawk that comes without a position, or with one that is not drawn: an emergency waits for no place."""
        if report.squawk is not None and observed_ms >= track.heard_ms:
            self.squawks[track.id] = (report.squawk, observed_ms, track)

    def _add_caveats(self, track: Known, report: CraftReport, observed_ms: int) -> None:
        """What is doubtful, or declared, about a craft that is heard without a place."""
        caveats = _caveats(track, report)
        if caveats != track.caveats and track.id not in self.described:
            track.caveats = caveats
            self.described[track.id] = (track, max(observed_ms, track.particulars_ms), [None] * len(PARTICULARS))

    def _add_fix(self, track: Known, report: CraftReport, fix: Fix, observed_ms: int, received_ms: int) -> None:
        source, place = self.source, track.place
        self.positions.append(
            (track.id, observed_ms, fix.lat, fix.lon, received_ms, self.recorded_ms, fix.course_deg,
             fix.speed_kn, fix.heading_deg, fix.altitude_ft, source.id)
        )  # fmt: skip
        if is_ahead(observed_ms, received_ms):
            self._doubt(track, report, fix, Verdict.AHEAD)
            return
        from_lat, from_lon, from_ms = place.lat, place.lon, place.at_ms
        is_set_back = place.is_of_another_time(self.recorded_ms)
        verdict = place.judge(fix.lat, fix.lon, observed_ms, self.recorded_ms, source, track.kind)
        if is_set_back and not source.is_replay:
            self.set_back.append(track.id)
        if verdict not in MOVES:
            if verdict is Verdict.LATE and leaps(
                place.lat, place.lon, place.at_ms, fix.lat, fix.lon, observed_ms, track.kind
            ):
                key = track.id, observed_ms, fix.lat, fix.lon
                self.late[key] = Late(
                    track.id, track.kind, observed_ms, fix.lat, fix.lon, BAD_MMSI not in track.caveats
                )
            if verdict in DOUBTED:
                self._doubt(track, report, fix, verdict)
                words = leap_words(from_lat, from_lon, from_ms, fix.lat, fix.lon, observed_ms)
                self._note_leap(track, fix, observed_ms, verdict, words)
            return
        if report.caveats or track.caveats:
            track.caveats = _caveats(track, report)
        self.newest[track.id] = (observed_ms, report, track)
        self.squawks.pop(track.id, None)  # it is written with the place
        track.squawk = fix.squawk
        if observed_ms > track.heard_ms or is_set_back:  # the statement that moves it, too
            track.heard_ms = observed_ms
            self.heard.pop(track.id, None)

    def _add_said(self, track: Known, report: CraftReport, observed_ms: int, received_ms: int) -> None:
        """Take what this feed says, and note where it says another thing of who the craft is than before."""
        said = track.said.get(self.source.id)
        if said is None:
            said = track.said[self.source.id] = Said(track.id, self.source.id, observed_ms)
        told, is_newest = report.particulars, observed_ms >= said.heard_ms
        said.hear(report, observed_ms, received_ms)
        if told is not None and is_newest:
            for name, kind in _CHANGED:
                before, now = getattr(said, name), getattr(told, name)
                if now is None or now == before:
                    continue
                if changed(before, now) and (
                    kind is not AnomalyKind.CALLSIGN_CHANGED or track.kind is TrackKind.VESSEL
                ):
                    words = f"It said {before}, and then {now}."
                    self._note(track, Anomaly(track.id, kind, pair(before, now), observed_ms, observed_ms, words))
                setattr(said, name, now)
                said.due_ms = 0
        if self.recorded_ms < said.due_ms <= self.recorded_ms + STAMP_MS:  # later than that: our clock was set back
            self._behind.wait(said)
        elif track.id not in self.sources:
            self.sources[track.id] = said
            self._behind.written(said)

    def _doubt(self, track: Known, report: CraftReport, fix: Fix, verdict: Verdict) -> None:
        self.doubted.append(
            {"track": track.id, "at": report.observed_at, "north": fix.lat, "east": fix.lon, "word": verdict.value}
        )

    def doubt_late(self, one: Late, words: str) -> None:
        """A late position turned out to fit nowhere: it is a leap like any other, though never one that is drawn."""
        self.doubted.append(
            {
                "track": one.track_id,
                "at": from_ms(one.at_ms),
                "north": one.lat,
                "east": one.lon,
                "word": Verdict.LEAP.value,
            }
        )
        if not one.is_noted:
            return
        noted = Anomaly(one.track_id, AnomalyKind.LEAP, "", one.at_ms, one.at_ms, f"{words}.", one.lat, one.lon)
        standing = self.anomalies.get((one.track_id, AnomalyKind.LEAP, ""))
        if standing is None:
            self.anomalies[one.track_id, AnomalyKind.LEAP, ""] = noted
        else:
            standing.times, standing.first_ms = standing.times + 1, min(standing.first_ms, one.at_ms)

    def _note_leap(self, track: Known, fix: Fix, observed_ms: int, verdict: Verdict, words: str) -> None:
        is_two = verdict is Verdict.TWO_PLACES
        kind = AnomalyKind.TWO_PLACES if is_two else AnomalyKind.LEAP
        text = f"Heard here and there by turns: {words} apart." if is_two else f"{words}."
        self._note(track, Anomaly(track.id, kind, "", observed_ms, observed_ms, text, fix.lat, fix.lon))

    def _note(self, track: Known, found: Anomaly) -> None:
        """Note an anomaly; of several of one batch that are the same, the last with how many they were.

        Not of a number that is nobody's: many hulls send it, and its caveat says so.
        """
        if BAD_MMSI in track.caveats:
            return
        key = (found.track_id, found.kind, found.about)
        before = self.anomalies.get(key)
        if before is not None:
            found.first_ms, found.times = before.first_ms, before.times + 1
        self.anomalies[key] = found


def _merge(track: Known, report: CraftReport, observed_ms: int, now_ms: int) -> bool:
    """Take what the report says of its craft into what is known; whether anything came of it."""
    said = report.particulars
    assert said is not None  # noqa: S101  (callers have looked)
    if observed_ms < track.particulars_ms and not is_ahead(track.particulars_ms, now_ms):
        return False
    changed = False
    for place, name in enumerate(PARTICULARS):
        value = getattr(said, name)
        if value is None:
            continue
        if name == "eta_at":
            value = to_ms(value)
        if value != track.particulars[place]:
            track.particulars[place] = value
            changed = True
    caveats = _caveats(track, report)
    if caveats != track.caveats:
        track.caveats = caveats
        changed = True
    if changed:
        track.particulars_ms = observed_ms
    return changed


def _caveats(track: Known, report: CraftReport) -> str:
    """What is doubtful about a track after ``report``: doubts about who it is last, those about one report go with it."""
    kept = {word for word in track.caveats.split(",") if word in LASTING}
    if report.particulars is not None and report.particulars.imo is not None:
        kept.discard(IMPOSSIBLE_IMO)
    return ",".join(sorted(kept | set(report.caveats)))
