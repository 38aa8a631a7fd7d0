"""Which files documents were read from, and their text once more."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from conformance.documents.encoding import decoded
from conformance.documents.loader import read_bytes
from conformance.documents.tree import Tree
from conformance.errors import DocumentError


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that something of the contract stands in. ``file`` is its name for people, as in ``file:line``.

    Its text is not kept: a contract of many megabytes is in memory once, as a tree.
    """

    file: str
    path: Path
    sha256: str

    def text(self) -> str | None:
        """What it says, as it was read; None when it is gone, or has changed since."""
        try:
            data = read_bytes(self.path, self.file)
            return decoded(data, self.file) if hashlib.sha256(data).hexdigest() == self.sha256 else None
        except DocumentError:
            return None


def source_file(tree: Tree) -> SourceFile:
    """The file of a tree."""
    return SourceFile(tree.file, tree.path, tree.sha256)
