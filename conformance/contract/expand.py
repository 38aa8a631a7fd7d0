"""A schema in a document -> ``Schema`` trees at their uses.

References are followed at each use and recursion is cut at the second visit. Siblings of ``$ref`` are
ignored up to draft-07 (JSON Schema draft-07 core, section 8.3) and count from 2019-09 on (section 8.2.4.1).
A dynamic reference depends on the way by which it is reached; here that way is known, so it is followed, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from conformance.contract import dialects
from conformance.contract.binary import bytes_by
from conformance.contract.bundle import bundle
from conformance.contract.dialects import Flavour
from conformance.contract.ignored import ANNOTATIONS, MARKS, beside_reference, ignored, within
from conformance.contract.lexical import Lexical
from conformance.contract.naming import listed, position_words, referred_name, wrapped_name
from conformance.contract.resources import Known, Resources
from conformance.contract.schema import Dialect, Ignored, Provenance, Schema, frozen
from conformance.contract.sentences import demands
from conformance.contract.uses import Uses
from conformance.contract.values import OTHERS, plain_values
from conformance.documents.references import References
from conformance.documents.regex import strict
from conformance.documents.structure import EXTENSION, check_schema
from conformance.documents.tree import Node
from conformance.documents.where import Where

MAX_NODES = 50_000
EACH = "each"
LINKS = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})

Place = tuple[str, str, tuple[tuple[str, str, str], ...]]
Words = tuple[str, ...]


class Expander:
    """Expands schemas of one root document."""

    def __init__(self, references: References, lexical: Lexical) -> None:
        self.references, self.lexical = references, lexical
        self.resources = Resources(references)
        self.nodes = 0
        self.checked: set[str] = set()
        self.uses = Uses(references.notes)

    def expand(self, node: Node, flavour: Flavour) -> Schema:
        """The schema of a payload or body. Raises DocumentError for what cannot be read or is endless."""
        self.nodes = 0
        self.resources.begin(node, flavour)
        return self._schema(node, flavour, (), (), "")

    def _schema(
        self, node: Node, flavour: Flavour, words: Words, above: tuple[Place, ...], name: str
    ) -> Schema:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise node.refuse(
                f"the schema expands to more than {MAX_NODES} nodes",
                hint="references multiply what they repeat",
            )
        if isinstance(node.value, bool):
            return Schema(
                node.where,
                flavour.dialect,
                words,
                name,
                provenance=self.lexical.provenance(node),
                accepts=node.value,
            )
        if not isinstance(node.value, dict):
            raise node.refuse(f"{node.pointer} is not a schema", expected="a map or a boolean")
        flavour = self.resources.entered(node, dialects.of_schema(node, flavour))
        if "schemaFormat" in node.value and "schema" in node.value:
            form, inner = node.get("schemaFormat") or node, node.get("schema") or node
            return self._schema(inner, dialects.of_format(form).within(flavour), words, above, name)
        links = self.resources.links(node, flavour)
        beside = node.value.keys() - LINKS
        if len(links) == 1 and not (beside and flavour.since(Dialect.DRAFT2019)):
            made = self._target(node, links[0], flavour, words, above, name)
            unheard = tuple(beside_reference(node, flavour)) if beside else ()
            return replace(made, ignored=(*unheard, *made.ignored)) if unheard else made
        if len(links) == 1 and all(key in ANNOTATIONS | MARKS or key.startswith("x-") for key in beside):
            made = self._target(node, links[0], flavour, words, above, name)
            hints = {**made.hints, **_own_hints(node)}
            unheard = (*ignored(node, flavour, ()), *made.ignored)
            title = node.text("title") or made.title
            return replace(made, title=title, hints=frozen(hints), ignored=unheard)
        place = (node.tree.file, node.pointer, flavour.scope)
        if place in above:
            return Schema(node.where, flavour.dialect, words, name, again=node.where)
        above = (*above, place)
        if not links:
            return self._object(node, flavour, words, above, name)
        wrapper = self._object(node, flavour, words, above, name or referred_name(links))
        referred = tuple(self._target(node, each, flavour, words, above, "") for each in links)
        hints = {key: hint for each in (*referred, wrapper) for key, hint in each.hints.items()}
        return replace(wrapper, all_of=(*wrapper.all_of, *referred), hints=frozen(hints))

    def _target(
        self,
        node: Node,
        target: Node | Known,
        flavour: Flavour,
        words: Words,
        above: tuple[Place, ...],
        name: str,
    ) -> Schema:
        """What a reference of this node leads to, in its own dialect."""
        if isinstance(target, Known):
            judged = frozen({"$ref": {"$ref": target.uri}})
            mark = self.lexical.provenance(node)
            place, lines = node.where, node.spot.keys
            return Schema(place, target.dialect, words, name, provenance=mark, others=judged, lines=lines)
        self.resources.end(node, flavour)
        if target.tree.file != node.tree.file and target.tree.file not in self.checked:
            self.checked.add(target.tree.file)
            check_schema(target)
        return self._again(
            target, self.resources.at(target, flavour), words, above, name or referred_name([target])
        )

    def _again(
        self, target: Node, flavour: Flavour, words: Words, above: tuple[Place, ...], name: str
    ) -> Schema:
        """What is referred to at many uses is read at the first."""
        key = (target.tree.file, target.pointer, flavour, name)
        size = self.uses.size(key)
        if size and self.nodes + size <= MAX_NODES:
            self.nodes += size
            return self.uses.at(key, words)
        return self.uses.first(
            key, words, lambda: self._schema(target, flavour, words, above, name), lambda: self.nodes
        )

    def _object(
        self, node: Node, flavour: Flavour, words: Words, above: tuple[Place, ...], name: str
    ) -> Schema:
        def below(child: Node, *more: str) -> Schema:
            return self._schema(child, flavour, words + more, above, "")

        def named(key: str, word: str | None = None) -> Mapping[str, Schema]:
            group = node.get(key)
            found = group.items() if group is not None else ()
            return frozen({each: below(child, each if word is None else word) for each, child in found})

        prefix, rest = _positions(node, flavour)
        all_of = tuple(below(child) for child in listed(node, "allOf"))
        additional = node.get("additionalProperties")
        if additional is not None and isinstance(additional.value, bool):
            additional = None
        hints: dict[str, object] = {}
        for each in all_of:
            hints.update(each.hints)
        labels = position_words(prefix)
        made = Schema(
            where=node.where,
            dialect=flavour.dialect,
            words=words,
            name=name or wrapped_name(node, all_of) or node.text("title"),
            title=node.text("title"),
            provenance=self.lexical.provenance(node),
            values=self._values(node, flavour),
            raw=bool(bytes_by(node.value, flavour)) if isinstance(node.value, dict) else False,
            properties=named("properties"),
            pattern_properties=frozen(
                {strict(name): each for name, each in named("patternProperties", EACH).items()}
            ),
            additional=below(additional, EACH) if additional is not None else None,
            prefix=tuple(below(child, label) for child, label in zip(prefix, labels, strict=True)),
            rest=below(rest, EACH) if rest is not None else None,
            all_of=all_of,
            any_of=self._branches(node, "anyOf", flavour, words, above),
            one_of=self._branches(node, "oneOf", flavour, words, above),
            others=self._others(node, flavour),
            hints=frozen({**hints, **_own_hints(node)}),
            brought=frozen(self._brought(node) if node.tree.overlaid else {}),
            lines=node.spot.keys,
        )
        unheard = tuple(self._ignored(node, flavour, made))
        return replace(made, ignored=unheard) if unheard else made

    def _brought(self, node: Node) -> dict[str, tuple[Where, Provenance]]:
        """The keywords that an overlay brought, or added to."""
        found = {}
        for key, child in node.items():
            inside = _everything(child) if key in OTHERS or key == EXTENSION else child.elements()
            other = (each for each in (child, *inside) if each.spot.source != node.spot.source)
            first = next(other, None)
            if first is not None:
                found[key] = (first.where, self.lexical.provenance(first))
        return found

    def _values(self, node: Node, flavour: Flavour) -> Mapping[str, object]:
        """The plain keywords. OpenAPI 3.0, "Schema Object": a required ``readOnly`` property is required in
        responses alone, a ``writeOnly`` one in requests alone.
        """
        values = plain_values(node, flavour)
        required = values.get("required")
        if not (flavour.openapi30 and flavour.use and isinstance(required, tuple)):
            return values
        mark = "writeOnly" if flavour.use == "response" else "readOnly"
        asked = tuple(
            each for each in required if not self._marked(node.get("properties", each), mark, flavour)
        )
        rest = {key: value for key, value in values.items() if key != "required"}
        return frozen({**rest, "required": asked} if asked else rest)

    def _marked(self, schema: Node | None, mark: str, flavour: Flavour) -> bool:
        if schema is None:
            return False
        links = self.resources.links(schema, flavour)
        if links and isinstance(links[0], Node):
            self.resources.end(schema, flavour)
            return self._marked(links[0], mark, flavour)
        marked = schema.get(mark)
        return marked is not None and marked.value is True

    def _ignored(self, node: Node, flavour: Flavour, made: Schema) -> Iterator[Ignored]:
        yield from ignored(node, flavour, demands(made))
        for keyword in made.others:
            names = (keyword, *OTHERS[keyword][2])
            parts = {each: part for each in names if (part := node.get(each)) is not None}
            yield from within(parts, flavour, self.resources)

    def _branches(
        self, node: Node, key: str, flavour: Flavour, words: Words, above: tuple[Place, ...]
    ) -> tuple[Schema, ...]:
        branches = listed(node, key)
        labels = position_words(branches)
        return tuple(
            self._schema(child, flavour, (*words, label), above, "")
            for child, label in zip(branches, labels, strict=True)
        )

    def _others(self, node: Node, flavour: Flavour) -> Mapping[str, object]:
        made: dict[str, object] = {}
        if not isinstance(node.value, dict) or node.value.keys().isdisjoint(OTHERS):
            return frozen(made)
        for keyword, (first, last, companions) in OTHERS.items():
            child = node.get(keyword)
            if child is None or not flavour.since(first) or (last is not None and flavour.since(last)):
                continue
            names = None if keyword.startswith("unevaluated") else (keyword, *companions)
            made[keyword] = bundle(node, names, flavour, self.resources)
        return frozen(made)


def _positions(node: Node, flavour: Flavour) -> tuple[list[Node], Node | None]:
    """The positions of a tuple, and the schema of what may follow (every element when there are none)."""
    items = node.get("items")
    if flavour.since(Dialect.DRAFT2020):
        if items is not None and isinstance(items.value, list):
            raise items.refuse("items is a list", expected="prefixItems for positions (JSON Schema 2020-12)")
        prefix, rest = listed(node, "prefixItems"), items
    elif items is not None and isinstance(items.value, list):
        prefix, rest = list(items.elements()), node.get("additionalItems")
    else:
        prefix, rest = [], items
    return prefix, None if rest is None or isinstance(rest.value, bool) else rest


def _everything(node: Node) -> Iterator[Node]:
    """All that stands in a node, itself first."""
    yield node
    for child in (*(each for _, each in node.items()), *node.elements()):
        yield from _everything(child)


def _own_hints(node: Node) -> dict[str, object]:
    hints = node.get(EXTENSION)
    if hints is None or not isinstance(hints.value, dict):
        return {}
    return {key: value for key, value in hints.value.items() if not key.startswith("x-")}
