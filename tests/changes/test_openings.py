"""What opens a session: its address, its servers, credentials and other values."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from conformance.changes import compare
from tests.changes.pair import HTTP, Document, breaks, document, side


def opened(**parts: Any) -> Document:
    """The document, with these at their dotted places."""
    given = document()
    for place, value in parts.items():
        *way, last = place.split("__")
        here: Any = given
        for each in way:
            here = here[each]
        here[last] = value
    return given


def keyed(called: str = "key", **scheme: Any) -> Document:
    return opened(
        components__securitySchemes={called: {"type": "httpApiKey", "in": "header", "name": "X"} | scheme},
        servers__main__security=[{"$ref": f"#/components/securitySchemes/{called}"}],
    )


def at(address: str, **values: list[str]) -> Document:
    return opened(
        channels__c__address=address,
        channels__c__parameters={name: {"enum": each} if each else {} for name, each in values.items()},
    )


def served(called: str = "main", hole: str = "r", **variable: Any) -> Document:
    server = {"host": f"{{{hole}}}.example", "protocol": "ws", "variables": {hole: variable}}
    return opened(servers={called: server})


def asked(**schema: Any) -> Document:
    return opened(
        channels__c__bindings={"ws": {"query": {"type": "object", "properties": {"depth": schema}}}}
    )


def web(called: str = "key", **scheme: Any) -> Document:
    """Requests that want a key."""
    given = document(HTTP)
    given["components"] = {
        "securitySchemes": {called: {"type": "apiKey", "in": "query", "name": "X"} | scheme}
    }
    given["security"] = [{called: []}]
    return given


def other_channel(given: Document) -> Document:
    """The same document with another name for its channel."""
    made: Document = yaml.safe_load(yaml.safe_dump(given).replace("channels/c", "channels/d"))
    made["channels"] = {"d": made["channels"].pop("c")}
    return made


AB = ["a", "b"]
REFUSED: dict[str, Any] = {"x-conformance": {"upgrade": {"refusal": 401}}}
PAIRS: dict[str, tuple[Document, Document, str]] = {
    "key in another header": (keyed(), keyed(name="Y"), "both"),
    "key in the same header": (keyed(), keyed(name="x"), "nobody"),
    "key in another query parameter": (keyed(**{"in": "query"}), keyed(**{"in": "query"}, name="x"), "both"),
    "key of requests elsewhere": (web(), web(name="Y"), "both"),
    "values of an address fewer": (at("/w/{s}", s=AB), at("/w/{s}", s=["a"]), "clients"),
    "values of an address more": (at("/w/{s}", s=["a"]), at("/w/{s}", s=AB), "server"),
    "values of an address listed": (at("/w/{s}", s=[]), at("/w/{s}", s=AB), "clients"),
    "values of an address in another order": (at("/w/{s}", s=AB), at("/w/{s}", s=AB[::-1]), "nobody"),
    "parameter renamed": (at("/w/{s}", s=AB), at("/w/{t}", t=AB), "nobody"),
    "parameter renamed, values fewer": (at("/w/{s}", s=AB), at("/w/{t}", t=["a"]), "clients"),
    "channel renamed": (at("/w/{s}", s=AB), other_channel(at("/w/{s}", s=AB)), "nobody"),
    "values of a server fewer": (served(enum=AB), served(enum=["a"]), "clients"),
    "values of a server more": (served(enum=["a"]), served(enum=AB), "server"),
    "variable renamed": (served(enum=AB), served(hole="q", enum=AB), "nobody"),
    "server renamed": (served(enum=AB), served("other", enum=AB), "nobody"),
    "values at the opening fewer": (asked(enum=AB), asked(enum=["a"]), "clients"),
    "values at the opening more": (asked(enum=["a"]), asked(enum=AB), "server"),
    "length at the opening": (asked(type="string"), asked(type="string", maxLength=3), "clients"),
    "length at the opening gone": (asked(maxLength=3), asked(description="x"), "server"),
    "length at the opening other": (asked(maxLength=3), asked(maxLength=4), "both"),
    "scheme renamed": (keyed(), keyed("other"), "nobody"),
    "scheme renamed whose refusal is promised": (keyed(**REFUSED), keyed("other", **REFUSED), "nobody"),
    "scheme of requests renamed": (web(), web("other"), "nobody"),
}


@pytest.mark.parametrize("name", PAIRS)
def test_how_a_session_is_opened_breaks_whom_it_breaks(name: str) -> None:
    """Clients choose and send, the server takes; what only the documents call it breaks nobody."""
    old, new, whom = PAIRS[name]
    changes = compare(side(old), side(new)).changes
    assert breaks(changes) == whom, [(each.kind, each.says, each.gone, each.come) for each in changes]
    assert bool(changes) == (name not in SILENT)


SILENT = (
    "key in the same header",
    "values of an address in another order",
    "channel renamed",
    "variable renamed",
)


OLDER = """\
asyncapi: 2.6.0
info: {title: T, version: '1'}
servers: {main: {url: 'example:80', protocol: ws}}
channels:
  /w/{s}:
    parameters: {s: {schema: {type: string, enum: [a, b]}}}
    subscribe: {operationId: o, message: {name: m, payload: {type: object}}}
"""
NEWER = """\
asyncapi: 3.0.0
info: {title: T, version: '1'}
servers: {main: {host: 'example:80', protocol: ws}}
channels:
  c:
    address: /w/{s}
    parameters: {s: {enum: [a, b]}}
    messages: {m: {payload: {type: object}}}
operations: {o: {action: send, channel: {$ref: '#/channels/c'}}}
"""


def test_the_same_in_the_next_version_of_asyncapi_breaks_nobody() -> None:
    """A parameter stands with the address, whatever its channel is called."""
    changes = compare(side(OLDER), side(NEWER)).changes
    assert breaks(changes) == "nobody", [(each.kind, each.says) for each in changes]
