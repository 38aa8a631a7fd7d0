"""Plain HTTP on a port, over h11: one small table of paths, everything else refused as the contract says."""

import asyncio
import email.utils
from collections.abc import Callable, Mapping

import h11

from conformance.reference import connection
from conformance.reference.behaviour import Behaviour, HttpAnswer

Handler = Callable[[], HttpAnswer]
MAX_HEAD = 16 * 1024
_TEXT = "text/plain; charset=utf-8"


def route(handlers: Mapping[str, Handler], method: str, target: str) -> HttpAnswer:
    """HEAD as GET; other methods 405 with Allow; other paths 404."""
    path = path_of(target)
    handler = handlers.get(path)
    if handler is None:
        return HttpAnswer(404, b"There is nothing here.\n", _TEXT)
    if method not in ("GET", "HEAD"):
        return HttpAnswer(405, b"Only GET and HEAD are allowed.\n", _TEXT, (("Allow", "GET, HEAD"),))
    return handler()


def path_of(target: str) -> str:
    """The path of a request target, in origin or absolute form."""
    if target.lower().startswith(("http://", "https://")):
        target = "/" + target.split("//", 1)[1].partition("/")[2]
    return target.partition("?")[0].partition("#")[0]


def upgrade_required() -> HttpAnswer:
    """A plain GET of a WebSocket endpoint."""
    headers = (("Upgrade", "websocket"), ("Connection", "Upgrade"))
    return HttpAnswer(426, b"This is a WebSocket endpoint.\n", _TEXT, headers)


class HttpWire(asyncio.Protocol):
    """One HTTP connection: keep-alive, pipelining, bodies read and ignored."""

    def __init__(self, service: str, handlers: Mapping[str, Handler], behaviour: Behaviour) -> None:
        self._service = service
        self._handlers = handlers
        self._behaviour = behaviour
        self._number = connection.number()
        self._connection = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)
        self._transport: asyncio.Transport
        self._request: h11.Request

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection over from whoever read its request head."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        connection.enter(self._number)
        try:
            self._connection.receive_data(data)
            self._run()
        except h11.RemoteProtocolError as exc:
            self._refuse(exc)

    def eof_received(self) -> bool:
        """The client sends nothing more, and has its answers already."""
        return False

    def _run(self) -> None:
        while True:
            event = self._connection.next_event()
            if event is h11.NEED_DATA:
                if self._connection.they_are_waiting_for_100_continue:
                    self._write(h11.InformationalResponse(status_code=100, headers=[]))
                return
            if event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                return
            if isinstance(event, h11.Request):
                self._request = event
            elif isinstance(event, h11.EndOfMessage):
                self._answer(self._request)
                if self._connection.our_state is h11.MUST_CLOSE:
                    self._transport.close()
                    return
                self._connection.start_next_cycle()

    def _answer(self, request: h11.Request) -> None:
        method, target = request.method.decode(), request.target.decode("latin-1")
        answer = route(self._handlers, method, target)
        answer = self._behaviour.answer(self._service, method, path_of(target), answer)
        self._send(answer, with_body=method != "HEAD")

    def _refuse(self, exc: h11.RemoteProtocolError) -> None:
        if self._connection.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = b"This is not a request.\n"
            self._send(HttpAnswer(exc.error_status_hint, body, _TEXT, (("Connection", "close"),)), True)
        self._transport.close()

    def _send(self, answer: HttpAnswer, with_body: bool) -> None:
        headers: list[tuple[str, str]] = [
            ("Date", email.utils.formatdate(usegmt=True)),
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            *answer.headers,
        ]
        headers = self._behaviour.http_headers(answer.status, headers)
        self._write(h11.Response(status_code=answer.status, headers=headers))
        for piece in self._behaviour.http_pieces(answer.body) if with_body else ():
            self._write(h11.Data(data=piece))
        self._write(h11.EndOfMessage())

    def _write(self, event: h11.Event) -> None:
        if data := self._connection.send(event):
            self._transport.write(data)
