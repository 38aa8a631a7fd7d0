"""Generated schemas and values, for tests alone: each dialect with its own keywords."""

from typing import Any

from hypothesis import strategies as st

from conformance.contract.schema import Dialect

ORDER = list(Dialect)

# Numbers that are equal without being the same on the wire (1 and 1.0) do not occur: there we differ.
VALUES: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 6)
    | st.sampled_from([0.5, 2.5, -1.25])
    | st.sampled_from(["", "a", "b", "ab", "x1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]
SMALL = st.integers(0, 3)
NAMES = st.lists(st.sampled_from("abc"), max_size=2, unique=True)
SOME_NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True)


def leaves(dialect: Dialect) -> dict[str, Any]:
    """Keywords whose argument is a plain value."""
    modern = dialect is not Dialect.DRAFT4
    bound = st.integers(-2, 4)
    made: dict[str, Any] = {
        "type": st.sampled_from(TYPES)
        | st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True),
        "enum": st.lists(VALUES, min_size=1, max_size=3),
        "minimum": bound,
        "maximum": bound,
        "exclusiveMinimum": bound if modern else st.booleans(),
        "exclusiveMaximum": bound if modern else st.booleans(),
        "multipleOf": st.sampled_from([1, 2, 3, 0.5]),
        "minLength": SMALL,
        "maxLength": SMALL,
        "pattern": st.sampled_from(["^a", "b$", "^x[0-9]$", ""]),
        "minItems": SMALL,
        "maxItems": SMALL,
        "uniqueItems": st.booleans(),
        "minProperties": SMALL,
        "maxProperties": SMALL,
        "required": NAMES if modern else SOME_NAMES,
    }
    if modern:
        made["const"] = VALUES
    return made


def bounded(names: list[str], dialect: Dialect) -> list[str]:
    """In draft-04 ``exclusiveMinimum`` stands beside ``minimum`` or not at all."""
    if dialect is not Dialect.DRAFT4:
        return names
    lone = {f"exclusive{bound.capitalize()}" for bound in ("minimum", "maximum") if bound not in names}
    return [name for name in names if name not in lone]


def links(dialect: Dialect) -> Any:
    """References to the definitions and to the whole, each in every way that the dialect has."""
    home = "$defs" if ORDER.index(dialect) >= 3 else "definitions"
    found = [
        {"$ref": "#"},
        {"$ref": f"#/{home}/a"},
        {"$ref": f"#/{home}/b~1c"},
        {"$ref": "other#/properties/a"},
    ]
    found += [{"$ref": "#anchor"}, {"$ref": "http://example.com/other"}]
    if dialect is Dialect.DRAFT2019:
        found.append({"$recursiveRef": "#"})
    if dialect is Dialect.DRAFT2020:
        found += [{"$dynamicRef": "#dynamic"}, {"$dynamicRef": "other#dynamic"}]
    return st.sampled_from(found)


def deeper(inner: Any, dialect: Dialect, linked: bool) -> Any:
    """Schemas of schemas."""
    since = ORDER.index(dialect)
    some = st.lists(inner, min_size=1, max_size=3)
    group = st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    keywords = {
        **leaves(dialect),
        "properties": group,
        "patternProperties": st.dictionaries(st.sampled_from(["^a", "c$"]), inner, max_size=2),
        "additionalProperties": inner | st.booleans(),
        "items": inner if since == 4 else inner | some,
        ("prefixItems" if since == 4 else "additionalItems"): some if since == 4 else inner,
        "allOf": some,
        "anyOf": some,
        "oneOf": some,
        "not": inner,
    }
    if since >= 1:
        keywords |= {"contains": inner, "propertyNames": inner}
    if since >= 2:
        keywords |= {"if": inner, "then": inner, "else": inner}
    if since < 3:
        keywords["dependencies"] = group | st.dictionaries(st.sampled_from("abc"), SOME_NAMES, max_size=2)
    else:
        keywords |= {
            "dependentSchemas": group,
            "dependentRequired": st.dictionaries(st.sampled_from("abc"), NAMES, max_size=2),
            "unevaluatedProperties": inner,
            "unevaluatedItems": inner,
            "minContains": SMALL,
            "maxContains": SMALL,
        }
    own = st.lists(st.sampled_from(sorted(keywords)), max_size=4, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: keywords[name] for name in bounded(names, dialect)})
    )
    if not linked:
        return own
    if since < 3:
        return own | links(dialect)
    return own | links(dialect) | st.builds(lambda link, beside: {**beside, **link}, links(dialect), own)


def leaf(dialect: Dialect) -> Any:
    """Schemas without schemas."""
    plain = leaves(dialect)
    maps: Any = st.lists(st.sampled_from(sorted(plain)), max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: plain[name] for name in bounded(names, dialect)})
    )
    return maps if dialect is Dialect.DRAFT4 else maps | st.booleans()


def plain_schemas(dialect: Dialect, linked: bool = False) -> Any:
    """Schemas of all keywords; without references unless they are ``linked``."""
    return st.recursive(leaf(dialect), lambda below: deeper(below, dialect, linked), max_leaves=6)


def schemas(dialect: Dialect) -> Any:
    """Whole schemas: definitions, an anchor, a second resource inside, and references to all of them."""
    since = ORDER.index(dialect)
    inner = plain_schemas(dialect, linked=True)
    mapped = inner.filter(lambda schema: isinstance(schema, dict) and "$ref" not in schema)
    identifier = "id" if since == 0 else "$id"

    def whole(top: Any, first: Any, second: Any, third: Any) -> Any:
        own: dict[str, Any] = {identifier: "http://example.com/root"}
        marked = {"$anchor": "anchor"} if since >= 3 else {identifier: "#anchor"}
        other = {**third, identifier: "other", "properties": {"a": {"type": ["integer", "object"]}}}
        if dialect is Dialect.DRAFT2019:
            own["$recursiveAnchor"] = other["$recursiveAnchor"] = True
            other["additionalProperties"] = {"$recursiveRef": "#"}
        if dialect is Dialect.DRAFT2020:
            own["$dynamicAnchor"] = other["$dynamicAnchor"] = "dynamic"
            other["additionalProperties"] = {"$dynamicRef": "#dynamic"}
        home = "$defs" if since >= 3 else "definitions"
        return {**top, **own, home: {"a": first, "b/c": {**second, **marked}, "o": other}}

    return st.builds(whole, mapped, inner, mapped, leaf(dialect).filter(lambda each: isinstance(each, dict)))
