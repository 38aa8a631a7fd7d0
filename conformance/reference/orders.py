"""An order, and how it looks on the wire."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from conformance.reference.accounts import Credential
from conformance.reference.decimals import canonical

Side = Literal["buy", "sell"]


@dataclass(frozen=True)
class Origin:
    """On which connection an order was placed, by which credential: only a fault has a use for it."""

    connection: int
    credential: Credential


@dataclass(eq=False)
class Order:
    """One order, from acceptance to its end."""

    order_id: str
    client_order_id: str
    account: str
    symbol: str
    side: Side
    order_type: Literal["limit", "market"]
    price: Decimal | None
    size: Decimal
    time_in_force: Literal["gtc", "ioc", "fok"]
    post_only: bool
    reduce_only: bool
    ts: int
    filled: Decimal = Decimal(0)
    cancelled: bool = False
    origin: Origin | None = None

    @property
    def status(self) -> str:
        """Where the order stands."""
        if self.cancelled:
            return "cancelled"
        if self.filled == self.size:
            return "filled"
        return "partially_filled" if self.filled else "open"

    @property
    def is_working(self) -> bool:
        """Whether the order can still trade."""
        return not self.cancelled and self.filled < self.size

    @property
    def remaining(self) -> Decimal:
        """What still works: 0 when terminal."""
        return self.size - self.filled if self.is_working else Decimal(0)

    @property
    def sign(self) -> int:
        """1 for a buy, -1 for a sell."""
        return 1 if self.side == "buy" else -1

    def would_take(self, price: Decimal) -> bool:
        """Whether this order would trade with the other side at a price."""
        if self.price is None:
            return True
        return price <= self.price if self.side == "buy" else price >= self.price

    def as_value(self) -> dict[str, Any]:
        """The published Order."""
        return {
            "order_id": self.order_id,
            "client_order_id": self.client_order_id,
            "symbol": self.symbol,
            "side": self.side,
            "order_type": self.order_type,
            "price": None if self.price is None else canonical(self.price),
            "size": canonical(self.size),
            "filled_size": canonical(self.filled),
            "remaining_size": canonical(self.remaining),
            "status": self.status,
            "ts": self.ts,
        }
