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


def codec_of(service: Service) -> Codec:
    """The codec of a WebSocket service: that of the messages' content type (MessagePack when there are
    none)."""
    for message in service.messages.values():
        codec = codec_for(message.content_type)
        if codec is not None:
            return codec
    return MESSAGEPACK


class Reader:
    """Reads the data messages of one service."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.codec = codec_of(service)

    def read(self, index: int, at: int, opcode: str, data: bytes) -> Seen:
        """Decodes and names one data message; never raises."""
        decoded = self.codec.decode(data)
        messages: tuple[Message, ...] = ()
        if decoded.value is not MISSING:
            messages = tuple(identify(self.service, decoded.value, "target"))
        return Seen(
            index=index,
            at=at,
            opcode=opcode,
            expected_opcode=self.codec.opcode,
            data=data,
            value=decoded.value,
            problems=decoded.problems,
            messages=messages,
        )
