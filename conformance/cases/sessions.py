"""The state table of a connection: each legal move is a case, and so is each illegal one.

Which states there are, and what each command does in them, is the document's (``contract.sessions``).
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.building import MAIN, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.credentials import WRONG
from conformance.cases.endings import Place, ending_cases
from conformance.cases.facts import PATIENCE_MS, credentials_of, is_harmless, subscriptions
from conformance.cases.issuing import holder, issue, issuer, shown, use, wrong_command
from conformance.cases.steps import As, Close
from conformance.cases.stimuli import usual_command
from conformance.contract.model import Credential, Operation
from conformance.contract.sessions import Cell, Does, Entry, Sessions, State

LIVING = (Entry.OPENED, Entry.ACCEPTED)


class Table:
    """Derives the cases of one service's table."""

    def __init__(self, commander: Commander, sessions: Sessions) -> None:
        self.commander, self.service, self.sessions = commander, commander.service, sessions

    def cases(self) -> Iterator[Case]:
        """A case for each cell of a state in which something is accepted."""
        for state, way in self.sessions.ways(*LIVING):
            for operation in self.service.operations.values():
                cell = state.cells.get(operation.name)
                if cell is not None:
                    yield from self._moves(Place(state, way), operation, cell)

    def _moves(self, place: Place, operation: Operation, cell: Cell) -> Iterator[Case]:
        carried = credentials_of(self.service, operation.name)
        if cell.does is Does.REFUSED:
            yield self._refused(place, operation, cell)
        elif cell.does is Does.ENDS:
            yield self._ends(place, operation, cell)
        elif cell.does is Does.TAKEN and carried:
            for credential in carried:
                led = self.sessions.entered_by(Entry.ACCEPTED, credential.scheme)
                if led is not None:
                    yield self._leads(place, credential, cell, led)
        elif cell.does is Does.TAKEN and operation.replies:
            yield self._taken(place, operation, cell)

    def _enter(self, script: Script, place: Place, *operations: Operation) -> None:
        """A connection in this state, of somebody who has all permissions that these commands need."""
        needed = frozenset(permission for each in operations for permission in each.permissions)
        credential = self.service.credentials.get(place.way.name)
        if place.way.entry is Entry.OPENED or credential is None:
            script.connect()
        elif credential.issued_by:
            script.connect("issuer", who=issuer(self.commander, credential, *operations))
            issue(self.commander, script, credential, needed)
            script.connect()
            use(self.commander, script, credential)
        else:
            script.connect(who=As((credential.scheme,), needed))

    def _case(self, script: Script, place: Place, operation: Operation, says: str, more: str = "") -> Case:
        return script.case(Family.AUTH, f"{place.words}/{operation.name}{more}", says)

    def _refused(self, place: Place, operation: Operation, cell: Cell) -> Case:
        """What is refused changes nothing: the connection is in the same state as before."""
        script = self.commander.script()
        script.claim(cell.clause, self.commander.refusal_clause(cell.role), *self._secret(place))
        witness = self._witness(place.state, operation)
        self._enter(script, place, *([operation, witness] if witness else [operation]))
        if place.way.entry is Entry.OPENED:
            self._fail(script)
        index = script.send(
            operation, shown(self.commander, operation), who=holder(self.commander, operation)
        )
        script.refused(index, cell.clause, role=cell.role)
        self._still(script, place.state, witness, cell.clause)
        if place.way.entry is Entry.OPENED:
            script.hasten()
        return self._case(script, place, operation, self.commander.contract.clauses[cell.clause].says)

    def _fail(self, script: Script) -> None:
        """An attempt that fails leads nowhere."""
        for credential in self.service.credentials.values():
            operation = self.service.operations[credential.operation]
            if credential.refusal and self.service.rules.refusals is not None:
                index = script.send(
                    operation, wrong_command(self.commander, credential, WRONG["never-issued"])
                )
                script.refused(index, credential.clauses.get("failure", ""), code=credential.refusal)
                return

    def _taken(self, place: Place, operation: Operation, cell: Cell) -> Case:
        script = self.commander.script()
        script.claim(cell.clause, *self._secret(place))
        self._enter(script, place, operation, *self._made_with(operation))
        session = "issuer" if any(True for each in self._issued(place)) else MAIN
        index = script.send(operation, self._prepared(script, operation, session))
        self.commander.accepted(script, index, operation, cell.clause, undo_on=session)
        return self._case(script, place, operation, self.commander.contract.clauses[cell.clause].says)

    def _leads(self, place: Place, credential: Credential, cell: Cell, led: State) -> Case:
        """A credential that is accepted leads to the state of its scheme, as a command there shows."""
        script = self.commander.script()
        script.claim(cell.clause, credential.clauses.get("success", ""))
        operation = self.service.operations[credential.operation]
        witness = self._witness(led, operation)
        needed = [witness] if witness is not None else []
        if credential.issued_by:
            script.connect("issuer", who=issuer(self.commander, credential, *needed))
            issue(self.commander, script, credential, [one for each in needed for one in each.permissions])
            script.connect()
            use(self.commander, script, credential, clause=cell.clause)
        else:
            script.connect()
            who = As((credential.scheme,), frozenset(one for each in needed for one in each.permissions))
            index = script.send(operation, self.commander.credential_command(credential), who=who)
            script.answered(index, operation, clause=cell.clause)
        self._still(script, led, witness, cell.clause)
        says = f"{operation.name} with a valid {credential.scheme} makes a connection {led.name}."
        return self._case(script, place, operation, says, f"-{credential.scheme}")

    def _ends(self, place: Place, operation: Operation, cell: Cell) -> Case:
        script = self.commander.script()
        script.claim(cell.clause)
        self._enter(script, place, operation)
        script.send(operation, shown(self.commander, operation), who=holder(self.commander, operation))
        script.add(Close(MAIN, (cell.code,), cell.clause, operation.within_ms or PATIENCE_MS))
        return self._case(script, place, operation, self.commander.contract.clauses[cell.clause].says)

    def _witness(self, state: State, other: Operation) -> Operation | None:
        """A harmless command that shows by what it does that a connection is in this state, and in none of
        those that another way of authenticating leads to or from."""
        special = subscriptions(self.service)
        opened = self.sessions.entered_by(Entry.OPENED)
        for operation in self.service.operations.values():
            if not is_harmless(operation) or operation.name in special or operation is other:
                continue
            if credentials_of(self.service, operation.name) or self._made_with(operation):
                continue
            cell = state.cells.get(operation.name)
            far = [each.cells.get(operation.name) for each in self.sessions.states if not each.over]
            told = [each for each in far if each is not None and cell is not None and each.does != cell.does]
            if cell is not None and cell.does in (Does.TAKEN, Does.REFUSED) and told and opened is not None:
                return operation
        return None

    def _still(self, script: Script, state: State, witness: Operation | None, clause: str) -> None:
        cell = state.cells.get(witness.name) if witness is not None else None
        if witness is not None and cell is not None:
            index = script.send(witness, self.commander.command(witness))
            if cell.does is Does.TAKEN:
                script.answered(index, witness, clause=clause)
            else:
                script.refused(index, clause, role=cell.role)
        if cell is None or cell.does is not Does.TAKEN:
            self.commander.probe(script)

    def _issued(self, place: Place) -> Iterator[Credential]:
        credential = self.service.credentials.get(place.way.name)
        if place.way.entry is Entry.ACCEPTED and credential is not None and credential.issued_by:
            yield credential

    def _secret(self, place: Place) -> Iterator[str]:
        """Who was accepted is not told again by what: the promise is looked at behind each command."""
        credential = self.service.credentials.get(place.way.name)
        if place.way.entry is Entry.ACCEPTED and credential is not None:
            yield credential.clauses.get("secret", "")

    def _made_with(self, operation: Operation) -> list[Operation]:
        """What has to be sent before the command, and behind it to undo that."""
        return [each for each in self.commander.closure(operation) if each is not operation]

    def _prepared(self, script: Script, operation: Operation, session: str) -> object:
        if operation.name in subscriptions(self.service):
            return usual_command(self.commander, script, operation)
        return self.commander.prepared(script, self.commander.command(operation), session)


def session_cases(commander: Commander) -> Iterator[Case]:
    """The cases of one service's table of states; none where the document has no table."""
    sessions = commander.service.rules.sessions
    if sessions is not None and commander.service.rules.refusals is not None:
        yield from Table(commander, sessions).cases()
        yield from ending_cases(commander, sessions)
