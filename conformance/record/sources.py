"""The texts of the files that a contract was read from, as a run file keeps them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from conformance.record.types import SourceLine

if TYPE_CHECKING:
    from conformance.contract.clause import Clause
    from conformance.documents.files import SourceFile

AROUND = 5
"""So many lines before and after one that makes a promise are kept of a large file."""

LARGE = 2 * 1024 * 1024
CHANGED = "the file had changed, or was gone, when the run began"
CUT = "the file is large: only lines near a promise are kept"
TOO_LARGE = "the file is large, and so is what promises something in it"


def sources(files: Iterable[SourceFile], clauses: Iterable[Clause]) -> Iterator[SourceLine]:
    """Each file once. Of a large one the lines near a promise; the others are empty, so that numbers hold."""
    promised: defaultdict[str, set[int]] = defaultdict(set)
    for clause in clauses:
        promised[clause.where.file].add(clause.where.line)
    for file in dict.fromkeys(files):
        text = file.text()
        left_out = "" if text is not None else CHANGED
        text = text or ""
        if len(text) > LARGE:
            text, left_out = _cut(text, promised[file.file]), CUT
        if len(text) > LARGE:
            text, left_out = "", TOO_LARGE
        yield SourceLine(file.file, file.sha256, text, left_out)


def _cut(text: str, promised: set[int]) -> str:
    near = {number for line in promised for number in range(line - AROUND, line + AROUND + 1)}
    lines = text.split("\n")
    return "\n".join(line if number in near else "" for number, line in enumerate(lines, 1))
