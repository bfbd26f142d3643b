"""Exports of a span of the past: acts of a person, logged and audited, scoped to what that person may see.

GeoJSON and KML are for other systems; the HTML file plays in any browser without the server and asks nobody for anything.
Whatever came from a feed or was typed is data in them, never markup.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import to_ms
from ops_centre.config import Settings
from ops_centre.domain.duty_log import EntryKind
from ops_centre.errors import Invalid
from ops_centre.picture.past import Knowing
from ops_centre.picture.past_span import Span, SpanReads
from ops_centre.services import audit, past_geojson, past_html, past_kml
from ops_centre.services.audit import AuditKind
from ops_centre.services.deeds import Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.handlings import handling_id

FORMATS = {
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
    "html": "text/html; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class PastFile:
    """A file, ready to send."""

    name: str
    media_type: str
    body: bytes


class PastExport:
    """Makes exports."""

    def __init__(self, settings: Settings, deeds: Deeds, spans: SpanReads) -> None:
        self.settings, self.deeds, self.spans = settings, deeds, spans

    def make(self, actor: Actor, form: str, since: datetime, until: datetime, knowing: Knowing) -> PastFile:
        """The span from ``since`` until ``until`` as a file of one of `FORMATS`.

        Raises NotPermitted without past:export, Invalid for a span that is empty, lies ahead, is longer than
        past.export_hours or holds more than one file can.
        """
        authorise(actor, Permission.PAST_EXPORT)
        authorise(actor, Permission.PAST_VIEW)
        longest = timedelta(hours=self.settings.past.export_hours)
        if not timedelta(0) < until - since <= longest:
            raise Invalid(f"An export reaches over at most {self.settings.past.export_hours} hours.")
        if until > self.deeds.clock.now():
            raise Invalid("The end of the span lies ahead. Choose one that has passed.")
        span = self.spans.span(actor, since, until, knowing)
        body = self._body(form, span)
        self._note(actor, form, span)
        mark = "EXERCISE-" if self.settings.is_exercise else ""
        name = f"{mark}past-{since:%Y%m%dT%H%M%SZ}-{until:%Y%m%dT%H%M%SZ}.{form}"
        return PastFile(name, FORMATS[form], body)

    def _body(self, form: str, span: Span) -> bytes:
        if form == "geojson":
            return past_geojson.document(span)
        if form == "kml":
            return past_kml.document(span)
        return past_html.document(span)

    def _note(self, actor: Actor, form: str, span: Span) -> None:
        with self.deeds.begin(actor, f"export past as {form}") as deed:
            lock_log(deed.session)
            centre = handling_id(deed.session, self.settings.centre.agency, "GREEN")
            detail: dict[str, Any] = {
                "format": form,
                "since": to_ms(span.since),
                "until": to_ms(span.until),
                "known": span.known,
            }
            said = f"A span of the past was exported as {form.upper()}."
            seq = deed.log(EntryKind.EXPORT, said, handling_id=centre, detail=detail)
            deed.subject = "the past"
            audit.record(
                deed.session, deed.now, AuditKind.PAST_EXPORTED, actor, subject="the past", entry=seq, **detail
            )
