"""False alarms: the whole suite against every conforming variation of the reference, several seeds each.

    python benchmarks/variations.py [NAME …] [--seeds 5] [--first-seed 0] [--at-once 2]

A case that is neither passed nor skipped is a false alarm; one that is skipped here and passed by the plain
reference is blindness.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from conformance.record import read
from conformance.reference.variations.catalogue import VARIATIONS


@dataclass(frozen=True)
class Ended:
    """How one run ended."""

    variation: str
    seed: int
    secs: float
    outcomes: Counter[str]
    wrong: tuple[str, ...]
    skipped: tuple[str, ...]


def run(variation: str, seed: int, folder: Path) -> Ended:
    """One run of the whole suite, as a user would start it."""
    chosen = [word for name in variation.split("+") if name for word in ("--variation", name)]
    begun = time.monotonic()
    where = folder / f"{variation or 'plain'}-{seed}"
    words = ["run", *chosen, "--seed", str(seed), "--report-dir", str(where)]
    ended = subprocess.run(
        [sys.executable, "-m", "conformance.cli", *words], capture_output=True, text=True, check=False
    )
    secs = time.monotonic() - begun
    told = read(where / "run.jsonl")
    outcomes = Counter(line.outcome for line in told.cases)
    wrong = [
        f"{line.id}: {line.outcome} ({line.blame}) {line.reason}"
        + "".join(
            f"\n      {each.clause}: expected {each.expected}, got {each.seen}" for each in line.findings
        )
        for line in told.cases
        if line.outcome in ("failed", "broken")
    ]
    if ended.returncode and not wrong:
        wrong = [f"exit code {ended.returncode}: {ended.stderr.strip()[-300:]}"]
    skipped = tuple(f"{line.id}: {line.reason}" for line in told.cases if line.outcome == "skipped")
    return Ended(variation, seed, secs, outcomes, tuple(wrong), skipped)


def main() -> int:
    """Plays all, tells what is wrong, and counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="only these; ONE+OTHER for both at once, - for none"
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--at-once", type=int, default=2)
    options = parser.parse_args()
    names = ["" if name == "-" else name for name in options.names] or list(VARIATIONS)
    runs = [
        (name, seed)
        for seed in range(options.first_seed, options.first_seed + options.seeds)
        for name in names
    ]
    alarms = blind = played = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(max_workers=options.at_once) as pool,
    ):
        for ended in pool.map(lambda one: run(one[0], one[1], Path(folder)), runs):
            played += sum(ended.outcomes.values())
            alarms += len(ended.wrong)
            blind += len(ended.skipped)
            counts = ", ".join(f"{number} {name}" for name, number in ended.outcomes.items())
            print(f"{ended.variation or 'plain'} seed {ended.seed}: {counts}; {ended.secs:.1f} s", flush=True)
            for line in ended.wrong:
                print(f"    {line}", flush=True)
            for line in ended.skipped[:5]:
                print(f"    skipped {line}", flush=True)
    print(f"{len(runs)} runs, {played} cases: {alarms} false alarms, {blind} skipped")
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
