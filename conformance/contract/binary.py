"""Strings that carry bytes: what of a schema says so, and what that means on the wire.

JSON Schema Validation 2020-12, section 8 (``contentEncoding``, ``contentMediaType``; from draft-07 on);
OpenAPI 3.0, "Data Types" (``format: binary``). MessagePack has bytes: there such a string is *bin* and
nothing else, whatever its encoding, and no other string is. JSON has none: there it is a text, which can be
decoded.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping

from conformance.contract.dialects import Flavour
from conformance.contract.schema import Dialect

TEXTS = frozenset({"7bit", "8bit", "quoted-printable"})
"""Encodings of RFC 2045 that leave a text a text."""

BREAKS = re.compile(r"[\r\n]+")


def _base64url(text: str) -> bytes:
    if set(text) & {"+", "/"}:
        raise ValueError("not of this alphabet")
    return base64.b64decode(text + "=" * (-len(text) % 4 if "=" not in text else 0), b"-_", validate=True)


DECODERS: Mapping[str, Callable[[str], bytes]] = {
    "base64": lambda text: base64.b64decode(BREAKS.sub("", text), validate=True),
    "base64url": _base64url,
    "base32": base64.b32decode,
    "base32hex": base64.b32hexdecode,
    "base16": lambda text: base64.b16decode(text, casefold=True),
}
"""RFC 4648, sections 4 to 8. Line breaks in base64 are those of RFC 2045, which draft-07 refers to."""


def decodes(encoding: str, text: str) -> bool:
    """Whether a text is something in that encoding."""
    try:
        DECODERS[encoding](text)
    except (binascii.Error, ValueError):
        return False
    return True


def bytes_by(schema: Mapping[str, object], flavour: Flavour) -> tuple[str, ...]:
    """The keywords by which a string of this schema is raw bytes on the wire; none: it is a text."""
    if not flavour.raw or not _may_be_string(schema):
        return ()
    found = ["format"] if schema.get("format") == "binary" else []
    if flavour.since(Dialect.DRAFT7):
        encoding, media = schema.get("contentEncoding"), schema.get("contentMediaType")
        if isinstance(encoding, str):
            found += ["contentEncoding"] if encoding.lower() not in TEXTS else []
        elif isinstance(media, str) and not media.startswith("text/") and "json" not in media:
            found.append("contentMediaType")
    return tuple(found)


def encoding_of(schema: Mapping[str, object], flavour: Flavour) -> str:
    """The encoding in which a string is text that must decode; '' when nothing can be demanded."""
    encoding = schema.get("contentEncoding")
    if flavour.raw or not flavour.since(Dialect.DRAFT7) or not isinstance(encoding, str):
        return ""
    return encoding.lower() if encoding.lower() in DECODERS and _may_be_string(schema) else ""


def enforced(schema: Mapping[str, object], flavour: Flavour) -> tuple[str, ...]:
    """The keywords on strings that carry bytes that are enforced here."""
    return bytes_by(schema, flavour) or (("contentEncoding",) if encoding_of(schema, flavour) else ())


def _may_be_string(schema: Mapping[str, object]) -> bool:
    types = schema.get("type", "string")
    return types == "string" or (isinstance(types, list | tuple) and "string" in types)
