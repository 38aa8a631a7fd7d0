"""Prices that wander a little, for as long as the exchange is up."""

import random
from decimal import Decimal
from typing import Any

from conformance.reference.decimals import canonical
from conformance.reference.listings import Listing, spot


class Prices:
    """Index, mark and implied volatility of each symbol; all of them wander a little."""

    def __init__(self, listings: list[Listing], seed: int) -> None:
        self._random = random.Random(f"{seed}/prices")
        self.index = {listing.underlying: spot(listing.underlying) for listing in listings}
        self.underlying = {listing.symbol: listing.underlying for listing in listings}
        self.mark = {listing.symbol: listing.fair for listing in listings}
        self._fair = {listing.symbol: listing for listing in listings}
        self._volatility = {listing.symbol: Decimal("0.6") for listing in listings}

    def index_of(self, symbol: str) -> Decimal:
        """The index that a symbol refers to."""
        return self.index[self.underlying[symbol]]

    def mark_of(self, symbol: str) -> Decimal:
        """The mark price of a symbol."""
        return self.mark[symbol]

    def move(self, symbol: str, marks: bool) -> None:
        """Wander one step: the index and the volatility, and the mark within a tick of its fair price."""
        listing = self._fair[symbol]
        start = spot(listing.underlying)
        drift = Decimal(self._random.randint(-50, 50)) / 100 + (start - self.index[listing.underlying]) / 50
        moved = self.index[listing.underlying] + drift
        self.index[listing.underlying] = moved.quantize(Decimal("0.01"))
        if marks:
            step = listing.tick_size / 10
            self.mark[symbol] = listing.fair + step * self._random.randint(-10, 10)
            self._volatility[symbol] = Decimal(self._random.randint(5500, 6500)) / 10_000

    def as_value(self, symbol: str) -> list[Any]:
        """mark, index, implied_volatility."""
        found = (self.mark[symbol], self.index_of(symbol), self._volatility[symbol])
        return [canonical(price) for price in found]
