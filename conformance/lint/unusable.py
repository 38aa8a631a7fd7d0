"""Documents that cannot be used: every reason that can be found, not only the first."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from conformance.contract.loading import Loaded, document_name, read_services
from conformance.contract.model import Contract
from conformance.documents.find import Sources
from conformance.documents.loader import load_tree
from conformance.documents.opening import open_documents
from conformance.documents.references import References, is_reference
from conformance.documents.structure import defects
from conformance.documents.tree import Node, Tree
from conformance.documents.versions import family
from conformance.documents.where import Where
from conformance.errors import ConformanceError, DocumentError
from conformance.lint.check import in_order, of_documents
from conformance.lint.places import VALUES
from conformance.lint.pruning import rule_at, without
from conformance.lint.rule import Finding, sentence
from conformance.lint.table import UNUSABLE

NOTHING = Contract(MappingProxyType({}), MappingProxyType({}))
MOST_TRIES = 20
"""Wrong rules of one document that are told."""


def unusable(sources: Sources, first: DocumentError) -> tuple[Finding, ...]:
    """Why documents cannot be used: ``first``, which stopped the reading, and all else that can be found.

    Of documents that are built as they should be, findings that need no contract are told, too.
    """
    found: list[Finding] = []
    try:
        opened = open_documents(sources, document_name)
        trees = [tree for _, tree in opened.documents]
        known = [References(tree, sources.root, opened.allowed, opened.trees) for tree in trees]
    except ConformanceError:  # a file that cannot be read, an overlay that cannot be applied
        trees = list(_readable(sources, found))
        known = [References(tree, sources.root) for tree in trees]
    for tree, references in zip(trees, known, strict=True):
        found += _document(tree, references, sources.perspective.get("", ""))
    stopped = of_error(first)
    told = {(each.where.file, each.where.line) for each in found if each.rule is UNUSABLE}
    if (stopped.where.file, stopped.where.line) not in told:
        found.append(stopped)
    return in_order(list(dict.fromkeys(found)))


def of_error(problem: DocumentError) -> Finding:
    """The finding of one DocumentError, at its ``file:line``."""
    file, _, line = problem.where.rpartition(":")
    if not line.isdigit():
        file, line = problem.where, "1"
    says = str(problem).removeprefix(problem.where).removeprefix(": ")
    return Finding(UNUSABLE, Where(file, max(int(line), 1)), sentence(says), file)


def _readable(sources: Sources, found: list[Finding]) -> Iterator[Tree]:
    """The documents that can be read; findings on the others."""
    own = [path for _, path in (*sources.asyncapi, *sources.openapi)]
    for path in (*own, *sources.scenarios):
        try:
            tree = load_tree(path, sources.shown(path))
        except DocumentError as problem:
            found.append(of_error(problem))
        else:
            if path in own:
                yield tree


def _document(tree: Tree, references: References, perspective: str) -> Iterator[Finding]:
    try:
        wrong = defects(tree, family(tree))
    except DocumentError as problem:
        yield of_error(problem)
        return
    yield from map(of_error, wrong)
    if wrong:
        return
    yield from map(of_error, _astray(tree, references))
    yield from map(of_error, _refused(tree, references, perspective))
    yield from of_documents(NOTHING, (Loaded(tree, references, ()),))


def _astray(tree: Tree, references: References) -> Iterator[DocumentError]:
    """References that lead nowhere. With ``$id`` anywhere they mean other things, and are left alone."""
    found: list[Node] = []
    todo = [tree.root]
    while todo:
        node = todo.pop()
        if node.get("$id") is not None:
            return
        if is_reference(node) and "#/" in f"{node.text('$ref')}#/":
            found.append(node)
        todo += [child for key, child in node.items() if key not in VALUES and not key.startswith("x-")]
        todo += list(node.elements())
    for node in found:
        try:
            references.target(node)
        except DocumentError as problem:
            yield problem


def _refused(tree: Tree, references: References, perspective: str) -> Iterator[DocumentError]:
    """What the reading of the contract refuses. A rule that names what does not exist is left out, and the
    reading tried again: for the next one.
    """
    for _ in range(MOST_TRIES):
        try:
            read_services(tree, document_name(tree), references, perspective)
        except DocumentError as problem:
            yield problem
            rule = rule_at(tree, problem.where)
            if not rule:
                return
            tree = without(tree, rule)
            if defects(tree, family(tree)):
                return  # the rule was needed by what stands around it
            references = References(tree, references.folder, references.allowed, references.trees)
            references.trees[tree.path.resolve()] = tree
        else:
            return
