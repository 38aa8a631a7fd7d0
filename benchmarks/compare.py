"""What it costs to compare two runs of 5 000 cases that hold 50 MB of transcripts each.

``python benchmarks/compare.py [CASES [MEGABYTES]]`` prints the seconds of whole processes, as a user's clock
sees them (the best of five, and all); of one more the seconds of the processor, which a busy machine hardly
changes, and the most memory. The second run differs: some clauses are broken, some not enforced any more, one
operation is slower. ``import`` is a process that only imports what the verb does: what is left is the work.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CASES, MEGABYTES = 5_000, 50
CLAUSES = 5_000
EXERCISED = 45
OPERATIONS = 30
TRIES = 5
MEASURE = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def header(cases: int) -> dict[str, object]:
    """The first line of both runs."""
    return {
        "line": "header",
        "suite": "0",
        "started": "2026-01-02T03:04:05.678Z",
        "target": {"name": "local", "addresses": {"s": "ws://127.0.0.1:1/"}},
        "documents": [{"name": "s", "path": "s.yaml", "version": "1", "sha256": "ab" * 32}],
        "seed": 0,
        "jobs": 32,
        "clauses": [
            {
                "id": f"s/Message{n // 40}/field{n % 40}/type",
                "says": f"The field {n % 40} of a Message{n // 40} is a string.",
                "service": "s", "kind": "schema", "subject": f"Message{n // 40}", "level": "must",
                "provenance": "published", "binds": "target", "where": f"s.yaml:{n + 1}",
                "digest": f"{n:064x}",
            }
            for n in range(CLAUSES)
        ],
        "cases": [
            {
                "id": f"s/layouts/case-{n}", "family": "layouts", "service": "s",
                "says": f"Does the target keep promise {n}?", "level": "must", "provenance": "published",
                "clauses": [f"s/Message{k // 40}/field{k % 40}/type" for k in (n % CLAUSES, n * 7 % CLAUSES)],
            }
            for n in range(cases)
        ],
        "format": 1,
    }  # fmt: skip


def case(number: int, size: int, chance: random.Random, after: bool) -> str:
    """One case's line, with a transcript of about ``size`` bytes."""
    failed = after and number % 500 == 0
    missing = after and number % 500 == 1
    clause = number % CLAUSES
    finding = {
        "clause": f"s/Message{clause // 40}/field{clause % 40}/type", "where": "[2] price",
        "expected": "string", "seen": "float 1.5", "path": [2], "document": "s.yaml:1", "drift": "",
    }  # fmt: skip
    line = {
        "line": "case",
        "id": f"s/layouts/case-{number}",
        "outcome": "failed" if failed else "skipped" if missing else "passed",
        "blame": "target" if failed else "nobody",
        "reason": "expected string" if failed else "nothing came" if missing else "",
        "findings": [finding] if failed else [],
        "exercised": [] if missing else sorted({(number * k) % CLAUSES for k in range(1, EXERCISED + 1)}),
        "messages": 5,
        "started": number * 2.0,
        "ended": number * 2.0 + 20,
        "repeat": f"omen-conformance run local --case s/layouts/case-{number}",
        "left_out": "",
        "timings": [
            {
                "what": f"s/operation{k}",
                "ms": round(chance.lognormvariate(0, 0.4) * (2 if after and not k else 1), 3),
            }
            for k in (number % OPERATIONS, (number * 7 + 1) % OPERATIONS, 0)
        ],
    }
    text = json.dumps(line, separators=(",", ":"))
    entries = [
        {"type": "frame", "session": "main", "direction": "received", "opcode": "binary", "at": n * 1000,
         "data": "kaRib29rzgABhqCRkpOk" * 50}
        for n in range(max(1, size // 1_100))
    ]  # fmt: skip
    transcript = {"case": f"s/layouts/case-{number}", "entries": entries}
    return text[:-1] + ',"transcript":' + json.dumps(transcript, separators=(",", ":")) + "}\n"


def written(path: Path, cases: int, megabytes: int, *, after: bool) -> None:
    """A run file of so many cases and so many megabytes."""
    chance = random.Random(int(after))
    with path.open("w", encoding="ascii") as file:
        file.write(json.dumps(header(cases), separators=(",", ":")) + "\n")
        for number in range(cases):
            file.write(case(number, megabytes * 1_000_000 // cases, chance, after))
        end = {"line": "end", "seconds": 10, "interrupted": False, "verdict": "conformant", "exit_code": 0}
        file.write(json.dumps(end) + "\n")


def main(cases: int = CASES, megabytes: int = MEGABYTES) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        before, after = Path(name) / "before.jsonl", Path(name) / "after.jsonl"
        written(before, cases, megabytes, after=False)
        written(after, cases, megabytes, after=True)
        print(f"{cases} cases, {before.stat().st_size / 1e6:.0f} MB a run file")
        steps = {
            "import": ["-c", "import conformance.commands.compare"],
            "compare": ["-m", "conformance.cli", "compare", str(before), str(after)],
            "compare --json": ["-m", "conformance.cli", "compare", "--json", str(before), str(after)],
        }
        for step, arguments in steps.items():
            took = []
            for _ in range(TRIES):
                begun = time.perf_counter()
                done = subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
                took.append(time.perf_counter() - begun)
                if done.returncode not in (0, 1):
                    raise SystemExit(done.stderr.decode())
            measured = subprocess.run(
                [sys.executable, "-c", MEASURE, *arguments], capture_output=True, text=True, check=True
            )
            seconds, most = map(float, measured.stdout.split())
            every = " ".join(f"{each:.2f}" for each in took)
            used = f"{seconds:.2f} s of the processor, {most / 1024:.0f} MiB"
            print(f"{step:<15} {min(took):5.2f} s ({every}), {used}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
