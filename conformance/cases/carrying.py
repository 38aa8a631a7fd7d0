"""How a credential or a value is written into a request, and what cannot be written there at all."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator

from conformance.cases.target import Credentials
from conformance.contract.carried import Handshake, Place

NEVER_ISSUED = "never-issued-0000000000000000"
"""Nobody was given it."""

# RFC 6265, 4.1.1: "US-ASCII characters excluding CTLs, whitespace, DQUOTE, comma, semicolon, and backslash".
COOKIE = re.compile(r"[\x21\x23-\x2B\x2D-\x3A\x3C-\x5B\x5D-\x7E]*")
# RFC 9110, 5.5: visible characters, with blanks and tabs in between; others "ought to" be ASCII alone.
HEADER = re.compile(r"([\x21-\x7E]([\x20\x09\x21-\x7E]*[\x21-\x7E])?)?")
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Unopenable(Exception):
    """No session can be opened, or no request made; ``reason`` says in one sentence what is missing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


def spoken(handshake: Handshake, secret: str) -> str:
    """The secret as a request says it. Raises ``Unopenable`` for one that cannot stand where it has to.

    No sentence says what the secret is, nor a part of it.
    """
    if handshake.impossible:
        raise Unopenable(handshake.impossible)
    if handshake.prefix and not TOKEN.fullmatch(handshake.prefix):
        raise Unopenable(f"{handshake.prefix!a} is no name of an HTTP authentication scheme")
    if handshake.prefix.lower() == "basic":
        _is_text(secret)
        # RFC 7617, 2: "user-id" ":" "password", without control characters, in Base64.
        if ":" not in secret:
            raise Unopenable("HTTP Basic takes USER:PASSWORD, and there is no colon in it")
        if any(ord(each) < 32 or ord(each) == 127 for each in secret):
            raise Unopenable("it holds a control character or a line break, which HTTP Basic forbids")
        return f"{handshake.prefix} {base64.b64encode(secret.encode()).decode()}"
    check(handshake.place, handshake.name, secret)
    return f"{handshake.prefix} {secret}" if handshake.prefix else secret


def secrets_of(handshakes: Iterable[Handshake], credentials: Credentials) -> Iterator[str]:
    """Every text that a credential gives away when it is seen."""
    yield credentials.value
    for each in handshakes:
        if each.scheme == credentials.scheme and each.prefix.lower() == "basic":
            yield credentials.value.partition(":")[2]


def check(place: Place, name: str, value: str) -> None:
    """Nothing that a value holds may end it, or the header that it stands in."""
    _is_text(value)
    if place is Place.QUERY:
        return  # all of it is percent-encoded
    if not TOKEN.fullmatch(name):
        raise Unopenable(f"{name!a} is no name of a {place.phrase}")
    if any(each in value for each in "\r\n"):
        raise Unopenable(f"it holds a line break, which the {place.phrase} {name} cannot")
    fits = COOKIE if place is Place.COOKIE else HEADER
    if not fits.fullmatch(value):
        kind = "a cookie" if place is Place.COOKIE else "a header"
        raise Unopenable(f"it holds characters that {kind} cannot hold, or blanks at an end")


def _is_text(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unopenable("it is not UTF-8 text") from None


def wrong(handshake: Handshake) -> str:
    """A credential of this scheme that nobody was given."""
    return f"nobody:{NEVER_ISSUED}" if handshake.prefix.lower() == "basic" else NEVER_ISSUED
