"""A history on the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.history.address import address
from conformance.history.asking import Question
from conformance.history.model import History
from conformance.reporting.history import spark, told
from conformance.reporting.paper import Paper, cells
from tests.history.samples import keep, run
from tests.history.samples import told as asked
from tests.record.samples import LATE, PRICE

HOSTILE = "tide/\x1b[2J\u202e\r\n::error::"


def history(folder: Path, *runs: object, question: Question | None = None) -> History:
    place = address(str(folder / "h.sqlite"))
    assert place is not None
    keep(place, *runs)  # type: ignore[arg-type]
    return asked(place, question)


def test_which_clause_broke_when_and_with_which_build(tmp_path: Path) -> None:
    made = history(
        tmp_path,
        run(0, build="1.0"),
        run(1, build="1.1", broken=[PRICE], kept=[]),
        run(2, build="1.2", broken=[LATE]),
    )
    text = told(made, Paper(width=120))
    assert "Clauses: 1 broken now" in text
    assert f"  {LATE}\n    broken: broken in 1 of 1 run\n" in text
    assert "broke 2026-10-03 00:00 (build 1.2), never kept before" in text
    assert "    mended: broken in 1 of 3 runs\n" in text
    assert (
        "broke 2026-10-02 00:00 (build 1.1), kept until 2026-10-01 00:00 (build 1.0); "
        "mended 2026-10-03 00:00" in text
    )
    assert "·✗·  the latest 3 runs" in text


def test_a_run_is_a_line(tmp_path: Path) -> None:
    made = history(tmp_path, run(0, build="1.0", broken=[LATE]), run(1), question=Question(limit=1))
    text = told(made, Paper(width=120))
    assert "2 runs in " in text
    assert "Runs: the latest 1, 1 more with --limit" in text
    lines = [line.split() for line in text.splitlines() if line.startswith("2026")]
    assert lines == [["2026-10-02", "00:00", "local", "–", "conformant", "0", "0", "1", "5"]]


def test_times_have_a_line_that_begins_at_nothing(tmp_path: Path) -> None:
    made = history(tmp_path, *(run(day, times={"ask": [2.0 + day, 2.0 + day]}) for day in range(3)))
    line = next(line for line in told(made, Paper()).splitlines() if "ask" in line)
    assert line.split() == ["ask", "2", "4", "–", "▅▆█"]


def test_nothing_is_told_as_nothing(tmp_path: Path) -> None:
    made = history(tmp_path)
    assert told(made, Paper(width=200)) == f"0 runs in {made.shown}\n"
    text = told(history(tmp_path, run(0)), Paper())
    assert "No clause was ever broken" in text
    assert "No response times were measured" in text


@pytest.mark.parametrize("paper", [Paper(width=80), Paper(width=200), Paper(width=80, unicode=False)])
def test_hostile_texts_stay_texts_and_lines_fit(tmp_path: Path, paper: Paper) -> None:
    clause = run(0, target=HOSTILE, build=HOSTILE, broken=[HOSTILE], times={HOSTILE: [1.0, 2.0]})
    text = told(history(tmp_path, clause, run(1, target="x" * 300)), paper)
    assert not {"\x1b", "\r", "\u202e"} & set(text)
    assert max(map(cells, text.splitlines())) <= paper.width
    assert paper.unicode or text.isascii()


def test_many_values_are_put_together() -> None:
    rising = [float(value) for value in range(1, 101)]
    assert spark(rising, Paper(), width=4) == "▂▄▆█"
    assert spark([5.0, 5.1], Paper()) == "██"
    assert spark([0.0, 0.0], Paper(unicode=False)) == "__"
    assert spark([], Paper()) == "–"
