"""How many events a second the suite can judge, alone, live, and with many subscribers.

``python benchmarks/events.py`` prints three tables; ``kinds``, ``live`` or ``crowd`` prints one of them.

* ``kinds``: reading, naming, judging (schema, rules, stream) by kind of message, and judging a decoded value
  alone, against ``jsonschema`` (and ``fastjsonschema``, where it is installed) on the same values and schema.
* ``live``: a sender in a process of its own sends events over WebSocket as fast as it is let, or at a stated
  rate. The suite is held to one core: received, stamped, read, judged, streams followed. Where it is let send
  as fast as it can, the rate is that at which the suite is the bottleneck.
* ``crowd``: 500 connections, each of which is sent every event.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import os
import statistics
import struct
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

import jsonschema
import msgpack

from conformance.contract import Contract, Schema, load
from conformance.conversation.listening import Listening, Tally
from conformance.validation import judge
from conformance.verdict.bench import Bench
from conformance.verdict.live import Desk, Live
from conformance.verdict.model import Tolerances

SERVICE = "market-data"
SYMBOLS = [f"BTC-20261225-{strike}000-C" for strike in range(90, 98)]
START = 1_795_359_600_000
Make = Callable[[int], list[object]]


def decimal(number: int, places: int) -> str:
    """A number of so many places as a decimal string, shortest form."""
    whole, rest = divmod(number, 10**places)
    return f"{whole}.{rest:0{places}}".rstrip("0").rstrip(".")


def trade(number: int) -> list[object]:
    """A trade; no two are alike, prices and sizes wander."""
    symbol = SYMBOLS[number % len(SYMBOLS)]
    value, size = decimal(100 + number % 313, 4), decimal(10 + number % 79, 1)
    row = [f"t-{number}", value, size, "buy", START + number]
    return ["trade", f"trades:{symbol}", 2 + number // len(SYMBOLS), row]


def book(levels: int) -> Make:
    """An order book of so many levels on each side."""

    def make(number: int) -> list[object]:
        symbol, middle = SYMBOLS[number % len(SYMBOLS)], 5000 + number % 997
        bids = [[decimal(middle - 1 - each, 4), decimal(15 + number + each, 1)] for each in range(levels)]
        asks = [[decimal(middle + each, 4), decimal(5 + number * 3 + each, 1)] for each in range(levels)]
        sequence = 1 + number // len(SYMBOLS)
        return ["orderbook_snapshot", f"orderbook:{symbol}", sequence, START + number, bids, asks]

    return make


def price(number: int) -> list[object]:
    """New prices of one option."""
    symbol = SYMBOLS[number % len(SYMBOLS)]
    values = [
        decimal(100 + number % 313, 4),
        decimal(980005 + number % 777, 1),
        decimal(600 + number % 99, 3),
    ]
    return ["price", f"prices:{symbol}", 1 + number // len(SYMBOLS), START + number, *values]


KINDS: dict[str, Make] = {
    "trade": trade,
    "price": price,
    "book, 10 a side": book(10),
    "book, 20 a side": book(20),
}


def opening() -> Iterator[bytes]:
    """What comes before the events: acknowledgements, and the snapshot of trades."""
    for symbol in SYMBOLS:
        for channel in ("trades", "orderbook", "prices"):
            yield msgpack.packb(["subscribed", f"{channel}:{symbol}"])
        yield msgpack.packb(["trades_snapshot", f"trades:{symbol}", 1, START, []])


def stream(make: Make, count: int) -> list[bytes]:
    """The messages of a stream, whole."""
    return [*opening(), *(msgpack.packb(make(number)) for number in range(count))]


def frame(data: bytes) -> bytes:
    """An unmasked frame (RFC 6455, 5.2)."""
    head = (
        struct.pack("!BB", 0x82, len(data)) if len(data) < 126 else struct.pack("!BBH", 0x82, 126, len(data))
    )
    return head + data


def desk(contract: Contract) -> Desk:
    """The judges of the service."""
    bench = Bench(contract, contract.clauses, Tolerances(250))
    return Desk(bench.reader_of(SERVICE), bench.frames_of(SERVICE))


# kinds


def plain(schema: Schema) -> dict[str, object]:
    """A schema as draft-07 writes it, for a peer."""
    made: dict[str, object] = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in schema.values.items()
        if key != "format"
    }
    if schema.properties:
        made["properties"] = {name: plain(child) for name, child in schema.properties.items()}
    if schema.prefix:
        if made.get("items") is False or schema.rest is not None:
            made["additionalItems"] = False if schema.rest is None else plain(schema.rest)
        made["items"] = [plain(child) for child in schema.prefix]
    elif schema.rest is not None:
        made["items"] = plain(schema.rest)
    for keyword, parts in (("allOf", schema.all_of), ("anyOf", schema.any_of), ("oneOf", schema.one_of)):
        if parts:
            made[keyword] = [plain(part) for part in parts]
    return made


def peers(schema: dict[str, object]) -> dict[str, Callable[[object], bool]]:
    """Who else can say whether a decoded value keeps a schema."""
    found: dict[str, Callable[[object], bool]] = {"jsonschema": jsonschema.Draft7Validator(schema).is_valid}
    try:
        import fastjsonschema  # type: ignore[import-not-found]
    except ImportError:
        return found
    check = fastjsonschema.compile(schema)
    found["fastjsonschema"] = lambda value: check(value) is not None
    return found


def cpu(work: Callable[[], object], runs: int = 5) -> float:
    """Seconds of this process that a piece of work takes, the median of some runs."""
    taken = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def kinds(contract: Contract, count: int) -> None:
    """Rates by kind of message, without a wire."""
    print(f"{'by kind, one core':<18} {'whole way':>12} {'schema alone':>14}   peers on the same values")
    for name, make in KINDS.items():
        few = count if name in ("trade", "price") else count // 10
        frames = stream(make, few)
        whole = cpu(partial(followed, contract, frames))
        values = [msgpack.unpackb(data) for data in frames[-few:]][:2000]
        messages = contract.services[SERVICE].messages.values()
        payload = next(each.payload for each in messages if judge(each.payload, values[0]).ok)
        ours = cpu(partial(all_of, partial(keeps, payload), values))
        told = []
        for peer, valid in peers(plain(payload)).items():
            theirs = cpu(partial(all_of, valid, values[:500]), 3) * len(values) / 500
            told.append(f"{peer} {len(values) / theirs:,.0f}/s: ours {theirs / ours:.1f} times as fast")
        rates = f"{len(frames) / whole:>10,.0f}/s {len(values) / ours:>12,.0f}/s"
        print(f"{name:<18} {rates}   {'; '.join(told)}")


def keeps(payload: Schema, value: object) -> bool:
    """Whether the judge finds nothing wrong."""
    return judge(payload, value).ok


def all_of(valid: Callable[[object], bool], values: list[object]) -> None:
    """Each value is asked about, and good."""
    for value in values:
        assert valid(value)


def followed(contract: Contract, frames: list[bytes]) -> None:
    """All of it by one judge, of which nothing is known before."""
    live = Live(desk(contract))
    for number, data in enumerate(frames):
        live.take(number, number, "binary", data)
    assert live.judged == len(frames)
    assert not live.broken, live.told[:2]


# the sender: a process of its own that knows nothing of the suite


async def send(core: int, make: Make, count: int, rate: int, crowd: int) -> None:
    """Sends the same frames to ``crowd`` clients once all are there; prints the port first."""
    hold(core)
    frames = [frame(data) for data in stream(make, count)]
    head, rest = frames[: -count or None], frames[-count:]
    writers: list[asyncio.StreamWriter] = []
    ready = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        key = request.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
        digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n" + b"".join(head)
        )
        writers.append(writer)
        if len(writers) == crowd:
            ready.set()
        await reader.read(-1)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await ready.wait()
    at_once = max(1, rate // 200) if rate else max(1, 16384 // len(rest[0]) if crowd == 1 else 20)
    begun = time.monotonic()
    for start in range(0, count, at_once):
        if rate and (early := begun + start / rate - time.monotonic()) > 0:
            await asyncio.sleep(early)
        piece = b"".join(rest[start : start + at_once])
        for writer in writers:
            writer.write(piece)
        for writer in writers:
            await writer.drain()
    await asyncio.to_thread(sys.stdin.read)


def hold(core: int) -> None:
    """This process runs on one core alone."""
    os.sched_setaffinity(0, {core % (os.cpu_count() or 1)})


# the suite's side


async def listen(
    contract: Contract, kind: str, count: int, rate: int, crowd: int, core: int
) -> tuple[Tally, float, float]:
    """What came of a stream at so many sessions; seconds until the last was judged, and CPU seconds."""
    sender = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, "send", "--core", str(core + 1), "--kind", kind, "--events", str(count)),
        *("--rate", str(rate), "--crowd", str(crowd)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert sender.stdout is not None
    assert sender.stdin is not None
    try:
        url = f"ws://127.0.0.1:{int(await sender.stdout.readline())}/"
        shared = desk(contract)
        listener = Listening("benchmark", lambda: Live(shared))
        for number in range(crowd):
            session = await listener.open(f"s{number}", url)
            assert session.is_open
        begun, used = time.monotonic(), time.process_time()
        wanted = crowd * (count + len(list(opening())))
        while listener.recorder.received < wanted:
            await listener.more()
        await listener.judged()
        wall, used = time.monotonic() - begun, time.process_time() - used
        assert all(not live.broken and live.judged * crowd == wanted for live in listener.lives.values())
        for session in listener.sessions:
            session.abort()
        return listener.tally(), wall, used
    finally:
        sender.stdin.close()
        await sender.wait()


def told(what: str, outcome: tuple[Tally, float, float]) -> None:
    """One line of a table."""
    tally, wall, used = outcome
    rates = f"{tally.received / wall:>9,.0f}/s {tally.received / used:>9,.0f}/CPU s {used / wall:>6.0%}"
    counts = f"{tally.received:>10,} {tally.judged:>10,} {tally.dropped:>4} {tally.stops:>5}"
    print(f"{what:<38} {rates} {counts} {tally.most_waiting:>7,}", flush=True)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="?", choices=["kinds", "live", "crowd", "send"])
    parser.add_argument("--core", type=int, default=0, help="the suite's core; the sender has the next one")
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--rate", type=int, default=0)
    parser.add_argument("--crowd", type=int, default=500)
    parser.add_argument("--kind", choices=list(KINDS), default="trade")
    asked = parser.parse_args()
    if asked.what == "send":
        asyncio.run(send(asked.core, KINDS[asked.kind], asked.events, asked.rate, asked.crowd))
        return
    hold(asked.core)
    contract = load()
    if asked.what in (None, "kinds"):
        kinds(contract, asked.events // 10)
    counts = f"{'received':>10} {'judged':>10} {'lost':>4} {'stops':>5} {'waited':>7}"
    header = f"{'events':>11} {'':>15} {'core':>6} {counts}"
    if asked.what in (None, "live"):
        print(f"\n{'live, one connection':<38} {header}")
        for kind in KINDS:
            count = asked.events if kind in ("trade", "price") else asked.events // 8
            told(f"{kind}, as fast as it goes", asyncio.run(listen(contract, kind, count, 0, 1, asked.core)))
        for rate in (10_000, 20_000, 30_000):
            outcome = asyncio.run(listen(contract, "trade", rate * 5, rate, 1, asked.core))
            told(f"trade, {rate:,}/s", outcome)
    if asked.what in (None, "crowd"):
        print(f"\n{f'live, {asked.crowd} connections':<38} {header}")
        many = asked.crowd
        told("trade, as fast as it goes", asyncio.run(listen(contract, "trade", 2000, 0, many, asked.core)))
        told("trade, 40/s to each", asyncio.run(listen(contract, "trade", 400, 40, many, asked.core)))
        outcome = asyncio.run(listen(contract, "book, 10 a side", 500, 0, many, asked.core))
        told("book, as fast as it goes", outcome)


if __name__ == "__main__":
    main()
