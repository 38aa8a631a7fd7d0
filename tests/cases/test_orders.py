"""Stories about orders: told by roles, to any document that gives them, and to no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from conformance.cases.case import Case
from conformance.cases.commanding import Commander
from conformance.cases.filling import Filler, parts
from conformance.cases.orders import (
    candles,
    illegal,
    kinds,
    lives,
    meetings,
    names,
    numbers,
    refusals,
    trades,
)
from conformance.cases.orders.names import LONG
from conformance.cases.orders.stories import Story, told
from conformance.cases.steps import Saved, Send
from conformance.cases.terms import Ended, Padded
from conformance.contract import load
from conformance.contract.model import Contract
from conformance.documents.find import find
from conformance.trading.quiet import QUIET

GROUPS = (candles, illegal, kinds, lives, meetings, names, numbers, refusals, trades)


@cache
def contract() -> Contract:
    return load()


def stories() -> Iterator[Story]:
    for group in GROUPS:
        yield from group.stories()


def cases(without: str = "", unpromised: str = "") -> list[Case]:
    """The stories that the gateway gets, with one role or one promise less."""
    service = contract().services["gateway"]
    roles = {name: each for name, each in service.rules.roles.items() if name != without}
    clauses = {name: each for name, each in service.rules.clauses.items() if name != f"trading/{unpromised}"}
    rules = replace(service.rules, roles=MappingProxyType(roles), clauses=MappingProxyType(clauses))
    return list(told(Commander(contract(), replace(service, rules=rules)), stories()))


def test_every_story_is_told_of_a_whole_document() -> None:
    """The gateway gives every role and makes every promise: no story is left out, and none twice."""
    words = [f"gateway/commands/orders/{each.words}" for each in stories()]
    assert [case.id for case in cases()] == words
    assert len(set(words)) == len(words)


def test_without_a_role_its_stories_are_not_told() -> None:
    """And all others are."""
    whole = {case.id for case in cases()}
    assert cases(without="order.place") == []
    assert cases(without="account.snapshot") == []
    left = {case.id for case in cases(without="order.amend")}
    amending = ("amend", "then-", "exact/", "races/larger", "races/smaller", "races/away")
    assert whole - left == {each for each in whole if any(word in each for word in amending)}


def test_without_a_promise_its_stories_are_not_told() -> None:
    """What a document does not promise is not held against a target."""
    assert {case.id.split("/")[3] for case in cases()} - {
        case.id.split("/")[3] for case in cases(unpromised="untouched")
    } == {"untouched"}
    assert all("gateway/trading/known" not in case.clauses for case in cases(unpromised="known"))


def test_who_trades_does_so_where_nobody_else_does() -> None:
    """Whoever needs the quiet symbol, or another account's fills, needs a target of his own."""
    for case in cases():
        quiet = bool(set(QUIET) & set(case.needs.values))
        assert case.needs.trading != case.id.endswith("read-never")
        assert case.resource == "gateway/account"
        if quiet:
            assert case.needs.exclusive, case.id
    far = [case for case in cases() if not case.needs.exclusive]
    assert {case.id.split("/")[3] for case in far} >= {"amend", "illegal", "unique", "untouched", "exact"}


def test_whatever_is_accepted_is_cancelled_at_the_end() -> None:
    """Each id that a story saves of an order of its own stands in its clean-up."""
    for case in cases():
        saved = {name for step in case.steps for name in getattr(step, "save", {}) if name.endswith(".id")}
        undone = {
            part.name
            for step in case.cleanup
            if isinstance(step, Send)
            for part in parts(step.payload)
            if isinstance(part, Saved) and part.name.endswith(".id")
        }
        assert saved == undone, case.id


def test_zeros_around_a_number_do_not_change_it() -> None:
    """A point is written where zeros follow a whole number; what is no string stays as it is."""
    filler = Filler(tag="t", fresh=lambda: 1)
    assert filler.fill(Padded("0.5", 3, 2), {}) == "0000.500"
    assert filler.fill(Padded("7", 0, 2), {}) == "7.00"
    assert filler.fill(Padded("7", 2), {}) == "007"
    assert filler.fill(Padded(Saved("price"), 1, 1), {"price": 7}) == 7


def test_an_ending_makes_another_name_as_long_as_is_asked_for() -> None:
    """What is long enough gets the ending alone; what is no string stays as it is."""
    filler = Filler(tag="t", fresh=lambda: 1)
    assert filler.fill(Ended("t-1", "k"), {}) == "t-1k"
    assert filler.fill(Ended(Saved("name"), "k", 8), {"name": "t-1"}) == "t-1xxxxk"
    assert filler.fill(Ended("t-1", "k", 2), {}) == "t-1k"
    assert filler.fill(Ended(Saved("name"), "k"), {"name": 7}) == 7


def test_names_are_as_long_as_the_document_allows(tmp_path: Path) -> None:
    """Those that differ at their end alone; where none may be long, that story is not told."""
    words = "gateway/commands/orders/unique/apart-at-the-end"
    ends = next(case for case in cases() if case.id == words)
    sent = [step.payload for step in ends.steps if isinstance(step, Send) and isinstance(step.payload, dict)]
    ended = [each for payload in sent for each in payload.values() if isinstance(each, Ended)]
    assert {each.size for each in ended} == {64}
    text = next(path for _, path in find().asyncapi if "gateway" in str(path)).read_text("utf-8")
    (tmp_path / "asyncapi.yaml").write_text(text.replace("{1,64}", f"{{1,{LONG}}}"), "utf-8")
    short = load(find(tmp_path))
    left = [case.id for case in told(Commander(short, short.services["gateway"]), names.stories())]
    assert [each.rpartition("/")[2] for each in left] == ["apart-in-case", "from-another-credential"]
