"""Plays a case over sessions and records what happens. Judges nothing.

The steps are played in order; the first one that cannot be met ends the conversation, because what
follows would only repeat the same news. Clean-up steps and closing handshakes follow in any case.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from conformance.cases.carrying import Unopenable
from conformance.cases.case import Case
from conformance.cases.composing import Opening
from conformance.cases.opening import requesting
from conformance.cases.reading import body_of
from conformance.cases.steps import (
    Abreast,
    Close,
    Compare,
    Connect,
    Disconnect,
    Expect,
    Gather,
    Generate,
    Idle,
    Moves,
    Ping,
    Reading,
    Request,
    Send,
    Silence,
    Stall,
    Step,
    Unanswered,
)
from conformance.cases.unfolding import Unfit, known_to, unfolded
from conformance.codec import MISSING
from conformance.conversation import commands, crowd, patient, quiet
from conformance.conversation.abreast import abreast
from conformance.conversation.around import LATE_MS, Around
from conformance.conversation.floor import Floor, Stop
from conformance.session import request
from conformance.transcript import Transcript


class Conversation:
    """One case being played. ``stopped`` tells, afterwards, whether a step could not be met."""

    def __init__(self, case: Case, around: Around) -> None:
        self.case = case
        self.around = around
        self.stopped = False
        self._whole = False
        self._floor = Floor(case.id, around)

    @property
    def saved(self) -> dict[str, object]:
        """What the steps saved."""
        return self._floor.ledger.saved

    @property
    def transcript(self) -> Transcript:
        """What has been recorded so far."""
        return self._floor.recorder.transcript()

    def left(self, order: str, says: str, clause: str) -> None:
        """Marks an order that was still open when the conversation was over."""
        self._floor.recorder.mark("left", order=order, says=says, clause=clause)

    def strayed(self, says: str) -> None:
        """Marks that an order of this conversation traded, which none was meant to."""
        self._floor.recorder.mark("strayed", says=says)

    async def hear(self) -> None:
        """Reads what came while the conversation ended."""
        await self._floor.hear()

    async def play(self) -> Transcript:
        """Plays the case to its end; never raises for what a target does.

        A cancellation ends the steps, but not the clean-up behind them; a second one ends that too.
        """
        recorder = self._floor.recorder
        cancelled = False
        failure: Exception | None = None
        if self.around.attempt > 1:
            recorder.mark("attempt", number=self.around.attempt)
        try:
            await self._floor.resolve(self.case.needs.values)
            index = 0
            while index < len(self.case.steps):  # moves bring more of them
                await self._step(index, self.case.steps[index])
                index += 1
            self._whole = True
        except Stop:
            self.stopped = True
        except asyncio.CancelledError:
            recorder.mark("cancelled")
            cancelled = True
        except Exception as bug:  # noqa: BLE001 - ours; what was begun at the target is ended all the same
            failure = bug
        end = asyncio.ensure_future(self._end())
        try:
            await asyncio.shield(end)
        except asyncio.CancelledError:
            if not cancelled:
                recorder.mark("cancelled")
                cancelled = True
                await end
            else:
                end.cancel()
                await asyncio.gather(end, return_exceptions=True)
        if cancelled:
            raise asyncio.CancelledError
        if failure is not None:
            raise failure
        return recorder.transcript()

    async def _end(self) -> None:
        # What moves made they also ended, when they came to their end.
        for task in self._floor.beside:
            task.cancel()
        needless = self._whole and any(isinstance(step, Moves) for step in self.case.steps)
        try:
            for index, step in enumerate(() if needless else self.case.cleanup, len(self.case.steps)):
                with suppress(Stop):
                    await self._step(index, step)
            await self._undone()
            crowds = (each.end() for each in self._floor.crowds.values())
            await asyncio.gather(*(self._leave(name) for name in self._floor.sessions), *crowds)
            for failure in await asyncio.gather(*self._floor.beside, return_exceptions=True):
                if isinstance(failure, Exception):
                    raise failure
        finally:
            for session in self._floor.sessions.values():
                if not session.is_gone:
                    session.abort()
            for each in self._floor.crowds.values():
                each.cut()

    async def _undone(self) -> None:
        """Waits for the answers to what the clean-up sent: what is closed before them may never be read."""
        floor = self._floor
        for index, step in enumerate(self.case.cleanup, len(self.case.steps)):
            sent = floor.ledger.sent.get(index)
            if not isinstance(step, Send) or sent is None or sent.operation is None:
                continue
            if sent.operation.replies and floor.sessions[step.session].is_open:
                answer = Expect(step.session, sent.operation.replies, "", reply_to=index)
                until = floor.until(sent.at, sent.operation.within_ms)
                await floor.wait(floor.match(answer), until, step.session)

    async def _leave(self, name: str) -> None:
        session = self._floor.sessions[name]
        session.read_again()
        if session.is_open and not self._floor.recorder.flooded:
            self._floor.recorder.mark("ending", name)
            await session.close()

    async def _step(self, index: int, step: Step) -> None:
        floor = self._floor
        floor.recorder.mark("step", getattr(step, "session", ""), index)
        match step:
            case Connect():
                await commands.connect(floor, index, step)
            case Send():
                await commands.send(floor, index, step)
            case Expect():
                await commands.expect(floor, index, step)
            case Silence():
                await quiet.silence(floor, index, step)
            case Close():
                await quiet.close(floor, index, step)
            case Ping():
                await quiet.ping(floor, index, step)
            case Idle():
                await patient.idle(floor, index, step)
            case Stall():
                await patient.stall(floor, index, step)
            case Gather():
                await crowd.gather(floor, index, step)
            case Compare():
                await crowd.compare(floor, index, step)
            case Reading():
                await patient.reading(floor, index, step)
            case Unanswered():
                await commands.unanswered(floor, index, step)
            case Disconnect():
                await commands.disconnect(floor, index, step)
            case Abreast():
                await abreast(floor, index, step)
            case Moves():
                self._unfold(index, step)
            case Request():
                await self._request(index, step)
            case Generate():
                await self._generate(index, step)

    def _unfold(self, index: int, step: Moves) -> None:
        floor = self._floor
        known = known_to(step, floor.ledger.saved)
        try:
            commander = floor.around.probing.commander(floor.around.contract.services[step.service])
            self.case = unfolded(commander, self.case, known)
        except Unfit as why:
            floor.recorder.mark("skipped", step=index, reason=str(why))
            raise Stop from None
        floor.recorder.mark("unfolded", step=index, known=known)

    async def _request(self, index: int, step: Request) -> None:
        url = self.around.target.addresses[step.service].rstrip("/") + step.path
        carried = self._carried(index, step)
        await request(
            self._floor.recorder,
            step.service,
            url,
            step.method,
            (*step.headers, *carried.headers),
            step.body,
            query=carried.query,
            timeout_s=(step.within_ms + self.around.target.tolerance_ms + LATE_MS) / 1000,
            ssl=self.around.ssl if url.startswith("https") else None,
            step=index,
        )
        answered = (one for one in self._floor.recorder.transcript().exchanges() if one.step == index)
        for exchange in answered if step.only or step.save or step.holds else ():
            body = body_of(exchange.header("content-type"), exchange.body)
            self._floor.ledger.keep(step.save, body)
            if step.only not in (0, exchange.status) or body is MISSING:
                raise Stop

    def _carried(self, index: int, step: Request | Generate) -> Opening:
        """What a request carries; without something that is asked for the conversation ends here."""
        try:
            return requesting(self.around.contract.services[step.service], self.around.target, step)
        except Unopenable as why:
            self._floor.recorder.mark("skipped", step.service, index, reason=why.reason)
            raise Stop from None

    async def _generate(self, index: int, step: Generate) -> None:
        if self.around.generator is None:
            self._floor.recorder.mark("skipped", reason="request generation is switched off")
            raise Stop
        service = self.around.contract.services[step.service]
        carried = self._carried(index, step)
        result = await self.around.generator.run(
            service.path,
            self.around.target.addresses[step.service],
            step.method,
            step.path,
            seed=self.around.seed,
            time_limit_s=step.within_ms / 1000,
            headers=carried.headers,
            query=carried.query,
        )
        self._floor.recorder.mark("generated", step.service, index, **result.to_json())
