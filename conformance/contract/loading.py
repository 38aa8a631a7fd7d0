"""Documents -> contract."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from conformance.contract.asyncapi import asyncapi_services
from conformance.contract.clause import Clause
from conformance.contract.clauses import Book, slug
from conformance.contract.model import Contract, Service
from conformance.contract.openapi import openapi_service
from conformance.contract.scenarios import scenario_clauses
from conformance.documents.files import source_file
from conformance.documents.find import Sources, find
from conformance.documents.notes import Note
from conformance.documents.opening import open_documents
from conformance.documents.references import References, nearest
from conformance.documents.structure import EXTENSION, check
from conformance.documents.tree import Tree
from conformance.documents.versions import Family, family
from conformance.errors import DocumentError, UsageError


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
        name = names.get(path.resolve()) or given or document_name(tree)
        made = read_services(tree, name, references, _view(sources.perspective, name))
        own = tuple(replace(service, path=str(path.resolve()), document=name) for service, _ in made)
        for service in own:
            if service.name in services:
                raise DocumentError(
                    tree.file,
                    f"the name {service.name!r} is already that of {services[service.name].file}",
                    expected="each document by a name of its own",
                    hint="give one as NAME=FILE, or as info.x-conformance.name",
                )
            services[service.name] = service
        for _, book in made:
            clauses = clauses | book.clauses if clauses else book.clauses  # of a large document not twice
        loaded.append(Loaded(tree, references, own))
    _documents(sources.perspective, {each.document for each in services.values()})
    _values_once(services)
    for tree in opened.scenarios:
        for clause in scenario_clauses(tree, services):
            clauses.setdefault(clause.id, clause)
    noted = [
        *opened.notes,
        *(note for each in loaded for note in each.references.notes),
        *_unsourced(services),
    ]
    notes = tuple(dict.fromkeys(noted))  # several services of a document notice the same
    read_too = [source_file(tree) for each in loaded for tree in each.references.trees.values()]
    contract = Contract(
        MappingProxyType(services),
        MappingProxyType(clauses),
        notes,
        opened.overlays,
        opened.scenarios,
        tuple(dict.fromkeys([*opened.files, *read_too])),
    )
    return contract, tuple(loaded)


def read_services(
    tree: Tree, name: str | None = None, references: References | None = None, perspective: str = ""
) -> list[tuple[Service, Book]]:
    """The services of one document: here a version family meets its adapter. Raises DocumentError."""
    references = references or References(tree)
    kind = family(tree)
    check(tree, kind, references.notes)
    name = name or document_name(tree)
    match kind:
        case Family.ASYNCAPI2 | Family.ASYNCAPI3:
            return asyncapi_services(tree, kind, name, references, perspective)
        case Family.OPENAPI30 | Family.OPENAPI31:
            return [openapi_service(tree, kind, name, references)]
    raise DocumentError(
        f"{tree.file}:1", "a scenario document stands for no service", expected="AsyncAPI or OpenAPI"
    )


def document_name(tree: Tree) -> str:
    """``info.x-conformance.name``, else a slug of ``info.title``."""
    return tree.root.text("info", EXTENSION, "name") or slug(tree.root.text("info", "title")).lower()


def _view(given: Mapping[str, str], name: str) -> str:
    """The point of view that was asked for: of this document, or of all."""
    return given.get(name, given.get("", ""))


def _documents(given: Mapping[str, str], known: Collection[str]) -> None:
    """Raises UsageError for a perspective of a document that there is not."""
    for name in given:
        if name and name not in known:
            raise UsageError(f"--perspective {name}: no such document", hint=nearest(name, known))


def _unsourced(services: Mapping[str, Service]) -> Iterator[Note]:
    """Values that commands ask for, and that no source of these documents gives: once each."""
    given = {value for each in services.values() for one in each.rules.sources for value in one.values}
    given.update(
        name
        for each in services.values()
        for server in each.servers
        if isinstance(stated := server.stated.get("values"), Mapping)
        for name in stated
    )
    for service in services.values():
        for message in service.messages.values():
            for schema in message.payload.walk() if message.sent_by_client else ():
                name = schema.hints.get("source")
                if isinstance(name, str) and name not in given:
                    given.add(name)
                    says = f"no source gives {name}: what asks for it is sent only with --value {name}=…"
                    yield Note("unsourced-value", schema.where, says)


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
