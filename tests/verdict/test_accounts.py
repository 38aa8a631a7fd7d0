"""Accounts judged from transcripts: who is on which connection, what is believed, what a finding says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

from conformance.cases.case import Case, Family, Needs
from conformance.cases.reading import codec_of
from conformance.cases.steps import Connect
from conformance.contract import Contract, Level, Provenance, load
from conformance.transcript import Direction, Entry, Frame, Mark, Transcript
from conformance.verdict import Judge, Tolerances, Verdict

MS = 1_000_000
OPEN: dict[str, Any] = {
    "order_id": "o1",
    "client_order_id": "mine",
    "symbol": "X",
    "side": "buy",
    "order_type": "limit",
    "price": "5",
    "size": "3",
    "filled_size": "2",
    "remaining_size": "1",
    "status": "partially_filled",
    "ts": 1_795_359_600_000,
}
BEHIND = {**OPEN, "filled_size": "1", "remaining_size": "2"}
FALLEN = "gateway/trading/progress"


@cache
def contract() -> Contract:
    return load()


def update(number: int, order: object) -> dict[str, object]:
    return {"type": "orderUpdate", "order": order, "sequence": number, "ts": 1_795_359_600_000}


def whose(account: str) -> dict[str, object]:
    return {
        "type": "authenticated",
        "request_id": 1,
        "account": account,
        "permissions": ["read"],
        "expires_at": None,
    }


def judged(*messages: tuple[str, object], promising: Contract | None = None) -> Verdict:
    """The verdict on what two connections were told, in this order."""
    known = promising or contract()
    sessions = ("main", "second")
    entries: list[Entry] = []
    for step, session in enumerate(sessions):
        entries.append(Mark("step", 0, session, step))
        entries.append(Mark("connecting", 0, session))
        entries.append(Mark("connected", 0, session, data={"status": 101}))
    codec = codec_of(known.services["gateway"])
    for place, (session, value) in enumerate(messages, 1):
        data = codec.encode(value)
        entries.append(Frame(session, Direction.RECEIVED, "binary", data, place * MS))
    case = Case(
        id="gateway/commands/test",
        family=Family.COMMANDS,
        service="gateway",
        says="A test.",
        clauses=(FALLEN,),
        level=Level.MUST,
        provenance=Provenance.ASSUMED,
        steps=tuple(Connect(session, "gateway") for session in sessions),
        needs=Needs(("gateway",)),
    )
    judge = Judge(known, known.clauses, Tolerances(100))
    return judge.judge(case, Transcript(case.id, tuple(entries)))


def test_a_finding_says_what_fell_where_and_since_when() -> None:
    """The order, the field, the message, the number before: and the entry that shows it."""
    verdict = judged(("main", update(16, OPEN)), ("main", update(17, BEHIND)))
    [finding] = verdict.findings
    assert finding.clause == FALLEN
    assert str(finding).startswith(
        "order o1 filled (orderUpdate 17): expected at least 2, as in update 16, got 1 "
        "(specs/gateway/asyncapi.yaml:"
    )
    assert finding.entry == 7


def test_connections_of_one_account_are_held_against_each_other() -> None:
    """What one was told of a number the other is told, too; another account has numbers of its own."""
    first, second = ("main", update(16, OPEN)), ("second", update(16, BEHIND))
    same = judged(("main", whose("a")), ("second", whose("a")), first, second)
    assert [each.clause for each in same.findings] == ["gateway/trading/reported"]
    apart = judged(("main", whose("a")), ("second", whose("b")), first, second)
    assert apart.findings == ()


def test_what_breaks_its_schema_is_not_believed() -> None:
    """Its own clause tells of it; neither what it contradicts nor a missing number is told besides."""
    odd = {**BEHIND, "side": "neither"}
    verdict = judged(("main", update(16, OPEN)), ("main", update(17, odd)), ("main", update(18, OPEN)))
    assert {each.clause for each in verdict.findings} == {"gateway/orderUpdate/order/side/enum"}


def test_what_was_held_against_something_is_exercised() -> None:
    """One update alone proves nothing of numbers; two do."""
    alone = judged(("main", update(16, OPEN)))
    assert "gateway/trading/arithmetic" in alone.exercised
    assert "gateway/trading/numbered" not in alone.exercised
    done = {**OPEN, "status": "cancelled", "remaining_size": "0"}
    both = judged(("main", update(16, OPEN)), ("main", update(17, done)))
    assert both.findings == ()
    assert {"gateway/trading/numbered", FALLEN} <= both.exercised


def test_what_a_document_does_not_promise_is_not_judged() -> None:
    """The same transcript, and a document that says nothing of progress."""
    service = contract().services["gateway"]
    clauses = {name: each for name, each in service.rules.clauses.items() if name != "trading/progress"}
    rules = replace(service.rules, clauses=MappingProxyType(clauses))
    services = {**contract().services, "gateway": replace(service, rules=rules)}
    silent = replace(contract(), services=MappingProxyType(services))
    verdict = judged(("main", update(16, OPEN)), ("main", update(17, BEHIND)), promising=silent)
    assert verdict.findings == ()
