"""Fresh values for one place of a command, as the command's schema allows them there."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.codec import same
from conformance.contract import find
from conformance.contract.schema import Schema
from conformance.payloads.choices import Choices
from conformance.payloads.fresh import Fresh, fresh
from conformance.payloads.holes import exemplified, place
from conformance.payloads.valid import valid
from conformance.validation.judge import judge


def fresh_at(
    schema: Schema, choices: Choices, at: str, words: Sequence[str], example: object
) -> Fresh | None:
    """How values like the example are made at a pointer; None when the schema allows only the one.

    ``words`` are the pointer's segments.
    """
    for each in (schema, *schema.one_of, *schema.any_of):
        form = exemplified(valid(each, choices))
        if not any(same(found, example) for _path, found in find(form, at)):
            continue

        def accepts(value: object, whole: Schema = each, form: object = form) -> bool:
            return judge(whole, place(form, at, value)).ok

        return fresh(example, accepts, uuid=_format(each, words) == "uuid")
    return None


def _format(schema: Schema, words: Sequence[str]) -> object:
    """The format that a schema names for what stands there, which no judgement asks for."""
    own: object = None
    if not words:
        own = schema.values.get("format")
    elif words[0] in schema.properties:
        own = _format(schema.properties[words[0]], words[1:])
    return own or next((found for part in schema.all_of if (found := _format(part, words))), None)
