"""A received frame as the contract sees it: decoded, and named by the marks of its message."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from conformance.codec import MESSAGEPACK, MISSING, Codec, Decoded, Problem, codec_for
from conformance.contract import Message, Service, find, identifier

REMEMBERED = 2048
SHORT = 4096
"""So many messages, each shorter than this, are remembered."""

MOST = 16
_READERS: dict[int, Reader] = {}


def body_of(content_type: str | None, body: bytes) -> object:
    """The value of an HTTP answer's body; ``MISSING`` where it is none that we can read."""
    codec = codec_for((content_type or "").split(";")[0].strip().lower())
    return MISSING if codec is None else codec.decode(body).value


@dataclass(frozen=True, slots=True)
class Seen:
    """One data message of the target.

    ``index`` is its place in the transcript, ``at`` its time (ns). ``value`` is ``MISSING`` when nothing
    could be decoded; ``problems`` says what is wrong with the bytes; ``messages`` are the documented
    messages that it can be (normally one; none when nothing fits). ``expected_opcode`` is what the document's
    content type asks for.
    """

    index: int
    at: int
    opcode: str
    expected_opcode: str
    data: bytes
    value: object
    problems: tuple[Problem, ...]
    messages: tuple[Message, ...]
    names: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The names of the messages that it can be."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple([message.name for message in self.messages]))

    @property
    def readable(self) -> bool:
        """Whether there is a value to look at."""
        return self.value is not MISSING


def refuses(service: Service, seen: Seen, role: str) -> bool:
    """Whether a message is a refusal that plays this role."""
    refusals = service.rules.refusals
    if refusals is None or refusals.message not in seen.names:
        return False
    return any(code in refusals.of(role) for _path, code in find(seen.value, refusals.code))


def codec_of(service: Service, message: str = "") -> Codec:
    """The codec of a message, by its content type; of a WebSocket service when none is named: that of what
    clients send, where there is more than one (MessagePack when there are no messages)."""
    known = service.messages.values()
    named = [service.messages[message]] if message in service.messages else []
    for each in (*named, *(each for each in known if each.sent_by_client), *known):
        codec = codec_for(each.content_type)
        if codec is not None:
            return codec
    return MESSAGEPACK


class Reader:
    """Reads the data messages of one service.

    Who plays a conversation, who judges it and who looks through it for secrets read the same bytes, one soon
    after the other: what a short message is, is remembered for a while. Nobody changes a value that was read.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.codec = codec_of(service)
        found = (codec_for(each.content_type) for each in service.messages.values())
        self._codecs = {codec.opcode: codec for codec in found if codec is not None}
        self._spoken: dict[str, Codec] = {}
        self._named = identifier(service)
        self._decoded = lru_cache(REMEMBERED)(self._decode)
        self._known = lru_cache(REMEMBERED)(self._identify)

    def codec_at(self, opcode: str) -> Codec:
        """The codec of a frame: where a service speaks several, its kind tells which."""
        return self._codecs.get(opcode, self.codec)

    def codec_for(self, operation: str) -> Codec:
        """The codec of a command."""
        codec = self._spoken.get(operation)
        if codec is None:
            known = self.service.operations.get(operation)
            codec = codec_of(self.service, known.message) if known is not None else self.codec
            self._spoken[operation] = codec
        return codec

    def read(self, index: int, at: int, opcode: str, data: bytes) -> Seen:
        """Decodes and names one data message; never raises."""
        known = self._known if len(data) < SHORT else self._identify
        expected, decoded, messages = known(opcode, data)
        return Seen(index, at, opcode, expected, data, decoded.value, decoded.problems, messages)

    def value(self, opcode: str, data: bytes) -> object:
        """The value in a data message of either side; ``MISSING`` where it cannot be decoded."""
        return (self._decoded if len(data) < SHORT else self._decode)(opcode, data).value

    def _decode(self, opcode: str, data: bytes) -> Decoded:
        return self.codec_at(opcode).decode(data)

    def _identify(self, opcode: str, data: bytes) -> tuple[str, Decoded, tuple[Message, ...]]:
        codec = self.codec_at(opcode)
        decoded = (self._decoded if len(data) < SHORT else self._decode)(opcode, data)
        messages: tuple[Message, ...] = ()
        if decoded.value is not MISSING:
            messages = self._named(decoded.value)
            if len(self._codecs) > 1:
                messages = tuple(each for each in messages if codec_for(each.content_type) is codec)
        return codec.opcode, decoded, messages


def reader_of(service: Service) -> Reader:
    """The reader of a service: one for all who read its messages."""
    reader = _READERS.get(id(service))
    if reader is None or reader.service is not service:
        if len(_READERS) >= MOST:
            _READERS.clear()
        reader = _READERS[id(service)] = Reader(service)
    return reader
