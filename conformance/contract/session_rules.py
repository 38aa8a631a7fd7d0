"""``x-conformance`` ``sessions`` -> the state table of a connection, a clause for each cell of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from conformance.contract.clauses import Book
from conformance.contract.model import Service
from conformance.contract.sessions import Cell, Does, Entry, Sessions, State, Way
from conformance.contract.shares import Shares
from conformance.contract.stated import number
from conformance.documents.notes import Note
from conformance.documents.references import nearest
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node

KEY = "sessions"
ISSUED = (Entry.EXPIRED, Entry.REVOKED)


def with_sessions(root: Node, service: Service, book: Book, shares: Shares, notes: list[Note]) -> Service:
    """The service with the table of its connections' states, where the document has one.

    A command that a state says nothing of becomes a note. Raises DocumentError for a name that does not
    exist, a way that leads to two states, and a table that no connection enters.
    """
    stated = root.get(EXTENSION, KEY)
    if stated is None:
        return service
    named = [name for _, node in stated.named() for name, _ in node.named("commands")]
    if not shares.has_words(named):
        return service
    reader = _Reader(service, book, notes)
    states = tuple(reader.state(name, node) for name, node in stated.named())
    reader.judge(stated, states)
    sessions = Sessions(states, stated.where)
    return replace(service, rules=replace(service.rules, sessions=sessions))


class _Reader:
    """Reads the states one after the other, and remembers which ways are taken."""

    def __init__(self, service: Service, book: Book, notes: list[Note]) -> None:
        self.service, self.book, self.notes = service, book, notes
        self._taken: dict[Way, str] = {}

    def state(self, name: str, node: Node) -> State:
        """One row of the table."""
        ways = tuple(self._way(each, name) for each in node.listed("entered"))
        told, close, within = self._role(node.get("told")), number(node, "close"), number(node, "within_ms")
        limit = f" within {within} ms" if within else ""
        over = {"told": (told, f"is told that it is {told}"), "close": (close, f"is closed with {close}")}
        clauses = {
            key: self.book.rule(
                (KEY, name, key),
                f"A connection that becomes {name} {phrase}{limit}.",
                node.get(key) or node,
                value=(sorted(map(str, ways)), stated, within),
            )
            for key, (stated, phrase) in over.items()
            if stated
        }
        return State(
            name=name,
            entered=ways,
            cells=MappingProxyType(dict(self._cells(name, node))),
            told=told,
            close=close,
            within_ms=within,
            where=node.where,
            clauses=MappingProxyType(clauses),
        )

    def judge(self, stated: Node, states: tuple[State, ...]) -> None:
        """What the states have to be together."""
        if Way(Entry.OPENED) not in self._taken:
            raise stated.refuse(
                "no state is entered by a connection that opens", expected="entered: [opened]"
            )
        for way, state in self._taken.items():
            if way.entry in ISSUED and Way(Entry.ACCEPTED, way.name) not in self._taken:
                raise stated.refuse(
                    f"{state} is entered when a {way.name} in use is {way.entry}, and no state by one",
                    expected=f"a state that is entered by {{accepted: {way.name}}}",
                )

    def _way(self, node: Node, state: str) -> Way:
        if isinstance(node.value, str):
            way = Way(Entry(node.value))
        else:
            ((word, child),) = node.items()
            way = Way(Entry(word), str(child.value))
            self._known(way, child)
        if way in self._taken:
            raise node.refuse(
                f"{self._taken[way]} and {state} are both entered by {way}", expected="one state for each way"
            )
        self._taken[way] = state
        return way

    def _known(self, way: Way, node: Node) -> None:
        if way.entry is Entry.DEADLINE:
            known = [each.name for each in self.service.rules.deadlines]
            if way.name not in known:
                raise node.refuse(f"there is no deadline {way.name!r}", hint=nearest(way.name, known))
            return
        credential = self.service.credentials.get(way.name)
        if credential is None:
            hint = nearest(way.name, self.service.credentials)
            raise node.refuse(f"no command carries a credential for {way.name!r}", hint=hint)
        needed = {
            Entry.EXPIRED: ("life", credential.life_at),
            Entry.REVOKED: ("revoked_by", credential.revoked_by),
        }
        missing, given = needed.get(way.entry, ("", "-"))
        if not given:
            raise node.refuse(
                f"nothing says how a {way.name} is {way.entry}",
                expected=f"{missing} under its scheme's issued",
            )

    def _role(self, node: Node | None) -> str:
        """The role that a refusal plays, '' where none is stated."""
        if node is None:
            return ""
        refusals = self.service.rules.refusals
        known = refusals.codes if refusals else ()
        if node.value not in known:
            raise node.refuse(f"no code is given for {node.value!r}", hint=nearest(str(node.value), known))
        return str(node.value)

    def _cells(self, state: str, node: Node) -> Iterator[tuple[str, Cell]]:
        default, exceptions = node.get("default"), dict(node.named("commands"))
        self._role(node.get("default", "refused"))  # even where every command is an exception
        for name, child in exceptions.items():
            if name not in self.service.operations:
                hint = nearest(name, self.service.operations)
                raise child.refuse(f"there is no operation {name!r}", hint=hint)
        for name in self.service.operations:
            stated = exceptions.get(name, default)
            if stated is not None:
                yield name, self._cell(state, name, stated)
                continue
            says = f"{KEY}: nothing says what {name} does in the state {state}"
            self.notes.append(Note("session-gap", node.where, says))

    def _cell(self, state: str, operation: str, node: Node) -> Cell:
        if isinstance(node.value, str):
            cell = Cell(operation, Does(node.value))
            says = {
                Does.TAKEN: f"On a connection that is {state}, {operation} is taken.",
                Does.NOTHING: f"On a connection that is {state}, {operation} does nothing any more.",
            }[cell.does]
        else:
            ((word, child),) = node.items()
            if Does(word) is Does.ENDS:
                cell = Cell(operation, Does.ENDS, code=number(node, word))
                says = f"On a connection that is {state}, {operation} ends it with close code {cell.code}."
            else:
                cell = Cell(operation, Does.REFUSED, role=self._role(child))
                says = f"On a connection that is {state}, {operation} is refused as {cell.role}."
        clause = self.book.rule(
            (KEY, state, operation), says, node, value=(str(cell.does), cell.role, cell.code)
        )
        return replace(cell, where=node.where, clause=clause)
