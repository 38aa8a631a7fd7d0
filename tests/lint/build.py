"""Documents for the tests of lint: a schema put into each kind of document, and what lint says of it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

from conformance.cases.catalogue import catalogue
from conformance.contract.loading import read
from conformance.documents.find import Sources
from conformance.lint import Finding, lint

ASYNCAPI3 = """\
asyncapi: 3.0.0
info: {title: Toy, version: '1'}
channels:
  room:
    address: /room
    messages:
      said:
        payload:
SCHEMA
BESIDE
operations:
  hear:
    action: send
    channel: {$ref: '#/channels/room'}
"""
ASYNCAPI2 = """\
asyncapi: 2.6.0
info: {title: Toy, version: '1'}
servers: {here: {url: 'ws://localhost/', protocol: ws}}
channels:
  /room:
    subscribe:
      operationId: hear
      message:
        name: said
        payload:
SCHEMA
BESIDE
"""
OPENAPI = """\
openapi: VERSION
info: {title: Toy, version: '1'}
paths:
  /state:
    get:
      operationId: state
      responses:
        '200':
          description: fine
          content:
            application/json:
BESIDE
              schema:
SCHEMA
"""


def asyncapi3(schema: str, beside: str = "") -> str:
    """An AsyncAPI 3.0 document whose one message has this payload (draft-07)."""
    return _filled(ASYNCAPI3, schema, beside, 10, 8)


def asyncapi2(schema: str, beside: str = "") -> str:
    """An AsyncAPI 2.6 document whose one message has this payload (draft-07)."""
    return _filled(ASYNCAPI2, schema, beside, 10, 8)


def openapi30(schema: str, beside: str = "") -> str:
    """An OpenAPI 3.0 document whose one body has this schema."""
    return _filled(OPENAPI.replace("VERSION", "3.0.3"), schema, beside, 16, 14)


def openapi31(schema: str, beside: str = "") -> str:
    """An OpenAPI 3.1 document whose one body has this schema (2020-12)."""
    return _filled(OPENAPI.replace("VERSION", "3.1.0"), schema, beside, 16, 14)


def _filled(template: str, schema: str, beside: str, deep: int, less: int) -> str:
    inner = indent(dedent(schema).strip("\n"), " " * deep)
    around = indent(dedent(beside).strip("\n"), " " * less)
    return template.replace("SCHEMA", inner).replace("BESIDE", around)


def write(folder: Path, text: str, name: str = "a.yaml") -> Path:
    """The document as a file."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def sources_of(*paths: Path) -> Sources:
    """These documents, AsyncAPI or OpenAPI by their first word."""
    kinds: dict[str, list[tuple[None, Path]]] = {"asyncapi": [], "openapi": []}
    for path in paths:
        kinds["openapi" if path.read_text("utf-8").startswith("openapi") else "asyncapi"].append((None, path))
    return Sources(tuple(kinds["asyncapi"]), tuple(kinds["openapi"]), (), paths[0].parent)


def lint_file(*paths: Path) -> list[Finding]:
    """What lint says of these documents, silenced findings too."""
    contract, loaded = read(sources_of(*paths))
    return list(lint(contract, loaded, catalogue(contract)))


def lint_text(folder: Path, text: str) -> list[Finding]:
    """What lint says of a document."""
    return lint_file(write(folder, text))


def of_rule(findings: list[Finding], rule: str) -> list[Finding]:
    """The findings of one rule, silenced ones apart."""
    return [each for each in findings if each.rule.id == rule and not each.reason]


def line_of(text: str, part: str) -> int:
    """The first line that holds a text."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)
