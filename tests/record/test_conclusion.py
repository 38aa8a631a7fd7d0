"""From the verdicts of cases to the word and the exit code of a run."""

from __future__ import annotations

import pytest

from conformance.record import conclude
from conformance.verdict import Blame, Outcome, Verdict

PASSED = Verdict("p", Outcome.PASSED)
FAILED = Verdict("f", Outcome.FAILED, Blame.TARGET)
SKIPPED = Verdict("s", Outcome.SKIPPED)
SUITE, CONTRACT, ENVIRONMENT, FLOODED = (
    Verdict("b", Outcome.BROKEN, blame)
    for blame in (Blame.SUITE, Blame.CONTRACT, Blame.ENVIRONMENT, Blame.TARGET)
)


@pytest.mark.parametrize(
    ("cases", "word", "code"),
    [
        ((PASSED, SKIPPED), "conformant", 0),
        ((PASSED, FAILED), "not conformant", 1),
        ((SUITE, CONTRACT, ENVIRONMENT, FAILED), "not conformant", 1),
        ((PASSED, SUITE, CONTRACT, ENVIRONMENT), "broken suite", 4),
        ((PASSED, CONTRACT, ENVIRONMENT), "unusable contract", 2),
        ((PASSED, ENVIRONMENT), "inconclusive", 3),
        ((PASSED, FLOODED), "inconclusive", 3),
        ((SKIPPED,), "inconclusive", 3),
        ((), "inconclusive", 3),
    ],
)
def test_the_worst_decides(cases: tuple[Verdict, ...], word: str, code: int) -> None:
    """Failed before suite before contract before environment before nothing enforced; else conformant."""
    assert conclude(cases, interrupted=False) == (word, code)
    assert conclude(reversed(cases), interrupted=False) == (word, code)
    assert conclude(cases, interrupted=True) == ("interrupted", 130)
