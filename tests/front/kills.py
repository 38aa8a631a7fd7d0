"""Kills a run that trades, sweeps, and asks the target what is open, through a client that is none of ours.

``python -m tests.front.kills --times 50`` does it fifty times, at moments that a seed decides.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgpack
from websockets.sync.client import connect

from tests.front.command import environment

PATIENCE_S = 60.0
CASES = (
    *("streams/updates-*", "streams/state-carries-the-last-update", "commands/place-read-cancel"),
    *("commands/other-accounts-order-is-hidden", "commands/client-order-id-used-once"),
    *("commands/placeOptionOrder/accepted", "streams/resting-*"),
)
"""Those whose orders rest for a while, played again and again: so some order is open most of the time."""
RESTING = """\
scenarios: 1
service: gateway
cases:
  - name: resting-%(account)s
    family: streams
    says: Three orders rest and are cancelled.
    steps:
      - connect: {session: %(first)s, as: {has: [read, trade]}}
      - connect: {session: %(second)s, as: {has: [read, trade], account: other}}
      - send: {operation: placeOptionOrder, session: %(account)s}
      - expect: {message: orderAccepted, save: {one: /order/order_id}, session: %(account)s}
      - send: {operation: placeOptionOrder, session: %(account)s}
      - expect: {message: orderAccepted, save: {two: /order/order_id}, session: %(account)s}
      - silence: {message: accountState, for_ms: 150, session: %(account)s}
      - send: {operation: placeOptionOrder, session: %(account)s}
      - expect: {message: orderAccepted, save: {three: /order/order_id}, session: %(account)s}
      - send: {operation: cancelOptionOrder, with: {order_id: {saved: one}}, session: %(account)s}
      - expect: {message: orderCancelled, session: %(account)s}
      - silence: {message: accountState, for_ms: 150, session: %(account)s}
      - send: {operation: cancelOptionOrder, with: {order_id: {saved: two}}, session: %(account)s}
      - expect: {message: orderCancelled, session: %(account)s}
      - send: {operation: cancelOptionOrder, with: {order_id: {saved: three}}, session: %(account)s}
      - expect: {message: orderCancelled, session: %(account)s}
"""
ACCOUNTS = {"trader_a": "demo-a", "trader_b": "demo-b"}


@dataclass(frozen=True)
class Exchange:
    """A reference in a process of its own, which outlives every run."""

    url: str
    market: str
    keys: Mapping[str, str]

    def words(self) -> list[str]:
        """How it is named, and with which credentials; they are in the environment."""
        made = ["--url", f"gateway={self.url}", "--url", f"market-data={self.market}"]
        for label, account in ACCOUNTS.items():
            rest = f"label={label},account={account},permissions=read+trade+withdraw"
            made += ["--credential", f"apiKey=env:{label.upper()},{rest}"]
        return made

    def environment(self) -> dict[str, str]:
        """Ours, and the secrets."""
        return environment(**{label.upper(): self.keys[label] for label in ACCOUNTS})

    def open_orders(self) -> dict[str, Mapping[str, Any]]:
        """All open orders of the accounts, by their client order ids: asked with plain libraries."""
        found: dict[str, Mapping[str, Any]] = {}
        for label in ACCOUNTS:
            with connect(self.url, proxy=None, compression=None) as socket:
                said = _asked(socket, {"type": "auth", "request_id": 1, "api_key": self.keys[label]})
                assert said["type"] == "authenticated", said
                said = _asked(socket, {"type": "getAccountSnapshot", "request_id": 2})
                assert said["type"] == "accountSnapshot", said
                found |= {order["client_order_id"]: order for order in said["open_orders"]}
        return found

    @contextlib.contextmanager
    def session(self, label: str) -> Iterator[Callable[[str], None]]:
        """A way to place a far order of that name, as somebody else who uses the account."""
        with connect(self.url, proxy=None, compression=None) as socket:
            _asked(socket, {"type": "auth", "request_id": 1, "api_key": self.keys[label]})

            def place(name: str) -> None:
                order = {"client_order_id": name, "symbol": "BTC-29MAR30-50000-C", "side": "buy"}
                order |= {"order_type": "limit", "price": "0.5", "size": "0.1", "time_in_force": "gtc"}
                said = _asked(socket, {"type": "placeOptionOrder", "request_id": 2, **order})
                assert said["type"] == "orderAccepted", said

            yield place

    def forget(self, label: str, name: str) -> None:
        """Cancels an order of that name."""
        with connect(self.url, proxy=None, compression=None) as socket:
            _asked(socket, {"type": "auth", "request_id": 1, "api_key": self.keys[label]})
            said = _asked(socket, {"type": "cancelOptionOrder", "request_id": 2, "client_order_id": name})
            assert said["type"] == "orderCancelled", said


def _asked(socket: Any, command: Mapping[str, object]) -> dict[str, Any]:
    socket.send(msgpack.packb(command))
    while True:
        said: dict[str, Any] = msgpack.unpackb(socket.recv(timeout=10))
        if said.get("request_id") == command["request_id"]:
            return said


@contextlib.contextmanager
def exchange(*words: str) -> Iterator[Exchange]:
    """Starts one, and ends it."""
    started = [sys.executable, "-m", "conformance.cli", "serve", "--embedded", *words]
    with subprocess.Popen(
        started, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        said = json.loads(child.stdout.readline())
        addresses = said["addresses"]
        keys = {one["label"]: one["value"] for one in said["credentials"]}
        yield Exchange(addresses["gateway"], addresses["market-data"], keys)
        child.stdin.close()
        child.wait(30)


@dataclass(frozen=True)
class Killed:
    """One run that was killed, and the sweep behind it."""

    after_s: float
    meant: int
    open_before: frozenset[str]
    open_after: frozenset[str]
    code: int
    said: str
    told: Mapping[str, Any]
    intents: frozenset[str]

    @property
    def told_open(self) -> frozenset[str]:
        """What the sweep says was open."""
        return frozenset(
            each["client_id"] for each in self.told["orders"] if each["was"] in ("open", "partially filled")
        )

    @property
    def faults(self) -> list[str]:
        """What is wrong with it; nothing, normally."""
        checks = {
            "something is open behind the sweep": self.open_after,
            "the sweep does not tell what had been open": self.open_before ^ self.told_open,
            "orders were open that no intent names": self.open_before - self.intents,
            f"exit code {self.code}": self.code != 0,
        }
        return [name for name, wrong in checks.items() if wrong]


@contextlib.contextmanager
def trading(target: Exchange, folder: Path, seed: int) -> Iterator[subprocess.Popen[bytes]]:
    """A run that has begun to trade, and goes on for minutes; what is left of it is killed."""
    folder.mkdir(parents=True)
    stories = []
    for account in ("main", "stranger"):  # the first session is the first account's, the second the other's
        story = folder / f"{account}.yaml"
        story.write_text(RESTING % {"account": account, "first": "main", "second": "stranger"}, "utf-8")
        stories += ["--scenarios", str(story)]
    words = [
        *("run", *target.words(), "--allow-trading", "--exclusive", "--history", "none"),
        *(word for case in CASES for word in ("--case", f"gateway/{case}")),
        *stories,
        *("--repeat", "--report-dir", str(folder), "--seed", str(seed)),
    ]
    file, said = folder / "run.jsonl", folder / "stderr.txt"
    with said.open("wb") as errors, subprocess.Popen(
        [sys.executable, "-m", "conformance.cli", *words], env=target.environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True,
    ) as child:  # fmt: skip
        try:
            until = time.monotonic() + PATIENCE_S
            while not file.exists() or b'{"line":"intent"' not in file.read_bytes():
                assert child.poll() is None, said.read_text("utf-8")
                assert time.monotonic() < until, "the run did not begin to trade"
                time.sleep(0.005)
            yield child
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


def killed(target: Exchange, folder: Path, moment: random.Random, span_s: float) -> Killed:
    """Kills a run somewhere in the ``span_s`` seconds after its first intent, and sweeps."""
    after_s = moment.uniform(0.0, span_s)
    file = folder / "run.jsonl"
    with trading(target, folder, moment.randrange(1_000_000)):
        time.sleep(after_s)
    before = frozenset(target.open_orders())
    done = subprocess.run(
        [sys.executable, "-m", "conformance.cli", "sweep", *target.words(), "--run", str(folder)],
        env=target.environment(), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=PATIENCE_S,
    )  # fmt: skip
    record = folder / "sweep.json"
    intents = _intents(file)
    return Killed(
        after_s,
        len(intents),
        before,
        frozenset(target.open_orders()),
        done.returncode,
        done.stdout + done.stderr,
        json.loads(record.read_text("utf-8")) if record.exists() else {"orders": []},
        frozenset(intents),
    )


def _intents(file: Path) -> list[str]:
    lines = (line for line in file.read_bytes().splitlines(keepends=True) if line.endswith(b"\n"))
    stored = (json.loads(line) for line in lines if line.startswith(b'{"line":"intent"'))
    return [each["client_id"] for each in stored]


def main(arguments: Sequence[str] | None = None) -> int:
    """Kills and sweeps as often as asked; tells each, and how many were right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--span", type=float, default=5.0, help="seconds after the first intent")
    options = parser.parse_args(arguments)
    moment = random.Random(options.seed)
    right, with_open, open_orders = 0, 0, 0
    with exchange("--deadline", "auth=1500") as target, tempfile.TemporaryDirectory() as folder:
        for number in range(1, options.times + 1):
            each = killed(target, Path(folder) / str(number), moment, options.span)
            right += not each.faults
            with_open += bool(each.open_before)
            open_orders += len(each.open_before)
            wrong = "; ".join(each.faults) or "right"
            print(
                f"{number:3} killed {each.after_s:5.2f} s after the first intent, {each.meant:3} meant, "
                f"{len(each.open_before)} open, {len(each.open_after)} behind the sweep: {wrong}",
                flush=True,
            )
            if each.faults:
                print(each.said)
    print(f"{right} of {options.times}; {with_open} had orders open, {open_orders} in all")
    return 0 if right == options.times else 1


if __name__ == "__main__":
    sys.exit(main())
