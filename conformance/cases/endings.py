"""The ends of connections, as the state table has them: told in time, and nothing is accepted behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.cases.building import MAIN, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.facts import PATIENCE_MS, credential_operations, is_harmless, subscriptions
from conformance.cases.farewell import behind_our_close, kept, not_done, trace
from conformance.cases.issuing import (
    ISSUER,
    OVERDUE_MS,
    holder,
    issue,
    issuer,
    let_in,
    lives,
    revoke,
    show,
    shown,
    use,
)
from conformance.cases.steps import Close, Idle, Reading, Send
from conformance.cases.uncorrelated import notice
from conformance.contract.model import Credential, Operation
from conformance.contract.sessions import Cell, Entry, Sessions, State, Way

BUSY_MS = 100
"""So often something is sent by a connection that is never quiet."""
BUSY_USES = 2
"""So many replies it waits for in its life: that it was let in, and that it may read."""
Cells = Sequence[tuple[Operation, Cell]]


@dataclass(frozen=True, slots=True)
class Place:
    """A state, as it was entered."""

    state: State
    way: Way

    @property
    def words(self) -> str:
        """The state in a case's id; of several ways into it, the way too."""
        several = len(self.state.entered) > 1
        return f"sessions/{self.state.name}" + (f"/{self.way}" if several else "")


def ending_cases(commander: Commander, sessions: Sessions) -> Iterator[Case]:
    """The cases of the states that end connections."""
    for state, way in sessions.ways(Entry.EXPIRED, Entry.REVOKED):
        credential = commander.service.credentials.get(way.name)
        if credential is not None and credential.issued_by:
            yield from _ended(commander, Place(state, way), credential)
    for state, way in sessions.ways(Entry.DEADLINE):
        yield from _missed(commander, Place(state, way))
    for state, way in sessions.ways(Entry.CLOSED):
        for operation, cell in _cells(commander, state) if state.over else ():
            yield behind_our_close(commander, Place(state, way).words, operation, cell)


def _cells(commander: Commander, state: State) -> Cells:
    known = commander.service.operations
    return [(known[name], cell) for name, cell in state.cells.items() if name in known]


def _ended(commander: Commander, place: Place, credential: Credential) -> Iterator[Case]:
    if place.way.entry is Entry.EXPIRED and not lives(commander, credential):
        return
    if place.state.clauses:
        yield _end(commander, place, credential)
        yield from _ends_while_busy(commander, place, credential)
    if not place.state.over or not place.state.within_ms:
        return
    cells = _cells(commander, place.state)
    if place.way.entry is Entry.REVOKED:
        for operation, cell in cells:
            script = _behind(commander, place, credential, [(operation, cell)])
            says = f"When its {credential.scheme} was revoked {operation.name} does nothing any more."
            yield script.case(Family.AUTH, f"{place.words}/{operation.name}", says)
    else:
        script = _behind(commander, place, credential, cells)
        says = f"When its {credential.scheme} has expired no command does anything any more."
        yield script.case(Family.AUTH, f"{place.words}/every-command", says)


def _end(commander: Commander, place: Place, credential: Credential) -> Case:
    """Two connections with one credential: each of them is told, and closed, and who made it is not."""
    state, expires = place.state, place.way.entry is Entry.EXPIRED
    brief = lives(commander, credential, 1) if expires else 0
    life = brief * credential.brief_ms
    script = commander.script()
    script.claim(*state.clauses.values())
    script.connect("issuer", who=issuer(commander, credential))
    if expires:  # that the end does not come too soon is counted from here
        script.connect()
    issue(commander, script, credential, brief=brief)
    if not expires:
        script.connect()
    sent = [show(commander, script, credential)]
    script.connect("second")
    sent.append(show(commander, script, credential, "second"))
    for index in sent:
        let_in(commander, script, credential, index)
    if not expires:
        revoke(commander, script, credential)
    for session in (MAIN, "second"):
        _told(commander, script, state, session, life + state.within_ms if state.within_ms else 0)
        _closed(script, state, session, life if session == MAIN else 0)
    commander.probe(script, "issuer")
    word = "The end of its life" if expires else "Revoking it"
    says = f"{word} ends both connections with a {credential.scheme}, not that of who made it."
    return script.case(Family.AUTH, f"{place.words}/ends", says)


def _ends_while_busy(commander: Commander, place: Place, credential: Credential) -> Iterator[Case]:
    """A connection that reads all the while, as its credential lets it, ends as soon as a quiet one."""
    state, expires = place.state, place.way.entry is Entry.EXPIRED
    read = _private_read(commander, credential)
    if read is None or not state.within_ms:
        return
    brief = lives(commander, credential, BUSY_USES) if expires else 0
    script = commander.script()
    script.claim(*state.clauses.values())
    script.connect(ISSUER, who=issuer(commander, credential, read))
    issue(commander, script, credential, read.permissions, brief=brief)
    script.connect()
    use(commander, script, credential)
    script.answered(script.send(read, commander.command(read)), read)
    script.add(Send(MAIN, read.name, commander.command(read), every_ms=BUSY_MS))
    if not expires:
        revoke(commander, script, credential)
    _told(commander, script, state, MAIN, brief * credential.brief_ms + state.within_ms)
    _closed(script, state, MAIN)
    word = "has expired" if expires else "was revoked"
    says = f"When its {credential.scheme} {word} a connection ends that sends {read.name} all the while."
    yield script.case(Family.AUTH, f"{place.words}/ends-while-busy", says)


def _private_read(commander: Commander, credential: Credential) -> Operation | None:
    """What who holds the credential may read, and nobody without one: nothing has to be made first."""
    special = subscriptions(commander.service) | credential_operations(commander.service)
    guarded = (
        each
        for each in commander.service.operations.values()
        if credential.scheme in each.schemes and each.name not in special and each.replies
    )
    return next(
        (each for each in guarded if is_harmless(each) and [*commander.closure(each)] == [each]), None
    )


def _told(commander: Commander, script: Script, state: State, session: str, within_ms: int = 0) -> None:
    clause = state.clauses.get("told", "")
    if clause:
        script.add(notice(commander, session, state.told, clause, within_ms or PATIENCE_MS))


def _closed(script: Script, state: State, session: str, life: int = 0) -> None:
    """In time, and not before the life of what it is closed for is over."""
    clause = state.clauses.get("close", "")
    if clause:
        within = state.within_ms or PATIENCE_MS
        script.add(Close(session, (state.close,), clause, within, late_clause=clause))
    if clause and life:
        latest = life + 2 * PATIENCE_MS
        script.add(Close(session, (), clause, latest, life, "connected", early_clause=clause))


def _behind(commander: Commander, place: Place, credential: Credential, cells: Cells) -> Script:
    """Commands that are sent when the connection must be over, and before we hear that it is."""
    state, expires = place.state, place.way.entry is Entry.EXPIRED
    guarded = [operation for operation, _ in cells if credential.scheme in operation.schemes]
    traced = trace(commander, cells[0][0]) if len(cells) == 1 else None
    readers = [traced.reader] if traced is not None else []
    needed = {permission for each in guarded for permission in each.permissions}
    script = commander.script()
    script.connect("issuer", who=issuer(commander, credential, *guarded, *readers))
    brief = lives(commander, credential, 1) if expires else 0
    issue(commander, script, credential, needed, brief=brief)
    script.connect()
    use(commander, script, credential)
    script.add(Reading(MAIN, on=False))
    if not expires:
        revoke(commander, script, credential)
    wait = state.within_ms + OVERDUE_MS + brief * credential.brief_ms
    _nothing_taken(commander, script, cells, wait)
    _told(commander, script, state, MAIN)
    _closed(script, state, MAIN)
    if traced is not None:
        operation, cell = cells[0]
        not_done(commander, script, operation, commander.command(operation), cell.clause, "issuer")
    return script


def _missed(commander: Commander, place: Place) -> Iterator[Case]:
    """Behind a deadline nothing is accepted, not even what would have met it."""
    cells = _cells(commander, place.state)
    deadlines = (each for each in commander.service.rules.deadlines if each.name == place.way.name)
    deadline = next(deadlines, None)
    if deadline is None or not cells or not place.state.over:
        return
    close = deadline.clauses.get("close", "")
    script = commander.script()
    script.connect()
    script.add(Reading(MAIN, on=False))
    _nothing_taken(commander, script, cells, deadline.after_ms + deadline.within_ms + OVERDUE_MS)
    if close:
        script.claim(close)
        script.add(Close(MAIN, (deadline.close,), close, PATIENCE_MS))
    says = f"When the {deadline.name} deadline was missed no command does anything any more."
    yield script.case(Family.AUTH, f"{place.words}/every-command", says)


def _nothing_taken(commander: Commander, script: Script, cells: Cells, wait_ms: int) -> None:
    """Wait unheard for as long as the connection may last, then send the commands, and listen."""
    script.claim(*(cell.clause for _, cell in cells))
    script.add(Idle(MAIN, wait_ms, cells[0][1].clause, "overdue"))
    sent = [
        (_late(commander, script, operation, kept(commander, operation) if len(cells) == 1 else {}), cell)
        for operation, cell in cells
    ]
    script.add(Reading(MAIN, on=True))
    for index, cell in sent:
        script.unanswered(index, cell.clause, "unauthenticated")


def _late(commander: Commander, script: Script, operation: Operation, save: Mapping[str, str]) -> int:
    return script.send(operation, shown(commander, operation), who=holder(commander, operation), save=save)
