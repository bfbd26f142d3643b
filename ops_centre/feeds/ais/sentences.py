"""The dialects in which AIS comes: one line of bytes to the sentences and wrappers in it.

Properties: any bytes may come; nothing here raises for them. A sentence that can be read whole and passes its checksum
becomes a `Sentence`; one that claims to be AIS and cannot becomes `Unusable` with a reason an operator understands;
what is clearly something else is neither.

Sources: IEC 61162-1 (VDM, VDO, checksum), IEC 61162-450 and NMEA 0183 4.11 (tag blocks), GateHouse AIS format
(``$PGHP``), and the recorded forms of the United States Coast Guard, libais, exactEarth, ORBCOMM and GoFree.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from ops_centre.clock import to_ms

MAX_LINE = 4096  # bytes; the longest real line (three tagged sentences) is under 400
EARLIEST_MS = 946_684_800_000  # 2000-01-01: AIS did not exist before, so an earlier time is a fault of the source
LATEST_MS = 4_102_444_800_000  # 2100-01-01

# A whole message alone on its line, with at most one tag block that names no group: nearly every line there is. Groups:
# tag block, checksummed text, payload, fill bits, checksum, trailing fields.
WHOLE = re.compile(
    rb"(?:\\((?!g:)(?:(?!,g:)[^\\!])*)\\)?"
    rb"!([A-Z-]{2}VD[MO],1,1,\d?,[^,*]{0,2},([0-W`-w]{7,200}),([0-5]))\*([0-9A-F]{2})(,[^\\!*]{0,200})?\s*"
).fullmatch
# a tag block, or a sentence up to the next sentence or tag block
_PIECES = re.compile(rb"\\([^\\!]*)\\|([!$][^\\!]*)")
_ADDRESS = re.compile(rb"[!$][A-Za-z0-9-]{2,9}")
_CLAIMS_AIS = re.compile(rb"VD[MO]\s*,", re.IGNORECASE)
_NUMBER_OF_PARTS = re.compile(rb"[1-9]")
_SEQUENCE = re.compile(rb"[0-9]{0,2}")
_HEX = re.compile(rb"[0-9A-Fa-f]{2}")
_GROUP = re.compile(rb"([0-9]{1,3})-([0-9]{1,3})-([0-9A-Za-z]{1,12})")
_TIME = re.compile(rb"[0-9]{9,16}(?:\.[0-9]{1,9})?")
_EPOCH = re.compile(rb"[0-9]{10}(?:[0-9]{3})?")
_STATION = re.compile(rb"[rbB][A-Za-z0-9]{3,15}")
_PGHP = re.compile(
    rb"\$(PGHP,1,(\d{4}(?:,\d{1,2}){4}),([0-5]?\d),(\d{1,3}),(?:[^*]*,([0-9A-Fa-f]{2})|[^*]*))\*([0-9A-Fa-f]{2})",
    re.IGNORECASE,
)
_ARMOUR = bytes([*range(48, 88), *range(96, 120)])  # the 64 letters of a payload (ITU-R M.1371 over IEC 61162-1)


@dataclass(slots=True)
class Said:
    """The times that a sentence comes with, in milliseconds since 1970."""

    tag_ms: int | None = None  # in its tag block
    station_ms: int | None = None  # of the station that heard it, behind the checksum
    receipt_ms: int | None = None  # of whoever recorded the stream, behind the checksum


@dataclass(slots=True)
class Sentence:
    """One VDM or VDO sentence whose checksum holds."""

    raw: bytes
    talker: bytes
    parts: int
    part: int
    sequence: bytes
    channel: bytes
    payload: bytes
    fill: int
    check: bytes  # its two checksum digits, upper case: how a wrapper names it
    source: bytes = b""  # station that heard it
    group: bytes = b""  # tag block group that it belongs to
    said: Said = field(default_factory=Said)


@dataclass(slots=True)
class Wrapper:
    """A GateHouse ``$PGHP`` line: when the sentence with checksum ``check`` was observed."""

    observed_ms: int
    check: bytes | None


@dataclass(slots=True)
class Unusable:
    """Bytes that claim to be AIS and cannot be used."""

    raw: bytes
    reason: str


Piece = Sentence | Wrapper | Unusable


@dataclass(slots=True)
class _Tags:
    source: bytes = b""
    group: bytes = b""
    time_ms: int | None = None


def read_line(line: bytes) -> list[Piece]:
    """Everything of AIS in ``line``, in order; empty for comments, blanks, other sentences and junk."""
    line = line.strip()
    if not line or line.startswith(b"#"):
        return []
    if len(line) > MAX_LINE:
        return [Unusable(line, f"line longer than {MAX_LINE} bytes")] if _CLAIMS_AIS.search(line) else []
    pieces: list[Piece] = []
    recognised = False
    tags = _Tags()
    for match in _PIECES.finditer(line):
        if match[1] is not None:
            tags = _tags(match[1], tags)
            continue
        recognised = recognised or _has_address(match[2])
        piece = _piece(match[2].strip(), tags)
        if piece is not None:
            pieces.append(piece)
        tags.group = b""  # a group names one sentence; source and time hold for the rest of the line
    if not recognised and not pieces and _CLAIMS_AIS.search(line):
        pieces.append(Unusable(line, "no sentence that begins with ! can be read"))
    return pieces


def _has_address(text: bytes) -> bool:
    return _ADDRESS.fullmatch(text.partition(b",")[0]) is not None


def _piece(text: bytes, tags: _Tags) -> Piece | None:
    address = text.partition(b",")[0].upper()
    if address.endswith((b"VDM", b"VDO")) and len(address) >= 6:
        return _sentence(text, address, tags)
    if address == b"$PGHP":
        return _wrapper(text)
    return None


def _sentence(text: bytes, address: bytes, tags: _Tags) -> Sentence | Unusable:
    star = text.find(b"*")
    if star < 0:
        return Unusable(text, "no checksum")
    check = text[star + 1 : star + 3].upper()
    if not _HEX.fullmatch(check):
        return Unusable(text, "the checksum cannot be read")
    if (right := checksum(text[1:star])) != int(check, 16):
        return Unusable(text, f"the checksum is {check.decode()}, it should be {right:02X}")
    fields = text[1:star].split(b",")
    if len(fields) < 7:
        return Unusable(text, "too few fields")
    fault = _fault_of(fields)
    if fault:
        return Unusable(text, fault)
    sentence = Sentence(
        text,
        address[1:-3],
        int(fields[1]),
        int(fields[2]),
        fields[3],
        fields[4],
        fields[5],
        int(fields[-1] or b"0"),
        check,
        tags.source,
        tags.group,
        Said(tags.time_ms),
    )
    trailing = text[star + 3 :]
    if trailing:
        read_trailing(trailing, sentence.said)
        sentence.source = sentence.source or _station(trailing)
    return sentence


def _fault_of(fields: list[bytes]) -> str | None:
    parts, part, sequence, payload, fill = fields[1], fields[2], fields[3], fields[5], fields[-1]
    if not _NUMBER_OF_PARTS.fullmatch(parts) or not _NUMBER_OF_PARTS.fullmatch(part) or part > parts:
        return "the part numbers make no sense"
    if not _SEQUENCE.fullmatch(sequence):
        return "the sequence number makes no sense"
    if not payload:
        return "the payload is empty"
    if fill not in _FILLS:
        return "the number of fill bits makes no sense"
    if payload.translate(None, _ARMOUR):
        return "the payload holds letters that AIS does not use"
    return None


_FILLS = frozenset({b"", b"0", b"1", b"2", b"3", b"4", b"5"})


def read_trailing(trailing: bytes, said: Said) -> None:
    """Take epochs from the fields behind a checksum.

    Stations write seconds; of two the first is the station's. Milliseconds, or whatever is latest, are the receipt by
    whoever recorded the stream.
    """
    for text in trailing.strip().split(b","):
        if _EPOCH.fullmatch(text) and (moment := epoch_ms(text)) is not None:
            if len(text) == 10 and said.station_ms is None:
                said.station_ms = moment
            if said.receipt_ms is None or moment > said.receipt_ms:
                said.receipt_ms = moment


def _station(trailing: bytes) -> bytes:
    """The station named behind a checksum: ``r003669987``, ``b003669794``."""
    return next((text for text in trailing.split(b",") if _STATION.fullmatch(text)), b"")


@lru_cache(maxsize=1024)
def tag_time_ms(text: bytes) -> int | None:
    """The time in a tag block. Streams repeat the same block for all sentences of a second."""
    return _tags(text, _Tags()).time_ms


def _tags(text: bytes, before: _Tags) -> _Tags:
    """The tag block ``text`` on top of what stood before it on the line.

    A block whose checksum is wrong says nothing. Real files carry ``*00`` or none where the checksum was never
    computed: such a block is believed, the sentence behind it has a checksum of its own.
    """
    body, star, check = text.partition(b"*")
    if star and check != b"00" and not (_HEX.fullmatch(check) and int(check, 16) == checksum(body)):
        return before
    tags = _Tags(before.source, b"", before.time_ms)
    for entry in body.split(b","):
        code, _, value = entry.partition(b":")
        if code == b"c" and _TIME.fullmatch(value):
            tags.time_ms = epoch_ms(value)
        elif code == b"s":
            tags.source = value[:32]
        elif code == b"g" and (group := _GROUP.fullmatch(value)) and int(group[1]) <= int(group[2]):
            tags.group = group[2] + b"-" + group[3]
    return tags


def epoch_ms(digits: bytes) -> int | None:
    """Milliseconds since 1970 from seconds or milliseconds in digits; None where no AIS can be from then."""
    number = float(digits)
    moment = int(number if number > 1e11 else number * 1000)
    return moment if EARLIEST_MS <= moment <= LATEST_MS else None


def _wrapper(text: bytes) -> Wrapper | None:
    """``$PGHP,1,year,month,day,hour,minute,second,ms,country,region,transponder,online,checksum*hh``, or None."""
    match = _PGHP.match(text)
    if match is None:
        return None
    body, minute, second, ms, named, check = match.groups()
    if checksum(body) != int(check, 16) or (start := _minute_ms(minute)) is None:
        return None
    return Wrapper(start + int(second) * 1000 + int(ms), named and named.upper())


@lru_cache(maxsize=256)
def _minute_ms(text: bytes) -> int | None:
    """The start of the minute ``year,month,day,hour,minute``; None where there is none or no AIS can be from then."""
    try:
        year, month, day, hour, minute = map(int, text.split(b","))
        moment = to_ms(datetime(year, month, day, hour, minute, tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST_MS <= moment <= LATEST_MS else None


def checksum(body: bytes) -> int:
    """Exclusive or of all bytes of ``body``, folded as one number: half the time of going byte by byte."""
    folded = int.from_bytes(body, "big")
    if folded >> 1024:
        return _long_checksum(body)
    folded ^= folded >> 512
    folded ^= folded >> 256
    folded ^= folded >> 128
    folded ^= folded >> 64
    folded ^= folded >> 32
    folded ^= folded >> 16
    folded ^= folded >> 8
    return folded & 255


def _long_checksum(body: bytes) -> int:
    total = 0
    for start in range(0, len(body), 128):
        total ^= checksum(body[start : start + 128])
    return total
