"""Plain JSON Schema -> ``Schema``, for tests alone: inline schemas, local ``$ref``, draft-07 and 2020-12."""

from __future__ import annotations

from typing import Any

from conformance.contract.binary import bytes_by, encoding_of
from conformance.contract.dialects import Flavour
from conformance.contract.schema import Dialect, Schema
from conformance.documents.where import Where

PLAIN = (
    "enum",
    "const",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "required",
    "format",
    "contentEncoding",
    "contentMediaType",
)
OTHERS = {
    "not": (),
    "if": ("then", "else"),
    "contains": ("minContains", "maxContains"),
    "propertyNames": (),
    "dependencies": (),
    "dependentRequired": (),
    "dependentSchemas": (),
}
NOT_BUILT = (
    "$id",
    "$anchor",
    "$dynamicRef",
    "$recursiveRef",
    "$vocabulary",
    "unevaluatedItems",
    "unevaluatedProperties",
)
ASSERTIVE = {
    "type",
    *PLAIN,
    *OTHERS,
    "oneOf",
    "anyOf",
    "additionalProperties",
    "additionalItems",
    "items",
}


class NotBuiltError(Exception):
    """A schema beyond this builder."""


def build(tree: Any, dialect: Dialect = Dialect.DRAFT7, subject: str = "m", raw: bool = True) -> Schema:
    """The schema; line numbers are 1, clause ids ``m/<words>/<keyword>``. ``raw``: of a codec with bytes."""
    return _Builder(tree, dialect, subject, raw).schema(tree, "", (), (), "")


class _Builder:
    def __init__(self, root: Any, dialect: Dialect, subject: str, raw: bool) -> None:
        self.root, self.dialect, self.subject, self.raw = root, dialect, subject, raw

    def schema(self, tree: Any, at: str, words: tuple[str, ...], above: tuple[str, ...], name: str) -> Schema:
        where = Where("doc.yaml", 1, at)
        if isinstance(tree, bool):
            return Schema(
                where, self.dialect, words, name, accepts=tree, clauses=self.clauses(["false"], words)
            )
        if any(key in tree for key in NOT_BUILT):
            raise NotBuiltError
        modern = self.dialect is Dialect.DRAFT2020
        if "$ref" in tree:
            referred = self.reference(tree["$ref"], words, above, name)
            beside = {key: item for key, item in tree.items() if key not in ("$ref", "$defs", "definitions")}
            if not modern or not beside:
                return referred
            tree = {**beside, "allOf": [*beside.get("allOf", []), {"$ref": tree["$ref"]}]}
            at += "/+"
        if at in above:
            return Schema(where, self.dialect, words, name, again=where)
        above = (*above, at)

        def below(child: Any, step: str, *more: str) -> Schema:
            return self.schema(child, f"{at}/{step}", words + more, above, "")

        def position(number: int, child: Any) -> str:
            title = child.get("title") if isinstance(child, dict) else None
            return title or str(number)

        values: dict[str, Any] = {key: tree[key] for key in PLAIN if key in tree}
        if "type" in tree:
            values["type"] = (tree["type"],) if isinstance(tree["type"], str) else tuple(tree["type"])
        if tree.get("additionalProperties") is False:
            values["additionalProperties"] = False
        items = tree.get("items")
        prefix = tree.get("prefixItems", []) if modern else items if isinstance(items, list) else []
        rest_key = "items" if modern or not isinstance(items, list) else "additionalItems"
        rest = tree.get(rest_key, True)
        if rest is False:
            values[rest_key] = False
        spoken = Flavour(self.dialect, raw=self.raw)
        raw = bool(bytes_by(tree, spoken))
        if not raw:
            values.pop("contentMediaType", None)
            values.pop("contentEncoding", None)
        if encoding := encoding_of(tree, spoken):
            values["contentEncoding"] = encoding
        extra = tree.get("additionalProperties", True)
        others = {}
        for key, more in OTHERS.items():
            if key in tree and not (key == "dependencies" and modern):
                others[key] = {each: tree[each] for each in (key, *more) if each in tree} | {
                    each: self.root[each] for each in ("$defs", "definitions") if each in self.root
                }
                if '"#"' in repr(others[key]).replace("'", '"') or any(
                    word in repr(others[key]) for word in NOT_BUILT
                ):
                    raise NotBuiltError
        return Schema(
            where,
            self.dialect,
            words,
            name or tree.get("title", ""),
            tree.get("title", ""),
            values=values,
            raw=raw,
            properties={
                key: below(child, f"properties/{key}", key)
                for key, child in tree.get("properties", {}).items()
            },
            pattern_properties={
                key: below(child, f"patternProperties/{key}", "each")
                for key, child in tree.get("patternProperties", {}).items()
            },
            additional=None if isinstance(extra, bool) else below(extra, "additionalProperties", "each"),
            prefix=tuple(below(child, f"items/{n}", position(n, child)) for n, child in enumerate(prefix)),
            rest=None if isinstance(rest, bool) else below(rest, rest_key, "each"),
            all_of=tuple(below(child, f"allOf/{n}") for n, child in enumerate(tree.get("allOf", []))),
            any_of=tuple(
                below(child, f"anyOf/{n}", position(n, child))
                for n, child in enumerate(tree.get("anyOf", []))
            ),
            one_of=tuple(
                below(child, f"oneOf/{n}", position(n, child))
                for n, child in enumerate(tree.get("oneOf", []))
            ),
            others=others,
            hints=tree.get("x-conformance", {}),
            clauses=self.clauses([key for key in tree if key in ASSERTIVE], words),
        )

    def clauses(self, keys: list[str], words: tuple[str, ...]) -> dict[str, str]:
        return {key: "/".join((self.subject, *words, key)) for key in keys}

    def reference(self, ref: str, words: tuple[str, ...], above: tuple[str, ...], name: str) -> Schema:
        if not ref.startswith("#") or (ref != "#" and not ref.startswith("#/")):
            raise NotBuiltError
        target: Any = self.root
        for step in ref[2:].split("/") if ref != "#" else []:
            key = step.replace("%25", "%").replace("%22", '"').replace("~1", "/").replace("~0", "~")
            target = target[int(key)] if isinstance(target, list) else target[key]
        at = ref[1:]
        if at in above:
            return Schema(Where("doc.yaml", 1, at), self.dialect, words, name, again=Where("doc.yaml", 1, at))
        return self.schema(target, at, words, above, name or ref.rpartition("/")[2].strip("#"))
