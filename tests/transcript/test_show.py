"""A shown transcript tells the story in bounded, harmless lines, and says what it leaves out."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from conformance.transcript.model import Direction, Exchange, Frame, Mark, Transcript
from conformance.transcript.show import harmless, lines

from .sample import sample


def decode(data: bytes) -> str:
    """Stands for a codec's rendering."""
    return data.decode("utf-8", "backslashreplace")


def shown(*entries: Frame | Mark, most: int = 60, width: int = 160) -> list[str]:
    """The lines of these entries."""
    return list(lines(Transcript("case", entries), decode, most=most, width=width))


def received(data: bytes, at: int = 0, opcode: str = "binary") -> Frame:
    """One received frame."""
    return Frame("a", Direction.RECEIVED, opcode, data, at)


def test_the_story() -> None:
    """Arrows, relative milliseconds, sessions when there are several, codes, and the marks that matter."""
    assert list(lines(sample("hi"), decode)) == [
        "      1.0 ms a -- connected (101)",
        "      1.2 ms a >> hi",
        "      2.0 ms a << (3 fragments) text hi",
        '      3.0 ms b << close 1000 "hi"',
        "      4.0 ms b >> close without a code",
        "      4.0 ms h >> POST http://h/?k=hi text hi",
        "      5.0 ms h << 200 (hi) text hi",
        "      6.0 ms h >> GET http://h/",
        "      7.0 ms h << no answer: hi",
        "      8.0 ms a -- closed 1006 by peer: hi",
    ]


def test_a_web_page_is_text() -> None:
    """The body of an HTTP answer is not taken for a message of another encoding."""
    page = b"<!DOCTYPE html>\n<title>404</title>\x1b"
    entries = Exchange("h", "GET", "http://h/", 0, 1, status=404, body=page)
    told = list(lines(Transcript("case", (entries,)), lambda data: "decoded"))
    assert told[1].endswith("<< 404 text <!DOCTYPE html> <title>404</title>\\x1b")
    entries = Exchange("h", "GET", "http://h/", 0, 1, status=200, body=b'{"a":1}')
    assert list(lines(Transcript("case", (entries,)), lambda data: "decoded"))[1].endswith("<< 200 decoded")


def test_one_session_needs_no_name() -> None:
    """With a single session its name is left out."""
    assert shown(received(b"x")) == ["      0.0 ms << x"]


def test_control_frames() -> None:
    """Pings, pongs and raw bytes are shown in hexadecimal, long ones in part."""
    assert shown(received(b"\x01\xff", opcode="ping")) == ["      0.0 ms << ping 01 ff"]
    assert shown(received(b"", opcode="pong")) == ["      0.0 ms << pong"]
    (line,) = shown(received(b"\x00" * 100, opcode="raw"), width=300)
    assert line.endswith("00 … (100 bytes)")


@pytest.mark.parametrize(
    "hostile", ["\x1b[2J", "a\nb", "a\rb", "\u202eabc", "\x00", "\u2028", "\x9b31m", "\ufeff"]
)
def test_hostile_text(hostile: str) -> None:
    """Nothing that a peer says can move the cursor, break the line or reorder it, wherever it stands."""
    for line in lines(sample(hostile), decode):
        assert line.isprintable()
    for line in shown(
        received(hostile.encode(), opcode="text"),
        Mark("failed", 1, "a", data=MappingProxyType({"stage": "tls", "reason": hostile})),
        Mark("violation", 1, "a", 2, MappingProxyType({"reason": hostile})),
    ):
        assert line.isprintable()


def test_escapes() -> None:
    """What is not printable is shown by its number; what is, stays."""
    assert harmless("é\x1b\u202e\U000e0001 漢") == "é\\x1b\\u202e\\U000e0001 漢"


def test_long_lines() -> None:
    """A long payload is cut at the width, and the line says how much is missing."""
    (line,) = shown(received(b"x" * 1000), width=60)
    assert len(line) <= 60
    text, _, note = line.partition("…")
    assert note == f" (+{1000 - text.count('x')} characters)"


def test_left_out() -> None:
    """Of many entries the middle is left out, and counted."""
    frames = [received(str(number).encode(), number) for number in range(322)]
    told = shown(*frames, most=10)
    assert len(told) == 11
    assert told[5] == "… 312 frames left out …"
    assert (told[4][-1], told[6][-3:]) == ("4", "317")
    assert shown(*frames[:10], most=10)[-1].endswith("9")


def test_left_out_entries() -> None:
    """When marks are among what is left out, the count is not of frames."""
    told = shown(received(b"1"), Mark("expired", 1), received(b"2"), received(b"3"), most=2)
    assert told[1] == "… 2 entries left out …"


def test_a_decoder_that_fails() -> None:
    """A payload that cannot be rendered is shown as bytes; the report goes on."""

    def broken(data: bytes) -> str:
        raise ValueError(data)

    transcript = Transcript("case", (received(b"\x01\x02"), received(b"", 1)))
    assert next(iter(lines(transcript, broken))) == "      0.0 ms << 2 bytes 01 02"


def test_nothing_to_tell() -> None:
    """Without frames and telling marks there are no lines."""
    assert shown(Mark("lag", 1)) == []
