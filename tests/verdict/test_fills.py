"""From a fill to its trade, out of transcripts: which belong together, and how far they lie apart."""

from __future__ import annotations

from conformance.verdict import Outcome
from tests.verdict.test_markets import OTHER, Scene, done, trade

BOUGHT, SOLD = done("b", "buy", "0.1"), done("s", "sell", "0.1")


def trading(*, early: bool = False) -> Scene:
    """A sale rests, and a buy takes it; the trade is told behind the fills of both, or before."""
    scene = Scene().subscribes("trades").tape(0)
    scene.places("s", "sell", "0.1").places("b", "buy", "0.1", "ioc", OTHER)
    if early:
        scene.trade(1, trade("t"))
    scene.updated(1, BOUGHT, "0.1", session=OTHER).updated(1, SOLD, "0.1")
    return scene if early else scene.trade(1, trade("t"))


def test_a_trade_is_measured_from_the_fill_of_the_order_that_came_last() -> None:
    """Not from that of the one that rested: the side of the trade tells them apart."""
    told = trading().verdict("traded")
    assert told.findings == ()
    assert told.fills == (2.0,)
    taken = dict(told.timings)
    assert taken["gateway/placeOptionOrder to its fill"] == 2.0
    assert taken["gateway/placeOptionOrder to its trade"] == 4.0


def test_a_trade_may_come_before_the_fill() -> None:
    """Then it is told with its sign."""
    assert trading(early=True).verdict("traded").fills == (-1.0,)


def test_what_nobody_can_match_is_not_measured() -> None:
    """Trades of others, trades at another price, and in another symbol than the quiet one."""
    others = Scene().subscribes("trades").tape(0).trade(1, trade("t")).trade(2, trade("u"))
    elsewhere = Scene().subscribes("trades").tape(0).places("b", "buy", "0.1", "ioc", OTHER)
    elsewhere.updated(1, BOUGHT, "0.1", session=OTHER).trade(1, trade("t", price="5")).trade(2, trade("u"))
    loud = trading().trade(2, trade("u"))
    loud.entries = [
        entry if getattr(entry, "kind", "") != "values" else Scene(quiet_symbol="Y").entries[-1]
        for entry in loud.entries
    ]
    for scene, count in ((others, 0), (elsewhere, 1), (loud, 0)):
        told = scene.verdict("tape", "trade_ids", exclusive=False)
        assert told.outcome is Outcome.PASSED, told.reason
        assert len(told.fills) == count
