"""A fault of each family as a user meets it: a red run, the broken clause, and how to see it again.

That every fault is caught is `omen-conformance prove`'s business.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.record import read
from conformance.reference.faults.catalogue import FAMILIES, FAULTS

DERIVED = ("gateway/marketSnapshot/mark_price-as-float", "gateway/marketSnapshot/mark_price/type")


def of_family(family: str) -> tuple[str, str]:
    """A behavioural fault and the clause that it breaks."""
    modules = {module.__name__ for module in FAMILIES[family]}
    fault = next(each for each in FAULTS.values() if each.behaviour.__module__ in modules)
    return fault.name, fault.clause


@pytest.mark.parametrize(
    ("fault", "clause"),
    [*(of_family(family) for family in FAMILIES), DERIVED],
    ids=[*FAMILIES, "derived"],
)
def test_a_user_sees_it(fault: str, clause: str, tmp_path: Path) -> None:
    """``run --fault NAME`` ends with exit code 1, names the clause, and says how to see it again."""
    asked = ["run", "--fault", fault, "--clause", clause, "--report-dir", str(tmp_path)]
    ended = subprocess.run(
        [sys.executable, "-m", "conformance.cli", *asked],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert f"1. {clause}\n" in ended.stdout
    assert f"omen-conformance run --fault {fault} --case " in ended.stdout
    failed = [line for line in read(tmp_path / "run.jsonl").cases if line.outcome == "failed"]
    assert clause in {line.findings[0].clause for line in failed}
