"""The journal: a killed proof is readable and is taken up again; what is wrong is said with its line."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import DocumentError, EnvironmentFailure
from conformance.proof.journal import Journal, ProofEnd, read_journal
from conformance.proof.record import Outside, ProofHeader, Unsettled

from . import samples
from .samples import GREEN, HOSTILE, line

FULL = replace(
    line("x", "outside", "tide/auth/late"), shadow="s", also_red=("r",), blind=("b",), applied=None,
    outside=(Outside("o", "c", HOSTILE[2]),), inconclusive=(Unsettled("i", HOSTILE[0]),), excused="why",
)  # fmt: skip


def head(**other: object) -> ProofHeader:
    return samples.header(3, **other)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """Header, lines and end survive unchanged, hostile texts too."""
    with Journal.create(tmp_path / "deep" / "proof.jsonl", head()) as journal:
        for one in (*GREEN, FULL):
            journal.fault(one)
        journal.end(3.25, complete=True)
    told = read_journal(tmp_path / "deep")
    assert told.header == head()
    assert told.faults == (*GREEN, FULL)
    assert told.end == ProofEnd(3.25, True)
    assert told.record.complete
    assert told.record.seconds == 3.25
    assert told.record.clauses_without_fault == head().clauses_without_fault


def test_each_fault_is_in_the_file_before_the_next(tmp_path: Path) -> None:
    """Whoever is killed after a fault has that fault in the file, and no word that all is done."""
    with Journal.create(tmp_path / "proof.jsonl", head()) as journal:
        for number, one in enumerate(GREEN, 1):
            journal.fault(one)
            told = read_journal(tmp_path)
            assert len(told.faults) == number
            assert not told.record.complete
    assert told.record.seconds == 0.5


@pytest.mark.parametrize("half", [b'{"line": "fau', b"\xff\xfe", b'{"line": "end", "seconds": 1, "comp'])
def test_a_killed_proof_is_taken_up_where_it_was_left(tmp_path: Path, half: bytes) -> None:
    """A half-written last line is passed over, and gone once the journal goes on."""
    path = tmp_path / "proof.jsonl"
    with Journal.create(path, head()) as journal:
        journal.fault(GREEN[0])
    with path.open("ab") as file:
        file.write(half)
    journal, done = Journal.resume(path, head(started="2027-01-01T00:00:00Z", workers=9))
    assert (journal.started, journal.spent) == (head().started, read_journal(path).record.seconds)
    with journal:
        assert done == (GREEN[0],)
        journal.fault(GREEN[1])
        journal.fault(FULL)
        journal.end(9, complete=True)
    told = read_journal(path)
    assert told.faults == (*GREEN, FULL)
    assert told.record.complete
    assert told.header.started == head().started


def test_an_end_that_is_gone_beyond_is_no_end(tmp_path: Path) -> None:
    """An interrupted proof says so at its end, and may be gone on with and killed."""
    with Journal.create(tmp_path / "proof.jsonl", head()) as journal:
        journal.fault(GREEN[0])
        journal.end(1, complete=False)
    journal, _ = Journal.resume(tmp_path, head())
    with journal:
        journal.fault(GREEN[1])
    assert read_journal(tmp_path).end is None


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"suite": "9"}, "is about suite 0.1.0, and this proof about 9"),
        ({"mode": "sample"}, "is about mode full, and this proof about sample"),
        ({"seed": 8}, "is about seed 7, and this proof about 8"),
        ({"plan": "ffff"}, "is about the plan 0123abcd, and this proof about ffff"),
        ({"documents": ()}, "this proof about no document"),
    ],
)
def test_the_journal_of_another_proof_is_not_gone_on_with(
    tmp_path: Path, other: dict[str, Any], said: str
) -> None:
    """The sentence says what is different; the file stays as it was."""
    path = tmp_path / "proof.jsonl"
    Journal.create(path, head()).close()
    before = path.read_bytes()
    with pytest.raises(DocumentError, match=r"proof.jsonl:1: .*in another folder") as caught:
        Journal.resume(path, head(**other))
    assert said in str(caught.value)
    assert path.read_bytes() == before


def test_a_later_kind_of_line_is_passed_over(tmp_path: Path) -> None:
    """Unknown lines and unknown keys are left for a version that knows them."""
    path = tmp_path / "proof.jsonl"
    with Journal.create(path, head()) as journal:
        journal.fault(GREEN[0])
    stored = json.loads(path.read_text().splitlines()[1])
    with path.open("a") as file:
        file.write('{"line": "comet"}\n\n' + json.dumps({**stored, "name": "y", "moon": 1}) + "\n")
    assert [one.name for one in read_journal(path).faults] == [GREEN[0].name, "y"]


FAULT: dict[str, Any] = {
    "line": "fault", "name": "x", "kind": "derived", "family": "value", "says": "", "clauses": [],
    "outcome": "caught",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"nonsense", "not a JSON object; expected a line of the journal of a proof"),
        (b"[1]", "not a JSON object with a `line`"),
        (b'{"line": 3}', "not a JSON object with a `line`"),
        (b"\xff", "not a JSON object"),
        (b"[" * 100_000, "not a JSON object"),
        (b'{"line": "fault"}', "a fault line that cannot be read"),
        (json.dumps({**FAULT, "outcome": "dead"}).encode(), "dead is no outcome"),
        (json.dumps({**FAULT, "kind": "odd"}).encode(), "odd no kind"),
        (json.dumps({**FAULT, "applied": "2"}).encode(), "applied: expected int | None"),
        (json.dumps({**FAULT, "played": True}).encode(), "played: expected int"),
        (json.dumps({**FAULT, "clauses": "abc"}).encode(), "clauses: expected a list"),
        (json.dumps({**FAULT, "clauses": [1]}).encode(), "clauses: expected a list of texts"),
        (json.dumps({**FAULT, "outside": [1]}).encode(), "expected an object, got 1"),
        (b'{"line": "header", "format": 1, "clauses": 3}', "clauses: expected an object of texts"),
    ],
)
def test_an_unreadable_line_is_said_with_its_number(tmp_path: Path, text: bytes, said: str) -> None:
    """A whole line that is none of ours is never passed over."""
    path = tmp_path / "proof.jsonl"
    Journal.create(path, head()).close()
    with path.open("ab") as file:
        file.write(text + b"\n")
    with pytest.raises(DocumentError) as caught:
        read_journal(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "holds no complete line; expected the journal of a proof"),
        (b'{"line": "header"', "holds no complete line"),
        (b'{"line": "end", "seconds": 1, "complete": true}\n', "not the header of a proof"),
        (b'{"line": "header", "format": 2}\n', "format 2, and this version reads format 1"),
    ],
)
def test_what_is_no_journal_is_said(tmp_path: Path, text: bytes, said: str) -> None:
    """One sentence, with the file."""
    path = tmp_path / "proof.jsonl"
    path.write_bytes(text)
    with pytest.raises(DocumentError, match=str(path)) as caught:
        read_journal(path)
    assert said in str(caught.value)


def test_a_journal_that_is_not_there(tmp_path: Path) -> None:
    """Neither for reading nor to be gone on with."""
    with pytest.raises(DocumentError, match="cannot be read: No such file"):
        read_journal(tmp_path)
    with pytest.raises(DocumentError, match="cannot be read: No such file"):
        Journal.resume(tmp_path / "proof.jsonl", head())


def test_what_cannot_be_written_is_the_environments(tmp_path: Path) -> None:
    """A proof does not begin what it cannot record."""
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFailure, match=r"cannot write .*--report-dir"):
        Journal.create(tmp_path / "file" / "proof.jsonl", head())


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_the_environments() -> None:
    """Also when it is full only later."""
    with pytest.raises(EnvironmentFailure, match="cannot write /dev/full: No space left"):
        Journal.create(Path("/dev/full"), head())
