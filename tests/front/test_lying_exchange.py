"""Exchanges that do with our orders what none should: fills from nowhere, orders that no list shows."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conformance.reference.accounts import DEMO_KEYS
from conformance.reference.behaviour import Behaviour, OutFrame
from conformance.reference.faults.catalogue import ALL
from conformance.reference.server import Reference
from conformance.reference.settings import Settings
from tests.front.command import run
from tests.front.kills import Exchange

FREE = ("127.0.0.1", 0)
TRADING = ("--allow-trading", "--history", "none")


class FillsFarOrders(Behaviour):
    """The third order that rests is told to have traded."""

    updates = 0

    def outgoing(self, service: str, value: Any) -> list[OutFrame]:
        if (
            isinstance(value, dict)
            and value.get("type") == "orderUpdate"
            and value["order"]["status"] == "open"
        ):
            self.updates += 1
            if self.updates >= 3:
                order = {**value["order"], "status": "filled", "remaining_size": "0"}
                value = {**value, "order": {**order, "filled_size": order["size"]}}
        return super().outgoing(service, value)


class HidesOrders(Behaviour):
    """No account ever has an open order."""

    def outgoing(self, service: str, value: Any) -> list[OutFrame]:
        if isinstance(value, dict) and value.get("type") == "accountSnapshot":
            value = {**value, "open_orders": []}
        return super().outgoing(service, value)


@contextmanager
def lying(behaviour: Behaviour) -> Iterator[Exchange]:
    """An exchange of this behaviour in a thread of its own."""
    ready: threading.Event = threading.Event()
    made: dict[str, Any] = {}

    async def main() -> None:
        settings = Settings(gateway=FREE, gateway_health=FREE, market_data=FREE, auth_secs=3.0)
        made["loop"], made["stop"] = asyncio.get_running_loop(), asyncio.Event()
        async with Reference(settings, behaviour) as reference:
            made["addresses"] = dict(reference.addresses)
            ready.set()
            await made["stop"].wait()

    thread = threading.Thread(target=asyncio.run, args=(main(),), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        addresses = made["addresses"]
        keys = {key.label: key.secret for key in DEMO_KEYS}
        yield Exchange(addresses["gateway"], addresses["market-data"], keys)
    finally:
        made["loop"].call_soon_threadsafe(made["stop"].set)
        thread.join(20)


def test_a_stray_fill_stops_the_trading_of_a_run(tmp_path: Path) -> None:
    """Loudly, at once, for the rest of the run; it is nobody's broken promise, and no success either."""
    with lying(FillsFarOrders()) as target:
        ended = run(
            *target.words(), *TRADING, "--jobs", "4", "--case", "gateway/streams/*",
            "--case", "gateway/commands/place*", cwd=tmp_path, env=target.environment(),
        )  # fmt: skip
    record = ended.record
    (stray,) = [notice.text for notice in record.notices if notice.text.startswith("STRAY FILL: ")]
    assert stray.endswith("nothing more is traded in this run")
    assert "STRAY FILL" in ended.err
    assert "STRAY FILL" in ended.out
    broken = [line for line in record.cases if line.outcome == "broken"]
    assert {(line.blame, line.findings) for line in broken} == {("environment", ())}
    assert all("was filled" in line.reason and "none was meant to be" in line.reason for line in broken)
    stopped = [line for line in record.cases if line.reason.startswith("trading has stopped: order oc")]
    assert {(line.outcome, line.blame) for line in stopped} == {("skipped", "nobody")}
    assert len(stopped) > 50
    assert [end.how for end in record.intent_ends].count("filled") >= 1
    assert len(record.intents) < 50
    assert (ended.code, record.end and record.end.verdict) == (3, "inconclusive")


def test_fills_stop_nothing_where_nobody_else_trades(tmp_path: Path) -> None:
    """There a fill that should not be is a broken promise like any other."""
    with lying(FillsFarOrders()) as target:
        ended = run(
            *target.words(), *TRADING, "--exclusive", "--case", "gateway/streams/*", cwd=tmp_path,
            env=target.environment(),
        )  # fmt: skip
    assert ended.code == 1
    assert not any("STRAY" in notice.text for notice in ended.record.notices)


def test_an_order_that_no_list_shows_is_asked_for(tmp_path: Path) -> None:
    """What the target said works, and does not list, is read by its name: it is found, and told."""
    behaviour = type("Hides", (HidesOrders, ALL["cancels_nothing"].behaviour), {})()
    with lying(behaviour) as target:
        ended = run(
            *target.words(), *TRADING, "--exclusive", "--case", "gateway/commands/placeOptionOrder/accepted",
            cwd=tmp_path, env=target.environment(),
        )  # fmt: skip
    (line,) = ended.record.cases
    assert (line.outcome, line.blame, ended.code) == ("failed", "target", 1)
    assert [finding.clause for finding in line.findings] == ["gateway/trading/listed"]
    assert "was left open, is not listed, and COULD NOT BE CANCELLED" in line.reason
