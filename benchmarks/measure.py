"""Speed, as ratios against a peer in the same run: one number alone tells more of the machine than of us.

``python benchmarks/measure.py`` prints one line a measurement: what, median seconds, the peer's, the ratio.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import jsonschema

from conformance.codec import MESSAGEPACK
from conformance.contract import load
from conformance.payloads import valid
from conformance.validation import judge

RUNS = 7


def timed(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def paired(
    ours: Callable[[], object], peer: Callable[[], object], runs: int = RUNS
) -> tuple[float, float, float]:
    """Medians of both, taken in turn, and the median of the ratios pair by pair."""
    ours(), peer()
    pairs = [(timed(ours), timed(peer)) for _ in range(runs)]
    return (
        statistics.median(one for one, _ in pairs),
        statistics.median(other for _, other in pairs),
        statistics.median(one / other for one, other in pairs),
    )


def command(*arguments: str) -> Callable[[], object]:
    """A whole process, its output read and thrown away."""
    return lambda: subprocess.run([sys.executable, *arguments], capture_output=True, check=True)


def row(what: str, ours: float, peer: float, ratio: float) -> None:
    """One line of the table."""
    print(f"{what:<52} {ours:>9.4f} s   {peer:>9.4f} s   {ratio:>7.2f} x")


def start_up() -> None:
    """The command line against a Python that does nothing."""
    cli = ("-m", "conformance.cli")
    row("--help  /  python -c pass", *paired(command(*cli, "--help"), command("-c", "pass"), 15))
    row("list  /  python -c 'import pytest'", *paired(command(*cli, "list"), command("-c", "import pytest")))


def main_job() -> None:
    """The whole run, at two deadlines, against the deadline itself: waits overlap, so few of them add up."""
    names = {each.name for service in load().services.values() for each in service.rules.deadlines}
    for deadline in (1500, 5000):
        stated = [part for name in sorted(names) for part in ("--deadline", f"{name}={deadline}")]
        with tempfile.TemporaryDirectory() as folder:
            run = ("-m", "conformance.cli", "run", *stated, "--report-dir", folder)
            seconds = statistics.median(timed(command(*run)) for _ in range(3))
            row(
                f"run, deadline {deadline} ms  /  one such wait",
                seconds,
                deadline / 1000,
                seconds * 1000 / deadline,
            )


LEVELS = {"type": "array", "items": {"type": "array", "prefixItems": [{"type": "string"}] * 2, "minItems": 2}}
"""A list of pairs of strings, for a peer that knows no contract."""


def judging() -> None:
    """Our judgement of a book of 20 levels a side, against ``jsonschema`` on its bare structure."""
    contract = load()
    service, message = next(
        (service, message)
        for service in contract.services.values()
        for message in service.messages.values()
        if sum(1 for node in message.payload.prefix if node.rest is not None) >= 2
    )
    levels = [["100.5", "1.5"]] * 20
    frame = [levels if node.rest is not None else valid(node) for node in message.payload.prefix]
    value = MESSAGEPACK.decode(MESSAGEPACK.encode(frame)).value
    peer = jsonschema.Draft202012Validator({"type": "array", "items": {"anyOf": [LEVELS, {}]}})
    times = 200
    row(
        f"judge {times} {message.name} of {service.name}  /  jsonschema",
        *paired(
            lambda: [judge(message.payload, value) for _ in range(times)],
            lambda: [list(peer.iter_errors(value)) for _ in range(times)],
        ),
    )


if __name__ == "__main__":
    print(f"{'what  /  peer':<52} {'ours':>11}   {'peer':>11}   {'ratio':>9}")
    start_up()
    judging()
    main_job()
