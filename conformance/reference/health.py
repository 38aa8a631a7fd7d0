"""The health endpoints of both services: they report, and expose nothing else."""

import json
from typing import Any

from conformance.reference.behaviour import Behaviour, HttpAnswer
from conformance.reference.clock import Clock
from conformance.reference.gateway import Gateway
from conformance.reference.http import Handler, upgrade_required
from conformance.reference.market_data import MarketData
from conformance.reference.meters import WINDOW_MS


def gateway_handlers(gateway: Gateway, behaviour: Behaviour, clock: Clock) -> dict[str, Handler]:
    """What the gateway's health port answers."""

    def health() -> HttpAnswer:
        meters = gateway.meters
        return _health(
            behaviour,
            uptime_ms=clock.uptime_ms(),
            connections=len(gateway.sessions),
            authenticated_sessions=sum(session.credential is not None for session in gateway.sessions),
            commands_total=meters.commands,
            errors_total=meters.errors,
            rings={name: ring.as_value() for name, ring in meters.rings.items()},
        )

    def latency() -> HttpAnswer:
        stages = [stage.as_value(name) for name, stage in gateway.meters.stages.items()]
        return _json(
            _status(behaviour), {"window_ms": WINDOW_MS, "taken_at": clock.now_ms(), "stages": stages}
        )

    return {"/health": health, "/health/latency": latency}


def market_data_handlers(service: MarketData, behaviour: Behaviour, clock: Clock) -> dict[str, Handler]:
    """What the shared market-data port answers over HTTP."""

    def health() -> HttpAnswer:
        return _health(
            behaviour,
            uptime_ms=clock.uptime_ms(),
            connections=len(service.sessions),
            subscriptions=sum(len(session.subscriptions) for session in service.sessions),
        )

    return {"/health": health, "/": upgrade_required}


def _health(behaviour: Behaviour, **fields: Any) -> HttpAnswer:
    """200 while the WebSocket takes connections, else 503 with the same body."""
    status = _status(behaviour)
    return _json(status, {"status": "ok" if status == 200 else "degraded", **fields})


def _status(behaviour: Behaviour) -> int:
    return 200 if behaviour.upgrades() or not behaviour.admits_being_closed() else 503


def _json(status: int, value: dict[str, Any]) -> HttpAnswer:
    return HttpAnswer(status, json.dumps(value).encode())
