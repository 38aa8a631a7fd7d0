"""AsyncAPI 3.0 documents, ours and foreign ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract.model import Protocol, Service
from conformance.contract.traits import with_traits
from conformance.documents.loader import parse_tree
from conformance.documents.references import References
from conformance.errors import DocumentError
from tests.contract.build import CHAT, chat, notes_of, service_of

FOREIGN = """
asyncapi: 3.0.0
info: {title: 'Lift control (demo)', version: 2.1.0}
servers:
  main: {host: 'lift.example.com:{port}', pathname: /v1, protocol: wss, variables: {port: {default: '8443'}}}
channels:
  commands:
    address: '/lift/{id}'
    parameters: {id: {default: 'a'}}
    messages:
      move: {$ref: '#/components/messages/Move'}
      stop: {payload: {type: object, required: [op], properties: {op: {const: stop}}}}
  events:
    address: '/lift/{id}'
    messages:
      move:
        payload:
          type: object
          required: [event]
          properties: {event: {const: moved}, floor: {$ref: '#/components/schemas/Floor'}}
      alarm: {payload: {oneOf: [{$ref: '#/components/schemas/Fire'}, {$ref: '#/components/schemas/Stuck'}]}}
operations:
  control:
    action: receive
    channel: {$ref: '#/channels/commands'}
    traits: [{$ref: '#/components/operationTraits/known'}]
  report:
    action: send
    channel: {$ref: '#/channels/events'}
components:
  operationTraits: {known: {summary: From a trait.}}
  messages:
    Move:
      contentType: application/vnd.lift+json
      traits:
        - {correlationId: {$ref: '#/components/correlationIds/id'}, summary: not this one}
        - {summary: Go there.}
      payload:
        type: object
        required: [op, floor]
        properties: {op: {const: move}, floor: {$ref: '#/components/schemas/Floor'}}
      examples: [{payload: {op: move, floor: 3}}, {headers: {}}]
  correlationIds: {id: {location: '$message.payload#/id'}}
  schemas:
    Floor: {type: integer, minimum: -2}
    Fire: {type: object, required: [event], properties: {event: {const: fire}}}
    Stuck: {type: object, required: [event], properties: {event: {const: stuck}}}
"""


@pytest.fixture(scope="module")
def foreign() -> Service:
    return service_of(FOREIGN, "lift")[0]


def test_a_foreign_document_needs_none_of_our_extensions(foreign: Service) -> None:
    """Messages, operations and addresses come from the standard fields alone."""
    assert (foreign.protocol, foreign.version, foreign.address) == (Protocol.WEBSOCKET, "2.1.0", "/lift/a")
    assert [each.url for each in foreign.servers] == ["wss://lift.example.com:8443/v1"]
    assert list(foreign.messages) == ["move", "stop", "events.move", "alarm"]
    assert foreign.rules.refusals is None
    assert foreign.credentials == {}


def test_an_operation_of_several_messages_is_several_commands(foreign: Service) -> None:
    """Each is named by the operation and its message."""
    assert list(foreign.operations) == ["control.move", "control.stop"]
    assert [each.summary for each in foreign.operations.values()] == ["From a trait."] * 2
    assert foreign.operations["control.move"].changes_state  # its name says so


def test_who_sends_what(foreign: Service) -> None:
    """The target receives commands and sends events."""
    assert [each.name for each in foreign.from_target()] == ["events.move", "alarm"]
    assert [name for name, each in foreign.messages.items() if each.sent_by_client] == ["move", "stop"]


def test_message_details(foreign: Service) -> None:
    """Content types, traits, examples, marks."""
    move, alarm = foreign.messages["move"], foreign.messages["alarm"]
    assert (move.content_type, move.correlation, move.summary) == (
        "application/vnd.lift+json",
        "/id",
        "Go there.",
    )
    assert move.examples == ({"op": "move", "floor": 3},)
    assert alarm.content_type == "application/json"
    assert dict(alarm.marks) == {"/event": ("fire", "stuck")}
    assert [each.words for each in alarm.payload.one_of] == [("Fire",), ("Stuck",)]


def test_our_own_kind_of_document() -> None:
    """Correlation, replies, schemes, secrets and unknown values of the chat service."""
    service = chat()
    speak = service.operations["speak"]
    assert (speak.message, speak.replies, speak.schemes) == ("say", ("said", "no"), ("badge",))
    assert dict(speak.unknown) == {"/to": ("person", "nobody")}
    assert speak.changes_state
    assert service.messages["say"].secrets == ("/secret",)
    assert service.messages["say"].content_type == "application/msgpack"
    assert list(speak.clauses) == ["reply", "correlation", "security", "unknown-to"]


def test_replies_without_messages_are_the_channels_others() -> None:
    """A reply that lists nothing may be any message of its channel, the command itself apart."""
    service = service_of(
        """
        asyncapi: 3.0.0
        info: {title: T, version: '1'}
        channels: {c: {messages: {ask: {payload: true}, answer: {payload: true}}}}
        operations:
          o:
            action: receive
            channel: {$ref: '#/channels/c'}
            messages: [{$ref: '#/channels/c/messages/ask'}]
            reply: {channel: {$ref: '#/channels/c'}}
        """
    )[0]
    assert service.operations["o"].replies == ("answer",)


def test_messages_may_be_named_by_their_component() -> None:
    """Forbidden by the specification, common in the wild, and not ambiguous."""
    text = FOREIGN.replace(
        "action: receive\n", "action: receive\n    messages: [{$ref: '#/components/messages/Move'}]\n", 1
    )
    assert list(service_of(text)[0].operations) == ["control"]


def test_a_channel_may_be_a_reference() -> None:
    """Pointers into it lead through the reference."""
    service = service_of(
        """
        asyncapi: 3.0.0
        info: {title: T, version: '1'}
        channels: {c: {$ref: '#/components/channels/shared'}}
        operations:
          o:
            action: send
            channel: {$ref: '#/channels/c'}
            messages: [{$ref: '#/channels/c/messages/m'}]
        components: {channels: {shared: {address: /x, messages: {m: {payload: {type: string}}}}}}
        """
    )[0]
    assert (list(service.messages), service.address) == (["m"], "/x")


def test_a_message_that_the_channel_lacks_is_noted() -> None:
    """They are the channel's (AsyncAPI 3.0.0, Operation Object), but it is clear what is meant."""
    text = FOREIGN.replace(
        "action: send\n", "action: send\n    messages: [{$ref: '#/channels/commands/messages/stop'}]\n"
    )
    assert notes_of(text) == [
        "message-not-in-channel a.yaml:29: #/channels/commands/messages/stop is not a message of the channel "
        "events (AsyncAPI 3.0.0, Operation Object)"
    ]


def test_a_document_without_operations_promises_little() -> None:
    """It loads; nothing is sent and nothing is expected."""
    service, book = service_of("asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\n")
    assert (dict(service.messages), dict(service.operations)) == ({}, {})
    assert "toy/transport/upgrade" in book.clauses


def test_a_channel_must_be_the_documents() -> None:
    """An operation on a channel that is none is refused."""
    with pytest.raises(DocumentError, match=r"this is not a channel of the document \(there is room\)"):
        chat("channel: {$ref: '#/channels/room'}", "channel: {$ref: '#/components/securitySchemes'}")
    assert "room" in CHAT


def test_a_host_that_is_a_url_is_noted() -> None:
    """AsyncAPI 3.0.0, Server Object: the host alone; what is meant is clear."""
    text = FOREIGN.replace("host: 'lift.example.com:{port}'", "host: 'wss://lift.example.com:{port}'")
    assert [each.url for each in service_of(text)[0].servers] == ["wss://lift.example.com:8443/v1"]
    assert [each.split()[0] for each in notes_of(text)] == ["host-is-a-url"]


TRAITS = """\
asyncapi: 3.0.0
info: {title: T, version: '1'}
channels:
  c:
    address: /
    messages:
      ask:
        summary: Mine.
        bindings: {toy: {mine: 1}}
        headers: {type: object, properties: {a: {const: mine}}}
        payload: {type: object, required: [n], properties: {n: {type: integer}}}
        traits:
          - {summary: First., title: From the first., bindings: {toy: {mine: 2, first: 2}}}
          - $ref: '#/components/messageTraits/second'
      told: {payload: {type: object, properties: {n: {type: integer}}}}
      no: {payload: {type: object, properties: {why: {type: string}}}}
operations:
  o:
    action: receive
    channel: {$ref: '#/channels/c'}
    messages: [{$ref: '#/channels/c/messages/ask'}]
    traits: [{x-conformance: {within_ms: 700, permissions: [read]}}]
    x-conformance: {replies: [told, 'no'], within_ms: 300}
components:
  messageTraits:
    second:
      title: From the second.
      bindings: {toy: {first: 3, second: 3}}
      headers: {properties: {a: {const: theirs}, b: {const: theirs}}}
      correlationId: {location: '$message.payload#/n'}
      x-conformance: {rules: [{name: counted, says: It counts., kind: positive, at: /n}]}
"""


def test_traits_are_merged_deeply() -> None:
    """3.0.0, Traits Merge Mechanism: the object's own wins, then the last trait; maps inside are merged."""
    tree = parse_tree(TRAITS.encode(), Path("a.yaml"), "a.yaml")
    references = References(tree)
    node = tree.node("/channels/c/messages/ask")
    assert node is not None
    made = with_traits(node, references, own_wins=True)
    assert (made.text("summary"), made.text("title")) == ("Mine.", "From the second.")
    bindings, headers = made.get("bindings"), made.get("headers", "properties")
    assert bindings is not None
    assert bindings.value == {"toy": {"mine": 1, "first": 3, "second": 3}}
    assert headers is not None
    assert headers.value == {"a": {"const": "mine"}, "b": {"const": "theirs"}}
    places = {key: each.where.pointer for key, each in headers.items()}
    assert places["b"] == "/components/messageTraits/second/headers/properties/b"
    assert str(made.where) == "a.yaml:7"


def test_our_rules_may_come_from_traits() -> None:
    """Rules of a message, and what an operation states: key by key."""
    service, book = service_of(TRAITS)
    (rule,) = service.messages["ask"].rules
    assert (rule.name, str(rule.where)) == ("counted", "a.yaml:31")
    command = service.operations["o"]
    assert (command.within_ms, command.permissions, command.replies) == (300, ("read",), ("told", "no"))
    assert book.clauses["toy/o/reply"].says == "o is answered with a documented reply."


def test_a_message_overrides_its_operation() -> None:
    """x-conformance.operation of a message wins key by key, for the command of that message."""
    text = TRAITS.replace(
        "        summary: Mine.\n",
        "        summary: Mine.\n"
        "        x-conformance: {operation: {reply: {message: 'no', where: {/why: late}}, within_ms: 90}}\n",
    )
    command = service_of(text)[0].operations["o"]
    assert (command.replies, dict(command.narrowed)) == (("no",), {"/why": "late"})
    assert (command.within_ms, command.permissions) == (90, ("read",))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("replies: [told, 'no']", "replies: [told, nobody]", "a.yaml:23: there is no message 'nobody'"),
        (
            "replies: [told, 'no']",
            "replies: [told], reply: {message: told}",
            "a.yaml:23: both reply and replies are given",
        ),
        (
            "{summary: First.,",
            "{summary: First., payload: {},",
            "a.yaml:13: .*payload is a map; expected nothing",
        ),
        (
            "- $ref: '#/components/messageTraits/second'",
            "- $ref: '#/channels/c/messages/ask'",
            "a.yaml:12: a trait has traits of its own",
        ),
    ],
)
def test_wrong_traits_and_replies_are_refused(old: str, new: str, sentence: str) -> None:
    """One sentence with the line."""
    assert old in TRAITS
    with pytest.raises(DocumentError, match=sentence):
        service_of(TRAITS.replace(old, new, 1))
