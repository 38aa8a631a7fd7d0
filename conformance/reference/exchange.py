"""The exchange: accepts, matches, amends and cancels orders, and remembers what it must tell of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.reference import margin
from conformance.reference.accounts import Account, Accounts
from conformance.reference.behaviour import Behaviour
from conformance.reference.book import Book
from conformance.reference.clock import Clock
from conformance.reference.decimals import canonical
from conformance.reference.listings import Listing
from conformance.reference.names import Names
from conformance.reference.orders import Order, Side
from conformance.reference.refusals import Refusal
from conformance.reference.risk import Risk


@dataclass(frozen=True)
class Trade:
    """One trade; its side is the aggressor's."""

    trade_id: str
    symbol: str
    price: Decimal
    size: Decimal
    side: Side
    ts: int

    def as_value(self) -> list[Any]:
        """The published Trade."""
        return [self.trade_id, canonical(self.price), canonical(self.size), self.side, self.ts]


@dataclass(frozen=True)
class OrderUpdate:
    """One change of one order, for its owner."""

    account: str
    value: dict[str, Any]


@dataclass
class News:
    """What happened since it was last told."""

    updates: list[OrderUpdate]
    trades: list[Trade]
    books: dict[str, None]


class Exchange:
    """All orders of all accounts. Whoever changes something tells the news afterwards, after his reply."""

    def __init__(
        self,
        accounts: Accounts,
        listings: list[Listing],
        behaviour: Behaviour,
        clock: Clock,
        index: margin.Price,
    ) -> None:
        self.accounts = accounts
        self.behaviour = behaviour
        self.clock = clock
        self.listings = {listing.symbol: listing for listing in listings}
        self.books = {symbol: Book() for symbol in self.listings}
        self.orders: dict[str, Order] = {}
        self.names = Names(behaviour)
        self.working: dict[str, dict[str, Order]] = {}
        self.on_news: Callable[[News], None] = lambda news: None
        self.risk = Risk(self.books, self.working, behaviour, index)
        self._news = News([], [], {})
        self._order_count = {True: 0, False: 0}
        self._trade_count = 0

    def place(self, draft: Order) -> dict[str, Any]:
        """Accept an order or refuse it; the reply shows it as accepted, before any of it traded."""
        try:
            return self._place(draft)
        except Refusal:
            if not self.behaviour.enforces("refused_ids_stay_free"):
                self.names.keep(draft)
            raise

    def _place(self, draft: Order) -> dict[str, Any]:
        self._check_listing(draft.symbol, draft.price, draft.size)
        if self.names.is_used(draft):
            raise Refusal("duplicate_client_order_id", "this client_order_id was used before")
        account = self.accounts.by_name[draft.account]
        refused = self.risk.refusal(account, draft)
        kept = draft.price is not None and not account.is_house and self.behaviour.keeps_refused_orders()
        if refused is not None and not kept:
            raise refused
        order = draft
        order.order_id = self._next_id(account)
        order.ts = self.clock.now_ms()
        self.orders[order.order_id] = order
        self.names.give(order)
        self.working.setdefault(draft.account, {})[order.order_id] = order
        accepted = order.as_value()
        self._report(order)
        if refused is not None:
            self.books[order.symbol].own(order).add(order)
            raise refused
        self._match(account, order)
        return accepted

    def amend(
        self, account: str, order_id: str, price: Decimal | None, size: Decimal | None
    ) -> dict[str, Any]:
        """Change price, total size or both of a working order."""
        order = self._working_order(account, self.orders.get(order_id))
        if order.price is None:
            raise Refusal("invalid_field", "a market order cannot be amended")
        new_price, new_size = price or order.price, size or order.size
        book = self.books[order.symbol]
        if new_size > order.filled and not self.behaviour.enforces("checked_amendments"):
            book.own(order).discard(order)
            order.price, order.size = new_price, new_size
            book.own(order).add(order)
        self._check_listing(order.symbol, new_price, new_size)
        if new_size <= order.filled and self.behaviour.enforces("above_fills"):
            raise Refusal("invalid_field", "size must be above what is filled")
        changed = Order(**{**vars(order), "price": new_price, "size": new_size})
        holder = self.accounts.by_name[account]
        refused = self.risk.refusal(holder, changed, replaces=order)
        if refused is not None:
            raise refused
        is_reduction = new_price == order.price and new_size <= order.size
        keeps = self.behaviour.keeps_priority(is_reduction) and new_price == order.price
        if not keeps:
            book.own(order).discard(order)
            if not self.behaviour.enforces("amend_keeps_fills"):
                order.filled = Decimal(0)
        order.price, order.size, order.ts = new_price, new_size, self.clock.now_ms()
        if not order.is_working:
            book.own(order).discard(order)
        amended = order.as_value()
        self._report(order)
        self._news.books[order.symbol] = None
        if not keeps and (holder.is_house or self.behaviour.enforces("amendments_trade")):
            self._match(holder, order)
        elif not keeps:
            book.own(order).add(order)
        return amended

    def cancel(self, account: str, order: Order | None) -> dict[str, Any]:
        """End a working order."""
        order = self._working_order(account, order)
        if self.behaviour.enforces("cancellation"):
            self._end(order)
        return order.as_value()

    def cancel_all(self, account: str) -> None:
        """End all working orders of an account."""
        self.end(self.open_orders(account))

    def end(self, orders: Iterable[Order]) -> None:
        """End those of these orders that still work."""
        for order in orders:
            if order.is_working:
                self._end(order)
        self.tell()

    def report_again(self, order: Order) -> None:
        """Count and tell of a change that is none: only a fault has a use for it."""
        self._report(order)
        self.tell()

    def find(self, account: str, order: Order | None) -> Order:
        """An order of an account, working or not; another account's order does not exist."""
        if order is None and not self.behaviour.enforces("existence"):
            order = self._phantom(account)
        if order is None or (order.account != account and self.behaviour.enforces("ownership")):
            raise Refusal("order_not_found", "no such order")
        return order

    def open_orders(self, account: str) -> list[Order]:
        """The working orders of an account, oldest first."""
        return list(self.working.get(account, {}).values())

    def tell(self) -> None:
        """Pass on what happened."""
        news = self._news
        if news.updates or news.trades or news.books:
            self._news = News([], [], {})
            self.on_news(news)

    def _next_id(self, account: Account) -> str:
        """Clients' orders count by themselves, so that the pace of the house does not show in their ids."""
        self._order_count[account.is_house] += 1
        kind = "house" if account.is_house else "ord"
        return self.behaviour.name_of("order", f"{kind}-{self._order_count[account.is_house]}")

    def _check_listing(self, symbol: str, price: Decimal | None, size: Decimal) -> None:
        listing = self.listings[symbol]
        if listing.status != "open":
            raise Refusal("invalid_field", f"symbol is {listing.status}: no orders are taken on it")
        self.risk.check_grid(listing, price, size)

    def _working_order(self, account: str, order: Order | None) -> Order:
        order = self.find(account, order)
        if not order.is_working and self.behaviour.enforces("terminal"):
            raise Refusal("order_not_found", "no such working order")
        return order

    def _match(self, account: Account, taker: Order) -> None:
        book = self.books[taker.symbol]
        if (
            taker.time_in_force == "fok"
            and not book.can_fill(taker)
            and self.behaviour.enforces("fill_or_kill")
        ):
            self._end(taker)
            return
        while taker.is_working and (maker := self._maker(book, taker)) is not None:
            if maker.account == taker.account and self._sees_itself(maker, taker):
                self._end(taker)
                return
            self._fill(account, taker, maker)
        if not taker.is_working:
            return
        rests = taker.time_in_force == "gtc" or not self.behaviour.enforces("immediate_or_cancel")
        if rests and taker.price is not None:
            book.own(taker).add(taker, first=not self.behaviour.enforces("time_priority"))
            self._news.books[taker.symbol] = None
        else:
            self._end(taker)

    def _sees_itself(self, maker: Order, taker: Order) -> bool:
        """Whether an order is known to meet one of its own account: wherever each of them came from."""
        enforces, known = self.behaviour.enforces, (maker.origin, taker.origin)
        if None not in known and not enforces("self_match_between_connections"):
            return len({each.connection for each in known if each is not None}) == 1
        return enforces("no_self_match")

    def _maker(self, book: Book, taker: Order) -> Order | None:
        return book.next_match(taker) if self.behaviour.enforces("price_priority") else book.last_match(taker)

    def _phantom(self, account: str) -> Order:
        """An order that never was, for whoever takes every id for a known one."""
        self.working.setdefault(account, {})
        symbol, ten = next(iter(self.listings)), Decimal(10)
        now = self.clock.now_ms()
        return Order("ord-0", "ord-0", account, symbol, "buy", "limit", ten, ten, "gtc", False, False, now)

    def _fill(self, account: Account, taker: Order, maker: Order) -> None:
        assert maker.price is not None
        book = self.books[taker.symbol]
        price, size = maker.price, min(taker.remaining, maker.remaining)
        now = self.clock.now_ms()
        self._trade_count += 1
        trade_id = self.behaviour.name_of("trade", f"tr-{self._trade_count}")
        trade = Trade(trade_id, taker.symbol, price, size, taker.side, now)
        self._news.trades.append(trade)
        self._news.books[taker.symbol] = None
        for order in (maker, taker):
            if order is maker and size == maker.remaining:
                book.own(maker).discard(maker)
            order.filled += size
            order.ts = now
            margin.settle(self.accounts.by_name[order.account], order.symbol, order.sign * size, price)
            self._report(order, trade)
        for holder in (self.accounts.by_name[maker.account], account):
            while (uncovered := self.risk.uncovered(holder, taker.symbol, taker)) is not None:
                self._end(uncovered)

    def _end(self, order: Order) -> None:
        if self.books[order.symbol].own(order).discard(order):
            self._news.books[order.symbol] = None
        order.cancelled, order.ts = True, self.clock.now_ms()
        self._report(order)

    def _report(self, order: Order, trade: Trade | None = None) -> None:
        if not order.is_working:
            self.working[order.account].pop(order.order_id, None)
        account = self.accounts.by_name[order.account]
        account.sequence += 1
        if account.is_house:
            self._forget(order)
            return
        value = {
            "type": "orderUpdate",
            "order": order.as_value(),
            "sequence": account.sequence,
            "ts": order.ts,
        }
        if trade is not None:
            value |= {"last_price": canonical(trade.price), "last_size": canonical(trade.size)}
        self._news.updates.append(OrderUpdate(account.name, value))

    def _forget(self, order: Order) -> None:
        """House orders come and go for as long as the exchange is up: nobody asks for them afterwards."""
        if not order.is_working:
            self.orders.pop(order.order_id, None)
            self.names.forget(order)
