"""Ends without a Close, and messages that never become whole: what the peer gets, byte by byte."""

from __future__ import annotations

import asyncio

import pytest

from conformance.session.websocket import Session

from .test_closing import closed, played

DATA = bytes(range(40))


def unmasked(frame: bytes) -> tuple[int, int, bytes]:
    """First byte, announced length and payload of a short masked frame (RFC 6455, 5.2)."""
    mask, body = frame[2:6], frame[6:]
    return frame[0], frame[1] & 0x7F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))


def ended(reset: bool, *, part: str = "") -> tuple[bytes, str, object]:
    """What the peer read, how its reading ended, and what the transcript says of the end."""
    got = bytearray()
    how: list[str] = []
    over = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1024):
                got.extend(data)
            how.append("end")
        except ConnectionResetError:
            how.append("reset")
        writer.close()
        over.set()

    async def script(session: Session) -> None:
        if part:
            await session.send_part(DATA, frame=part == "open")
            await asyncio.sleep(0.05)  # a reset may throw away what was sent right before it
        await session.drop(reset=reset)
        async with asyncio.timeout(5):
            await over.wait()

    mark = closed(played(handler, script))
    assert (mark.data["by"], mark.data["code"]) == ("us", 1006)
    return bytes(got), how[0], mark.data["reason"]


@pytest.mark.parametrize(
    ("reset", "how", "why"),
    [(False, "end", "we dropped the connection"), (True, "reset", "we reset the connection")],
)
def test_a_connection_ends_without_a_close(reset: bool, how: str, why: str) -> None:
    """The peer sees the end of the stream, or a reset, and no Close frame."""
    assert ended(reset) == (b"", how, why)


def test_half_a_frame_is_half_a_frame() -> None:
    """It announces the whole message, and less of it comes."""
    got, _, _ = ended(False, part="half")
    first, length, payload = unmasked(got)
    assert (first, length) == (0x82, len(DATA))
    assert payload == DATA[: len(payload)]
    assert 0 < len(payload) < len(DATA)


def test_an_open_message_lacks_only_its_last_fragment() -> None:
    """All of it is there, in a fragment without FIN (RFC 6455, 5.4)."""
    got, _, _ = ended(False, part="open")
    assert unmasked(got) == (0x02, len(DATA), DATA)
