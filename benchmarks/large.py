"""A large contract document, made by rule: what a big exchange would publish, and the same text each time.

``python benchmarks/large.py 1000 > large.yaml``. Of ten messages three are commands, three their replies,
four events: maps, arrays whose positions have names, alternatives. All share the schemas of ``components``,
as real documents do. A message has about fifty clauses.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from random import Random

HEAD = """\
asyncapi: 3.0.0
info:
  title: A Large Exchange
  version: '1'
  x-conformance: {name: large}
defaultContentType: application/json
servers: {here: {host: localhost, protocol: ws}}
x-conformance:
  refusals:
    message: refused
    code: /code
    codes: {malformed: malformed, unknown_operation: unknown_method, invalid: bad_field}
"""
SCALARS = {
    "Id": "{type: integer, minimum: 1, maximum: 9007199254740991}",
    "Decimal": "{type: string, pattern: '^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$'}",
    "Millis": "{type: integer, minimum: 0}",
    "Symbol": "{type: string, pattern: '^[A-Z]{2,6}-[A-Z]{3,4}$', maxLength: 11}",
    "Side": "{type: string, enum: [buy, sell]}",
    "Text": "{type: string, maxLength: 128}",
    "Flag": "{type: boolean}",
    "State": "{type: string, enum: [open, filled, cancelled, rejected, expired]}",
    "Tag": "{type: string, minLength: 1, maxLength: 36, pattern: '^[A-Za-z0-9_-]+$'}",
    "Code": "{type: string, enum: [malformed, unknown_method, bad_field, too_many, forbidden, busy]}",
}
MAPS = {
    "Order": {"id": "Id", "symbol": "Symbol", "side": "Side", "price": "Decimal", "left": "Decimal",
              "state": "State", "at": "Millis"},
    "Trade": {"id": "Id", "price": "Decimal", "size": "Decimal", "side": "Side", "at": "Millis"},
    "Balance": {"asset": "Tag", "free": "Decimal", "held": "Decimal"},
    "Fee": {"asset": "Tag", "amount": "Decimal", "paid": "Flag"},
}  # fmt: skip
PLAIN = ("Id", "Decimal", "Millis", "Symbol", "Side", "Text", "Flag", "State", "Tag")


def document(messages: int, seed: int = 1) -> str:
    """The YAML text of a document with so many messages, its refusal among them."""
    return "\n".join([HEAD, *_channels(messages), *_operations(messages), *_components(messages, seed), ""])


def names(messages: int) -> list[tuple[str, str]]:
    """(kind, name) of every message but the refusal."""
    kinds = ("command", "reply", "event", "event", "command", "reply", "event", "command", "reply", "event")
    counts = dict.fromkeys(kinds, 0)
    made = []
    for index in range(messages - 1):
        kind = kinds[index % len(kinds)]
        made.append((kind, f"{kind}{counts[kind]}"))
        counts[kind] += 1
    return made


def _channels(messages: int) -> Iterator[str]:
    yield "channels:\n  main:\n    address: /\n    messages:"
    for name in ("refused", *(name for _, name in names(messages))):
        yield f"      {name}: {{$ref: '#/components/messages/{name}'}}"


def _operations(messages: int) -> Iterator[str]:
    there = [name for _, name in names(messages)]
    known = set(there)
    place = "{$ref: '#/channels/main/messages/%s'}"
    yield "operations:"
    for name in there:
        number = name.lstrip("comandrplyevt")
        if name.startswith("command"):
            reply = f"reply{number}" if f"reply{number}" in known else "reply0"
            yield f"  do{number}:\n    action: receive\n    channel: {{$ref: '#/channels/main'}}"
            yield f"    messages: [{place % name}]"
            yield f"    reply: {{messages: [{place % reply}, {place % 'refused'}]}}"
    yield "  feed:\n    action: send\n    channel: {$ref: '#/channels/main'}\n    messages:"
    yield from (f"      - {place % name}" for name in there if name.startswith("event"))


def _components(messages: int, seed: int) -> Iterator[str]:
    yield "components:\n  schemas:"
    yield from (f"    {name}: {schema}" for name, schema in SCALARS.items())
    for name, fields in MAPS.items():
        yield f"    {name}:\n      type: object\n      additionalProperties: false"
        yield f"      required: [{', '.join(fields)}]\n      properties:"
        yield from (f"        {field}: {{$ref: '#/components/schemas/{of}'}}" for field, of in fields.items())
    yield "  messages:"
    yield from _message("refused", [*_fixed("refused"), "ref: Id", "code: Code", "says: Text"], "/ref")
    for index, (kind, name) in enumerate(names(messages)):
        draw = Random(f"{seed} {name}")
        if kind == "command":
            yield from _command(name, draw)
        elif kind == "reply":
            reply = [*_fixed(name), "ref: Id", *_fields(draw, 5, "abc"), *_parts(draw, 2)]
            yield from _message(name, reply, "/ref")
        elif index % 4:
            yield from _message(name, [*_fixed(name), *_fields(draw, 5, "abc"), *_parts(draw, 3)])
        else:
            yield from _row(name, draw)


def _fixed(name: str) -> list[str]:
    return [f"type= {{type: string, const: {name}}}"]


def _fields(draw: Random, count: int, letters: str) -> list[str]:
    return [f"{letters[index % len(letters)]}{index}: {draw.choice(PLAIN)}" for index in range(count)]


def _parts(draw: Random, count: int) -> list[str]:
    drawn = draw.sample(list(MAPS), count)
    return [f"{of.lower()}s{'=' if draw.random() < 0.6 else ':'} {of}" for of in drawn]


def _property(text: str) -> str:
    """``name: Type`` refers to a schema, ``name= Type`` is a list of it, ``name= {…}`` stands as it is."""
    name, mark, schema = text.partition("= ")
    if not mark:
        name, _, schema = text.partition(": ")
        return f"{name}: {{$ref: '#/components/schemas/{schema}'}}"
    if schema.startswith("{"):
        return f"{name}: {schema}"
    return f"{name}: {{type: array, maxItems: 100, items: {{$ref: '#/components/schemas/{schema}'}}}}"


def _name(text: str) -> str:
    return text.split("=")[0].split(":")[0]


def _map(fields: list[str], indent: str, required: int) -> Iterator[str]:
    yield f"{indent}type: object\n{indent}additionalProperties: false"
    yield f"{indent}required: [{', '.join(_name(each) for each in fields[:required])}]\n{indent}properties:"
    yield from (f"{indent}  {_property(each)}" for each in fields)


def _message(name: str, fields: list[str], correlation: str = "") -> Iterator[str]:
    yield f"    {name}:"
    if correlation:
        yield f"      correlationId: {{location: '$message.payload#{correlation}'}}"
    yield "      payload:"
    yield from _map(fields, "        ", max(2, len(fields) - 1))


def _command(name: str, draw: Random) -> Iterator[str]:
    """Three of four are plain maps; one knows two forms, told apart by a constant of their own."""
    common = [*_fixed(name), "ref: Id", *_fields(draw, 4, "abc")]
    if draw.random() < 0.75:
        yield from _message(name, [*common, *_fields(draw, 3, "xyz"), *_parts(draw, 1)], "/ref")
        return
    yield f"    {name}:\n      correlationId: {{location: '$message.payload#/ref'}}"
    yield "      payload:\n        oneOf:"
    for form in ("limit", "market"):
        lines = list(_map([*common, f"form= {{const: {form}}}", *_fields(draw, 2, form)], " " * 12, 7))
        yield lines[0].replace(" " * 12, " " * 10 + "- ", 1)
        yield from lines[1:]


def _row(name: str, draw: Random) -> Iterator[str]:
    """An array whose positions have names; what tells it apart stands in front."""
    of = draw.sample(PLAIN, 6)
    yield f"    {name}:\n      payload:\n        type: array\n        minItems: 7"
    yield "        additionalItems: false"
    yield f"        items:\n          - {{title: type, const: {name}}}"
    for index, each in enumerate(of):
        yield f"          - {{title: at{index}, allOf: [{{$ref: '#/components/schemas/{each}'}}]}}"
    part = draw.choice(list(MAPS))
    yield f"          - {{title: parts, type: array, items: {{$ref: '#/components/schemas/{part}'}}}}"


if __name__ == "__main__":
    sys.stdout.write(document(int(sys.argv[1])))
