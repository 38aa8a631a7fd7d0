"""A sequence as steps: what the oracle says of each move becomes commands and expectations."""

from __future__ import annotations

from dataclasses import replace

from conformance.cases.building import Script
from conformance.cases.commanding import Commander
from conformance.cases.facts import key, refusal_code
from conformance.cases.showing import Ground, Showing
from conformance.cases.steps import As, Condition, Disconnect, Expect, Saved, Send
from conformance.codec import MISSING
from conformance.trading.matching import Order, Update
from conformance.trading.oracle import Oracle, Outcome
from conformance.trading.roles import Trading
from conformance.trading.sequence import ACCOUNTS, Act, Move

REFUSALS = {
    "unique": "order.refused.duplicate",
    "post_only": "order.refused.crosses",
    "reduce_only": "order.refused.increases",
    "known": "order.refused.unknown",
}
"""Promise -> the role of the code by which a command that it forbids is refused."""

INVALID = "invalid"
TOLD_LATER = ("immediate", "whole", "self_match")
"""What ends an order at once: it is asked for, lest a change that never comes had to be waited for."""


class Moving:
    """The steps of one sequence, in the making. ``numbers``: of the last update of each account."""

    def __init__(
        self,
        commander: Commander,
        trading: Trading,
        script: Script,
        ground: Ground,
        numbers: list[int | None],
    ) -> None:
        self.commander = commander
        self.trading = trading
        self.script = script
        self.ground = ground
        self.showing = Showing(trading, script.service, ground)
        self.numbers = numbers
        self.sessions = list(ACCOUNTS)

    def play(self, oracle: Oracle, moves: tuple[Move, ...], prefix: str) -> None:
        """Add the steps of these moves, and of the end of what works behind them."""
        self.showing.prefix = prefix
        for move in moves:
            outcome = oracle.play(move)
            if outcome is not None:
                self._move(oracle, move, outcome)

    def end(self, oracle: Oracle) -> None:
        """Both accounts say what they have, and what works is cancelled."""
        for account in range(len(ACCOUNTS)):
            self._asked("account.snapshot", account)
        for order in oracle.working():
            move = Move(Act.CANCEL, order.account, order=order.number)
            outcome = oracle.play(move)
            if outcome is not None:
                self._move(oracle, move, outcome)

    # -- moves --------------------------------------------------------------------------------------

    def _move(self, oracle: Oracle, move: Move, outcome: Outcome) -> None:
        match move.act:
            case Act.PLACE:
                self._placed(move, outcome, len(oracle.orders))
            case Act.AMEND | Act.CANCEL | Act.READ:
                self._about(move, outcome)
            case Act.LIST:
                self._asked("account.snapshot", move.account)
            case Act.STATE:
                self._asked("account.state", move.account)
            case Act.MARKET:
                self._looked(move.account)
            case Act.RECONNECT:
                self._reconnected(move.account)
        ended = [each for each in outcome.updates if each.why in TOLD_LATER]
        for update in ended:
            self._about(Move(Act.READ, update.order.account, order=update.order.number), _shown(update.order))
        for update in outcome.updates:
            self._told(update)

    def _placed(self, move: Move, outcome: Outcome, number: int) -> None:
        meaning, trading = self.trading.meaning, self.trading
        at_market = move.level is None
        values = {
            "symbol": self.ground.symbol,
            "side": meaning(f"order.side.{move.side.value}"),
            "type": meaning("order.type.market" if at_market else "order.type.limit"),
            "price": MISSING if move.level is None else self.ground.price(move.level),
            "size": self.ground.size(move.lots),
            "time_in_force": meaning(f"order.time_in_force.{move.time.value}"),
            "post_only": move.post_only or MISSING,
            "reduce_only": move.reduce_only or MISSING,
            "client_id": Saved(self.showing.name(move.order, "client")) if move.order else MISSING,
        }
        fields = {
            key(trading.pointer(f"order.place.{name}")): value
            for name, value in values.items()
            if value is not MISSING and trading.pointer(f"order.place.{name}")
        }
        operation = trading.operation("order.place")
        assert operation is not None
        payload = self.commander.command_with(operation, fields)
        save = {self.showing.name(number, "client"): trading.pointer("order.place.client_id")}
        index = self.script.send(operation, payload, session=self.sessions[move.account], save=save)
        self._replied(index, "order.place", move.account, outcome, number)

    def _about(self, move: Move, outcome: Outcome) -> None:
        role = f"order.{move.act.value}"
        trading, operation = self.trading, self.trading.operation(role)
        assert operation is not None
        named = "client_id" if move.by_client_id else "id"
        saved = Saved(self.showing.name(move.order, "client" if move.by_client_id else "id"))
        fields: dict[str, object] = {key(trading.pointer(f"{role}.{named}")): saved}
        if move.lots:
            fields[key(trading.pointer(f"{role}.size"))] = self.ground.size(move.lots)
        if move.level is not None:
            fields[key(trading.pointer(f"{role}.price"))] = self.ground.price(move.level)
        payload = self.commander.bare(operation, fields)
        index = self.script.send(operation, payload, session=self.sessions[move.account])
        self._replied(index, role, move.account, outcome, move.order)

    def _replied(self, index: int, role: str, account: int, outcome: Outcome, number: int) -> None:
        operation = self.trading.operation(role)
        assert operation is not None
        if outcome.refused:
            self._refused(index, outcome.refused)
            return
        order = outcome.order
        save: dict[str, str] = {}
        if role == "order.place":
            message = operation.replies[0]
            save = {self.showing.name(number, "id"): self.trading.at(message, "id")}
            self._cleaned(account, number)
        self.script.answered(
            index, operation, clause=self.showing.promise(outcome.why or "reported"), save=save
        )
        waiting = self.script.steps[-1]
        assert isinstance(waiting, Expect)
        where: list[Condition] = []
        for message in waiting.messages:
            where += self.showing.order(message, order, role) if order is not None else []
        self.script.steps[-1] = replace(waiting, where=(*waiting.where, *where))

    def _refused(self, index: int, promises: tuple[str, ...]) -> None:
        service = self.script.service
        codes = tuple(
            refusal_code(service, INVALID) if each not in REFUSALS else self.trading.meaning(REFUSALS[each])
            for each in promises
        )
        self.script.refused(index, self.showing.promise(promises[0]))
        waiting = self.script.steps[-1]
        refusals = service.rules.refusals
        assert isinstance(waiting, Expect)
        assert refusals is not None
        if all(code not in (MISSING, "") for code in codes):
            told = (
                Condition(refusals.code, "among", codes)
                if codes[1:]
                else Condition(refusals.code, "eq", codes[0])
            )
            self.script.steps[-1] = replace(waiting, where=(told,))

    def _cleaned(self, account: int, number: int) -> None:
        """What a conversation that ends early leaves is cancelled on whichever connection is open then."""
        operation = self.trading.operation("order.cancel")
        if operation is not None:
            fields = {key(self.trading.pointer("order.cancel.id")): Saved(self.showing.name(number, "id"))}
            payload = self.commander.command_with(operation, fields)
            self.script.cleanup.append(Send(self.sessions[account], operation.name, payload))

    # -- reads --------------------------------------------------------------------------------------

    def _asked(self, role: str, account: int) -> None:
        operation = self.trading.operation(role)
        if operation is None:
            return
        session = self.sessions[account]
        index = self.script.send(operation, self.commander.command(operation), session=session)
        clause, at = self.showing.promise("current"), self.trading.pointer(f"{role}.sequence")
        self.script.answered(index, operation)
        number = self.numbers[account]
        waiting = self.script.steps[-1]
        assert isinstance(waiting, Expect)
        if clause and at and number is not None:
            where = (*waiting.where, Condition(at, "eq", number, clause=clause))
            self.script.steps[-1] = replace(waiting, where=where)

    def _looked(self, account: int) -> None:
        operation, at = (
            self.trading.operation("market.snapshot"),
            self.trading.pointer("market.snapshot.symbol"),
        )
        if operation is not None and at:
            payload = self.commander.command_with(operation, {key(at): self.ground.symbol})
            self.script.answered(
                self.script.send(operation, payload, session=self.sessions[account]), operation
            )

    def _reconnected(self, account: int) -> None:
        self.script.add(Disconnect(self.sessions[account]))
        before = self.sessions[account]
        name, _, times = before.partition("-")
        self.sessions[account] = f"{name}-{int(times or 1) + 1}"
        self.script.connect(self.sessions[account], who=who(self.commander, self.trading, account))
        known = [
            each.payload for each in self.script.cleanup if isinstance(each, Send) and each.session == before
        ]
        cancel = self.trading.operation("order.cancel")
        if cancel is not None:
            self.script.cleanup += [Send(self.sessions[account], cancel.name, each) for each in known]

    # -- what is told -------------------------------------------------------------------------------

    def _told(self, update: Update) -> None:
        """The change of an order reaches the connection of its account, with the next number."""
        account = update.order.account
        number = self.numbers[account]
        if number is not None:
            number = self.numbers[account] = number + 1
        expected = self.showing.update(self.sessions[account], update, number)
        if expected is not None:
            self.script.add(expected)


def _shown(order: Order) -> Outcome:
    return Outcome(order, why=order.why)


def who(commander: Commander, trading: Trading, account: int) -> As | None:
    """Who plays an account: whoever may do all that a sequence does."""
    roles = ("order.place", "order.amend", "order.cancel", "order.read", "account.snapshot", "account.state")
    found = (trading.operation(role) for role in roles)
    one = commander.who(*(each for each in found if each is not None))
    return replace(one, other_account=account > 0) if one is not None else None
