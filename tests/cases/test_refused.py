"""The expectation of a refusal: which promise is broken by none, and which by one with the wrong code."""

from __future__ import annotations

import pytest

from conformance.cases.building import Script
from conformance.cases.case import Family
from conformance.cases.steps import Condition, Connect, Expect
from conformance.verdict import Outcome
from tests.verdict.stage import LEND, Story, library, verdict

CLAUSE = "library/lend/book/type"
INVALID = "library/refusals/invalid"


def script(*, code: str = "", role: str = "", clause: str = CLAUSE) -> tuple[Script, Expect]:
    """A command that is to be refused, and the expectation that this makes."""
    desk = library().services["library"]
    made = Script(library(), desk)
    made.claim(clause)
    made.add(Connect("main", "library"))
    index = made.send(desk.operations["lend"], {**LEND, "book": 1})
    made.refused(index, clause, code=code, role=role)
    (expected,) = (step for step in made.steps if isinstance(step, Expect))
    return made, expected


@pytest.mark.parametrize(
    ("code", "role", "where", "where_clause"),
    [
        ("", "invalid", "wrong", INVALID),
        ("", "malformed", "garbled", "library/refusals/malformed"),
        ("busy", "", "busy", CLAUSE),  # a code alone is a promise of the case's own
        ("", "forbidden", "", CLAUSE),  # the document has no code for it: any will do
        ("", "", "", CLAUSE),
    ],
)
def test_a_wrong_code_breaks_the_promise_about_the_code(
    code: str, role: str, where: str, where_clause: str
) -> None:
    """That it is refused at all is the case's promise; with which code, that of the role."""
    _, expected = script(code=code, role=role)
    assert expected.clause == CLAUSE
    assert expected.messages == ("denied",)
    assert expected.where == ((Condition("/why", "eq", where),) if where else ())
    assert expected.where_clause == where_clause


def answered(value: object, *, role: str) -> tuple[Outcome, list[str]]:
    """How the case ends when this is the answer."""
    made, _ = script(role=role)
    story = Story().connected().mark(10, "step", 1).sent(11, {**LEND, "book": 1}).mark(12, "step", 2)
    case = made.case(Family.COMMANDS, "refused", "A test.")
    found = verdict(case, story.got(20, value).mark(21, "satisfied", 2, lag_ms=0))
    return found.outcome, [each.clause for each in found.findings]


def test_the_verdict_names_the_promise_that_is_broken() -> None:
    """Accepted: the case's clause. Refused for another reason: the code's clause. Refused rightly: none."""
    denied = {"type": "denied", "id": 7, "why": "wrong"}
    assert answered(denied, role="invalid") == (Outcome.PASSED, [])
    assert answered({**denied, "why": "garbled"}, role="invalid") == (Outcome.FAILED, [INVALID])
    assert answered({"type": "lent", "id": 7, "fee": "1"}, role="invalid") == (Outcome.FAILED, [CLAUSE])
    assert answered({**denied, "why": "garbled"}, role="forbidden") == (Outcome.PASSED, [])
