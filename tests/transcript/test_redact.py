"""Secrets never land: in no spelling, in no field, and without moving an offset."""

from __future__ import annotations

import base64
import gzip
import html
import json
import zlib
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.transcript.model import Direction, Exchange, Frame, Mark, Transcript
from conformance.transcript.redact import Secrets
from conformance.transcript.store import to_json

from .sample import SECRET, sample


def knowing(*secrets: str | bytes) -> Secrets:
    """The secrets of a run."""
    known = Secrets()
    for secret in secrets:
        known.add(secret)
    return known


def test_length_is_kept() -> None:
    """Each secret becomes as many stars as it had bytes, or characters in text."""
    assert knowing("sécret").redact_bytes("a sécret b".encode()) == b"a ******* b"
    assert knowing("sécret").redact_text("a sécret b") == "a ****** b"


@pytest.mark.parametrize(
    "spelled",
    [
        SECRET,
        base64.b64encode(SECRET.encode()).decode(),
        quote(quote(SECRET, safe=""), safe=""),
        html.escape(SECRET),
        html.escape(SECRET, quote=False),
        repr(SECRET)[1:-1],
        ascii(SECRET)[1:-1],
        repr(SECRET.encode())[2:-1],
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        quote(SECRET, safe="").lower(),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        json.dumps(SECRET).replace("/", "\\/"),
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
        SECRET.encode().hex(" "),
        SECRET.encode().hex(":").upper(),
        "".join(f"%{one:02X}" for one in SECRET.encode()),
        "".join(f"\\x{one:02x}" for one in SECRET.encode()),
        "".join(f"\\u{ord(one):04x}" for one in SECRET),
        "".join(f"\\u{ord(one):04X}" for one in SECRET),
        "".join(f"\\\\u{ord(one):04x}" for one in SECRET),
        json.dumps(json.dumps(SECRET))[3:-3],
    ],
)
def test_spellings(spelled: str) -> None:
    """Base64, percent-encoding and JSON escapes of a secret are starred too, in bytes and in text."""
    known = knowing(SECRET)
    whole = spelled.strip('"')
    assert set(known.redact_text(f"<{whole}>")[1:-1]) == {"*"}
    assert set(known.redact_bytes(f"<{whole}>".encode())[1:-1]) == set(b"*")


@pytest.mark.parametrize("wide", ["utf-16-le", "utf-16-be"])
def test_wide_text(wide: str) -> None:
    """A secret in two bytes a letter is starred in bytes, whichever comes first."""
    spelled = SECRET.encode(wide)
    assert knowing(SECRET).redact_bytes(b"<" + spelled + b">") == b"<" + b"*" * len(spelled) + b">"


@pytest.mark.parametrize("packed", [gzip.compress, zlib.compress])
def test_compressed(packed: Callable[[bytes], bytes]) -> None:
    """Nothing is left of compressed data that holds a secret; other data, and what only looks so, stays."""
    data = packed(f"<{SECRET}>".encode())
    assert knowing(SECRET).redact_bytes(data) == b"*" * len(data)
    quiet = packed(b"nothing of the kind")
    assert knowing(SECRET).redact_bytes(quiet) == quiet
    broken = data[:2] + SECRET.encode()
    assert knowing(SECRET).redact_bytes(broken) == data[:2] + b"*" * len(SECRET.encode())


def test_header_text() -> None:
    """A secret beyond ASCII is starred in a header too, whose bytes are kept as Latin-1."""
    spelled = SECRET.encode().decode("latin-1")
    assert knowing(SECRET).redact_text(spelled) == "*" * len(spelled)


@pytest.mark.parametrize("user", ["", "u", "us", "use", "user:"])
def test_base64_inside_something_longer(user: str) -> None:
    """A secret inside a longer Base64 text (HTTP Basic) is starred whatever stands before it."""
    secret = "correct horse battery"
    basic = base64.b64encode(f"{user}{secret}:x".encode()).decode()
    starred = knowing(secret).redact_text(f"Basic {basic}")
    assert len(starred) == len(f"Basic {basic}")
    # Only characters that hold bits of its neighbours as well may remain.
    assert starred.count("*") >= 8 * len(secret) // 6 - 1


def test_longest_and_overlapping() -> None:
    """A secret that holds another is starred whole, and so are two that overlap."""
    assert knowing("abcd", "abcdefgh").redact_text("abcdefgh abcd") == "******** ****"
    assert knowing("abcd1234", "1234wxyz").redact_text("-abcd1234wxyz-") == "-************-"
    assert knowing("aXaXa").redact_text("aXaXaXa") == "*******"


def test_short_secrets_are_ignored() -> None:
    """A secret of fewer than four bytes would star out ordinary text, and is not one."""
    known = knowing("abc", "", b"\x00\x01")
    assert known.redact_text("abc abcd") == "abc abcd"
    assert known.redact_bytes(b"\x00\x01") == b"\x00\x01"


def test_no_secret_in_a_repr() -> None:
    """The registry does not tell what it holds."""
    assert SECRET not in repr(knowing(SECRET))
    assert repr(Secrets()) == "Secrets(0 spellings)"


def test_binary_secret() -> None:
    """A secret need not be text."""
    assert knowing(b"\xff\x00\xfe\x01").redact_bytes(b"a\xff\x00\xfe\x01b") == b"a****b"


def test_transcript() -> None:
    """No field of a transcript keeps a secret; all else, and every length, is as it was."""
    transcript = sample(SECRET)
    redacted = knowing(SECRET).redact_transcript(transcript)
    stored = json.dumps(to_json(redacted), ensure_ascii=False)
    for spelling in (SECRET, json.dumps(SECRET)[1:-1], base64.b64encode(SECRET.encode()).decode()):
        assert spelling not in stored
    for before, after in zip(transcript.entries, redacted.entries, strict=True):
        if isinstance(before, Frame) and isinstance(after, Frame):
            assert len(before.data) == len(after.data)
            assert SECRET.encode() not in after.data
            assert (before.at, before.opcode, before.code) == (after.at, after.opcode, after.code)
        if isinstance(before, Exchange) and isinstance(after, Exchange):
            assert len(before.body) == len(after.body)
            assert SECRET.encode() not in after.body + after.request_body
        if isinstance(before, Mark) and isinstance(after, Mark):
            assert set(before.data) == set(after.data)


def test_nothing_known_nothing_changed() -> None:
    """Without secrets a transcript passes through."""
    transcript = sample()
    assert Secrets().redact_transcript(transcript) is transcript
    assert knowing("elsewhere").redact_transcript(transcript) == transcript


def test_each_entry_by_itself() -> None:
    """What holds no secret is kept as it is; one that only two entries together spell is none."""
    packed = gzip.compress(b"my hush-hush token")
    entries = (
        Frame("a", Direction.SENT, "binary", b"hush-", 1),
        Frame("a", Direction.SENT, "binary", b"hush", 2),
        Frame("a", Direction.SENT, "binary", b"a hush-hush", 3),
        Frame("a", Direction.RECEIVED, "close", b"", 4, code=1008, reason="hush-hush?"),
        Mark("lag", 5, data={"lag_ms": 1.5}),
        Mark("values", 6, data={"values": {"name": ("hush-hush", 1), "hush-hush": packed}}),
        Mark("withheld", 7, data={"data": b"hush-hush"}),
    )
    kept = knowing("hush-hush").redact_transcript(Transcript("case", entries)).entries
    assert [before is after for before, after in zip(entries, kept, strict=True)] == [
        *(True, True, False, False, True, False, False)
    ]
    assert isinstance(kept[2], Frame)
    assert kept[2].data == b"a *********"
    assert isinstance(kept[3], Frame)
    assert kept[3].reason == "*********?"
    assert [kept[5], kept[6]] == [
        Mark("values", 6, data={"values": {"name": ("*********", 1), "*********": b"*" * len(packed)}}),
        Mark("withheld", 7, data={"data": b"*********"}),
    ]


@given(st.lists(st.sampled_from([b"hush", b"hush-hush", b"-", b"x", b"aHVzaC1odXNo"]), max_size=8))
def test_one_look_finds_what_a_look_at_each_finds(datas: list[bytes]) -> None:
    """Together or one by one: the same frames lose the same."""
    secrets = knowing("hush-hush")
    entries = tuple(Frame("a", Direction.SENT, "binary", data, at) for at, data in enumerate(datas))
    kept = secrets.redact_transcript(Transcript("case", entries)).frames()
    assert [frame.data for frame in kept] == [secrets.redact_bytes(data) for data in datas]


@given(st.binary(min_size=4, max_size=12), st.binary(max_size=6), st.binary(max_size=6))
def test_any_secret(secret: bytes, before: bytes, after: bytes) -> None:
    """Whatever a secret is and whatever stands around it, it is gone and the length is the same."""
    starred = knowing(secret).redact_bytes(before + secret + after)
    assert len(starred) == len(before) + len(secret) + len(after)
    assert starred[len(before) : len(before) + len(secret)] == b"*" * len(secret)


def test_the_beginning_of_a_long_secret_is_starred_too() -> None:
    """Sentences quote long values cut short; what is left of a secret there must not land either."""
    secrets = Secrets()
    secrets.add("omkey_" + "0123456789abcdef" * 5)
    assert secrets.redact_text("got str 'omkey_0123456789abcdef0123…'") == "got str '" + "*" * 26 + "…'"
    assert secrets.redact_bytes(b"omkey_0123456789x") == b"*" * 16 + b"x"
    assert secrets.redact_text("omkey_01") == "omkey_01"
