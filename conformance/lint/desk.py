"""What the rules share: the documents, their schemas where they stand, and these schemas expanded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType

from conformance.cases.catalogue import Catalogue
from conformance.contract.expand import Expander
from conformance.contract.lexical import Lexical
from conformance.contract.loading import Loaded
from conformance.contract.model import Contract
from conformance.contract.schema import Dialect, Schema
from conformance.documents.references import is_reference
from conformance.documents.tree import Node, Tree
from conformance.documents.where import Where
from conformance.errors import DocumentError
from conformance.lint.places import Carrier, Places, Site, places


class Desk:
    """The contract and its documents, laid out. Built once a lint."""

    def __init__(
        self, contract: Contract, loaded: Sequence[Loaded], catalogue: Catalogue | None = None
    ) -> None:
        self.contract, self.loaded, self.catalogue = contract, tuple(loaded), catalogue
        self.places: tuple[Places, ...] = tuple(places(each) for each in loaded)
        self._schemas: dict[tuple[str, str], Schema | None] = {}
        self._expanded = dict(_expanded(contract))
        self._trees: dict[str, Tree] = {}
        for each in loaded:
            for tree in each.references.trees.values():
                self._trees.setdefault(tree.file, tree)

    @property
    def trees(self) -> Iterator[Tree]:
        """Every document and every file that was referred to."""
        yield from self._trees.values()

    def sites(self) -> Iterator[Site]:
        """Every schema of every document, once a file."""
        seen: set[tuple[str, str]] = set()
        for found in self.places:
            for site in found.sites:
                spot = (str(site.node.tree.path), site.node.pointer)
                if spot not in seen:
                    seen.add(spot)
                    yield site

    def carriers(self) -> Iterator[Carrier]:
        """Every message, media type, parameter and header with a schema."""
        for found in self.places:
            yield from found.carriers

    def node(self, where: Where, file: str = "") -> Node | None:
        """The node at a place of the contract; ``file`` is the document when the line is another one's."""
        for name in (where.file, file):
            tree = self._trees.get(name)
            if tree is not None and (found := tree.node(where.pointer)) is not None:
                return found
        return None

    def schema(self, site: Site) -> Schema | None:
        """The schema of a site, references followed; None when it cannot be expanded."""
        place = (str(site.node.tree.path), site.node.pointer)
        if place not in self._schemas:
            made = self._expand(site)
            self._schemas[place] = as_text(made) if made is not None else None
        return self._schemas[place]

    def _expand(self, site: Site) -> Schema | None:
        """As the contract has it already, else anew."""
        node, references = site.node, site.loaded.references
        try:
            if is_reference(node) and not site.flavour.since(Dialect.DRAFT2019):
                node = references.resolve(node)
            known = self._expanded.get((node.where.file, node.pointer))
            if known is not None and known.dialect is site.flavour.dialect and not _bytes(known):
                return known
            return Expander(references, Lexical()).expand(site.node, site.flavour.on_wire("binary"))
        except DocumentError:
            return None


def _bytes(schema: Schema) -> bool:
    """Whether strings in it may carry bytes: how they are written depends on the codec."""
    return any(
        each.raw or each.values.get("format") == "binary" or ENCODED & each.values.keys()
        for each in schema.walk()
    )


def _expanded(contract: Contract) -> Iterator[tuple[tuple[str, str], Schema]]:
    """Every payload and body that the contract holds, by its place."""
    for service in contract.services.values():
        for message in service.messages.values():
            yield (message.payload.where.file, message.payload.where.pointer), message.payload
        for operation in service.http:
            for response in operation.responses:
                for schema in response.content.values():
                    yield (schema.where.file, schema.where.pointer), schema


def as_text(schema: Schema) -> Schema:
    """The schema as a document can write its values: raw bytes stand there as a text of any length."""
    if not any(each.raw for each in schema.walk()):
        return schema
    return _textual(schema)


ENCODED = frozenset({"contentEncoding", "contentMediaType"})
BYTES = frozenset({"format", "contentEncoding", "contentMediaType", "minLength", "maxLength"})


def _textual(schema: Schema) -> Schema:
    values = schema.values
    if schema.raw:
        values = MappingProxyType({key: each for key, each in values.items() if key not in BYTES})

    def several(children: tuple[Schema, ...]) -> tuple[Schema, ...]:
        return tuple(map(_textual, children))

    return replace(
        schema,
        values=values,
        raw=False,
        properties=MappingProxyType({key: _textual(each) for key, each in schema.properties.items()}),
        pattern_properties=MappingProxyType(
            {key: _textual(each) for key, each in schema.pattern_properties.items()}
        ),
        additional=_textual(schema.additional) if schema.additional else None,
        prefix=several(schema.prefix),
        rest=_textual(schema.rest) if schema.rest else None,
        all_of=several(schema.all_of),
        any_of=several(schema.any_of),
        one_of=several(schema.one_of),
    )
