"""One change between two contracts: one cause, with all the clauses that it moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.contract.clause import Binds, Clause
from conformance.documents.where import Where

Ends = frozenset[Binds]
TARGET: Ends = frozenset({Binds.TARGET})
CLIENT: Ends = frozenset({Binds.CLIENT})
BOTH: Ends = TARGET | CLIENT


@dataclass(frozen=True, slots=True)
class Change:
    """One cause. ``clients`` / ``server``: whom it may break; neither: harmless.

    ``unsure``: something changed, and which way nobody can tell from the documents. ``kind`` is a word for
    programs. ``before`` and ``after`` are sentences of the two contracts ('' where there was, or is,
    nothing). ``gone`` and ``come`` are ids of clauses that it takes from the old contract and brings to the
    new one: one that was only rewritten stands in both. ``path``: words of the use in the message.
    """

    kind: str
    service: str
    subject: str
    says: str
    clients: bool = False
    server: bool = False
    unsure: bool = False
    before: str = ""
    after: str = ""
    old: Where | None = None
    new: Where | None = None
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()
    path: tuple[str, ...] = ()

    @property
    def harmless(self) -> bool:
        """Whether nobody has to do anything."""
        return not (self.clients or self.server)


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """Cases by their ids: those that appear, vanish, and ask another question under the same id; ``renamed``
    are pairs."""

    appear: tuple[str, ...] = ()
    vanish: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()


def whom(sent_by: Ends, *, tightened: bool, loosened: bool) -> tuple[bool, bool]:
    """(clients, server) for a promise about what these ends send.

    Who sends breaks when more is asked of it; who receives, when it has to expect more.
    """
    target, client = Binds.TARGET in sent_by, Binds.CLIENT in sent_by
    return (
        (target and loosened) or (client and tightened),
        (target and tightened) or (client and loosened),
    )


def clause_ends(clause: Clause) -> Ends:
    """Who has to keep a clause."""
    return frozenset({clause.binds})


def first(clauses: Iterable[Clause]) -> str:
    """The sentence of the first of these clauses, ''."""
    return next((clause.says for clause in clauses), "")
