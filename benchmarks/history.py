"""What it costs to ask a history of 10 000 runs, in SQLite and in PostgreSQL.

``python benchmarks/history.py [RUNS]`` makes runs of 1 416 clauses and 40 operations at two targets. By
chance a few clauses are not enforced, so that hardly two runs are alike; now and then one is broken for some
runs. It prints the seconds of an answer of ``omen-conformance history`` where the history is open (the best
of five, and all), those of the verb as a process, and how large the file is. PostgreSQL is a cluster of its
own, where it is installed.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from conformance.history.address import Address, address
from conformance.history.asking import Question, ask
from conformance.history.database import Database
from conformance.history.facts import Break, Facts, Latency, packed
from conformance.history.storing import store
from conformance.record import ClauseEntry
from tests.history.postgres import Cluster, why_not

RUNS, CLAUSES, OPERATIONS = 10_000, 1_416, 40
AT_ONCE = 500
TIMES = 5


def made(number: int, chance: random.Random, clauses: tuple[ClauseEntry, ...], sick: dict[int, int]) -> Facts:
    """The next run; ``sick``: the clauses that are broken now, and for how many runs yet."""
    if chance.random() < 0.03:
        sick[chance.randrange(CLAUSES)] = chance.randrange(1, 60)
    for each in list(sick):
        sick[each] -= 1
        if not sick[each]:
            del sick[each]
    flags = [True] * CLAUSES
    for _ in range(chance.randrange(4)):
        flags[chance.randrange(CLAUSES)] = False
    for each in sick:
        flags[each] = True
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=4 * number)
    slow = 1 + number / RUNS
    return Facts(
        sha256=f"{number:064x}",
        row={
            "started": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "target": ("staging", "production")[number % 2], "build": f"1.{number // 50}.{number % 50}",
            "suite": "0.1.0", "verdict": "not conformant" if sick else "conformant",
            "exit_code": int(bool(sick)),
            "interrupted": False, "seconds": 20.0, "seed": "0", "jobs": 32, "selection": "",
            "passed": 1500, "failed": len(sick), "skipped": 12, "unjudged": 0,
            "promised": CLAUSES, "kept": sum(flags) - len(sick), "broken": len(sick),
        },
        documents="[]",
        clauses=clauses,
        bits=packed(flags),
        breaks=tuple(Break(clauses[each], 2, False) for each in sorted(sick)),
        latencies=tuple(
            Latency(f"operation {each}", 120, *(chance.gauss(2 * slow, 0.1) * (1 + k) for k in range(4)))
            for each in range(OPERATIONS)
        ),
    )  # fmt: skip


def fill(place: Address, runs: int) -> float:
    """Seconds to put all runs in."""
    chance = random.Random(7)
    one = ClauseEntry(
        "", "It is a decimal number.", "gull", "schema", "x", "must", "published", "target", "f:1"
    )
    clauses = tuple(
        replace(one, id=f"gull/Message{n % 60}/field{n}/pattern", digest=f"{n:064x}") for n in range(CLAUSES)
    )
    sick: dict[int, int] = {}
    began = time.perf_counter()
    database = Database(place, create=True)
    for first in range(0, runs, AT_ONCE):
        batch = [made(n, chance, clauses, sick) for n in range(first, min(runs, first + AT_ONCE))]
        store(database, batch)
    database.close()
    return time.perf_counter() - began


def measure(place: Address, url: str, runs: int) -> None:
    """Fills a history and prints what asking it costs."""
    print(f"  {runs} runs put in within {fill(place, runs):.1f} s")
    database = Database(place)
    questions = {
        "all": Question(),
        "one target": Question(target="staging"),
        "a pattern": Question(
            clause="gull/Message7/*", chosen=lambda name: name.startswith("gull/Message7/")
        ),
        "html": Question(limit=200),
    }
    for name, question in questions.items():
        took, processor = [], []
        for _ in range(TIMES):
            began, busy = time.perf_counter(), time.process_time()
            answer = ask(database, question)
            took.append(time.perf_counter() - began)
            processor.append(time.process_time() - busy)
        assert answer.total == (runs // 2 if question.target else runs)
        each = " ".join(f"{seconds:.3f}" for seconds in took)
        print(
            f"  {name:12} {min(took):.3f} s  (all: {each}; our processor {min(processor):.3f}), "
            f"{len(answer.lives)} of {answer.ever} clauses, {len(answer.times)} operations"
        )
    database.close()
    took = []
    for _ in range(3):
        began = time.perf_counter()
        words = [sys.executable, "-m", "conformance.cli", "history", "--history", url]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        took.append(time.perf_counter() - began)
    print(f"  the verb     {min(took):.3f} s  (all: {' '.join(f'{each:.3f}' for each in took)})")


def main() -> None:
    """Both databases."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="conformance-history-"))
        file = f"{folder}/history.sqlite"
        places = {"SQLite": file}
        if why_not():
            print(f"PostgreSQL is left out: {why_not()}")
        else:
            places["PostgreSQL"] = stack.enter_context(Cluster()).fresh()
        for name, url in places.items():
            print(name)
            place = address(url)
            assert place is not None
            measure(place, url, runs)
        print(f"SQLite's file: {Path(file).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
