"""What the words in the name of a message or field say of it."""

from __future__ import annotations

Words = tuple[str, ...]

ASKING = frozenset(
    {
        "command",
        "cmd",
        "request",
        "req",
        "message",
        "msg",
        "payload",
        "call",
        "op",
        "operation",
        "input",
        "in",
    }
)
"""Last words of a command's name that say no more than that it is one."""

ANSWERING = frozenset(
    {
        "accepted", "ack", "acked", "acknowledged", "acknowledgement", "acknowledgment", "answer",
        "completed", "confirmation", "confirmed", "done", "granted", "message", "msg", "ok", "out",
        "output", "payload",
        "reply", "res", "resp", "response", "result", "status", "success", "successful", "succeeded",
    }
)  # fmt: skip
"""Last words of a reply's name that say no more than that it is one."""

REFUSING = frozenset(
    {
        "error", "errors", "err", "failure", "failed", "fault", "problem", "reject", "rejected",
        "rejection", "nack",
    }
)  # fmt: skip
"""Words in the name of a message by which a service refuses."""

ENTERING = frozenset({"auth", "authenticate", "authentication", "authorize", "login", "logon", "signin"})
"""Words in the name of a command that brings a credential."""

SECRET = frozenset(
    {"apikey", "jwt", "key", "passphrase", "password", "secret", "signature", "sig", "token", "credential"}
)
"""Last words of a field that holds a credential."""

CORRELATING: frozenset[Words] = frozenset(
    {
        ("id",), ("reqid",), ("req", "id"), ("request", "id"), ("requestid",), ("correlation", "id"),
        ("correlationid",), ("cid",), ("nonce",), ("message", "id"), ("msg", "id"), ("ref",), ("reference",),
        ("client", "id"), ("trace", "id"),
    }
)  # fmt: skip
"""Names of fields that tie a reply to its command."""

TWINS = {
    "ping": (("pong",),),
    "login": (("logged", "in"),),
    "logon": (("logged", "on"),),
    "auth": (("authenticated",), ("authorized",)),
    "subscribe": (("subscription",), ("subscriptions",)),
    "unsubscribe": (("unsubscription",), ("unsubscriptions",)),
}
"""A command's verb and what its reply is called where that is no form of the same verb."""


def stem(name: Words, endings: frozenset[str]) -> Words:
    """The words without those endings; the last word always stays."""
    while len(name) > 1 and name[-1] in endings:
        name = name[:-1]
    return name


def past(verb: str) -> frozenset[str]:
    """Ways to write that something has been done: ``cancel`` -> canceled, cancelled; ``place`` -> placed."""
    if verb.endswith("e"):
        return frozenset({verb + "d"})
    if verb.endswith("y"):
        return frozenset({verb[:-1] + "ied", verb + "ed"})
    return frozenset({verb + "ed", verb + verb[-1] + "ed"})
