"""Waivers and a baseline together: what is lost against it can be answered for, too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.comparison.compare import compare
from conformance.comparison.gate import closing
from conformance.record import WaiverLine
from tests.record import samples
from tests.record.samples import PRICE


@pytest.mark.parametrize(
    ("states", "shut"),
    [((), True), (("untested",), False), (("used",), False), (("expired",), True), (("changed",), True),
     (("elsewhere",), True), (("expired", "untested"), False)],
)  # fmt: skip
def test_a_live_waiver_answers_for_what_is_no_longer_enforced(
    states: tuple[str, ...], shut: bool, tmp_path: Path
) -> None:
    """And a dead one does not."""
    (tmp_path / "old").mkdir()
    before = samples.record(tmp_path / "old", samples.green())
    played = [
        (samples.skipped(verdict.case, "not now"), None) if PRICE in verdict.exercised else (verdict, seen)
        for verdict, seen in samples.green()
    ]
    after = replace(
        samples.record(tmp_path, played),
        waivers=tuple(
            WaiverLine(PRICE, "0" * 16, "a", "b", "c", "2026-11-30", "w.yaml:2", state) for state in states
        ),
    )
    made = compare(before, after)
    assert PRICE in {each.id for each in made.no_longer_enforced}
    assert any(PRICE in reason for reason in closing(made)) is shut
