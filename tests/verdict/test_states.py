"""Snapshots judged from transcripts: what a stream shows as a whole, held against what it told before."""

from __future__ import annotations

from typing import Any

from tests.verdict.test_markets import GONE, LATER, MARKET, ROW, TODAY, Scene

HALTED = [*ROW[:7], "halted"]
BIDS, ASKS = [("5", "1"), ("4.5", "2")], [("6", "1")]


def listed(scene: Scene, number: int, *rows: Any, session: str = MARKET) -> Scene:
    """A subscription to listings, and what it begins with."""
    scene.subscribes("listings", session)
    return scene.heard(session, ["listings_snapshot", "listings", number, TODAY, list(rows)])


def updated(scene: Scene, number: int, *rows: Any) -> Scene:
    return scene.heard(MARKET, ["listings_update", "listings", number, TODAY, list(rows)])


def told(*changes: Any) -> Scene:
    """Two listings, and these changes of the first."""
    scene = listed(Scene(), 1, ROW, GONE)
    for number, change in enumerate(changes, 2):
        updated(scene, number, *change)
    return scene


def test_later_listings_are_the_earlier_ones_with_what_was_told_since() -> None:
    """Row by row, in whatever order; an update replaces a row or adds one."""
    new = ["Y", *ROW[1:]]
    scene = listed(told([HALTED], [new]), 3, GONE, new, HALTED, session=LATER)
    assert scene.wrong() == []
    assert scene.held("state")
    stale = listed(told([HALTED]), 2, ROW, GONE, session=LATER)
    assert stale.wrong() == [
        ("state", "'halted', as in ListingsUpdateEvent 2 of listings, told to market", "'open'"),
    ]
    missing = listed(told([HALTED], [new]), 3, HALTED, GONE, session=LATER)
    assert [each[::2] for each in missing.wrong()] == [("state", "nothing of it")]
    more = listed(told([HALTED]), 2, HALTED, GONE, new, session=LATER)
    expected = (
        "nothing of it, as in ListingsSnapshotEvent 1 of listings, told to market and whatever came since"
    )
    assert [each[:2] for each in more.wrong()] == [("state", expected)]


def test_a_change_that_is_told_says_what_changed() -> None:
    """Numbers alone do not: an empty update leaves everything as it was."""
    scene = listed(told([]), 2, HALTED, GONE, session=LATER)
    expected = "'open', as in ListingsSnapshotEvent 1 of listings, told to market"
    assert scene.wrong() == [("state", expected, "'halted'")]
    assert listed(told([]), 2, ROW, GONE, session=LATER).wrong() == []


def test_what_was_not_heard_may_have_changed_anything() -> None:
    """Between numbers that nobody was told nothing is concluded; nor is anything where nothing changed."""
    unheard = listed(listed(Scene(), 1, ROW, GONE), 2, HALTED, GONE, session=LATER)
    assert unheard.wrong() == []
    assert not unheard.held("state")
    same = listed(listed(Scene(), 1, ROW, GONE), 1, ROW, GONE, session=LATER)
    assert same.wrong() == []
    assert not same.held("state")
    other = listed(listed(Scene(), 1, ROW, GONE), 1, HALTED, GONE, session=LATER)
    assert [each[0] for each in other.wrong()] == ["state"]


def test_a_symbol_is_listed_once() -> None:
    """Whatever is said of it the second time; and that alone proves nothing of what changed."""
    scene = listed(Scene(), 1, ROW, GONE, ROW)
    assert scene.wrong() == [("state", "X once", "it twice")]
    assert not listed(Scene(), 1, ROW, GONE).held("state")


def test_provenance_is_judged_like_listings() -> None:
    """All that is said of a symbol counts."""
    first, second = [["X", "a", "b", TODAY], ["Y", "a", "b", TODAY]], [["X", "a", "b", TODAY + 1]]
    scene = Scene().subscribes("provenance")
    scene.heard(MARKET, ["provenance_snapshot", "provenance", 4, TODAY, first])
    scene.heard(MARKET, ["provenance_update", "provenance", 5, TODAY, second])
    scene.subscribes("provenance", LATER)
    scene.heard(LATER, ["provenance_snapshot", "provenance", 5, TODAY, first])
    said = f"{TODAY + 1}, as in ProvenanceUpdateEvent 5 of provenance, told to market"
    assert scene.wrong() == [("state", said, f"{TODAY}")]


def booked(scene: Scene, number: int, bids: Any, asks: Any) -> Scene:
    """A later subscriber is shown a book."""
    return scene.subscribes("orderbook", LATER).book(number, bids, asks, session=LATER)


def test_the_book_that_a_stream_begins_with_is_that_of_its_number() -> None:
    """All levels with their sizes; of another number nothing is known."""
    assert booked(Scene().subscribes("orderbook").book(1).book(2, BIDS, ASKS), 2, BIDS, ASKS).held("state")

    def wrong(bids: Any, asks: Any) -> list[tuple[str, str, str]]:
        return booked(Scene().subscribes("orderbook").book(1).book(2, BIDS, ASKS), 2, bids, asks).wrong()

    by = "as in OrderbookSnapshotEvent 2 of orderbook:X, told to market"
    assert wrong(BIDS, ASKS) == []
    assert wrong(BIDS, [("6", "2")]) == [("state", f"'1', {by}", "'2'")]
    assert wrong(BIDS[:1], ASKS) == [("state", f"'2', {by}", "nothing of it")]
    assert [each[0] for each in wrong(BIDS, [*ASKS, ("6.5", "1")])] == ["state"]
    ahead = booked(Scene().subscribes("orderbook").book(1).book(2, BIDS, ASKS), 3, BIDS[:1], ASKS)
    assert ahead.wrong() == []
    assert not ahead.held("state")


def test_what_came_behind_a_gap_is_held_against_nothing() -> None:
    """Its own clause tells of the gap."""
    scene = listed(Scene(), 1, ROW, GONE)
    updated(scene, 3, HALTED)
    assert [each[0] for each in listed(scene, 3, ROW, GONE, session=LATER).wrong()] == ["sequence"]
