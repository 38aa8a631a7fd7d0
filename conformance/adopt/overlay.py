"""Guesses -> an overlay to look through: what is likely stands there, what may be is written as a comment.

OpenAPI Overlay Specification 1.1; targets are JSONPath queries (RFC 9535) on the document as it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import yaml

from conformance.adopt.guesses import changing, correlations, credentials, probes, refusal, replies
from conformance.contract import Operation, Service, Where, split
from conformance.documents.pointers import join
from conformance.documents.tree import Tree

EXTENSION = "x-conformance"
TEMPLATE = "template.yaml"
SCHEME = "credential"
JSONRPC = {-32700: "malformed", -32601: "unknown_operation", -32602: "invalid"}
ROLES = {
    "malformed": ("malformed", "parse", "syntax", "json", "decode"),
    "unknown_operation": ("unknown", "unsupported", "method", "command", "operation"),
    "unauthenticated": ("unauthenticated", "unauthorized", "login", "authentication"),
    "forbidden": ("forbidden", "permission", "denied"),
    "busy": ("busy", "rate", "throttled", "overloaded", "too"),
    "invalid": ("invalid", "bad", "validation"),
}
"""Roles of refusals and words in a code that speak for each; the first that fits is taken."""


Wrap = Callable[[dict[str, object]], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Action:
    """An update at a place, and why it is offered; with ``doubt`` it is written as a comment."""

    target: Where
    why: str
    update: Mapping[str, object]
    doubt: bool = False


def template() -> dict[str, str]:
    """The shipped template by its sections: title -> commented text."""
    text = (files("conformance.adopt") / TEMPLATE).read_text("utf-8")
    made: dict[str, str] = {}
    for block in text.split("\n# == ")[1:]:
        title, _, body = block.partition("\n")
        made[title.strip(" =")] = body.rstrip() + "\n"
    return made


def overlay(services: Sequence[Service], tree: Tree, extends: str) -> str:
    """The text of an overlay for ``tree``, the document of these services (one for each of its addresses).

    Applied as it is, it adds what was guessed without doubt. ``extends`` is how it names the document.
    """
    sections, name = template(), services[0].name.partition(".")[0]
    offered: dict[str, list[Action]] = {title: [] for title in OFFERS}
    for title, make in OFFERS.items():
        for action in (each for service in services for each in make(service)):
            if action not in offered[title]:  # two addresses may share a message
                offered[title].append(action)
    lines = [
        f"# What {extends} does not say, as it was guessed from the names in it.",
        "# Look through every action: what stands here is tested as a promise (provenance: assumed).",
        "# Remove what is not so; complete what is commented out.",
        "overlay: 1.1.0",
        f"info: {{title: {_inline(f'What {services[0].title or extends} leaves unsaid')}, version: 1.0.0}}",
        f"extends: {_inline(extends)}",
        "actions:",
        *_written(Action(_at(services[0], "/info"), "The name of the service in ids of clauses and cases.",
                         {EXTENSION: {"name": name}}), tree),
    ]  # fmt: skip
    for title, body in sections.items():
        lines += ["", f"# -- {title}", *body.splitlines()]
        for action in offered.get(title, ()):
            lines += _written(action, tree)
    return "\n".join(lines) + "\n"


def jsonpath(tree: Tree, pointer: str) -> str:
    """The normalized path (RFC 9535, 2.7) of a place in a document: elements by number, members by name."""
    path, here = "$", tree.node("")
    for part in split(pointer):
        escaped = part.replace("\\", "\\\\").replace("'", "\\'")
        path += f"[{part}]" if here is not None and isinstance(here.value, list) else f"['{escaped}']"
        here = here.get(part) if here is not None else None
    return path


def _replies(service: Service) -> Iterator[Action]:
    for guess in replies(service):
        target, wrap = _of_operation(service, guess.operation)
        update = wrap({"reply": {"message": guess.value}})
        why = f"{guess.operation.name} is answered with {guess.value} ({guess.why})."
        if guess.others:
            why += f" It may as well be {' or '.join(guess.others)}: choose."
        yield Action(target, why, update, doubt=bool(guess.others))
    unknown = [each.name for each in service.operations.values() if not each.replies]
    for name in unknown:
        if name not in {guess.operation.name for guess in replies(service)}:
            operation = service.operations[name]
            target, wrap = _of_operation(service, operation)
            update = wrap({"reply": {"message": "NAME"}})
            yield Action(target, f"Nothing in the names says what answers {name}.", update, doubt=True)


def _correlations(service: Service) -> Iterator[Action]:
    answers = {guess.operation.name: (guess.value,) for guess in replies(service) if not guess.others}
    found = refusal(service)
    refusing = (found[0].name,) if found is not None else ()
    given: dict[str, tuple[str, Where]] = {}
    for operation in service.operations.values():
        command = service.messages[operation.message]
        for name in (*(operation.replies or answers.get(operation.name, ())), *refusing):
            reply = service.messages[name]
            for field in correlations(service, command, reply):
                for each in (command, reply):
                    if not each.correlation:
                        given.setdefault(each.name, (field, each.where))
    for message, (field, where) in given.items():
        why = f"{message} is tied to its counterpart by {field}."
        yield Action(where, why, {"correlationId": {"location": f"$message.payload#/{field}"}})


def _credentials(service: Service) -> Iterator[Action]:
    known = {credential.operation for credential in service.credentials.values()}
    answers = {guess.operation.name: guess.value for guess in replies(service)}
    for operation, pointer in credentials(service):
        if operation.name in known:
            continue
        success = (operation.replies or (answers.get(operation.name, ""),))[0]
        scheme = {
            "type": "apiKey",
            "in": "user",
            EXTENSION: {
                "credential": {"operation": operation.name, "location": pointer, "success": success or "NAME"}
            },
        }
        why = f"{operation.name} carries a credential at {pointer}" + (
            f", and {success} says that it is accepted." if success else "; what says that it is accepted?"
        )
        update = {"securitySchemes": {SCHEME: scheme}}
        yield Action(_at(service, "/components"), why, update, doubt=not success)


def _safety(service: Service) -> Iterator[Action]:
    entering = any(True for _ in credentials(service))
    for operation in changing(service):
        target, wrap = _of_operation(service, operation)
        if operation.effects_stated or operation.schemes:
            continue
        why = (
            f"Nothing in its name says that {operation.name} changes nothing: it is put only with permission."
        )
        yield Action(target, why, wrap({"changes_state": True}))
        if entering and not operation.schemes:
            yield Action(target, "Does it need the credential?", wrap({"security": [SCHEME]}), doubt=True)


def _refusals(service: Service) -> Iterator[Action]:
    found = refusal(service)
    if service.rules.refusals is not None or found is None:
        return
    message, pointer, codes = found
    roles: dict[str, list[object]] = {}
    for code in codes:
        role = JSONRPC.get(code, "") if isinstance(code, int) else _role(str(code))
        if role:
            roles.setdefault(role, []).append(code)
    known = {role: some[0] if len(some) == 1 else some for role, some in roles.items()}
    stated = {"message": message.name, "code": pointer or "/code", "codes": known or {"invalid": "CODE"}}
    why = f"{message.name} is how the service refuses" + (
        f"; its code stands at {pointer}." if pointer else "; nothing says where its code stands."
    )
    if not roles:
        why += " Which code means what?"
    yield Action(_at(service), why, {EXTENSION: {"refusals": stated}}, doubt=not (pointer and roles))


def _role(code: str) -> str:
    lowered = code.lower()
    return next((role for role, marks in ROLES.items() if any(mark in lowered for mark in marks)), "")


def _roles(service: Service) -> Iterator[Action]:
    if "session.probe" in service.rules.roles:
        return
    for operation in probes(service):
        update = {EXTENSION: {"roles": {"session.probe": operation.name}}}
        yield Action(_at(service), f"{operation.name} is a round trip that changes nothing.", update)
        return


def _of_operation(service: Service, operation: Operation) -> tuple[Where, Wrap]:
    """Where the rules of a command go: on its operation; on its message when the operation has several."""
    alone = sum(1 for each in service.operations.values() if each.where == operation.where) == 1
    if alone:
        return operation.where, lambda rules: {EXTENSION: rules}
    command = service.messages[operation.message]
    return command.where, lambda rules: {EXTENSION: {"operation": rules}}


def _at(service: Service, pointer: str = "") -> Where:
    """A place in the document of the service, whether anything is there or not."""
    return Where(service.file, 1, pointer)


def _written(action: Action, tree: Tree) -> Iterable[str]:
    """The action as lines of YAML; commented out when in doubt.

    A target must be there: what is offered for a place that is not stands at the nearest that is. An overlay
    cannot reach into referenced files.
    """
    above, update, why = list(split(action.target.pointer)), dict(action.update), action.why
    own = action.target.file == tree.file
    while own and tree.node(join(*above)) is None:
        update = {above.pop(): update}
    if not own:
        why += f" It stands in {action.target.file}, where no overlay of this document reaches."
    body = yaml.safe_dump(update, sort_keys=False, allow_unicode=True, width=100, default_flow_style=None)
    lines = [
        f"  - target: {_inline(jsonpath(tree, join(*above)))}",
        f"    description: {_inline(why)}",
        "    update:",
        *("      " + line for line in body.splitlines()),
    ]
    return ["  # " + line[2:] for line in lines] if action.doubt or not own else lines


def _inline(text: str) -> str:
    """A text as one YAML scalar on one line."""
    made: str = yaml.safe_dump(text, allow_unicode=True, width=10**6, default_style='"')
    return made.strip().removesuffix("...").strip()


OFFERS: Mapping[str, Callable[[Service], Iterator[Action]]] = {
    "Replies": _replies,
    "Correlation": _correlations,
    "Credentials": _credentials,
    "Safety": _safety,
    "Refusals": _refusals,
    "Roles": _roles,
}
"""Section of the template -> what is guessed for it."""
