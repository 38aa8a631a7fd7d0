"""Scenes of encodings, frames, segments and handshakes."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import msgpack

from tests.variations.differences import differs
from tests.variations.wiretap import CLOSE, PING, PONG, TEXT, Scene, Tap

PONG_BYTES = {
    "widest_integers": b"\xcf\0\0\0\0\0\0\0\x01",
    "signed_integers": b"\xd0\x01",
    "str_8": b"\xd9\x04pong",
    "str_16": b"\xda\0\x04pong",
    "str_32": b"\xdb\0\0\0\x04pong",
    "headers_16": b"\xdc\0\x03",
    "headers_32": b"\xdd\0\0\0\x03",
}
"""What stands in the answer to ping 1, and is shorter in the plain one."""


def _pong_has(name: str, expected: bytes) -> None:
    @differs(name)
    async def scene(scene: Scene) -> None:
        async with scene.tap("market-data") as tap:
            assert (await tap.ping())[:2] == ["pong", 1]
            assert expected in tap.messages[0]


for _name, _expected in PONG_BYTES.items():
    _pong_has(_name, _expected)


@differs("mixed_encodings")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        for nonce in range(20):
            await tap.ping(nonce)
        assert len({len(message) for message in tap.messages}) > 3


async def _keys(tap: Tap) -> list[str]:
    shown = await tap.ask("getMarketSnapshot", symbol="BTC-29MAR30-50000-C")
    return list(shown)


@differs("keys_reversed")
async def _(scene: Scene) -> None:
    async with scene.tap() as tap:
        keys = await _keys(tap)
        assert (keys[0], keys[-1]) == ("ts", "type")


@differs("keys_shuffled")
async def _(scene: Scene) -> None:
    async with scene.tap() as tap:
        assert len({tuple(await _keys(tap)) for _ in range(4)}) > 1


def _frames(name: str, right: Any) -> None:
    @differs(name)
    async def scene(scene: Scene) -> None:
        async with scene.tap("market-data") as tap:
            assert (await tap.ping())[:2] == ["pong", 1]
            assert right([(frame.opcode, len(frame.payload)) for frame in tap.frames]), tap.frames


_frames("fragments_of_one_byte", lambda frames: len(frames) > 10 and {size for _, size in frames} == {1})
_frames("two_fragments", lambda frames: [opcode for opcode, _ in frames] == [2, 0])
_frames("empty_fragments", lambda frames: [size for _, size in frames if not size] == [0, 0, 0])
_frames("pings_between_fragments", lambda frames: [opcode for opcode, _ in frames] == [2, PING, 0, PONG, 0])
_frames("pings_without_data", lambda frames: frames[0] == (PING, 0))
_frames("pings_with_data", lambda frames: frames[0] == (PING, 125))
_frames("unsolicited_pongs", lambda frames: frames[0] == (PONG, 7))


@differs("bytes_one_by_one")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        written: asyncio.Queue[Any] = asyncio.Queue()
        wire = next(iter(scene.reference.market_data.wires))
        wire._transport.write = written.put_nowait  # type: ignore[assignment, method-assign]
        tap.send(type="ping", nonce=1)
        assert [len(await written.get()) for _ in range(10)] == [1] * 10


@differs("many_messages_a_segment")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        for nonce in range(4):
            tap.send(type="ping", nonce=nonce)
            await asyncio.sleep(0.002)
        await tap.read()
        assert len(tap.messages) == 4


@differs("no_tcp_nodelay")
async def _(scene: Scene) -> None:
    async with scene.tap():
        wire = next(iter(scene.reference.gateway.wires))
        taken = wire._transport.get_extra_info("socket")
        assert not taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def _compresses(name: str, answer: str) -> None:
    @differs(name)
    async def scene(scene: Scene) -> None:
        async with scene.tap(offer="permessage-deflate; client_max_window_bits") as tap:
            told = [line for line in tap.head.splitlines() if line.startswith("Sec-WebSocket-Extensions")]
            assert told == ([f"Sec-WebSocket-Extensions: {answer}"] if answer else [])


_compresses("no_compression", "")
_compresses(
    "smallest_compression",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
    "server_max_window_bits=9; client_max_window_bits=9",
)
_compresses("largest_compression", "permessage-deflate; server_max_window_bits=15; client_max_window_bits=15")


def _closes(name: str, words: bytes) -> None:
    @differs(name)
    async def scene(scene: Scene) -> None:
        async with scene.tap() as tap:
            tap.put(TEXT, b"\xff")
            assert (await tap.frame(CLOSE)).payload == b"\x03\xef" + words


_closes("closes_without_reason", b"")
_closes("closes_with_long_reason", "ä€𝄞".encode() * 13 + b"12345!")


@differs("other_handshake")
async def _(scene: Scene) -> None:
    async with scene.tap() as tap:
        assert "x-served-by: edge-7\r\n" in tap.head
        assert "UPGRADE: websocket\r\n" in tap.head
        tap.send(type="none")
        assert msgpack.unpackb(await _first(tap))["code"] == "unknown_command"


async def _first(tap: Tap) -> bytes:
    while not tap.messages:
        await tap.read()
    return tap.messages[0]


@differs("buffers_of_the_kernel")
async def _(scene: Scene) -> None:
    """A reader that leaves unread more than the service keeps itself: the rest waits in the kernel."""
    rounds, stream = 1800, {"channel": "trades", "symbol": "BTC-29MAR30-50000-C"}
    async with scene.tap("market-data") as tap:
        for _ in range(rounds):
            tap.send(type="subscribe", **stream)
            tap.send(type="unsubscribe", **stream)
        await asyncio.sleep(1)
        for _ in range(rounds):
            await tap.hear(lambda value: value[0] == "unsubscribed")
        assert not any(frame.opcode == CLOSE for frame in tap.frames)
        assert sum(map(len, tap.messages)) > 1_400_000
