"""Keywords of our meta-schemas that JSON Schema does not have.

Each says in its message what a sentence needs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, Protocol

META = Path(__file__).parent / "meta"
NAMES = "its keys are names"
UNLISTED = "it requires others"


class Keyword(Protocol):
    """A keyword as the validator wants it: made once for a place in a schema, then asked."""

    def __init__(
        self, parent: Mapping[str, object], value: object, schema_path: Sequence[str | int]
    ) -> None: ...

    def validate(self, instance: object) -> None:
        """Raises ValueError for what breaks it."""


class UniqueBy:
    """``uniqueBy: name``: no two elements of a list have the same ``name``.

    The message is the index of the second one.
    """

    def __init__(self, parent: object, value: object, schema_path: object) -> None:
        self.field = str(value)

    def validate(self, instance: object) -> None:
        """Raises ValueError for the first element whose field an earlier one has."""
        seen = set[str]()
        for index, each in enumerate(instance if isinstance(instance, list) else ()):
            name = each.get(self.field) if isinstance(each, dict) else None
            if isinstance(name, str) and name in seen:
                raise ValueError(str(index))
            if isinstance(name, str):
                seen.add(name)


class HasKeyword:
    """``hasKeyword: true``: a schema that is not empty has a keyword that is known, or begins with ``x-``.

    The message is ``NAMES`` where all its keys may be meant as names of properties.
    """

    def __init__(self, parent: object, value: object, schema_path: object) -> None:
        self.known = _known()

    def validate(self, instance: object) -> None:
        """Raises ValueError for a map that says nothing which is known."""
        if not isinstance(instance, dict) or not instance:
            return
        if not any(key in self.known or key.startswith("x-") for key in instance):
            schemas = all(isinstance(each, dict) for each in instance.values())
            raise ValueError(NAMES if schemas else "none of its keys is a keyword")


class Discriminates:
    """``discriminates: true``: what the schema calls its ``discriminator`` is one of its required properties.

    AsyncAPI 2.0 to 3.1, "Schema Object". A schema that has alternatives may leave that to them. The message
    is ``UNLISTED`` where it requires others and not this one.
    """

    def __init__(self, parent: object, value: object, schema_path: object) -> None:
        pass

    def validate(self, instance: object) -> None:
        """Raises ValueError for a schema that has the property and does not require it."""
        if not isinstance(instance, dict) or "oneOf" in instance or "anyOf" in instance:
            return
        name, listed = instance.get("discriminator"), instance.get("required") or []
        if name in (instance.get("properties") or {}) and name not in listed:
            raise ValueError(UNLISTED if "required" in instance else "it requires nothing")


KEYWORDS: Final[Mapping[str, type[Keyword]]] = {
    "uniqueBy": UniqueBy,
    "hasKeyword": HasKeyword,
    "discriminates": Discriminates,
}


@cache
def _known() -> frozenset[str]:
    shared = json.loads((META / "schema.json").read_text("utf-8"))
    return frozenset(shared["$defs"]["schema"]["properties"])
