"""Response times of two runs."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from random import Random

from conformance.comparison import closing, compare
from conformance.comparison.times import response_times
from conformance.record import RunRecord
from conformance.record.types import CaseEntry, Timing
from tests.comparison.runs import head, kept, run
from tests.record.samples import LATE, case

CASES = tuple(case(f"tide/commands/ask-{number}", LATE) for number in range(60))


def timed(folder: Path, seed: int, factor: float = 1.0, cases: tuple[CaseEntry, ...] = CASES) -> RunRecord:
    """A run in which each case asks, 10 ms after the one before, and pings; only asks take ``factor``."""
    chance = Random(seed)
    verdicts = [
        kept(
            each.id,
            LATE,
            times=[
                ("tide/ask", round(factor * math.exp(chance.gauss(0, 0.3)), 3)),
                ("tide ping", round(math.exp(chance.gauss(0, 0.3)), 3)),
            ],
        )
        for each in cases
    ]
    return run(folder, *verdicts, of=head(cases=cases))


def test_a_slower_operation_is_told_with_its_sizes(tmp_path: Path) -> None:
    """The one that is slower, and not the other; a median of 60, and no p99 of so few."""
    made = compare(timed(tmp_path / "a", 1), timed(tmp_path / "b", 2, 2.0))
    (shift,) = made.slower
    assert (shift.name, shift.quantile) == ("tide/ask", 0.5)
    assert (shift.before.size, shift.after.size) == (60, 60)
    assert 1.1 < shift.low < 2 < shift.high
    words = {(each.name, each.quantile): each.word for each in made.shifts}
    assert words[("tide ping", 0.5)] == "no shift shown"
    assert words[("tide ping", 0.99)] == words[("tide/ask", 0.99)] == "too few"
    assert [each.name for each in compare(made.after, made.before).faster] == ["tide/ask"]


def test_slower_is_a_warning_unless_it_is_strict(tmp_path: Path) -> None:
    """The exit code is about promises; faster never closes anything."""
    before, after = timed(tmp_path / "a", 1), timed(tmp_path / "b", 2, 2.0)
    assert closing(compare(before, after)) == ()
    assert closing(compare(before, after), strict=True) == ("slower than in the earlier run: tide/ask",)
    assert closing(compare(after, before), strict=True) == ()


def test_only_cases_of_both_runs_are_compared(tmp_path: Path) -> None:
    """Thirty slow cases more in the later run do not make the operation slower."""
    more = tuple(case(f"tide/commands/slow-{number}", LATE) for number in range(60))
    before = timed(tmp_path / "a", 1)
    after = timed(tmp_path / "b", 2, cases=(*CASES, *more))
    slow = replace(
        after,
        cases=tuple(
            replace(line, timings=(Timing("tide/ask", 50.0),)) if "slow" in line.id else line
            for line in after.cases
        ),
    )
    assert {each.before.size for each in response_times(before, slow)} == {60}
    assert not any(each.shifted for each in response_times(before, slow))


def test_times_that_are_none_are_passed_over(tmp_path: Path) -> None:
    """JSON of other hands may hold what no clock shows."""
    before = timed(tmp_path, 1)
    odd = tuple(
        replace(line, timings=(*line.timings, Timing("tide/ask", ms)), started=line.started)
        for line, ms in zip(before.cases, [math.nan, math.inf, -1.0] * 20, strict=True)
    )
    (ask, *_) = response_times(before, replace(before, cases=odd))
    assert (ask.before.size, ask.after.size) == (60, 60)
    nowhen = tuple(replace(line, started=math.inf) for line in before.cases)
    assert response_times(before, replace(before, cases=nowhen)) == ()


def test_nearly_everything_slower_is_said_to_be_the_machine(tmp_path: Path) -> None:
    """Where at least half of four or more operations shift the same way; one alone is not everything."""

    def everything(folder: Path, factor: float) -> RunRecord:
        chance = Random(factor)
        verdicts = [
            kept(
                each.id, LATE, times=[(f"tide/op{n}", factor * (1 + 0.2 * chance.random())) for n in range(5)]
            )
            for each in CASES
        ]
        return run(folder, *verdicts, of=head(cases=CASES))

    made = compare(everything(tmp_path / "a", 1.0), everything(tmp_path / "b", 3.0))
    assert 2.8 < made.common < 3.2
    assert "nearly everything, about 3.0 times" in closing(made, strict=True)[0]
    assert compare(timed(tmp_path / "c", 1), timed(tmp_path / "d", 2, 2.0)).common == 0
