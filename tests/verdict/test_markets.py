"""Markets judged from transcripts: what one message says of a symbol, held against all the others."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

from conformance.cases.case import Case, Family, Needs
from conformance.cases.reading import codec_of
from conformance.cases.steps import Connect, Send, Step
from conformance.contract import Contract, Level, Provenance, load
from conformance.transcript import Direction, Entry, Frame, Mark, Transcript
from conformance.verdict import Judge, Tolerances, Verdict

MS = 1_000_000
TODAY = 1_795_359_600_000
LONG_MS = 1300
"""Longer than an event may be behind the clock, and the tolerance."""
MARKET, LATER, MAIN, OTHER = "market", "later", "main", "other"
SERVICES = {MARKET: "market-data", LATER: "market-data", MAIN: "gateway", OTHER: "gateway"}
ROW = ["X", "U", TODAY + 900, "100", "call", "0.5", "0.1", "open"]
GONE = ["Z", "U", TODAY + 50, "100", "call", "0.5", "0.1", "expired"]
Value = Any


@cache
def contract() -> Contract:
    return load()


class Scene:
    """A conversation in the making: connections are open, what is sent and heard follows."""

    def __init__(self, **values: object) -> None:
        self.steps: list[Step] = [Connect(session, service) for session, service in SERVICES.items()]
        self.entries: list[Entry] = []
        for step, session in enumerate(SERVICES):
            self.entries.append(Mark("step", 0, session, step))
            self.entries.append(Mark("connecting", 0, session))
            self.entries.append(Mark("connected", 0, session, data={"status": 101}))
        quiet = {"quiet_symbol": "X", "quiet_tick_size": "0.5", "quiet_lot_size": "0.1"}
        beside = {"symbol": "X", "tick_size": "0.5", "lot_size": "0.1"}
        self.entries.append(Mark("values", 0, data={"values": {**quiet, **values}, "beside": beside}))
        self._at = 0
        self._asked = 0

    def sent(self, session: str, operation: str, value: Value) -> Scene:
        """A command leaves."""
        self._at += 1
        self.entries.append(Mark("step", self._at * MS, session, len(self.steps)))
        self._frame(session, Direction.SENT, value)
        self.steps.append(Send(session, operation, value))
        return self

    def heard(self, session: str, *values: Value) -> Scene:
        """Messages come, one by one."""
        for value in values:
            self._at += 1
            self._frame(session, Direction.RECEIVED, value)
        return self

    def passes(self, milliseconds: int) -> Scene:
        """Nothing happens."""
        self._at += milliseconds
        return self

    def _frame(self, session: str, direction: Direction, value: Value) -> None:
        data = codec_of(contract().services[SERVICES[session]]).encode(value)
        self.entries.append(Frame(session, direction, "binary", data, self._at * MS))

    # -- in the words of the shipped documents -------------------------------------------------------

    def subscribes(self, channel: str, session: str = MARKET, symbol: str = "X") -> Scene:
        """A subscription, and its acknowledgement."""
        whole = channel in ("listings", "provenance", "corrections")
        command = {"type": "subscribe", "channel": channel} | ({} if whole else {"symbol": symbol})
        self.sent(session, "subscribe", command)
        return self.heard(session, ["subscribed", channel if whole else f"{channel}:{symbol}"])

    def book(self, number: int, bids: Value = (), asks: Value = (), session: str = MARKET) -> Scene:
        levels = [[list(each) for each in side] for side in (bids, asks)]
        return self.heard(session, ["orderbook_snapshot", "orderbook:X", number, TODAY, *levels])

    def tape(self, number: int, *trades: Value, session: str = MARKET) -> Scene:
        return self.heard(session, ["trades_snapshot", "trades:X", number, TODAY, list(trades)])

    def trade(self, number: int, trade: Value, session: str = MARKET) -> Scene:
        return self.heard(session, ["trade", "trades:X", number, trade])

    def listings(self, *rows: Value, session: str = MARKET) -> Scene:
        self.subscribes("listings", session)
        return self.heard(session, ["listings_snapshot", "listings", 1, TODAY, list(rows)])

    def correction(self, number: int, before: str, after: str, symbol: str = "Z", late: int = 60) -> Scene:
        said = [TODAY + late, symbol, before, after, "late"]
        return self.heard(MARKET, ["settlement_correction", "corrections", number, *said])

    def reads(self, book: int, bid: str | None, ask: str | None, mark: str = "7") -> Scene:
        self._asked += 1
        name = {"request_id": self._asked}
        self.sent(MAIN, "getMarketSnapshot", {"type": "getMarketSnapshot", **name, "symbol": "X"})
        told = {"symbol": "X", "mark_price": mark, "index_price": "9", "best_bid": bid, "best_ask": ask}
        name |= {"book_sequence": book, "ts": TODAY}
        return self.heard(MAIN, {"type": "marketSnapshot", **name, **told})

    def places(self, name: str, side: str, size: str, tif: str = "gtc", session: str = MAIN) -> Scene:
        """An order at 6, taken."""
        self._asked += 1
        command = {"type": "placeOptionOrder", "request_id": self._asked, **_order(name, side, size, tif)}
        self.sent(session, "placeOptionOrder", command)
        return self.heard(
            session, {"type": "orderAccepted", "request_id": self._asked, "order": _shown(name, side, size)}
        )

    def updated(self, number: int, order: Value, fill: str = "", session: str = MAIN) -> Scene:
        value = {"type": "orderUpdate", "order": order, "sequence": number, "ts": TODAY}
        return self.heard(session, value | ({"last_price": "6", "last_size": fill} if fill else {}))

    def cancels(self, name: str, order: Value) -> Scene:
        self._asked += 1
        asked = {"type": "cancelOptionOrder", "request_id": self._asked, "order_id": f"o-{name}"}
        self.sent(MAIN, "cancelOptionOrder", asked)
        return self.heard(MAIN, {"type": "orderCancelled", "request_id": self._asked, "order": order})

    # -- what comes of it ----------------------------------------------------------------------------

    def verdict(self, *claims: str, exclusive: bool = True, promising: Contract | None = None) -> Verdict:
        known = promising or contract()
        case = Case(
            id="market-data/streams/test",
            family=Family.STREAMS,
            service="market-data",
            says="A test.",
            clauses=tuple(f"market-data/market/{claim}" for claim in claims),
            level=Level.MUST,
            provenance=Provenance.ASSUMED,
            steps=tuple(self.steps),
            needs=Needs(("market-data", "gateway"), exclusive=exclusive),
        )
        judge = Judge(known, known.clauses, Tolerances(100))
        return judge.judge(case, Transcript(case.id, tuple(self.entries)))

    def wrong(self, **more: Any) -> list[tuple[str, str, str]]:
        """(promise, expected, seen) of each finding."""
        found = self.verdict(**more).findings
        return [(each.clause.rpartition("/")[2], each.expected, each.seen) for each in found]

    def held(self, promise: str, **more: Any) -> bool:
        """Whether a promise was put to the test."""
        return f"market-data/market/{promise}" in self.verdict(**more).exercised


def _order(name: str, side: str, size: str, tif: str) -> Value:
    more = {"order_type": "limit", "price": "6", "size": size, "time_in_force": tif}
    return {"client_order_id": name, "symbol": "X", "side": side, **more}


def _shown(
    name: str, side: str, size: str, filled: str = "0", remaining: str = "", status: str = "open"
) -> Value:
    sizes = {"size": size, "filled_size": filled, "remaining_size": remaining or size}
    what = {"symbol": "X", "side": side, "order_type": "limit", "price": "6"}
    return {"order_id": f"o-{name}", "client_order_id": name, **what, **sizes, "status": status, "ts": TODAY}


def done(name: str, side: str, size: str, status: str = "filled", filled: str = "") -> Value:
    return _shown(name, side, size, filled or size, "0", status)


def trade(name: str, price: str = "6", size: str = "0.1", side: str = "buy") -> Value:
    return [name, price, size, side, TODAY]


# -- tick and lot -----------------------------------------------------------------------------------


def test_prices_and_sizes_are_on_the_grid_of_their_listing() -> None:
    """As the run knows it, or as the conversation was told; exactly, and told once of a stream."""
    scene = Scene().subscribes("orderbook").book(1, [("5.25", "0.1")], [("6", "0.15")])
    expected = "a multiple of 0.5, the tick of X"
    assert scene.book(2, [("5.25", "0.1")]).wrong() == [("grid", expected, "5.25")]
    assert Scene().subscribes("orderbook").book(1, [("5.5", "0.3")]).held("grid")
    tape = Scene().subscribes("trades").tape(1, trade("a", size="0.15"))
    assert tape.wrong() == [("grid", "a multiple of 0.1, the lot of X", "0.15")]
    other = Scene().subscribes("trades", symbol="Y")
    other.heard(MARKET, ["trades_snapshot", "trades:Y", 1, TODAY, [trade("a", price="0.3")]])
    assert not other.held("grid")
    other.listings(["Y", *ROW[1:]])
    assert other.wrong() == [("grid", "a multiple of 0.5, the tick of Y", "0.3")]


def test_a_tick_that_changed_holds_before_and_after() -> None:
    """Nobody knows which of two streams is ahead of the other."""
    scene = Scene().listings(ROW)
    scene.heard(MARKET, ["listings_update", "listings", 2, TODAY, [[*ROW[:5], "0.2", *ROW[6:]]]])
    scene.subscribes("orderbook").book(1, [("5.5", "0.1"), ("5.2", "0.1")])
    assert scene.wrong() == []
    assert scene.book(2, [("5.3", "0.1")]).wrong() == [
        ("grid", "a multiple of 0.5 or 0.2, the tick of X", "5.3")
    ]


# -- listings ---------------------------------------------------------------------------------------


def test_listings_know_of_what_was_told_before_they_were_asked_for() -> None:
    """Of what came behind the question they need not."""
    spoken = ["provenance_snapshot", "provenance", 1, TODAY, [["X", "a", "b", TODAY], ["Y", "a", "b", TODAY]]]
    before = Scene().subscribes("provenance").heard(MARKET, spoken).listings(ROW)
    assert [each[0] for each in before.wrong()] == ["listed"]
    assert before.wrong()[0][2] == "Y, which is not"
    after = Scene().listings(ROW).subscribes("provenance").heard(MARKET, spoken)
    assert after.wrong() == []
    assert after.held("listed")
    assert not Scene().subscribes("provenance").heard(MARKET, spoken).held("listed")


def test_only_what_expired_is_corrected() -> None:
    """By its status, or by when it expires."""
    scene = Scene().subscribes("corrections").correction(1, "5", "6", "X").listings(ROW, GONE)
    assert scene.wrong() == [
        (
            "settled",
            "an option that is expired",
            "one that is open, as in ListingsSnapshotEvent 1 of listings",
        )
    ]
    early = Scene().subscribes("corrections").correction(1, "5", "6", late=40).listings(GONE)
    assert [each[0] for each in early.wrong()] == ["settled"]
    right = Scene().subscribes("corrections").correction(1, "5", "6").listings(GONE)
    assert right.wrong() == []
    assert right.held("settled")


def test_a_correction_begins_with_what_the_last_one_left() -> None:
    """Unless one between them was not seen: its own clause tells of the gap."""
    scene = Scene().subscribes("corrections").correction(1, "5", "6").correction(2, "6", "7")
    assert scene.wrong() == []
    assert [each[0] for each in scene.correction(3, "6.5", "8").wrong()] == ["corrected"]
    assert Scene().subscribes("corrections").correction(1, "5", "5").wrong() == [
        ("corrected", "another price than 5, the one before", "5")
    ]
    gap = Scene().subscribes("corrections").correction(1, "5", "6").correction(3, "7", "8")
    assert [each[0] for each in gap.wrong()] == ["sequence"]


# -- trades -----------------------------------------------------------------------------------------


def test_a_later_subscriber_is_shown_what_an_earlier_one_was_told() -> None:
    """By number, on whatever connection."""
    scene = Scene().subscribes("trades").tape(1, trade("a")).trade(2, trade("b"))
    scene.subscribes("trades", LATER)
    right = [trade("a"), trade("b")]
    scene.tape(2, *right, session=LATER)
    assert scene.wrong() == []
    assert scene.held("tape")
    wrong = Scene().subscribes("trades").tape(1, trade("a")).trade(2, trade("b")).subscribes("trades", LATER)
    assert [each[0] for each in wrong.tape(2, trade("a"), session=LATER).wrong()] == ["tape"]


def test_a_gap_is_told_by_the_clause_of_numbers_alone() -> None:
    """What came on a connection with a gap is not held against the others."""
    scene = Scene().subscribes("trades").tape(1, trade("a")).trade(3, trade("b"))
    scene.subscribes("trades", LATER).tape(3, trade("a"), trade("c"), session=LATER)
    assert [each[0] for each in scene.wrong()] == ["sequence"]


# -- market snapshots -------------------------------------------------------------------------------


def test_best_prices_are_those_of_the_book_of_the_same_number() -> None:
    """Of another number nothing is known; no price is one, too."""
    scene = (
        Scene().subscribes("orderbook").book(4, [("5", "1")]).book(5, [("5.5", "1")]).reads(5, "5.5", None)
    )
    assert scene.wrong() == []
    assert scene.held("best")
    assert scene.reads(4, "5.5", None).wrong() == [
        ("best", "5, as in OrderbookSnapshotEvent 4 of orderbook:X", "5.5")
    ]
    other = Scene().subscribes("orderbook").book(4, [("5", "1")]).reads(6, "9", None)
    assert not other.held("best")


def test_a_mark_is_one_that_was_told_around_it() -> None:
    """Known are marks from before the question and behind the answer, for as long as either service may be
    behind the other: else nothing is concluded."""

    def priced(scene: Scene, number: int, mark: str) -> Scene:
        return scene.heard(MARKET, ["price", "prices:X", number, TODAY, mark, "9", "0.5"])

    def read(before_ms: int) -> Scene:
        scene = priced(Scene().subscribes("prices"), 1, "7").passes(before_ms)
        return scene.reads(1, None, None, mark="8")

    assert not read(LONG_MS).held("mark")
    assert priced(read(LONG_MS).passes(LONG_MS), 2, "8").wrong() == []
    assert priced(read(LONG_MS).passes(LONG_MS), 2, "8").held("mark")
    assert [each[0] for each in priced(read(LONG_MS).passes(LONG_MS), 2, "7.5").wrong()] == ["mark"]
    assert not priced(read(LONG_MS).passes(1000), 2, "7.5").held("mark")
    assert not priced(read(1000).passes(LONG_MS), 2, "7.5").held("mark")


# -- fills ------------------------------------------------------------------------------------------


def traded(*told: Value, fill: str = "0.1") -> Scene:
    """A sale of 0.1 rests at 6 and is taken by a buy that never rests; then these trades are told."""
    scene = Scene().subscribes("trades").tape(0).places("s", "sell", "0.1")
    scene.updated(1, _shown("s", "sell", "0.1")).places("b", "buy", "0.1", "ioc", OTHER)
    scene.updated(1, _shown("b", "buy", "0.1"), session=OTHER)
    scene.updated(2, done("b", "buy", "0.1"), fill, session=OTHER)
    scene.updated(2, done("s", "sell", "0.1"), fill)
    for number, each in enumerate(told, 1):
        scene.trade(number, each)
    return scene


def test_a_trade_is_told_as_its_orders_were_told() -> None:
    """Price, size, the side of the order that came last, and once."""
    assert traded(trade("t")).wrong() == []
    assert traded(trade("t")).held("traded")
    assert [each[::2] for each in traded(trade("t", side="sell")).wrong()] == [("traded", "sell")]
    assert [each[0] for each in traded(trade("t", size="0.2")).wrong()] == ["traded"]
    assert [each[0] for each in traded(trade("t", price="6.5")).wrong()] == ["traded"]
    assert [each[0] for each in traded(trade("t"), trade("u")).wrong()] == ["traded"]


def test_fills_that_updates_do_not_tell_of_are_reckoned() -> None:
    """From what is filled, at the price of the order that rested; who came last is not known then."""
    assert traded(trade("t"), fill="").wrong() == []
    assert traded(trade("t"), fill="").held("traded")
    assert [each[0] for each in traded(trade("t", size="0.2"), fill="").wrong()] == ["traded"]
    assert [each[0] for each in traded(trade("t"), trade("u"), fill="").wrong()] == ["traded"]


def test_others_may_trade_where_we_are_not_alone() -> None:
    """At a target of many, and while an order of ours may still trade, a trade may be anybody's."""
    assert traded(trade("t"), trade("u")).wrong(exclusive=False) == []
    open_ = traded(trade("t"), trade("u")).places("more", "sell", "0.1")
    assert open_.updated(3, _shown("more", "sell", "0.1")).wrong() == []


# -- orders that rest -------------------------------------------------------------------------------


def resting(ask: str = "6") -> Scene:
    """Between the prices of others a sale of 0.3 rests at 6, and the market snapshot of book 2 knows it."""
    scene = Scene().subscribes("orderbook").book(1, [("5", "1")], [("7", "1")]).reads(1, "5", "7")
    scene.places("s", "sell", "0.3").updated(1, _shown("s", "sell", "0.3"))
    return scene.reads(2, "5", ask)


def test_a_book_shows_what_rests() -> None:
    """All of it, and nothing else where nobody else is."""
    assert resting().book(2, [("5", "1")], [("6", "0.3"), ("7", "1")]).wrong() == []
    assert resting().book(2, [("5", "1")], [("6", "0.3"), ("7", "1")]).held("resting")
    less = resting().book(2, [("5", "1")], [("6", "0.2"), ("7", "1")])
    assert less.wrong() == [("resting", "0.3 of ours", "0.2")]
    more = resting().book(2, [("5", "1")], [("6", "0.4"), ("7", "1")])
    assert more.wrong() == [("resting", "0.3 of ours", "0.4")]
    assert more.wrong(exclusive=False) == []
    missing = resting().book(2, [("5", "1")], [("7", "1")])
    assert missing.wrong() == [("resting", "0.3 of ours", "nothing")]


def test_what_is_gone_is_gone_from_the_book() -> None:
    """What traded of it, and all of it once it was cancelled."""
    scene = resting().book(2, [("5", "1")], [("6", "0.3"), ("7", "1")])
    scene.cancels("s", done("s", "sell", "0.3", "cancelled", "0"))
    scene.updated(2, done("s", "sell", "0.3", "cancelled", "0")).reads(3, "5", "7")
    assert scene.book(3, [("5", "1")], [("6", "0.3"), ("7", "1")]).wrong() == [
        ("resting", "0 of ours", "0.3"),
    ]


def test_a_book_from_before_need_not_know_of_an_order() -> None:
    """Neither one whose number is below that of the market snapshot, nor one without such a snapshot."""
    scene = Scene().subscribes("orderbook").book(1, [("5", "1")], [("7", "1")]).reads(1, "5", "7")
    scene.places("s", "sell", "0.3").updated(1, _shown("s", "sell", "0.3"))
    scene.book(2, [("5", "1")], [("7", "1")])
    assert scene.wrong() == []
    assert not scene.held("resting")
    assert not scene.reads(4, "5", "6").book(3, [("5", "1")], [("7", "1")]).held("resting")


def test_a_book_that_is_cut_off_may_hide_an_order() -> None:
    """Where others are, a price that is worse than all that is shown, and no book ever shows more."""
    scene = resting("5.5").book(2, [("5", "1")], [("5.5", "1")])
    assert scene.wrong(exclusive=False) == []
    scene.book(3, [("5", "1")], [("5.5", "1"), ("6", "0.3")])
    assert [each[0] for each in scene.wrong(exclusive=False)] == ["resting"]


# -- what is believed -------------------------------------------------------------------------------


def test_what_breaks_its_schema_is_held_against_nothing() -> None:
    """Its own clause tells of it."""
    scene = Scene().subscribes("orderbook").book(1, [("5.250", "0.1")])
    assert [each[0] for each in scene.wrong()] == ["pattern"]


def test_what_a_document_does_not_promise_is_not_judged() -> None:
    """The same transcript, and a document that says nothing of trades and fills."""
    service = contract().services["market-data"]
    clauses = {name: each for name, each in service.rules.clauses.items() if name != "market/traded"}
    rules = replace(service.rules, clauses=MappingProxyType(clauses))
    services = {**contract().services, "market-data": replace(service, rules=rules)}
    silent = replace(contract(), services=MappingProxyType(services))
    assert traded(trade("t", side="sell")).wrong(promising=silent) == []


def test_a_finding_says_where_it_shows() -> None:
    """The message, the stream, the document; and the entry of the transcript."""
    scene = traded(trade("t", side="sell"))
    [finding] = scene.verdict("traded").findings
    assert str(finding).startswith(
        "TradeEvent 1 of trades:X side of 0.1 at 6: "
        "expected buy, the side of the order that came last, got sell (specs/market-data/asyncapi.yaml:"
    )
    assert finding.entry == len(scene.entries) - 1
