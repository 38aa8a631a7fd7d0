"""Who asks beside the cases: a target that is too busy is asked again, and not without end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from conformance.run import desk
from conformance.run.desk import Silent
from tests.run.desk import CARD, Desk, around, busy, contract, lend, target

BUSY_S = 0.4


async def asked(place: Desk, times: int = 1, **more: object) -> Sequence[tuple[str, ...] | str]:
    """What comes of asking so often: the names of the answer, or why there is none."""
    service = contract().services["library"]
    one = desk.Desk(service, around(target(place)), CARD if more else None)
    said: list[tuple[str, ...] | str] = []
    for _ in range(times):
        try:
            said.append((await one.ask(service.operations["lend"], lend().payload)).names)
        except Silent as silent:
            said.append(silent.reason if silent.busy else "")
    await one.close()
    return said


def test_a_busy_target_is_asked_again() -> None:
    """Being busy is no answer, neither to the question nor to the credential before it."""

    async def main() -> None:
        async with Desk() as place:
            place.answers["lend"] = busy(3, place.answers["lend"])
            place.answers["enter"] = busy(2, place.answers["enter"])
            assert await asked(place, card=True) == [("lent",)]
            assert place.asked == ["enter"] * 3 + ["lend"] * 4

    asyncio.run(main())


def test_a_target_that_is_always_busy_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The patience is for all questions of a kind together; behind its end each is asked once."""
    monkeypatch.setattr(desk, "BUSY_S", BUSY_S)

    async def main() -> None:
        async with Desk() as place:
            place.answers["lend"] = busy(1000, place.answers["lend"])
            begun = asyncio.get_running_loop().time()
            said = await asked(place, 4)
            assert said == ["a refusal busy, again and again for 0.4 s"] * 4
            assert BUSY_S <= asyncio.get_running_loop().time() - begun < 2 * BUSY_S
            assert 3 + 3 < len(place.asked) < 20

    asyncio.run(main())
