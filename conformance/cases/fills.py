"""Fills: how long behind the update of an order its trade comes on the stream, often enough to tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.cases.case import Case
from conformance.cases.commanding import Commander
from conformance.cases.market_stage import Stage, kind_of
from conformance.cases.orders.pit import OTHER
from conformance.cases.orders.stories import PLAIN, QUIET, USUAL
from conformance.contract.rules import StreamKind
from conformance.trading import Status, Trading
from conformance.trading.market import Market

TIMES = 20
"""How often two accounts trade with each other."""


def fill_cases(commanders: Mapping[str, Commander]) -> Iterator[Case]:
    """The cases of all services in whose documents orders trade, and trades are told on a stream."""
    for commander in commanders.values():
        market = Market.of(commander.service)
        tape = kind_of(market, "trade.report") if market is not None else None
        if market is None or tape is None or not market.promise("traded"):
            continue
        for other in commanders.values():
            trading = Trading.of(other.service)
            if trading is None or other.service.rules.refusals is None:
                continue
            if not trading.lacks(*USUAL, *PLAIN, *QUIET, "order.update"):
                yield _fills(commander, market, tape, (other, trading))
                break


def _fills(commander: Commander, market: Market, tape: StreamKind, beside: tuple[Commander, Trading]) -> Case:
    """One order that rests, and is taken lot by lot: each trade is told before the next is made."""
    stage = Stage(commander, market, "traded", beside)
    pit = stage.pit
    stage.alone(tape)
    pit.accepted(pit.quote("order", "sell", 2, TIMES), "order")
    for number in range(1, TIMES + 1):
        name = f"taker-{number}"
        pit.accepted(pit.quote(name, "buy", 2, 1, OTHER, time="immediate"), name)
        pit.script.cleanup.pop()  # it never rests
        pit.told(name, Status.FILLED, OTHER)
        stage.event(tape)
    pit.told("order", Status.FILLED)
    return stage.case("fills", f"{TIMES} fills of an order are told on the stream of trades, each once.")
