"""Faults of the positional layouts of market-data events."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference.behaviour import Behaviour, OutFrame
from conformance.reference.faults.fault import breaks

Event = list[Any]

_MONEY = "financial values are decimal or fixed-point strings, never binary floating point"
_TRADE = "`Trade` = `[trade_id, price, size, Side, ts]`"
_PRICE = '`["price", SubId, sequence, ts, mark, index, implied_volatility]`'
_TS = {"price": 3, "orderbook_snapshot": 3, "pong": 2}


class _Altered(Behaviour):
    """Alters events on their way out; a fault says which, and how."""

    def altered(self, event: Event) -> Any:
        """The event as it is sent."""
        return event

    def outgoing(self, service: str, value: Any) -> list[OutFrame]:
        if isinstance(value, list):
            value = self.altered(list(value))
        return super().outgoing(service, value)


def _with(event: Event, position: int, value: Any) -> Event:
    return [*event[:position], value, *event[position + 1 :]]


@breaks(_MONEY, "market-data/TradeEvent/trade/price/type")
class TradePricesAsFloats(_Altered):
    def altered(self, event: Event) -> Any:
        if event[0] == "trade":
            event = _with(event, 3, _with(event[3], 1, float(event[3][1])))
        return super().altered(event)


@breaks(_MONEY, "market-data/PriceUpdateEvent/index/type")
class IndexPricesAsFloats(_Altered):
    def altered(self, event: Event) -> Any:
        return super().altered(_with(event, 5, float(event[5])) if event[0] == "price" else event)


@breaks(_TRADE, "market-data/TradeEvent/trade/side/type")
class SwapsSideAndTimeOfTrades(_Altered):
    def altered(self, event: Event) -> Any:
        if event[0] == "trade":
            trade_id, price, size, side, ts = event[3]
            event = _with(event, 3, [trade_id, price, size, ts, side])
        return super().altered(event)


@breaks(_PRICE, "market-data/PriceUpdateEvent/maxItems")
class PriceEventsHaveAnExtraPosition(_Altered):
    def altered(self, event: Event) -> Any:
        return super().altered([*event, "0"] if event[0] == "price" else event)


@breaks(_PRICE, "market-data/PriceUpdateEvent/minItems")
class PriceEventsLackVolatility(_Altered):
    def altered(self, event: Event) -> Any:
        return super().altered(event[:-1] if event[0] == "price" else event)


@breaks(_PRICE, "market-data/PriceUpdateEvent/minItems")
class PriceEventsDropTheTime(_Altered):
    def altered(self, event: Event) -> Any:
        return super().altered([*event[:3], *event[4:]] if event[0] == "price" else event)


@breaks("optional means absent; nil only where `null` is listed", "market-data/PriceUpdateEvent/index/type")
class NilIndexPrices(_Altered):
    def altered(self, event: Event) -> Any:
        return super().altered(_with(event, 5, None) if event[0] == "price" else event)


@breaks("DecimalString: no trailing zeros", "market-data/PriceUpdateEvent/mark/pattern")
class PadsPricesWithZeros(_Altered):
    def altered(self, event: Event) -> Any:
        if event[0] == "price":
            event = _with(event, 4, event[4] + ("0" if "." in event[4] else ".0"))
        return super().altered(event)


@breaks("DecimalString: no exponent", "market-data/PriceUpdateEvent/mark/pattern")
class PricesWithExponents(_Altered):
    def altered(self, event: Event) -> Any:
        return super().altered(_with(event, 4, f"{float(event[4]):e}") if event[0] == "price" else event)


@breaks("`Side` is `buy` or `sell`", "market-data/TradeEvent/trade/side/enum")
class CapitalisesSides(_Altered):
    def altered(self, event: Event) -> Any:
        if event[0] == "trade":
            event = _with(event, 3, _with(event[3], 3, event[3][3].capitalize()))
        return super().altered(event)


@breaks("bin is never str", "market-data/PriceUpdateEvent/sub_id/type")
class SubIdsAsBytes(_Altered):
    def altered(self, event: Event) -> Any:
        return super().altered(_with(event, 1, event[1].encode()) if event[0] == "price" else event)


@breaks("times: unsigned integer milliseconds since the epoch", "market-data/PriceUpdateEvent/ts/type")
class TimesInSecondsAsFloats(_Altered):
    def altered(self, event: Event) -> Any:
        at = _TS.get(event[0])
        return super().altered(event if at is None else _with(event, at, event[at] / 1000))


@breaks("all integers on the wire", "market-data/PriceUpdateEvent/sequence/type")
class SequencesAsFloats(_Altered):
    def altered(self, event: Event) -> Any:
        return super().altered(_with(event, 2, float(event[2])) if event[0] == "price" else event)


@breaks("all integers on the wire", "market-data/PriceUpdateEvent/sequence/type")
class SequencesAsStrings(_Altered):
    def altered(self, event: Event) -> Any:
        return super().altered(_with(event, 2, str(event[2])) if event[0] == "price" else event)


@breaks("`OrderBookLevel` = `[price, size]`", "market-data/OrderbookSnapshotEvent/bids/each/type")
class BookLevelsAsMaps(_Altered):
    def altered(self, event: Event) -> Any:
        if event[0] == "orderbook_snapshot":
            bids = [{"price": price, "size": size} for price, size in event[4]]
            event = _with(event, 4, bids)
        return super().altered(event)


@breaks("`OrderBookLevel` = `[price, size]`", "market-data/OrderbookSnapshotEvent/asks/each/maxItems")
class BookLevelsCountOrders(_Altered):
    def altered(self, event: Event) -> Any:
        if event[0] == "orderbook_snapshot":
            event = _with(event, 5, [[*level, 1] for level in event[5]])
        return super().altered(event)


@breaks(
    '`Listing` = `[…, tick_size, lot_size, "open" or "halted" or "expired"]`',
    "market-data/ListingsSnapshotEvent/listings/each/minItems",
)
class ListingsLackTheLotSize(_Altered):
    def altered(self, event: Event) -> Any:
        if event[0] == "listings_snapshot":
            event = _with(event, 4, [[*row[:6], row[7]] for row in event[4]])
        return super().altered(event)


@breaks(
    '`Listing` = `[…, "open" or "halted" or "expired"]`',
    "market-data/ListingsSnapshotEvent/listings/each/status/enum",
)
class ListingsAreCalledActive(_Altered):
    def altered(self, event: Event) -> Any:
        if event[0] in ("listings_snapshot", "listings_update"):
            rows = [_with(row, 7, "active" if row[7] == "open" else row[7]) for row in event[4]]
            event = _with(event, 4, rows)
        return super().altered(event)


@breaks(
    "`Provenance` = `[symbol, source, source_ref, observed_ts]`",
    "market-data/ProvenanceSnapshotEvent/provenance/each/source/type",
)
class ProvenanceSwapsSourceAndTime(_Altered):
    def altered(self, event: Event) -> Any:
        if event[0] in ("provenance_snapshot", "provenance_update"):
            event = _with(event, 4, [[row[0], row[3], row[2], row[1]] for row in event[4]])
        return super().altered(event)


@breaks("`[…, previous_price, corrected_price, reason]`", "market-data/SettlementCorrectionEvent/minItems")
class CorrectionsLackTheReason(_Altered):
    def altered(self, event: Event) -> Any:
        return super().altered(event[:-1] if event[0] == "settlement_correction" else event)


@breaks("server events are MessagePack arrays in positional layouts", "market-data/PriceUpdateEvent/type")
class EventsAsMaps(_Altered):
    def altered(self, event: Event) -> Any:
        if event[0] == "price":
            names = ("type", "sub_id", "sequence", "ts", "mark", "index", "implied_volatility")
            return dict(zip(names, super().altered(event), strict=True))
        return super().altered(event)


@breaks('`["error", code, message, SubId or nil]`', "market-data/ErrorEvent/code/enum")
class ErrorsWithUnknownCodes(_Altered):
    def altered(self, event: Event) -> Any:
        return super().altered(_with(event, 1, "bad_request") if event[0] == "error" else event)


@breaks('`["pong", nonce, ts]`', "market-data/PongEvent/maxItems")
class PongsCarryALabel(_Altered):
    def altered(self, event: Event) -> Any:
        return super().altered([*event, "ok"] if event[0] == "pong" else event)
