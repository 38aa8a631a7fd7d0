"""How many conversations may be busy at once."""

from __future__ import annotations

import asyncio

from conformance.run.seats import Seats
from conformance.run.window import FIRST, LEAST, Place, Window


def test_no_more_are_busy_than_there_are_places() -> None:
    """A conversation that comes when the window is full waits until a place is given back."""

    async def play() -> None:
        window = Window(lambda: 15.0, 2)
        first, second = await window.place(), await window.place()
        third = asyncio.create_task(window.place())
        await asyncio.sleep(0)
        assert not third.done()
        first.leave()
        assert isinstance(await third, Place)
        second.leave()

    asyncio.run(play())


def test_a_place_is_given_back_once() -> None:
    """Leaving again at the end, behind a long wait, frees nothing that somebody else holds."""

    async def play() -> None:
        window = Window(lambda: 15.0, 1)
        place = await window.place()
        place.leave()
        await window.place()
        place.leave()
        waiting = asyncio.create_task(window.place())
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()

    asyncio.run(play())


def test_the_window_narrows_while_the_loop_lags_and_widens_while_it_does_not() -> None:
    """As many as our own loop keeps up with, within bounds."""

    async def play() -> None:
        lag = 100.0
        window = Window(lambda: lag, 32)
        for _ in range(100):
            (await window.place()).leave()
        assert window.size == LEAST
        lag = 0.0
        for _ in range(1000):
            (await window.place()).leave()
        assert window.size == 32.0
        lag = 15.0
        (await window.place()).leave()
        assert window.size == 32.0

    asyncio.run(play())


def test_first_come_first_served() -> None:
    """Nobody who comes later is let in before one who waits."""

    async def play() -> list[int]:
        window, order = Window(lambda: 15.0, 1), list[int]()
        held = await window.place()

        async def busy(number: int) -> None:
            place = await window.place()
            order.append(number)
            place.leave()

        tasks = [asyncio.create_task(busy(number)) for number in range(5)]
        await asyncio.sleep(0)
        held.leave()
        await asyncio.gather(*tasks)
        return order

    assert asyncio.run(play()) == [0, 1, 2, 3, 4]


def test_the_longest_wait_goes_first() -> None:
    """Who waits longest is let in first, though it came last: its wait overlaps with all that follows."""

    async def play() -> list[int]:
        window, order = Window(lambda: 15.0, 1), list[int]()
        held = await window.place()

        async def busy(patience_ms: int) -> None:
            place = await window.place(patience_ms)
            order.append(patience_ms)
            place.leave()

        tasks = [asyncio.create_task(busy(each)) for each in (0, 300, 5000)]
        await asyncio.sleep(0)
        held.leave()
        await asyncio.gather(*tasks)
        return order

    assert asyncio.run(play()) == [5000, 300, 0]


def test_the_longest_wait_sits_down_first() -> None:
    """The same holds for seats."""

    async def play() -> list[int]:
        seats, order = Seats(2), list[int]()

        async def seated(patience_ms: int) -> None:
            async with seats.taken(2, patience_ms):
                order.append(patience_ms)
                await asyncio.sleep(0)

        await asyncio.gather(*(seated(each) for each in (1, 0, 300, 5000)))
        return order

    assert asyncio.run(play()) == [1, 5000, 300, 0]


def test_a_cancelled_wait_leaves_no_place_taken() -> None:
    """Whoever gives up, before or just after being let in, does not narrow the window for ever."""

    async def play() -> None:
        window = Window(lambda: 15.0, 1)
        held = await window.place()
        before, after = asyncio.create_task(window.place()), asyncio.create_task(window.place())
        await asyncio.sleep(0)
        before.cancel()
        await asyncio.gather(before, return_exceptions=True)
        held.leave()
        after.cancel()  # its turn has come, and it has not run since
        await asyncio.gather(after, return_exceptions=True)
        await asyncio.wait_for(window.place(), 1)

    asyncio.run(play())


def test_a_small_limit_is_kept_from_the_start() -> None:
    """The user's own limit wins over the first width."""
    assert Window(lambda: 0.0, 3).size == 3.0
    assert Window(lambda: 0.0, 99).size == FIRST
