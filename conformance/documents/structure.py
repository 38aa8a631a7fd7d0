"""Is a document built as its specification says? Judged by our own compact meta-schemas, with file and line.

``meta/`` holds what the suite relies on of AsyncAPI 2.0 to 3.1 and OpenAPI 3.0/3.1; ``conformance/schemas/
extensions.schema.json`` holds our extensions: each of its ``$defs`` is applied at the places it is for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import jsonschema_rs

from conformance.documents.metaschemas import (
    META_SCHEMAS,
    extension_schemas,
    extension_validator,
    meta_schema,
    validator,
)
from conformance.documents.notes import Note
from conformance.documents.pointers import join
from conformance.documents.requirements import unmet
from conformance.documents.sentences import sentence, show
from conformance.documents.tolerance import tolerated
from conformance.documents.tree import Node, Tree
from conformance.documents.versions import METHODS, Family
from conformance.errors import DocumentError

EXTENSION = "x-conformance"
PROVENANCE = "x-provenance"
DATA = frozenset({"examples", "example", "default", "const", "enum"})
NAMES = frozenset({"properties", "patternProperties", "definitions", "$defs", "schemas"})
PARTS = {
    "channel": "/channels/x",
    "message": "/messages/x",
    "operation": "/operations/x",
    "operationTrait": "/operations/x/traits/0",
    "messageTrait": "/messages/x/traits/0",
    "server": "/servers/x",
    "securityScheme": "/components/securitySchemes/x",
}
"""Where in a document an object of this kind would be."""
SILENCE = "x-lint-ignore"
OBJECT_MAPS = frozenset(
    {"responses", "servers", "channels", "operations", "messages", "parameters", "variables"}
)
"""Maps whose keys are names of objects: one called ``default`` or ``examples`` is no data."""
BINDINGS = ("bindings", "Bindings")
SCHEMA_MAPS = frozenset({"properties", "patternProperties", "definitions", "$defs", "dependentSchemas"})
"""Maps whose keys are names of properties or schemas, whatever they look like."""


def check(tree: Tree, family: Family, notes: list[Note] | None = None) -> None:
    """Judge a document's structure and its extensions; what can be lived with is added to ``notes``.

    Raises the first DocumentError in the order of lines; its hint tells how many more there are.
    """
    found = _whole(tree, family)
    raise_first([each for each in found if isinstance(each, DocumentError)])
    if notes is not None:
        notes += _spoken([each for each in found if isinstance(each, Note)])


def defects(tree: Tree, family: Family) -> list[DocumentError]:
    """Everything that is wrong with a document's structure and its extensions."""
    return [each for each in _whole(tree, family) if isinstance(each, DocumentError)]


def _whole(tree: Tree, family: Family) -> list[DocumentError | Note]:
    """What is wrong with a document, what its parts say of each other included."""
    found = judged(tree.root, family)
    if any(isinstance(each, DocumentError) for each in found):
        return found
    return [*found, *unmet(tree.root, family)]


def check_part(node: Node, family: Family, part: str, notes: list[Note]) -> None:
    """Judge an object of a document that stands in another file: a ``channel``, ``operation``, ``message`` ….

    Raises the first DocumentError; what can be lived with is added to ``notes``.
    """
    found = judged(node, family, part)
    raise_first([each for each in found if isinstance(each, DocumentError)])
    notes += _spoken([each for each in found if isinstance(each, Note)])


def judged(node: Node, family: Family, part: str = "") -> list[DocumentError | Note]:
    """All that is wrong with a document, or with a part of one, and with its extensions."""
    found: list[DocumentError | Note] = []
    if family in META_SCHEMAS:
        bound = _is_bound(node.value)
        schema, judge = meta_schema(family, part, bound=bound), validator(family, part, bound=bound)
        for here, error in _errors(node, judge):
            problem = sentence(here, error)
            strict = family in (Family.OPENAPI30, Family.OPENAPI31)
            found += [problem] if strict else tolerated(here, error, schema, problem)
    for each in _extended(node):
        found += _extension(each, family, PARTS.get(part, "") + each.pointer.removeprefix(node.pointer))
    return found


def _spoken(found: list[Note]) -> list[Note]:
    """Of several notes of one rule only the first is told by every command, and how many more there are."""
    count = Counter(each.rule for each in found if each.loud)
    made, told = [], set[str]()
    for each in found:
        more = count[each.rule] - 1
        if each.loud and each.rule in told:
            each = replace(each, loud=False)
        elif each.loud and more:
            each = replace(each, says=f"{each.says} (and {more} more of the kind: lint tells them)")
        told.add(each.rule)
        made.append(each)
    return made


def _is_bound(value: object) -> bool:
    """Whether there may be bindings in it: a document without any costs nothing for them."""
    todo = [value]
    while todo:
        here = todo.pop()
        if isinstance(here, dict):
            if any(key.endswith(BINDINGS) for key in here):
                return True
            todo += here.values()
        elif isinstance(here, list):
            todo += here
    return False


def check_schema(node: Node) -> None:
    """Judge one schema that stands outside a checked document (a referenced file). Raises DocumentError."""
    raise_first(problems(node, validator(None)))


def raise_first(found: list[DocumentError]) -> None:
    """Raise the first of these errors in the order of lines, telling how many more there are."""
    if not found:
        return
    found.sort(key=lambda problem: int(problem.where.rpartition(":")[2]))
    first = found[0]
    if len(found) > 1:
        first.hint = "; ".join(filter(None, (first.hint, f"and {len(found) - 1} more")))
    raise first


def problems(node: Node, judge: jsonschema_rs.Draft202012Validator) -> list[DocumentError]:
    """What a validator finds at a node and below, as DocumentErrors at the offending lines."""
    return [sentence(here, error) for here, error in _errors(node, judge)]


def _errors(
    node: Node, judge: jsonschema_rs.Draft202012Validator
) -> Iterator[tuple[Node, jsonschema_rs.ValidationError]]:
    for error in judge.iter_errors(node.value):
        if _in_silence(error.instance_path) or _is_reference(error):
            continue
        yield node.tree.node(node.pointer + join(*error.instance_path)) or node, error


def _is_reference(error: jsonschema_rs.ValidationError) -> bool:
    """Whether it is about the name ``$ref`` of a reference in place of a map, which another error tells."""
    if error.kind.name != "propertyNames" or not isinstance(error.instance, dict):
        return False
    return error.kind.as_dict()["error"].instance == "$ref" and isinstance(error.instance.get("$ref"), str)


def _in_silence(path: Sequence[str | int]) -> bool:
    """Whether an error is about lint's silence, which may stand on every object, on maps of names too."""
    return any(key == SILENCE and above not in SCHEMA_MAPS for above, key in pairwise(("", *path)))


def _extended(node: Node, keys: str = "") -> Iterator[Node]:
    """Every map that carries one of our marks, examples and other data apart.

    ``keys``: what the keys of this map are, where they are no words of a specification: ``schemas`` or
    ``objects``.
    """
    if isinstance(node.value, dict):
        if keys != "schemas" and (EXTENSION in node.value or PROVENANCE in node.value):
            yield node
        for key, child in node.items():
            if not isinstance(child.value, dict | list) or (key == EXTENSION and keys != "schemas"):
                continue
            if keys or key not in DATA:
                named = "schemas" if key in NAMES else "objects" if key in OBJECT_MAPS else ""
                yield from _extended(child, "" if keys else named)
    else:
        for child in node.elements():
            if isinstance(child.value, dict | list):
                yield from _extended(child)


def _extension(node: Node, family: Family, pointer: str) -> list[DocumentError]:
    found = []
    mark = node.get(PROVENANCE)
    if mark is not None and mark.value not in ("published", "assumed"):
        found.append(mark.refuse(f"{PROVENANCE} is {show(mark.value)}", expected="published or assumed"))
    extension = node.get(EXTENSION)
    if extension is not None:
        place = extension_place(pointer, family)
        if place not in extension_schemas():
            found.append(
                extension.refuse(f"{EXTENSION} has no meaning here", expected="one of the documented places")
            )
        else:
            found += problems(extension, extension_validator(place))
    return found


def extension_place(pointer: str, family: Family) -> str:
    """Which of our extension schemas is for an object at this pointer."""
    parts = pointer.split("/")[1:]
    http = family in (Family.OPENAPI30, Family.OPENAPI31)
    match parts:
        case []:
            return "openapiRoot" if http else "asyncapiRoot"
        case ["info"]:
            return "info"
        case ["components", "securitySchemes", _]:
            return "securityScheme"
        case ["paths", _, method] if http and method in METHODS:
            return "httpOperation"
        case ["components", "channels" | "messages" | "operations" as group, *rest] if rest:
            return extension_place("/".join(["", group, *rest]), family)
        case ["components", "operationTraits", _] | ["operations", _] | ["operations", _, "traits", _]:
            return "operation"
        case ["channels", _, "publish" | "subscribe"] | ["channels", _, "publish" | "subscribe", "traits", _]:
            return "operation"
        case ["channels", _, "publish" | "subscribe", "message", *rest]:
            return extension_place("/".join(["", "messages", "", *rest]), family)
        case ["channels", _, "messages", *rest] if rest:
            return extension_place("/".join(["", "messages", *rest]), family)
        case ["messages", _, "oneOf", *rest] if rest:
            return extension_place("/".join(["", "messages", *rest]), family)
        case ["components", "messageTraits", _] | ["messages", _] | ["messages", _, "traits", _]:
            return "message"
        case ["servers", _] | ["components", "servers", _]:
            return "server"
        case ["channels", _] | ["components"] | ["servers"] | ["operations"] | ["channels"] | ["messages"]:
            return ""
    return "schema"
