"""Documents -> contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from conformance.contract.asyncapi3 import asyncapi_service
from conformance.contract.clause import Clause
from conformance.contract.clauses import Book, slug
from conformance.contract.model import Contract, Service
from conformance.contract.openapi import openapi_service
from conformance.contract.remainder import remainder
from conformance.contract.scenarios import scenario_clauses
from conformance.documents.find import Sources, find
from conformance.documents.opening import open_documents
from conformance.documents.references import References
from conformance.documents.structure import EXTENSION, check
from conformance.documents.tree import Tree
from conformance.documents.versions import Family, family
from conformance.errors import DocumentError


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document as it was read: its tree (overlays applied), what its references led to, its services."""

    tree: Tree
    references: References
    services: tuple[Service, ...]


def load(sources: Sources | None = None, overrides: Mapping[Path, str] | None = None) -> Contract:
    """The contract that ``read`` makes of these documents."""
    return read(sources, overrides)[0]


def read(
    sources: Sources | None = None, overrides: Mapping[Path, str] | None = None
) -> tuple[Contract, tuple[Loaded, ...]]:
    """Read all documents of a contract (default: the packaged ones). ``overrides`` names documents by file.

    Raises DocumentError for the first document that cannot be used, with file, line and what was expected.
    """
    loaded: list[Loaded] = []
    sources = sources if sources is not None else find()
    names = {path.resolve(): name for path, name in (overrides or {}).items()}
    services: dict[str, Service] = {}
    clauses: dict[str, Clause] = {}
    opened = open_documents(sources, lambda tree: names.get(tree.path.resolve()) or document_name(tree))
    for given, tree in opened.documents:
        path, references = tree.path, References(tree, sources.root, opened.allowed, opened.trees)
        service, book = read_service(tree, names.get(path.resolve()) or given, references)
        service = replace(service, path=str(path.resolve()))
        if service.name in services:
            raise DocumentError(
                tree.file,
                f"the name {service.name!r} is already that of {services[service.name].file}",
                expected="each document by a name of its own",
                hint="give one as NAME=FILE, or as info.x-conformance.name",
            )
        services[service.name] = service
        clauses |= book.clauses
        loaded.append(Loaded(tree, references, (service,)))
    _values_once(services)
    for tree in opened.scenarios:
        for clause in scenario_clauses(tree, services):
            clauses.setdefault(clause.id, clause)
    notes = (*opened.notes, *(note for each in loaded for note in each.references.notes))
    contract = Contract(
        MappingProxyType(services), MappingProxyType(clauses), notes, opened.overlays, opened.scenarios
    )
    return contract, tuple(loaded)


def read_service(
    tree: Tree, name: str | None = None, references: References | None = None
) -> tuple[Service, Book]:
    """The service of one document: here a version family meets its adapter. Raises DocumentError."""
    references = references or References(tree)
    kind = family(tree)
    check(tree, kind)
    name = name or document_name(tree)
    match kind:
        case Family.ASYNCAPI3:
            service, book = asyncapi_service(tree, name, references)
            remainder(tree, service, references, book)
            return service, book
        case Family.OPENAPI30 | Family.OPENAPI31:
            return openapi_service(tree, kind, name, references)
    raise DocumentError(
        f"{tree.file}:1", "a scenario document stands for no service", expected="AsyncAPI or OpenAPI"
    )


def document_name(tree: Tree) -> str:
    """``info.x-conformance.name``, else a slug of ``info.title``."""
    return tree.root.text("info", EXTENSION, "name") or slug(tree.root.text("info", "title")).lower()


def _values_once(services: Mapping[str, Service]) -> None:
    """Value names are one name space over all documents. Raises DocumentError when a name is given twice."""
    seen: dict[str, str] = {}
    for service in services.values():
        for source in service.rules.sources:
            for value in source.values:
                if value in seen:
                    raise DocumentError(
                        str(source.where),
                        f"the value {value!r} already comes from the source at {seen[value]}",
                        expected="each value from one source",
                    )
                seen[value] = str(source.where)
