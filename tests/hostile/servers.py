"""A kiosk that keeps its promises, over raw bytes, up to the moment at which an act takes over.

Acts are played in a process of their own (``python -m tests.hostile.servers``), so that what they do to
the suite is the suite's to bear, and not the time or memory of the test.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import ssl
import struct
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

import msgpack

BADGE = "open-sesame-of-the-kiosk"
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
FIN, TEXT, BINARY, CLOSE, PING, PONG = 0x80, 0x1, 0x2, 0x8, 0x9, 0xA
POKED = {"type": "poked", "note": "all is well", "size": 3, "list": ["a", "b"]}
MOMENTS = ("tcp", "http", "head", "open", "enter", "poke", "any", "close")

Moment = Callable[["Peer"], Awaitable[None]]
Act = Mapping[str, Moment]


def frame(first: int, data: bytes = b"", *, announced: int | None = None) -> bytes:
    """A server's frame: ``first`` is its first byte; ``announced`` need not be the size of ``data``."""
    size = len(data) if announced is None else announced
    if size < 126:
        return struct.pack("!BB", first, size) + data
    if size < 1 << 16:
        return struct.pack("!BBH", first, 126, size) + data
    return struct.pack("!BBQ", first, 127, size) + data


def message(value: object) -> bytes:
    """A whole binary message."""
    return frame(FIN | BINARY, msgpack.packb(value))


class Peer:
    """The server's side of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        self.reader, self.writer, self.number = reader, writer, number
        self.request = b""
        self.command: dict[str, Any] = {}
        self.trap = ""
        self.on = False

    def goes_on(self) -> None:
        """What follows is honest again."""
        self.on = True

    async def write(self, data: bytes) -> None:
        """Writes, and waits until the client has taken it."""
        self.writer.write(data)
        await self.writer.drain()

    async def forever(self, pieces: Iterable[bytes]) -> None:
        """Writes all of it: as fast as the client takes it."""
        for piece in pieces:
            await self.write(piece)

    async def drip(self, data: bytes, each_s: float) -> None:
        """Writes a byte at a time; such a pace is what these acts are about."""
        for one in data:
            await self.write(bytes([one]))
            await asyncio.sleep(each_s)

    async def say(self, value: object) -> None:
        """Sends a message."""
        await self.write(message(value))

    def poked(self, **more: object) -> dict[str, object]:
        """The honest reply to the poke, with something else in it."""
        return {**POKED, "id": self.command.get("id"), **more}

    async def hold(self) -> None:
        """Reads, and says nothing, until the client has gone."""
        while await self.reader.read(65536):
            pass

    def end(self) -> None:
        """Ends the connection in order: a FIN behind what was written."""
        self.writer.close()

    def reset(self) -> None:
        """Ends it with a reset."""
        socket = self.writer.get_extra_info("socket")
        socket.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SOL_SOCKET, SO_LINGER: drop what is not sent
        self.writer.transport.abort()

    def answer(self) -> bytes:
        """The 101 that accepts the request."""
        key = self.request.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        return head + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"

    async def messages(self) -> AsyncIterator[tuple[int, bytes]]:
        """Whole messages and control frames of the client."""
        parts = b""
        kind = 0
        while True:
            first, second = await self.reader.readexactly(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack("!H", await self.reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
            mask = await self.reader.readexactly(4)
            masked = await self.reader.readexactly(size)
            data = bytes(one ^ mask[index % 4] for index, one in enumerate(masked))
            opcode = first & 0x0F
            if opcode >= CLOSE:
                yield opcode, data
                continue
            kind, parts = opcode or kind, parts + data
            if first & FIN:
                yield kind, parts
                parts = b""


class Kiosk:
    """Serves one act (an empty one is honest). ``trap`` is an address that nobody may be sent to."""

    def __init__(self, act: Act, trap: str = "") -> None:
        assert set(act) <= set(MOMENTS), act
        self.act, self.trap = act, trap
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        peer = Peer(reader, writer, self.connections)
        peer.trap = self.trap
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await self._serve(peer)
        writer.close()

    async def _acts(self, moment: str, peer: Peer) -> bool:
        """Plays the act of this moment, if there is one; whether it took the connection over for good."""
        if moment not in self.act:
            return False
        peer.on = False
        await self.act[moment](peer)
        return not peer.on

    async def _serve(self, peer: Peer) -> None:
        if await self._acts("tcp", peer):
            return
        peer.request = await peer.reader.readuntil(b"\r\n\r\n")
        if b"upgrade: websocket" not in peer.request.lower():
            if not await self._acts("http", peer):
                body = json.dumps({"open": True, "note": "as always"}).encode()
                head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                await peer.write(head % len(body) + (b"" if peer.request.startswith(b"HEAD") else body))
            return
        if await self._acts("head", peer):
            return
        await peer.write(peer.answer())
        if await self._acts("open", peer):
            return
        async for opcode, data in peer.messages():
            if opcode == PING:
                await peer.write(frame(FIN | PONG, data))
            elif opcode == CLOSE:
                if await self._acts("close", peer):
                    return
                await peer.write(frame(FIN | CLOSE, data))
                return
            elif opcode == BINARY and await self._command(peer, data):
                return

    async def _command(self, peer: Peer, data: bytes) -> bool:
        peer.command = msgpack.unpackb(data)
        if await self._acts("any", peer):
            return True
        match peer.command:
            case {"type": ("enter" | "poke") as kind} if kind in self.act:
                return await self._acts(kind, peer)
            case {"type": "enter", "badge": badge, "id": number}:
                right = badge == BADGE
                more = {"type": "entered"} if right else {"type": "denied", "why": "stranger"}
                await peer.say({**more, "id": number})
            case {"type": "poke"}:
                await peer.say(peer.poked())
            case {"type": "ask", "id": number}:
                await peer.say({"type": "answer", "id": number})
        return False


async def listen(kiosk: Kiosk, context: ssl.SSLContext | None = None) -> asyncio.Server:
    """The kiosk on a free port."""
    return await asyncio.start_server(kiosk.serve, "127.0.0.1", 0, ssl=context, backlog=256)


async def _main(trap: str, cert: str, key: str, *names: str) -> None:
    from tests.hostile.catalogue import ENTRIES

    servers = []
    for name in names:
        entry = ENTRIES[name]
        context = None
        if entry.tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
            entry.tls(context)
        servers.append(await listen(Kiosk(entry.act, trap), context))
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    # It ends with whoever started it.
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_main(*sys.argv[1:]))
