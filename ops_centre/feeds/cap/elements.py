"""Reading the elements of CAP: by local name, since senders write versions 1.0 to 1.2 and prefixes as they like."""

import re
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from ops_centre.feeds.transports.strict_xml import local_name

MOST_TEXT = 20_000
_BREAK = re.compile(r"<br\s*/?>|</p>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_MANY_BREAKS = re.compile(r"\n{3,}")


def children(element: Element, name: str) -> list[Element]:
    """Its children of that name."""
    return [child for child in element if local_name(child) == name]


def texts_of(element: Element, name: str) -> list[str]:
    """The texts of its children of that name that have any, stripped."""
    return [text for child in children(element, name) if (text := (child.text or "").strip())]


def text_of(element: Element, name: str) -> str:
    """The text of its first such child; empty where there is none."""
    return next(iter(texts_of(element, name)), "")


def prose_of(element: Element, name: str) -> str:
    """A text for people: markup that senders put into it taken out, never shown as such."""
    text = _TAG.sub("", _BREAK.sub("\n", text_of(element, name)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return _MANY_BREAKS.sub("\n\n", "\n".join(lines)).strip()[:MOST_TEXT]


def time_of(text: str) -> datetime:
    """A time with its zone, in UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        raise ValueError(f"{text[:40]!r} says no time zone")
    return moment.astimezone(UTC)
