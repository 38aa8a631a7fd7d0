"""What a document states of its subscriptions -> ``Streams``, with their clauses."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from conformance.contract.clauses import Book
from conformance.contract.rules import STREAM_ID, Places, StreamClock, StreamKind, Streams
from conformance.contract.sentences import shown
from conformance.contract.shares import Shares
from conformance.contract.stated import need, number, plain
from conformance.contract.targets import Targets, pointed
from conformance.documents.references import nearest
from conformance.documents.tree import Node

STREAM = {
    "acknowledged-first": "The stream {} is acknowledged before its first event.",
    "snapshot-first": "The stream {} begins with its snapshot.",
    "sequence": "Sequence numbers of the stream {} rise by exactly one.",
    "silent-after-unsubscribe": "No event of the stream {} comes after it was ended.",
}
STATED = {
    "shared": "An event of the stream {} is the same for all of its subscribers, to the byte and the number.",
    "lasting": "Numbers of the stream {} do not fall when it is ended and begun again.",
    "undisturbed": "What is refused leaves the running stream {} as it is.",
}
"""Of each kind, where the document says that it is so."""
CLOCK = "clock.server"
"""The role of the target's own time."""
CODES = {
    "repeated": "Subscribing twice is refused with {}.",
    "absent": "Unsubscribing from what is not subscribed is refused with {}.",
    "exhausted": "Subscriptions beyond the limit are refused with {}.",
}


def stream_rules(extension: Node, targets: Targets, book: Book, shares: Shares) -> Streams | None:
    """The streams of the document's root, when they are this service's.

    Raises DocumentError for names and pointers that do not exist, for a message of a stream that does not
    say which stream it is of, and for an acknowledgement that nothing tells from the end.
    """
    node = extension.get("streams")
    keys = ("subscribe", "unsubscribe", "acknowledged", "ended")
    if node is None or not shares.has(node.get(key) for key in keys):
        return None
    subscribe, unsubscribe = (targets.operation(need(node, key)) for key in ("subscribe", "unsubscribe"))
    acknowledged, ended = (targets.message(need(node, key)) for key in ("acknowledged", "ended"))
    if acknowledged.name == ended.name and not (subscribe.narrowed and unsubscribe.narrowed):
        raise need(node, "ended").refuse(
            f"{ended.name} is both the acknowledgement and the end, and nothing tells which",
            expected=f"reply: {{message: {ended.name}, where: …}} at {subscribe.name} and {unsubscribe.name}",
        )
    data = dict.fromkeys(name for kind in node.listed("kinds") for name in _data(kind, targets))
    stamped = node.get("time")
    times = _places(stamped, targets, tuple(data)) if stamped is not None else Places()
    for field, value in node.named("unsubscribe_with"):
        pointed(value, targets.messages[unsubscribe.message].payload, "/" + field, unsubscribe.name)
        _saved(value)
    identity = _places(need(node, "id"), targets, (acknowledged.name, ended.name, *data), complete=True)
    sequence = node.get("sequence")
    numbers = _places(sequence, targets, tuple(data)) if sequence is not None else Places()
    codes = {key: found for key in CODES if (found := node.get(key)) is not None}
    clauses = {
        key: book.rule(("streams", key), CODES[key].format(shown(code.value)), code)
        for key, code in codes.items()
    }
    clock = _clock(extension, node, targets)
    if clock is not None:
        says = f"The clock of the target ({clock.message} {clock.at}) counts milliseconds."
        clauses["clock"] = book.rule(("streams", "clock"), says, need(node, "clock"))
    return Streams(
        subscribe=subscribe.name,
        unsubscribe=unsubscribe.name,
        acknowledged=acknowledged.name,
        ended=ended.name,
        id=identity,
        sequence=numbers,
        time=times,
        repeated=node.word("repeated"),
        absent=node.word("absent"),
        exhausted=node.word("exhausted"),
        snapshot_within_ms=number(node, "snapshot_within_ms"),
        unsubscribe_with=plain(node, "unsubscribe_with"),
        kinds=tuple(_kind(kind, node, numbers, times, targets, book, clock) for kind in node.listed("kinds")),
        clock=clock,
        where=node.where,
        clauses=MappingProxyType(clauses),
    )


def _clock(extension: Node, node: Node, targets: Targets) -> StreamClock | None:
    """How near live events are to the target's clock. Raises DocumentError where nothing tells that."""
    stated = node.get("clock")
    if stated is None:
        return None
    role = extension.get("roles", CLOCK)
    if role is None:
        raise stated.refuse(
            "nothing tells the time of the target, which events are held against",
            expected=f"roles: {{{CLOCK}: Message#/where-its-time-stands}}",
        )
    message, _, at = str(role.value).partition("#")
    pointed(role, targets.named(role, message).payload, at, message)
    return StreamClock(message, at, number(stated, "within_ms"))


def _data(kind: Node, targets: Targets) -> Iterator[str]:
    snapshot = kind.get("snapshot")
    for each in ([snapshot] if snapshot is not None else []) + kind.listed("events"):
        yield targets.message(each).name


def _saved(node: Node) -> None:
    """Only the id of the stream is known where it is ended."""
    saved = node.get("saved") if isinstance(node.value, dict) and len(node.value) == 1 else None
    if saved is not None and saved.value != STREAM_ID:
        raise saved.refuse(f"nothing is saved as {saved.value!r}", expected=f"saved: {STREAM_ID}")
    for child in (*(each for _, each in node.named()), *node.elements()):
        _saved(child)


def _places(node: Node, targets: Targets, names: tuple[str, ...], *, complete: bool = False) -> Places:
    """A pointer into all of these messages, or one by the name of each; ``complete``: each has one."""
    if not isinstance(node.value, dict):
        for name in dict.fromkeys(names):
            pointed(node, targets.messages[name].payload, str(node.value), name)
        return Places(str(node.value))
    given = dict(node.named())
    for name, place in given.items():
        if name not in names:
            raise place.refuse(f"there is no message {name!r} in the streams", hint=nearest(name, names))
        pointed(place, targets.messages[name].payload, str(place.value), name)
    for name in names if complete else ():
        if name not in given:
            raise node.refuse(
                f"{node.key} does not say where it stands in {name}", expected=f"{name}: a pointer into it"
            )
    return Places(each=MappingProxyType({name: str(place.value) for name, place in given.items()}))


def _kind(
    node: Node,
    streams: Node,
    numbers: Places,
    times: Places,
    targets: Targets,
    book: Book,
    clock: StreamClock | None,
) -> StreamKind:
    name, snapshot = node.text("name"), node.get("snapshot")
    payload = targets.messages[targets.operation(need(streams, "subscribe")).message].payload
    for field, value in node.named("command"):
        pointed(value, payload, "/" + field, streams.text("subscribe"))
    command, events = plain(node, "command"), tuple(str(each.value) for each in node.listed("events"))
    stated = (dict(command), node.text("snapshot"), sorted(events))
    promised = [
        key
        for key in STREAM
        if (key != "snapshot-first" or snapshot is not None)
        and (key != "sequence" or any(numbers.of(each) for each in _data(node, targets)))
    ]
    clauses = {
        key: book.rule(("streams", name, key), STREAM[key].format(name), node, value=stated)
        for key in promised
    }
    for key, says in STATED.items():
        flag = streams.get(key)
        if flag is not None and flag.value is True and "sequence" in promised:
            clauses[key] = book.rule(("streams", name, key), says.format(name), flag)
    if clock is not None and any(times.of(each) for each in events):
        says = (
            f"Live events of the stream {name} are stamped within {clock.within_ms} ms of the target's clock."
        )
        clauses["clock"] = book.rule(("streams", name, "clock"), says, need(streams, "clock"))
    return StreamKind(
        name=name,
        command=command,
        snapshot=node.text("snapshot"),
        events=events,
        where=node.where,
        provenance=book.lexical.provenance(node),
        clauses=MappingProxyType(clauses),
    )
