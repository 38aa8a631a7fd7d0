"""Where something stands in a document: file, line, JSON pointer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a document. ``line`` counts from 1; ``pointer`` is an RFC 6901 JSON pointer."""

    file: str
    line: int
    pointer: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


NOWHERE = Where("", 0)
"""The place of what stands in no document: values made by hand, in tests."""
