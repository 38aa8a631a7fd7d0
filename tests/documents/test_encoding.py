"""What is no UTF-8 text is called by its name."""

from __future__ import annotations

import pytest

from conformance.documents.encoding import decoded
from conformance.errors import DocumentError

TEXT = 'asyncapi: 3.0.0\ninfo: {title: "Größe", version: "1"}\n'

REFUSED = {
    "utf-16": (TEXT.encode("utf-16"), "a:1: this is UTF-16; expected a text in UTF-8"),
    "utf-16-le": (TEXT.encode("utf-16-le"), "a:1: this looks like UTF-16; expected a text in UTF-8"),
    "utf-16-be": (TEXT.encode("utf-16-be"), "a:1: this looks like UTF-16; expected a text in UTF-8"),
    "utf-32": (TEXT.encode("utf-32"), "a:1: this is UTF-32; expected a text in UTF-8"),
    "utf-32-be": (TEXT.encode("utf-32-be"), "a:1: this looks like UTF-32; expected a text in UTF-8"),
    "latin-1": (
        TEXT.encode("latin-1"),
        "a:2: the byte 0xF6 is not UTF-8; expected a text in UTF-8 (it may be ISO 8859-1 or Windows-1252)",
    ),
    "bytes": (bytes(range(128, 256)), "a:1: the byte 0x80 is not UTF-8; expected a text in UTF-8"),
    "cut": (TEXT.encode()[:34], "a:2: the byte 0xC3 is not UTF-8; expected a text in UTF-8 "
            "(it may be ISO 8859-1 or Windows-1252)"),
    "nul": (b"a: 1\nb: \0", "a:2: a NUL byte stands here, and in no text; expected a text in UTF-8"),
    "pdf": (b"%PDF-1.7\n\xe2\xe3", "a:1: this is a PDF file; expected a YAML or JSON document"),
    "zip": (b"PK\x03\x04\0\0", "a:1: this is a ZIP archive; expected a YAML or JSON document"),
    "gzip": (b"\x1f\x8b\x08\0", "a:1: this is a gzip file; expected a YAML or JSON document"),
    "html": (b"\n<!DOCTYPE html><p>Not found", "a:1: this is an HTML or XML page; expected a YAML or "
             "JSON document"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_it_is_instead(data: bytes, sentence: str) -> None:
    """The encoding or the kind of file that was seen."""
    with pytest.raises(DocumentError) as raised:
        decoded(data, "a")
    assert str(raised.value) == sentence


@pytest.mark.parametrize("text", [TEXT, "", "a", "€" * 300, "\N{GRINNING FACE}", "<a>"])
def test_utf8_is_read(text: str) -> None:
    """With a byte order mark and without."""
    assert decoded(text.encode(), "a") == decoded(text.encode("utf-8-sig"), "a") == text
