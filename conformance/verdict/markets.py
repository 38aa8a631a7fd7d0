"""The market of one conversation: all that the target says of a symbol, held against everything else.

Only what is certain is concluded. Streams keep no order among each other, so that what one says later than
another proves nothing, unless it was asked for behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Final

from conformance.cases.matching import Ledger
from conformance.trading.market import Book, Correction, Listed, Listings, Tape
from conformance.trading.quiet import LOT, SYMBOL, TICK
from conformance.trading.roles import number
from conformance.trading.tape import Roll
from conformance.verdict.bench import Bench
from conformance.verdict.dealings import dealings_judged
from conformance.verdict.notes import Notes
from conformance.verdict.scene import Event, Scene
from conformance.verdict.states import states_judged

DIGITS: Final = 100
"""Far more than a decimal string of any contract has: what is reckoned is exact."""
LONG: Final = 40
"""No number that is remembered has so many characters."""


def markets_judged(
    notes: Notes,
    ledger: Ledger,
    judged: Collection[int],
    bench: Bench,
    beside: Sequence[Mapping[str, object]],
    exclusive: bool,
) -> None:
    """Holds what every session saw of a market against the others, where a document promises that it agrees.

    ``beside`` are values that the run has from the target; ``exclusive``: nobody else trades there.
    """
    for name in dict.fromkeys(service.name for service in ledger.services.values()):
        market = bench.markets.get(name)
        if market is None:
            continue
        known = [listed for values in beside if (listed := market.listing(values)) is not None]
        scene = Scene(notes, ledger, judged, market, (*known, *_quiet(ledger)))
        if not scene.events:
            continue
        grids_judged(scene)
        listings_judged(scene)
        tapes_judged(scene)
        states_judged(scene)
        corrections_judged(scene)
        for trading in bench.tradings.values():
            if trading is not None:
                dealings_judged(scene, trading, exclusive)


def _quiet(ledger: Ledger) -> Iterator[Listed]:
    """The quiet symbol, as whoever knows the target states it."""
    symbol, tick, lot = (ledger.saved.get(f"${name}") for name in (SYMBOL, TICK, LOT))
    if isinstance(symbol, str) and tick is not None and lot is not None:
        yield Listed(symbol, tick, lot)


# -- tick and lot -----------------------------------------------------------------------------------


def grids_judged(scene: Scene) -> None:
    """Prices are multiples of a tick that the listing has, or had; sizes of its lot."""
    grids: dict[str, tuple[list[object], list[object]]] = {}
    listings = (event.sight for event in scene.events if isinstance(event.sight, Listings))
    for listed in (*scene.beside, *(row for each in listings for row in each.rows)):
        ticks, lots = grids.setdefault(listed.symbol, ([], []))
        if listed.tick is not None and listed.tick not in ticks:
            ticks.append(listed.tick)
        if listed.lot is not None and listed.lot not in lots:
            lots.append(listed.lot)
    for event in scene.events if grids else ():
        if not event.sound or not isinstance(event.sight, Book | Tape):
            continue
        if (symbol := scene.symbol(event)) in grids:
            _on_grid(scene, event, symbol, *grids[symbol])


def _on_grid(scene: Scene, event: Event, symbol: str, ticks: list[object], lots: list[object]) -> None:
    pairs: list[tuple[object, object]]
    if isinstance(event.sight, Book):
        pairs = [*event.sight.bids, *event.sight.asks]
    else:
        assert isinstance(event.sight, Tape)
        pairs = [(each.price, each.size) for each in event.sight.rows]
    for place, what, steps in ((0, "price", ticks), (1, "size", lots)):
        if not steps or not pairs:
            continue
        scene.kept("grid")
        for pair in pairs:
            if not any(on_step(pair[place], step) for step in steps):
                told = " or ".join(map(str, steps))
                called = "tick" if place == 0 else "lot"
                expected = f"a multiple of {told}, the {called} of {symbol}"
                scene.broken(
                    "grid", symbol, f"{event.name} {what}", expected, str(pair[place]), event.seen.index
                )
                return


def on_step(value: object, step: object) -> bool:
    """Whether a number is a multiple of another, exactly; yes of what is no number: its schema tells."""
    if isinstance(value, str) and isinstance(step, str) and len(value) + len(step) < LONG:
        return _on_step(value, step)
    return _is_multiple(value, step)


@lru_cache(maxsize=16_384)
def _on_step(value: str, step: str) -> bool:
    return _is_multiple(value, step)


def _is_multiple(value: object, step: object) -> bool:
    left, right = number(value), number(step)
    if left is None or right is None or right <= 0:
        return True
    with localcontext(prec=DIGITS):
        return left % right == Decimal(0)


# -- listings ---------------------------------------------------------------------------------------


def listings_judged(scene: Scene) -> None:
    """What is spoken of is listed; what is corrected has expired.

    Told against are only listings that were asked for when the event had been received: they know of it.
    """
    listings = [event for event in scene.events if isinstance(event.sight, Listings)]
    if not listings:
        return
    known = {row.symbol for each in listings if isinstance(each.sight, Listings) for row in each.sight.rows}
    wholes = [
        (scene.asked(each), each)
        for each in listings
        if isinstance(each.sight, Listings) and each.sight.whole
    ]
    for event in scene.events:
        later = next((each for asked, each in wholes if asked > event.seen.at), None)
        for symbol in scene.symbols(event):
            if symbol in known:
                scene.kept("listed")
            elif later is not None:
                where = f"{event.name} of {symbol}" if symbol not in str(event.stream) else event.name
                expected = f"a symbol that is listed: {later.name}, asked for behind it, has it"
                scene.broken(
                    "listed", event.stream, where, expected, f"{symbol}, which is not", event.seen.index
                )
        if isinstance(event.sight, Correction) and later is not None:
            _settled(scene, event, event.sight, later)


def _settled(scene: Scene, event: Event, correction: Correction, later: Event) -> None:
    assert isinstance(later.sight, Listings)
    listed = next((row for row in later.sight.rows if row.symbol == correction.symbol), None)
    expired = scene.market.meaning("instrument.status.expired")
    if listed is None or (expired is None and listed.expiry is None):
        return
    scene.kept("settled")
    where, about = f"{event.name}: {correction.symbol}", correction.symbol
    if expired is not None and listed.status != expired:
        expected = f"an option that is {expired}"
        seen = f"one that is {listed.status}, as in {later.name}"
        scene.broken("settled", about, where, expected, seen, event.seen.index)
    elif listed.expiry is not None and correction.at is not None and listed.expiry > correction.at:
        expected = f"an option that expired before {correction.at}"
        seen = f"one that expires at {listed.expiry}, as in {later.name}"
        scene.broken("settled", about, where, expected, seen, event.seen.index)


# -- trades -----------------------------------------------------------------------------------------


def tapes_judged(scene: Scene) -> None:
    """Every trade is told once, under one number and one id, whoever is told and however."""
    rolls: dict[object, Roll] = {}
    spoiled: set[object] = set()
    for event in scene.events:
        tape = event.sight
        if not isinstance(tape, Tape) or not event.sound or event.number is None or event.stream in spoiled:
            continue
        roll = rolls.setdefault(event.stream, Roll())
        if tape.whole:
            wrong = roll.shown(event.number, tape.rows, event.name)
        else:
            told = (roll.told(event.number, trade, event.name) for trade in tape.rows)
            wrong = next((each for each in told if each is not None), None)
        if wrong is not None:
            promise, expected, seen = wrong
            spoiled.add(event.stream)
            scene.broken(promise, event.stream, event.name, expected, seen, event.seen.index)
    for roll in rolls.values():
        scene.kept(*roll.compared)


# -- corrections ------------------------------------------------------------------------------------


def corrections_judged(scene: Scene) -> None:
    """A correction changes a price, and the next one of the same option begins with what this one said."""
    told: dict[object, dict[int, Event]] = {}
    for event in scene.events:
        if isinstance(event.sight, Correction):
            scene.kept("corrected")
            if number(event.sight.before) == number(event.sight.after):
                where = f"{event.name}: {event.sight.symbol}"
                expected = f"another price than {event.sight.before}, the one before"
                seen = str(event.sight.after)
                scene.broken("corrected", event.sight.symbol, where, expected, seen, event.seen.index)
            if event.sound and event.number is not None:
                told.setdefault(event.stream, {}).setdefault(event.number, event)
    for events in told.values():
        last: dict[str, Event] = {}
        before: int | None = None
        for at in sorted(events):
            event = events[at]
            assert isinstance(event.sight, Correction)
            if before is not None and at != before + 1:
                last.clear()  # what stood between is not known
            _continued(scene, last.get(event.sight.symbol), event, event.sight)
            last[event.sight.symbol], before = event, at


def _continued(scene: Scene, earlier: Event | None, event: Event, now: Correction) -> None:
    if earlier is None:
        return
    assert isinstance(earlier.sight, Correction)
    if number(now.before) != number(earlier.sight.after):
        where = f"{event.name}: {now.symbol}"
        expected = f"the price of {earlier.sight.after} that {earlier.name} left behind"
        scene.broken("corrected", now.symbol, where, expected, str(now.before), event.seen.index)
