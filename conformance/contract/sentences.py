"""One plain sentence for each schema clause: what a keyword demands of a value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from conformance.contract.schema import Schema

LONG = 80
LENGTHS = ("minLength", "maxLength")
TYPES = {
    "object": "a map", "array": "an array", "string": "a string", "integer": "an integer",
    "number": "a number", "boolean": "a boolean", "null": "nil",
}  # fmt: skip


def shown(value: object) -> str:
    """A value as a reader sees it in a sentence."""
    text = json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else value
    return f"`{text if len(text) <= LONG else text[:LONG] + '…'}`"


def _alternatives(values: object) -> str:
    return ", ".join(shown(value) for value in _tuple(values))


def _count(limit: object, unit: str) -> str:
    return f"{limit} {unit}" if limit == 1 else f"{limit} {unit}s"


DEMANDS: Mapping[str, Callable[[object], str]] = {
    "type": lambda types: "is " + " or ".join(TYPES.get(str(each), str(each)) for each in _tuple(types)),
    "enum": lambda values: "is one of " + _alternatives(values),
    "const": lambda value: "is " + shown(value),
    "pattern": lambda pattern: "matches " + shown(pattern),
    "minimum": lambda limit: f"is at least {limit}",
    "maximum": lambda limit: f"is at most {limit}",
    "exclusiveMinimum": lambda limit: f"is more than {limit}",
    "exclusiveMaximum": lambda limit: f"is less than {limit}",
    "multipleOf": lambda step: f"is a multiple of {step}",
    "minLength": lambda limit: f"has at least {_count(limit, 'character')}",
    "maxLength": lambda limit: f"has at most {_count(limit, 'character')}",
    "minItems": lambda limit: f"has at least {_count(limit, 'element')}",
    "maxItems": lambda limit: f"has at most {_count(limit, 'element')}",
    "uniqueItems": lambda _: "repeats no element",
    "required": lambda names: "always has " + _alternatives(names),
    "minProperties": lambda limit: f"has at least {_count(limit, 'member')}",
    "maxProperties": lambda limit: f"has at most {_count(limit, 'member')}",
    "additionalProperties": lambda _: "has no members but the documented ones",
    "additionalItems": lambda _: "has no elements behind the documented ones",
    "items": lambda _: "has no elements behind the documented ones",
    "format": lambda _: "is binary, not text",
    "contentMediaType": lambda _: "is binary, not text",
    "contentEncoding": lambda encoding: f"is text in {encoding}",
    "oneOf": lambda branches: f"fits exactly one of its {len(_tuple(branches))} alternatives",
    "anyOf": lambda branches: f"fits at least one of its {len(_tuple(branches))} alternatives",
    "false": lambda _: "is never there",
}


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def demands(schema: Schema) -> dict[str, str]:
    """Each assertive keyword of one schema node and what it demands; what can never fail is left out."""
    made = {
        key: DEMANDS[key](value) for key, value in schema.values.items() if _asserts(key, value, schema.raw)
    }
    if schema.raw:
        made |= {key: DEMANDS["format"](None) for key in ("contentEncoding",) if key in made}
        made |= {key: made[key].replace("character", "byte") for key in LENGTHS if key in made}
    if schema.one_of:
        made["oneOf"] = DEMANDS["oneOf"](schema.one_of)
    if schema.any_of:
        made["anyOf"] = DEMANDS["anyOf"](schema.any_of)
    for keyword in schema.others:
        made[keyword] = f"satisfies its `{keyword}`"
    if schema.accepts is False:
        made["false"] = DEMANDS["false"](None)
    return made


def _asserts(keyword: str, value: object, raw: bool) -> bool:
    if keyword == "format":
        return raw and value == "binary"
    if keyword in ("minLength", "minItems", "minProperties"):
        return value != 0
    return not (keyword == "uniqueItems" and value is False)


def sentence(subject: str, words: tuple[str, ...], demand: str) -> str:
    """``price`` of TradeEvent matches … ."""
    text = f"`{'/'.join(words)}` of {subject} {demand}." if words else f"{subject} {demand}."
    return text[:1].upper() + text[1:] if subject.startswith("the ") else text
