"""The opening handshake: the request that we send, and what the peer's answer to it means (RFC 6455, 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidMessage, InvalidURI
from websockets.http11 import Response
from websockets.uri import WebSocketURI, parse_uri

from conformance.errors import UsageError

KEPT_BODY = 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it was received."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@lru_cache(maxsize=64)
def address(url: str) -> WebSocketURI:
    """The parts of a ``ws`` or ``wss`` address."""
    try:
        return parse_uri(url)
    except (InvalidURI, ValueError) as error:
        hint = "expected ws://HOST[:PORT][/PATH] or wss://…"
        raise UsageError(f"{url!r} is not a WebSocket address: {error}", hint=hint) from None


def with_query(uri: WebSocketURI, query: Sequence[tuple[str, str]]) -> WebSocketURI:
    """The address with these parameters behind what it has, percent-encoded (RFC 3986, 2.1)."""
    return replace(uri, query="&".join([*([uri.query] if uri.query else []), *encoded(query)]))


def encoded(query: Sequence[tuple[str, str]]) -> list[str]:
    """``name=value`` with every character encoded that is not unreserved."""
    return [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query]


def request_head(core: ClientProtocol, headers: Iterable[tuple[str, str]]) -> bytes:
    """The bytes of the upgrade request; a header of ``headers`` replaces ours of the same name."""
    request = core.connect()
    given = list(headers)
    for name, value in given:
        if any(character in name + value for character in "\r\n\0"):
            raise UsageError(f"header {name!r} holds a line break")
        if not (name + value).isascii():
            raise UsageError(f"header {name!r} holds more than ASCII")
        if name in request.headers:
            del request.headers[name]
    for name, value in given:
        request.headers[name] = value
    return request.serialize()


def pairs(response: Response) -> tuple[tuple[str, str], ...]:
    """The headers of an answer in their order, repeated ones too."""
    return tuple((str(name), str(value)) for name, value in response.headers.raw_items())


def read_answer(head: bytes) -> Answer | None:
    """The HTTP answer at the start of ``head``; None when it is not one, or its head is not complete."""
    top, end, body = head.partition(b"\r\n\r\n")
    if not end:
        return None
    first, *rest = top.decode("latin-1").split("\r\n")
    version, _, after = first.partition(" ")
    if not version.startswith("HTTP/") or not (after[:3].isascii() and after[:3].isdigit()):
        return None
    named = (line.partition(":") for line in rest if ":" in line)
    headers = tuple((name.strip(), value.strip()) for name, _, value in named)
    return Answer(int(after[:3]), headers, body[:KEPT_BODY])


def refusal(head: bytes, response: Response | None) -> Answer | None:
    """The answer that refuses the upgrade, if it is one; its body decoded when all of it came."""
    answer = read_answer(head)
    if answer is None or answer.status == 101:
        return None
    if response is not None:
        return Answer(answer.status, answer.headers, bytes(response.body)[:KEPT_BODY])
    return answer


def why_not_upgraded(error: Exception | None, head: bytes) -> str:
    """One sentence for an answer that is neither an upgrade nor a refusal of it."""
    if not head:
        return "the peer closed the connection without an answer to the upgrade request"
    if error is None or isinstance(getattr(error, "__cause__", None), EOFError):
        return f"the connection ended in the middle of the answer, after {len(head)} bytes"
    if isinstance(error, InvalidMessage):
        return f"the answer is not HTTP/1.1: it starts with {bytes(head[:40])!r}"
    # RFC 6455, 4.1: the client MUST fail the connection when the 101 lacks Upgrade, Connection or the
    # right Sec-WebSocket-Accept, or names an extension or subprotocol that was not offered.
    return f"the 101 answer is not a correct upgrade: {error}"
