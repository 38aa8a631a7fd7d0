"""One run at two addresses, held side by side: outcomes, promises, times; and what reports tell of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from conformance.comparison.endpoints import beside
from conformance.record import RunRecord
from conformance.reporting.html import write_html
from conformance.reporting.markdown import markdown
from conformance.reporting.paper import Paper
from conformance.reporting.summary import summary
from conformance.reporting.terminal import final
from tests.comparison.runs import ASK, LEVEL, STREAM, broke, head, kept, run
from tests.record.samples import CASES, CLAUSES

PROMISE = CLAUSES[0].id


def two(folder: Path, there: bool = True, here: bool = True) -> RunRecord:
    """A run at ``tide`` and at its alias ``low``: one case, kept or not at each."""
    cases = [case for case in CASES if case.id in (ASK, LEVEL, STREAM)]
    moved = [replace(case, id=f"{case.id}/at-low") for case in cases if case.id != STREAM]
    made = head(cases=[*cases, *moved])
    addresses = {"tide": "ws://127.0.0.1:1/", "tide/low": "ws://127.0.0.1:2/"}
    made = replace(made, target=replace(made.target, addresses=MappingProxyType(addresses)))
    times = [("tide/ask", 2.0 + number / 100) for number in range(40)]
    slower = [(what, 3 * ms) for what, ms in times]
    return run(
        folder,
        kept(ASK, PROMISE, times=times) if here else broke(ASK, PROMISE),
        kept(f"{ASK}/at-low", PROMISE, times=slower) if there else broke(f"{ASK}/at-low", PROMISE),
        kept(LEVEL, PROMISE),
        kept(f"{LEVEL}/at-low", PROMISE),
        kept(STREAM, PROMISE),
        of=made,
    )


def told(made: RunRecord) -> str:
    return final(made, Paper(100))


def test_nothing_differs(tmp_path: Path) -> None:
    """Two cases at both, the third at one address alone: no outcome is another, and that is told."""
    made = two(tmp_path)
    (one,) = beside(made)
    assert (one.name, one.cases) == ("low", 2)
    assert one.comparison.outcomes == ()
    assert "Also at low (tide ws://127.0.0.1:2/)" in told(made)
    assert "2 cases at both: 0 outcomes not the same" in told(made)
    assert "alone" not in told(made)


@pytest.mark.parametrize("there", [True, False])
def test_what_is_broken_at_one_alone(tmp_path: Path, there: bool) -> None:
    """It is told where: here, or at the other address."""
    made = two(tmp_path, there=there, here=not there)
    words = {True: "passed", False: "failed"}
    assert f"{ASK}: {words[not there]} here, {words[there]} at low" in told(made)
    where = "here" if there else "at low"
    assert f"broken {where} alone: {PROMISE}" in told(made)
    (object_,) = summary(made)["endpoints"]
    assert object_["broken_here" if there else "broken_there"] == [PROMISE]
    assert object_["broken_there" if there else "broken_here"] == []
    assert f"**Broken {where} alone:** `{PROMISE}`" in markdown(made)


def test_what_is_broken_at_both_is_no_difference(tmp_path: Path) -> None:
    """The promises that were broken are told of anyway."""
    made = two(tmp_path, there=False, here=False)
    assert "0 outcomes not the same" in told(made)
    assert "alone" not in told(made)


def test_times_stand_side_by_side(tmp_path: Path) -> None:
    """The median at each address, in every report."""
    made = two(tmp_path)
    row = next(line for line in told(made).splitlines() if line.startswith("  tide/ask"))
    assert row.split()[1:3] == ["2.20", "6.59"] or row.split()[1:3] == ["2.19", "6.57"]
    medians = [each for each in summary(made)["endpoints"][0]["times"] if each["quantile"] == 0.5]
    assert [each["what"] for each in medians] == ["tide/ask"]
    assert medians[0]["there_ms"] == pytest.approx(3 * medians[0]["here_ms"], rel=0.01)
    assert "| median, ms | here | `low` | |" in markdown(made)


def test_the_page_tells_it_too(tmp_path: Path) -> None:
    """Outcomes and promises with their links, times in a table; nothing for a run at one address."""
    made = two(tmp_path, there=False)
    write_html(made, tmp_path / "page.html", made.path)
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<h2>Also at low</h2>" in page
    assert "2 cases at both: 1 outcome not the same" in page
    assert f">{ASK}</a></th><td>passed</td><td>failed</td>" in page
    (tmp_path / "one").mkdir()
    made = run(tmp_path / "one", kept(ASK, PROMISE))
    write_html(made, tmp_path / "page.html", made.path)
    assert "Also at" not in (tmp_path / "page.html").read_text("utf-8")


def test_a_run_at_one_address_tells_nothing(tmp_path: Path) -> None:
    """No section, and an empty list, even where ids look as if."""
    cases = [CASES[0], replace(CASES[0], id=f"{CASES[0].id}/at-low")]
    made = run(tmp_path, kept(cases[0].id, PROMISE), kept(cases[1].id, PROMISE), of=head(cases=cases))
    assert beside(made) == ()
    assert "Also at" not in told(made)
    assert summary(made)["endpoints"] == []
