"""What a source says beside the value that was asked for is kept with it: it is of the same thing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache
from itertools import count

from conformance.cases.probing import Probing
from conformance.cases.target import Target
from conformance.contract import Contract, load
from conformance.conversation import Around, Unavailable
from conformance.conversation.floor import Floor

LISTING = {"symbol": "X", "tick_size": "0.5", "lot_size": "0.1"}


@cache
def contract() -> Contract:
    return load()


def marked(*names: str, given: Mapping[str, object] = LISTING, stated: Mapping[str, object]) -> object:
    """What is marked beside the values of these names."""

    async def value(name: str) -> object:
        if name not in given:
            raise Unavailable(f"there is no {name}")
        return given[name]

    target = Target("here", {}, values=stated)
    around = Around(contract(), Probing(contract()), target, value, count().__next__, "tag")
    floor = Floor("case", around)
    asyncio.run(floor.resolve(names))
    [mark] = floor.recorder.transcript().marks("values")
    return mark.data["beside"]


def test_a_symbol_comes_with_its_tick_and_its_lot() -> None:
    """A market is judged by them wherever it is seen."""
    assert marked("symbol", stated={}) == LISTING


def test_what_is_stated_is_not_mixed_with_what_was_told() -> None:
    """The tick of one listing is not that of another, which somebody named."""
    assert marked("symbol", stated={"symbol": "Y"}) == {}


def test_what_the_target_does_not_give_keeps_nobody_from_asking() -> None:
    """Only what a case needs has to be there."""
    given = {"symbol": "X", "lot_size": "0.1"}
    assert marked("symbol", given=given, stated={}) == given


def test_a_value_that_stands_alone_has_nothing_beside_it() -> None:
    """A source of one value says no more."""
    assert marked("now", given={"now": 1}, stated={}) == {}
