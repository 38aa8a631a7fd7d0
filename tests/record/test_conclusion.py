"""From the verdicts of cases to the word and the exit code of a run."""

from __future__ import annotations

import pytest

from conformance.record import CaseLine, conclude
from conformance.record.conclusion import never_heard
from conformance.record.types import ClauseEntry
from conformance.verdict import Blame, Outcome, Verdict
from conformance.verdict.model import SILENT

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


CLAUSES = tuple(
    ClauseEntry(name, "", name.partition("/")[0], "rule", "", "must", "published", "target", "")
    for name in ("feed/wire/decodable", "feed/transport/ping", "other/wire/decodable")
)


def line(name: str, exercised: tuple[int, ...] = (), reason: str = "") -> CaseLine:
    return CaseLine(name, "skipped" if reason else "passed", "nobody", reason, (), exercised, 1, 0, 1)


def test_a_service_that_never_said_anything_is_not_conformant() -> None:
    """Pongs alone make no green: somebody waited for a message, and none came in the whole run."""
    waited = line("feed/layouts/tick", reason=f"nothing; {SILENT}")
    pinged, other = line("feed/transport/ping", (1,)), line("other/x", (2,))
    assert never_heard(CLAUSES, [pinged, waited, other]) == ("feed",)
    assert never_heard(CLAUSES, [pinged, waited, line("feed/y", (0,))]) == ()
    assert never_heard(CLAUSES, [pinged, other]) == ()
    assert conclude([pinged, waited], interrupted=False, unheard=("feed",)) == ("inconclusive", 3)
    assert conclude([FAILED], interrupted=False, unheard=("feed",)) == ("not conformant", 1)
