"""The invented library desk, live: a small server whose answers a test can change, one command at a time."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgpack
import yaml
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue
from conformance.cases.probing import Probing
from conformance.cases.steps import Connect, Expect, Send, Step
from conformance.cases.target import Credentials, Target
from conformance.contract import Contract, load
from conformance.conversation import Around, Conversation
from conformance.documents.find import find
from conformance.run import Engine
from conformance.transcript import Transcript
from conformance.transcript.store import from_json, to_json
from conformance.verdict import Judge, Tolerances, Verdict
from tests.verdict.stage import DOCUMENT, LENT, case

Command = dict[str, Any]
CARD = Credentials("card", "open-sesame", "reader", "ann", frozenset({"read"}))


class Line:
    """The server's side of one connection."""

    def __init__(self, socket: ServerConnection, number: int) -> None:
        self.socket = socket
        self.number = number

    async def say(self, *values: object) -> None:
        """Sends messages."""
        for value in values:
            await self.socket.send(msgpack.packb(value))

    async def raw(self, data: bytes | str) -> None:
        """Sends a frame as it is."""
        await self.socket.send(data)


Answer = Callable[[Line, Command], Awaitable[None]]


async def _lend(line: Line, command: Command) -> None:
    await line.say({"type": "lent", "id": command["id"], "fee": "10"})


async def _enter(line: Line, command: Command) -> None:
    if command["card"] == CARD.value:
        await line.say({"type": "entered", "id": command["id"]})
    else:
        await line.say({"type": "denied", "id": command["id"], "why": "stranger"})


async def _watch(line: Line, command: Command) -> None:
    shelf = command["shelf"]
    await line.say(["watching", shelf], ["shelf", shelf, 1, []], ["moved", shelf, 2, 5])


async def _unwatch(line: Line, command: Command) -> None:
    await line.say(["unwatched", command["shelf"]])


async def nothing(line: Line, command: Command) -> None:
    """Answers nothing."""


def busy(times: int, then: Answer) -> Answer:
    """Too busy so often, and then as told."""
    left = itertools.chain(itertools.repeat(True, times), itertools.repeat(False))

    async def answer(line: Line, command: Command) -> None:
        if next(left):
            await line.say({"type": "denied", "id": command["id"], "why": "busy"})
        else:
            await then(line, command)

    return answer


class Desk:
    """A library desk on a free port. ``answers`` replace its own, by type; ``hello`` is for who connects."""

    def __init__(self, **answers: Answer) -> None:
        own = {"lend": _lend, "enter": _enter, "watch": _watch, "unwatch": _unwatch, "hello": nothing}
        self.answers: dict[str, Answer] = {**own, **answers}
        self.open = self.most = self.lines = 0
        self.asked: list[str] = []
        self._news = asyncio.Event()
        self._server: Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Desk:
        self._server = await serve(self._line, "127.0.0.1", 0, close_timeout=0.2, max_size=None)
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._server is not None
        for task in self._tasks:
            task.cancel()
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Its address."""
        assert self._server is not None
        return f"ws://127.0.0.1:{next(iter(self._server.sockets)).getsockname()[1]}"

    async def until(self, asked: int) -> None:
        """Waits until so many commands have come in."""
        while len(self.asked) < asked:
            self._news.clear()
            await self._news.wait()

    async def _line(self, socket: ServerConnection) -> None:
        self.lines += 1
        self.open += 1
        self.most = max(self.most, self.open)
        line = Line(socket, self.lines)
        self._do(self.answers["hello"], line, {})
        try:
            async for data in socket:
                assert isinstance(data, bytes)
                command = msgpack.unpackb(data)
                self.asked.append(command["type"])
                self._news.set()
                self._do(self.answers[command["type"]], line, command)
        except ConnectionClosed:
            pass
        finally:
            self.open -= 1

    def _do(self, answer: Answer, line: Line, command: Command) -> None:
        async def guarded() -> None:
            with suppress(ConnectionClosed):
                await answer(line, command)

        task = asyncio.get_running_loop().create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _document(name: str, folder: str, extra: Mapping[str, Any]) -> str:
    document = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    document["info"] = {"title": name, "version": "1.0.0", "x-conformance": {"name": name}}
    use = {"operation": "enter", "location": "/card", "success": "entered", "refusal": "stranger"}
    scheme = {"type": "apiKey", "in": "password", "x-conformance": {"credential": use}}
    document["components"]["securitySchemes"] = {"card": scheme}
    document["x-conformance"].update(extra)
    path = Path(folder) / f"{name}.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    return str(path)


@cache
def contract() -> Contract:
    """The library and its annex: one document under two names; the library also gives a value ``fee``."""
    source = {"operation": "lend", "message": "lent", "values": {"fee": "/fee"}, "scope": "run"}
    with TemporaryDirectory() as folder:
        files = [_document("library", folder, {"sources": {"desk": source}}), _document("annex", folder, {})]
        return load(find(asyncapi=files))


@cache
def judge() -> Judge:
    """The judge of both, with a tolerance of 250 ms."""
    return Judge(contract(), contract().clauses, Tolerances())


def target(desk: Desk | str, **more: Any) -> Target:
    """The desk as a target."""
    url = desk if isinstance(desk, str) else desk.url
    return replace(Target("desk", {"library": url}), **more)


def lend(session: str = "main") -> Send:
    """A command with a correlation of its own."""
    harmless = Probing(contract()).probe(contract().services["library"])
    assert harmless is not None
    return Send(session, "lend", harmless[1])


def lent(reply_to: int, session: str = "main", within_ms: int = 1000) -> Expect:
    """Its reply."""
    return Expect(
        session,
        ("lent",),
        LENT,
        reply_to=reply_to,
        within_ms=within_ms,
        within_clause="library/lend/within",
        correlation_clause="library/lend/correlation",
    )


def watch(shelf: str = "A", session: str = "main") -> Send:
    """A subscription."""
    return Send(session, "watch", {"type": "watch", "shelf": shelf})


def lending(name: str = "test", *steps: Step, **more: Any) -> Case:
    """A case that lends a book once, and whatever else is given."""
    whole = (Connect("main", "library"), lend(), lent(1), *steps)
    return replace(case(*whole, clauses=(LENT,)), id=f"library/commands/{name}", **more)


def around(at: Target, **more: Any) -> Around:
    """The surroundings of a conversation without an engine."""
    numbers = itertools.count(1)

    async def value(name: str) -> object:
        raise AssertionError(f"nobody needs {name}")

    whole = Around(
        contract(),
        judge().probing,
        at,
        value=value,
        fresh=lambda: next(numbers),
        tag="t",
        connect_timeout_s=0.5,
    )
    return replace(whole, **more)


async def play(one: Case, desk: Desk, **more: Any) -> Transcript:
    """Plays a case at the desk."""
    return await Conversation(one, around(target(desk, **more))).play()


def verdict(one: Case, transcript: Transcript) -> Verdict:
    """The verdict, which is the same from the stored transcript."""
    live = judge().judge(one, transcript)
    stored = judge().judge(one, from_json(json.loads(json.dumps(to_json(transcript)))))
    assert live == stored
    return live


def tried(one: Case, **answers: Answer) -> Verdict:
    """The verdict on a case at a desk with these answers."""

    async def main() -> Transcript:
        async with Desk(**answers) as desk:
            return await play(one, desk)

    return verdict(one, asyncio.run(main()))


def engine(at: Target, **more: Any) -> Engine:
    """An engine for hand-made cases."""
    return Engine(contract(), Catalogue((), contract().clauses, {}), at, **more)
