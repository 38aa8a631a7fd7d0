"""A listening port: reads the request head itself, then hands the connection to WebSocket or to HTTP.

`websockets.serve` alone answers nothing to a POST with a body or to a pipelined GET, and the market-data
service shares one port between both protocols.
"""

import asyncio
import socket
from collections.abc import Mapping

from conformance.reference.behaviour import Behaviour
from conformance.reference.http import MAX_HEAD, Handler, HttpWire
from conformance.reference.settings import Settings
from conformance.reference.wire import Service, Wire


class Port(asyncio.Protocol):
    """One fresh connection, until its request head is complete."""

    def __init__(
        self,
        name: str,
        behaviour: Behaviour,
        settings: Settings,
        service: Service | None,
        handlers: Mapping[str, Handler],
        alias: bool,
    ) -> None:
        self._name = name
        self._alias = alias
        self._behaviour = behaviour
        self._settings = settings
        self._service = service
        self._handlers = handlers
        self._head = b""
        self._transport: asyncio.Transport
        self._timer: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a request head, but not for ever."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._behaviour.sends_at_once():
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        self._timer = asyncio.get_running_loop().call_later(self._settings.head_secs, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Collect the head; h11 refuses one that is too long."""
        self._head += data
        if b"\r\n\r\n" not in self._head and b"\n\n" not in self._head and len(self._head) <= MAX_HEAD:
            return
        self._timer.cancel()
        wire: asyncio.Protocol
        if self._service is not None and wants_websocket(self._head):
            wire = Wire(self._service, alias=self._alias)
        else:
            wire = HttpWire(self._name, self._handlers, self._behaviour)
        wire.connection_made(self._transport)
        self._transport.set_protocol(wire)
        wire.data_received(self._head)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client left before it asked for anything."""
        self._timer.cancel()


def wants_websocket(head: bytes) -> bool:
    """Whether a request head is a GET that asks for an upgrade to WebSocket."""
    lines = head.partition(b"\r\n\r\n")[0].split(b"\r\n")
    if not lines[0].startswith(b"GET "):
        return False
    fields = (line.partition(b":") for line in lines[1:])
    return any(
        name.strip().lower() == b"upgrade" and b"websocket" in value.lower() for name, _, value in fields
    )


async def listen(
    address: tuple[str, int],
    name: str,
    behaviour: Behaviour,
    settings: Settings,
    service: Service | None,
    handlers: Mapping[str, Handler],
    alias: bool = False,
) -> asyncio.Server:
    """Open a port. OSError when it cannot be opened."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Port(name, behaviour, settings, service, handlers, alias),
        *address,
        backlog=512,
        reuse_address=True,
    )
    for listening in server.sockets if settings.kernel_buffer_bytes else ():
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, settings.kernel_buffer_bytes)
    return server
