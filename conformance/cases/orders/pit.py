"""The pit: the steps of one case about orders, by roles and not by names.

A far order is the document's plainest one: small, and away from the market. In a quiet symbol, which whoever
knows the target states, our own accounts trade with each other between the quotes of others: a level is so
many ticks above the best bid, a size so many lots.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conformance.cases.building import MAIN, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.facts import key
from conformance.cases.steps import UNSAVED, Condition, Expect, Reckoned, Saved, Send, Sourced
from conformance.codec import MISSING
from conformance.contract.model import Operation
from conformance.payloads import Hole
from conformance.trading import Status, Trading
from conformance.trading.quiet import LOT, SYMBOL, TICK

OTHER = "other"
SECOND = "second"
COMMANDS = ("order.place", "order.amend", "order.cancel", "order.read", "account.snapshot", "account.state")
Field = object


class Pit:
    """The steps of one case. Orders have names of our own, under which ids are saved."""

    def __init__(self, commander: Commander, trading: Trading) -> None:
        self.commander = commander
        self.trading = trading
        self.script: Script = commander.script()
        self.exclusive = False

    # -- who and where ------------------------------------------------------------------------------

    def join(self, session: str = MAIN, *, other: bool = False, alias: int = 0) -> None:
        """Connect as who may do all that there is to do with orders, on the first account or on another.

        ``alias``: at another address of the environment.
        """
        found = (self.trading.operation(role) for role in COMMANDS)
        who = self.commander.who(*(each for each in found if each is not None))
        who = replace(who, other_account=other) if who is not None else None
        self.script.connect(session, who=who, alias=alias)

    def quiet(self) -> None:
        """Look at the quiet symbol: levels count from its best bid. Only where nobody else trades."""
        self.exclusive = True
        self.market(MAIN, save={"bid": "market.best_bid", "ask": "market.best_ask"})

    def level(self, ticks: int) -> Field:
        """A price of the quiet symbol."""
        return Reckoned(Saved("bid"), plus=Reckoned(Hole("source", TICK), ticks))

    def lots(self, count: int) -> Field:
        """A size of the quiet symbol."""
        return Reckoned(Hole("source", LOT), count)

    def far(self, what: str, times: int = 1, plus: int = 0) -> Field:
        """So many times the price (or size) of a far order, and ``plus``."""
        usual = self.operation("order.place")
        return Reckoned(self.commander.command(usual)[self.field(f"order.place.{what}")], times, plus)

    def shown_level(self, ticks: int) -> Field:
        """A price of the quiet symbol, as a message is to show it."""
        return Reckoned(Saved("bid"), plus=Reckoned(Sourced(TICK), ticks))

    def shown_lots(self, count: int) -> Field:
        """A size of the quiet symbol, as a message is to show it."""
        return Reckoned(Sourced(LOT), count)

    def saved(self, name: str) -> Field:
        """The target's name for an order."""
        return Saved(f"{name}.id")

    # -- commands -----------------------------------------------------------------------------------

    def operation(self, role: str) -> Operation:
        """The command of this role."""
        found = self.trading.operation(role)
        assert found is not None, role
        return found

    def field(self, role: str) -> str:
        """The field of a command that a role leads to."""
        return key(self.trading.pointer(role))

    def promise(self, name: str) -> str:
        """The clause of a promise of trading, ''."""
        return self.trading.promise(name)

    def send(
        self,
        role: str,
        fields: Mapping[str, Field],
        session: str = MAIN,
        save: Mapping[str, str] = UNSAVED,
    ) -> int:
        """Send a command; ``fields`` by the last word of their roles."""
        given = {name: value for name, value in fields.items() if value is not MISSING}
        named = {self.field(f"{role}.{name}"): value for name, value in given.items()}
        operation = self.operation(role)
        whole = role in ("order.place", "market.candles")
        payload = (self.commander.command_with if whole else self.commander.bare)(operation, named)
        return self.script.send(operation, payload, session=session, save=save)

    def offer(self, name: str, session: str = MAIN, **fields: Field) -> int:
        """Send an order that is called so here; its client order id is saved."""
        save = {f"{name}.client": self.trading.pointer("order.place.client_id")}
        return self.send("order.place", fields, session, save if "client_id" not in fields else UNSAVED)

    def quote(self, name: str, side: str, level: int, lots: int, session: str = MAIN, **more: Field) -> int:
        """Send a limit order in the quiet symbol; ``time``: rest, immediate, whole."""
        time = self.meaning(f"order.time_in_force.{more.pop('time', 'rest')}")
        return self.offer(
            name,
            session,
            symbol=Hole("source", SYMBOL),
            side=self.meaning(f"order.side.{side}"),
            type=self.meaning("order.type.limit"),
            price=self.level(level),
            size=self.lots(lots),
            time_in_force=time,
            **more,
        )

    def amend(self, name: str, session: str = MAIN, **fields: Field) -> int:
        """Send an amendment of an order."""
        return self.send("order.amend", {"id": Saved(f"{name}.id"), **fields}, session)

    def about(self, role: str, name: str, by: str = "id", session: str = MAIN) -> int:
        """Cancel or read an order by the target's name for it (id), or ours (client_id)."""
        saved = Saved(f"{name}.{'id' if by == 'id' else 'client'}")
        return self.send(f"order.{role}", {by: saved}, session)

    def meaning(self, role: str) -> object:
        """The value that means this."""
        return self.trading.meaning(role)

    # -- what comes back ----------------------------------------------------------------------------

    def accepted(self, index: int, name: str, clause: str = "", **shows: Field) -> None:
        """The order was taken; it is cancelled at the end, whatever happens."""
        operation = self.operation("order.place")
        message = self.commander.taken(operation)[0]
        save = {f"{name}.id": self.trading.at(message, "id")}
        self.script.answered(index, operation, clause=clause, save=save)
        self._holds(message, shows)
        sent = self.script.steps[index]
        assert isinstance(sent, Send)
        payload = self.commander.bare(
            self.operation("order.cancel"), {self.field("order.cancel.id"): Saved(f"{name}.id")}
        )
        self.script.cleanup.append(Send(sent.session, self.operation("order.cancel").name, payload))

    def taken(self, index: int, role: str, clause: str = "", **shows: Field) -> None:
        """Any other command was taken, and its reply shows this of the order."""
        operation = self.operation(role)
        self.script.answered(index, operation, clause=clause)
        self._holds(self.commander.taken(operation)[0], shows)

    def either(self, index: int, role: str, clause: str = "") -> None:
        """Any documented reply, a refusal among them."""
        self.script.any_reply(index, self.operation(role), clause=clause)
        self._decided()

    def refused(self, index: int, promise: str, role: str = "") -> None:
        """The command was refused: with the code that plays the role, where the document tells it."""
        clause = self.promise(promise)
        code = self.meaning(f"order.refused.{role}") if role else ""
        if isinstance(code, str | int) and code != "":
            self.script.refused(index, clause, code=code)
        else:
            self.script.refused(index, clause, role="" if role else "invalid")

    def denied(self, index: int, promise: str = "untouched") -> None:
        """The command was refused, whatever the code."""
        self.script.refused(index, self.promise(promise))
        self._decided()

    def _decided(self) -> None:
        """A target that is busy has not looked at the last command: what follows would prove nothing."""
        refusals = self.script.service.rules.refusals
        self._if_refused("ne", *(refusals.of("busy") if refusals is not None else ()))

    def only(self, code: object) -> None:
        """If the last command was refused, then for this reason."""
        if isinstance(code, str | int):
            self._if_refused("eq", code)

    def _if_refused(self, op: str, *codes: str | int) -> None:
        """What holds of the code of a refusal, where the last command gets one."""
        refusals = self.script.service.rules.refusals
        waiting = self.script.steps[-1]
        assert isinstance(waiting, Expect)
        if refusals is not None:
            held = (Condition(refusals.code, op, code, of=(refusals.message,)) for code in codes)
            self.script.steps[-1] = replace(waiting, where=(*waiting.where, *held))

    def expects(
        self,
        index: int,
        role: str,
        promise: str,
        where: tuple[Condition, ...] = (),
        save: Mapping[str, str] = UNSAVED,
    ) -> None:
        """A read was answered, and its reply is so."""
        self.script.answered(index, self.operation(role), clause=self.promise(promise), save=save)
        waiting = self.script.steps[-1]
        assert isinstance(waiting, Expect)
        self.script.steps[-1] = replace(waiting, where=(*waiting.where, *where))

    def told(self, name: str, status: Status, session: str = MAIN, clause: str = "", **more: Field) -> None:
        """The account is told that the order is in this state now."""
        messages = self.trading.messages("order.update")
        if not messages or not self.promise("reported"):
            return
        at = self.trading.at(messages[0], "id"), self.trading.at(messages[0], "status")
        where = [Condition(at[0], "eq", Saved(f"{name}.id"))]
        if at[1]:
            where.append(Condition(at[1], "eq", self.meaning(f"order.status.{status.value}")))
        save = {each: self.trading.pointer(str(role)) for each, role in more.items()}
        clause = clause or self.promise("reported")
        self.script.add(Expect(session, messages[:1], clause, where=tuple(where), save=save))

    def _holds(self, message: str, shows: Mapping[str, Field]) -> None:
        waiting = self.script.steps[-1]
        assert isinstance(waiting, Expect)
        holds = []
        for name, value in shows.items():
            at = self.trading.at(message, name)
            wanted = self.meaning(f"order.status.{value.value}") if isinstance(value, Status) else value
            if at:
                holds.append(Condition(at, "eq", wanted))
        self.script.steps[-1] = replace(waiting, where=(*waiting.where, *holds))

    def saves(self, **pointers: str) -> None:
        """The last message that was waited for: save these fields of the order that it shows."""
        waiting = self.script.steps[-1]
        assert isinstance(waiting, Expect)
        save = {name: self.trading.at(waiting.messages[0], field) for name, field in pointers.items()}
        self.script.steps[-1] = replace(waiting, save={**waiting.save, **save})

    # -- reads --------------------------------------------------------------------------------------

    def asks(self, role: str, session: str = MAIN) -> int:
        """Send a read that has no fields."""
        operation = self.operation(role)
        return self.script.send(operation, self.commander.command(operation), session=session)

    def answered(self, index: int, role: str) -> None:
        """It was answered as documented."""
        self.script.answered(index, self.operation(role))

    def lists(self, session: str = MAIN) -> None:
        """Read the whole account."""
        self.answered(self.asks("account.snapshot", session), "account.snapshot")

    def stands(self, session: str = MAIN) -> None:
        """Read how the account stands."""
        if self.trading.operation("account.state") is not None:
            self.answered(self.asks("account.state", session), "account.state")

    def market(
        self, session: str = MAIN, save: Mapping[str, str] = UNSAVED, where: tuple[Condition, ...] = ()
    ) -> None:
        """Look at the market of the quiet symbol; ``save``: name -> role."""
        self.exclusive = True
        operation = self.operation("market.snapshot")
        payload = self.commander.command_with(
            operation, {self.field("market.snapshot.symbol"): Hole("source", SYMBOL)}
        )
        index = self.script.send(operation, payload, session=session)
        kept = {name: self.trading.pointer(role) for name, role in save.items()}
        self.expects(index, "market.snapshot", "traded" if where else "", where, kept)

    # -- the case -----------------------------------------------------------------------------------

    def case(self, words: str, says: str) -> Case:
        """The finished case: alone on its account, for it compares what others might move."""
        made = self.script.case(Family.COMMANDS, f"orders/{words}", says, exclusive=self.exclusive)
        return replace(made, resource=f"{self.script.service.name}/account")
