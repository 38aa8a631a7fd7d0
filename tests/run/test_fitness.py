"""Why a case is not put to a target, in sentences; and how late our own loop was."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from conformance.cases.case import Needs
from conformance.cases.steps import As
from conformance.cases.target import Target
from conformance.run.fitness import unfit
from conformance.run.lag import Lag
from conformance.verdict import Outcome
from tests.run.desk import CARD, lending

HERE = Target("desk", {"library": "ws://localhost:1"}, credentials=(CARD,))


@pytest.mark.parametrize(
    ("needs", "reason"),
    [
        (Needs(("annex",)), "no address for annex: give --url annex=URL"),
        (Needs(("library",), exclusive=True), "needs a target that nobody else uses (exclusive)"),
        (Needs(("library",), trading=True), "may change state at the target: needs --allow-trading"),
        (Needs(("library",), who=(As(("key", "pin")),)), "needs a credential for key or pin"),
        (
            Needs(("library",), who=(As(("card",), has=frozenset({"write"})),)),
            "needs a credential for card with write",
        ),
        (
            Needs(("library",), who=(As(("card",), lacks=frozenset({"read"})),)),
            "needs a credential for card without read",
        ),
        (
            Needs(("library",), who=(As(("card",), other_account=True),)),
            "needs a credential for card of another account",
        ),
    ],
)
def test_each_reason_is_one_sentence(needs: Needs, reason: str) -> None:
    """A case that does not fit is skipped, and says what it would need."""
    made = unfit(replace(lending(), needs=needs), HERE)
    assert made is not None
    assert (made.outcome, made.reason) == (Outcome.SKIPPED, reason)


def test_a_case_that_fits_is_played() -> None:
    """Nothing stands against it."""
    assert unfit(replace(lending(), needs=Needs(("library",), who=(As(("card",)),))), HERE) is None


def test_a_blocked_loop_is_seen_even_before_its_first_beat() -> None:
    """Lag is what the loop missed, a beat that is overdue now included; afterwards it is past."""

    async def main() -> tuple[float, float]:
        lag = Lag()
        lag.start()
        begun = time.monotonic_ns()
        while time.monotonic_ns() - begun < 120_000_000:
            pass
        during = lag.since(begun)
        await lag.stop()
        return during, lag.since(time.monotonic_ns())

    during, after = asyncio.run(main())
    assert during >= 90
    assert after == 0
