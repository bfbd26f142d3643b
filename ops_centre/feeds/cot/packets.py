"""Cuts what servers and devices send into packets: events in XML, and TAK protocol version 1 messages between them.

A stream frames a message as 0xBF, its length (a varint), the message; a datagram as 0xBF 0x01 0xBF, the message. Where an
event has ended, 0xBF cannot begin XML: no character of UTF-8 begins so.
"""

from dataclasses import dataclass

from ops_centre.feeds.cot.framing import LONGEST, EventSplitter

MAGIC = 0xBF
_MESH = b"\xbf\x01\xbf"
_LONGEST_VARINT = 5
_SPACE = b" \t\r\n\0"


@dataclass(frozen=True, slots=True)
class Packet:
    """One event, or what stands in place of one."""

    raw: bytes
    protobuf: bool = False
    fault: str = ""  # why it cannot be one


class PacketSplitter:
    """Packets of a stream, split wherever it was cut. Never keeps more than `LONGEST` bytes and what came last."""

    def __init__(self) -> None:
        self._xml = EventSplitter()
        self._frame = b""  # begun and not ended
        self._between = True  # nothing, or an end tag, came last

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that ``data`` completes."""
        packets: list[Packet] = []
        data, self._frame = self._frame + data, b""
        while data:
            data = self._message(data, packets) if self._begins(data) else self._text(data, packets)
        return packets

    def finish(self) -> list[Packet]:
        """The stream has ended: what is left is its last packet."""
        left = [Packet(piece) for piece in self._xml.finish()]
        if self._frame:
            left.append(Packet(self._frame[:LONGEST], protobuf=True, fault="it was cut off"))
        self._frame, self._between = b"", True
        return left

    def _begins(self, data: bytes) -> bool:
        return self._between and data.lstrip(_SPACE)[:1] == bytes((MAGIC,))

    def _text(self, data: bytes, packets: list[Packet]) -> bytes:
        """Take XML up to where a message may begin; what is left."""
        at = self._boundary(data)
        text, rest = data[:at], data[at:]
        packets += [Packet(piece) for piece in self._xml.feed(text)]
        if last := text.rstrip(_SPACE)[-1:]:
            self._between = last == b">"
        if rest:
            packets += [Packet(piece) for piece in self._xml.finish()]
        return rest

    def _boundary(self, data: bytes) -> int:
        """Where the first message begins in XML; the end of ``data`` where none does."""
        at = data.find(MAGIC)
        while at >= 0:
            before = data[:at].rstrip(_SPACE)[-1:]
            if before == b">" or (not before and self._between):
                return at
            at = data.find(MAGIC, at + 1)
        return len(data)

    def _message(self, data: bytes, packets: list[Packet]) -> bytes:
        """Take one message, or keep what has come of it; what is left."""
        data = data.lstrip(_SPACE)
        length = used = 0
        for used, byte in enumerate(data[1 : 1 + _LONGEST_VARINT], start=1):
            length |= (byte & 0x7F) << 7 * (used - 1)
            if byte < 0x80:
                break
        else:
            if used < _LONGEST_VARINT:
                self._frame = data
                return b""
            length = LONGEST + 1
        if length > LONGEST:
            return self._resume(data, packets)
        if len(data) < 1 + used + length:
            self._frame = data
            return b""
        packets.append(Packet(data[1 + used : 1 + used + length], protobuf=True))
        return data[1 + used + length :]

    def _resume(self, data: bytes, packets: list[Packet]) -> bytes:
        """No message can be so long: go on where one, or an event, may begin."""
        ways = [at for at in (data.find(MAGIC, 1), data.find(b"<event")) if at > 0]
        at = min(ways, default=len(data))
        packets.append(
            Packet(data[:at][:LONGEST], protobuf=True, fault=f"it says that it is longer than {LONGEST:,} bytes")
        )
        return data[at:]


def packets_of(datagram: bytes) -> list[Packet]:
    """The packets of one datagram: a mesh message alone, or what a stream would hold."""
    if datagram.startswith(_MESH):
        return [Packet(datagram[len(_MESH) :], protobuf=True)]
    splitter = PacketSplitter()
    return splitter.feed(datagram) + splitter.finish()
