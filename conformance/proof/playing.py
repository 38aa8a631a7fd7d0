"""Putting cases to fresh references: as many as there are stages that the cases need."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.cases.sequences import draw_ahead
from conformance.proof.ground import Ground
from conformance.proof.hosting import Hosting
from conformance.run import Engine, Result

LIMIT_S = 120.0
EACH_S = 0.5
"""How long a trial may take: so long, and this much more a case."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it. ``applied``: how often the faults were, None where they do not count; ``lag_ms``: by
    how much the host of the references was late at worst."""

    results: tuple[Result, ...]
    applied: int | None
    lag_ms: float


async def play(
    ground: Ground, hosting: Hosting, faults: Sequence[str], cases: Sequence[str], seed: int
) -> Played:
    """Plays cases against references that have these faults; what takes too long ends as skipped."""
    results: list[Result] = []
    counts: list[int | None] = []
    lag = 0.0
    waits = max((ground.faults[fault].waits_ms for fault in faults), default=0)
    for stage, own in ground.staged(cases, waits):
        draw_ahead(own)
        async with (
            hosting.reference(stage, faults, seed) as hosted,
            Engine(stage.contract, stage.catalogue, hosted.target, seed=seed, judge=stage.judge) as engine,
        ):
            playing = asyncio.ensure_future(engine.play(own))
            await asyncio.wait({playing}, timeout=LIMIT_S + EACH_S * len(own))
            if not playing.done():
                await engine.stop()
            results += await playing
        counts.append(hosted.applied)
        lag = max(lag, hosted.lag_ms)
    known = [count for count in counts if count is not None]
    return Played(tuple(results), sum(known) if known else None, lag)
