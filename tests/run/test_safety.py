"""The one place where commands leave: what is let out, what is kept back, what is written down first."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache

import pytest

from conformance.cases.case import Case
from conformance.cases.catalogue import catalogue
from conformance.cases.reading import Reader, Seen
from conformance.cases.target import Credentials, Target
from conformance.codec import MESSAGEPACK
from conformance.contract import Contract, load
from conformance.conversation.guard import Leaving, Withheld
from conformance.documents.find import find
from conformance.record import Intent, IntentEnd
from conformance.run.orders import Order
from conformance.run.safety import CaseGuard, Log, Safety
from conformance.trading.bounds import UNSEEN, Market
from conformance.trading.limits import CAREFUL, FREE, Limits

KEY = Credentials("apiKey", "omn_secret", "trader", "mine", frozenset({"read", "trade"}))
TAG = "ocabcd123456"
ORDER = {
    "type": "placeOptionOrder", "request_id": 1, "client_order_id": f"{TAG}-1", "symbol": "X", "side": "buy",
    "order_type": "limit", "price": "10", "size": "2", "time_in_force": "gtc",
}  # fmt: skip
AMEND = {"type": "amendOptionOrder", "request_id": 2, "order_id": "ord-1"}


@cache
def contract() -> Contract:
    return load(find())


@cache
def cases() -> Mapping[str, Case]:
    return {case.id: case for case in catalogue(contract(), find().scenarios).cases}


RESTS = "gateway/commands/place-read-cancel"
TRADES = "gateway/commands/ioc-fills-what-it-can"


@dataclass
class Town:
    """A warden that knows one market, without any target."""

    shown: Market = field(default_factory=lambda: Market(Decimal(100), Decimal(110), Decimal(105)))

    def accounts(self) -> tuple[str, ...]:
        return ("mine",)

    def who(self, account: str) -> Credentials | None:
        return KEY

    async def market(self, account: str, symbol: str) -> Market:
        return self.shown


class Desk:
    """A safety at a target, with what was written and told in ``log``."""

    def __init__(
        self, *, trading: bool = True, exclusive: bool = False, limits: Limits = CAREFUL,
        town: Town | None = None, logged: bool = True,
    ) -> None:  # fmt: skip
        self.log: list[object] = []
        target = Target("there", {"gateway": "ws://x"}, (KEY,), exclusive, trading, limits=limits)
        log = Log(lambda intent, at: self.log.append(intent), self.log.append, self.log.append)
        self.safety = Safety(contract(), target, log if logged else None)
        self.safety.tag = TAG
        self.safety.wardens = {"gateway": town or Town()}  # type: ignore[dict-item]
        self.mine: list[Order] = []

    def admit(self, value: object, case: str = RESTS, *, operation: str = "", raw: bool = False) -> object:
        service = contract().services["gateway"]
        word = operation or (str(value["type"]) if isinstance(value, Mapping) else "")
        leaving = Leaving("main", service, service.operations.get(word), value, KEY, raw)
        return asyncio.run(self.safety.admit(cases()[case], leaving, self.mine))

    def why_not(self, value: object, case: str = RESTS) -> str:
        before = list(self.log)
        with pytest.raises(Withheld) as withheld:
            self.admit(value, case)
        assert self.log == before, "nothing is written of what does not leave"
        assert not self.mine or self.mine[-1].sent != value
        return str(withheld.value)

    def hear(self, message: Mapping[str, object]) -> None:
        self.safety.heard(contract().services["gateway"], "main", _seen(message), self.mine)


def _seen(message: Mapping[str, object]) -> Seen:
    return Reader(contract().services["gateway"]).read(0, 0, "binary", MESSAGEPACK.encode(message))


def report(kind: str = "orderAccepted", **change: object) -> dict[str, object]:
    order = {
        "order_id": "ord-1", "client_order_id": f"{TAG}-1", "symbol": "X", "side": "buy",
        "order_type": "limit", "price": "10", "size": "2", "filled_size": "0", "remaining_size": "2",
        "status": "open", "ts": 1, **change,
    }  # fmt: skip
    return {"type": kind, "request_id": 1, "order": order}


def test_nothing_that_changes_state_leaves_without_permission() -> None:
    """Whatever the case says it needs: orders, keys, and bytes that turn out to be an order."""
    desk = Desk(trading=False)
    assert "needs --allow-trading" in desk.why_not(ORDER)
    assert "needs --allow-trading" in desk.why_not({"type": "createSessionKey", "request_id": 1})
    assert "needs --allow-trading" in desk.why_not({"type": "cancelOptionOrder", "order_id": "1"})
    service = contract().services["gateway"]
    with pytest.raises(Withheld):
        asyncio.run(desk.safety.admit(None, Leaving("main", service, None, ORDER, raw=True), []))
    assert desk.admit({"type": "getMarketSnapshot", "request_id": 1, "symbol": "X"})


def test_no_derived_case_can_change_state_unnoticed() -> None:
    """Every case that sends such a command says that it needs the permission, raw bytes among them."""
    desk = Desk(trading=False)
    service = contract().services["gateway"]
    looked = 0
    for case in cases().values():
        for step in (*case.steps, *case.cleanup):
            raw = getattr(step, "raw", None)
            if case.needs.trading or not isinstance(raw, bytes) or case.service != "gateway":
                continue
            value = MESSAGEPACK.decode(raw).value
            asyncio.run(desk.safety.admit(case, Leaving("main", service, None, value, raw=True), []))
            looked += 1
    assert looked > 20


def test_an_order_is_written_down_before_it_leaves() -> None:
    """Case, credential, names and numbers; no secret. What became of it follows, once."""
    desk = Desk()
    desk.admit(ORDER)
    (intent,) = desk.log
    assert intent == Intent(
        1, 0.0, RESTS, "order.place", "placeOptionOrder", "trader", f"{TAG}-1", "", "X", "buy", "10", "2"
    )
    assert KEY.value not in repr(desk.log)
    desk.hear(report())
    desk.hear(report("orderCancelled", status="cancelled", remaining_size="0"))
    desk.safety.ended(desk.mine)
    desk.safety.ended(desk.mine)
    assert desk.log[1:] == [IntentEnd(1, "done", "ord-1", "")]


@pytest.mark.parametrize(
    ("messages", "how"),
    [
        ([], "unknown"),
        ([{"type": "error", "request_id": 1, "code": "invalid_field", "message": ""}], "refused"),
        ([{"type": "error", "request_id": 7, "code": "invalid_field", "message": ""}], "unknown"),
        ([report()], "open"),
        ([report(status="cancelled")], "done"),
        ([report(status="cancelled", filled_size="1")], "filled"),
    ],
)
def test_what_became_of_an_order_is_what_was_heard_of_it(
    messages: list[Mapping[str, object]], how: str
) -> None:
    """By its names, or by the id of the command that is refused."""
    desk = Desk(exclusive=True)
    desk.admit(ORDER)
    for message in messages:
        desk.hear(message)
    assert desk.mine[0].end().how == how


@pytest.mark.parametrize(("code", "denied"), [("rate_limited", False), ("order_not_found", True)])
def test_a_cancel_that_a_busy_target_refused_promises_nothing(code: str, *, denied: bool) -> None:
    """It has no effect: the order may work on. Any other word is one of the target on the order."""
    desk = Desk()
    desk.admit(ORDER)
    desk.hear(report())
    (order,) = desk.mine
    desk.admit({"type": "cancelOptionOrder", "request_id": 7, "order_id": "ord-1"})
    desk.hear({"type": "error", "request_id": 6, "code": code, "message": "no"})
    assert order.denied, "that was the refusal of something else"
    desk.hear({"type": "error", "request_id": 7, "code": code, "message": "no"})
    assert (order.denied, order.put_off) == (denied, not denied)


def test_orders_of_one_name_are_told_apart() -> None:
    """Two accounts may use the same name: what is told of the one order is no news of the other."""
    desk = Desk()
    desk.admit(ORDER)
    desk.hear(report())
    desk.admit({**ORDER, "request_id": 2})
    desk.hear(report(order_id="ord-2"))
    desk.hear(report("orderCancelled", order_id="ord-2", status="cancelled", remaining_size="0"))
    one, two = desk.mine
    assert [(each.id, each.over) for each in (one, two)] == [("ord-1", False), ("ord-2", True)]


def test_without_a_record_no_order_leaves() -> None:
    """A run that writes no file would leave nothing to sweep by."""
    assert "give a folder for the report" in Desk(logged=False).why_not(ORDER)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"price": "50.5"}, "a buy at 50.5 is not below 50"),
        ({"side": "sell", "price": "160"}, "a sell at 160 is not above 165"),
        ({"side": "sell", "price": "1"}, "a sell at 1 is not above 165"),
        ({"order_type": "market"}, "it takes any price"),
        ({"price": None}, "its price is no number"),
        ({"side": "BUY"}, "its side cannot be told"),
        ({"client_order_id": "mine-1"}, "does not bear the tag"),
        ({"size": "101"}, "10 times 101, more than 1000 (order_notional)"),
    ],
)
def test_what_might_trade_never_leaves_for_a_target_that_others_use(
    change: dict[str, object], why: str
) -> None:
    """No market order, none near the market, none that cannot be read, none that is not tagged."""
    assert why in Desk().why_not({**ORDER, **change})
    without = {name: value for name, value in ORDER.items() if name != "price"}
    assert "it has no price" in Desk().why_not(without)


def test_without_a_market_nothing_leaves_but_for_a_symbol_that_there_is_not() -> None:
    """What cannot be kept away from a price is not sent; where there is no market, nobody trades."""
    assert "the target gives no price" in Desk(town=Town(UNSEEN)).why_not(ORDER)
    assert Desk(town=Town(Market(unknown=True))).admit(ORDER)
    assert Desk(exclusive=True, town=Town(UNSEEN)).admit(ORDER)


def test_orders_that_may_rest_are_post_only_on_a_target_that_others_use() -> None:
    """The market may move; what a case says of it stays, and what never rests needs no such word."""
    assert Desk().admit(ORDER) == {**ORDER, "post_only": True}
    assert Desk().admit({**ORDER, "post_only": 5}) == {**ORDER, "post_only": 5}
    ioc = {**ORDER, "time_in_force": "ioc"}
    assert Desk().admit(ioc) == ioc
    assert Desk(exclusive=True).admit(ORDER) == ORDER


def test_on_a_target_of_its_own_only_a_case_that_says_so_trades() -> None:
    """The others keep away from the market there, too."""
    near = {**ORDER, "price": "110"}
    assert Desk(exclusive=True).admit(near, TRADES) == near
    assert "its case does not say that it may trade" in Desk(exclusive=True).why_not(near)
    assert "more than 1000" in Desk(exclusive=True).why_not({**near, "size": "10"}, TRADES)
    assert Desk(exclusive=True, limits=FREE).admit(near) == near


def test_a_spread_leaves_only_where_nobody_else_trades() -> None:
    """Nobody knows its market."""
    spread = {"type": "placeOptionSpreadOrder", "request_id": 1, "client_order_id": f"{TAG}-9", "legs": []}
    assert "nobody knows the market of a spread" in Desk().why_not(spread)
    assert Desk(exclusive=True).admit(spread) == spread


def test_the_number_of_orders_is_limited() -> None:
    """In the run, and at once: one that is over makes room."""
    desk = Desk(limits=replace(CAREFUL, open_orders=1, orders=2))
    desk.admit(ORDER)
    assert "more than 1 orders open at once" in desk.why_not({**ORDER, "client_order_id": f"{TAG}-2"})
    desk.hear(report("orderCancelled", status="cancelled"))
    desk.admit({**ORDER, "client_order_id": f"{TAG}-2"})
    assert "more than 2 orders in this run" in desk.why_not({**ORDER, "client_order_id": f"{TAG}-3"})


def test_an_amendment_is_held_against_the_order_that_it_amends() -> None:
    """Its new price is kept away from the market on the order's own side; its size counts."""
    desk = Desk()
    desk.admit(ORDER)
    desk.hear(report())
    assert "a buy at 60 is not below 50" in desk.why_not({**AMEND, "price": "60"})
    assert "10 times 200" in desk.why_not({**AMEND, "size": "200"})
    assert desk.admit({**AMEND, "price": "40"})


def test_an_order_that_is_not_ours_is_not_touched() -> None:
    """The account may have others, and an id of ours may be theirs by chance."""
    desk = Desk(exclusive=True)
    desk.safety.foreign["mine"] = frozenset({"ord-77", "theirs"})
    for command in (
        {**AMEND, "order_id": "ord-77"},
        {"type": "cancelOptionOrder", "client_order_id": "theirs"},
    ):
        assert "names an order that works and is not ours" in desk.why_not(command)
    assert desk.admit({"type": "cancelOptionOrder", "order_id": "ord-78"})


def test_a_stray_fill_stops_all_trading_loudly() -> None:
    """None of our orders is meant to trade where others do; cancellations still leave."""
    desk = Desk()
    desk.admit(ORDER)
    desk.hear({**report("orderUpdate", filled_size="1", status="partially_filled"), "sequence": 1, "ts": 1})
    told = [line for line in desk.log if isinstance(line, str)]
    assert len(told) == 1
    assert told[0].startswith(f"STRAY FILL: order {TAG}-1 of {RESTS} was filled (1 of X)")
    assert "trading has stopped" in desk.why_not({**ORDER, "client_order_id": f"{TAG}-2"})
    assert desk.admit({"type": "cancelOptionOrder", "order_id": "ord-1"})


def test_a_fill_is_none_of_that_where_nobody_else_trades() -> None:
    """There cases trade on purpose; nor is a fill of somebody else's order ours."""
    desk = Desk(exclusive=True)
    desk.admit(ORDER)
    desk.hear(report(filled_size="2", status="filled"))
    assert not desk.safety.stopped
    others = Desk()
    others.hear(report(client_order_id="theirs", filled_size="2", status="filled"))
    assert not others.safety.stopped


def test_two_conversations_keep_their_orders_apart() -> None:
    """What is looked for behind a case is what that case sent."""
    desk = Desk(exclusive=True)
    one, two = CaseGuard(desk.safety, cases()[RESTS]), CaseGuard(desk.safety, cases()[TRADES])
    service = contract().services["gateway"]

    async def both() -> None:
        operation = service.operations["placeOptionOrder"]
        await asyncio.gather(
            one.admit(Leaving("main", service, operation, ORDER, KEY)),
            two.admit(Leaving("main", service, operation, {**ORDER, "client_order_id": f"{TAG}-2"}, KEY)),
        )

    asyncio.run(both())
    assert [each.client_id for each in one.mine] == [f"{TAG}-1"]
    assert [each.client_id for each in two.mine] == [f"{TAG}-2"]


def test_a_run_says_what_it_may_send() -> None:
    """Before the first order: the limits, and what is meant by them; nothing of the embedded reference."""
    (told,) = Desk().safety.opening()
    assert told.startswith("trading is allowed at there: at most a price times size of 1000 an order")
    assert told.endswith("post-only, and only what cannot trade")
    assert "may trade" in Desk(exclusive=True).safety.opening()[0]
    assert Desk(trading=False).safety.opening() == ()
