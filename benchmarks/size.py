"""What documents cost as they grow: seconds, and the most memory at once, of loading, listing and linting.

``python benchmarks/size.py [MESSAGES …]`` prints one line a size. Cases and clauses are listed as text and as
JSON. Each figure is of a process of its own, its start included; seconds are of the processor, so that a busy
machine tells the same. The last columns are microseconds a clause: where they stay, the cost grows with the
document and not faster.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from large import document

SIZES = (125, 250, 500, 1_000)
LOAD = """
import sys
from pathlib import Path
from conformance.contract import load
from conformance.documents.find import find
contract = load(find(Path(sys.argv[1])))
"""
STEPS = {
    "load": ("-c", LOAD, "{}"),
    "list": ("-m", "conformance.cli", "list", "--contract", "{}"),
    "json": ("-m", "conformance.cli", "list", "--json", "--contract", "{}"),
    "clauses": ("-m", "conformance.cli", "list", "--clauses", "--contract", "{}"),
    "its json": ("-m", "conformance.cli", "list", "--clauses", "--json", "--contract", "{}"),
    "lint": ("-m", "conformance.cli", "lint", "--contract", "{}"),
}
MEASURE = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, *sys.argv[1:]], stdout=open("out", "wb"), stderr=subprocess.PIPE)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def measured(folder: Path, step: str) -> tuple[float, float]:
    """Seconds of the processor, and MiB at most, of one process."""
    arguments = [str(folder / "contract") if part == "{}" else part for part in STEPS[step]]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *arguments], capture_output=True, text=True, check=True, cwd=folder
    )
    code, seconds, most = done.stdout.split()
    if int(code) not in (0, 1):  # lint tells by 1 that it has found something
        raise SystemExit(f"{step} ended with {code}")
    return float(seconds), int(most) / 1024


def clauses(folder: Path) -> int:
    """How many clauses the document has."""
    code = f"{LOAD}print(len(contract.clauses))"
    made = subprocess.run(
        [sys.executable, "-c", code, str(folder / "contract")], capture_output=True, text=True, check=True
    )
    return int(made.stdout)


def main(sizes: list[int]) -> None:
    """Print the table."""
    heads = " ".join(f"{step + ' s':>10} {'MiB':>5}" for step in STEPS)
    print(f"{'messages':>8} {'clauses':>8} {'cases':>7} {heads}   µs a clause: {' '.join(STEPS)}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "contract").mkdir()
            (folder / "contract" / "asyncapi.yaml").write_text(document(size), "utf-8")
            found = {}
            cases = 0
            for step in STEPS:
                found[step] = measured(folder, step)
                if step == "json":
                    cases = len(json.loads((folder / "out").read_text("utf-8"))["cases"])
            count = clauses(folder)
        costs = " ".join(f"{seconds:10.2f} {most:5.0f}" for seconds, most in found.values())
        ratios = " ".join(f"{1e6 * seconds / count:4.0f}" for seconds, _ in found.values())
        print(f"{size:>8} {count:>8} {cases:>7} {costs}   {'':13}{ratios}", flush=True)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or list(SIZES))
