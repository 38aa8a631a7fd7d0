"""How `list` ends: the process leaves at once, and yet all that it has to say has arrived."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.front.command import Ended, environment

LATE = "taken apart"
"""What the interpreter would say on its way out."""


def _listed(*words: str, cwd: Path) -> Ended:
    """`omen-conformance …` in an interpreter that tells when it takes itself apart."""
    code = (
        f"import atexit; atexit.register(print, {LATE!r})\n"
        "from conformance.cli import main\n"
        "main()"
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=cwd, env=environment(), capture_output=True, text=True
    )
    return Ended(done.returncode, done.stdout, done.stderr, cwd)


def test_list_says_all_before_it_leaves(tmp_path: Path) -> None:
    """A hundred kilobytes into a pipe, whole; and the interpreter takes nothing apart behind it."""
    ended = _listed("list", "--json", cwd=tmp_path)
    assert ended.code == 0
    assert len(ended.out) > 100_000
    assert len(json.loads(ended.out)["cases"]) > 1_000


def test_the_count_arrives_too(tmp_path: Path) -> None:
    """What is said on standard error, behind the cases."""
    ended = _listed("list", "--case", "gateway/layouts/*", cwd=tmp_path)
    assert ended.code == 0
    assert LATE not in ended.out
    assert " cases for " in ended.err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["list", "--asyncapi", "nothing.yaml"], 2, "nothing.yaml"),
        (["list", "--frobnicate"], 2, "--frobnicate"),
        (["list", "--case", "no/such/case"], 2, "no/such/case"),
    ],
)
def test_a_failure_keeps_its_code_and_its_sentence(
    words: list[str], code: int, says: str, tmp_path: Path
) -> None:
    """Leaving at once is no success."""
    ended = _listed(*words, cwd=tmp_path)
    assert ended.code == code
    assert ended.out == ""
    assert says in ended.sentence


def test_other_verbs_are_taken_apart(tmp_path: Path) -> None:
    """They may have processes and files to tidy up."""
    ended = _listed("--version", cwd=tmp_path)
    assert (ended.code, ended.out.splitlines()[-1]) == (0, LATE)


def test_a_reader_that_has_gone_is_told_by_the_code(tmp_path: Path) -> None:
    """As of any command in a pipe: 128 and the number of SIGPIPE, and not a word."""
    with subprocess.Popen(
        [sys.executable, "-m", "conformance.cli", "list", "--json"],
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141
