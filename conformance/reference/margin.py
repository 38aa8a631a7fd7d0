"""Money: what orders and positions tie up, and what a fill moves.

The model is small and honest. A buy pays its premium when it trades and ties it up until then; a sell ties
up a share of the index. Long positions are paid for and tie up nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from conformance.reference.accounts import Account, Position
from conformance.reference.decimals import EXACT, times
from conformance.reference.orders import Order

INITIAL_RATE = Decimal("0.15")
MAINTENANCE_RATE = Decimal("0.075")
AVERAGE_PRICE_STEP = Decimal("0.00000001")

Price = Callable[[str], Decimal]


@dataclass(frozen=True)
class Standing:
    """How an account stands."""

    equity: Decimal
    initial_margin: Decimal
    maintenance_margin: Decimal
    available: Decimal


def order_margin(order: Order, index: Price, taker_price: Decimal | None = None) -> Decimal:
    """What an order ties up until it trades or ends."""
    if order.reduce_only:
        return Decimal(0)
    if order.side == "sell":
        return times(times(INITIAL_RATE, index(order.symbol)), order.remaining)
    price = order.price if order.price is not None else taker_price
    return times(price or Decimal(0), order.remaining)


def standing(account: Account, working: Iterable[Order], mark: Price, index: Price) -> Standing:
    """Equity and margins of an account."""
    equity = account.cash
    initial = sum((order_margin(order, index) for order in working), Decimal(0))
    maintenance = Decimal(0)
    for symbol, held in account.positions.items():
        equity += times(held.size, mark(symbol))
        if held.size < 0:
            initial += times(times(INITIAL_RATE, index(symbol)), -held.size)
            maintenance += times(times(MAINTENANCE_RATE, index(symbol)), -held.size)
    return Standing(equity, initial, maintenance, max(Decimal(0), account.cash - initial))


def settle(account: Account, symbol: str, signed_size: Decimal, price: Decimal) -> None:
    """Book one fill: premium against cash, size into the position."""
    account.cash -= times(signed_size, price)
    held = account.positions.get(symbol) or Position()
    size = held.size + signed_size
    if held.size * signed_size >= 0:
        worth = times(abs(held.size), held.average_price) + times(abs(signed_size), price)
        average = EXACT.divide(worth, abs(size)).quantize(AVERAGE_PRICE_STEP)
    else:
        average = price if size * signed_size > 0 else held.average_price
    if size:
        account.positions[symbol] = Position(size, average)
    else:
        account.positions.pop(symbol, None)
