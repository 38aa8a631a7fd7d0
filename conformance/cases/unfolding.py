"""Unfolds the moves of a sequence: what was saved of two accounts, and of the market -> the steps behind.

Pure: a conversation asks it live, and the verdict again with what the conversation says that it knew then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from conformance.cases.building import Script
from conformance.cases.case import Case
from conformance.cases.commanding import Commander
from conformance.cases.facts import key
from conformance.cases.moving import Moving
from conformance.cases.showing import Ground
from conformance.cases.steps import Condition, Expect, Moves, Step
from conformance.codec import MISSING
from conformance.contract import find
from conformance.contract.model import Service
from conformance.trading.draw import Drawn
from conformance.trading.oracle import Oracle
from conformance.trading.quiet import LOT, SYMBOL, TICK
from conformance.trading.roles import Side, Trading, number
from conformance.trading.sequence import ACCOUNTS, Act, Move, Sequence

SNAPSHOT = ("sequence", "orders", "positions")
MARKET = ("bid", "ask")
LEAST_LEVELS = 3
MOST_LEVELLED = 1000
WAYS = ("trading", "connections")


class Unfit(Exception):
    """The sequence cannot be played as things stand; the text says why."""


def saved_of(account: str) -> tuple[str, ...]:
    """The names under which the snapshot of an account is saved."""
    return tuple(f"{account}.{what}" for what in SNAPSHOT)


def snapshot_saves(trading: Trading, account: str) -> Mapping[str, str]:
    """What is saved of the reply to an account snapshot."""
    roles = ("account.snapshot.sequence", "account.orders", "account.positions")
    found = zip(saved_of(account), map(trading.pointer, roles), strict=True)
    return {name: at for name, at in found if at}


def sequence_of(moves: Moves) -> Sequence:
    """The sequence of a step. Raises Unfit where there is none."""
    drawn = moves.drawn
    found = drawn.sequence if isinstance(drawn, Drawn) else drawn
    if not isinstance(found, Sequence):
        raise Unfit(f"no sequence was found that puts {getattr(drawn, 'theme', 'anything')} to the test")
    return found


def promises_of(service: Service) -> frozenset[str]:
    """The names of the promises that a document makes of orders and of connections."""
    named = (each.split("/", 1) for each in service.rules.clauses if "/" in each)
    return frozenset(name for group, name in named if group in WAYS)


def known_to(step: Moves, saved: Mapping[str, object]) -> dict[str, object]:
    """What the steps behind it follow from."""
    return {name: saved[name] for name in step.known if name in saved}


def unfolded(commander: Commander, case: Case, known: Mapping[str, object]) -> Case:
    """The case with the steps behind its last, which are ``Moves``. Raises Unfit."""
    last = case.steps[-1]
    trading = Trading.of(commander.service)
    assert isinstance(last, Moves)
    assert trading is not None
    script = Script(commander.contract, commander.service)
    script.steps = list(case.steps)
    script.cleanup = list(case.cleanup)
    if last.begun:
        _play(commander, trading, script, last, known)
    else:
        script.add(*_begin(commander, trading, script, last, known))
    return replace(case, steps=tuple(script.steps), cleanup=tuple(script.cleanup))


# -- before the sequence ----------------------------------------------------------------------------


def _begin(
    commander: Commander, trading: Trading, script: Script, moves: Moves, known: Mapping[str, object]
) -> tuple[Step, ...]:
    """Cancels what works in the symbol, and looks at its market."""
    sequence_of(moves)
    symbol = known.get(f"${SYMBOL}", MISSING)
    cancel, snapshot = trading.operation("order.cancel"), trading.operation("account.snapshot")
    assert cancel is not None
    assert snapshot is not None
    clause = script.service.rules.clauses.get("trading/cancels", "")
    for account in ACCOUNTS:
        left = _working(trading, known.get(f"{account}.orders"), symbol)
        for order in left:
            payload = commander.command_with(cancel, {key(trading.pointer("order.cancel.id")): order})
            script.answered(script.send(cancel, payload, session=account), cancel, clause=clause)
            waiting = script.steps[-1]
            assert isinstance(waiting, Expect)
            at = trading.at(waiting.messages[0], "status")
            ended = Condition(at, "eq", trading.meaning("order.status.cancelled"), clause=clause)
            script.steps[-1] = replace(
                waiting, where=(*waiting.where, ended) if at and clause else waiting.where
            )
        if left:
            index = script.send(snapshot, commander.command(snapshot), session=account)
            script.answered(index, snapshot, save=snapshot_saves(trading, account))
    market, at = trading.operation("market.snapshot"), trading.pointer("market.snapshot.symbol")
    assert market is not None
    index = script.send(market, commander.command_with(market, {key(at): symbol}), session=ACCOUNTS[0])
    roles = zip(MARKET, ("market.best_bid", "market.best_ask"), strict=True)
    script.answered(index, market, save={name: trading.pointer(role) for name, role in roles})
    return (replace(moves, begun=True, known=(*moves.known, *MARKET)),)


def _working(trading: Trading, orders: object, symbol: object) -> tuple[str, ...]:
    """The ids of the orders that a snapshot lists in a symbol."""
    at, of = trading.field("id"), trading.field("symbol")
    every = find(orders, "/*") if isinstance(orders, list | tuple) else []
    mine = [each for _, each in every if any(found == symbol for _, found in find(each, of))]
    return tuple(str(found) for each in mine for _, found in find(each, at))


# -- the sequence -----------------------------------------------------------------------------------


def _play(
    commander: Commander, trading: Trading, script: Script, moves: Moves, known: Mapping[str, object]
) -> None:
    symbol = known.get(f"${SYMBOL}", MISSING)
    bid, ask, tick, lot = (known.get(name) for name in (*MARKET, f"${TICK}", f"${LOT}"))
    steps = [number(each) for each in (bid, ask, tick, lot)]
    if None in steps:
        raise Unfit(f"nobody quotes both sides of {symbol}, or what its tick and lot are is not known")
    low, high, step, least = (each or Decimal(0) for each in steps)
    levels = int((high - low) / step) - 1 if step > 0 else 0
    if levels < LEAST_LEVELS or least <= 0:
        raise Unfit(f"{symbol} is quoted too narrowly: {max(levels, 0)} prices lie between {bid} and {ask}")
    ground = Ground(symbol, bid, tick, lot)
    numbers = [_count(known.get(f"{account}.sequence")) for account in ACCOUNTS]
    moving = Moving(commander, trading, script, ground, numbers)
    promises = promises_of(script.service)
    held = [_held(trading, known.get(f"{each}.positions"), symbol, least) for each in ACCOUNTS]
    positions = (held[0], held[1])
    levelling = _levelling(positions)
    if levelling:
        oracle = Oracle(promises, levels, positions)
        moving.play(oracle, levelling, "before ")
        positions = (oracle.positions[0], oracle.positions[1])
    oracle = Oracle(promises, levels, positions)
    moving.play(oracle, sequence_of(moves).moves, "")
    moving.end(oracle)


def _levelling(positions: tuple[int, int]) -> tuple[Move, ...]:
    """The trade between the two that brings them to where they hold nothing, as far as they can."""
    lots = min(map(abs, positions))
    if positions[0] * positions[1] >= 0 or lots > MOST_LEVELLED:
        return ()
    long = 0 if positions[0] > 0 else 1
    return (
        Move(Act.PLACE, long, Side.SELL, 1, lots),
        Move(Act.PLACE, 1 - long, Side.BUY, 1, lots),
    )


def _held(trading: Trading, positions: object, symbol: object, lot: Decimal) -> int:
    """The lots that an account holds of a symbol, below 0 when it is short."""
    at, of = (
        trading.pointer(f"account.positions.{name}").removeprefix(trading.pointer("account.positions") + "/*")
        for name in ("size", "symbol")
    )
    every = find(positions, "/*") if isinstance(positions, list | tuple) else []
    for _, each in every:
        if any(found == symbol for _, found in find(each, of)):
            sizes = [number(found) for _, found in find(each, at)]
            if sizes and sizes[0] is not None and sizes[0] % lot == 0:
                return int(sizes[0] / lot)
            raise Unfit(f"what is held of {symbol} is no number of lots")
    return 0


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
