"""What was noticed while documents were read, and stops nothing; which overlays changed them."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.documents.where import Where


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that a reader of the documents should know.

    ``rule`` is the id of the lint rule that explains it, ``says`` one sentence. ``loud``: every command tells
    it, because what it says decides what is tested (a perspective that was found out, an overlay action that
    matched nothing); else lint alone does.
    """

    rule: str
    where: Where
    says: str
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """An overlay that was read, and the files of the documents that it is for."""

    title: str
    file: str
    version: str
    sha256: str
    documents: tuple[str, ...]
