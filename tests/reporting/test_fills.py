"""From a fill to its trade: what terminal, summary and page say of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.record import RunRecord, read
from conformance.reporting.fills import fills, sentence
from conformance.reporting.html.page import write_html
from conformance.reporting.paper import Paper
from conformance.reporting.summary import summary
from conformance.reporting.terminal import final
from tests.record.samples import green, record

LAGS = (-0.25, 0.5, 0.75, 1.0, 12.0)


@pytest.fixture
def run(tmp_path: Path) -> RunRecord:
    """A run of which one case saw five fills."""
    made = record(tmp_path, green())
    return replace(made, cases=(replace(made.cases[0], fills=LAGS), *made.cases[1:]))


def test_a_run_without_fills_says_nothing(tmp_path: Path) -> None:
    """No line, and null for machines."""
    made = record(tmp_path, green())
    assert fills(made) is None
    assert summary(made)["fills"] is None
    assert "fills " not in final(made, Paper(120))


def test_the_distribution_is_told(run: RunRecord) -> None:
    """Quantiles are values that occurred; too few bound no median."""
    told = fills(run)
    assert told is not None
    assert (told.count, told.least, told.median, told.p90, told.most) == (5, -0.25, 0.75, 12.0, 12.0)
    assert (told.low, told.high) == (None, None)
    assert sentence(told) == (
        "5 trades on the stream, from the update of the order that traded: median +0.75 ms; "
        "p90 +12, p99 +12, most +12 ms"
    )
    assert summary(run)["fills"]["median"] == 0.75


def test_enough_of_them_bound_the_median(run: RunRecord) -> None:
    """Of 10 values, between the 2nd and the 9th: the sign test."""
    many = replace(run, cases=(replace(run.cases[0], fills=tuple(map(float, range(1, 11)))),))
    told = fills(many)
    assert told is not None
    assert (told.low, told.high) == (2.0, 9.0)
    assert "+2.00 to +9.00 with a confidence of 95 %" in sentence(told)


def test_terminal_and_page_show_it(run: RunRecord, tmp_path: Path) -> None:
    """A line on the terminal, a row on the page."""
    assert "5 trades on the stream" in final(run, Paper(120))
    page = tmp_path / "report.html"
    write_html(run, page, run.path)
    text = page.read_text("utf-8")
    assert "From a fill to its trade" in text
    assert "<td>-0.25</td><td>+0.75</td><td>+12</td>" in text


def test_what_is_stored_is_read_again(tmp_path: Path) -> None:
    """Numbers of either sign; anything else is refused."""
    file = Path(record(tmp_path, green()).path)
    lines = file.read_text("utf-8").splitlines()
    at = next(at for at, line in enumerate(lines) if json.loads(line)["line"] == "case")
    stored = json.loads(lines[at])
    stored["fills"] = [-1.5, 2]
    lines[at] = json.dumps(stored)
    file.write_text("\n".join(lines) + "\n", "utf-8")
    assert read(file).cases[0].fills == (-1.5, 2)
