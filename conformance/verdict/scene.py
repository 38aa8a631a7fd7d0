"""What one conversation saw of a market: its messages in order, each with its stream and its symbol."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from conformance.cases.matching import Ledger, Sent
from conformance.cases.reading import Seen
from conformance.contract import Operation, find
from conformance.trading.market import Correction, Listed, Listings, Market, Named, Sight
from conformance.verdict.notes import Notes


@dataclass(frozen=True, slots=True)
class Event:
    """One message that shows something of the market. ``sound``: nothing that came on its session is in
    doubt, so that what is not there did not come."""

    session: str
    seen: Seen
    stream: object
    number: int | None
    sight: Sight
    sound: bool

    @property
    def name(self) -> str:
        """How a sentence calls it."""
        told = self.seen.names[0]
        return told if self.number is None else f"{told} {self.number} of {self.stream}"


class Scene:
    """One service's market in one conversation.

    Messages that were not ``judged``, or on which there is a finding already, are not believed: a cause is
    told once, where it shows first. ``beside`` are listings that the run knows from the target already.
    """

    def __init__(
        self, notes: Notes, ledger: Ledger, judged: Collection[int], market: Market, beside: Sequence[Listed]
    ) -> None:
        self.notes = notes
        self.ledger = ledger
        self.market = market
        self.beside = beside
        self._told: set[tuple[str, object]] = set()
        self.doubted = {each.entry for each in notes.findings} if notes.findings else set()
        self.judged = judged
        self.events = sorted(self._events(), key=lambda each: each.seen.index)

    def believed(self, seen: Seen) -> bool:
        """Whether a message may be held against others."""
        return len(seen.messages) == 1 and seen.index in self.judged and seen.index not in self.doubted

    def _sessions(self) -> Iterator[str]:
        mine = self.market.service.name
        return (name for name, service in self.ledger.services.items() if service.name == mine)

    def _events(self) -> Iterator[Event]:
        market = self.market
        for session in self._sessions():
            found: list[Seen] = []
            sound = True
            for seen in self.ledger.seen.get(session, ()):
                if self.believed(seen):
                    if market.shows(seen.messages[0].name):
                        found.append(seen)
                elif not seen.messages or any(map(market.shows, seen.names)):
                    sound = False
            for seen in found:
                name, value = seen.messages[0].name, seen.value
                stream, number = market.stream(name, value), market.number(name, value)
                yield Event(session, seen, stream, number, market.sight(name, value), sound)

    # -- what is known around them ------------------------------------------------------------------

    @cached_property
    def _subscriptions(self) -> tuple[dict[tuple[str, object], str], dict[str, list[Sent]]]:
        """(session, stream) -> its symbol, as it was subscribed to; the subscriptions of each session."""
        streams = self.market.streams
        symbol, at = self.market.pointer("stream.symbol"), streams.id.of(streams.acknowledged)
        symbols: dict[tuple[str, object], str] = {}
        sents: dict[str, list[Sent]] = {}
        for sent in self.ledger.sent.values():
            if sent.operation is None or sent.operation.name != streams.subscribe:
                continue
            if self.ledger.services[sent.session].name != self.market.service.name:
                continue
            sents.setdefault(sent.session, []).append(sent)
            for _path, found in find(sent.value, symbol) if symbol else ():
                if isinstance(found, str):
                    for stream in self._named(sent, at):
                        symbols[sent.session, stream] = found
        return symbols, sents

    def _named(self, sent: Sent, at: str) -> Iterator[object]:
        """The ids that the stream of a subscription may have: its acknowledgement says, or repeats it."""
        streams = self.market.streams
        echoed = self.ledger.echoes(sent, streams.acknowledged).get(at)
        if echoed is not None:
            yield from (each for each in echoed if isinstance(each, str | int))
            return
        for seen in self.ledger.seen.get(sent.session, ()):
            if streams.acknowledged in seen.names and self.ledger.carries(seen, sent, distinctly=True):
                yield from (found for _path, found in find(seen.value, at) if isinstance(found, str | int))
                return

    def symbol(self, event: Event) -> str:
        """The symbol of the stream that an event is of, '' of one that is of none."""
        return self._subscriptions[0].get((event.session, event.stream), "")

    def symbols(self, event: Event) -> tuple[str, ...]:
        """All symbols that an event speaks of."""
        match event.sight:
            case Correction(symbol=symbol):
                return (symbol,)
            case Named(rows=rows):
                return tuple(symbol for symbol, _row in rows)
            case Listings():
                return ()
        symbol = self.symbol(event)
        return (symbol,) if symbol else ()

    def asked(self, event: Event) -> int:
        """When (ns) the stream that begins with this snapshot was asked for; -1 where that is not known."""
        kinds = (k for k in self.market.streams.kinds if k.snapshot == event.seen.names[0])
        sents = self._subscriptions[1].get(event.session, ())
        times = [
            sent.at
            for kind in kinds
            for sent in sents
            if sent.at <= event.seen.at and _of_kind(sent.value, kind.command)
        ]
        return max(times, default=-1)

    def replies(self, operation: Operation, message: str) -> Iterator[tuple[Sent, Seen]]:
        """The commands of an operation, on any session, with the believed messages that answer them."""
        for sent in self.ledger.sent.values():
            if sent.operation is None or sent.operation.name != operation.name:
                continue
            if self.ledger.services[sent.session].name != operation.service:
                continue
            for seen in self.ledger.seen.get(sent.session, ()):
                if seen.at < sent.at or message not in seen.names or not self.believed(seen):
                    continue
                if self.ledger.carries(seen, sent, distinctly=True):
                    yield sent, seen
                    break

    # -- findings -----------------------------------------------------------------------------------

    def kept(self, *promises: str) -> None:
        """These promises were really held against something."""
        self.notes.kept(*map(self.market.promise, promises))

    def told(self, promise: str, about: object) -> bool:
        """Whether this was told already."""
        return (promise, about) in self._told

    def broken(self, promise: str, about: object, where: str, expected: str, seen: str, entry: int) -> None:
        """A promise was broken: told once of whatever it is about, and no more of that."""
        clause = self.market.promise(promise)
        if clause and (promise, about) not in self._told:
            self._told.add((promise, about))
            self.notes.broken(clause, where, expected, seen, entry=entry)


def _of_kind(command: object, stated: object) -> bool:
    """Whether a subscription is to a stream of a kind, by the constants that the kind states."""
    if not isinstance(stated, dict) and not hasattr(stated, "items"):
        return False
    for name, value in stated.items():
        if isinstance(value, str | int) and [each for _p, each in find(command, f"/{name}")] != [value]:
            return False
    return True
