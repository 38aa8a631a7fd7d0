"""What the contract leaves open: where two honest services may differ.

Every method is one such freedom with the reference's own choice. A variation is a behaviour that chooses
otherwise; a fault has no business here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from websockets.extensions.base import ServerExtensionFactory
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

from conformance.reference import frames
from conformance.reference.listings import Listing
from conformance.reference.settings import Settings


@dataclass(frozen=True)
class Control:
    """A control frame that answers nothing."""

    kind: Literal["ping", "pong"]
    payload: bytes = b""


@dataclass(frozen=True)
class Quotes:
    """How the house quotes a symbol."""

    levels: int = 5
    sides: tuple[Literal["buy", "sell"], ...] = ("buy", "sell")


class Manner:
    """The reference's own choices."""

    # Values and bytes.

    def phrase(self, service: str, value: Any) -> Any:
        """One message in the service's own words: key order, texts, what is optional."""
        return value

    def encode(self, value: Any) -> bytes:
        """The bytes of one message: one of the MessagePack encodings of its value."""
        return frames.encode(value)

    # Frames, segments, connections.

    def extensions(self) -> list[ServerExtensionFactory]:
        """The WebSocket extensions that the service accepts."""
        return [ServerPerMessageDeflateFactory(server_max_window_bits=12, client_max_window_bits=12)]

    def handshake(self, service: str, headers: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        """The headers of the answer to an upgrade."""
        return headers

    def parts(self, payload: bytes) -> list[bytes | Control]:
        """The fragments of one message, with what stands before, between and after them."""
        return [payload]

    def holds_back(self) -> float:
        """How long the bytes of a connection wait; what comes by then goes out with them, in order."""
        return 0.0

    def segments(self, data: bytes) -> list[bytes]:
        """The writes that bytes go out in."""
        return [data]

    def sends_at_once(self) -> bool:
        """Whether small segments go out before the last one was acknowledged (TCP_NODELAY)."""
        return True

    def close_reason(self, reason: str) -> str:
        """The words of a Close: at most 123 bytes."""
        return reason

    # Time.

    def ponders(self, service: str) -> float:
        """How long a message waits before it is handled; those behind it wait, too."""
        return 0.0

    def too_busy(self, account: str, command: dict[str, Any]) -> bool:
        """Whether `rate_limited` stands in for a reply of the gateway; `account` is empty before auth."""
        return False

    def snapshot_delay(self) -> float:
        """How long after its acknowledgement a subscription starts with its snapshot."""
        return 0.0

    def lags(self) -> float:
        """How long market data takes to know of what the exchange did."""
        return 0.0

    async def background(self) -> None:
        """What else goes on in the process for as long as the service is up."""

    # HTTP.

    def http_headers(self, status: int, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The header fields of a response; one without Content-Length is sent in chunks."""
        return headers

    def http_pieces(self, body: bytes) -> list[bytes]:
        """The pieces, or chunks, of a body."""
        return [body]

    # The world.

    def settled(self, settings: Settings) -> Settings:
        """Pace, deadlines, limits and seed."""
        return settings

    def clock_offset_ms(self) -> int:
        """How far the service's clock is from ours."""
        return 0

    def clock_step_ms(self) -> int:
        """How fine the service's clock is."""
        return 1

    def first_sequence(self, of: str) -> int:
        """The number before the first one, of a stream's SubId or of an account."""
        return 0

    def name_of(self, kind: Literal["order", "trade", "session_key", "secret"], name: str) -> str:
        """The service's name of something, made of one that is unique for its kind."""
        return name

    def listed(self, listings: list[Listing]) -> list[Listing]:
        """What can be traded, in the service's order; the simulator's first three are open."""
        return listings

    def quotes(self, listing: Listing) -> Quotes:
        """How the house quotes a symbol."""
        return Quotes()

    def book_depth(self) -> int:
        """How many levels a book shows of each side."""
        return 50

    def remembers_minutes(self, minutes: int) -> int:
        """How many minutes of trades from before the start there are."""
        return minutes

    def repeats_books(self) -> bool:
        """Whether the books of the lively symbols are also told when nothing has changed in them."""
        return False
