"""The run file: what is written is read back; what was killed, garbled or secret is handled."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import DocumentError, EnvironmentFailure
from conformance.record import OUTCOMES, Writer, read
from conformance.record.writer import LARGEST
from conformance.transcript import Secrets, Transcript
from conformance.verdict import Blame, Outcome

from . import samples
from .samples import (
    HTTP,
    LATE,
    PRICE,
    conversation,
    failed,
    green,
    header,
    passed,
    price_finding,
    record,
    red,
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """Header, cases, transcripts, notices and end survive the file unchanged."""
    run = record(tmp_path, red(), notices=["a word"])
    assert run.header == header()
    assert [line.id for line in run.cases] == [verdict.case for verdict, _ in red()]
    first = run.cases[0]
    assert first.transcript == conversation("tide/layouts/level-price", 1.5)
    assert str(first.findings[0]) == str(price_finding())
    assert (first.outcome, first.blame, first.messages) == ("failed", "target", 3)
    assert first.seconds == pytest.approx(0.025)
    assert first.repeat == "omen-conformance run local --case tide/layouts/level-price"
    assert [one.text for one in run.notices] == ["a word"]
    assert run.end is not None
    assert (run.end.verdict, run.end.exit_code) == ("not conformant", 1)
    assert run.complete


def test_the_writer_returns_what_a_reader_will_see(tmp_path: Path) -> None:
    """Progress shows the line as it landed, so it must equal the line that is read."""
    secrets = Secrets()
    secrets.add("hunter22")
    verdict = failed("tide/commands/ask", price_finding("str 'hunter22'"))
    with Writer(tmp_path / "run.jsonl", secrets) as writer:
        landed_header = writer.header(header())
        landed = writer.case(
            verdict,
            conversation("tide/commands/ask", "hunter22"),
            started=writer.zero,
            ended=writer.zero,
        )
    run = read(tmp_path)
    assert run.header == landed_header
    assert run.cases == (landed,)
    assert landed.findings[0].seen == "str '********'"


def test_exercised_clauses_are_indexes_into_the_header(tmp_path: Path) -> None:
    """A clause that the header does not know is not exercised."""
    run = record(tmp_path, [(passed("tide/streams/levels", PRICE, LATE, "tide/unknown"), None)])
    named = [run.header.clauses[number].id for number in run.cases[0].exercised]
    assert sorted(named) == sorted([PRICE, LATE])


def test_each_line_is_in_the_file_before_the_next_case(tmp_path: Path) -> None:
    """Whoever is killed after a case has that case in the file."""
    with Writer(tmp_path / "run.jsonl", Secrets()) as writer:
        writer.header(header())
        writer.case(*green()[0], started=writer.zero, ended=writer.zero)
        assert len(read(tmp_path).cases) == 1


def test_a_killed_run_stays_readable(tmp_path: Path) -> None:
    """Cut anywhere behind its header, the file still tells all whole lines."""
    record(tmp_path, red())
    path = tmp_path / "run.jsonl"
    data = path.read_bytes()
    first = data.index(b"\n")
    for length in range(first + 1, len(data) - 1, 97):
        path.write_bytes(data[:length])
        run = read(path)
        # A cut line that is whole but for its newline counts.
        assert len(run.cases) in (data[:length].count(b"\n") - 1, data[:length].count(b"\n"))
        assert not run.complete


def test_a_file_without_one_whole_line_is_refused(tmp_path: Path) -> None:
    """Nothing at all is not a run."""
    path = tmp_path / "run.jsonl"
    path.write_bytes(b'{"line":"head')
    with pytest.raises(DocumentError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: holds no complete line; expected a run file"


@pytest.mark.parametrize(
    ("garbage", "says"),
    [
        (b"\xff\xfe", "not a JSON object"),
        (b"[1, 2]", "not a JSON object with a `line`"),
        (b"[" * 100_000, "not a JSON object"),
        (b'{"line":"notice"}', "a notice line that cannot be read: "),
        (b'{"line":"notice","text":5}', "a notice line that cannot be read: text: expected str"),
        (b'{"line":"end","seconds":true}', "seconds: expected float"),
        (b'{"line":"case","id":"x"}', "a case line that cannot be read: "),
    ],
)  # fmt: skip
def test_garbage_is_named_by_its_line(tmp_path: Path, garbage: bytes, says: str) -> None:
    """A line in the middle that is none is a wrong document, not a crash."""
    record(tmp_path, green())
    path = tmp_path / "run.jsonl"
    lines = path.read_bytes().split(b"\n")
    lines[2] = garbage
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(DocumentError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:3: ")
    assert says in str(caught.value)


def _cases(path: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    return [line for line in lines if line["line"] == "case"]


def test_what_a_finding_is_about_is_kept(tmp_path: Path) -> None:
    """Its place in the transcript, and that none is known."""
    placed = failed("tide/commands/ask", replace(price_finding(), entry=4), price_finding())
    run = record(tmp_path, [(placed, conversation("tide/commands/ask", 1.5))])
    (line,) = run.cases
    assert [finding.entry for finding in line.findings] == [4, None]
    (stored,) = _cases(tmp_path / "run.jsonl")
    assert [finding["entry"] for finding in stored["findings"]] == [4, None]


def test_a_file_of_an_older_version_knows_no_places(tmp_path: Path) -> None:
    """It is read all the same."""
    placed = failed("tide/commands/ask", replace(price_finding(), entry=4))
    record(tmp_path, [(placed, conversation("tide/commands/ask", 1.5))])
    path = tmp_path / "run.jsonl"
    path.write_text(path.read_text().replace(',"entry":4', "", 1))
    assert "entry" not in _cases(path)[0]["findings"][0]
    assert [finding.entry for finding in read(path).cases[0].findings] == [None]


@pytest.mark.parametrize("wrong", ['"4"', "4.0", "true", "[4]"])
def test_a_place_that_is_no_number_is_refused(tmp_path: Path, wrong: str) -> None:
    """Not when a report looks for it."""
    placed = failed("tide/commands/ask", replace(price_finding(), entry=4))
    record(tmp_path, [(placed, None)])
    path = tmp_path / "run.jsonl"
    path.write_text(path.read_text().replace('"entry":4', f'"entry":{wrong}', 1))
    with pytest.raises(DocumentError, match="entry: expected int"):
        read(path)


def test_another_format_is_refused(tmp_path: Path) -> None:
    """A newer format is not misread."""
    record(tmp_path, green())
    path = tmp_path / "run.jsonl"
    path.write_text(path.read_text().replace('"format":1', '"format":2', 1))
    with pytest.raises(DocumentError, match="format 2, and this version reads format 1"):
        read(path)


def test_lines_and_keys_of_a_later_version_are_passed_over(tmp_path: Path) -> None:
    """An addition does not make a file unreadable."""
    record(tmp_path, green())
    path = tmp_path / "run.jsonl"
    with path.open("a") as file:
        file.write('{"line":"weather","sky":"grey"}\n{"line":"notice","text":"x","mood":"calm"}\n')
    assert [one.text for one in read(path).notices] == ["x"]


def test_a_missing_file_and_a_file_that_is_no_run(tmp_path: Path) -> None:
    """Each is one sentence."""
    with pytest.raises(DocumentError, match="cannot be read: No such file"):
        read(tmp_path / "none.jsonl")
    (tmp_path / "run.jsonl").write_text('{"line":"notice","text":"x"}\n')
    with pytest.raises(DocumentError, match="not the header of a run"):
        read(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Permissions are said in one sentence, before the run starts."""
    tmp_path.chmod(0o500)
    with pytest.raises(EnvironmentFailure, match="Permission denied"):
        Writer(tmp_path / "run" / "run.jsonl", Secrets())


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    """The second is refused before it begins, and the first goes on as if nothing had been."""
    with Writer(tmp_path / "run.jsonl", Secrets()) as first:
        first.header(samples.header())
        with pytest.raises(EnvironmentFailure, match=r"cannot write .*: another run is writing it"):
            Writer(tmp_path / "run.jsonl", Secrets())
        first.end("conformant", 0)
    assert read(tmp_path).complete
    with Writer(tmp_path / "run.jsonl", Secrets()) as later:
        later.header(samples.header())
    assert not read(tmp_path).complete


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    """Said in one sentence that names the option to give."""
    (tmp_path / "taken").write_text("")
    path = tmp_path / "taken" / "run.jsonl"
    with pytest.raises(EnvironmentFailure) as caught:
        Writer(path, Secrets())
    assert str(caught.value).startswith(f"cannot write {path}: ")
    assert str(caught.value).endswith("(give another folder with --report-dir)")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_the_environment(tmp_path: Path) -> None:
    """A disk that fills up in the middle of a run is no fault of the suite."""
    (tmp_path / "run.jsonl").symlink_to("/dev/full")
    writer = Writer(tmp_path / "run.jsonl", Secrets())
    for _ in range(2):  # the cases that still play tell the same
        with pytest.raises(EnvironmentFailure, match="No space left"):
            writer.header(header())


def test_reports_of_an_earlier_run_do_not_outlive_it(tmp_path: Path) -> None:
    """A killed run must not stand beside the green summary of yesterday."""
    (tmp_path / "summary.json").write_text("{}")
    (tmp_path / "junit.xml").write_text("")
    (tmp_path / "mine.txt").write_text("")
    Writer(tmp_path / "run.jsonl", Secrets()).close()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["mine.txt", "run.jsonl"]


def test_whose_transcripts_are_kept(tmp_path: Path) -> None:
    """With ``failed``, those of passed cases are left out, and the line says so."""
    with Writer(tmp_path / "run.jsonl", Secrets(), keep="failed") as writer:
        writer.header(header())
        good = writer.case(*green()[0], started=0, ended=0)
        bad = writer.case(*red()[3], started=0, ended=0)
    assert (good.transcript, good.left_out) == (None, "passed")
    assert bad.transcript is not None
    assert read(tmp_path).cases == (good, bad)


def test_a_busy_stream_of_a_passed_case_is_left_out(tmp_path: Path) -> None:
    """A run file stays small; a failed case keeps its evidence whatever its size."""
    frame = replace(samples.received("x", 1), data=b"\xc1" * (LARGEST + 1))
    long = Transcript("tide/layouts/level-price", (frame,))
    with Writer(tmp_path / "run.jsonl", Secrets()) as writer:
        writer.header(header())
        good = writer.case(passed(long.case, PRICE), long, started=0, ended=0)
        bad = writer.case(failed(long.case, price_finding()), long, started=0, ended=0)
    assert good.transcript is None
    assert good.left_out == f"passed, and {LARGEST + 1} bytes long"
    assert bad.transcript == long


def test_hostile_text_is_one_line_of_ascii(tmp_path: Path) -> None:
    """Newlines, line separators and lone surrogates of a target neither break a line nor the file."""
    hostile = "a\nb\r\u2028\u2029\x1b[2J\ud800\0"
    run = record(tmp_path, [(failed("tide/commands/ask", price_finding(hostile)), None)])
    assert run.cases[0].findings[0].seen == hostile
    assert len((tmp_path / "run.jsonl").read_bytes().splitlines()) == 3


def test_words_of_ours_are_not_starred_out(tmp_path: Path) -> None:
    """A password that is one of the file's own words does not make the file unreadable."""
    secrets = Secrets()
    for word in ("passed", "transcript", "must", "case", "header", "line", "level", "target"):
        secrets.add(word)
    run = record(tmp_path, green(), secrets=secrets)
    assert [line.outcome for line in run.cases] == ["passed", "skipped", "passed", "passed", "passed"]
    assert run.header.clauses[0].level == "must"
    assert run.cases[0].transcript is not None


def test_outcomes_are_those_of_verdicts(tmp_path: Path) -> None:
    """The file's words for outcomes are the verdicts' own."""
    assert tuple(str(one) for one in Outcome) == OUTCOMES
    assert {"nobody", "target", "contract", "environment", "suite"} == {str(one) for one in Blame}


def test_a_case_line_without_its_clause_is_refused(tmp_path: Path) -> None:
    """An index beyond the header's table is garbage."""
    record(tmp_path, [(passed("tide-health/health/status", HTTP), None)])
    path = tmp_path / "run.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[1]["exercised"] = [99]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(DocumentError, match="exercised a clause that is not in the header"):
        read(path)
