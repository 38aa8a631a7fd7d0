"""Plays a case over sessions and records what happens. Judges nothing.

The steps are played in order; the first one that cannot be met ends the conversation, because what
follows would only repeat the same news. Clean-up steps and closing handshakes follow in any case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from conformance.cases.case import Case
from conformance.cases.conditions import unmet
from conformance.cases.filling import Filler
from conformance.cases.matching import Ledger, Sent
from conformance.cases.probing import authentication, probe
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
    Saved,
    Send,
    Silence,
    Step,
)
from conformance.cases.target import Credentials
from conformance.contract import Operation
from conformance.conversation.around import LATE_MS, Around, Unavailable
from conformance.session import Session, request
from conformance.transcript import Direction, Frame, Mark, Recorder, Transcript

CLEANUP_MS = 500


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
        self._read = 0
        self._filler = Filler(tag=around.tag, fresh=around.fresh)

    async def play(self) -> Transcript:
        """Plays the case to its end; never raises for what a target does."""
        try:
            await self._values()
            for index, step in enumerate(self.case.steps):
                await self._step(index, step)
        except Stop:
            pass
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
            if session.open:
                if self.recorder.flooded:
                    session.abort()
                else:
                    self.recorder.mark("ending", name)
                    await session.close()

    async def _values(self) -> None:
        values: dict[str, object] = {}
        for name in self.case.needs.values:
            try:
                values[name] = await self.around.value(name)
            except Unavailable as gone:
                self.recorder.mark("skipped", reason=gone.reason)
                raise Stop from gone
        self._filler.values.update(values)
        self.ledger.saved.update({"$" + name: value for name, value in values.items()})
        if values:
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
                await self._session(step.session).close()
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
        if not session.open:
            raise Stop
        if step.who is not None:
            await self._authenticate(index, step, step.who)

    async def _authenticate(self, index: int, step: Connect, who: As) -> None:
        service = self.around.contract.services[step.service]
        credentials = self._choose(step.session, who)
        if credentials is None:
            self.recorder.mark("skipped", step.session, index, reason="no credential of the target fits")
            raise Stop
        self.accounts[step.session] = credentials
        scheme = service.credentials[credentials.scheme]
        self.recorder.mark("credential", step.session, index, label=credentials.label, scheme=scheme.scheme)
        payload = authentication(service, scheme)
        self._filler.credential = credentials.value
        await self._send(index, Send(step.session, scheme.operation, payload))
        await self._expect(index, authenticated(index, step, who, self.around.contract.services[step.service], credentials.scheme))

    def _choose(self, session: str, who: As) -> Credentials | None:
        first = next(iter(self.accounts.values()), None)
        if who.other_account:
            return self.around.target.credential(
                who.schemes, who.has, who.lacks, other_than=first.account if first else None
            )
        same = first.account if first else None
        return self.around.target.credential(who.schemes, who.has, who.lacks, account=same)

    def _session(self, name: str) -> Session:
        session = self.sessions.get(name)
        if session is None or not session.open:
            self.recorder.mark("unplayable", name, reason="the connection is closed")
            raise Stop
        return session

    # -- commands and replies -----------------------------------------------------------------------

    async def _send(self, index: int, step: Send) -> None:
        session = self._session(step.session)
        reader = self.readers[step.session]
        if step.raw is not None:
            data = step.raw
        else:
            missing = [name for name in self._filler.saved_names(step.payload) if name not in self.ledger.saved]
            if missing:
                self.recorder.mark("unplayable", step.session, index, reason=f"nothing was saved as {missing[0]}")
                raise Stop
            self._filler.saved = self.ledger.saved
            data = reader.codec.encode(self._filler.fill(step.payload))
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

    async def _wait[T](self, look: Callable[[], T | None], until: int, session: str) -> T | None:
        """Waits until ``look`` finds something, the session is closed, or the time is up."""
        while True:
            version = self.recorder.version
            self._absorb()
            found = look()
            if found is not None:
                return found
            left = (until - self.recorder.now()) / 1e9
            if left <= 0 or self.recorder.flooded or (session and not self.sessions[session].open):
                return None
            await self.recorder.news(version, left)

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
        harmless = probe(service)
        session = self._session(step.session)
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
        waiting = Expect(step.session, operation.replies, step.clause, reply_to=index)
        until = self.recorder.now() + ((operation.within_ms or 2000) + LATE_MS) * 1_000_000
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
        if session.open:
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
        session = self._session(step.session)
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
            document=service.path,
            base_url=self.around.target.addresses[step.service],
            method=step.method,
            path=step.path,
            seed=self.around.seed,
            timeout_s=step.within_ms / 1000,
        )
        self.recorder.mark("generated", step.service, index, **result.as_data())


def saved_names(payload: object) -> list[str]:
    """The names of saved values that a payload refers to."""
    if isinstance(payload, Saved):
        return [payload.name]
    if isinstance(payload, dict):
        return [name for value in payload.values() for name in saved_names(value)]
    if isinstance(payload, list | tuple):
        return [name for value in payload for name in saved_names(value)]
    return []
