"""Plays a case over sessions and records what happens. Judges nothing.

The steps are played in order; the first one that cannot be met ends the conversation, because what
follows would only repeat the same news. Clean-up steps and closing handshakes follow in any case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from conformance.cases.case import Case
from conformance.cases.conditions import unmet
from conformance.cases.filling import Filler, saved_names, sourced_names
from conformance.cases.matching import Ledger, Sent
from conformance.cases.probing import authenticated, probed
from conformance.cases.reading import Reader, Seen
from conformance.cases.steps import (
    As,
    Close,
    Connect,
    Disconnect,
    Expect,
    Generate,
    Ping,
    Request,
    Send,
    Silence,
    Step,
)
from conformance.cases.target import Credentials
from conformance.contract import Operation
from conformance.conversation.around import LATE_MS, Around, Unavailable
from conformance.session import Session, request
from conformance.transcript import Direction, Frame, Mark, Recorder, Transcript

CLOSING_MS = 1000
T = TypeVar("T")


class Stop(Exception):
    """The conversation ends here; the transcript already says why."""


class Conversation:
    """One case being played. ``await play()`` gives its transcript, whatever the target does."""

    def __init__(self, case: Case, around: Around) -> None:
        self.case = case
        self.around = around
        self.recorder = Recorder(case.id)
        self.ledger = Ledger()
        self.sessions: dict[str, Session] = {}
        self.readers: dict[str, Reader] = {}
        self.accounts: dict[str, Credentials] = {}
        self.stopped = False
        self._read = 0
        self._begun = self.recorder.now()
        self._filler = Filler(tag=around.tag, fresh=around.fresh)

    async def play(self) -> Transcript:
        """Plays the case to its end; never raises for what a target does."""
        try:
            await self._resolve(self.case.needs.values)
            for index, step in enumerate(self.case.steps):
                await self._step(index, step)
        except Stop:
            self.stopped = True
        except asyncio.CancelledError:
            self.recorder.mark("cancelled")
            await self._end()
            raise
        await self._end()
        return self.recorder.transcript()

    async def _end(self) -> None:
        for offset, step in enumerate(self.case.cleanup):
            try:
                await self._step(len(self.case.steps) + offset, step)
            except Stop:
                continue
        for name, session in self.sessions.items():
            if session.is_open and not self.recorder.flooded:
                self.recorder.mark("ending", name)
                await session.close()
            elif not session.is_gone:
                session.abort()
        self.recorder.mark("lag", ms=round(self.around.lag(self._begun), 1))

    async def _resolve(self, names: tuple[str, ...]) -> None:
        """Asks for the run-wide values that are not known yet; without one the conversation ends here."""
        values: dict[str, object] = {}
        for name in names:
            if name in self._filler.values:
                continue
            try:
                values[name] = await self.around.value(name)
            except Unavailable as gone:
                self.recorder.mark("skipped", reason=gone.reason)
                raise Stop from gone
        if values:
            self._filler.values.update(values)
            self.ledger.saved.update({"$" + name: value for name, value in values.items()})
            self.recorder.mark("values", **values)

    async def _step(self, index: int, step: Step) -> None:
        self.recorder.mark("step", getattr(step, "session", ""), index)
        match step:
            case Connect():
                await self._connect(index, step)
            case Send():
                await self._send(index, step)
            case Expect():
                await self._expect(index, step)
            case Silence():
                await self._silence(index, step)
            case Close():
                await self._close(index, step)
            case Disconnect():
                await (await self._session(step.session, index)).close()
            case Ping():
                await self._ping(index, step)
            case Request():
                await self._request(index, step)
            case Generate():
                await self._generate(index, step)

    # -- sessions -----------------------------------------------------------------------------------

    async def _connect(self, index: int, step: Connect) -> None:
        url = self.around.target.addresses[step.service].rstrip("/")
        service = self.around.contract.services[step.service]
        session = await Session.open(
            self.recorder,
            step.session,
            url + (step.path or service.address),
            ssl=self.around.ssl if url.startswith("wss") else None,
            timeout_s=self.around.connect_timeout_s,
        )
        self.sessions[step.session] = session
        self.ledger.services[step.session] = service
        self.readers[step.session] = Reader(service)
        if not session.is_open:
            raise Stop
        if step.who is not None:
            await self._authenticate(index, step, step.who)

    async def _authenticate(self, index: int, step: Connect, who: As) -> None:
        service = self.around.contract.services[step.service]
        credentials = self._take(step.session, index, who)
        scheme = service.credentials[credentials.scheme]
        payload = self.around.probing.authentication(service, scheme.scheme)
        await self._send(index, Send(step.session, scheme.operation, payload))
        await self._expect(index, authenticated(index, step, service, scheme.scheme))

    def _take(self, session: str, index: int, who: As) -> Credentials:
        """The credential that the next command of this session carries."""
        credentials = self._choose(session, who)
        if credentials is None:
            self.recorder.mark("skipped", session, index, reason="no credential of the target fits")
            raise Stop
        self.accounts[session] = credentials
        self._filler.credential = credentials.value
        self.recorder.mark(
            "credential", session, index, label=credentials.label, scheme=credentials.scheme
        )
        return credentials

    def _choose(self, session: str, who: As) -> Credentials | None:
        first = next(iter(self.accounts.values()), None)
        if who.other_account:
            return self.around.target.credential(
                who.schemes, who.has, who.lacks, other_than=first.account if first else None
            )
        same = first.account if first else None
        return self.around.target.credential(who.schemes, who.has, who.lacks, account=same)

    async def _session(self, name: str, index: int) -> Session:
        """The open session of that name; without one the conversation ends here."""
        session = self.sessions.get(name)
        if session is None or not session.is_open:
            if session is not None and not session.is_gone:
                await self._wait(lambda: None, self.recorder.now() + CLOSING_MS * 1_000_000, name)
            self.recorder.mark("unplayable", name, index, reason="the connection is closed")
            raise Stop
        return session

    # -- commands and replies -----------------------------------------------------------------------

    async def _send(self, index: int, step: Send) -> None:
        session = await self._session(step.session, index)
        if step.who is not None:
            self._take(step.session, index, step.who)
        reader = self.readers[step.session]
        if step.raw is not None:
            data = step.raw
        else:
            missing = [name for name in saved_names(step.payload) if name not in self.ledger.saved]
            if missing:
                self.recorder.mark("unplayable", step.session, index, reason=f"nothing was saved as {missing[0]}")
                raise Stop
            await self._resolve(sourced_names(step.payload))
            data = reader.codec.encode(self._filler.fill(step.payload, self.ledger.saved))
        before = self.recorder.now()
        if step.opcode == "text" and step.raw is not None:
            await session.send_frame("text", data)
        else:
            await session.send(data, opcode=step.opcode if step.raw is not None else reader.codec.opcode, fragments=step.fragments)
        service = self.ledger.services[step.session]
        self.ledger.sent[index] = Sent(
            index, step.session, service.operations.get(step.operation), reader.codec.decode(data).value, before
        )

    async def _expect(self, index: int, step: Expect) -> None:
        begun = self._base(step.session, step.since)
        until = begun + (step.within_ms + self.around.target.tolerance_ms + LATE_MS) * 1_000_000

        def look() -> Seen | None:
            return self.ledger.match(step)

        seen = await self._wait(look, until, step.session)
        if seen is None:
            self.recorder.mark("expired", step.session, index)
            if step.optional:
                return
            raise Stop
        self.recorder.mark("satisfied", step.session, index, entry=seen.index)
        self.ledger.use(step, seen)
        if self._wrong(step, seen):
            raise Stop

    def _wrong(self, step: Expect, seen: Seen) -> bool:
        """Whether the matched message makes the following steps pointless."""
        if step.messages and not set(step.messages) & set(seen.names):
            return True
        return unmet(step.where, seen.value, self.ledger.saved) is not None

    def _base(self, session: str, since: str) -> int:
        if since == "connected":
            for entry in reversed(self.recorder.entries):
                if isinstance(entry, Mark) and entry.kind == "connected" and entry.session == session:
                    return entry.at
        return self.recorder.now()

    async def _wait(self, look: Callable[[], T | None], until: int, session: str) -> T | None:
        """Waits until ``look`` finds something, the session is closed, or the time is up."""
        while True:
            version = self.recorder.version
            self._absorb()
            found = look()
            if found is not None:
                return found
            left = (until - self.recorder.now()) / 1e9
            if left <= 0 or self.recorder.flooded or (session and self.sessions[session].is_gone):
                return None
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self.recorder.news(version)

    def _absorb(self) -> None:
        entries = self.recorder.entries
        while self._read < len(entries):
            entry = entries[self._read]
            if (
                isinstance(entry, Frame)
                and entry.direction is Direction.RECEIVED
                and entry.opcode in ("text", "binary")
            ):
                seen = self.readers[entry.session].read(self._read, entry.at, entry.opcode, entry.data)
                self.ledger.seen.setdefault(entry.session, []).append(seen)
            self._read += 1

    # -- silence, closing, pings --------------------------------------------------------------------

    async def _silence(self, index: int, step: Silence) -> None:
        begun = self.recorder.now()
        if step.witness:
            wanted = Expect(step.witness, step.messages, step.clause, where=step.where)

            def look() -> Seen | None:
                for seen in self.ledger.seen.get(step.witness, ()):
                    if seen.at >= begun and set(wanted.messages) & set(seen.names):
                        if unmet(step.where, seen.value, self.ledger.saved) is None:
                            return seen
                return None

            seen = await self._wait(look, begun + step.witness_ms * 1_000_000, step.witness)
            if seen is None:
                self.recorder.mark("unwitnessed", step.session, index)
                raise Stop
            self.recorder.mark("witnessed", step.session, index, entry=seen.index)
        else:
            await self._wait(lambda: None, begun + step.for_ms * 1_000_000, step.session)
        await self._barrier(index, step)

    async def _barrier(self, index: int, step: Silence) -> None:
        """A probe that is answered after the window: the silent connection was alive, and listening."""
        service = self.ledger.services[step.session]
        harmless = self.around.probing.probe(service)
        session = await self._session(step.session, index)
        if harmless is None:
            data = b"still there"
            await session.ping(data)
            pong = await self._wait(lambda: self._pong(step.session, data), self.recorder.now() + 3_000_000_000, step.session)
            kind = "satisfied" if pong is not None else "expired"
        else:
            operation, payload = harmless
            self.recorder.mark("barrier", step.session, index)
            await self._send(index, Send(step.session, operation.name, payload))
            kind = await self._probed(index, step, operation)
        self.recorder.mark(kind, step.session, index)
        if kind == "expired":
            raise Stop

    async def _probed(self, index: int, step: Silence, operation: Operation) -> str:
        waiting = probed(step.session, operation, self.ledger.services[step.session], step.clause, index)
        until = self.recorder.now() + (waiting.within_ms + LATE_MS) * 1_000_000
        seen = await self._wait(lambda: self.ledger.match(waiting), until, step.session)
        if seen is None:
            return "expired"
        self.ledger.use(waiting, seen)
        return "satisfied"

    async def _close(self, index: int, step: Close) -> None:
        begun = self._base(step.session, step.since)
        until = begun + (step.within_ms + self.around.target.tolerance_ms + LATE_MS) * 1_000_000
        session = self.sessions[step.session]
        await self._wait(lambda: None, until, step.session)
        if not session.is_gone:
            self.recorder.mark("expired", step.session, index)
            raise Stop
        self.recorder.mark("satisfied", step.session, index)

    def _pong(self, session: str, data: bytes) -> Frame | None:
        for entry in self.recorder.entries:
            if (
                isinstance(entry, Frame)
                and entry.session == session
                and entry.opcode == "pong"
                and entry.direction is Direction.RECEIVED
                and entry.data == data
            ):
                return entry
        return None

    async def _ping(self, index: int, step: Ping) -> None:
        session = await self._session(step.session, index)
        await session.ping(step.data)
        until = self.recorder.now() + (step.within_ms + self.around.target.tolerance_ms) * 1_000_000
        pong = await self._wait(lambda: self._pong(step.session, step.data), until, step.session)
        self.recorder.mark("satisfied" if pong is not None else "expired", step.session, index)
        if pong is None:
            raise Stop

    # -- HTTP ---------------------------------------------------------------------------------------

    async def _request(self, index: int, step: Request) -> None:
        url = self.around.target.addresses[step.service].rstrip("/") + step.path
        await request(
            self.recorder,
            f"{index}",
            url,
            step.method,
            headers=step.headers,
            body=step.body,
            timeout_s=(step.within_ms + self.around.target.tolerance_ms + LATE_MS) / 1000,
            ssl=self.around.ssl if url.startswith("https") else None,
            step=index,
        )

    async def _generate(self, index: int, step: Generate) -> None:
        if self.around.generator is None:
            self.recorder.mark("skipped", reason="request generation is switched off")
            raise Stop
        service = self.around.contract.services[step.service]
        result = await self.around.generator.run(
            service.path,
            self.around.target.addresses[step.service],
            step.method,
            step.path,
            seed=self.around.seed,
            time_limit_s=step.within_ms / 1000,
        )
        self.recorder.mark("generated", step.service, index, **result.to_json())
