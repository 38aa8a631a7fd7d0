"""How a secret may be written, and a search that undoes each way: on its own, and in what is packed."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote_to_bytes

import msgpack

B64 = re.compile(rb"[A-Za-z0-9+/_-]{8,}={0,2}")
HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}[ :]?){4,}")
ESCAPE = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([\"'\\/]))")
DEEP = 3


def texts(secret: str) -> dict[str, str]:
    """Ways to write it in ASCII, or in JSON."""
    raw = secret.encode()
    made = {
        "plain": secret,
        "percent": quote(secret, safe=""),
        "percent in small letters": re.sub("%..", lambda found: found[0].lower(), quote(secret, safe="")),
        "percent twice": quote(quote(secret, safe=""), safe=""),
        "percent, plus": quote_plus(secret),
        "all percent": "".join(f"%{one:02X}" for one in raw),
        "JSON": json.dumps(secret)[1:-1],
        "all JSON": "".join(f"\\u{ord(one):04x}" for one in secret),
        "all JSON, large": "".join(f"\\u{ord(one):04X}" for one in secret),
        "HTML": html.escape(secret),
        "Python": repr(secret)[1:-1],
        "Python bytes": repr(raw)[2:-1],
        "all Python bytes": "".join(f"\\x{one:02x}" for one in raw),
        "hex": raw.hex(),
        "hex, large": raw.hex().upper(),
        "hex, blanks": raw.hex(" "),
        "hex, colons": raw.hex(":").upper(),
    }
    for before in ("", "a", "ab"):
        longer = f"{before}{secret}zz".encode()
        made[f"Base64 after {before!r}"] = base64.b64encode(longer).decode()
        made[f"Base64 for URLs after {before!r}"] = base64.urlsafe_b64encode(longer).decode()
    made["Base64 alone"] = base64.b64encode(raw).decode().rstrip("=")
    return made


def octets(secret: str) -> dict[str, bytes]:
    """Ways to write it that are no text."""
    raw = secret.encode()
    packed: bytes = msgpack.packb([1, {secret: raw}])
    return {
        "MessagePack": packed,
        "UTF-16": secret.encode("utf-16"),
        "UTF-16, large end": secret.encode("utf-16-be"),
    }


def compressed(secret: str) -> dict[str, bytes]:
    """Ways to pack it as a whole message."""
    return {"gzip": gzip.compress(secret.encode()), "zlib": zlib.compress(b"so: " + secret.encode())}


def containers(data: bytes) -> dict[str, bytes]:
    """What an artefact may hold it in."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a/b", b"<" + data + b">")
    page = base64.b64encode(gzip.compress(b"page: " + base64.b64encode(b"..." + data)))
    return {
        "as it is": b"so: " + data + b"!",
        "in gzip": gzip.compress(data),
        "in zlib": zlib.compress(data),
        "in a page's transcripts": b"<script>" + page + b"</script>",
        "in an archive": archive.getvalue(),
        "in an archive in an archive's Base64": base64.b64encode(archive.getvalue()),
    }


def found(secret: str, data: bytes) -> bool:
    """Whether a secret can be had from ``data``, or as much of its beginning as nobody guesses."""
    return bool(which([secret], data))


def which(secrets: Iterable[str], data: bytes) -> list[str]:
    """Those of the secrets that can be had from ``data``."""
    wanted = {secret: secret.encode()[:12] for secret in secrets}
    leaves = (leaf for view in _views(data, DEEP) for leaf in _leaves(view))
    return list(dict.fromkeys(name for leaf in leaves for name, start in wanted.items() if start in leaf))


def _views(data: bytes, depth: int) -> Iterator[bytes]:
    """What is packed in it, and in that."""
    yield data
    for unpacked in _unpacked(data):
        yield from _views(unpacked, depth)
    if not depth:
        return
    joined: tuple[list[bytes], list[bytes]] = [], []  # as it stands there, and as the end of something longer
    for run in B64.findall(data):
        for start in range(4):
            piece = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))[start:]
            decoded = base64.b64decode(piece[: len(piece) // 4 * 4 or 0] + _rest(piece))
            packed = list(_unpacked(decoded)) if not start else []
            for one in packed:
                yield from _views(one, depth - 1)
            if not packed:
                joined[bool(start)].append(decoded)
    if joined[0]:
        yield from _views(b"\n\n".join(joined[0]), depth - 1)
        yield b"\n\n".join(joined[1])


def _rest(piece: bytes) -> bytes:
    """The last few characters, as many as are whole bytes."""
    rest = piece[len(piece) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _unpacked(data: bytes) -> Iterator[bytes]:
    if data.startswith((b"\x1f\x8b", b"\x78\x9c", b"\x78\x01", b"\x78\xda")):
        try:
            yield zlib.decompressobj(47).decompress(data)
        except zlib.error:
            return
    elif data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from map(archive.read, archive.namelist())


def _leaves(data: bytes) -> Iterator[bytes]:
    """It, and what it says when what is written in other letters is read."""
    yield data
    if b"%" in data:
        once = unquote_to_bytes(data.replace(b"+", b" "))
        yield from (
            unquote_to_bytes(data),
            once,
            unquote_to_bytes(once),
            unquote_to_bytes(unquote_to_bytes(data)),
        )
    if b"\\" in data:
        once = ESCAPE.sub(_escaped, data)
        yield from (once, ESCAPE.sub(_escaped, once))
    if b"\0" in data:
        yield data.replace(b"\0", b"")
    if b"&" in data:
        yield html.unescape(data.decode("latin-1")).encode("latin-1", "replace")
    for run in HEX.findall(data):
        digits = run.replace(b" ", b"").replace(b":", b"").decode()
        for start in (0, 1):
            piece = digits[start:]
            yield bytes.fromhex(piece[: len(piece) // 2 * 2])


def _escaped(escape: re.Match[bytes]) -> bytes:
    wide, narrow, plain = escape.groups()
    if wide:
        return chr(int(wide, 16)).encode("utf-8", "surrogatepass")
    return bytes([int(narrow, 16)]) if narrow else bytes(plain)
