"""XML from strangers: no document type, no entities, nothing fetched, and bounds on size, depth and number of elements."""

from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden
from defusedxml.ElementTree import DefusedXMLParser

from ops_centre.errors import OpsError

MOST_BYTES = 4_000_000
DEEPEST = 40
MOST_ELEMENTS = 50_000


class XmlError(OpsError):
    """A document that cannot be used; the text says why, in words."""


class _Bounded(TreeBuilder):
    """Builds the tree as long as it stays within bounds."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._elements = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST:
            raise XmlError(f"its elements are nested more than {DEEPEST} deep")
        if self._elements > MOST_ELEMENTS:
            raise XmlError(f"it has more than {MOST_ELEMENTS:,} elements")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def read_xml(raw: bytes) -> Element:
    """The root of a document. Raises XmlError."""
    if len(raw) > MOST_BYTES:
        raise XmlError(f"it is larger than {MOST_BYTES:,} bytes")
    parser: Any = DefusedXMLParser(target=_Bounded(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(raw)
        return parser.close()  # type: ignore[no-any-return]
    except DTDForbidden as refused:
        raise XmlError("it declares a document type, which is not taken") from refused
    except EntitiesForbidden as refused:
        raise XmlError("it declares entities, which are not taken") from refused
    except ExternalReferenceForbidden as refused:
        raise XmlError("it refers to something outside itself, which is not fetched") from refused
    except ParseError as garbled:
        raise XmlError(f"it is no well-formed XML: {garbled}") from garbled
    except (LookupError, ValueError) as garbled:
        raise XmlError(f"it cannot be read: {str(garbled)[:100]}") from garbled


def local_name(element: Element) -> str:
    """Name of an element without its namespace; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
