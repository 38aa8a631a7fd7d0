"""What can be chosen when the reference is started."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Settings:
    """Addresses, deadlines and limits; the defaults are those of the contract."""

    gateway: tuple[str, int] = ("127.0.0.1", 3001)
    gateway_health: tuple[str, int] = ("127.0.0.1", 3002)
    market_data: tuple[str, int] = ("127.0.0.1", 3003)
    aliases: bool = False
    """Whether the WebSocket services listen on another free port each: an alias of the same environment."""
    seed: int = 0
    auth_secs: float = 5.0
    min_expiry_secs: int = 1
    max_expiry_secs: int = 7_776_000
    tick_secs: float = 0.05
    """The simulator's pace: everything that moves by itself moves on a multiple of it."""
    subscription_limit: int = 64
    head_secs: float = 10.0
    """How long a connection may take to send its request head."""
    close_secs: float = 5.0
    """How long a peer may take to answer a Close before the connection is cut."""
    stall_secs: float = 4.0
    """How long a peer may leave a full outgoing buffer unread before it is closed with 1013."""
    outbox_bytes: int = 512 * 1024
    """How much may wait for a peer before it is closed with 1013, full stop."""
    kernel_buffer_bytes: int = 64 * 1024
    """Small on purpose: a reader that stops reading is noticed soon. 0: as large as the kernel makes it."""

    def within(self, deadlines: Mapping[str, int]) -> "Settings":
        """The same with other deadlines: milliseconds, by the name of the deadline."""
        return replace(self, auth_secs=deadlines["auth"] / 1000) if "auth" in deadlines else self
