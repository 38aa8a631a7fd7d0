"""Reports as files: whole or not at all, and nothing else of the machine is touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance.errors import EnvironmentFailure
from conformance.reporting.drafts import drafted
from conformance.reporting.html import write_html
from conformance.reporting.summary import write_text
from tests.record.samples import green, record


def test_a_device_is_written_into_and_stays_one(tmp_path: Path) -> None:
    """Whoever is root in a container could put a file into the place of /dev/null."""
    link = tmp_path / "null"
    link.symlink_to("/dev/null")
    write_text(link, "told")
    write_html(record(tmp_path / "run", green()), link, tmp_path / "run" / "run.jsonl")
    assert link.is_symlink()
    assert Path("/dev/null").is_char_device()
    assert not list(tmp_path.glob("*.part"))


def test_a_device_without_room_is_said_in_a_sentence(tmp_path: Path) -> None:
    """A disk that is full, too."""
    (tmp_path / "full").symlink_to("/dev/full")
    with pytest.raises(EnvironmentFailure, match=r"cannot write .*full: No space left on device"):
        write_text(tmp_path / "full", "told")


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    """Its reader gets the report."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_text(pipe, "told")
        assert os.read(reader, 100) == b"told"
    finally:
        os.close(reader)


def test_a_link_leads_to_its_file(tmp_path: Path) -> None:
    """And stays a link."""
    (tmp_path / "latest").symlink_to(tmp_path / "summary.md")
    write_text(tmp_path / "latest", "told")
    assert (tmp_path / "latest").is_symlink()
    assert (tmp_path / "summary.md").read_text() == "told"


@pytest.mark.parametrize("name", [".", "/", "folder"])
def test_a_folder_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """One sentence, and no draft is left behind."""
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    with pytest.raises(EnvironmentFailure, match="Is a directory"):
        write_text(name, "told")
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]


def test_what_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    """The earlier report is whole, and the draft is gone."""
    write_text(tmp_path / "a.txt", "before")
    with pytest.raises(ZeroDivisionError), drafted(tmp_path / "a.txt") as out:
        out.write(f"{1 / 0}")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("a.txt", "before")]


def test_a_half_of_a_letter_is_written_by_its_number(tmp_path: Path) -> None:
    """File names that are no UTF-8 come as such, and documents can hold them."""
    write_text(tmp_path / "a.txt", "x\udcff")
    assert (tmp_path / "a.txt").read_text() == "x\\udcff"
