"""The services' clock: milliseconds since the epoch that never go back."""

import time


class Clock:
    """Wall-clock time, held still when the machine's clock is set back."""

    def __init__(self) -> None:
        self._latest = 0
        self.started = time.monotonic()

    def now_ms(self) -> int:
        """The time stamp of this moment."""
        self._latest = max(self._latest, time.time_ns() // 1_000_000)
        return self._latest

    def uptime_ms(self) -> int:
        """How long the services have been up."""
        return int((time.monotonic() - self.started) * 1000)
