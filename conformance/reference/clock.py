"""The services' clock: milliseconds since the epoch that never go back."""

import time


class Clock:
    """Wall-clock time, held still when the machine's clock is set back."""

    def __init__(self, offset_ms: int = 0, step_ms: int = 1) -> None:
        self._offset_ms = offset_ms
        self._step_ms = step_ms
        self._latest = 0
        self.started = time.monotonic()

    def now_ms(self) -> int:
        """The time stamp of this moment."""
        now = time.time_ns() // 1_000_000 + self._offset_ms
        self._latest = max(self._latest, now - now % self._step_ms)
        return self._latest

    def uptime_ms(self) -> int:
        """How long the services have been up."""
        return int((time.monotonic() - self.started) * 1000)
