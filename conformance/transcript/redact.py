"""Takes secrets out of what is kept: each becomes stars of the same length, so offsets stay true."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import AnyStr
from urllib.parse import quote, quote_plus

from conformance.transcript.model import Entry, Exchange, Frame, Transcript

# Shorter "secrets" would star out ordinary text; shorter spellings too.
SHORTEST = 4
# From here on, the beginning of a secret is treated as the secret.
LONGISH = 12


class Secrets:
    """The secrets of a run, in every spelling in which they may turn up."""

    def __init__(self) -> None:
        self._bytes: list[bytes] = []
        self._texts: list[str] = []

    def __repr__(self) -> str:
        return f"Secrets({len(self._bytes)} spellings)"

    def add(self, secret: str | bytes) -> None:
        """Registers one secret; one shorter than four bytes is ignored."""
        raw = secret.encode("utf-8", "surrogatepass") if isinstance(secret, str) else bytes(secret)
        if len(raw) < SHORTEST:
            return
        found = {one for one in _spellings(raw) if len(one) >= SHORTEST}
        texts = {text for one in found for text in _as_texts(one)}
        self._bytes = sorted({*self._bytes, *found}, key=len, reverse=True)
        self._texts = sorted({*self._texts, *texts}, key=len, reverse=True)

    def redact_bytes(self, data: bytes) -> bytes:
        """``data`` with stars for every secret."""
        spans = [span for one in self._bytes if one[:LONGISH] in data for span in _spans(data, one)]
        if not spans:
            return data
        starred = bytearray(data)
        for start, end in spans:
            starred[start:end] = b"*" * (end - start)
        return bytes(starred)

    def redact_text(self, text: str) -> str:
        """``text`` with stars for every secret."""
        spans = [span for one in self._texts if one[:LONGISH] in text for span in _spans(text, one)]
        if not spans:
            return text
        starred = list(text)
        for start, end in spans:
            starred[start:end] = "*" * (end - start)
        return "".join(starred)

    def redact_value(self, value: object) -> object:
        """A mark's value, or any JSON-like one, with stars in its strings and bytes, those of keys too."""
        if isinstance(value, str):
            return self.redact_text(value)
        if isinstance(value, bytes):
            return self.redact_bytes(value)
        if isinstance(value, Mapping):
            return MappingProxyType(
                {self.redact_value(key): self.redact_value(one) for key, one in value.items()}
            )
        if isinstance(value, (list, tuple)):
            return tuple(self.redact_value(one) for one in value)
        return value

    def redact_transcript(self, transcript: Transcript) -> Transcript:
        """A transcript that can be kept."""
        if not self._bytes:
            return transcript
        return Transcript(transcript.case, tuple(self._entry(entry) for entry in transcript.entries))

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


def _spellings(raw: bytes) -> Iterator[bytes]:
    yield raw
    yield from _base64(raw)
    for percent in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield percent.encode()
        yield _lower_hex(percent).encode()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return
    for ascii_only in (True, False):
        escaped = json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode("utf-8")
        yield escaped
        yield escaped.replace(b"/", b"\\/")


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


def _spans(data: AnyStr, one: AnyStr) -> Iterator[tuple[int, int]]:
    """Where ``one``, or a longish beginning of it, occurs in ``data``, overlapping occurrences too.

    Sentences quote long values cut short: the beginning of a secret is to be starred out as well.
    """
    start = data.find(one[:LONGISH])
    while start != -1:
        end = start + min(LONGISH, len(one))
        while end < len(data) and end - start < len(one) and data[end] == one[end - start]:
            end += 1
        yield start, end
        start = data.find(one[:LONGISH], start + 1)
