"""What moves by itself: quotes and trades of the house, on the same book as everybody's, and the small print.

Everything happens on a multiple of one tick, and all chances are drawn from one seed: two exchanges of the
same seed do the same things in the same order.
"""

import asyncio
import random
from decimal import Decimal

from conformance.reference.accounts import Account
from conformance.reference.book import OTHER
from conformance.reference.listings import ACTIVE, TOGGLED, Listing
from conformance.reference.market import Market
from conformance.reference.orders import Order, Side
from conformance.reference.refusals import Refusal

HALF_SPREAD = 4
"""The best quotes are so many ticks from the fair price, each way."""


class Simulator:
    """A market maker and a taker, both of the house."""

    def __init__(self, market: Market, seed: int) -> None:
        self._market = market
        self._exchange = market.exchange
        self._random = random.Random(f"{seed}/simulator")
        self._maker = self._exchange.accounts.house("house-maker")
        self._taker = self._exchange.accounts.house("house-taker")
        self._quotes: dict[tuple[str, Side, int], Order] = {}
        self._active = market.listings[:ACTIVE]
        self._quiet = [listing for listing in market.listings[ACTIVE:] if listing.status == "open"]
        self._tick = 0
        self._count = 0

    def open_books(self) -> None:
        """Quote every open symbol before the first client comes."""
        for listing in (*self._active, *self._quiet):
            self._quote(listing)
        self._exchange.tell()

    async def run(self, tick_secs: float) -> None:
        """Tick at a steady pace; a late tick is not made up for."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + tick_secs, loop.time() - tick_secs)
            await asyncio.sleep(due - loop.time())
            self.tick()

    def tick(self) -> None:
        """Do what is due on this tick."""
        self._tick += 1
        tick, market = self._tick, self._market
        if tick % 2 == 0:
            for listing in self._active:
                market.price(listing.symbol, marks=True)
        if market.behaviour.repeats_books():
            for listing in self._active:
                market.book(listing.symbol)
        for place, listing in enumerate(self._active):
            if tick % 4 == place % 4:
                self._trade(listing)
            elif tick % 4 == (place + 2) % 4:
                self._quote(listing)
        for place, listing in enumerate(self._quiet):
            if tick % 20 == place % 20:
                market.price(listing.symbol, marks=False)
            if tick % 10 == place % 10 and listing is not market.listings[TOGGLED]:
                self._quote(listing)
        if tick % 8 == 1:
            market.toggle(market.listings[TOGGLED])
        if tick % 8 == 5:
            market.observe(market.listings[tick // 8 % len(market.listings)].symbol)
        if tick % 10 == 3:
            market.correct(market.listings[-1], self._random.randint(1, 40))
        self._exchange.tell()

    def _trade(self, listing: Listing) -> None:
        """Take a lot or a few from the best quote."""
        side: Side = "buy" if self._random.random() < 0.5 else "sell"
        if OTHER[side] not in self._market.behaviour.quotes(listing).sides:
            return  # nobody of the house is on the other side: a client's order there is left alone
        lots = self._random.randint(1, 3)
        self._place(self._taker, listing, side, None, lots * listing.lot_size)

    def _quote(self, listing: Listing) -> None:
        """Bring the quotes of a symbol back to what they should be, without ever taking."""
        quotes = self._market.behaviour.quotes(listing)
        for side in quotes.sides:
            for level in range(quotes.levels):
                size = (level + 1) * 10 * listing.lot_size
                quoted = self._quotes.get((listing.symbol, side, level))
                if quoted is not None and quoted.is_working:
                    if quoted.remaining == size:
                        continue
                    self._exchange.cancel(self._maker.name, quoted)
                away = (HALF_SPREAD + 2 * level) * listing.tick_size
                price = listing.fair - away if side == "buy" else listing.fair + away
                placed = self._place(self._maker, listing, side, price, size)
                if placed is not None:
                    self._quotes[listing.symbol, side, level] = placed

    def _place(
        self, account: Account, listing: Listing, side: Side, price: Decimal | None, size: Decimal
    ) -> Order | None:
        self._count += 1
        rests = price is not None
        order = Order(
            order_id="",
            client_order_id=f"house-{self._count}",
            account=account.name,
            symbol=listing.symbol,
            side=side,
            order_type="limit" if rests else "market",
            price=price,
            size=size,
            time_in_force="gtc" if rests else "ioc",
            post_only=rests,
            reduce_only=False,
            ts=0,
        )
        try:
            self._exchange.place(order)
        except Refusal:
            return None  # a client's order stands where the quote would: leave it alone
        return order
