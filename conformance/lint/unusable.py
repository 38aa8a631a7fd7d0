"""Documents that cannot be used: every reason that can be found, not only the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from conformance.contract.loading import Loaded, read
from conformance.contract.model import Contract
from conformance.documents.find import Sources
from conformance.documents.loader import load_tree
from conformance.documents.references import References
from conformance.documents.structure import defects
from conformance.documents.versions import family
from conformance.documents.where import Where
from conformance.errors import DocumentError
from conformance.lint.check import in_order, of_documents
from conformance.lint.rule import Finding, sentence
from conformance.lint.table import UNUSABLE

NOTHING = Contract(MappingProxyType({}), MappingProxyType({}))


def unusable(sources: Sources, first: DocumentError) -> tuple[Finding, ...]:
    """Why documents cannot be used: ``first``, which stopped the reading, and all else that can be found.

    Of documents that are built as they should be, findings that need no contract are told, too.
    """
    found: list[Finding] = []
    none = replace(sources, asyncapi=(), openapi=(), scenarios=())
    for named in sources.asyncapi:
        found += _document(replace(none, asyncapi=(named,)), named[1])
    for named in sources.openapi:
        found += _document(replace(none, openapi=(named,)), named[1])
    for path in sources.scenarios:
        try:
            load_tree(path, sources.shown(path))
        except DocumentError as problem:
            found.append(of_error(problem))
    stopped = of_error(first)
    known = {(each.where.file, each.where.line) for each in found if each.rule is UNUSABLE}
    if (stopped.where.file, stopped.where.line) not in known:
        found.append(stopped)
    return in_order(list(dict.fromkeys(found)))


def of_error(problem: DocumentError) -> Finding:
    """The finding of one DocumentError, at its ``file:line``."""
    file, _, line = problem.where.rpartition(":")
    if not line.isdigit():
        file, line = problem.where, "1"
    says = str(problem).removeprefix(problem.where).removeprefix(": ")
    return Finding(UNUSABLE, Where(file, max(int(line), 1)), sentence(says), file)


def _document(alone: Sources, path: Path) -> Iterator[Finding]:
    try:
        tree = load_tree(path, alone.shown(path))
        wrong = defects(tree, family(tree))
    except DocumentError as problem:
        yield of_error(problem)
        return
    yield from map(of_error, wrong)
    if wrong:
        return
    try:
        _, loaded = read(alone)
    except DocumentError as problem:
        yield of_error(problem)
        loaded = (Loaded(tree, References(tree, alone.root), ()),)
    yield from of_documents(NOTHING, loaded)
