"""What generated sequences cost, and how short those become that fail.

``python benchmarks/sequences.py [COUNT [SEED]]`` draws so many sequences (1000), plays them one after the
other against the embedded reference, and prints how long that took, how many moves there were, and the
outcomes. ``python benchmarks/sequences.py shrink [SEED]`` plays the first hundred against faults of matching,
and prints for each promise that was seen broken how many moves showed it, before and after, and in how many
plays.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from dataclasses import replace

from conformance.cases.sequences import draw_ahead
from conformance.cases.steps import Moves
from conformance.cases.unfolding import sequence_of
from conformance.fronts.options import Wish
from conformance.fronts.prepare import Prepared, prepare
from conformance.run import Engine, Result
from conformance.run.embedded import Embedded
from conformance.run.shrinking import Shrinker

CASES = ("*/sequence-*",)
MANY = 1000
FAULTS = (
    "serves_the_newest_order_first",
    "serves_the_worst_price_first",
    "amends_always_keep_priority",
    "amends_forget_fills",
    "fills_fok_in_part",
    "rests_what_ioc_leaves",
    "takes_with_post_only_orders",
    "increases_with_reduce_only_orders",
    "trades_with_itself",
    "accepts_duplicate_client_order_ids",
    "cancels_orders_twice",
    "amends_below_fills",
    "cancels_nothing",
    "loses_order_updates",
)


async def played(prepared: Prepared, seed: int, fault: str = "") -> list[Result]:
    """The results of all cases against a fresh reference."""
    faults = [fault] if fault else []
    async with Embedded(prepared.contract, prepared.target, seed=seed, faults=faults) as target:
        whole = prepared.at(target)
        async with Engine(
            whole.contract,
            whole.catalogue,
            target,
            seed=seed,
            keep=False,
            shrinker=Shrinker(whole.contract),
        ) as engine:
            return await engine.play(whole.cases)


def drawn(count: int, seed: int) -> tuple[Prepared, float]:
    """The sequences, and how many seconds it took to draw them."""
    prepared = prepare(Wish(case=CASES, sequences=count, seed=seed))
    begun = time.monotonic()
    draw_ahead(prepared.cases)
    return prepared, time.monotonic() - begun


def cost(count: int, seed: int) -> None:
    """Prints what it takes to play so many."""
    prepared, seconds = drawn(count, seed)
    steps = [case.steps[-1] for case in prepared.cases]
    lengths = sorted(len(sequence_of(step).moves) for step in steps if isinstance(step, Moves))
    print(f"{len(lengths)} sequences of {lengths[0]} to {lengths[-1]} moves, {sum(lengths)} in all")
    print(f"drawn   {seconds:7.1f} s")
    begun = time.monotonic()
    results = asyncio.run(played(prepared, seed))
    seconds = time.monotonic() - begun
    print(f"played  {seconds:7.1f} s, {1000 * seconds / len(results):.1f} ms each")
    for outcome, number in Counter(str(each.verdict.outcome) for each in results).items():
        print(f"{outcome:8}{number:7}")


def lengths(seed: int) -> None:
    """Prints how short the sequences become that show a fault."""
    prepared, _ = drawn(100, seed)
    prepared = replace(prepared, cases=prepared.cases[:100])
    print(f"{'fault':36}{'promise':16}{'before':>7}{'after':>6}{'plays':>6}")
    for fault in FAULTS:
        for result in asyncio.run(played(prepared, seed, fault)):
            if result.moves is not None and result.moves.drawn:
                promise = result.verdict.findings[0].clause.rpartition("/")[2]
                before, after = len(result.moves.drawn), len(result.moves.moves)
                print(
                    f"{fault:36}{promise:16}{before:7}{after:6}{result.moves.plays:6}  {result.moves}",
                    flush=True,
                )


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["shrink"]:
        lengths(int(words[1]) if words[1:] else 0)
    else:
        cost(int(words[0]) if words else MANY, int(words[1]) if words[1:] else 0)
