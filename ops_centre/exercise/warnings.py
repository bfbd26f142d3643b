"""Warnings of the exercise as a weather service publishes them: an Atom index of CAP 1.2 messages. Every text says EXERCISE.

Each warning is sent anew when its time is over, so that there is always one in force and never two.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

INDEX = "/warnings/index.atom"
EMPTY = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>EXERCISE warnings</title></feed>'
SENDER = "exercise@example.org"


@dataclass(frozen=True, slots=True)
class Warned:
    """What one warning says. ``area``: elements of CAP, latitude before longitude."""

    name: str
    hours: int  # it is sent anew so often, and holds until then
    event: str
    category: str
    urgency: str
    severity: str
    certainty: str
    headline: str
    instruction: str
    where: str
    area: str


WARNED = (
    Warned(
        "gale", 12, "Severe gale", "Met", "Expected", "Severe", "Likely", "Severe gale warning for Cook Strait",
        "Small craft stay in port; others secure for heavy weather.", "Cook Strait",
        "<polygon>-40.55,173.60 -40.40,174.95 -41.45,175.30 -41.80,174.60 -41.00,173.95 -40.55,173.60</polygon>",
    ),
    Warned(
        "tsunami", 24, "Tsunami advisory", "Geo", "Future", "Moderate", "Possible",
        "Tsunami advisory for the coast from East Cape to Gisborne",
        "Keep off beaches and out of river mouths; await further messages.", "East Cape to Gisborne",
        "<polygon>-37.45,178.00 -37.40,179.00 -38.90,178.60 -38.85,178.00 -38.00,178.25 -37.45,178.00</polygon>",
    ),
    Warned(
        "ash", 6, "Volcanic ash", "Geo", "Expected", "Minor", "Possible", "Volcanic ash north of the Kermadec Islands",
        "Aircraft avoid the area below flight level 250.", "Kermadec Islands, on both sides of 180 degrees",
        "<circle>-29.25,-179.40 160</circle>",
    ),
)  # fmt: skip


def documents(now_s: float) -> dict[str, bytes]:
    """Path -> document, of the index and of every message in force at a wall time (seconds since 1970)."""
    entries, found = [], {}
    for warned in WARNED:
        sent_s = now_s - now_s % (warned.hours * 3600)
        path = f"/warnings/{warned.name}-{int(sent_s)}.cap"
        found[path] = _message(warned, sent_s)
        entries.append(
            f"<entry><id>{path}</id><title>EXERCISE {escape(warned.headline)}</title><updated>{_iso(sent_s)}</updated>"
            f'<link type="application/cap+xml" href="{path}"/></entry>'
        )
    text = "<title>EXERCISE warnings</title>" + "".join(entries)
    found[INDEX] = f'<feed xmlns="http://www.w3.org/2005/Atom">{text}</feed>'.encode()
    return found


def _message(warned: Warned, sent_s: float) -> bytes:
    sent, ends = _iso(sent_s), _iso(sent_s + warned.hours * 3600)
    info = {
        "language": "en-NZ", "category": warned.category, "event": warned.event, "urgency": warned.urgency,
        "severity": warned.severity, "certainty": warned.certainty, "effective": sent, "expires": ends,
        "senderName": "EXERCISE warning centre", "headline": f"EXERCISE {warned.headline}",
        "description": "EXERCISE. Nothing of this is real.", "instruction": f"EXERCISE. {warned.instruction}",
    }  # fmt: skip
    body = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in info.items())
    return (
        f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>EXERCISE-{warned.name}-{int(sent_s)}</identifier>'
        f"<sender>{SENDER}</sender><sent>{sent}</sent><status>Exercise</status><msgType>Alert</msgType><scope>Public</scope>"
        f"<info>{body}<area><areaDesc>{escape(warned.where)}</areaDesc>{warned.area}</area></info></alert>"
    ).encode()


def _iso(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
