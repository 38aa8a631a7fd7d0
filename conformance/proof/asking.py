"""A child process that is asked: one JSON object a line there, one back for each, in any order."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping

from conformance.errors import ConformanceError

GRACE_S = 5.0
SHOWN = 80


class HostError(ConformanceError):
    """A child process of the proof did not do what it was asked for."""

    exit_code = 4


class Asking:
    """The parent's side. ``who`` is its name in sentences, ``key`` the word for the number of an order.

    However the child ends, whoever waits for it is told so in one sentence, with its last words.
    """

    def __init__(self, process: asyncio.subprocess.Process, who: str, key: str) -> None:
        self.process = process
        self.who = who
        self.key = key
        self._last_words = ""
        self._end = ""
        self._asked: dict[int, asyncio.Future[Mapping[str, object]]] = {}
        self._complaining = asyncio.create_task(self._hear_complaints())
        self._listening = asyncio.create_task(self._listen())

    async def ask(self, number: int, order: Mapping[str, object]) -> Mapping[str, object]:
        """Gives an order, and waits for what comes of it. Raises HostError when nothing does."""
        if self._end:
            raise HostError(self._end)
        assert self.process.stdin is not None
        answer: asyncio.Future[Mapping[str, object]] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            with contextlib.suppress(OSError):  # it is gone, and its end says why
                self.process.stdin.write(json.dumps({self.key: number, **order}).encode() + b"\n")
                await self.process.stdin.drain()
            return await answer
        finally:
            self._asked.pop(number, None)

    async def stop(self) -> None:
        """Closes its input, which ends it."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), GRACE_S)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        for task in (self._listening, self._complaining):
            task.cancel()
        await asyncio.gather(self._listening, self._complaining, return_exceptions=True)

    async def _listen(self) -> None:
        assert self.process.stdout is not None
        wrong = ""
        while (text := await line(self.process.stdout)).endswith(b"\n"):
            try:
                said = json.loads(text)
                asked = self._asked.get(said[self.key])
            except (ValueError, TypeError, KeyError):
                wrong = f"said what is no answer: {text[:SHOWN]!r}"
                break
            if asked is not None and not asked.done():
                asked.set_result(said)
        self._end = f"{self.who} {wrong or await self._ended()}"
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(HostError(self._end))

    async def _ended(self) -> str:
        """How it ended, and what it said last."""
        waiting = asyncio.create_task(self.process.wait())
        await asyncio.wait({waiting, self._complaining}, timeout=GRACE_S)
        waiting.cancel()
        code = self.process.returncode
        how = "ended" if code is None else f"ended with code {code}"
        return f"{how}: {self._last_words}" if self._last_words else how

    async def _hear_complaints(self) -> None:
        assert self.process.stderr is not None
        while text := await line(self.process.stderr):
            self._last_words = text.decode("utf-8", "backslashreplace").rstrip() or self._last_words


async def line(stream: asyncio.StreamReader) -> bytes:
    """A line of any length; without its newline only at the end."""
    parts = []
    while True:
        try:
            parts.append(await stream.readuntil(b"\n"))
            break
        except asyncio.LimitOverrunError as longer:
            parts.append(await stream.readexactly(longer.consumed))
        except asyncio.IncompleteReadError as last:
            parts.append(last.partial)
            break
    return b"".join(parts)
