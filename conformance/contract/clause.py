"""A clause: one enforceable promise, the atom of everything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conformance.contract.digest import UNORDERED, digest, unordered
from conformance.contract.schema import Provenance
from conformance.contract.sentences import sentence
from conformance.documents.where import Where
from conformance.frozen import swift


class Level(StrEnum):
    """How binding a clause is (RFC 2119)."""

    MUST = "must"
    SHOULD = "should"


class Binds(StrEnum):
    """Who has to keep a clause: the target (what it sends), or its clients (what the target must refuse)."""

    TARGET = "target"
    CLIENT = "client"


@swift
@dataclass(frozen=True, slots=True)
class Clause:
    """One schema keyword at one use, or one rule.

    ``subject`` is the message or operation that it belongs to (empty for a service-wide rule), ``path``
    the words between subject and keyword, ``keyword`` the schema keyword or the rule's kind. ``said`` is its
    sentence; '' where that follows from subject, path and ``demand``. ``kind`` is ``schema`` or ``rule``.
    ``unenforceable`` says why nothing enforces it, whatever the cases; '' for all that can be enforced.
    ``value`` is all that is promised, as plain values: a keyword's argument, what a rule states. None: the
    sentence says all.
    """

    id: str
    kind: str
    service: str
    subject: str
    path: tuple[str, ...]
    keyword: str
    said: str
    binds: Binds
    level: Level
    provenance: Provenance
    where: Where
    unenforceable: str = ""
    value: object = None
    demand: str = ""

    @property
    def says(self) -> str:
        """One sentence for a reader: made when it is asked for, where a schema says it."""
        return self.said or sentence(self.subject, self.path, self.demand)

    @property
    def digest(self) -> str:
        """Changes when what is promised does, how bindingly, or by whom; and for nothing else.

        Not when the document is reordered, moved or written otherwise, and not when what was assumed has
        been published in the same words: the promise is the same.
        """
        promised = self.says if self.value is None else self.value
        if self.kind == "schema" and self.keyword in UNORDERED:
            promised = unordered(promised)
        return digest(self.keyword, promised, str(self.level), str(self.binds))
