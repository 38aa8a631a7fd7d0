"""How ``run --repeat`` answers, depending on how often a case really fails.

``python benchmarks/repeat.py`` prints the operating characteristic: for each chance of a failure how likely
each answer is and how many plays it takes on average, computed exactly. ``python benchmarks/repeat.py SEEDS``
also plays a few cases against the embedded reference: sound, with a fault that shows on a share of the
connections, and with the fault itself, that often each, and counts the answers. The share is known there: so
it is seen how often the interval holds.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from dataclasses import replace

from conformance.fronts.options import Wish
from conformance.fronts.prepare import Prepared, prepare
from conformance.record import Repeats
from conformance.run import Engine
from conformance.run.embedded import Embedded
from conformance.statistics.sequential import DECISIONS, Plan

RATES = (0, 0.001, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.12, 0.15, 0.2, 0.3, 0.5, 0.9, 0.99, 1)
FAULT = "closes_on_malformed_frames"
CASES = tuple(f"gateway/transport/malformed/{name}" for name in ("truncated", "empty", "trailing-byte"))
SHARES = (0.0, 0.05, 0.1, 0.3, 0.7, 1.0)


def characteristic(plan: Plan) -> None:
    """Prints the exact table."""
    print(f"tolerated {plan.tolerated}, told {plan.told}, error {plan.error}, at most {plan.most} plays")
    print("fails   " + "".join(f"{word:>14}" for word in DECISIONS) + f"{'plays':>9}")
    for p in RATES:
        chances = plan.chances(p)
        print(f"{p:<8}" + "".join(f"{chances[word]:>14.4f}" for word in DECISIONS), end="")
        print(f"{plan.expected(p):>9.1f}")


async def live(prepared: Prepared, share: float, seed: int) -> list[Repeats]:
    """The answers for all cases of one run."""
    faults = [FAULT] if share == 1 else [f"{FAULT}@{share}"] if share else []
    embedded = Embedded(prepared.contract, prepared.target, seed=seed, faults=faults)
    async with embedded as target:
        whole = prepared.at(target)
        async with Engine(
            whole.contract, whole.catalogue, target, seed=seed, keep=False, plan=Plan()
        ) as engine:
            results = await engine.play(whole.cases)
    return [result.repeats for result in results if result.repeats is not None]


def measured(seeds: int) -> None:
    """Prints what came out of so many runs with each share of connections that fail."""
    prepared = prepare(Wish(case=CASES))
    prepared = replace(prepared, cases=tuple(case for case in prepared.cases if case.id in CASES))
    print(
        "share   " + "".join(f"{word:>14}" for word in DECISIONS) + "    plays  interval holds  seconds a run"
    )
    for share in SHARES:
        begun = time.monotonic()
        found = [one for seed in range(seeds) for one in asyncio.run(live(prepared, share, seed))]
        seconds = (time.monotonic() - begun) / seeds
        counts = Counter(one.decision for one in found)
        holds = sum(one.low <= share <= one.high for one in found)
        plays = sum(one.plays for one in found) / len(found)
        print(f"{share:<8}" + "".join(f"{counts[word]:>14}" for word in DECISIONS), end="")
        print(f"{plays:>9.1f}{f'{holds} of {len(found)}':>16}{seconds:>15.2f}", flush=True)


if __name__ == "__main__":
    characteristic(Plan())
    if len(sys.argv) > 1:
        print()
        measured(int(sys.argv[1]))
