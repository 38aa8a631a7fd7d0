"""Files that cannot be read say so."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from conformance.documents import loader
from conformance.documents.loader import load_tree
from conformance.errors import DocumentError


def refusal(path: Path) -> str:
    with pytest.raises(DocumentError) as raised:
        load_tree(path, path.name)
    return str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is a sentence, not a traceback."""
    assert refusal(tmp_path / "a.yaml") == "a.yaml: no such file; expected a YAML or JSON document"


def test_a_directory_is_named(tmp_path: Path) -> None:
    """A folder is no document."""
    (tmp_path / "a.yaml").mkdir()
    assert refusal(tmp_path / "a.yaml") == "a.yaml: this is a directory; expected a YAML or JSON document"


def test_bytes_that_are_not_utf8_are_named_with_their_line(tmp_path: Path) -> None:
    """The line of the first bad byte is told."""
    (tmp_path / "a.yaml").write_bytes(b"a: 1\nb: \xff\n")
    assert refusal(tmp_path / "a.yaml") == (
        "a.yaml:2: the byte 0xFF is not UTF-8; expected a text in UTF-8 "
        "(it may be ISO 8859-1 or Windows-1252)"
    )


def test_a_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes a contract of that size."""
    monkeypatch.setattr(loader, "MAX_BYTES", 1024 * 1024)
    (tmp_path / "a.yaml").write_bytes(b"#" * (1024 * 1024 + 1))
    assert refusal(tmp_path / "a.yaml") == "a.yaml: larger than 1 MiB; expected a contract document"


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert load_tree(tmp_path / "a.yaml").value == {"a": 1}


def test_the_hash_is_of_the_bytes(tmp_path: Path) -> None:
    """A report tells exactly which bytes made the contract."""
    (tmp_path / "a.yaml").write_bytes(b"a: 1\n")
    assert load_tree(tmp_path / "a.yaml").sha256 == hashlib.sha256(b"a: 1\n").hexdigest()
