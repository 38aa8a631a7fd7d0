"""The root extension of a WebSocket document -> ``Rules``, with its clauses."""

from __future__ import annotations

from types import MappingProxyType

from conformance.contract.clauses import Book
from conformance.contract.digest import unordered
from conformance.contract.rules import Deadline, Refusals, Rules, Source
from conformance.contract.sentences import shown
from conformance.contract.shares import Shares
from conformance.contract.stated import need, number, plain
from conformance.contract.stream_rules import stream_rules
from conformance.contract.targets import Targets, pointed
from conformance.documents.pointers import EACH
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node

LIMITS = {
    "message_bytes": "Messages of {} bytes are accepted; longer ones are not.",
    "streams": "{} streams can be open on one connection.",
    "connections": "{} connections can be open at once.",
    "commands_per_second": "{} commands a second are served on one connection; more may be refused as busy.",
    "spread_ms": "What one subscriber is told has reached all others {} ms later, whoever stops reading.",
    "unread_ms": "A reader that leaves messages unread for {} ms is closed.",
    "idle_ms": "A connection that answers pings is kept for at least {} ms without a message.",
}
CLOSE = {
    "oversize": "A message beyond the limit ends the connection with close code {}.",
    "invalid_text": "A text frame that is not UTF-8 ends the connection with close code {}.",
    "slow_reader": "A reader that stops reading is closed with {}, never given a silent gap.",
    "shutdown": "A shutdown ends connections with close code {}.",
}
WIRE = {
    "binary": "Messages are sent in binary frames.",
    "text": "Messages are sent in text frames.",
    "one-object": "Each message is exactly one encoded value, nothing behind it.",
    "unique-keys": "No map on the wire has a key twice.",
    "decodable": "Each message can be decoded.",
    "known-message": "Each message is one that the document describes.",
}
FRAMES = ("binary", "text")
ANY_BYTES = (*FRAMES, "decodable", "known-message")
TRANSPORT = {
    "upgrade": "The WebSocket handshake at the documented address is accepted (RFC 6455 section 4.2.2).",
    "ping": "A ping is answered with a pong of the same data (RFC 6455 section 5.5.3).",
}


def root_rules(
    root: Node, targets: Targets, book: Book, shares: Shares, *, frames: str = "text", unread: str = ""
) -> Rules:
    """All rules of the document's root that are this service's.

    ``frames``: ``binary`` where all messages are in a binary encoding, ``text`` where none is, '' where some
    are. ``unread``: why some messages of the target cannot be read; any bytes may be one of them.

    Raises DocumentError for a rule that names what does not exist.
    """
    extension = root.get(EXTENSION)
    content = root.get("defaultContentType") or root
    clauses: dict[str, str] = {}
    for name, says in WIRE.items():
        if name in FRAMES and name != frames:
            continue
        why = unread if name in ANY_BYTES else ""
        clause = book.rule(("wire", name), says, content, unenforceable=why)
        if not why:
            clauses[f"wire/{name}"] = clause
    clauses |= {
        f"transport/{name}": book.rule(("transport", name), says, root.get("channels") or root)
        for name, says in TRANSPORT.items()
    }
    if extension is None:
        return Rules(clauses=MappingProxyType(clauses))
    roles = [(name, role) for name, role in extension.named("roles") if shares.has(_places(role))]
    for _, role in roles:
        for place in _places(role):
            targets.role(place)
    silent = extension.get("silence", "before_first_command")
    if silent is not None and silent.value is True:
        says = "Before the client's first command no message comes."
        clauses["silence/before_first_command"] = book.rule(("silence", "before_first_command"), says, silent)
    for group in ("trading", "connections", "market"):
        for name, promise in extension.named(group):
            clauses[f"{group}/{name}"] = book.rule((group, name), str(promise.value), promise)
    refusals = _refusals(extension, targets, book, shares)
    deadlines = shares.listed(extension.listed("deadlines"), "stopped_by")
    return Rules(
        roles=MappingProxyType(
            {name: tuple(str(each.value) for each in _places(role)) for name, role in roles}
        ),
        refusals=refusals,
        deadlines=tuple(_deadline(node, targets, book) for node in deadlines),
        streams=stream_rules(extension, targets, book, shares),
        silent_before_first_command="silence/before_first_command" in clauses,
        limits=MappingProxyType(_numbers(extension, "limits", LIMITS, clauses, book)),
        close=MappingProxyType(_numbers(extension, "close", CLOSE, clauses, book)),
        sources=_sources(extension, targets, book.service, shares),
        clauses=MappingProxyType(clauses),
        raw=MappingProxyType(dict(extension.value) if isinstance(extension.value, dict) else {}),
    )


def _places(role: Node) -> list[Node]:
    """Where a role leads: one place, or each of a list."""
    return list(role.elements()) or [role]


def _numbers(
    extension: Node, group: str, says: dict[str, str], clauses: dict[str, str], book: Book
) -> dict[str, int]:
    made: dict[str, int] = {}
    for name, node in extension.named(group):
        if isinstance(node.value, int):
            made[name] = node.value
            sentence = says.get(name, group + " " + name + ": {}.").format(node.value)
            clauses[f"{group}/{name}"] = book.rule((group, name), sentence, node)
    return made


def _refusals(extension: Node, targets: Targets, book: Book, shares: Shares) -> Refusals | None:
    node = extension.get("refusals")
    if node is None or not shares.has([node.get("message")]):
        return None
    message = targets.message(need(node, "message"))
    code = need(node, "code")
    pointed(code, message.payload, str(code.value), message.name)
    codes = {role: list(each.elements()) or [each] for role, each in node.named("codes")}
    says = "What is {} is refused with {}."
    words = {"unknown_operation": "no operation that is known"}
    clauses = {
        role: book.rule(
            ("refusals", role),
            says.format(words.get(role, role), " or ".join(shown(each.value) for each in all_of)),
            all_of[0],
            value=(message.name, code.value, unordered([each.value for each in all_of])),
        )
        for role, all_of in codes.items()
    }
    return Refusals(
        message=message.name,
        code=str(code.value),
        codes=MappingProxyType({role: first.word() for role, (first, *_) in codes.items()}),
        also=MappingProxyType(
            {role: tuple(each.word() for each in rest) for role, (_, *rest) in codes.items() if rest}
        ),
        order=tuple(str(each.value) for each in node.listed("order")),
        where=node.where,
        provenance=book.lexical.provenance(node),
        clauses=MappingProxyType(clauses),
    )


def _deadline(node: Node, targets: Targets, book: Book) -> Deadline:
    name, refusal = node.text("name"), node.word("refusal")
    stopped = targets.message(need(node, "stopped_by")).name
    after, within, close = (number(node, key) for key in ("after_ms", "within_ms", "close"))
    window = f"between {after} and {after + within} ms"
    says = {"early": f"A connection without {stopped} is not ended before {after} ms."}
    if refusal:
        says["error"] = f"A connection without {stopped} is told {shown(refusal)} {window}."
    if close:
        says["close"] = f"A connection without {stopped} is closed with {close} {window}."
    return Deadline(
        name=name,
        stopped_by=stopped,
        after_ms=after,
        within_ms=within,
        refusal=refusal,
        close=close,
        where=node.where,
        provenance=book.lexical.provenance(node),
        clauses=MappingProxyType(
            {key: book.rule(("deadlines", name, key), text, node) for key, text in says.items()}
        ),
    )


def _sources(extension: Node, targets: Targets, service: str, shares: Shares) -> tuple[Source, ...]:
    return tuple(
        _source(name, node, targets, service)
        for name, node in extension.named("sources")
        if shares.first(node.get(key) for key in ("operation", "message", "undo"))
    )


def _source(name: str, node: Node, targets: Targets, service: str) -> Source:
    operation, message = targets.operation(need(node, "operation")), targets.message(need(node, "message"))
    base = f"{node.text('each')}/{EACH}" if node.get("each") is not None else ""
    values = {key: str(place.value) for key, place in node.named("values")}
    for key, place in node.named("values"):
        pointed(place, message.payload, base + values[key], message.name)
    for pointer, place in node.named("where"):
        pointed(place, message.payload, base + pointer, message.name)
    payload = targets.messages[operation.message].payload
    for field, value in node.named("with"):
        pointed(value, payload, "/" + field, operation.name)
    undo = node.get("undo")
    return Source(
        name=name,
        service=service,
        operation=operation.name,
        fields=plain(node, "with"),
        message=message.name,
        each=node.text("each"),
        filter=plain(node, "where"),
        values=MappingProxyType(values),
        scope=node.text("scope", default="run"),
        undo=targets.operation(undo).name if undo is not None else "",
        where=node.where,
    )
