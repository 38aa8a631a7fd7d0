"""A transcript for people: one bounded, harmless line for each thing that went over the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.transcript.model import Direction, Entry, Exchange, Frame, Mark, Transcript

WIDTH = 160
MOST_LINES = 60

# Marks that a reader needs to follow the story; the others serve the verdict.
TOLD = frozenset(
    {
        "carried",
        "connected",
        "refused",
        "failed",
        "closed",
        "violation",
        "oversize",
        "flooded",
        "unsent",
        "expired",
        "skipped",
        "cancelled",
    }
)


def lines(
    transcript: Transcript,
    decode: Callable[[bytes], str],
    *,
    most: int = MOST_LINES,
    width: int = WIDTH,
) -> Iterator[str]:
    """The transcript's lines: milliseconds since its first entry, the session if there are several, what.

    ``decode`` renders the payload of a data frame or a body. Of more than ``most`` entries the middle is
    left out, and said to be. No line is longer than ``width``, and none holds a control character.
    """
    told = [entry for entry in transcript.entries if not isinstance(entry, Mark) or entry.kind in TOLD]
    if not told:
        return
    zero = min(_at(entry) for entry in transcript.entries)
    sessions = {entry.session for entry in told if entry.session}
    column = max(map(len, sessions)) if len(sessions) > 1 else 0
    head = told if len(told) <= most else told[: most // 2]
    tail = [] if len(told) <= most else told[len(told) - (most - most // 2) :]
    for entry in head:
        yield from _lines(entry, zero, column, decode, width)
    if tail:
        left_out = told[len(head) : len(told) - len(tail)]
        word = "frames" if all(isinstance(entry, Frame) for entry in left_out) else "entries"
        yield f"… {len(left_out)} {word} left out …"
    for entry in tail:
        yield from _lines(entry, zero, column, decode, width)


def harmless(text: str) -> str:
    """``text`` without anything that moves a cursor, breaks a line or reorders letters; escaped instead."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _escape(one) for one in text)


def shortened(text: str, width: int) -> str:
    """``text`` in at most ``width`` characters, with an honest count of what is missing."""
    if len(text) <= width:
        return text
    kept = max(0, width - len(f"… (+{len(text)} characters)"))
    return f"{text[:kept]}… (+{len(text) - kept} characters)"


def parts(entry: Entry, decode: Callable[[bytes], str]) -> Iterator[tuple[int, str, str]]:
    """What happened when: (nanoseconds, ``>>`` sent, ``<<`` came or ``--`` noticed, what), harmless.

    An HTTP exchange is two: the request and its answer.
    """
    if isinstance(entry, Frame):
        yield entry.at, ">>" if entry.direction is Direction.SENT else "<<", _frame(entry, decode)
    elif isinstance(entry, Mark):
        yield entry.at, "--", _mark(entry)
    else:
        body = f" {_body(entry.request_body, decode)}" if entry.request_body else ""
        yield entry.sent_at, ">>", f"{harmless(entry.method)} {harmless(entry.url)}{body}"
        yield entry.received_at, "<<", _answer(entry, decode)


def _lines(entry: Entry, zero: int, column: int, decode: Callable[[bytes], str], width: int) -> Iterator[str]:
    for at, arrow, what in parts(entry, decode):
        session = f" {harmless(entry.session):{column}}" if column else ""
        yield shortened(f"{(at - zero) / 1e6:9.1f} ms{session} {arrow} {what}", width)


def _frame(frame: Frame, decode: Callable[[bytes], str]) -> str:
    if frame.opcode == "close":
        code = "without a code" if frame.code is None else str(frame.code)
        return f"close {code}" + (f' "{harmless(frame.reason)}"' if frame.reason else "")
    if frame.opcode == "binary":
        what = _payload(frame.data, decode)
    elif frame.opcode == "text":
        what = f"text {harmless(frame.data.decode('utf-8', 'backslashreplace'))}"
    else:
        what = f"{frame.opcode} {_octets(frame.data)}".rstrip()
    # In front, where a long payload cannot push it out of the line.
    return (f"({frame.fragments} fragments) " if frame.fragments != 1 else "") + what


def _answer(exchange: Exchange, decode: Callable[[bytes], str]) -> str:
    if not exchange.status:
        return f"no answer: {harmless(exchange.failure)}"
    body = f" {_body(exchange.body, decode)}" if exchange.body else ""
    failure = f" ({harmless(exchange.failure)})" if exchange.failure else ""
    return f"{exchange.status}{failure}{body}"


def _mark(mark: Mark) -> str:
    data = mark.data
    if mark.kind == "closed":
        reason = f": {harmless(str(data.get('reason')))}" if data.get("reason") else ""
        return f"closed {data.get('code')} by {data.get('by')}{reason}"
    if mark.kind == "failed":
        return f"failed at {data.get('stage')}: {harmless(str(data.get('reason', '')))}"
    if mark.kind == "carried":
        names = data.get("names")
        return f"carried {harmless(', '.join(map(str, names)) if isinstance(names, list | tuple) else '')}"
    if mark.kind in ("connected", "refused"):
        return f"{mark.kind} ({data.get('status')})"
    told = ", ".join(f"{key} {harmless(str(value))}" for key, value in data.items())
    step = f" (step {mark.step})" if mark.step != -1 else ""
    return f"{mark.kind}{step}" + (f": {told}" if told else "")


def _payload(data: bytes, decode: Callable[[bytes], str]) -> str:
    try:
        text = decode(data)
    except Exception:  # noqa: BLE001 - a report is worth more than one strange payload in it
        text = f"{len(data)} bytes {_octets(data)}"
    return harmless(text)


def _body(data: bytes, decode: Callable[[bytes], str]) -> str:
    """What HTTP carried: a web page is text, whatever else its octets might be taken for."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _payload(data, decode)
    if text.lstrip()[:1] in ("{", "[", '"'):
        return _payload(data, decode)
    return f"text {harmless(' '.join(text.split()))}"


def _octets(data: bytes) -> str:
    return data[:64].hex(" ") + (f" … ({len(data)} bytes)" if len(data) > 64 else "")


def _escape(one: str) -> str:
    number = ord(one)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _at(entry: Entry) -> int:
    return entry.sent_at if isinstance(entry, Exchange) else entry.at
