"""A whole third-party feed in one file: buoys that report the temperature of the sea, as positions of aids to navigation.

Its package declares it in pyproject.toml:

    [project.entry-points."ops_centre.feeds"]
    example_buoys = "example_feed:KIND"
"""

from datetime import timedelta
from pathlib import Path

from ops_centre.domain.observations import Batch, CraftReport, Fix, Particulars, Refusal, TrackKind
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.base import FeedContext, FeedKind, FeedManifest, FeedSettings


class BuoySettings(FeedSettings):
    """What may stand in the block of config.toml beside name, kind, agency and enabled."""

    path: Path
    every_seconds: float = 60


class BuoyFeed:
    """One line for each buoy: number, latitude, longitude."""

    def __init__(self, settings: BuoySettings, context: FeedContext) -> None:
        """Open nothing here: the centre starts whether or not the source is there."""
        self._settings, self._context = settings, context
        every = timedelta(seconds=settings.every_seconds)
        self.manifest = FeedManifest(every, late_after=every * 3, lost_after=every * 10)

    def poll(self, cursor: str | None) -> Batch:
        """Every buoy of the file, unless it is as it was."""
        try:
            text = self._settings.path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as gone:
            raise FeedUnavailable(f"{self._settings.path} cannot be read") from gone
        now, batch = self._context.clock.now(), Batch()
        if text == cursor:
            return batch
        for line in text.splitlines():
            try:
                number, lat, lon = line.split()
                fix = Fix(float(lat), float(lon))
            except ValueError:
                batch.refusals.append(Refusal(line.encode(), "not a number, a latitude and a longitude", now))
                continue
            said = Particulars(name=f"BUOY {number}")
            batch.crafts.append(CraftReport(f"buoy:{number}", TrackKind.AID, now, now, fix, said))
        batch.cursor = text
        return batch

    def close(self) -> None:
        """Nothing is kept open."""


KIND = FeedKind("example_buoys", "Buoys of the example package", BuoySettings, BuoyFeed)
WRONG_KIND = "not a FeedKind"
