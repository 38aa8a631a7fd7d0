"""What health reports: counters that only rise, rings, and latencies measured from real commands."""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

WINDOW_MS = 60_000
STAGES = ("decode", "handle", "reply")


@dataclass
class Ring:
    """A bounded queue, as RingMetrics shows it."""

    capacity: int
    depth: int = 0
    high_watermark: int = 0
    dropped: int = 0

    def hold(self, depth: int) -> None:
        """Note how full the queue is."""
        self.depth = min(depth, self.capacity)
        self.high_watermark = max(self.high_watermark, self.depth)

    def as_value(self) -> dict[str, int]:
        """The published RingMetrics."""
        return vars(self).copy()


class Stage:
    """The latencies of one step of command handling, within the window."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque(maxlen=20_000)

    def add(self, microseconds: int) -> None:
        """Note one duration."""
        self._samples.append((time.monotonic(), microseconds))

    def as_value(self, name: str) -> dict[str, Any]:
        """The published LatencyStage; percentiles by nearest rank, all 0 when nothing was measured."""
        oldest = time.monotonic() - WINDOW_MS / 1000
        while self._samples and self._samples[0][0] < oldest:
            self._samples.popleft()
        durations = sorted(duration for _, duration in self._samples)
        count = len(durations)
        value: dict[str, Any] = {"name": name, "count": count}
        for percent in (50, 90, 99):
            value[f"p{percent}_us"] = durations[-(-percent * count // 100) - 1] if count else 0
        return value | {"max_us": durations[-1] if count else 0}


@dataclass
class Meters:
    """The gateway's counters."""

    commands: int = 0
    errors: int = 0
    rings: dict[str, Ring] = field(
        default_factory=lambda: {"commands": Ring(4096), "order_updates": Ring(4096)}
    )
    stages: dict[str, Stage] = field(default_factory=lambda: {name: Stage() for name in STAGES})

    def measure(self, *moments: int) -> None:
        """Note the durations between the moments (in nanoseconds) that border the stages of one command."""
        for name, before, after in zip(STAGES, moments, moments[1:], strict=False):
            self.stages[name].add((after - before) // 1000)
