"""Run files read without their transcripts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.errors import DocumentError
from conformance.record import read
from tests.record.samples import LATE, conversation, passed, record, red

NAME = "tide/commands/ask"


def test_without_transcripts_all_else_is_the_same(tmp_path: Path) -> None:
    """Case for case, and the notices, and the end."""
    whole = record(tmp_path, red(), notices=["one"])
    assert any(line.transcript is not None for line in whole.cases)
    bare = read(tmp_path, transcripts=False)
    assert bare == replace(whole, cases=tuple(replace(line, transcript=None) for line in whole.cases))


def test_texts_that_look_like_a_transcript_are_texts(tmp_path: Path) -> None:
    """What a target said is quoted in reasons and findings: nothing is cut there."""
    trap = ',"transcript":{"case":"x","entries":[]}}'
    record(tmp_path, [(replace(passed(NAME, LATE), reason=trap), conversation(NAME))])
    (line,) = read(tmp_path, transcripts=False).cases
    assert (line.reason, line.transcript, line.messages) == (trap, None, 3)


def test_a_transcript_in_another_place_is_left_out_as_well(tmp_path: Path) -> None:
    """A file that another hand wrote, with spaces and another order of keys."""
    record(tmp_path, [(passed(NAME, LATE), conversation(NAME))])
    file = tmp_path / "run.jsonl"
    lines = [json.loads(text) for text in file.read_text("ascii").splitlines()]
    turned = [dict(reversed(line.items())) for line in lines]
    file.write_text("".join(json.dumps(line) + "\n" for line in turned), "ascii")
    (line,) = read(file, transcripts=False).cases
    assert (line.id, line.transcript) == (NAME, None)


def test_a_line_that_a_killed_run_left_half_written_is_passed_over(tmp_path: Path) -> None:
    """Also where it ends as a whole one would, but for its newline."""
    record(tmp_path, [(passed(NAME, LATE), conversation(NAME))])
    file = tmp_path / "run.jsonl"
    text = file.read_bytes()
    lines = text.splitlines(keepends=True)
    at = lines[1].index(b'"entries":[') + len(b'"entries":[')
    half = lines[1][:at] + b'{"type":"mark","data":{"names":[]}}'
    for transcripts in (True, False):
        file.write_bytes(lines[0] + half)
        assert read(file, transcripts=transcripts).cases == ()
        file.write_bytes(lines[0] + half + b"\n" + lines[2])
        if transcripts:
            with pytest.raises(DocumentError, match=r"run\.jsonl:2: not a JSON object"):
                read(file)
        file.write_bytes(lines[0] + b'{"line":"case","transcript":{"case":"x","entries":[]}}\n' + lines[2])
        with pytest.raises(DocumentError, match=r"run\.jsonl:2: a case line that cannot be read"):
            read(file, transcripts=transcripts)


def test_a_clause_that_the_header_does_not_have_is_refused(tmp_path: Path) -> None:
    """An index beyond its end, or before its beginning."""
    record(tmp_path, [(passed(NAME, LATE), None)])
    file = tmp_path / "run.jsonl"
    text = file.read_text("ascii")
    for wrong in ("[99]", "[-1]", "[1,99]"):
        file.write_text(text.replace('"exercised":[1]', f'"exercised":{wrong}'), "ascii")
        with pytest.raises(DocumentError, match="exercised a clause that is not in the header"):
            read(file)


def test_a_folder_without_a_run_is_told_in_one_sentence(tmp_path: Path) -> None:
    """What it is, and what was expected."""
    with pytest.raises(DocumentError, match=r"run\.jsonl: cannot be read: No such file or directory"):
        read(tmp_path)
