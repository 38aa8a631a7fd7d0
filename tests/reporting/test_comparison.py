"""The comparison of two runs, for people."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.comparison import closing, compare
from conformance.reporting.comparison import beside, compared
from conformance.reporting.paper import Paper, cells
from tests.comparison.runs import ASK, LEVEL, STATUS, STREAM, WAVE, broke, head, kept, run
from tests.comparison.test_times import timed
from tests.record.samples import CASES, HTTP, LATE, PRICE, UNSEEN, case, skipped

HOSTILE = "\x1b[2J\x1b]0;owned\x07‮evil\nnext line"


def told(folder: Path, paper: Paper, *, strict: bool = False) -> str:
    """A comparison with something of everything."""
    before = run(
        folder / "before",
        kept(LEVEL, PRICE),
        broke(ASK, LATE),
        skipped(WAVE, "nothing came"),
        kept(STATUS, HTTP),
    )
    after = run(
        folder / "after", broke(LEVEL, PRICE), kept(ASK, LATE), kept(WAVE, UNSEEN), skipped(STATUS, HOSTILE)
    )
    made = compare(before, after)
    return compared(made, paper, closing(made, strict=strict))


def test_what_closes_the_gate_stands_first(tmp_path: Path) -> None:
    """The verdict, its reasons, the numbers, the two runs; then each promise with what was seen."""
    lines = told(tmp_path, Paper(100), strict=True).splitlines()
    assert lines[0] == "✗ WORSE THAN BEFORE"
    assert lines[1] == f"  newly broken against the earlier run: {PRICE}"
    assert lines[2] == f"  no longer enforced, unlike in the earlier run: {HTTP}"
    assert lines[3] == "Promises: 1 newly broken, 1 no longer enforced, 1 mended, 1 newly enforced."
    text = "\n".join(lines)
    order = [
        "Newly broken: 1 promise",
        "    seen here: expected a promise, got something else",
        f"    by 1 case: {LEVEL}",
        "No longer enforced: 1 promise",
        f"    enforced before by {STATUS}",
        "Mended: 1 promise",
        f"  {LATE}",
        "Newly enforced: 1 promise",
        "Cases: 1 passed → failed",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_line_fits_and_obeys_nobody(tmp_path: Path, width: int) -> None:
    """What the target sent moves no cursor, at any width, and without a colour where none is wanted."""
    text = told(tmp_path, Paper(width))
    assert all(cells(line) <= width for line in text.splitlines())
    assert not set(text) & {"\x1b", "\x07", "‮"}
    assert "next line" not in text.splitlines()
    told(tmp_path, Paper(width, unicode=False)).encode("ascii")


def test_long_lists_are_cut_in_plain_letters_too(tmp_path: Path) -> None:
    """A terminal without an ellipsis is told how many more there are."""
    names = [f"tide/commands/ask-{number}" for number in range(40)]
    top = head(cases=[case(name, LATE) for name in names])
    before = run(tmp_path / "before", *(kept(name, LATE) for name in names), of=top)
    after = run(tmp_path / "after", *(broke(name, LATE) for name in names), of=top)
    text = compared(compare(before, after), Paper(100, unicode=False), ())
    assert "  ... and 20 more (--json has them all)" in text.splitlines()
    assert text.isascii()


def test_equal_runs_are_no_worse(tmp_path: Path) -> None:
    """Said in words, not by an empty page."""
    same = run(tmp_path, kept(ASK, LATE))
    text = compared(compare(same, same), Paper(100), ())
    assert text.startswith(
        "✓ NO WORSE THAN BEFORE\nPromises: none is broken, mended, missed or newly enforced.\n"
    )


def test_promises_that_the_same_cases_saw_broken_stand_together(tmp_path: Path) -> None:
    """One broken value may break several; another case's are told apart."""
    before = run(tmp_path / "before", kept(STREAM, PRICE, LATE, UNSEEN), kept(STATUS, HTTP))
    after = run(tmp_path / "after", broke(STREAM, PRICE, LATE, UNSEEN), broke(STATUS, HTTP))
    text = compared(compare(before, after), Paper(120), ())
    assert f"and with it 2 more: {LATE}, {UNSEEN}" in text
    assert text.count("    by 1 case: ") == 2


def test_a_shift_is_told_with_its_interval_and_sizes(tmp_path: Path) -> None:
    """And under which load both were measured; what has too few values is counted, with what it takes."""
    before, after = timed(tmp_path / "a", 1), timed(tmp_path / "b", 2, 2.0)
    text = " ".join(compared(compare(before, after), Paper(100), ()).split())
    assert "Response times: 1 slower, 0 faster, 1 without a shift shown, 2 with too few values, of 4" in text
    assert "slower tide/ask p50: " in text
    assert "times as long (97.5 % confidence, n 60 (worth " in text
    assert "a p99 " in text
    assert "both with 32 jobs and seed 7" in text


def test_another_load_is_told(tmp_path: Path) -> None:
    """Where jobs or seed differ the times were not measured alike."""
    made = compare(timed(tmp_path / "a", 1), run(tmp_path / "b", of=head(cases=CASES, jobs=4)))
    assert "differs jobs: 32 → 4: response times were measured under another load" in " ".join(
        compared(made, Paper(200), ()).split()
    )


def test_beside_a_run_only_what_the_run_does_not_tell_itself(tmp_path: Path) -> None:
    """Names of what is newly broken, without what was seen: that stands below it."""
    before = run(tmp_path / "before", kept(ASK, LATE), kept(LEVEL, PRICE))
    after = run(tmp_path / "after", broke(ASK, LATE), skipped(LEVEL, "nothing came"))
    text = beside(compare(before, after), Paper(100))
    assert text.startswith("Against the baseline\nPromises: 1 newly broken, 1 no longer enforced.\n")
    assert "enforced before by" in text
    assert "seen here" not in text
