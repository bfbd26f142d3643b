"""Documents that hold CAP messages or list where they are: a message alone, EDXL-DE, Atom, RSS."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ops_centre.feeds.cap.elements import children, text_of
from ops_centre.feeds.transports.strict_xml import local_name

MOST_ENTRIES = 2000


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of an index: the message itself, or where it is to be had; neither: the entry is of no use."""

    alert: Element | None
    link: str
    mark: str  # changes when the message behind the link does
    words: str


@dataclass(frozen=True, slots=True)
class Document:
    """What a document holds. ``status`` and ``confidential``: what its envelope says of all its messages."""

    alerts: list[Element]
    entries: list[Listed]
    status: str = ""
    confidential: bool = False


def open_document(root: Element) -> Document | None:
    """The document of a root element; None when it is of no kind that is known here."""
    name = local_name(root)
    if name == "alert":
        return Document([root], [])
    if name == "EDXLDistribution":
        secrecy = text_of(root, "combinedConfidentiality").casefold()
        alerts = [one for one in root.iter() if local_name(one) == "alert"]
        return Document(alerts, [], text_of(root, "distributionStatus"), secrecy not in ("", "unclassified", "public"))
    if name == "feed":
        return Document([], [_atom(entry) for entry in children(root, "entry")[:MOST_ENTRIES]])
    if name in ("rss", "RDF"):
        items = [one for one in root.iter() if local_name(one) == "item"]
        return Document([], [_rss(item) for item in items[:MOST_ENTRIES]])
    return None


def _atom(entry: Element) -> Listed:
    links = sorted(children(entry, "link"), key=_fitness)
    link = next((href for one in links if (href := one.get("href", "").strip())), "")
    return Listed(_inside(entry), link, f"{text_of(entry, 'id')}|{text_of(entry, 'updated')}|{link}", _title(entry))


def _rss(item: Element) -> Listed:
    link = text_of(item, "link")
    return Listed(_inside(item), link, f"{text_of(item, 'guid')}|{text_of(item, 'pubDate')}|{link}", _title(item))


def _inside(entry: Element) -> Element | None:
    return next((one for one in entry.iter() if local_name(one) == "alert"), None)


def _fitness(link: Element) -> int:
    """Lower is likelier to lead to the message."""
    if link.get("type", "") in ("application/cap+xml", "application/common-alerting-protocol+xml"):
        return 0
    if link.get("type", "").endswith("xml"):
        return 1
    return 3 if link.get("type") == "text/html" or link.get("rel") in ("self", "edit") else 2


def _title(entry: Element) -> str:
    return (text_of(entry, "title") or text_of(entry, "id") or text_of(entry, "guid"))[:120]
