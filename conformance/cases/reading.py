"""A received frame as the contract sees it: decoded, and named by the marks of its message."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.codec import MESSAGEPACK, MISSING, Codec, Problem, codec_for
from conformance.contract import Message, Service, identify


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

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the messages that it can be."""
        return tuple(message.name for message in self.messages)

    @property
    def readable(self) -> bool:
        """Whether there is a value to look at."""
        return self.value is not MISSING


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
    """Reads the data messages of one service."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.codec = codec_of(service)
        found = (codec_for(each.content_type) for each in service.messages.values())
        self._codecs = {codec.opcode: codec for codec in found if codec is not None}

    def codec_at(self, opcode: str) -> Codec:
        """The codec of a frame: where a service speaks several, its kind tells which."""
        return self._codecs.get(opcode, self.codec)

    def codec_for(self, operation: str) -> Codec:
        """The codec of a command."""
        known = self.service.operations.get(operation)
        return codec_of(self.service, known.message) if known is not None else self.codec

    def read(self, index: int, at: int, opcode: str, data: bytes) -> Seen:
        """Decodes and names one data message; never raises."""
        codec = self.codec_at(opcode)
        decoded = codec.decode(data)
        messages: tuple[Message, ...] = ()
        if decoded.value is not MISSING:
            messages = tuple(
                each
                for each in identify(self.service, decoded.value, "target")
                if len(self._codecs) < 2 or codec_for(each.content_type) is codec
            )
        return Seen(
            index=index,
            at=at,
            opcode=opcode,
            expected_opcode=codec.opcode,
            data=data,
            value=decoded.value,
            problems=decoded.problems,
            messages=messages,
        )
