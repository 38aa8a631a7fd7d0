"""The wire: limits, close codes, pings, slow readers, shutdown."""

import asyncio
import socket
from typing import Any

import msgpack
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from .stage import LIVELY, Client, Stage, play


def padded(size: int) -> bytes:
    """An auth command of exactly this many bytes."""
    shell = len(msgpack.packb({"type": "auth", "request_id": 1, "api_key": "x" * 1000})) - 1000
    return bytes(msgpack.packb({"type": "auth", "request_id": 1, "api_key": "x" * (size - shell)}))


@pytest.mark.parametrize("compression", [None, "deflate"])
def test_size_limit(compression: str | None) -> None:
    """65 536 bytes are accepted, 65 537 close with 1009 and no error message, compressed or not."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway(None, compression=compression) as client:
            largest = padded(65_536 - 2)  # the length prefix of a long str is two bytes longer
            assert len(largest) <= 65_536
            assert (await client.raw(largest))["code"] == "auth_failed"
            await client.socket.send(b"\x00" * 65_537)
            assert await client.until_closed() == ([], 1009)

    play(scene)


def test_fragments_count_together() -> None:
    """The limit is on the reassembled message, and fragments make one message."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway(None) as client:
            whole = padded(2000)
            await client.socket.send([whole[:7], whole[7:900], whole[900:]])
            assert (await client.hear())["code"] == "auth_failed"
            await client.socket.send([b"\x00" * 40_000, b"\x00" * 40_000])
            assert await client.until_closed() == ([], 1009)

    play(scene)


def test_exactly_the_limit() -> None:
    """A message of exactly 65 536 bytes is read."""

    async def scene(stage: Stage) -> None:
        for connection in (stage.gateway(None), stage.market_data()):
            async with connection as client:
                answer = await client.raw(b"\xc4" + b"\x00" * 65_535)
                assert (answer["code"] if isinstance(answer, dict) else answer[1]) == "malformed_message"

    play(scene)


@pytest.mark.parametrize("name", ["gateway", "market-data"])
def test_malformed_frames_keep_the_connection(name: str) -> None:
    """A frame that is not exactly one map is answered with malformed_message, and the connection lives."""

    async def scene(stage: Stage) -> None:
        opened = stage.gateway(None) if name == "gateway" else stage.market_data()
        async with opened as client:
            for payload in (b"", b"\xc0", b"\x80", b"\xc1", "valid text", b"\x81\xa4type\xa4ping\xc0"):
                answer = await client.raw(payload)
                if name == "gateway":
                    assert (answer["code"], answer["request_id"]) == ("malformed_message", None)
                else:
                    assert (answer[0], answer[1], answer[3]) == ("error", "malformed_message", None)

    play(scene)


def test_invalid_text_closes_with_1007() -> None:
    """A text frame of invalid UTF-8 closes with 1007."""

    async def scene(stage: Stage) -> None:
        async with stage.market_data() as client:
            await client.socket.send(b"\xff\xfe", text=True)
            assert await client.until_closed() == ([], 1007)

    play(scene)


def test_pings_are_answered() -> None:
    """A ping frame is answered with its own payload."""

    async def scene(stage: Stage) -> None:
        async with stage.market_data() as client:
            await asyncio.wait_for(await client.socket.ping(b"abc"), 5)

    play(scene)


def test_silence_before_the_first_command() -> None:
    """The first message of a connection answers its first command."""

    async def scene(stage: Stage) -> None:
        async with stage.market_data() as client:
            await stage.http("market-data-health", "GET", "/health")
            await client.send(type="ping", nonce=1)
            assert (await client.hear())[0] == "pong"

    play(scene)


def test_shutdown_closes_with_1001() -> None:
    """Shutdown closes every connection with 1001."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway() as trader, stage.market_data() as reader:
            await stage.reference.stop()
            assert (await trader.until_closed())[1] == 1001
            assert (await reader.until_closed())[1] == 1001

    play(scene)


def test_other_paths_do_not_upgrade() -> None:
    """The channel's address is `/`, and nothing else."""

    async def scene(stage: Stage) -> None:
        stage.reference.addresses["gateway"] += "nowhere"
        with pytest.raises(InvalidStatus, match="404"):
            async with stage.gateway(None):
                pass

    play(scene)


def test_slow_readers_are_closed_without_a_gap() -> None:
    """A reader that stops reading finds everything that was sent, contiguous, and then 1013."""

    async def scene(stage: Stage) -> None:
        small = socket.socket()
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        host, port = stage.reference.addresses["market-data"].split("/")[2].split(":")
        small.setblocking(False)
        await asyncio.get_running_loop().sock_connect(small, (host, int(port)))
        async with stage.market_data(sock=small, max_queue=1) as client:
            await client.send(type="subscribe", channel="trades", symbol=LIVELY)
            market = stage.reference.market
            closed = asyncio.Event()
            while not closed.is_set():
                for _ in range(200):
                    market.streams.publish(f"trades:{LIVELY}", lambda: [["x" * 200]], "trade", with_ts=False)
                await asyncio.sleep(0)
                if not stage.reference.market_data.sessions:
                    closed.set()
            heard, code = await read_out(client)
            numbers = [event[2] for event in heard if event[0] in ("trades_snapshot", "trade")]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
            assert (code, len(numbers) > 100) == (1013, True)

    play(scene, outbox_bytes=64 * 1024, stall_secs=0.3)


async def read_out(client: Client) -> tuple[list[Any], int]:
    """Everything that comes before the close."""
    heard = []
    try:
        while True:
            heard.append(await client.hear())
    except ConnectionClosed as closed:
        return heard, closed.rcvd.code if closed.rcvd else 1006
