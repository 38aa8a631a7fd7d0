"""Both services together: put together, started, stopped."""

import asyncio
import contextlib
import os
from typing import Any

from conformance.reference.accounts import Accounts
from conformance.reference.behaviour import Behaviour
from conformance.reference.clock import Clock
from conformance.reference.exchange import Exchange, News
from conformance.reference.gateway import Gateway
from conformance.reference.gateway_commands import table
from conformance.reference.health import gateway_handlers, market_data_handlers
from conformance.reference.http import Handler, upgrade_required
from conformance.reference.listings import all_listings
from conformance.reference.market import Market
from conformance.reference.market_data import MarketData
from conformance.reference.ports import listen
from conformance.reference.prices import Prices
from conformance.reference.settings import Settings
from conformance.reference.simulator import Simulator
from conformance.reference.streams import Streams
from conformance.reference.wire import Service


class PortUnavailable(Exception):
    """An address on which the reference cannot listen."""

    def __init__(self, address: tuple[str, int], reason: str) -> None:
        super().__init__(address, reason)
        self.address = address
        self.reason = reason

    def __str__(self) -> str:
        return f"cannot listen on {self.address[0]}:{self.address[1]}: {self.reason}"


class Reference:
    """The exchange and its four endpoints. `async with` starts and stops it."""

    def __init__(self, settings: Settings | None = None, behaviour: Behaviour | None = None) -> None:
        self.behaviour = behaviour = behaviour or Behaviour()
        self.settings = settings = behaviour.settled(settings or Settings())
        self.addresses: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.accounts = Accounts(settings.seed, behaviour)
        clock = Clock(behaviour.clock_offset_ms(), behaviour.clock_step_ms())
        listings = behaviour.listed(all_listings())
        prices = Prices(listings, settings.seed)
        self.exchange = Exchange(self.accounts, listings, behaviour, clock, prices.index_of)
        self._streams = streams = Streams(behaviour, clock, MarketData.name)
        self.market = Market(self.exchange, listings, prices, streams, behaviour, clock, settings.seed)
        self.simulator = Simulator(self.market, settings.seed)

        def candles(symbol: str, interval: str, start: int, end: int, limit: int) -> list[list[Any]]:
            return self.market.candles[symbol].between(interval, start, end, limit)

        self.gateway = Gateway(
            settings,
            behaviour,
            clock,
            self.exchange,
            self.market.snapshot,
            candles,
            table(settings, prices),
        )
        symbols = [listing.symbol for listing in listings]
        self.market_data = MarketData(settings, behaviour, clock, streams, symbols)
        self.exchange.on_news = self._publish
        self._clock = clock
        self._servers: list[asyncio.Server] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Open all ports, then let the market move. `PortUnavailable` when one cannot be opened."""
        self.simulator.open_books()
        self._streams.open()
        settings, behaviour = self.settings, self.behaviour
        gateway_health = gateway_handlers(self.gateway, behaviour, self._clock)
        market_health = market_data_handlers(self.market_data, behaviour, self._clock)
        plain = {"/": upgrade_required}
        try:
            await self._open("gateway", settings.gateway, self.gateway, plain)
            await self._open("gateway-health", settings.gateway_health, None, gateway_health)
            await self._open("market-data", settings.market_data, self.market_data, market_health)
            for service in (self.gateway, self.market_data) if settings.aliases else ():
                address = (getattr(settings, service.name.replace("-", "_"))[0], 0)
                await self._open(service.name, address, service, plain, alias=True)
        except PortUnavailable:
            await self.stop()
            raise
        self.addresses["market-data-health"] = (
            self.addresses["market-data"].replace("ws://", "http://").rstrip("/")
        )
        for going_on in (self.simulator.run(settings.tick_secs), behaviour.background()):
            self._tasks.append(asyncio.create_task(going_on))

    async def stop(self) -> None:
        """Shutdown closes with 1001."""
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        wires = [*self.gateway.wires, *self.market_data.wires]
        for wire in wires:
            wire.close(1001, "shutting down")
        for _ in range(20):
            if not (self.gateway.wires or self.market_data.wires):
                break
            await asyncio.sleep(0.05)

    async def __aenter__(self) -> "Reference":
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    def _publish(self, news: News) -> None:
        self.gateway.publish(news.updates)
        for trade in news.trades:
            self.market.trade(trade)
        for symbol in news.books:
            self.market.book(symbol)

    async def _open(
        self,
        name: str,
        address: tuple[str, int],
        service: Service | None,
        handlers: dict[str, Handler],
        *,
        alias: bool = False,
    ) -> None:
        try:
            server = await listen(address, name, self.behaviour, self.settings, service, handlers, alias)
        except OSError as exc:
            number = exc.errno or 0  # not positive for a name that does not resolve
            reason = os.strerror(number) if number > 0 else exc.strerror
            raise PortUnavailable(address, reason or str(exc)) from exc
        self._servers.append(server)
        host, port = server.sockets[0].getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{port}" if service is None else f"ws://{shown}:{port}/"
        (self.aliases if alias else self.addresses)[name] = url
