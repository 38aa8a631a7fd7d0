"""What ``prove`` says of wrong options, of journals of other proofs, and of folders that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.proof.journal import read_journal
from tests.proof.conftest import Proved
from tests.proof.stage import ONE, OTHER, Crews, faults


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--fault", "no-such"], "there is no fault named 'no-such'"),
        (["--fault", ONE, "--fault", "no/such"], "there is no fault named 'no/such'"),
        (["--workers", "0"], "--workers must be a whole number of at least 1, not '0'"),
        (["--workers", "two"], "--workers must be a whole number of at least 1, not 'two'"),
        (["--workers", ""], "--workers must be a whole number of at least 1, not ''"),
        (["--sample", "-1"], "--sample must be a whole number of at least 0, not '-1'"),
        (["--sample", "1.5"], "--sample must be a whole number of at least 0, not '1.5'"),
        (["--seed", "x"], "--seed must be a whole number of at least 0, not 'x'"),
        (["--fault", ONE, "--sample", "1"], "prove: argument --sample: not allowed with argument --fault"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_done(
    proved: Proved, crews: Crews, tmp_path: Path, words: list[str], sentence: str
) -> None:
    """Exit code 2 and one sentence; no folder is made."""
    code, out, err = proved(*words)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith(f"omen-conformance: {sentence}"), err
    assert crews.made == []
    assert not (tmp_path / "report").exists()


def test_going_on_needs_to_know_with_what(proved: Proved, tmp_path: Path) -> None:
    """A folder; and in it no journal of another proof."""
    code, _, err = proved(*faults(ONE), "--resume", report=None)
    assert (code, err.count("\n")) == (2, 1)
    assert "--resume needs the --report-dir" in err
    assert proved(*faults(ONE))[0] == 0
    for words, about in (
        (faults(OTHER), "the plan"),
        ([*faults(ONE), "--seed", "3"], "seed"),
        ([], "mode"),
    ):
        code, _, err = proved(*words, "--resume")
        assert (code, err.count("\n")) == (2, 1)
        assert f"proof.jsonl:1: is about {about} " in err
    assert [each.name for each in read_journal(tmp_path / "report").faults] == [ONE]


def test_a_folder_that_cannot_be_written_to_is_told_first(
    proved: Proved, crews: Crews, tmp_path: Path
) -> None:
    """The environment's fault, exit code 3; nothing has been played."""
    (tmp_path / "file").write_text("")
    names = ("proof.jsonl", "proof.json", "proof.html")
    for name in names:
        (tmp_path / name / name).mkdir(parents=True)
    for folder in (tmp_path / "file", tmp_path / "file/below", *(tmp_path / name for name in names)):
        code, _, err = proved(*faults(ONE), report=folder)
        assert (code, err.count("\n")) == (3, 1), err
        assert err.startswith("omen-conformance: cannot write ")
    assert crews.made == []
