"""The verbs and their options, before anything is put to anyone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from conformance.cli import VERBS
from tests.front.command import ROOT, command, environment


def test_help_lists_the_verbs(tmp_path: Path) -> None:
    """Without a word, and with --help, the verbs are told."""
    for words in ((), ("--help",), ("help",)):
        ended = command(*words, cwd=tmp_path)
        assert ended.code == 0
        assert "  run " in ended.out
        assert "  list " in ended.out


@pytest.mark.parametrize("verb", ["run", "list", "serve"])
def test_a_verb_tells_its_options(verb: str, tmp_path: Path) -> None:
    """`VERB --help` is there for each."""
    ended = command(verb, "--help", cwd=tmp_path)
    assert ended.code == 0
    assert f"usage: omen-conformance {verb}" in ended.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["rnu"], "no verb 'rnu' (did you mean run?)"),
        (["frobnicate"], f"no verb 'frobnicate' (there are {', '.join(VERBS)})"),
        (["run", "--cases", "x"], "run: no option '--cases' (did you mean --case or --clause?)"),
        (["run", "--zzz"], "run: no option '--zzz' (omen-conformance run --help lists the options)"),
        (["run", "reference", "local"], "run: one word too many: 'local'"),
        (["list", "--case"],
         "list: argument --case: expected one argument (omen-conformance list --help lists "
         "the options)"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_one_sentence(words: list[str], sentence: str, tmp_path: Path) -> None:
    """Unknown verbs and options are refused with what was probably meant; nothing is left behind."""
    ended = command(*words, cwd=tmp_path)
    assert (ended.code, ended.sentence) == (2, sentence)
    assert list(tmp_path.iterdir()) == []


def test_a_sentence_is_one_line_that_nobody_obeys(tmp_path: Path) -> None:
    """Also where it quotes what moves a cursor, or looks like a build server's command behind a new line."""
    ended = command("report", "a\n::error::x\x1b[2J\u202e", cwd=tmp_path)
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert ended.err.rstrip("\n").isprintable()
    assert "a\\n::error::x\\x1b[2J\\u202e: cannot be read" in ended.err


def test_list_tells_every_case_to_programs(tmp_path: Path) -> None:
    """`list --json` holds exactly the promised fields."""
    ended = command("list", "--json", cwd=tmp_path)
    cases = json.loads(ended.out)["cases"]
    assert ended.code == 0
    assert len(cases) >= 400
    assert all(set(case) == {"id", "clauses", "level", "provenance", "says"} for case in cases)
    assert len({case["id"] for case in cases}) == len(cases)


def test_list_tells_the_ledger_to_programs(tmp_path: Path) -> None:
    """`list --clauses --json` keeps its schema; `--clause` narrows it; the totals are on standard error."""
    ended = command("list", "--clauses", "--json", "--clause", "gateway/messages", cwd=tmp_path)
    assert ended.code == 0
    told = json.loads(ended.out)
    schema = json.loads((ROOT / "conformance/schemas/list.schema.json").read_text("utf-8"))
    jsonschema_rs.Draft202012Validator(schema).validate(told)
    assert {row["kind"] for row in told["clauses"]} == {"message"}
    assert all(row["cases"] for row in told["clauses"])
    assert ended.err.strip().endswith("met by cases, 0 not")


def test_list_tells_the_ledger_to_people(tmp_path: Path) -> None:
    """A line a clause: who is bound, where it stands, and its cases or why it has none."""
    ended = command("list", "--clauses", "--clause", "gateway-health/getHealth/503", cwd=tmp_path)
    assert ended.code == 0
    assert "a case cannot bring the service to answer 503" in ended.out
    assert "gateway/health.openapi.yaml:" in ended.out
    wrong = command("list", "--clauses", "--clause", "nothing/like/it", cwd=tmp_path)
    assert wrong.code == 2
    assert wrong.sentence.startswith("--clause nothing/like/it matches nothing")


def test_list_tells_every_case_to_people(tmp_path: Path) -> None:
    """`list` has a line a case, and `--case` narrows it."""
    ended = command("list", "--case", "gateway/auth", cwd=tmp_path)
    lines = ended.out.splitlines()
    assert lines
    assert all(line.startswith("gateway/auth/") for line in lines)


def test_a_reader_that_goes_away_is_no_failure(tmp_path: Path) -> None:
    """`list | head` ends quietly."""
    line = f"{sys.executable} -m conformance.cli list | head -1"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    assert "cases for" in done.stderr or not done.stderr
    assert "Error" not in done.stderr
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_failure(closed: str, tmp_path: Path) -> None:
    """Whoever closes our streams wants nothing told, and gets the exit code all the same."""
    line = f"{sys.executable} -m conformance.cli list --case gateway/auth {closed}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "Error" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("words", ["list", "--version", "list 2>&1"])
def test_output_that_finds_no_room_is_the_environment(words: str, tmp_path: Path) -> None:
    """A log on a full disk is no fault of the suite."""
    line = f"{sys.executable} -m conformance.cli > /dev/full {words}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 3
    told = "omen-conformance: cannot write to standard output: No space left on device\n"
    assert done.stderr == ("" if "2>&1" in words else told)


def test_a_fault_of_ours_is_a_sentence_and_a_file(tmp_path: Path) -> None:
    """An exception that nobody foresaw is named, with the place of its traceback; exit code 4."""
    code = "import conformance.commands.list as one; one.run = lambda options: 1 / 0\n"
    code += "from conformance.cli import main; main(['list'])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(TMPDIR=str(tmp_path)),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 4
    assert done.stderr.startswith("omen-conformance: a fault of the suite itself: ZeroDivisionError")
    assert "Traceback" not in done.stderr
    (kept,) = tmp_path.iterdir()
    assert "ZeroDivisionError" in kept.read_text("utf-8")
    assert str(kept) in done.stderr
