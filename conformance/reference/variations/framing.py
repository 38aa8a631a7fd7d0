"""The same messages in other frames, segments and handshakes."""

# The decorator above each class says what is left open, and the method that it replaces says how.
# ruff: noqa: D101, D102

from collections.abc import Sequence
from dataclasses import replace

from websockets.extensions.base import ServerExtensionFactory
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

from conformance.reference.behaviour import Behaviour
from conformance.reference.manner import Control
from conformance.reference.settings import Settings
from conformance.reference.variations.variation import conforms

_TINY = 200
"""So many bytes are sent one by one; what is longer goes on in larger pieces."""

Part = bytes | Control


def _cut(payload: bytes, size: int) -> list[bytes]:
    return [payload[at : at + size] for at in range(0, len(payload), size)] or [payload]


def _crumbs(data: bytes) -> list[bytes]:
    """The first bytes one by one, the rest in pieces that grow with it."""
    rest = data[_TINY:]
    return _cut(data[:_TINY], 1) + (_cut(rest, max(7, len(rest) // 50)) if rest else [])


def _each(parts: list[Part], cut: int) -> list[Part]:
    """All fragments, cut further."""
    made: list[Part] = []
    for part in parts:
        if isinstance(part, Control):
            made.append(part)
        else:
            made += _crumbs(part) if cut == 1 else _cut(part, max(1, -(-len(part) // cut)))
    return made


_FRAGMENTS = "RFC 6455 5.4: a message may be sent in fragments"


@conforms(f"{_FRAGMENTS} of any size: its first {_TINY} bytes are a frame each.")
class FragmentsOfOneByte(Behaviour):
    def parts(self, payload: bytes) -> list[Part]:
        return _each(super().parts(payload), 1)


@conforms(f"{_FRAGMENTS}: there are two.")
class TwoFragments(Behaviour):
    def parts(self, payload: bytes) -> list[Part]:
        return _each(super().parts(payload), 2)


@conforms(f"{_FRAGMENTS}, and one may be empty: the first, one in the middle and the last are.")
class EmptyFragments(Behaviour):
    def parts(self, payload: bytes) -> list[Part]:
        cut = _each(super().parts(payload), 2)
        return [b"", *cut[:1], b"", *cut[1:], b""]


@conforms(f"{_FRAGMENTS}, with control frames between them: pings, with data and without, and pongs.")
class PingsBetweenFragments(Behaviour):
    def parts(self, payload: bytes) -> list[Part]:
        made: list[Part] = []
        for place, part in enumerate(_each(super().parts(payload), 3)):
            made += [part, Control("pong", b"pong") if place == 1 else Control("ping", b"\x00\xff" * place)]
        return made[:-1]


@conforms(
    "RFC 6455 5.5.2: an endpoint may send a ping at any time; one without data comes before each message."
)
class PingsWithoutData(Behaviour):
    def parts(self, payload: bytes) -> list[Part]:
        return [Control("ping"), *super().parts(payload)]


@conforms(
    "RFC 6455 5.5.2: an endpoint may send a ping at any time; of 125 bytes before, of 5 after each message."
)
class PingsWithData(Behaviour):
    def parts(self, payload: bytes) -> list[Part]:
        return [Control("ping", b"\x81" * 125), *super().parts(payload), Control("ping", b"later")]


@conforms("RFC 6455 5.5.3: a pong may be sent unsolicited; one comes before and after each message.")
class UnsolicitedPongs(Behaviour):
    def parts(self, payload: bytes) -> list[Part]:
        return [Control("pong", b"unasked"), *super().parts(payload), Control("pong")]


@conforms("TCP is a stream of bytes: each of the first bytes of what is sent is a segment of its own.")
class BytesOneByOne(Behaviour):
    def segments(self, data: bytes) -> list[bytes]:
        return [crumb for segment in super().segments(data) for crumb in _crumbs(segment)]


@conforms(
    "TCP is a stream of bytes: what is said within 30 ms goes out together, the answer to a close with it."
)
class ManyMessagesASegment(Behaviour):
    def holds_back(self) -> float:
        return max(0.03, super().holds_back())


@conforms("TCP is a stream of bytes: small segments wait for the last acknowledgement (no TCP_NODELAY).")
class NoTcpNodelay(Behaviour):
    def sends_at_once(self) -> bool:
        return False


_DEFLATE = "No document asks for compression (RFC 7692)"


@conforms(f"{_DEFLATE}: an offer of it is declined.")
class NoCompression(Behaviour):
    def extensions(self) -> list[ServerExtensionFactory]:
        return []


@conforms(f"{_DEFLATE}: the smallest windows, without context takeover in either direction.")
class SmallestCompression(Behaviour):
    def extensions(self) -> list[ServerExtensionFactory]:
        return [
            ServerPerMessageDeflateFactory(
                server_no_context_takeover=True,
                client_no_context_takeover=True,
                server_max_window_bits=9,
                client_max_window_bits=9,
            )
        ]


@conforms(f"{_DEFLATE}: the largest windows.")
class LargestCompression(Behaviour):
    def extensions(self) -> list[ServerExtensionFactory]:
        return [ServerPerMessageDeflateFactory(server_max_window_bits=15, client_max_window_bits=15)]


@conforms("How much waits in the kernel is nobody's promise: as much as it makes room for.")
class BuffersOfTheKernel(Behaviour):
    def settled(self, settings: Settings) -> Settings:
        return replace(super().settled(settings), kernel_buffer_bytes=0)


@conforms("A Close promises a code, not words: there are none.")
class ClosesWithoutReason(Behaviour):
    def close_reason(self, reason: str) -> str:
        return ""


@conforms("A Close promises a code, not words: there are as many as fit in, and not all of them are ASCII.")
class ClosesWithLongReason(Behaviour):
    def close_reason(self, reason: str) -> str:
        return "ä€𝄞" * 13 + "12345!"


@conforms(
    "HTTP header names know no case and no order, and unknown ones are ignored: the 101 has other headers."
)
class OtherHandshake(Behaviour):
    def handshake(self, service: str, headers: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        told = [(name.upper(), value) for name, value in reversed(super().handshake(service, headers))]
        return [("x-served-by", "edge-7"), ("set-cookie", "route=a; Path=/"), *told, ("VIA", "1.1 edge")]
