"""``x-conformance`` on messages and security schemes -> the typed rules, with their clauses.

The shape of the extensions has been judged by then (``documents.structure``); here their targets are.
"""

from __future__ import annotations

from types import MappingProxyType

from conformance.contract.clause import Level
from conformance.contract.clauses import Book
from conformance.contract.model import Credential, Message
from conformance.contract.rules import MessageRule
from conformance.contract.schema import Schema
from conformance.contract.sentences import shown
from conformance.contract.stated import number
from conformance.contract.targets import Targets, pointed
from conformance.documents.pointers import EACH, join
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node
from conformance.errors import DocumentError

PLACES = ("left", "at", "right", "when")  # in the order of MessageRule.at


def message_rules(owner: Node, schema: Schema, name: str, book: Book) -> tuple[MessageRule, ...]:
    """The rules of a message or of an HTTP body. Raises DocumentError for a pointer to nothing."""
    return tuple(_rule(node, schema, name, book) for node in owner.listed(EXTENSION, "rules"))


def _rule(node: Node, schema: Schema, owner: str, book: Book) -> MessageRule:
    each = node.text("each")
    at: list[str] = []
    for key in PLACES:
        place = node.get(key)
        if place is None:
            continue
        for leaf in [place] if isinstance(place.value, str) else list(place.elements()):
            base = f"{each}/{EACH}" if each else ""
            pointed(leaf, schema, base + str(leaf.value), owner)
            at.append(str(leaf.value))
    kind, name = node.text("kind"), node.text("name")
    says = node.text("says") or f"{owner}: {kind.replace('_', ' ')} at {', '.join(at)}."
    level = Level(node.text("level", default="must"))
    compare, or_equal = node.text("compare", default="integer"), _flag(node, "or_equal", default=False)
    stated = (says, kind, at, each, compare, or_equal)
    return MessageRule(
        name=name,
        says=says,
        kind=kind,
        at=tuple(at),
        each=each,
        compare=compare,
        or_equal=or_equal,
        level=level,
        provenance=book.lexical.provenance(node),
        where=node.where,
        clause=book.rule((owner, "rules", name), says, node, subject=owner, level=level, value=stated),
    )


def credential(scheme: Node, name: str, targets: Targets, book: Book) -> Credential | None:
    """How a security scheme is used in band, where the document says so."""
    stated = scheme.get(EXTENSION, "credential")
    if stated is None:
        return None
    operation, success, location = (_needed(stated, key) for key in ("operation", "success", "location"))
    pointed(
        location,
        targets.messages[targets.operation(operation).message].payload,
        str(location.value),
        str(operation.value),
    )
    accepted = targets.message(success)
    permissions = stated.get("permissions")
    if permissions is not None:
        pointed(permissions, accepted.payload, str(permissions.value), accepted.name)
    issued = scheme.get(EXTENSION, "issued")
    if issued is not None:
        maker, at = _needed(issued, "operation"), _needed(issued, "location")
        _issued(at, [targets.messages[each] for each in targets.operation(maker).replies], str(maker.value))
        _made(issued, targets)
    refusal = stated.word("refusal")
    used = (operation.value, location.value)
    clauses = {
        "success": book.rule(
            ("credentials", name, "success"), f"A valid {name} is accepted with {accepted.name}.", stated,
            value=(*used, accepted.name),
        ),
        "secret": book.rule(
            ("credentials", name, "secret"),
            f"A {name} that was used to authenticate is never sent back.",
            stated,
        ),
    }  # fmt: skip
    if permissions is not None and issued is not None and issued.get("permissions") is not None:
        clauses["permissions"] = book.rule(
            ("credentials", name, "permissions"),
            f"{accepted.name} lists what the {name} was made for, and no more.",
            permissions,
            value=(*used, accepted.name, str(permissions.value)),
        )
    if refusal:
        clauses["failure"] = book.rule(
            ("credentials", name, "failure"),
            f"A wrong {name} is refused with {shown(refusal)}.",
            stated.get("refusal") or stated,
            value=(*used, refusal),
        )
    return Credential(
        scheme=name,
        operation=str(operation.value),
        location=str(location.value),
        success=accepted.name,
        permissions=stated.text("permissions"),
        refusal=refusal,
        issued_by=issued.text("operation") if issued is not None else "",
        issued_at=issued.text("location") if issued is not None else "",
        grants_at=issued.text("permissions") if issued is not None else "",
        life_at=issued.text("life", "at") if issued is not None else "",
        brief=issued.text("life", "brief") if issued is not None else "",
        brief_ms=number(issued, "life", "brief_ms") if issued is not None else 0,
        revoked_by=issued.text("revoked_by") if issued is not None else "",
        where=stated.where,
        provenance=book.lexical.provenance(stated),
        clauses=MappingProxyType(clauses),
    )


def _issued(at: Node, replies: list[Message], maker: str) -> None:
    """One of the replies holds the credential. Raises DocumentError when none does."""
    refusals: list[DocumentError] = []
    for reply in replies:
        try:
            pointed(at, reply.payload, str(at.value), reply.name)
        except DocumentError as problem:
            refusals.append(problem)
    if not replies:
        raise at.refuse(f"{maker} has no reply that could hold a credential")
    if len(refusals) == len(replies):
        raise refusals[0]


def _made(issued: Node, targets: Targets) -> None:
    """What the command that makes one can ask for, and the command that revokes it, exist."""
    maker = targets.operation(_needed(issued, "operation"))
    payload = targets.messages[maker.message].payload
    for place in (issued.get("permissions"), issued.get("life", "at")):
        if place is not None:
            pointed(place, payload, str(place.value), maker.name)
    revoked_by = issued.get("revoked_by")
    if revoked_by is not None:
        targets.operation(revoked_by)


def secret_places(schema: Schema, at: str = "") -> tuple[str, ...]:
    """Pointers of values that are never recorded: ``format: password`` (OpenAPI 3.1, "Data Type Format")."""
    made = [at] if schema.values.get("format") == "password" else []
    for name, child in schema.properties.items():
        made += secret_places(child, at + join(name))
    for index, child in enumerate(schema.prefix):
        made += secret_places(child, at + join(index))
    for inside in (schema.rest, schema.additional, *schema.pattern_properties.values()):
        if inside is not None:
            made += secret_places(inside, f"{at}/{EACH}")
    for part in (*schema.all_of, *schema.any_of, *schema.one_of):
        made += secret_places(part, at)
    return tuple(dict.fromkeys(made))


def _needed(node: Node, key: str) -> Node:
    child = node.get(key)
    if child is None:
        raise node.refuse(f"{node.pointer} has no {key!r}", hint="it is required here")
    return child


def _flag(node: Node, key: str, *, default: bool) -> bool:
    child = node.get(key)
    return child.value if child is not None and isinstance(child.value, bool) else default
