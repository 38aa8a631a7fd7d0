"""The reference in another process gets the verdicts of the embedded one."""

from __future__ import annotations

from pathlib import Path

from tests.front.command import environment, run
from tests.front.conftest import Reference


def test_addresses_and_the_embedded_reference_agree(reference: Reference, tmp_path: Path) -> None:
    """`run --url …` with the same credentials gives what `run` gives, case for case."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    embedded = run(cwd=tmp_path / "one")
    keys = {label.upper(): value for label, value in reference.keys.items()}
    permissions = {
        "trader_a": "demo-a,permissions=read+trade+withdraw",
        "trader_b": "demo-b,permissions=read+trade+withdraw",
        "reader_a": "demo-a,permissions=read",
        "trade_only_a": "demo-a,permissions=trade",
        "withdraw_a": "demo-a,permissions=withdraw",
    }
    credentials = [
        word
        for label, rest in permissions.items()
        for word in ("--credential", f"apiKey=env:{label.upper()},label={label},account={rest}")
    ]
    far = run(
        *reference.urls(), *credentials, "--exclusive", "--allow-trading", "--deadline", "auth=1500",
        "--case", "*", cwd=tmp_path / "two", env=environment(**keys),
    )  # fmt: skip
    assert embedded.code == 0, embedded.out
    first = {line.id: line.outcome for line in embedded.record.cases}
    second = {line.id: line.outcome for line in far.record.cases}
    # The embedded reference states a shorter life for issued credentials than the documents do.
    differing = {case: (first[case], second[case]) for case in first if first[case] != second[case]}
    assert all(
        "minimum" in case or "expir" in case or "skipped" in both for case, both in differing.items()
    ), differing
