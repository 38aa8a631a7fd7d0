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


def test_whoever_somebody_waits_for_goes_ahead() -> None:
    """Behind it others take turns: it is let in, and sits down, before longer waits that hold nobody up."""

    async def play() -> tuple[list[str], list[str]]:
        window, busy = Window(lambda: 15.0, 1), list[str]()
        seats, seated = Seats(1), list[str]()
        held = await window.place()

        async def place(name: str, patience_ms: int, ahead: bool) -> None:
            place = await window.place(patience_ms, ahead=ahead)
            busy.append(name)
            place.leave()

        async def seat(name: str, patience_ms: int, ahead: bool) -> None:
            async with seats.taken(1, patience_ms, ahead=ahead):
                seated.append(name)
                await asyncio.sleep(0)

        waits = (("long", 5000, False), ("turn", 0, True))
        async with seats.taken(1):
            tasks = [asyncio.create_task(one(*each)) for each in waits for one in (place, seat)]
            await asyncio.sleep(0)
        held.leave()
        await asyncio.gather(*tasks)
        return busy, seated

    assert asyncio.run(play()) == (["turn", "long"], ["turn", "long"])


def test_who_wants_all_seats_keeps_nobody_waiting_who_is_back_before() -> None:
    """While the last seats that it needs are taken for long, short ones pass it; long ones do not."""

    async def play() -> list[str]:
        seats, order = Seats(3), list[str]()

        async def seated(
            name: str, number: int, patience_ms: int, until: asyncio.Event | None = None
        ) -> None:
            async with seats.taken(number, patience_ms):
                order.append(name)
                if until is not None:
                    await until.wait()

        over = asyncio.Event()
        tasks = [asyncio.create_task(seated("long", 1, 60_000, over))]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(seated("all", 3, 90_000)))
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(seated("as long", 1, 70_000)))
        tasks += [asyncio.create_task(seated(f"short {number}", 1, 0)) for number in range(5)]
        for _ in range(50):
            await asyncio.sleep(0)
        assert order == ["long", *(f"short {number}" for number in range(5))]
        over.set()
        await asyncio.gather(*tasks)
        return order[6:]

    assert asyncio.run(play()) == ["all", "as long"]


def test_nobody_passes_once_it_should_have_begun() -> None:
    """An estimate that was too short costs nobody its turn."""

    async def play() -> list[str]:
        seats, order, over = Seats(2), list[str](), asyncio.Event()

        async def seated(name: str, number: int, until: asyncio.Event | None = None) -> None:
            async with seats.taken(number):
                order.append(name)
                if until is not None:
                    await until.wait()

        tasks = [asyncio.create_task(seated(*each)) for each in (("slow", 1, over), ("all", 2), ("short", 1))]
        for _ in range(50):
            await asyncio.sleep(0)
        assert order == ["slow"]
        over.set()
        await asyncio.gather(*tasks)
        return order

    assert asyncio.run(play()) == ["slow", "all", "short"]


def test_who_gives_up_leaves_no_seat_taken() -> None:
    """Before it sat down or just after: all seats are there for the next."""

    async def play() -> None:
        seats = Seats(2)

        async def seated(number: int) -> None:
            async with seats.taken(number):
                await asyncio.sleep(0)

        async with seats.taken(2):
            before, after = asyncio.create_task(seated(1)), asyncio.create_task(seated(2))
            await asyncio.sleep(0)
            before.cancel()
            await asyncio.gather(before, return_exceptions=True)
        after.cancel()  # it has its seats, and has not run since
        await asyncio.gather(after, return_exceptions=True)
        async with asyncio.timeout(1), seats.taken(2):
            pass

    asyncio.run(play())
