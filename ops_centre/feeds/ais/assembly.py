"""Puts the parts of a message together, per station, channel and sequence number, however streams are interleaved.

Parts come in order; a part without its predecessor is refused at once rather than kept, since sequence numbers repeat
every ten messages and an old part would spoil a new message. Memory is bounded: so many messages wait, for so long.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ops_centre.feeds.ais.sentences import Sentence, Unusable

WAIT = timedelta(seconds=10)  # parts of one message are sent at once; a relay adds a second or two
WAIT_LINES = 2_000
WAITING = 512

Key = tuple[bytes, ...]


@dataclass(slots=True)
class _Open:
    since: datetime
    line: int
    parts: list[Sentence] = field(default_factory=list)


@dataclass(slots=True)
class Assembled:
    """What one sentence led to."""

    message: list[Sentence] | None = None  # all parts in order
    refused: list[Unusable] = field(default_factory=list)
    repeated: bool = False  # the part was here already


class Assembly:
    """Messages of which parts are still to come."""

    def __init__(self) -> None:
        self._open: OrderedDict[Key, _Open] = OrderedDict()
        self._done: OrderedDict[Key, bytes] = OrderedDict()  # last payload parts of complete messages

    def __len__(self) -> int:
        return len(self._open)

    def add(self, sentence: Sentence, now: datetime, line: int) -> Assembled:
        """Take in one part of several."""
        key = self._key_of(sentence)
        waiting = self._open.get(key)
        if sentence.part == 1:
            return self._begin(key, waiting, sentence, now, line)
        if waiting is None or sentence.part != len(waiting.parts) + 1:
            if self._is_repeat(key, waiting, sentence):
                return Assembled(repeated=True)
            return Assembled(refused=[_orphan(sentence, waiting)])
        waiting.parts.append(sentence)
        if sentence.part < sentence.parts:
            return Assembled()
        del self._open[key]
        self._remember(key, waiting.parts)
        return Assembled(message=waiting.parts)

    def expire(self, now: datetime, line: int) -> list[Unusable]:
        """Messages whose missing parts are no longer awaited."""
        late = []
        while self._open:
            key, oldest = next(iter(self._open.items()))
            if now - oldest.since < WAIT and line - oldest.line < WAIT_LINES and len(self._open) <= WAITING:
                break
            del self._open[key]
            late.append(_incomplete(oldest))
        return late

    def finish(self) -> list[Unusable]:
        """Everything that still waits, at the end of a recording."""
        rest = [_incomplete(waiting) for waiting in self._open.values()]
        self._open.clear()
        return rest

    def _begin(self, key: Key, waiting: _Open | None, sentence: Sentence, now: datetime, line: int) -> Assembled:
        if waiting is not None and waiting.parts[0].payload == sentence.payload:
            return Assembled(repeated=True)
        refused = [_incomplete(waiting)] if waiting is not None else []
        self._open.pop(key, None)
        self._open[key] = _Open(now, line, [sentence])
        return Assembled(refused=refused)

    def _key_of(self, sentence: Sentence) -> Key:
        if sentence.group:
            return (b"g", sentence.group, sentence.talker)
        stream = (sentence.talker, sentence.channel, sentence.sequence, b"%d" % sentence.parts)
        key = (sentence.source, *stream)
        if sentence.part == 1 or key in self._open:
            return key
        # the station is often named on one part only
        return next((other for other in reversed(self._open) if _joins(other, key)), key)

    def _is_repeat(self, key: Key, waiting: _Open | None, sentence: Sentence) -> bool:
        if waiting is not None:
            return sentence.part <= len(waiting.parts) and waiting.parts[sentence.part - 1].payload == sentence.payload
        return self._done.get((*key, b"%d" % sentence.part)) == sentence.payload

    def _remember(self, key: Key, parts: list[Sentence]) -> None:
        for part in parts[1:]:
            self._done[(*key, b"%d" % part.part)] = part.payload
        while len(self._done) > WAITING:
            self._done.popitem(last=False)


def _joins(other: Key, key: Key) -> bool:
    return other[1:] == key[1:] and (not other[0] or not key[0])


def _incomplete(waiting: _Open) -> Unusable:
    parts = waiting.parts
    return Unusable(b"\n".join(part.raw for part in parts), f"part {len(parts) + 1} of {parts[0].parts} never came")


def _orphan(sentence: Sentence, waiting: _Open | None) -> Unusable:
    before = len(waiting.parts) + 1 if waiting is not None else 1
    before = min(before, sentence.part - 1)
    return Unusable(sentence.raw, f"part {sentence.part} of {sentence.parts} came without part {before}")
