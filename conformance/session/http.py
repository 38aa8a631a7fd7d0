"""One plain HTTP/1.1 exchange, recorded byte for byte; no redirect is followed, no proxy asked."""

from __future__ import annotations

import asyncio
import ssl as _ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urlsplit

import h11

from conformance.errors import UsageError
from conformance.session import tls
from conformance.session.dial import DialError, Progress, dial
from conformance.session.opening import encoded
from conformance.transcript.model import Exchange
from conformance.transcript.recorder import Recorder

# How long bytes are waited for that must not come: a body after an answer that cannot have one.
NO_BODY_WAIT_S = 0.2

# What an answer may hold beside its body: heads, and the frames of chunks.
MOST_BESIDE = 256 * 1024
# A body in more pieces than these keeps us busy, however small it is.
MOST_PIECES = 10_000


@dataclass
class _Seen:
    """What has been received of the answer."""

    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytearray = field(default_factory=bytearray)
    at: int = 0
    failure: str = ""


class _Client(asyncio.Protocol):
    """Feeds h11 with what arrives and collects the answer; ``done`` when there will be no more of it."""

    def __init__(self, method: str, limit: int) -> None:
        self.method = method
        self.machine = h11.Connection(h11.CLIENT, max_incomplete_event_size=64 * 1024)
        self.seen = _Seen()
        self.limit = limit
        loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.bytes_received = 0
        self.pieces = 0

    def data_received(self, data: bytes) -> None:
        stamp = Recorder.now()
        self.bytes_received += len(data)
        if self.done.done() and _bodiless(self.method, self.seen.status):
            # RFC 9110, 9.3.2: a server "MUST NOT send content in the response" to HEAD: it shows here.
            self._keep(data)
        if self.done.done():
            return
        self.machine.receive_data(data)
        self._advance(stamp)
        if self.bytes_received > self.limit + MOST_BESIDE and not self.done.done():
            self._finish(f"the answer is larger than {self.limit + MOST_BESIDE} bytes")

    def eof_received(self) -> bool:
        self.connection_lost(None)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            if exc is None:
                self.machine.receive_data(b"")
                self._advance(Recorder.now())
            else:
                self._finish("the peer reset the connection before its answer was complete")
        if not self.ended.done():
            self.ended.set_result(None)

    def _advance(self, stamp: int) -> None:
        try:
            while not self.done.done():
                event = self.machine.next_event()
                if event is h11.NEED_DATA:
                    return
                self._take(event, stamp)
        except h11.RemoteProtocolError as error:
            self._finish(self._why(error))

    def _take(self, event: object, stamp: int) -> None:
        seen = self.seen
        if isinstance(event, h11.Response) or (
            isinstance(event, h11.InformationalResponse) and event.status_code == 101
        ):
            seen.status, seen.at = event.status_code, stamp
            seen.headers = tuple((_text(name), _text(value)) for name, value in event.headers.raw_items())
        elif isinstance(event, h11.Data):
            seen.at = stamp
            self.pieces += 1
            self._keep(bytes(event.data))
            if self.pieces > MOST_PIECES:
                self._finish(f"the answer's body came in more than {MOST_PIECES} pieces")
        elif isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)) or event is h11.PAUSED:
            if isinstance(event, h11.EndOfMessage) and _bodiless(self.method, seen.status):
                self._keep(self.machine.trailing_data[0])
            self._finish("" if seen.status else "the peer closed the connection without an answer")

    def _keep(self, data: bytes) -> None:
        room = self.limit - len(self.seen.body)
        self.seen.body += data[:room]
        if len(data) > room:
            self._finish(f"the answer's body is larger than {self.limit} bytes")

    def _finish(self, failure: str) -> None:
        self.seen.failure = self.seen.failure or failure
        if not self.done.done():
            self.done.set_result(None)

    def _why(self, error: h11.RemoteProtocolError) -> str:
        if not self.bytes_received:
            return "the peer closed the connection without an answer"
        if self.seen.status:
            return f"the answer broke off or broke HTTP in its body: {error}"
        return f"the answer is not HTTP/1.1: {error}"


async def request(
    recorder: Recorder,
    session: str,
    url: str,
    method: str = "GET",
    headers: Sequence[tuple[str, str]] = (),
    body: bytes = b"",
    *,
    query: Sequence[tuple[str, str]] = (),
    timeout_s: float = 5.0,
    ssl: _ssl.SSLContext | None = None,
    limit: int = 1024 * 1024,
    step: int = -1,
) -> Exchange:
    """Makes one request on a connection of its own, records the exchange and returns it.

    Never raises for what a peer does: ``failure`` says in a sentence why there was no answer (``status``
    0), or why it is not whole. A body where none may be (HEAD, 204, 304) is recorded, for a verdict to see.
    ``query`` is put behind what the address has of one.
    """
    parts = _address(url)
    asked = "&".join([*([parts.query] if parts.query else []), *encoded(query)])
    parts = parts._replace(query=asked)
    try:
        head = h11.Request(method=method, target=_target(parts), headers=_headers(parts, headers, body))
    except (h11.LocalProtocolError, UnicodeEncodeError) as error:
        raise UsageError(f"{method} {url} cannot be sent over HTTP/1.1: {error}") from None
    client: _Client | None = None
    transport: asyncio.Transport | None = None
    progress = Progress()
    sent_at = Recorder.now()
    failure = ""

    def make() -> _Client:
        return _Client(method, limit)

    try:
        async with asyncio.timeout(timeout_s):
            context = (ssl or tls.default_context()) if parts.scheme == "https" else None
            port = parts.port or (443 if context else 80)
            transport, client = await dial(make, parts.hostname or "", port, context, progress)
            progress.waiting_for = "the whole answer"
            sent_at = Recorder.now()
            transport.write(_wire_bytes(client.machine, head, body))
            await client.done
            if not client.seen.failure and _bodiless(method, client.seen.status):
                await asyncio.wait([client.ended], timeout=NO_BODY_WAIT_S)
    except DialError as error:
        failure = error.reason
    except TimeoutError:
        failure = f"{progress.waiting_for} did not come within {timeout_s:g} s"
    finally:
        if transport is not None:
            transport.abort()
    seen = client.seen if client is not None else _Seen()
    exchange = Exchange(
        session=session,
        method=method,
        url=url if not query else parts.geturl(),
        sent_at=sent_at,
        received_at=seen.at or Recorder.now(),
        request_headers=tuple((_text(name), _text(value)) for name, value in head.headers.raw_items()),
        request_body=body,
        status=seen.status,
        headers=seen.headers,
        body=bytes(seen.body),
        failure=failure or seen.failure,
        step=step,
    )
    recorder.exchange(exchange)
    return exchange


def _address(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(
            f"{url!r} is not an HTTP address", hint="expected http://HOST[:PORT][/PATH] or https://…"
        )
    return parts


def _target(parts: SplitResult) -> str:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return quote(target, safe="%/:=&?~#+!$,;'@()*[]")


def _headers(parts: SplitResult, headers: Sequence[tuple[str, str]], body: bytes) -> list[tuple[str, str]]:
    """The given headers, and those that a request needs and that were not given."""
    given = {name.lower() for name, _ in headers}
    # RFC 9112, 3.2: "A client MUST send a Host header field in all HTTP/1.1 request messages".
    needed = [("Host", parts.netloc.rpartition("@")[2]), ("Connection", "close")]
    if body and "transfer-encoding" not in given:
        needed.append(("Content-Length", str(len(body))))
    return [(name, value) for name, value in needed if name.lower() not in given] + list(headers)


def _wire_bytes(machine: h11.Connection, head: h11.Request, body: bytes) -> bytes:
    events: list[h11.Event] = [head, *([h11.Data(data=body)] if body else []), h11.EndOfMessage()]
    return b"".join(machine.send(event) or b"" for event in events)


def _bodiless(method: str, status: int) -> bool:
    return method == "HEAD" or status in (204, 304)


def _text(data: bytes) -> str:
    return data.decode("latin-1")
