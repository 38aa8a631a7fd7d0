"""The documents are what they claim to be: AsyncAPI 3.0.0, OpenAPI 3.1, draft-07 payloads."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from .node import NoNodeError, installed, run
from .reading import ASYNCAPI, DOCUMENTS, OPENAPI, SPECS, load

PARSE = """
import fs from 'node:fs';
import { Parser } from '@asyncapi/parser';
const parsed = await new Parser().parse(fs.readFileSync(process.argv[2], 'utf8'));
console.log(JSON.stringify(parsed.diagnostics.map(
  (one) => ({ severity: one.severity, code: one.code, message: one.message, path: one.path.join('/') }))));
"""

VALIDATE = """
import { Validator } from '@seriousme/openapi-schema-validator';
const validator = new Validator();
const result = await validator.validate(process.argv[2]);
console.log(JSON.stringify({ version: validator.version, ...result }));
"""


@pytest.mark.parametrize("path", ASYNCAPI)
def test_asyncapi_satisfies_the_official_meta_schema(official: Path, path: str) -> None:
    """An AsyncAPI document satisfies the meta-schema that the specification's authors publish."""
    document = load(path)
    assert document["asyncapi"] == "3.0.0"
    file = official / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0-without-$id.json"
    judge = jsonschema.Draft7Validator(json.loads(file.read_text("utf-8")))
    assert [f"{error.json_path}: {error.message[:200]}" for error in judge.iter_errors(document)] == []


@pytest.mark.parametrize("path", ASYNCAPI)
def test_official_parser_finds_nothing(official: Path, path: str) -> None:
    """The official AsyncAPI parser has nothing to say but that there is a newer version."""
    found = json.loads(run(official, PARSE, str(SPECS / path)))
    assert [one for one in found if one["code"] != "asyncapi-latest-version"] == []


@pytest.mark.parametrize("path", OPENAPI)
def test_openapi_satisfies_the_official_meta_schema(official: Path, path: str) -> None:
    """An OpenAPI document satisfies the official meta-schema of OpenAPI 3.1."""
    assert json.loads(run(official, VALIDATE, str(SPECS / path))) == {"version": "3.1", "valid": True}


@pytest.mark.parametrize("path", DOCUMENTS)
def test_component_schemas_are_schemas(path: str) -> None:
    """Every component schema satisfies the meta-schema of its own dialect."""
    judge = jsonschema.Draft7Validator if path in ASYNCAPI else jsonschema.Draft202012Validator
    for name, schema in load(path)["components"]["schemas"].items():
        try:
            judge.check_schema(schema)
        except jsonschema.SchemaError as error:
            pytest.fail(f"{path} {name}: {error.message}")


def test_without_npm_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where npm is missing, the tests fail and say what to install."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(NoNodeError) as caught:
        installed()
    assert str(caught.value) == (
        "the documents cannot be held against their official tools: "
        "npm is not there (pip install -e '.[test]' brings it, or install Node.js 20)"
    )
