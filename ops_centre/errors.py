"""The few errors of the centre. Each speaks to the officer who meets it and keeps its cause."""


class OpsError(Exception):
    """Base of all errors the centre raises on purpose; ``str(error)`` may be shown on screen."""

    status = 400


class NotPermitted(OpsError):
    """The actor lacks the permission, or the object is outside the actor's scope."""

    status = 403


class NotFound(OpsError):
    """No such object, or none the actor may know of (the two look alike on purpose)."""

    status = 404


class Conflict(OpsError):
    """Someone else acted first, or the act contradicts the present state."""

    status = 409


class Invalid(OpsError):
    """The input cannot be used; the text says which part and what would be right."""

    status = 422


class TooManyTries(OpsError):
    """Throttled; the text says until when. ``wait_s``: seconds until then, where they are told."""

    status = 429

    def __init__(self, text: str, wait_s: int | None = None) -> None:
        super().__init__(text)
        self.wait_s = wait_s


class ConfigError(OpsError):
    """The configuration cannot be used. ``faults`` lists every fault at once."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class FeedUnavailable(OpsError):
    """A source could not be read now. Never means "nothing to report"."""
