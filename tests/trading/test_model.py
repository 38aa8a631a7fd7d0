"""The account model, fed by hand: what contradicts what, and what nobody may conclude."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from conformance.trading import Report, Side, Status
from conformance.trading.history import Heard
from conformance.trading.model import Account
from conformance.trading.numbering import Deed
from conformance.trading.sights import Balance, Snapshot, State, Told, Update

D = Decimal
HUNDRED = D(100)
OPEN = Report("/order", "o1", "mine", "X", Side.BUY, "limit", D(5), D(3), D(0), D(3), Status.OPEN)
PART = replace(OPEN, filled=D(1), remaining=D(2), status=Status.PARTIALLY_FILLED)
MORE = replace(OPEN, filled=D(2), remaining=D(1), status=Status.PARTIALLY_FILLED)
DONE = replace(OPEN, remaining=D(0), status=Status.CANCELLED)
PLACED = Deed("place", "main", 0, client_id="mine", price=D(5), size=D(3), changes=True, refused=False)


class Tale:
    """Messages in the order in which they arrive; each is a moment later, and a place further."""

    def __init__(self, *deeds: Deed) -> None:
        self.account = Account(deeds)
        self.now = 0

    def heard(self, ear: str, asked: int | None = None) -> Heard:
        self.now += 10
        return Heard(ear, self.now, self.now // 10, "message", asked)

    def update(
        self,
        number: int,
        report: Report,
        size: Decimal | None = None,
        ear: str = "main",
        price: object = D(5),
    ) -> Tale:
        fill = (price if isinstance(price, Decimal) and size is not None else None, size)
        self.account.updated(self.heard(ear), Update(number, report, *fill))
        return self

    def lists(
        self,
        number: int,
        *orders: Report,
        held: Decimal | None = None,
        total: Decimal = HUNDRED,
        asked: int | None = None,
        ear: str = "main",
    ) -> Tale:
        """A snapshot, asked for when all that came before had come."""
        positions = {} if held is None else {"X": held}
        shown = Snapshot(number, orders, {"USD": Balance(total, total)}, positions)
        self.account.snapshot(self.heard(ear, self.now + 5 if asked is None else asked), shown)
        return self

    def stands(self, number: int, available: Decimal = HUNDRED) -> Tale:
        self.account.state(self.heard("main", self.now + 5), State(number, available))
        return self

    def told(self, report: Report, deed: Deed | None = None, asked: int | None = None) -> Tale:
        heard = self.heard("main", self.now + 5 if asked is None else asked)
        self.account.told(heard, Told(report), deed)
        return self

    def wrong(self) -> list[tuple[str, str, str]]:
        self.account.settled()
        return [(each.promise, each.expected, each.seen) for each in self.account.contradictions]


def promises(tale: Tale) -> list[str]:
    return [promise for promise, _, _ in tale.wrong()]


def test_an_honest_life_contradicts_nothing() -> None:
    """Placed, filled bit by bit, cancelled: everything that can be compared is, and agrees."""
    tale = Tale(PLACED).lists(6).told(OPEN, PLACED).update(7, OPEN).lists(7, OPEN)
    tale.update(8, PART, D(1)).lists(8, PART, held=D(1), total=D(95))
    tale.update(9, MORE, D(1)).stands(9)
    end = replace(MORE, remaining=D(0), status=Status.CANCELLED)
    tale.update(10, end).told(end).lists(10, held=D(2), total=D(90))
    assert tale.wrong() == []
    compared = {"numbered", "current", "identity", "arithmetic", "progress", "reported", "listed"}
    assert tale.account.compared == compared | {"positions", "balances", "exact"}
    assert tale.account.orders == {}


@pytest.mark.parametrize(
    ("report", "seen"),
    [
        (replace(OPEN, remaining=D(2)), "2"),
        (replace(DONE, remaining=D(3)), "3"),
        (replace(PART, status=Status.OPEN), "open"),
        (replace(OPEN, status=Status.PARTIALLY_FILLED), "partially_filled"),
        (replace(MORE, remaining=D(0), status=Status.FILLED), "2"),
    ],
)
def test_arithmetic(report: Report, seen: str) -> None:
    """What is filled and what remains of an order, and its status, say the same."""
    [(promise, _, shown)] = Tale().update(1, report).wrong()
    assert (promise, shown) == ("arithmetic", seen)


def test_numbers_count_up_by_one() -> None:
    """A gap is told once, whatever follows it."""
    tale = Tale().update(7, OPEN).update(9, PART, D(1)).update(11, MORE, D(1))
    assert tale.wrong() == [("numbered", "8, one more than the update before", "9")]


def test_a_message_that_cannot_be_used_is_no_gap() -> None:
    """Behind it the count begins anew, and so does what was told before it."""
    tale = Tale().lists(7).update(8, OPEN)
    tale.account.lost("main", tale.now + 1)
    tale.update(10, DONE)
    assert tale.wrong() == []


def test_an_update_comes_once_to_each_connection() -> None:
    """The same again is one too many; on another connection it is the same."""
    assert promises(Tale().update(7, OPEN).update(7, OPEN, ear="second")) == []
    assert promises(Tale().update(7, OPEN).update(7, OPEN)) == ["reported"]
    assert promises(Tale().update(7, OPEN).update(7, PART, D(1))) == ["numbered"]
    assert promises(Tale().update(7, OPEN).update(7, PART, D(1), ear="second")) == ["reported"]


def test_two_connections_may_see_a_change_at_different_times() -> None:
    """Only numbers order what happened: neither a late update nor an early snapshot contradicts anything."""
    tale = (
        Tale(PLACED).lists(6, asked=1).update(7, OPEN).update(8, PART, D(1)).lists(6, ear="second", asked=2)
    )
    tale.update(7, OPEN, ear="second").lists(8, PART, held=D(1), total=D(95), ear="second")
    tale.update(8, PART, D(1), ear="second")
    assert tale.wrong() == []


def test_a_snapshot_may_be_ahead_of_updates_and_not_behind_them() -> None:
    """It includes what had been told before it was asked for; what comes later it may include."""
    assert promises(Tale().update(7, OPEN).lists(9, MORE)) == []
    assert promises(Tale().update(7, OPEN).lists(6)) == ["current"]
    assert promises(Tale().update(7, OPEN).lists(6, asked=1)) == []
    assert promises(Tale().update(7, OPEN).stands(6)) == ["current"]


def test_the_first_update_follows_the_snapshot_before_it() -> None:
    """A number between them has been lost, or the snapshot is older than it was when it was asked for."""
    assert promises(Tale().lists(6).update(7, OPEN)) == []
    assert promises(Tale().lists(5).update(7, OPEN)) == ["current"]
    assert promises(Tale().lists(8).update(7, OPEN)) == []


def test_fills_never_fall() -> None:
    """Neither in an update, nor in a reply that was asked for behind it."""
    assert promises(Tale().update(7, MORE).update(8, PART)) == ["progress"]
    assert promises(Tale().update(7, MORE).told(PART)) == ["progress"]
    assert promises(Tale().update(7, MORE).told(PART, asked=1)) == []  # it may have been answered before


def test_an_order_that_is_done_stays_so() -> None:
    """It is spoken of again as it was, or not at all."""
    assert promises(Tale().update(7, DONE).told(DONE)) == []
    assert promises(Tale().update(7, DONE).told(OPEN)) == ["progress"]
    assert promises(Tale().update(7, DONE).update(8, OPEN)) == ["progress"]
    assert promises(Tale().update(7, DONE).update(8, DONE)) == ["reported"]


def test_price_and_size_change_by_an_amendment_only() -> None:
    """Of an order of ours; somebody else's may have been amended by somebody else."""
    dearer = replace(OPEN, price=D(6))
    amended = Deed("amend", "main", 12, id="o1", price=D(6), changes=True)
    assert promises(Tale(PLACED).update(7, OPEN).update(8, dearer)) == ["identity"]
    assert promises(Tale(PLACED, amended).update(7, OPEN).update(8, dearer)) == []
    refused = replace(amended, refused=True)
    assert promises(Tale(PLACED, refused).update(7, OPEN).update(8, dearer)) == ["identity"]
    assert promises(Tale().update(7, OPEN).update(8, dearer)) == []


def test_names_never_change() -> None:
    """Not from message to message, nor from command to reply."""
    assert promises(Tale().update(7, OPEN).told(replace(OPEN, side=Side.SELL))) == ["identity"]
    assert promises(Tale().told(replace(OPEN, client_id="else"), PLACED)) == ["identity"]
    cancel = Deed("cancel", "main", 0, id="o2", changes=True)
    assert promises(Tale().told(DONE, cancel)) == ["identity"]


def test_numbers_come_back_as_they_were_sent() -> None:
    """As numbers: zeros around them say nothing."""
    assert promises(Tale().told(replace(OPEN, price=D("5.00")), PLACED)) == []
    tale = Tale().told(replace(OPEN, size=D("3.0000000001"), remaining=D("3.0000000001")), PLACED)
    assert tale.wrong() == [("exact", "3, as it was sent", "3.0000000001")]


def test_each_fill_is_reported() -> None:
    """What is filled grows by what the updates say, where none is missing between them."""
    assert promises(Tale().update(7, OPEN).update(8, MORE, D(1))) == ["reported"]
    assert promises(Tale().update(7, OPEN).update(8, PART)) == []  # what was filled need not be told
    assert promises(Tale().update(7, PART, D(1)).update(9, MORE, D(1))) == ["numbered"]


def test_an_update_tells_of_a_change() -> None:
    """One that tells the same again tells of none, unless an amendment asked for just that."""
    same = Deed("amend", "main", 1, id="o1", price=D(5), changes=True)
    assert promises(Tale(PLACED).update(7, OPEN).update(8, OPEN)) == ["reported"]
    assert promises(Tale(PLACED, same).update(7, OPEN).update(8, OPEN)) == []


def test_a_reply_shows_nothing_that_was_not_reported() -> None:
    """Where all states of an order are known, from its acceptance to its end."""
    honest = Tale(PLACED).told(OPEN, PLACED).update(7, OPEN).told(OPEN, asked=1).update(8, DONE)
    assert honest.wrong() == []
    odd = replace(OPEN, size=D(4), remaining=D(4))
    amended = Deed("amend", "main", 1, id="o1", size=D(4), changes=True)
    tale = Tale(PLACED, amended).told(OPEN, PLACED).update(7, OPEN).told(odd, amended).update(8, DONE)
    assert promises(tale) == ["reported"]


def test_a_snapshot_lists_what_works() -> None:
    """No more, no less, and as it was last reported; whether the update comes before it or behind."""
    assert promises(Tale().update(7, OPEN).lists(7)) == ["listed"]
    assert promises(Tale().update(7, OPEN).update(8, DONE).lists(8, OPEN)) == ["listed"]
    assert promises(Tale().update(7, OPEN).lists(7, replace(OPEN, price=D(4)))) == ["listed"]
    assert promises(Tale().lists(7, asked=1).update(7, OPEN)) == ["listed"]
    assert promises(Tale().update(7, OPEN).lists(7, OPEN, OPEN)) == ["listed"]


def test_a_snapshot_follows_from_another_one_and_the_updates_between() -> None:
    """Orders that nobody spoke of are still there; where a number is missing nothing follows."""
    other = replace(OPEN, id="o2", client_id="theirs")
    assert promises(Tale().lists(6, other).update(7, OPEN).lists(7, OPEN, other)) == []
    assert promises(Tale().lists(6, other).update(7, OPEN).lists(7, OPEN)) == ["listed"]
    assert promises(Tale().lists(5, other).update(7, OPEN, ear="second").lists(7, OPEN)) == []


def test_what_was_accepted_behind_its_number_is_not_in_a_snapshot() -> None:
    """It carries the number of the last update that it includes: a later one it cannot know."""
    tale = Tale().lists(6).lists(6, OPEN, asked=1).update(7, OPEN)
    assert promises(tale)[:1] == ["listed"]  # the two of one number differ
    assert promises(Tale().lists(6, asked=1).lists(6, asked=2).update(7, OPEN)) == []


def test_positions_and_balances_move_by_fills() -> None:
    """Exactly, and by nothing else; of several assets one pays."""
    before = Tale().lists(6, held=D(-2), total=D("0.3")).update(7, PART, D(1), price=D("0.1"))
    assert promises(before.lists(7, PART, held=D(-1), total=D("0.2"))) == []
    before = Tale().lists(6, held=D(-2)).update(7, PART, D(1))
    assert promises(before.lists(7, PART, held=D(-2), total=D(95))) == ["positions"]
    before = Tale().lists(6).update(7, PART, D(1))
    tale = before.lists(7, PART, held=D(1), total=D(94))
    assert tale.wrong() == [("balances", "95: it was 100, and fills cost 5", "94")]
    assert promises(Tale().lists(6).lists(6, total=D(99))) == ["balances"]


def test_fills_that_are_not_told_are_reckoned() -> None:
    """From what was filled before, where that is known; what they cost is not known then."""
    before = Tale().lists(6, OPEN).update(7, PART)
    assert promises(before.lists(7, PART, held=D(1), total=D(42))) == []
    before = Tale().lists(6, OPEN).update(7, PART)
    assert promises(before.lists(7, PART, held=D(2))) == ["positions"]


def test_state_and_snapshot_agree_on_what_is_available() -> None:
    """Where the snapshots around it agree with each other; else a mark may have moved."""
    assert promises(Tale().lists(6).stands(6).lists(6)) == []
    assert promises(Tale().lists(6).stands(6, D(99)).lists(6)) == ["state"]
    assert promises(Tale().lists(6).stands(6, D(99)).stands(6)) == []


def refused(at: int, **more: object) -> Deed:
    return replace(Deed("cancel", "main", at, id="o9", changes=True, refused=True), **more)  # type: ignore[arg-type]


def test_what_is_refused_changes_nothing() -> None:
    """No order, no position, no balance; what is not refused may."""
    deed = refused(12)
    assert promises(Tale(deed).lists(6, OPEN).lists(6)) == ["untouched"]
    assert promises(Tale(deed).lists(6, held=D(1)).lists(6, held=D(2))) == ["untouched"]
    assert promises(Tale(replace(deed, refused=False)).lists(6, OPEN).lists(6)) == ["listed"]
    honest = Tale(deed).lists(6, OPEN).lists(6, OPEN)
    assert promises(honest) == []
    assert "untouched" in honest.account.compared


def test_what_is_refused_has_no_number() -> None:
    """Once the next update shows that the number between belongs to nothing."""
    tale = Tale(refused(22)).update(6, OPEN).stands(6).stands(7).update(8, DONE)
    assert tale.wrong() == [("untouched", "6, as before the command that was refused", "7")]
    assert promises(Tale(refused(22)).update(6, OPEN).stands(6).stands(7).update(7, DONE)) == []


def test_what_is_refused_ties_up_nothing() -> None:
    """The same from what is available at each of three refusals is no chance; marks move otherwise."""
    deeds = [refused(at) for at in (12, 22, 32)]
    falls = Tale(*deeds).stands(6, D(100)).stands(6, D(99)).stands(6, D(98)).stands(6, D(97))
    assert falls.wrong() == [("untouched", "no change by a refused command", "-1 by each of 3")]
    wanders = Tale(*deeds).stands(6, D(100)).stands(6, D(99)).stands(6, D(98)).stands(6, D(99))
    assert promises(wanders) == []


def test_a_refused_placement_makes_no_order() -> None:
    """Neither one that is told of, nor one that is listed; its client order id may be taken again."""
    never = replace(PLACED, refused=True)
    assert promises(Tale(never).update(7, OPEN)) == ["untouched"]
    assert promises(Tale(never, PLACED).update(7, OPEN)) == []


def test_a_client_order_id_is_accepted_once() -> None:
    """Two orders of one name are one too many."""
    again = replace(PLACED, sent=1)
    tale = Tale(PLACED, again).told(OPEN, PLACED).told(replace(OPEN, id="o2"), again)
    assert promises(tale) == ["unique"]


def test_one_cause_is_told_once() -> None:
    """What is wrong with an order is said where it shows first, and not again wherever it shows."""
    tale = Tale().update(7, MORE).told(PART).told(PART).lists(7, PART)
    assert promises(tale) == ["progress"]
