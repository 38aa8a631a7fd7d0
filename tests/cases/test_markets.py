"""Cases of a market: from what the documents promise and their roles lead to, and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType

from conformance.cases.case import Case
from conformance.cases.catalogue import catalogue
from conformance.cases.commanding import Commander
from conformance.cases.markets import market_cases
from conformance.cases.steps import Connect, Expect, Idle, Send
from conformance.contract import Contract, load
from conformance.documents.find import find
from conformance.trading.quiet import QUIET

ALONE = {"listed", "grid", "tape", "trade_ids", "state", "settled", "corrected"}
BESIDE = {"best", "mark", "traded", "resting"}


@cache
def contract() -> Contract:
    return load()


def cases(
    without: str = "", unpromised: str = "", services: tuple[str, ...] = (), *, unclocked: bool = False
) -> list[Case]:
    """The cases of documents with one role or one promise less, or of some of them alone."""
    commanders = {}
    for name, service in contract().services.items():
        roles = {role: each for role, each in service.rules.roles.items() if role != without}
        clauses = {key: each for key, each in service.rules.clauses.items() if key != f"market/{unpromised}"}
        rules = replace(service.rules, roles=MappingProxyType(roles), clauses=MappingProxyType(clauses))
        if unclocked and rules.streams is not None:
            rules = replace(rules, streams=replace(rules.streams, clock=None))
        if not services or name in services:
            commanders[name] = Commander(contract(), replace(service, rules=rules))
    return list(market_cases(commanders))


def promises(found: list[Case]) -> set[str]:
    return {clause.removeprefix("market-data/market/") for case in found for clause in case.clauses}


def test_every_promise_has_a_case_of_its_own() -> None:
    """Each claims one promise alone, so that it cannot pass without it."""
    found = cases()
    assert promises(found) == ALONE | BESIDE
    assert {len(case.clauses) for case in found} == {1}
    assert len({case.id for case in found}) == len(found)


def test_a_market_alone_has_no_cases_of_orders() -> None:
    """Without a document that has orders nothing of theirs can be held against it, and that is said."""
    assert promises(cases(services=("market-data",))) == ALONE
    alone = load(find(asyncapi=[contract().services["market-data"].path]))
    left = catalogue(alone).unenforced
    reasons = {left.get(f"market-data/market/{name}") for name in BESIDE}
    assert reasons == {"the roles of the documents do not lead to all that it speaks of"}


def test_what_is_not_promised_has_no_case() -> None:
    """And all else has."""
    for name in ALONE | BESIDE:
        assert promises(cases(unpromised=name)) == (ALONE | BESIDE) - {name}


def test_what_no_role_leads_to_has_no_case() -> None:
    """Without listings nothing can be held against them; without trades there is no tape."""
    assert promises(cases("instrument.listing")) == {"tape", "trade_ids", "state", "corrected", *BESIDE}
    assert promises(cases("trade.report")) == (ALONE | BESIDE) - {"tape", "trade_ids", "traded"}
    assert promises(cases("market.book_sequence")) == (ALONE | BESIDE) - {"best", "resting"}
    assert promises(cases("order.cancel")) == (ALONE | BESIDE) - {"traded", "resting"}
    assert promises(cases("order.place")) == ALONE


def test_every_kind_that_begins_with_all_there_is_is_shown_to_later_subscribers() -> None:
    """One case each, in which two come an event apart; without its role there is none."""

    def shown(without: str = "") -> list[str]:
        return [case.id.rpartition("/")[2] for case in cases(without) if "/state/" in case.id]

    assert shown() == ["listings", "provenance", "orderbook"]
    assert shown("provenance.symbol") == ["listings", "orderbook"]
    assert shown("book.bids.price") == ["listings", "provenance"]
    [case] = [case for case in cases() if case.id.endswith("state/listings")]
    begun = [
        step for step in case.steps if isinstance(step, Expect) and step.messages[0].endswith("SnapshotEvent")
    ]
    assert [step.session for step in begun] == ["market", "later", "last"]


def test_orders_that_trade_do_so_where_nobody_else_does() -> None:
    """An order that only rests may rest anywhere; both belong to an account, and are taken back."""
    found = {case.id.rpartition("market/")[2]: case for case in cases()}
    for words in ("traded", "resting/quiet"):
        assert found[words].needs.exclusive
        assert set(QUIET) <= set(found[words].needs.values)
    far = found["resting/far"]
    assert not far.needs.exclusive
    assert far.needs.trading
    for words in ("traded", "resting/quiet", "resting/far"):
        assert found[words].resource == "gateway/account"
        assert found[words].cleanup
    reading = [
        case for words, case in found.items() if words not in ("traded", "resting/quiet", "resting/far")
    ]
    assert not any(case.resource or case.needs.trading for case in reading)


def test_prices_are_listened_to_for_as_long_as_one_service_may_be_behind_the_other() -> None:
    """On both sides of the market snapshot; where no clock binds them there is nothing to hold it against."""
    mark = next(case for case in cases() if case.id.endswith("market/mark"))
    idles = [place for place, step in enumerate(mark.steps) if isinstance(step, Idle)]
    read = next(
        place for place, step in enumerate(mark.steps) if isinstance(step, Send) and step.session == "main"
    )
    assert len(idles) == 2
    assert idles[0] < read < idles[1]
    assert mark.patience_ms == 2000
    assert isinstance(mark.steps[-1], Expect)
    assert mark.steps[-1].ordered
    assert promises(cases(unclocked=True)) == (ALONE | BESIDE) - {"mark"}


def test_listings_are_asked_for_behind_what_they_must_know_of() -> None:
    """On the same connection, when the stream has told something."""
    for case in cases():
        if case.clauses == ("market-data/market/listed",):
            waited = [step.messages for step in case.steps if isinstance(step, Expect)]
            assert waited[-1] == ("ListingsSnapshotEvent",)
            assert len(waited) == 4
            assert sum(isinstance(step, Connect) for step in case.steps) == 1
