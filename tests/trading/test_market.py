"""The market roles of the shipped documents, and of one that gives or promises less."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType

from conformance.contract.loading import load
from conformance.contract.model import Service
from conformance.trading.market import Book, Correction, Listed, Listings, Market, Named, Priced, Tape, Traded
from conformance.trading.roles import Side

ROW = ["X", "U", 9, "100", "call", "0.5", "0.1", "open"]
TRADE = ["t-1", "5", "0.1", "sell", 7]


@cache
def services() -> dict[str, Service]:
    return dict(load().services)


def market(without: str = "") -> Market:
    service = services()["market-data"]
    roles = {name: each for name, each in service.rules.roles.items() if name != without}
    rules = replace(service.rules, roles=MappingProxyType(roles))
    made = Market.of(replace(service, rules=rules))
    assert made is not None
    return made


def test_a_message_shows_what_the_roles_say() -> None:
    """Every kind of it, with its stream and its number."""
    known = market()
    book = ["orderbook_snapshot", "orderbook:X", 4, 1, [["5", "1"]], [["6", "2"], ["7", "3"]]]
    assert known.sight("OrderbookSnapshotEvent", book) == Book((("5", "1"),), (("6", "2"), ("7", "3")))
    assert known.stream("OrderbookSnapshotEvent", book) == "orderbook:X"
    assert known.number("OrderbookSnapshotEvent", book) == 4
    trade = Traded("t-1", "5", "0.1", Side.SELL, 7)
    assert known.sight("TradeEvent", ["trade", "trades:X", 1, TRADE]) == Tape((trade,), whole=False)
    snapshot = ["trades_snapshot", "trades:X", 1, 1, [TRADE, TRADE]]
    assert known.sight("TradesSnapshotEvent", snapshot) == Tape((trade, trade), whole=True)
    listed = Listed("X", "0.5", "0.1", 9, "open", ROW)
    update = ["listings_update", "listings", 1, 1, [ROW]]
    assert known.sight("ListingsUpdateEvent", update) == Listings((listed,), whole=False)
    whole = ["listings_snapshot", "listings", 1, 1, [ROW]]
    assert known.sight("ListingsSnapshotEvent", whole) == Listings((listed,), whole=True)
    price = ["price", "prices:X", 1, 1, "5", "6", "0.5"]
    assert known.sight("PriceUpdateEvent", price) == Priced("5")
    correction = ["settlement_correction", "corrections", 1, 8, "X", "5", "6", "late"]
    assert known.sight("SettlementCorrectionEvent", correction) == Correction("X", "5", "6", 8)
    origin = ["provenance_update", "provenance", 1, 1, [["X", "a", "b", 1], ["Y", "a", "b", 1]]]
    rows = (("X", ["X", "a", "b", 1]), ("Y", ["Y", "a", "b", 1]))
    assert known.sight("ProvenanceUpdateEvent", origin) == Named(rows, whole=False)
    assert known.sight("ProvenanceSnapshotEvent", origin) == Named(rows, whole=True)
    assert not known.shows("PongEvent")


def test_without_a_role_it_shows_less() -> None:
    """Messages that nothing leads to show nothing; a column that is not told is nothing."""
    assert not market("trade.report").shows("TradeEvent")
    assert market("trade.report").shows("OrderbookSnapshotEvent")
    sight = market("trade.side").sight("TradeEvent", ["trade", "trades:X", 1, TRADE])
    assert sight == Tape((Traded("t-1", "5", "0.1", None, 7),), whole=False)


def test_a_row_is_a_part_of_its_message() -> None:
    """A message that is about one symbol has its own number and time: it is no row."""
    service = services()["market-data"]
    alone = {"provenance.symbol": ("ProvenanceUpdateEvent#/0",)}
    rules = replace(service.rules, roles=MappingProxyType({**service.rules.roles, **alone}))
    known = Market(replace(service, rules=rules))
    assert known.sight("ProvenanceUpdateEvent", ["X", 1]) == Named((("X", None),), whole=False)


def test_what_a_source_gives_is_a_listing() -> None:
    """By the places that its values stand in, whatever they are called."""
    values = {"symbol": "X", "tick_size": "0.5", "lot_size": "0.1"}
    assert market().listing(values) == Listed("X", "0.5", "0.1")
    assert market().listing({"now": 3}) is None


def test_a_document_that_promises_nothing_of_a_market_has_none() -> None:
    """The gateway has roles of a market, and promises nothing of it."""
    assert Market.of(services()["gateway"]) is None
