"""A WebSocket client that hides nothing: the response head, every read, every frame."""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgpack

from conformance.reference.server import Reference
from conformance.reference.settings import Settings
from conformance.reference.variations.catalogue import VARIATIONS
from conformance.reference.variations.variation import vary
from tests.reference.stage import FREE, Stage

PATIENCE_SECS = 10.0
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


@dataclass(frozen=True)
class Frame:
    """One frame as it came."""

    opcode: int
    fin: bool
    payload: bytes


@dataclass
class Tap:
    """One connection, its ends in our hands."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: str = ""
    reads: list[bytes] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    _rest: bytes = b""
    _parts: bytes = b""
    _asked: int = 0
    _heard: int = 0

    def put(self, opcode: int, payload: bytes) -> None:
        """Send one masked frame."""
        assert len(payload) < 65_536
        short = len(payload) < 126
        size = bytes([0x80 | len(payload)]) if short else b"\xfe" + struct.pack(">H", len(payload))
        mask = b"\x01\x02\x03\x04"
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        self.writer.write(bytes([0x80 | opcode]) + size + mask + masked)

    def send(self, **command: Any) -> None:
        """Send one command."""
        self.put(BINARY, msgpack.packb(command))

    async def ask(self, kind: str, **fields: Any) -> Any:
        """Send a gateway command; its reply."""
        self._asked += 1
        number = self._asked
        self.send(type=kind, request_id=number, **fields)
        return await self.hear(lambda value: isinstance(value, dict) and value.get("request_id") == number)

    async def ping(self, nonce: int = 1) -> list[Any]:
        """Send a market-data ping; its pong."""
        self.send(type="ping", nonce=nonce)
        return list(await self.hear(lambda value: value[:2] == ["pong", nonce]))

    async def subscribe(self, channel: str, **fields: Any) -> list[Any]:
        """Subscribe; the first event."""
        self.send(type="subscribe", channel=channel, **fields)
        return list(await self.hear(lambda value: str(value[1]).startswith(channel) and len(value) > 2))

    async def hear(self, right: Callable[[Any], bool] = lambda value: True) -> Any:
        """The next message that is right; those before it are passed over."""
        while True:
            while self._heard < len(self.messages):
                value = msgpack.unpackb(self.messages[self._heard])
                self._heard += 1
                if right(value):
                    return value
            await self.read()

    async def frame(self, opcode: int) -> Frame:
        """The first frame of a kind."""
        while True:
            for frame in self.frames:
                if frame.opcode == opcode:
                    return frame
            await self.read()

    async def read(self) -> None:
        """One read, and what it completes."""
        data = await asyncio.wait_for(self.reader.read(1 << 20), PATIENCE_SECS)
        assert data, "the connection is gone"
        self.reads.append(data)
        self._rest += data
        while (frame := self._cut()) is not None:
            self.frames.append(frame)
            if frame.opcode in (0, TEXT, BINARY):
                self._parts += frame.payload
                if frame.fin:
                    self.messages.append(self._parts)
                    self._parts = b""

    def _cut(self) -> Frame | None:
        rest = self._rest
        if len(rest) < 2:
            return None
        size, at = rest[1] & 127, 2
        if size == 126:
            size, at = int.from_bytes(rest[2:4], "big"), 4
        elif size == 127:
            size, at = int.from_bytes(rest[2:10], "big"), 10
        if len(rest) < at + size:
            return None
        self._rest = rest[at + size :]
        return Frame(rest[0] & 15, bool(rest[0] & 128), rest[at : at + size])


@dataclass
class Scene(Stage):
    """A running reference, tapped."""

    @asynccontextmanager
    async def tap(self, name: str = "gateway", key: str = "", offer: str = "") -> AsyncIterator[Tap]:
        """A connection, authenticated when a key is given; ``offer`` are extensions."""
        async with self.raw(name) as (reader, writer):
            extensions = f"Sec-WebSocket-Extensions: {offer}\r\n" if offer else ""
            writer.write(
                b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + os.urandom(16).hex()[:22].encode()
                + b"==\r\n" + extensions.encode() + b"\r\n"
            )  # fmt: skip
            tap = Tap(reader, writer, (await reader.readuntil(b"\r\n\r\n")).decode())
            if key:
                assert (await tap.ask("auth", api_key=key))["type"] == "authenticated"
            yield tap

    @asynccontextmanager
    async def raw(self, name: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A plain connection to an endpoint."""
        host, port = self.reference.addresses[name].partition("//")[2].rstrip("/").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            yield reader, writer
        finally:
            writer.close()

    async def exchange(self, request: str, name: str = "gateway-health", end: bytes = b"") -> str:
        """All that comes for one HTTP request, until the service closes or ``end`` was read."""
        async with self.raw(name) as (reader, writer):
            writer.write(f"{request} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            read = reader.readuntil(end) if end else reader.read()
            return (await asyncio.wait_for(read, PATIENCE_SECS)).decode()


def play(scene: Callable[[Scene], Awaitable[None]], *variations: str, **settings: Any) -> None:
    """Run a scene on a fresh reference that varies."""
    chosen = {"gateway": FREE, "gateway_health": FREE, "market_data": FREE, **settings}

    async def main() -> None:
        behaviour = vary(VARIATIONS[name] for name in variations)()
        async with Reference(Settings(**chosen), behaviour) as reference:
            await scene(Scene(reference))

    asyncio.run(main())
