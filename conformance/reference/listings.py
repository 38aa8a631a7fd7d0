"""The listings: twenty-four symbols, the first three of them lively, the last two halted or expired."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from conformance.reference.decimals import canonical

Status = Literal["open", "halted", "expired"]
Kind = Literal["call", "put"]

ACTIVE = 3
"""So many listings, from the first, are traded by the simulator."""

TOGGLED = 20
"""The listing (counted from 0) that the simulator halts and opens again, to have listings move."""

_EXPIRED_TS = 1_735_286_400_000
_EXPIRIES = (("29MAR30", 1_901_001_600_000), ("28JUN30", 1_908_864_000_000), ("27DEC30", 1_924_588_800_000))
_KINDS: tuple[Kind, ...] = ("call", "put")
_UNDERLYINGS = (
    ("BTC", ("50000", "60000"), "0.5", "0.1", Decimal("62000")),
    ("ETH", ("2800", "3200"), "0.05", "1", Decimal("3050")),
)


@dataclass
class Listing:
    """One option that can be traded."""

    symbol: str
    underlying: str
    expiry_ts: int
    strike: Decimal
    kind: Kind
    tick_size: Decimal
    lot_size: Decimal
    status: Status
    fair: Decimal
    """The price around which its market starts."""

    def as_value(self) -> list[Any]:
        """The published Listing."""
        return [
            self.symbol,
            self.underlying,
            self.expiry_ts,
            canonical(self.strike),
            self.kind,
            canonical(self.tick_size),
            canonical(self.lot_size),
            self.status,
        ]


def spot(underlying: str) -> Decimal:
    """Where the index of an underlying starts."""
    return next(entry[4] for entry in _UNDERLYINGS if entry[0] == underlying)


def all_listings() -> list[Listing]:
    """The listings at start, in listing order."""
    found: list[Listing] = []
    for name, strikes, tick, lot, index in _UNDERLYINGS:
        for expiry, expiry_ts in _EXPIRIES:
            for strike in strikes:
                for kind in _KINDS:
                    step = Decimal(tick)
                    fair = (index * Decimal("0.02") + step * 40 * len(found)) // step * step
                    symbol = f"{name}-{expiry}-{strike}-{kind[0].upper()}"
                    found.append(
                        Listing(
                            symbol, name, expiry_ts, Decimal(strike), kind, step, Decimal(lot), "open", fair
                        )
                    )
    found[-2].status = "halted"
    found[-1].status = "expired"
    found[-1].expiry_ts = _EXPIRED_TS
    found[-1].symbol = found[-1].symbol.replace("27DEC30", "27DEC24")
    return found
