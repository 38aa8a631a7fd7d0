"""The numbers of an account: updates count up by one, and every answer carries that of the last one in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from conformance.trading.contradiction import Contradiction
from conformance.trading.history import Heard, History, Numbered
from conformance.trading.roles import Side
from conformance.trading.sights import Snapshot, State, Update


@dataclass(frozen=True, slots=True)
class Deed:
    """A command for an account, and what became of it. ``kind``: place, amend, cancel, read, or '' for any
    other; ``changes``: it may change something. ``refused`` is None while nothing is known."""

    kind: str
    ear: str
    sent: int
    id: str = ""
    client_id: str = ""
    symbol: str = ""
    side: Side | None = None
    type: object = None
    price: Decimal | None = None
    size: Decimal | None = None
    changes: bool = False
    refused: bool | None = None


class Numbering:
    """What is known of an account's numbers, and all that contradicts itself so far."""

    def __init__(self, deeds: Iterable[Deed] = ()) -> None:
        self.deeds: list[Deed] = list(deeds)
        self.contradictions: list[Contradiction] = []
        self.compared: set[str] = set()
        self.history = History()
        self._answers: list[Numbered] = []
        self._last: dict[str, int] = {}
        self._arrived: dict[str, list[tuple[int, int]]] = {}
        self._blind: dict[str, int] = {}
        self._accused: set[str] = set()

    def lost(self, ear: str, at: int) -> None:
        """A message of this connection cannot be made use of: what it was is not known."""
        self._last.pop(ear, None)
        self._blind[ear] = at

    def _follows(self, heard: Heard, update: Update, number: int) -> bool:
        """Whether an update is news on its connection; its number follows the one before."""
        last = self._last.get(heard.ear)
        self._last[heard.ear] = number if last is None else max(number, last)
        self._arrived.setdefault(heard.ear, []).append((number, heard.at))
        if last is None:
            self._begins(heard, number)
            return True
        self.compared.add("numbered")
        known = self.history.changes.get(number)
        if number == last and known is not None:
            self.compared.add("reported")
            if known == update:
                self._wrong("reported", heard, update.report.id, "", "to be told of it once", "it again")
            else:
                self._wrong("numbered", heard, "", heard.name, str(last + 1), f"{number} for another change")
            return False
        if number != last + 1 and not self._used_up(last, number):
            told = f"{last + 1}, one more than the update before"
            self._wrong("numbered", heard, "", f"{heard.name} number", told, str(number))
        return True

    def _begins(self, heard: Heard, number: int) -> None:
        """The first update on a connection is the next one after all that was told there before."""
        since = self._blind.get(heard.ear, 0)
        before = [each for each in self._mine(heard.ear) if since < each.heard.at < heard.at]
        if before:
            self.compared.add("current")
            last = max(before, key=lambda each: each.number)
            if number > last.number + 1 and not self._used_up(last.number, number):
                told = f"{number - 1} at least, for the next update was {number}"
                name = f"{last.heard.name} number"
                self._wrong("current", last.heard, "", name, told, str(last.number))

    def _used_up(self, last: int, number: int) -> bool:
        """Whether numbers that no update had were used up by refused commands: that is the cause then."""
        answers = sorted(self._answers, key=lambda each: each.asked)
        for before, after in pairwise(answers):
            if (
                before.number < after.number < number
                and self._only_refused(before, after)
                and self.history.knows_none(before.number, after.number)
            ):
                told = f"{before.number}, as before the command that was refused"
                name = f"{after.heard.name} number"
                self._wrong("untouched", after.heard, "", name, told, str(after.number))
        return any(each.promise == "untouched" for each in self.contradictions)

    def _numbered(self, heard: Heard, number: int | None, seen: Snapshot | State) -> bool:
        """An answer carries the number of the last update that it includes. False: it is of no use."""
        if number is None or heard.asked is None:
            return False
        floor = self._floor(heard)
        if floor is not None:
            self.compared.add("current")
            if number < floor[0]:
                told = f"at least {floor[0]}, for {floor[1]} had come before it was asked for"
                self._wrong("current", heard, "", f"{heard.name} number", told, str(number))
                return False
        self._answers.append(Numbered(heard, heard.asked, number, seen))
        return True

    def _floor(self, heard: Heard) -> tuple[int, str] | None:
        """The highest number that had been seen on this connection before the command was sent."""
        asked = heard.asked or 0
        seen = [(each.number, each.heard.name) for each in self._mine(heard.ear) if each.heard.at < asked]
        arrived = self._arrived.get(heard.ear, ())
        seen += [(number, f"update {number}") for number, at in arrived if at < asked]
        return max(seen, default=None)

    def _mine(self, ear: str) -> list[Numbered]:
        return [each for each in self._answers if each.heard.ear == ear]

    def _only_refused(self, before: Numbered, after: Numbered) -> bool:
        """Whether nothing but refused commands (one at least) came for this account between two answers."""
        between = [deed for deed in self.deeds if deed.changes and before.asked <= deed.sent <= after.asked]
        return bool(between) and all(deed.refused for deed in between)

    def _wrong(self, promise: str, heard: Heard, order: str, what: str, expected: str, seen: str) -> None:
        """One cause, one contradiction: what was said of an order, or of a thing, is not said again."""
        key = order or (promise if promise == "numbered" else what)
        if key in self._accused:
            return
        self._accused.add(key)
        where = f"order {order} {what} ({heard.name})".replace("  ", " ") if order else what
        self.contradictions.append(Contradiction(promise, where, expected, seen, heard.entry))
