"""What all steps of one conversation share: its sessions, its ledger, its recorder, and how it waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from typing import TypeVar

from conformance.cases.filling import Filler
from conformance.cases.matching import Ledger, Sent
from conformance.cases.reading import Reader, Seen
from conformance.cases.steps import Expect, Send
from conformance.cases.target import Credentials
from conformance.conversation.around import Around, Unavailable
from conformance.conversation.gathered import Crowd
from conformance.conversation.guard import Leaving, Withheld
from conformance.session import Session
from conformance.transcript import Direction, Frame, Mark, Recorder

MS = 1_000_000
CLOSING_MS = 1000
LAG_WINDOW_MS = 200
AT_ONCE = 200
T = TypeVar("T")


class Stop(Exception):
    """The conversation ends here; the transcript already says why."""


class Floor:
    """The state of one conversation."""

    def __init__(self, case: str, around: Around) -> None:
        self.around = around
        self.recorder = Recorder(case)
        self.ledger = Ledger()
        self.sessions: dict[str, Session] = {}
        self.crowds: dict[str, Crowd] = {}
        self.readers: dict[str, Reader] = {}
        self.accounts: dict[str, Credentials] = {}
        self.filler = Filler(tag=around.tag, fresh=around.fresh)
        self.stimulus = -1
        """The entry of the last command: what came of it is behind it."""
        self.beside: set[asyncio.Task[None]] = set()
        """What goes on while the steps are played, until they are over."""
        self._read = 0

    async def resolve(self, names: tuple[str, ...]) -> None:
        """Asks for the run-wide values that are not known yet; without one the conversation ends here."""
        values: dict[str, object] = {}
        for name in names:
            if name in self.filler.values:
                continue
            try:
                values[name] = await self.around.value(name)
            except Unavailable as gone:
                broken = [asdict(finding) for finding in gone.broken]
                self.recorder.mark("skipped", reason=gone.reason, broken=broken)
                raise Stop from gone
        if values:
            self.filler.values.update(values)
            self.ledger.saved.update({"$" + name: value for name, value in values.items()})
            beside = await self._beside(values)
            self.recorder.mark("values", values=values, beside=beside)

    async def _beside(self, names: Iterable[str]) -> dict[str, object]:
        """What the sources of these values say besides, of the same thing: not where anybody stated some."""
        beside: dict[str, object] = {}
        for name in names:
            source = self.around.contract.source_of(name)
            if source is None or len(source.values) < 2 or source.values.keys() & self.around.target.values:
                continue
            for other in source.values.keys() - beside.keys():
                with suppress(Unavailable):
                    beside[other] = await self.around.value(other)
        return beside

    async def session(self, name: str, index: int) -> Session:
        """The open session of that name; without one the conversation ends here."""
        session = self.sessions.get(name)
        if session is None or not session.is_open:
            if session is not None and not session.is_gone:
                await self.wait(lambda: None, self.recorder.now() + CLOSING_MS * MS, name)
            self.recorder.mark("unplayable", name, index, reason="the connection is closed")
            raise Stop
        return session

    async def admitted(
        self, index: int, session: str, operation: str, value: object, *, raw: bool = False
    ) -> object:
        """What leaves in place of this command; the conversation ends here when nothing may."""
        guard = self.around.guard
        if guard is None:
            return value
        service = self.ledger.services[session]
        known = service.operations.get(operation)
        try:
            return await guard.admit(Leaving(session, service, known, value, self.accounts.get(session), raw))
        except Withheld as why:
            self.recorder.mark("skipped", session, index, reason=why.reason)
            raise Stop from None

    def sent(self, index: int, step: Send, data: bytes, at: int) -> None:
        """Enters a command into the ledger, as its receiver reads it."""
        # What arrived in part is no command.
        name = "" if step.part else step.operation
        operation = self.ledger.services[step.session].operations.get(name)
        reader = self.readers[step.session]
        codec = reader.codec_for(step.operation) if step.raw is None else reader.codec_at(step.opcode)
        value = reader.value(codec.opcode, data)
        self.stimulus = self._left(step.session)
        self.ledger.enter(Sent(index, step.session, operation, value, at), step.save)

    def _left(self, session: str) -> int:
        """The entry of the last data message that left on this session."""
        entries = self.recorder.entries
        for place in range(len(entries) - 1, -1, -1):
            entry = entries[place]
            if not isinstance(entry, Frame) or entry.opcode not in ("text", "binary"):
                continue
            if (entry.session, entry.direction) == (session, Direction.SENT):
                return place
        return -1

    def ended(self, kind: str, session: str, index: int) -> None:
        """Marks how a waiting ended, and by how much our own loop lagged around that moment."""
        lag = self.around.lag(self.recorder.now() - LAG_WINDOW_MS * MS)
        self.recorder.mark(kind, session, index, lag_ms=round(lag, 1))

    def base(self, session: str, since: str) -> int:
        """The moment (ns) that a step's times count from: now, or when the session was connected."""
        return (self.connected(session) if since == "connected" else None) or self.recorder.now()

    def connected(self, session: str) -> int | None:
        """When (ns) a session was connected; None when it never was."""
        for entry in reversed(self.recorder.entries):
            if isinstance(entry, Mark) and entry.kind == "connected" and entry.session == session:
                return entry.at
        return None

    def refused(self, session: str) -> bool:
        """Whether the upgrade of a session was answered with another status than 101."""
        return any(
            isinstance(each, Mark) and (each.kind, each.session) == ("refused", session)
            for each in self.recorder.entries
        )

    def until(self, begun: int, within_ms: int, longer_ms: int = 0) -> int:
        """The moment (ns) up to which to wait for something promised within ``within_ms``."""
        return begun + (within_ms + self.around.target.tolerance_ms + longer_ms) * MS

    async def wait(self, look: Callable[[], T | None], until: int, session: str) -> T | None:
        """Waits until ``look`` finds something, the session is gone, or the time is up."""
        while True:
            version = self.recorder.version
            await self._absorb(version)
            found = look()
            if found is not None:
                return found
            left = (until - self.recorder.now()) / 1e9
            if left <= 0 or self.recorder.flooded or (session and self.sessions[session].is_gone):
                return None
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self.recorder.news(version)

    def match(self, step: Expect) -> Callable[[], Seen | None]:
        """A look for what satisfies the step that looks at each message once.

        While a step waits nothing is sent or saved, so that what did not fit will not fit later; and a
        target that sends without end does not make each look longer than the one before.
        """
        looked = 0

        def look() -> Seen | None:
            nonlocal looked
            messages = self.ledger.seen.get(step.session, [])
            news, looked = messages[looked:], len(messages)
            return self.ledger.match(step, among=news) if news else None

        return look

    def frame(self, session: str, opcode: str, data: bytes | None = None) -> Callable[[], Frame | None]:
        """A look for a control frame that is received from now on, each entry once."""
        looked = len(self.recorder.entries)

        def look() -> Frame | None:
            nonlocal looked
            entries = self.recorder.entries
            while looked < len(entries):
                entry = entries[looked]
                looked += 1
                if (
                    isinstance(entry, Frame)
                    and (entry.session, entry.opcode, entry.direction)
                    == (session, opcode, Direction.RECEIVED)
                    and data in (None, entry.data)
                ):
                    return entry
            return None

        return look

    async def hear(self) -> None:
        """Reads all that has come."""
        await self._absorb(self.recorder.version)

    async def _absorb(self, until: int) -> None:
        """Reads the entries before ``until``; others have their turn in between, however much came."""
        entries = self.recorder.entries
        while self._read < until:
            entry = entries[self._read]
            if (
                isinstance(entry, Frame)
                and entry.direction is Direction.RECEIVED
                and entry.opcode in ("text", "binary")
                and entry.session in self.readers
            ):
                seen = self.readers[entry.session].read(self._read, entry.at, entry.opcode, entry.data)
                self.ledger.seen.setdefault(entry.session, []).append(seen)
                if self.around.guard is not None:
                    self.around.guard.heard(self.ledger.services[entry.session], entry.session, seen)
            self._read += 1
            if not self._read % AT_ONCE:
                await asyncio.sleep(0)
