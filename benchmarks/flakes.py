"""How often a case fails that should not: the same cases again and again, against a sound reference.

``python benchmarks/flakes.py TIMES`` plays all cases so many times, with another seed each, against a fresh
embedded reference, and prints whatever did not pass, with its reason. ``--deadline auth=300`` states a short
deadline, which leaves the suite little time; ``--case`` picks cases; ``--busy`` keeps every core busy
meanwhile; ``--first N`` is the first seed. Exit code 1 when a case failed or broke.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from conformance.fronts.drawing import drawn_ahead
from conformance.fronts.options import Wish
from conformance.fronts.playing import opened
from conformance.fronts.prepare import Prepared, prepare
from conformance.run import Engine, Result
from conformance.verdict import Outcome


async def once(prepared: Prepared, wish: Wish) -> list[Result]:
    """One play of all cases."""
    async with opened(prepared, wish) as (target, _):
        whole = prepared.at(target)
        drawn_ahead(whole.cases, target)
        async with Engine(whole.contract, whole.catalogue, target, seed=wish.seed or 0, keep=False) as engine:
            return await engine.play(whole.cases)


@contextmanager
def load(busy: bool) -> Iterator[None]:
    """Keeps every core busy with something else."""
    hogs = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(os.cpu_count() or 1)]
    for hog in hogs if busy else ():
        hog.start()
    try:
        yield
    finally:
        for hog in hogs if busy else ():
            hog.kill()


def _burn() -> None:
    while True:
        pass


def main() -> int:
    """Reads the command line, plays and tells."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("times", type=int)
    parser.add_argument("--case", action="append", default=[])
    parser.add_argument("--deadline", action="append", default=[])
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--busy", action="store_true")
    given = parser.parse_args()
    wish = Wish(case=tuple(given.case), deadline=tuple(given.deadline))
    prepared = prepare(wish)
    outcomes: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    begun = time.monotonic()
    with load(given.busy):
        for seed in range(given.first, given.first + given.times):
            results = asyncio.run(once(prepared, replace(wish, seed=seed)))
            outcomes.update(result.verdict.outcome.value for result in results)
            for result in results:
                if result.verdict.outcome is not Outcome.PASSED:
                    bad[result.case.id] += 1
                    at = time.strftime("%H:%M:%S")
                    print(f"{at}  seed {seed}  {result.verdict.outcome.value}  {result.case.id}", flush=True)
                    print(f"    {result.verdict.reason}", flush=True)
    seconds = time.monotonic() - begun
    print(f"{given.times} times, {seconds:.0f} s, {dict(outcomes)}, {len(bad)} cases not always passed")
    for case, number in bad.most_common():
        print(f"{number:5}  {case}")
    return 1 if outcomes.keys() & {Outcome.FAILED.value, Outcome.BROKEN.value} else 0


if __name__ == "__main__":
    raise SystemExit(main())
