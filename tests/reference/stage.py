"""A reference on free ports, and clients to talk to it: plain `websockets` clients and plain sockets."""

import asyncio
import http.client
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgpack
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from conformance.reference.faults.catalogue import ALL
from conformance.reference.faults.fault import combine
from conformance.reference.server import Reference
from conformance.reference.settings import Settings

FREE = ("127.0.0.1", 0)
LIVELY = "BTC-29MAR30-50000-C"
QUIET = "BTC-27DEC30-60000-P"
PATIENCE_SECS = 10.0


class Client:
    """One WebSocket connection that speaks MessagePack."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._asked = 0

    async def send(self, **command: Any) -> None:
        """Send one command as it is."""
        await self.socket.send(msgpack.packb(command))

    async def hear(self) -> Any:
        """The next message."""
        return msgpack.unpackb(await asyncio.wait_for(self.socket.recv(decode=False), PATIENCE_SECS))

    async def ask(self, kind: str, **fields: Any) -> Any:
        """Send a gateway command and wait for its reply; notifications on the way are dropped."""
        self._asked += 1
        await self.send(type=kind, request_id=self._asked, **fields)
        while True:
            heard = await self.hear()
            if "request_id" in heard:
                assert heard["request_id"] == self._asked
                return heard

    async def raw(self, payload: bytes | str) -> Any:
        """Send one message byte for byte and wait for the answer."""
        await self.socket.send(payload)
        return await self.hear()

    async def until_closed(self) -> tuple[list[Any], int]:
        """Everything that still comes, and the close code."""
        heard = []
        try:
            while True:
                heard.append(await self.hear())
        except ConnectionClosed as closed:
            return heard, closed.rcvd.code if closed.rcvd is not None else 1006


@dataclass
class Stage:
    """A running reference."""

    reference: Reference

    @asynccontextmanager
    async def gateway(self, key: str | None = "omn_demo_trader_a", **options: Any) -> AsyncIterator[Client]:
        """A connection of the gateway, authenticated unless the key is None."""
        async with self._connect("gateway", **options) as client:
            if key is not None:
                kind = "session_key" if key.startswith("omns_") else "api_key"
                assert (await client.ask("auth", **{kind: key}))["type"] == "authenticated"
            yield client

    @asynccontextmanager
    async def market_data(self, **options: Any) -> AsyncIterator[Client]:
        """A connection of the market-data service."""
        async with self._connect("market-data", **options) as client:
            yield client

    async def http(self, name: str, method: str, path: str, body: bytes | None = None) -> "Answer":
        """One HTTP exchange."""
        host = self.reference.addresses[name].partition("//")[2].rstrip("/")

        def exchange() -> Answer:
            connection = http.client.HTTPConnection(host, timeout=PATIENCE_SECS)
            try:
                connection.request(method, path, body)
                response = connection.getresponse()
                return Answer(response.status, dict(response.getheaders()), response.read())
            finally:
                connection.close()

        return await asyncio.to_thread(exchange)

    @asynccontextmanager
    async def _connect(self, name: str, **options: Any) -> AsyncIterator[Client]:
        options = {"compression": None, "proxy": None, "ping_interval": None, "max_size": None, **options}
        async with connect(self.reference.addresses[name], **options) as socket:
            yield Client(socket)


@dataclass
class Answer:
    """An HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def value(self) -> Any:
        """The JSON of the body."""
        return json.loads(self.body)


def play(scene: Callable[[Stage], Awaitable[None]], faults: Iterable[str] = (), **settings: Any) -> None:
    """Run a scene on a fresh reference."""
    chosen = {"gateway": FREE, "gateway_health": FREE, "market_data": FREE, **settings}

    async def main() -> None:
        behaviour = combine(ALL[name] for name in faults)
        async with Reference(Settings(**chosen), behaviour) as reference:
            await scene(Stage(reference))

    asyncio.run(main())


def limit(client_order_id: str, side: str, price: str, size: str = "0.1", **more: Any) -> dict[str, Any]:
    """The fields of a resting limit order."""
    order = {"client_order_id": client_order_id, "symbol": QUIET, "side": side, "order_type": "limit"}
    return {**order, "price": price, "size": size, "time_in_force": "gtc", **more}


def market(client_order_id: str, side: str, size: str = "0.1", **more: Any) -> dict[str, Any]:
    """The fields of a market order."""
    order = {"client_order_id": client_order_id, "symbol": QUIET, "side": side, "order_type": "market"}
    return {**order, "size": size, "time_in_force": "ioc", **more}
