"""Takes secrets out of what is kept: each becomes stars of the same length, so offsets stay true."""

from __future__ import annotations

import base64
import html
import json
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from types import MappingProxyType
from typing import AnyStr, Generic
from urllib.parse import quote, quote_plus

from conformance.transcript.model import Entry, Exchange, Frame, Transcript
from conformance.transcript.needles import Needles

# Shorter "secrets" would star out ordinary text; shorter spellings too.
SHORTEST = 4
# RFC 1952, 2.3.1; RFC 1950, 2.2, with the usual window.
COMPRESSED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
MOST_UNPACKED = 4 * 1024 * 1024


class Secrets:
    """The secrets of a run, in every spelling in which they may turn up."""

    def __init__(self) -> None:
        self._known: set[bytes] = set()
        self._bytes: Needles[bytes] = Needles()
        self._texts: Needles[str] = Needles()

    def __repr__(self) -> str:
        return f"Secrets({len(self._bytes)} spellings)"

    def add(self, secret: str | bytes) -> None:
        """Registers one secret; one shorter than four bytes is ignored."""
        raw = secret.encode("utf-8", "surrogatepass") if isinstance(secret, str) else bytes(secret)
        if len(raw) < SHORTEST or raw in self._known:
            return
        self._known.add(raw)
        spelled = {one for one in _spellings(raw) if len(one) >= SHORTEST}
        # A text that has backslashes, in a text that has them before each of these: JSON in JSON.
        twice = {one.replace(b"\\", b"\\\\") for one in spelled if b"\\" in one}
        spelled |= twice | {one.replace(b'"', b'\\"') for one in twice}
        for one in spelled:
            self._bytes.add(one)
            for text in _as_texts(one):
                self._texts.add(text)

    def redact_bytes(self, data: bytes) -> bytes:
        """``data`` with stars for every secret; nothing but stars where it is compressed and holds one."""
        if data.startswith(COMPRESSED) and self._known and any(self._bytes.spans(_unpacked(data))):
            return b"*" * len(data)
        starred: bytearray | None = None
        for start, end in self._bytes.spans(data):
            if starred is None:
                starred = bytearray(data)
            starred[start:end] = b"*" * (end - start)
        return data if starred is None else bytes(starred)

    def redact_text(self, text: str) -> str:
        """``text`` with stars for every secret."""
        starred: list[str] | None = None
        for start, end in self._texts.spans(text):
            if starred is None:
                starred = list(text)
            starred[start:end] = "*" * (end - start)
        return text if starred is None else "".join(starred)

    def redact_value(self, value: object) -> object:
        """A mark's value, or any JSON-like one, with stars in its strings and bytes, those of keys too."""
        if isinstance(value, str):
            return self.redact_text(value)
        if isinstance(value, bytes):
            return self.redact_bytes(value)
        if isinstance(value, (int, float)) or value is None:
            return value
        if isinstance(value, Mapping):
            return MappingProxyType(
                {self.redact_value(key): self.redact_value(one) for key, one in value.items()}
            )
        if isinstance(value, (list, tuple)):
            return tuple([self.redact_value(one) for one in value])
        return value

    def redact_transcript(self, transcript: Transcript) -> Transcript:
        """A transcript that can be kept."""
        if not self._known:
            return transcript
        entries = list(transcript.entries)
        for place in self._suspects(entries):
            entries[place] = self._entry(entries[place])
        return Transcript(transcript.case, tuple(entries))

    def _suspects(self, entries: Sequence[Entry]) -> set[int]:
        """The places of entries that may hold a secret: one look at all of them together finds those."""
        suspects: set[int] = set()
        datas: _Joined[bytes] = _Joined(self._bytes, b"\0")
        texts: _Joined[str] = _Joined(self._texts, "\n")

        for place, entry in enumerate(entries):
            if isinstance(entry, Frame):
                datas.add(place, entry.data)
                if entry.data.startswith(COMPRESSED):
                    suspects.add(place)
                if entry.reason:
                    texts.add(place, entry.reason)
            elif isinstance(entry, Exchange):
                suspects.add(place)
            else:
                for value in entry.data.values():
                    if type(value) is str:
                        texts.add(place, value)
                    elif type(value) is not float and _strewn(value, place, datas, texts):
                        suspects.add(place)
        return suspects.union(datas.suspects(), texts.suspects())

    def _entry(self, entry: Entry) -> Entry:
        if isinstance(entry, Frame):
            return replace(entry, data=self.redact_bytes(entry.data), reason=self.redact_text(entry.reason))
        if isinstance(entry, Exchange):
            return replace(
                entry,
                url=self.redact_text(entry.url),
                request_headers=self._headers(entry.request_headers),
                request_body=self.redact_bytes(entry.request_body),
                headers=self._headers(entry.headers),
                body=self.redact_bytes(entry.body),
                failure=self.redact_text(entry.failure),
            )
        data = {key: self.redact_value(value) for key, value in entry.data.items()}
        return replace(entry, data=MappingProxyType(data))

    def _headers(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((self.redact_text(name), self.redact_text(value)) for name, value in headers)


class _Joined(Generic[AnyStr]):
    """Texts, or bytes, of which each belongs to a place: looked through as one."""

    def __init__(self, needles: Needles[AnyStr], between: AnyStr) -> None:
        self._needles: Needles[AnyStr] = needles
        self._between: AnyStr = between
        self._parts: list[AnyStr] = []
        self._places: list[int] = []

    def add(self, place: int, part: AnyStr) -> None:
        """What belongs to the place."""
        self._parts.append(part)
        self._places.append(place)

    def suspects(self) -> Iterator[int]:
        """The places of parts in which a word may stand; of each in which one does."""
        ends: list[int] = []
        for start, end in self._needles.spans(self._between.join(self._parts)):
            if not ends:
                ends = list(accumulate(len(part) + 1 for part in self._parts))
            for number in range(bisect_right(ends, start), bisect_left(ends, end) + 1):
                yield self._places[number]


def _strewn(value: object, place: int, datas: _Joined[bytes], texts: _Joined[str]) -> bool:
    """Adds what texts and bytes are in a value; whether some of it is compressed."""
    if isinstance(value, str):
        texts.add(place, value)
    elif isinstance(value, bytes):
        datas.add(place, value)
        return value.startswith(COMPRESSED)
    elif isinstance(value, (list, tuple)):
        return True in [_strewn(one, place, datas, texts) for one in value]
    elif isinstance(value, Mapping):
        return True in [_strewn(one, place, datas, texts) for pair in value.items() for one in pair]
    return False


def _unpacked(data: bytes) -> bytes:
    """What gzip or zlib made of something, as far as it goes."""
    try:
        return zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(data, MOST_UNPACKED)
    except zlib.error:
        return b""


def _spellings(raw: bytes) -> Iterator[bytes]:
    yield raw
    yield from _base64(raw)
    for percent in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        for one in (percent, _lower_hex(percent)):
            yield one.encode()
            yield quote(one, safe="").encode()  # an address inside the query of another one
    yield repr(raw)[2:-1].encode()  # a sentence shows bytes so
    yield from _octets(raw)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return
    for ascii_only in (True, False):
        escaped = json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode("utf-8")
        yield escaped
        yield escaped.replace(b"/", b"\\/")
    for quotes in (True, False):
        yield html.escape(text, quotes).encode("utf-8")
    yield repr(text)[1:-1].encode("utf-8")
    yield ascii(text)[1:-1].encode("utf-8")
    yield from (text.encode(wide) for wide in ("utf-16-le", "utf-16-be"))
    yield from _each(text.encode("utf-16-be").hex(), 4, "\\u")


def _octets(raw: bytes) -> Iterator[bytes]:
    """Each byte in hexadecimal: one after the other, as dumps have them, as URLs and as programs."""
    for front in ("%", "\\x"):
        yield from _each(raw.hex(), 2, front)
    for between in ("", " ", ":"):
        yield from _both(between.join(f"{one:02x}" for one in raw))


def _each(digits: str, size: int, front: str) -> Iterator[bytes]:
    """So many hexadecimal digits at a time, with something in front of them."""
    for case in (digits.lower(), digits.upper()):
        yield "".join(front + case[at : at + size] for at in range(0, len(case), size)).encode()


def _both(digits: str) -> Iterator[bytes]:
    """In small letters and in capital ones."""
    yield digits.lower().encode()
    yield digits.upper().encode()


def _base64(raw: bytes) -> Iterator[bytes]:
    """Base64 of the secret alone, and of the secret anywhere inside something longer (``user:secret``)."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw)
        yield encode(raw).rstrip(b"=")
        for shift in range(3):
            # A character holds 6 bits: those that hold bits of the secret alone look the same everywhere.
            first, last = -(-8 * shift // 6), 8 * (shift + len(raw)) // 6
            yield encode(bytes(shift) + raw)[first:last]


def _lower_hex(percent: str) -> str:
    head, *rest = percent.split("%")
    return "%".join([head, *(part[:2].lower() + part[2:] for part in rest)])


def _as_texts(spelling: bytes) -> Iterator[str]:
    # Header values are kept as Latin-1, whatever they were meant to be (RFC 9110, 5.5).
    yield spelling.decode("latin-1")
    try:
        yield spelling.decode("utf-8")
    except UnicodeDecodeError:
        return
