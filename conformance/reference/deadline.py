"""The clock that ends a connection which nobody authenticates."""

from collections.abc import Callable
from functools import partial

from conformance.reference.behaviour import Behaviour, Speaker


class AuthClock:
    """Counts T of one connection from now, and ends it then unless it ``is_met``."""

    def __init__(
        self,
        speaker: Speaker,
        behaviour: Behaviour,
        secs: float,
        is_met: Callable[[], bool],
        end: Callable[[], None],
    ) -> None:
        self._speaker = speaker
        self._behaviour = behaviour
        self._secs = secs
        self._is_met = is_met
        self._end = end
        self._round = 0
        self._start()

    def happened(self, event: str) -> None:
        """Something that is no success: it puts nothing off."""
        if not self._is_met() and self._behaviour.restarts_auth_clock(event):
            self._start()

    def _start(self) -> None:
        self._round += 1
        deadline = self._behaviour.auth_deadline(self._secs)
        if deadline is not None:
            self._speaker.later(deadline, partial(self._expire, self._round))

    def _expire(self, started: int) -> None:
        stopped = self._is_met() and self._behaviour.auth_stops_clock()
        if not stopped and started == self._round:
            self._end()
