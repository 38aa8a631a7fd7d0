"""Bytes -> text: UTF-8, or a sentence that names what else the bytes are."""

from __future__ import annotations

import re

from conformance.errors import DocumentError

MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
MAGIC = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x89PNG", "a picture"),
    (b"\x7fELF", "a program"),
)
PAGE = re.compile(r"\s*<(!doctype|html|\?xml)", re.IGNORECASE)
START = 400
ENCODING, KIND = "a text in UTF-8", "a YAML or JSON document"


def decoded(data: bytes, shown: str) -> str:
    """The text of a document, without its byte order mark. Raises DocumentError for what is no UTF-8 text."""
    for mark, name in MARKS:
        if data.startswith(mark):
            raise DocumentError(f"{shown}:1", f"this is {name}", expected=ENCODING)
    for mark, name in MAGIC:
        if data.startswith(mark):
            raise DocumentError(f"{shown}:1", f"this is {name}", expected=KIND)
    nul = data.find(b"\0")
    if nul >= 0:
        wide = _wide(data[:START])
        what = f"this looks like {wide}" if wide else "a NUL byte stands here, and in no text"
        raise DocumentError(f"{shown}:{1 if wide else _line(data, nul)}", what, expected=ENCODING)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise DocumentError(
            f"{shown}:{_line(data, problem.start)}",
            f"the byte 0x{data[problem.start]:02X} is not UTF-8",
            expected=ENCODING,
            hint="it may be ISO 8859-1 or Windows-1252" if _western(data) else "",
        ) from None
    if PAGE.match(text[:START]):
        raise DocumentError(f"{shown}:1", "this is an HTML or XML page", expected=KIND)
    return text


def _wide(start: bytes) -> str:
    """Whether ASCII stands there in two or four bytes a character: then the other bytes are zero."""
    if len(start) < 4:
        return ""
    share = start.count(0) / len(start)
    return "UTF-32" if share > 0.7 else "UTF-16" if share > 0.4 else ""


def _western(data: bytes) -> bool:
    """Whether the text is, a few letters apart, ASCII: an 8-bit encoding, most often that of the West."""
    return len(data.translate(None, bytes(range(128)))) < len(data) / 4


def _line(data: bytes, end: int) -> int:
    return data.count(b"\n", 0, end) + 1
