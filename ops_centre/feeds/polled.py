"""Settings that every feed shares: how often it is polled, and when its silence counts."""

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from ops_centre.feeds.base import FeedManifest, FeedSettings


class TimedSettings(FeedSettings):
    """Base of a kind's settings. A kind gives the three figures defaults of its own."""

    every_seconds: float = Field(5, ge=0.2, le=3600)
    late_after_seconds: float = Field(30, ge=1, le=86400)
    lost_after_seconds: float = Field(120, ge=1, le=604800)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """Looked at here again: a kind that gives a default of its own loses the bounds of the field."""
        if not 0.2 <= self.every_seconds <= 3600:
            raise ValueError(f"every_seconds must lie between 0.2 and 3600 (found {self.every_seconds:g})")
        if not self.every_seconds < self.late_after_seconds < self.lost_after_seconds:
            raise ValueError("every_seconds, late_after_seconds and lost_after_seconds must rise in this order")
        return self

    def manifest(self, *, patience_seconds: float = 20, listens: bool = False) -> FeedManifest:
        """How the scheduler runs a feed with these settings."""
        return FeedManifest(
            every=timedelta(seconds=self.every_seconds),
            late_after=timedelta(seconds=self.late_after_seconds),
            lost_after=timedelta(seconds=self.lost_after_seconds),
            listens=listens,
            patience=timedelta(seconds=patience_seconds),
        )
