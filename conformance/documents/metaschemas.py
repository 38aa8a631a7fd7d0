"""Our meta-schemas as validators: each is made when it is first needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from conformance.documents.keywords import KEYWORDS, META
from conformance.documents.versions import Family

EXTENSIONS = Path(__file__).parent.parent / "schemas" / "extensions.schema.json"
META_SCHEMAS = {
    Family.ASYNCAPI2: "asyncapi-2.x.json",
    Family.ASYNCAPI3: "asyncapi-3.x.json",
    Family.OPENAPI30: "openapi-3.x.json",
    Family.OPENAPI31: "openapi-3.x.json",
}


@cache
def validator(
    family: Family | None, part: str = "", *, bound: bool = True
) -> jsonschema_rs.Draft202012Validator:
    """The validator of a family's meta-schema, or of a part of it; of a bare schema for None."""
    return compiled(meta_schema(family, part, bound=bound))


@cache
def meta_schema(family: Family | None, part: str = "", *, bound: bool = True) -> Mapping[str, object]:
    """The meta-schema that a validator is made of; with all protocols only for what is ``bound`` to one."""
    shared = _meta("schema.json")
    if family is None:
        return {**shared, "$ref": "#/$defs/schema"}
    own, merged = _meta(META_SCHEMAS[family]), dict(shared["$defs"])
    if META_SCHEMAS[family].startswith("asyncapi"):
        merged |= _meta("asyncapi.json")["$defs"] | _bindings(bound=bound)
    own["$defs"] = {**merged, **own["$defs"]}
    return {"$defs": own["$defs"], "$ref": f"#/$defs/{part}"} if part else own


@cache
def extension_validator(place: str) -> jsonschema_rs.Draft202012Validator:
    """The validator of our extension at one kind of place."""
    return compiled({"$ref": f"#/$defs/{place}", "$defs": extension_schemas()})


@cache
def extension_schemas() -> Mapping[str, object]:
    """Our extensions by the kind of place that they are for."""
    return dict(json.loads(EXTENSIONS.read_text("utf-8"))["$defs"])


def compiled(schema: Mapping[str, object]) -> jsonschema_rs.Draft202012Validator:
    """A validator that judges formats and knows our keywords."""
    return jsonschema_rs.Draft202012Validator(
        dict(schema), validate_formats=True, offline=True, keywords=dict(KEYWORDS)
    )


def _meta(name: str) -> dict[str, Any]:
    return dict(json.loads((META / name).read_text("utf-8")))


def _bindings(*, bound: bool) -> dict[str, Any]:
    """The maps of bindings, and those of each protocol."""
    made = dict(_meta("bindings.json")["$defs"])
    if not bound:
        return {name: {} if name.endswith("Bindings") else each for name, each in made.items()}
    for path in sorted((META / "bindings").glob("*.json")):
        made |= json.loads(path.read_text("utf-8"))["$defs"]
    return made
