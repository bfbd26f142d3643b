"""From the bytes of a file to the messages of its interchange, whatever was wrapped round them on the way.

What senders do to EDIFACT (all seen in recordings): telegram heads and feet, lines broken at 69 signs, blanks after the
terminator, a UNA that does not fit, trailers that count wrong, no trailer at all. pydifact takes the segments apart; what it
cannot stand is mended here first and said in a caveat. A message whose end is missing is never half used.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydifact.control.characters import Characters
from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser
from pydifact.tokenizer import Tokenizer

from ops_centre.errors import OpsError
from ops_centre.feeds.encodings import MARKS

MOST_SEGMENTS = 200_000
_USUAL = "UNA:+.? '"
_CHARSETS = {"UNOA": "ascii", "UNOB": "ascii", "UNOC": "iso8859-1", "UNOD": "iso8859-2", "UNOE": "iso8859-5",
             "UNOF": "iso8859-7", "UNOW": "utf-8", "UNOY": "utf-8"}  # fmt: skip
_START = re.compile(rb"UNA(?P<una>[\x20-\x7e]{6})\s*UNB(?P<sep>[\x21-\x7e])|UNB(?P<bare>[\x21-\x7e])(?=UN|IA|KE)")
_SYNTAX = re.compile(r"UNB.(UNO[A-Z]|IATA|KECA)(.)")


class InterchangeError(OpsError):
    """A file that holds no interchange that can be followed; the text says why."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. An element is a text, or the list of its components."""

    tag: str
    elements: tuple[str | list[str], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``fault``: why it cannot be used; ``caveats``: what was odd about it."""

    form: str  # PAXLST
    sender: str
    ref: str  # sender, interchange, message
    segments: Sequence[Segment]
    text: str
    digest: str
    prepared: str = ""  # day and time of its interchange's header, digits as they came
    fault: str = ""
    caveats: tuple[str, ...] = ()


@dataclass(slots=True)
class Interchange:
    """The messages of a file."""

    messages: list[Message] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)


def part(segment: Segment, element: int, component: int = 0) -> str:
    """A component of a segment's element, counted from 0; empty where it has none."""
    if element >= len(segment.elements):
        return ""
    found = segment.elements[element]
    if isinstance(found, list):
        found = found[component] if component < len(found) else ""
    elif component:
        return ""
    return " ".join(str(found).split())


def read_interchange(raw: bytes) -> Interchange:
    """The messages of a file, each usable or with its fault. Raises InterchangeError."""
    found = Interchange()
    if raw.startswith(MARKS):
        raw = _from_utf16(raw)
        found.caveats.append("it was written in UTF-16")
    text, signs = _unwrapped(raw, found.caveats)
    segments = _segments(text, signs, found.caveats)
    if not segments or segments[0].tag != "UNB":
        raise InterchangeError("it does not begin with an interchange header (UNB)")
    _split(found, segments, signs)
    if not found.messages:
        raise InterchangeError("it holds no message (UNH)")
    return found


def _from_utf16(raw: bytes) -> bytes:
    """As the header says that it is written."""
    text = raw.decode("utf-16", "replace")
    named = _SYNTAX.search(text)
    charset = _CHARSETS.get(named[1], "ascii") if named else "ascii"
    return text.encode("latin-1" if charset == "ascii" else charset, "replace")


def _unwrapped(raw: bytes, caveats: list[str]) -> tuple[str, Characters]:
    """The interchange alone, without line ends, and the signs that take it apart."""
    joined = raw.replace(b"\r", b"").replace(b"\n", b"")
    start = _START.search(joined)
    if start is None:
        raise InterchangeError("it holds no interchange header (UNB)")
    una = start["una"]
    begins = joined.index(b"UNB", start.start())
    body = joined[begins:].decode("latin-1")
    syntax = _SYNTAX.match(body)
    if syntax is None:
        raise InterchangeError("the interchange header names no syntax (UNOA, UNOB, …)")
    signs = Characters.from_str(f"UNA{una.decode('ascii')}") if una else Characters.from_str(_USUAL)
    shown = (syntax[2], body[3])  # the header itself shows which signs part components and elements
    if (signs.component_separator, signs.data_separator) != shown:
        caveats.append("its UNA does not fit what follows; the header was followed")
        signs = Characters.from_str(f"UNA{shown[0]}{shown[1]}.? '")
    if len({signs.component_separator, signs.data_separator, signs.segment_terminator}) < 3 or (
        signs.segment_terminator not in body
    ):
        raise InterchangeError("its segments do not end: the terminator that its UNA names is nowhere")
    charset = _CHARSETS.get(syntax[1], "iso8859-1")
    try:
        return joined[begins:].decode(charset), signs
    except UnicodeDecodeError:
        caveats.append(f"it holds signs that {syntax[1]} does not have")
        return body, signs


def _segments(text: str, signs: Characters, caveats: list[str]) -> list[Segment]:
    """The segments up to the trailer. A last one without its end is cut away, and said."""
    pieces = _pieces(text, signs)
    whole: list[Segment] = []
    for piece in pieces:
        if len(whole) >= MOST_SEGMENTS:
            raise InterchangeError(f"it has more than {MOST_SEGMENTS:,} segments")
        try:
            raws = Parser(characters=signs).convert_tokens_to_raw_segments(Tokenizer().get_tokens(piece, signs))
            whole += [Segment(str(tag).upper(), tuple(elements)) for tag, *elements in raws]
        except (EDISyntaxError, ValueError, TypeError, AssertionError, IndexError):
            caveats.append(f"segment {len(whole) + 1} cannot be read and was left out")
        if whole and whole[-1].tag == "UNZ":
            return whole
    caveats.append("it breaks off before its trailer (UNZ)")
    return whole


def _pieces(text: str, signs: Characters) -> list[str]:
    """The text of each whole segment, its terminator with it, without the blanks before it."""
    escape, end = re.escape(signs.escape_character), re.escape(signs.segment_terminator)
    escaped = f"{escape}.|" if signs.escape_character != " " else ""
    return [found[0].lstrip() for found in re.finditer(f"(?:{escaped}[^{end}])*?{end}", text, re.DOTALL)]


def _split(found: Interchange, segments: Sequence[Segment], signs: Characters) -> None:
    header = segments[0]
    of = (part(header, 1), part(header, 4), part(header, 3, 0) + part(header, 3, 1))
    open_at: int | None = None
    for place, segment in enumerate(segments):
        if segment.tag == "UNH":
            if open_at is not None:
                _close(found, segments[open_at:place], of, signs)
            open_at = place
        elif segment.tag == "UNT" and open_at is not None:
            _close(found, segments[open_at : place + 1], of, signs)
            open_at = None
    if open_at is not None:
        _close(found, segments[open_at:], of, signs)
    stated = part(segments[-1], 0) if segments[-1].tag == "UNZ" else ""
    groups = sum(segment.tag == "UNG" for segment in segments)
    if stated and stated not in (str(groups), str(len(found.messages))):
        found.caveats.append(f"its trailer counts {stated[:8]}, it holds {len(found.messages)}")


def _close(found: Interchange, segments: Sequence[Segment], of: tuple[str, str, str], signs: Characters) -> None:
    """``of``: sender, number and time of preparation of the interchange."""
    head, last = segments[0], segments[-1]
    caveats, fault = [], ""
    if last.tag != "UNT":
        fault = "it breaks off: its trailer (UNT) is missing"
    else:
        if part(last, 0) != str(len(segments)):
            caveats.append(f"its trailer counts {part(last, 0)[:8] or 'nothing'} segments, it has {len(segments)}")
        if part(last, 1) != part(head, 0):
            caveats.append("its trailer names another message")
    text = "\n".join(_written(segment, signs) for segment in segments)
    found.messages.append(
        Message(
            form=part(head, 1)[:12].upper(),
            sender=of[0],
            ref=f"{of[0]}/{of[1]}/{part(head, 0)}"[:200],
            segments=segments,
            text=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            prepared=of[2],
            fault=fault,
            caveats=tuple(caveats),
        )
    )


def _written(segment: Segment, signs: Characters) -> str:
    """A segment as text again, for the trace back to the message."""
    elements = [
        signs.component_separator.join(map(str, one)) if isinstance(one, list) else str(one) for one in segment.elements
    ]
    return signs.data_separator.join([segment.tag, *elements])


def written(segments: Sequence[Segment]) -> str:
    """Segments as text with the usual signs."""
    return "\n".join(_written(segment, Characters.from_str(_USUAL)) for segment in segments)
