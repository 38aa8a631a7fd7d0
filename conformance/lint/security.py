"""Security that cannot be used, and security that nobody asks for."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.model import Service
from conformance.documents.references import is_reference
from conformance.documents.tree import Node
from conformance.lint.desk import Desk
from conformance.lint.places import Places
from conformance.lint.rule import Finding, Rule, Severity, at, named, shown

UNUSABLE = Rule(
    "unusable-scheme",
    Severity.WARNING,
    "a secured operation whose schemes nobody can use",
    "The document does not say how the credential travels, so the command can never be authenticated.",
    "Say it in the scheme's x-conformance credential (operation, location, success), or use a scheme of the "
    "handshake (http, httpApiKey).",
)
UNUSED = Rule(
    "unused-scheme",
    Severity.NOTE,
    "a security scheme that nothing asks for",
    "Usually an operation or server lost its security, and is open without anybody meaning it.",
    "Name it under security, or take it out.",
)
RULES = (UNUSABLE, UNUSED)


def check(desk: Desk) -> Iterator[Finding]:
    """Schemes of every document."""
    for service in desk.contract.services.values():
        found = next((each for each in desk.places if each.loaded.tree.file == service.file), None)
        if found is not None:
            yield from _secured(found, service)
    for found in desk.places:
        yield from _unused(found)


def _secured(found: Places, service: Service) -> Iterator[Finding]:
    schemes = dict(found.loaded.tree.root.named("components", "securitySchemes"))
    dead: dict[tuple[str, ...], list[str]] = {}
    for operation in service.operations.values():
        known = [name for name in operation.schemes if name in schemes]
        if known and not any(_usable(service, name) for name in operation.schemes):
            dead.setdefault(operation.schemes, []).append(operation.name)
    for names, operations in dead.items():
        reasons = [each.impossible for name in names if (each := service.handshakes.get(name))]
        why = next(filter(None, reasons), "the document does not say how its credential is sent")
        verb = "asks" if len(operations) == 1 else "ask"
        says = f"{named(operations)} {verb} for {named(list(names))}: {why}"
        node = next(schemes[name] for name in names if name in schemes)
        yield at(node, UNUSABLE, says)


def _usable(service: Service, name: str) -> bool:
    """Whether a credential of the scheme can be sent: in band, or with the opening of the session."""
    handshake = service.handshakes.get(name)
    return name in service.credentials or (handshake is not None and not handshake.impossible)


def _unused(found: Places) -> Iterator[Finding]:
    root = found.loaded.tree.root
    asked: set[str] = set()
    todo = [root]
    while todo:
        node = todo.pop()
        for key, child in node.items():
            if key == "security":
                for each in child.elements():
                    asked |= _names(each)
            elif not key.startswith("x-") and isinstance(child.value, dict | list):
                todo.append(child)
        todo += [each for each in node.elements() if isinstance(each.value, dict | list)]
    for name, node in root.named("components", "securitySchemes"):
        if name not in asked:
            yield at(node, UNUSED, f"nothing asks for the scheme {shown(name)}")


def _names(requirement: Node) -> set[str]:
    """Schemes that one requirement names: by reference (AsyncAPI 3), or as keys of a map."""
    if is_reference(requirement):
        return {requirement.text("$ref").rpartition("/")[2]}
    return set(requirement.value) if isinstance(requirement.value, dict) else set()
