"""The book of clauses: gives every promise its id, and refuses none.

An id is made of words, so it survives reordering and re-formatting: document, message, path, keyword.
Where two promises would share an id (schemas met through ``allOf``, names that differ in characters that ids
lack), the later ones in the order of their words get ``-2``, ``-3`` ….
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from sys import intern

from conformance.contract.clause import Binds, Clause, Level
from conformance.contract.digest import UNORDERED, unordered
from conformance.contract.lexical import Lexical
from conformance.contract.named import Named
from conformance.contract.schema import EMPTY, Provenance, Schema
from conformance.contract.sentences import demands, shown
from conformance.documents.tree import Node
from conformance.documents.where import Where

ILLEGAL = re.compile(r"[^A-Za-z0-9._-]+")


@lru_cache(maxsize=4096)
def slug(text: str) -> str:
    """A word of an id: only ``[A-Za-z0-9._-]``, never empty."""
    return ILLEGAL.sub("-", text).strip("-") or "_"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose schema it is: the words before the path, how a sentence calls it, whom it binds, and why nobody
    enforces anything of it ('' where it can be)."""

    prefix: tuple[str, ...]
    name: str
    binds: Binds = Binds.TARGET
    unenforceable: str = ""


class Book:
    """Clauses of one service, in the order in which they were entered."""

    def __init__(self, service: str, lexical: Lexical) -> None:
        self.service, self.lexical = service, lexical
        self.clauses: dict[str, Clause] = {}
        self.names: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.places: dict[Where, Where] = {}
        self.demanded: dict[int, tuple[Schema, dict[str, str]]] = {}

    def rule(
        self,
        words: tuple[str, ...],
        says: str,
        node: Node,
        *,
        subject: str = "",
        level: Level = Level.MUST,
        binds: Binds = Binds.TARGET,
        unenforceable: str = "",
        brought: tuple[Where, Provenance] | None = None,
        value: object = None,
    ) -> str:
        """Enter one rule that stands at ``node``, unless an overlay ``brought`` it; returns its id.

        ``value``: all that it promises, where the sentence says less, or says it in the document's order.
        """
        where, provenance = brought or (node.where, self.lexical.provenance(node))
        identity = self._free("/".join((slug(self.service), *map(slug, words))))
        self.clauses[identity] = Clause(
            id=identity,
            kind="rule",
            service=self.service,
            subject=subject,
            path=words[1:-1] if subject else words[:-1],
            keyword=words[-1],
            said=says,
            binds=binds,
            level=level,
            provenance=provenance,
            where=where,
            unenforceable=unenforceable,
            value=says if value is None else value,
        )
        return identity

    def schema(self, schema: Schema, subject: Subject) -> Schema:
        """Enter every assertive keyword of a schema tree, and behind them every one that nobody enforces;
        returns the tree with its clause ids."""
        head = (slug(self.service), *map(slug, subject.prefix))
        drafts = [
            (f"{base}/{keyword}", (node.words, index), node, keyword, demand)
            for index, node in enumerate(schema.walk())
            for base in ["/".join((*head, *map(slug, node.words)))]
            for keyword, demand in self._demands(node).items()
        ]
        taken: dict[tuple[int, str], str] = {}
        given: dict[int, dict[str, str]] = {}
        names: set[str] = set()
        for base, (_, index), _, keyword, _ in sorted(drafts, key=lambda draft: (draft[0], draft[1])):
            identity = taken[index, keyword] = self._free(base, names)
            names.add(identity)
            given.setdefault(index, {})[keyword] = identity
        for _, (_, index), node, keyword, demand in drafts:
            identity = taken[index, keyword]
            provenance = node.brought[keyword][1] if keyword in node.brought else node.provenance
            where = node.at(keyword)
            self.clauses[identity] = Clause(
                id=identity,
                kind="schema",
                service=self.service,
                subject=subject.name,
                path=node.words,
                keyword=keyword,
                said="",
                binds=subject.binds,
                level=Level.MUST,
                provenance=provenance,
                where=self.places.setdefault(where, where),
                unenforceable=subject.unenforceable,
                value=_argument(node, keyword),
                demand=intern(demand),
            )
        self._ignored(schema, subject, head)
        return _with_clauses(schema, count(), {index: self._named(ids) for index, ids in given.items()})

    def _named(self, ids: dict[str, str]) -> Mapping[str, str]:
        names = tuple(ids)
        return Named(self.names.setdefault(names, names), tuple(ids.values()))

    def give_up(self, first: int, why: str) -> None:
        """All clauses from the ``first`` on (counted from 0) can be enforced by nobody."""
        for identity in list(self.clauses)[first:]:
            self.clauses[identity] = replace(self.clauses[identity], unenforceable=why)

    def _ignored(self, schema: Schema, subject: Subject, head: tuple[str, ...]) -> None:
        """Keywords that nobody enforces come last, so that no other id depends on them."""
        drafts = [
            ("/".join((*head, *map(slug, words), slug(each.keyword))), index, words, node, each)
            for index, node in enumerate(schema.walk())
            for each in node.ignored
            for words in [node.words + each.path]
        ]
        for base, _, words, node, each in sorted(drafts, key=lambda draft: (draft[0], draft[1])):
            identity = self._free(base)
            self.clauses[identity] = Clause(
                id=identity,
                kind="schema",
                service=self.service,
                subject=subject.name,
                path=words,
                keyword=each.keyword,
                said="",
                binds=subject.binds,
                level=Level.MUST,
                provenance=node.brought.get(each.keyword, (each.where, node.provenance))[1],
                where=each.where,
                unenforceable=each.why,
                value=each.value,
                demand=intern(f"states `{each.keyword}`: {shown(each.value)}"),
            )

    def _demands(self, schema: Schema) -> dict[str, str]:
        """What a schema demands: looked up where its plain keywords say it all, which are one object for all
        of its uses."""
        if schema.raw or schema.others or schema.one_of or schema.any_of or schema.accepts is not None:
            return demands(schema)
        known = self.demanded.get(id(schema.values))
        if known is None:
            known = self.demanded[id(schema.values)] = (schema, demands(schema))
        return known[1]

    def _free(self, base: str, names: Container[str] = ()) -> str:
        identity, number = base, 1
        while identity in self.clauses or identity in names:
            number += 1
            identity = f"{base}-{number}"
        return identity


def _argument(schema: Schema, keyword: str) -> object:
    """What a keyword promises beside its name; alternatives by their number: each has clauses of its own."""
    match keyword:
        case "oneOf":
            return len(schema.one_of)
        case "anyOf":
            return len(schema.any_of)
        case "additionalProperties":  # false: "no members but the documented ones", which are these
            return sorted((*schema.properties, *schema.pattern_properties))
        case "items" | "additionalItems":
            return len(schema.prefix)
        case "false":
            return False
    value = schema.values.get(keyword, schema.others.get(keyword))
    if not schema.raw:
        return value
    return ("bytes", unordered(value) if keyword in UNORDERED else value)


def _with_clauses(schema: Schema, numbers: Iterator[int], given: Mapping[int, Mapping[str, str]]) -> Schema:
    """The same tree with clause ids, numbered as ``walk`` visits it."""
    clauses = given.get(next(numbers), EMPTY)
    return schema.rebuilt(lambda part: _with_clauses(part, numbers, given), clauses=clauses)
