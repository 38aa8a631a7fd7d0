"""Credentials of the packaged gateway: look-alikes, grants, deadlines that nothing puts off, ends."""

from __future__ import annotations

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue
from conformance.cases.lookalikes import HOW, Alike
from conformance.cases.steps import Close, Connect, Expect, Idle, Ping, Reading, Saved, Send, Unanswered
from conformance.payloads import Hole
from tests.cases.library import code, expects, sends


def below(whole: Catalogue, prefix: str) -> dict[str, Case]:
    return {case.id.removeprefix(prefix): case for case in whole.cases if case.id.startswith(prefix)}


def test_each_look_alike_is_refused_and_the_real_one_is_not(whole: Catalogue) -> None:
    """A case for each way and scheme; the credential itself stands in no case."""
    for scheme, field in (("apiKey", "api_key"), ("sessionKey", "session_key")):
        cases = below(whole, f"gateway/auth/{scheme}/alike-")
        assert list(cases) == list(HOW)
        for how, case in cases.items():
            *_, wrong, real = (step for step in sends(case) if step.operation == "auth")
            assert isinstance(wrong.payload, dict)
            shown = wrong.payload[field]
            assert isinstance(shown, Alike)
            assert shown.how == how
            assert isinstance(shown.base, Saved if scheme == "sessionKey" else Hole)
            assert [code(each) for each in expects(case)[-2:]] == ["auth_failed", None]
            assert expects(case)[-1].messages == ("authenticated",)
            assert real.payload != wrong.payload


def test_a_credential_of_another_scheme_is_a_wrong_one(whole: Catalogue) -> None:
    """The real thing in the wrong place."""
    api = whole.cases[[case.id for case in whole.cases].index("gateway/auth/apiKey/really-sessionKey")]
    (shown,) = (
        step.payload["api_key"]
        for step in sends(api)
        if isinstance(step.payload, dict) and "api_key" in step.payload
    )
    assert shown == Saved("sessionKey")


def test_each_grant_allows_what_it_says(whole: Catalogue) -> None:
    """Session keys of every set of permissions: what is in it is taken, what is not is forbidden.

    And of the one that no command asks for.
    """
    cases = below(whole, "gateway/auth/grants/sessionKey/")
    grants = ("read", "trade", "read-trade", "withdraw")
    reads = ("getOrder", "getAccountSnapshot", "getAccountState")
    trades = ("placeOptionOrder", "placeOptionSpreadOrder", "cancelOptionOrder", "amendOptionOrder")
    assert set(cases) == {f"{grant}/{each}" for grant in grants for each in (*reads, *trades, "listed")}
    for name, case in cases.items():
        grant, _, operation = name.partition("/")
        made = next(step for step in sends(case) if step.operation == "createSessionKey")
        assert isinstance(made.payload, dict)
        assert made.payload["permissions"] == grant.split("-")
        needed = "read" if operation in reads else "trade"
        refused = [code(each) for each in expects(case)].count("forbidden")
        assert refused == (operation != "listed" and needed not in grant.split("-")), name


def test_each_permission_that_is_not_asked_for_opens_nothing(whole: Catalogue) -> None:
    """Whoever holds another one, and lacks the one that is needed."""
    reads = ("getOrder", "getAccountSnapshot", "getAccountState")
    trades = ("placeOptionOrder", "placeOptionSpreadOrder", "cancelOptionOrder", "amendOptionOrder")
    found: dict[str, set[str]] = {}
    for operation in (*reads, *trades):
        for other, case in below(whole, f"gateway/auth/{operation}/with-").items():
            (who,) = case.needs.who
            found.setdefault(operation, {other}).add(other)
            assert {*who.has} == {other}
            assert {*who.lacks} == {"read" if operation in reads else "trade"}
            assert code(expects(case)[0]) == "forbidden"
    assert found == {each: {"trade", "withdraw"} for each in reads} | {
        each: {"read", "withdraw"} for each in trades
    }


def test_a_deadline_is_tried_with_many_and_with_several_at_once(whole: Catalogue) -> None:
    """Ten rounds end before the deadline, as one does; eight attempts go out before the first is refused."""
    cases = below(whole, "gateway/auth/deadline/auth/not-put-off-by-")
    one = next(step for step in cases["read"].steps if isinstance(step, Idle)).for_ms
    for name in ("many-reads", "many-failed-apiKey", "many-failed-sessionKey", "many-unauthenticated"):
        idle = [step for step in cases[name].steps if isinstance(step, Idle)]
        assert [step.for_ms for step in idle] == [one * number // 10 for number in range(1, 11)]
        assert {step.since for step in idle} == {"connected"}
    together = cases["failed-apiKey-at-once"].steps
    places = [place for place, step in enumerate(together) if isinstance(step, Send)]
    assert places == list(range(places[0], places[0] + 8))
    assert len({str(step.payload) for step in together if isinstance(step, Send)}) == 8


def test_a_deadline_is_tried_with_what_is_neither_a_read_nor_an_attempt(whole: Catalogue) -> None:
    """Pings and messages that nobody need answer before the end, once and often; every malformed frame."""
    cases = below(whole, "gateway/auth/deadline/auth/not-put-off-by-")
    for name in ("ping", "malformed", "unknown"):
        (idle,) = (step for step in cases[name].steps if isinstance(step, Idle))
        assert idle.for_ms == 3500
        assert not any(step.reply_to is not None for step in expects(cases[name]))
    for name in ("many-pings", "many-malformed", "many-unknown"):
        assert sum(isinstance(step, Idle) for step in cases[name].steps) == 10
    pings = [step for step in cases["many-pings"].steps if isinstance(step, Ping)]
    assert [step.within_ms for step in pings] == [0] * 10
    kinds = below(whole, "gateway/transport/malformed/").values()
    sent = {step.raw for step in sends(cases["many-malformed"])}
    assert sent == {sends(case)[0].raw for case in kinds}
    asked = {step.operation for step in sends(cases["many-unauthenticated"])}
    others = [name for name in below(whole, "gateway/auth/") if name.endswith("/unauthenticated")]
    assert asked == {name.split("/")[0] for name in others}
    assert cases["many-malformed"].needs.exclusive
    assert not cases["malformed"].needs.exclusive


def test_a_connection_that_is_never_quiet_ends_too(whole: Catalogue) -> None:
    """It has read once, and reads on while its credential ends; the end is waited for as on a quiet one."""
    for way, revoked in (("expired", False), ("revoked", True)):
        case = below(whole, f"gateway/auth/sessions/expired/{way}-sessionKey/")["ends-while-busy"]
        (busy,) = (step for step in sends(case) if step.every_ms)
        assert (busy.operation, busy.session, busy.every_ms) == ("getAccountSnapshot", "main", 100)
        once = [step for step in sends(case) if step.operation == "getAccountSnapshot"]
        assert len(once) == 2
        assert [step.operation for step in sends(case)].count("revokeSessionKey") == revoked
        told, closed = case.steps[-2:]
        assert isinstance(told, Expect)
        assert isinstance(closed, Close)
        assert (told.within_ms, closed.within_ms) == (1000 if revoked else 8000, 1000)
        assert set(case.clauses) == {"gateway/sessions/expired/told", "gateway/sessions/expired/close"}


def test_both_connections_end_and_not_too_soon(whole: Catalogue) -> None:
    """Of an expiring key the time is counted from a connection that was open before it was made."""
    case = below(whole, "gateway/auth/sessions/expired/expired-sessionKey/")["ends"]
    kinds = [(type(step), getattr(step, "session", "")) for step in case.steps]
    made = next(
        place
        for place, step in enumerate(case.steps)
        if isinstance(step, Send) and step.operation == "createSessionKey"
    )
    assert kinds.index((Connect, "main")) < made < kinds.index((Connect, "second"))
    early = [step for step in case.steps if isinstance(step, Close) and step.not_before_ms]
    assert [(step.session, step.not_before_ms, step.since) for step in early] == [("main", 5000, "connected")]
    assert "short_life_secs" in case.needs.values
    assert case.resource == ""


def test_what_comes_too_late_is_looked_for(whole: Catalogue) -> None:
    """An order sent behind the end is not found by the name that it was given."""
    case = below(whole, "gateway/auth/sessions/expired/revoked-sessionKey/")["placeOptionOrder"]
    late = next(step for step in sends(case) if step.operation == "placeOptionOrder")
    assert dict(late.save) == {"late": "/client_order_id"}
    *_, asked = sends(case)
    assert (asked.operation, asked.session) == ("getOrder", "issuer")
    assert isinstance(asked.payload, dict)
    assert asked.payload["client_order_id"] == Saved("late")
    assert code(expects(case)[-1]) == "order_not_found"
    assert any(isinstance(step, Unanswered) for step in case.steps)
    assert [step.on for step in case.steps if isinstance(step, Reading)] == [False, True]


def test_each_command_is_asked_whether_it_tells_a_credential(whole: Catalogue) -> None:
    """Behind either credential every command's reply is held against the promise that it is not echoed."""
    for scheme, state in (("apiKey", "authenticated"), ("sessionKey", "delegated")):
        cases = below(whole, f"gateway/auth/sessions/{state}/")
        assert len(cases) == 12
        assert all(f"gateway/credentials/{scheme}/secret" in case.clauses for case in cases.values())
        assert all(any(isinstance(step, Expect) for step in case.steps) for case in cases.values())
