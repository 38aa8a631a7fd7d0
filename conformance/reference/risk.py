"""What an order must satisfy beyond its schema: grid, post-only, reduce-only and margin, in that order."""

from decimal import Decimal

from conformance.reference import margin
from conformance.reference.accounts import Account
from conformance.reference.behaviour import Behaviour
from conformance.reference.book import Book
from conformance.reference.decimals import TOO_LARGE, on_grid
from conformance.reference.listings import Listing
from conformance.reference.orders import Order
from conformance.reference.refusals import Refusal


class Risk:
    """Judges orders against the books and what their accounts hold."""

    def __init__(
        self,
        books: dict[str, Book],
        working: dict[str, dict[str, Order]],
        behaviour: Behaviour,
        index: margin.Price,
    ) -> None:
        self._books = books
        self._working = working
        self._behaviour = behaviour
        self._index = index

    def check_grid(self, listing: Listing, price: Decimal | None, size: Decimal) -> None:
        """Prices are on tick, sizes on lot."""
        if size >= TOO_LARGE or (price is not None and price >= TOO_LARGE):
            raise Refusal("invalid_field", "a number with more than twenty digits before the point")
        if not self._behaviour.enforces("grid"):
            return
        if price is not None and not on_grid(price, listing.tick_size):
            raise Refusal("invalid_field", "price is off tick")
        if not on_grid(size, listing.lot_size):
            raise Refusal("invalid_field", "size is off lot")

    def refusal(self, account: Account, order: Order, replaces: Order | None = None) -> Refusal | None:
        """Why an order cannot be accepted, if it cannot."""
        enforces = self._behaviour.enforces
        if order.post_only and enforces("post_only") and self._crosses(account, order):
            return Refusal("would_cross", "a post-only order would trade at once")
        if order.reduce_only and enforces("reduce_only"):
            wanted = self._reducing(account, order, replaces) + order.remaining
            if wanted > self._reducible(account, order):
                return Refusal("would_increase", "a reduce-only order would increase the position")
        if not account.is_house and enforces("margin"):
            others = [other for other in self._orders(account) if other is not replaces]
            available = margin.standing(account, others, lambda symbol: Decimal(0), self._index).available
            best = self._books[order.symbol].other(order).best()
            if margin.order_margin(order, self._index, best) > available:
                return Refusal("insufficient_margin", "the account cannot carry this order")
        return None

    def uncovered(self, account: Account, symbol: str, taker: Order) -> Order | None:
        """The newest resting reduce-only order that a changed position no longer covers."""
        if not self._behaviour.enforces("reduce_only"):
            return None
        for order in reversed(self._orders(account)):
            if order.symbol != symbol or not order.reduce_only or order is taker:
                continue
            if self._reducing(account, order, None) > self._reducible(account, order):
                return order
        return None

    def _crosses(self, account: Account, order: Order) -> bool:
        crosses = self._books[order.symbol].crosses(order)
        return crosses if account.is_house else self._behaviour.would_cross(crosses)

    def _orders(self, account: Account) -> list[Order]:
        return list(self._working.get(account.name, {}).values())

    def _reducing(self, account: Account, order: Order, replaces: Order | None) -> Decimal:
        """What other reduce-only orders of the same side already take from the position."""
        alike = (
            other.remaining
            for other in self._orders(account)
            if other.reduce_only and other.side == order.side and other.symbol == order.symbol
        )
        return sum(alike, Decimal(0)) - (replaces.remaining if replaces is not None else Decimal(0))

    @staticmethod
    def _reducible(account: Account, order: Order) -> Decimal:
        return max(Decimal(0), -order.sign * account.position(order.symbol))
