"""One schema at one use: the node of the tree that validators and payloads walk.

References are expanded, so a node knows its *use*: its path through the message. Recursion is cut at the
second visit: there, ``again`` names the place of the ancestor that the node repeats, and a walker that
keeps its ancestors finds it by comparing ``where``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from conformance.documents.where import Where
from conformance.frozen import swift

EMPTY: Mapping[str, Any] = MappingProxyType({})
Member = TypeVar("Member")


def frozen(made: dict[str, Member]) -> Mapping[str, Member]:
    """A map that stays as it is; of the many that are empty there is but one."""
    return MappingProxyType(made) if made else EMPTY


WIRE = "x-wire"
"""Our keyword in schemas that a library judges (``Schema.others``): a string is ``bin`` on the wire, or a
text in the encoding of that name."""


class Dialect(StrEnum):
    """JSON Schema dialects, by the name of their draft."""

    DRAFT4 = "draft-04"
    DRAFT6 = "draft-06"
    DRAFT7 = "draft-07"
    DRAFT2019 = "2019-09"
    DRAFT2020 = "2020-12"


class Provenance(StrEnum):
    """Whether a promise stands in what the exchange publishes, or was assumed by whoever wrote it down."""

    PUBLISHED = "published"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Ignored:
    """A keyword of a schema that nobody enforces, and why: its argument as it stands in the document.

    ``path``: the way from the schema's use down to it, inside a keyword that is judged as a whole.
    """

    keyword: str
    value: object
    why: str
    where: Where
    path: tuple[str, ...] = ()

    def below(self, path: tuple[str, ...]) -> Ignored:
        """The same at the end of that way."""
        return replace(self, path=path)


@swift
@dataclass(frozen=True, slots=True)
class Schema:
    """A schema at one use.

    ``words`` is the path of the use in words (``("bids", "each", "price")``); ``name`` what a person
    calls the type (last segment of a ``$ref``, else the title). ``values`` holds the keywords whose
    argument is a plain value (``type``, ``enum``, ``const``, ``pattern``, bounds, lengths, ``required``,
    ``additionalProperties: false``, ``additionalItems: false``, ``format``), normalised: ``type``, ``enum``
    and ``required`` are tuples, ``prefixItems`` and draft-07 tuple ``items`` are both ``prefix``, ``rest`` is
    what may follow the prefix (or every element when there is no prefix); a ``rest`` or ``additional`` of
    ``false`` stands in ``values`` under the document's own keyword. ``others`` holds keywords that are judged
    by a JSON Schema library as a whole (``not``, ``if``, ``contains``, ``propertyNames`` …):
    keyword -> self-contained plain schema object with just that keyword (``if`` carries ``then`` and
    ``else``, ``contains`` its counts, ``unevaluated…`` the whole schema).
    ``raw``: a string here is bytes on the wire (*bin*); the keywords that say so are in ``values``, and
    ``contentEncoding`` there otherwise names an encoding that a text must decode from.
    ``clauses`` maps each assertive keyword of this node to the id of its clause; ``ignored`` are keywords of
    this node that nobody enforces: clauses, too, but claimed by no case.
    ``brought`` are keywords that came from another file than this node, from an overlay as a rule: where they
    stand and whether they are published.
    ``lines`` are the lines on which the keywords of this node are written: the document's own map of them.
    ``accepts`` is None, or the verdict of a boolean schema (``true``/``false``); the clause of ``false`` has
    the keyword ``false``.
    """

    where: Where
    dialect: Dialect
    words: tuple[str, ...] = ()
    name: str = ""
    title: str = ""
    provenance: Provenance = Provenance.PUBLISHED
    accepts: bool | None = None
    values: Mapping[str, object] = field(default_factory=lambda: EMPTY)
    properties: Mapping[str, Schema] = field(default_factory=lambda: EMPTY)
    pattern_properties: Mapping[str, Schema] = field(default_factory=lambda: EMPTY)
    additional: Schema | None = None
    prefix: tuple[Schema, ...] = ()
    rest: Schema | None = None
    all_of: tuple[Schema, ...] = ()
    any_of: tuple[Schema, ...] = ()
    one_of: tuple[Schema, ...] = ()
    others: Mapping[str, object] = field(default_factory=lambda: EMPTY)
    hints: Mapping[str, object] = field(default_factory=lambda: EMPTY)
    raw: bool = False
    clauses: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    ignored: tuple[Ignored, ...] = ()
    brought: Mapping[str, tuple[Where, Provenance]] = field(default_factory=lambda: EMPTY)
    again: Where | None = None
    lines: Mapping[str, int] = field(default_factory=lambda: EMPTY)

    def at(self, keyword: str) -> Where:
        """The place of a keyword; of the whole schema where no such keyword is written."""
        if keyword in self.brought:
            return self.brought[keyword][0]
        if keyword not in self.lines:
            return self.where
        return Where(self.where.file, self.lines[keyword], f"{self.where.pointer}/{keyword}")

    def children(self) -> Iterator[Schema]:
        """Every direct sub-schema, in document order of the groups."""
        yield from self.properties.values()
        yield from self.pattern_properties.values()
        if self.additional is not None:
            yield self.additional
        yield from self.prefix
        if self.rest is not None:
            yield self.rest
        yield from self.all_of
        yield from self.any_of
        yield from self.one_of

    def walk(self) -> Iterator[Schema]:
        """This node and all below it, depth first."""
        yield self
        for child in self.children():
            yield from child.walk()

    def rebuilt(
        self,
        part: Callable[[Schema], Schema],
        *,
        words: tuple[str, ...] | None = None,
        clauses: Mapping[str, str] | None = None,
    ) -> Schema:
        """The same schema with other words or clauses, and each direct sub-schema as ``part`` makes it.

        They are asked for in the order of ``children``. Written out: a large document has very many.
        """

        def several(parts: tuple[Schema, ...]) -> tuple[Schema, ...]:
            return tuple(map(part, parts)) if parts else ()

        def named(parts: Mapping[str, Schema]) -> Mapping[str, Schema]:
            return frozen({name: part(each) for name, each in parts.items()}) if parts else EMPTY

        return Schema(
            self.where,
            self.dialect,
            self.words if words is None else words,
            self.name,
            self.title,
            self.provenance,
            self.accepts,
            self.values,
            named(self.properties),
            named(self.pattern_properties),
            None if self.additional is None else part(self.additional),
            several(self.prefix),
            None if self.rest is None else part(self.rest),
            several(self.all_of),
            several(self.any_of),
            several(self.one_of),
            self.others,
            self.hints,
            self.raw,
            self.clauses if clauses is None else clauses,
            self.ignored,
            self.brought,
            self.again,
            self.lines,
        )

    @property
    def label(self) -> str:
        """What the value is called where it is used: its last word, else its type's name."""
        return self.words[-1] if self.words else self.name
