"""What a case of a market is made of: a market's streams, and beside them a pit for orders."""

from __future__ import annotations

from conformance.cases.building import MAIN
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander, stream_id
from conformance.cases.facts import PATIENCE_MS, key
from conformance.cases.orders.pit import OTHER, Pit
from conformance.cases.steps import Condition, Expect, Idle, Saved
from conformance.cases.streams import data_messages, of_stream
from conformance.contract.rules import StreamKind
from conformance.payloads import Hole
from conformance.trading import Trading
from conformance.trading.market import Market
from conformance.trading.quiet import SYMBOL

VIEW, LATER, LAST = "market", "later", "last"


class Stage:
    """The steps of one case: a market's streams, and beside them a pit for orders where one is needed."""

    def __init__(
        self,
        commander: Commander,
        market: Market,
        promise: str,
        beside: tuple[Commander, Trading] | None = None,
    ) -> None:
        self.commander = commander
        self.market = market
        self.streams = market.streams
        self.script = commander.script()
        self.clause = market.promise(promise)
        self.script.claim(self.clause)
        self.exclusive = False
        if beside is not None:
            self.pit = Pit(*beside)
            self.pit.script.steps, self.pit.script.cleanup = self.script.steps, self.script.cleanup

    def watch(self, kind: StreamKind, session: str = VIEW, *, quiet: bool = False) -> None:
        """Subscribe, of the quiet symbol or of any, and wait for what the stream begins with."""
        payload = dict(self.commander.subscription(kind))
        if quiet:
            payload[key(self.market.pointer("stream.symbol"))] = Hole("source", SYMBOL)
        operation = self.commander.service.operations[self.streams.subscribe]
        saved = {stream_id(f"{session}.{kind.name}"): self.streams.id.of(self.streams.acknowledged)}
        self.script.answered(self.script.send(operation, payload, session=session), operation, save=saved)
        if kind.snapshot:
            self.event(kind, session, message=kind.snapshot)
        else:
            self.event(kind, session, optional=True)

    def alone(self, kind: StreamKind) -> None:
        """Two accounts in a market where nobody else trades, and one who watches.

        What others did there before may be told as late as events may be behind the clock: until then
        nothing is begun.
        """
        self.exclusive = True
        self.script.connect(VIEW)
        self.watch(kind, quiet=True)
        if self.streams.clock is not None:
            self.script.add(self.listening(kind))
        self.pit.join()
        self.pit.join(OTHER, other=True)
        self.pit.quiet()

    def listening(self, kind: StreamKind) -> Idle:
        """As long as events may be behind the clock, or the clock behind another service's."""
        within_ms = self.streams.clock.within_ms if self.streams.clock is not None else 0
        return Idle(VIEW, within_ms, kind.clauses.get("sequence", ""), "overdue")

    def event(
        self,
        kind: StreamKind,
        session: str = VIEW,
        *,
        message: str = "",
        optional: bool = False,
        ordered: bool = False,
        since: str = "",
        save: str = "",
    ) -> None:
        """Wait for a message of the stream; ``since``: for one whose number is at least that saved one;
        ``ordered``: for one behind what the session was waiting for.

        ``save`` is the name under which its number is kept.
        """
        messages = (message,) if message else kind.events
        where = of_stream(self.streams, kind, f"{session}.{kind.name}")
        number = self.streams.sequence.of(messages[0])
        if since:
            where = (*where, Condition(number, "ge", Saved(since)))
        # What only the model judges is not exercised by what merely came.
        clause = "" if optional else self.clause
        if message or since:
            clause = kind.clauses.get("snapshot-first" if message else "sequence", "")
        kept = {save: number} if save else {}
        self.script.add(
            Expect(
                session,
                messages,
                clause,
                where=where,
                save=kept,
                within_ms=PATIENCE_MS,
                optional=optional,
                ordered=ordered,
            )
        )

    def reader(self) -> None:
        """Open a connection that may ask for market snapshots."""
        who = self.pit.commander.who(self.pit.operation("market.snapshot"))
        self.pit.script.connect(MAIN, who=who)

    def read(self, symbol: object = None) -> None:
        """Ask the pit's service for the market snapshot; the number of its book is saved as ``book``."""
        pit = self.pit
        operation = pit.operation("market.snapshot")
        field = pit.field("market.snapshot.symbol")
        payload = dict(pit.commander.command(operation))
        if symbol is not None:
            payload = dict(pit.commander.command_with(operation, {field: symbol}))
        index = pit.script.send(operation, payload)
        at = pit.trading.pointer("market.book_sequence")
        pit.script.answered(index, operation, save={"book": at} if at else {})

    def case(self, words: str, says: str) -> Case:
        """The finished case."""
        return self.script.case(Family.STREAMS, f"market/{words}", says, exclusive=self.exclusive)


def kind_of(market: Market, role: str) -> StreamKind | None:
    """The kind of stream whose messages play a role."""
    owners = market.owners(role)
    return next((each for each in market.streams.kinds if set(owners) & set(data_messages(each))), None)
