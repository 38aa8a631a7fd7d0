"""Messages and commands of a WebSocket service: which belong together, and what changed in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.changes.forms import signature
from conformance.changes.ground import Ground, ends, matched, only
from conformance.changes.rules import differing, keyed
from conformance.changes.shapes import shape
from conformance.contract.model import Message, Operation, Service
from conformance.contract.spoken import frames_of
from conformance.documents.pointers import split


def messages_and_operations(ground: Ground, old: Service, new: Service) -> None:
    """Compare what can be sent, and what answers it."""
    names = _messages(ground, old, new)
    operations = _operations(ground, old, new, names)
    _alone(ground, old, new, names, operations)
    for name in new.unread:
        if name not in old.unread and name not in old.messages:
            says = f"the message {name} is new, and what it is cannot be read"
            ground.tell("message-new", new.name, name, says, clients=True, unsure=True, new=new.where)
    for name, other in names.items():
        _message(ground, old.messages[name], new.messages[other])
    for name, other in operations.items():
        _operation(ground, old, new, old.operations[name], new.operations[other], names)


def _messages(ground: Ground, old: Service, new: Service) -> dict[str, str]:
    """Old message -> new message: by name, else by what they let through; then but for their constants."""
    made = {name: name for name in matched(old.messages, new.messages)}
    gone = {name: each for name, each in old.messages.items() if name not in made}
    come = {name: each for name, each in new.messages.items() if name not in made}
    for blank in (False, True):
        texts = [{name: _print(each, blank) for name, each in some.items()} for some in (gone, come)]
        for name, other in only(texts[0], texts[1]):
            made[name] = other
            ground.subjects[old.name, name] = (new.name, other)
            same = "" if blank else ", and nothing else of it"
            ground.tell(
                "message-renamed", new.name, other, f"{name} is called {other} in the documents{same}",
                old=gone[name].where, new=come[other].where,
            )  # fmt: skip
            del gone[name], come[other]
    return made


def _print(message: Message, blank: bool) -> tuple[object, ...]:
    marks = frozenset(split(at)[0] for at in message.marks if at.count("/") == 1) if blank else frozenset()
    sides = (message.sent_by_target, message.sent_by_client, message.event, message.correlation)
    return (*sides, _encoding(message), signature(shape(message.payload), marks))


def _encoding(message: Message) -> str:
    """What its media type comes to on the wire, however it is spelt."""
    return frames_of(message.content_type) or message.content_type


def _operations(ground: Ground, old: Service, new: Service, names: Mapping[str, str]) -> dict[str, str]:
    made = {name: name for name in matched(old.operations, new.operations)}
    gone = {name: each for name, each in old.operations.items() if name not in made}
    come = {name: each for name, each in new.operations.items() if name not in made}
    before = {
        name: (names.get(each.message), frozenset(map(names.get, each.replies)))
        for name, each in gone.items()
    }
    after = {name: (each.message, frozenset(each.replies)) for name, each in come.items()}
    for name, other in only(before, after):
        made[name] = other
        ground.subjects[old.name, name] = (new.name, other)
        ground.tell(
            "operation-renamed", new.name, other, f"{name} is called {other} in the documents",
            old=gone[name].where, new=come[other].where,
        )  # fmt: skip
    return made


def _alone(
    ground: Ground, old: Service, new: Service, names: Mapping[str, str], operations: Mapping[str, str]
) -> None:
    """What only one of the two has: a command with all that only it brings along, then other messages."""
    lost = {name: each for name, each in old.messages.items() if name not in names}
    found = {name: each for name, each in new.messages.items() if name not in names.values()}
    gone = [each for name, each in old.operations.items() if name not in operations]
    come = [each for name, each in new.operations.items() if name not in operations.values()]
    kept = (
        _used(old, operations) | {name for name, each in lost.items() if each.event},
        _used(new, operations.values()) | {name for name, each in found.items() if each.event},
    )
    for each in gone:
        own = [name for name in (each.message, *each.replies) if name in lost and name not in kept[0]]
        ground.tell(
            "operation-gone", new.name, each.name, f"the command {each.name} is gone{_with(own)}",
            clients=True, old=each.where, gone=ground.of(ground.old, old.name, each.name, *own),
        )  # fmt: skip
        for name in own:
            lost.pop(name)
    for each in come:
        own = [name for name in (each.message, *each.replies) if name in found and name not in kept[1]]
        ground.tell(
            "operation-new", new.name, each.name, f"the command {each.name} is new{_with(own)}", server=True,
            new=each.where, come=ground.of(ground.new, new.name, each.name, *own),
        )  # fmt: skip
        for name in own:
            found.pop(name)
    for name, message in lost.items():
        ground.tell(
            "message-gone", new.name, name, f"the message {name} is gone",
            clients=message.sent_by_target or message.sent_by_client, server=message.sent_by_target,
            old=message.where, gone=ground.of(ground.old, old.name, name),
        )  # fmt: skip
    for name, message in found.items():
        ground.tell(
            "message-new", new.name, name, f"the message {name} is new", clients=message.sent_by_target,
            server=message.sent_by_client, new=message.where, come=ground.of(ground.new, new.name, name),
        )  # fmt: skip


def _used(service: Service, operations: Iterable[str]) -> set[str]:
    """The messages that these commands bring with them."""
    known = [service.operations[name] for name in operations]
    return {name for each in known for name in (each.message, *each.replies)}


def _with(messages: list[str]) -> str:
    return f" (with {', '.join(messages)})" if messages else ""


def _message(ground: Ground, old: Message, new: Message) -> None:
    def tell(kind: str, says: str, *, clients: bool = False, server: bool = False) -> None:
        ground.tell(
            kind, new.service, new.name, f"{new.name}: {says}", clients=clients, server=server,
            old=old.where, new=new.where,
        )  # fmt: skip

    sides = (("the target", old.sent_by_target, new.sent_by_target),
             ("a client", old.sent_by_client, new.sent_by_client))  # fmt: skip
    for who, was, now in sides:
        if was != now:
            by_target = who == "the target"
            says = f"{who} may {'send it now' if now else 'no longer send it'}"
            tell("direction", says, clients=by_target or not now, server=by_target != now)
    if old.event != new.event:
        says = "comes unasked now" if new.event else "no longer comes unasked"
        tell("event", says, clients=True, server=not new.event)
    if old.content_type != new.content_type:
        other = _encoding(old) != _encoding(new)
        tell("content-type", f"{old.content_type} → {new.content_type}", clients=other, server=other)
    if old.correlation != new.correlation:
        says = f"its correlation id is at {new.correlation or 'no place'} (was {old.correlation or 'none'})"
        tell("correlation", says, clients=True, server=True)
    if old.secrets != new.secrets:
        tell("secret", "what of it must not be recorded")
    if (old.summary, old.examples) != (new.summary, new.examples):
        tell("text", "its summary or its examples")
    by_target = old.sent_by_target or new.sent_by_target
    by_client = old.sent_by_client or new.sent_by_client
    ground.schemas(
        old.payload, new.payload, ends(by_target=by_target, by_client=by_client),
        (old.service, old.name), (new.service, new.name), new.name,
    )  # fmt: skip
    keyed(
        ground, new.service, new.name, "the rule", {each.name: each for each in old.rules},
        {each.name: each for each in new.rules},
    )  # fmt: skip


def _operation(
    ground: Ground, before: Service, after: Service, old: Operation, new: Operation, names: Mapping[str, str]
) -> None:
    def tell(kind: str, says: str, key: str, *, clients: bool, server: bool, unsure: bool = False) -> None:
        ground.tell(
            kind, after.name, new.name, f"{new.name}: {says}", clients=clients, server=server, unsure=unsure,
            old=old.where, new=new.where, gone=[old.clauses.get(key, "")], come=[new.clauses.get(key, "")],
        )  # fmt: skip

    if names.get(old.message) != new.message:
        tell(
            "command", f"is sent as {new.message}, no longer as {old.message}", "", clients=True, server=True
        )
    replies = {names.get(each, each): each for each in old.replies}
    for each in new.replies:
        if each not in replies and each in names.values():
            tell("reply-new", f"may be answered with {each}, too", "reply", clients=True, server=False)
    for each, name in replies.items():
        if each not in new.replies and name in names:
            tell("reply-gone", f"is no longer answered with {each}", "reply", clients=False, server=True)
    _secured(old, new, tell)
    if old.within_ms != new.within_ms:
        shorter = bool(new.within_ms) and (not old.within_ms or new.within_ms < old.within_ms)
        said = [f"{each.within_ms} ms" if each.within_ms else "any time" for each in (old, new)]
        tell("deadline", "answered within " + " → ".join(said), "within", clients=not shorter, server=shorter)
    for field, key in (("narrowed", "reply"), ("correlates", "correlation")):
        was, now = getattr(old, field), getattr(new, field)
        if was != now:
            what = "which reply it gets" if field == "narrowed" else "how a reply names its command"
            tell(field, f"{what}: changed, direction not known", key, clients=True, server=True, unsure=True)
    for field in differing(old, new, ("changes_state", "summary")):
        tell("text", f"its {field.replace('_', ' ')}", "", clients=False, server=False)


def _secured(old: Operation, new: Operation, tell: object) -> None:
    assert callable(tell)
    was, now = set(old.schemes), set(new.schemes)
    if was != now:
        freed, bound = bool(was) and not now, bool(now) and not was
        said = [" or ".join(each.schemes) or "no credential" for each in (old, new)]
        clients, server = bound or (not freed and bool(was - now)), freed or bound or bool(now - was)
        tell("security", "needs " + " → ".join(said), "security", clients=clients, server=server)
    if old.permissions != new.permissions:
        more = bool(set(new.permissions) - set(old.permissions))
        said = [" and ".join(each.permissions) or "none" for each in (old, new)]
        tell("permissions", "permissions " + " → ".join(said), "permissions", clients=more, server=True)
