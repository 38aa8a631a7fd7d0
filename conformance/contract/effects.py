"""Whether a command changes anything at the exchange: what a document does not say is answered with care.

Who has no permission to change anything sends nothing that might.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from conformance.contract.model import Operation, Service
from conformance.contract.operation_rules import Stated
from conformance.documents.words import words

FETCHING = frozenset({"fetch", "get", "list", "load", "lookup", "query", "read", "request", "show"})
"""First words of a command that asks for what the rest of its name says."""

READING = FETCHING - {"request"} | frozenset(
    {
        "auth", "authenticate", "check", "handshake", "heartbeat", "hello", "info", "login", "logon",
        "logout", "ping", "pong", "search", "signin", "signout", "status", "subscribe", "time", "unsub",
        "unsubscribe", "sub", "resubscribe",
    }
)  # fmt: skip
"""First words of a command that changes nothing but its own connection."""

CHANGING = frozenset(
    {
        "add", "amend", "buy", "cancel", "clear", "close", "create", "delete", "deposit", "edit", "execute",
        "issue", "kill", "mass", "modify", "move", "new", "open", "order", "pay", "place", "post", "put",
        "quote", "remove", "replace", "reset", "revoke", "sell", "send", "set", "start", "stop", "submit",
        "trade", "transfer", "update", "withdraw",
    }
)  # fmt: skip
"""First words of a command that may change what others see."""

SIGNING = frozenset({("sign", "in"), ("sign", "on"), ("sign", "out"), ("sign", "off")})


def reads(*names: str) -> bool:
    """Whether one of a command's names says plainly that it changes nothing."""
    return any(said[:1] and (said[0] in READING or said[:2] in SIGNING) for said in map(words, names))


def writes(*names: str) -> bool:
    """Whether one of a command's names says that it may change something."""
    return any(said[:1] and said[0] in CHANGING for said in map(words, names)) and not reads(*names)


def with_effects(service: Service, stated: Mapping[str, Stated]) -> Service:
    """The service, each command of which is known to change something, or not to.

    What a credential opens may do anything that its name does not rule out; what anybody may send is no
    order of an account, unless its name says so.
    """
    own = {each.operation for each in service.credentials.values()}
    own.update(service.rules.roles.get("session.probe", ()))
    if (streams := service.rules.streams) is not None:
        own |= {streams.subscribe, streams.unsubscribe}

    carried = any(each.security for each in service.servers)

    def changes(operation: Operation) -> bool:
        said = stated[operation.name].get("changes_state")
        if said is not None:
            return said.value is True
        if operation.name in own:
            return False
        names = operation.message, operation.name
        return bool(operation.schemes) or (not reads(*names) if carried else writes(*names))

    made = {
        name: replace(
            each,
            changes_state=changes(each),
            effects_stated=stated[name].get("changes_state") is not None or name in own,
        )
        for name, each in service.operations.items()
    }
    return replace(service, operations=MappingProxyType(made))
