"""AsyncAPI 2.0 to 2.6: what differs from 3, and what must not."""

from __future__ import annotations

import pytest

from conformance.contract.model import Service
from conformance.errors import DocumentError
from tests.contract.build import notes_of, service_of, services_of

LIFT = """\
asyncapi: 2.6.0
info: {title: Lift, version: 1.2.0}
defaultContentType: application/msgpack
servers:
  main:
    url: 'lift.example.com:{port}/v1'
    protocol: wss
    variables: {port: {default: '8443'}}
  broker: {url: 'mqtt://lift.example.com', protocol: mqtt}
channels:
  '/lift/{id}':
    parameters: {id: {schema: {type: string, default: a}, location: '$message.payload#/id'}}
    publish:
      operationId: control
      traits: [{$ref: '#/components/operationTraits/guarded'}]
      message:
        oneOf:
          - {$ref: '#/components/messages/Move'}
          - {messageId: halt, payload: {type: object, required: [op], properties: {op: {const: halt}}}}
          - {name: Open doors, payload: {type: object, required: [op], properties: {op: {const: open}}}}
          - {title: Close!, payload: {type: object, required: [op], properties: {op: {const: close}}}}
          - {payload: {type: object, required: [op], properties: {op: {const: ring}}}}
    subscribe:
      message: {$ref: '#/components/messages/News'}
components:
  operationTraits:
    guarded: {summary: Only for guards., security: [{badge: []}]}
  messageTraits:
    tracked:
      correlationId: {location: '$message.payload#/ref'}
      headers: {type: object, properties: {trace: {type: string}}}
      summary: From the trait.
  messages:
    Move:
      summary: From the message.
      traits: [{$ref: '#/components/messageTraits/tracked'}]
      schemaFormat: application/schema+json;version=draft-07
      payload:
        type: object
        required: [op, ref]
        properties: {op: {const: move}, ref: {type: integer}, floor: {type: integer, maximum: 9}}
      examples: [{payload: {op: move, ref: 1, floor: 3}}]
      x-conformance:
        operation: {replies: [moved, stuck], within_ms: 500}
    News:
      oneOf:
        - {$ref: '#/components/messages/moved'}
        - {$ref: '#/components/messages/stuck'}
        - name: idle
          payload: {type: object, required: [event], properties: {event: {const: idle}}}
    moved:
      traits: [{$ref: '#/components/messageTraits/tracked'}]
      payload:
        type: object
        required: [event, ref]
        properties: {event: {const: moved}, ref: {type: integer}}
    stuck: {payload: {type: object, required: [event], properties: {event: {const: stuck}}}}
  securitySchemes:
    badge: {type: apiKey, in: password}
"""


@pytest.fixture(scope="module")
def lift() -> Service:
    return service_of(LIFT, "lift")[0]


def test_publish_is_what_clients_send(lift: Service) -> None:
    """2.6.0, Channel Item Object: the target receives what is published and sends what is subscribed to."""
    assert [each.name for each in lift.from_target()] == ["moved", "stuck", "idle"]
    assert [name for name, each in lift.messages.items() if each.sent_by_client] == [
        "Move",
        "halt",
        "Open-doors",
        "Close",
        "lift-id.publish.4",
    ]
    assert all(each.event for each in lift.from_target())


def test_each_message_of_a_oneof_is_a_command(lift: Service) -> None:
    """The operation's name and the message's; security comes from the operation's trait."""
    assert list(lift.operations) == [
        "control.Move",
        "control.halt",
        "control.Open-doors",
        "control.Close",
        "control.lift-id.publish.4",
    ]
    assert {each.schemes for each in lift.operations.values()} == {("badge",)}
    assert {each.summary for each in lift.operations.values()} == {"Only for guards."}


def test_a_message_states_what_answers_it(lift: Service) -> None:
    """Version 2 has no replies: x-conformance.operation gives each message of a oneOf its own."""
    move, halt = lift.operations["control.Move"], lift.operations["control.halt"]
    assert (move.replies, move.within_ms) == (("moved", "stuck"), 500)
    assert {"reply", "within", "correlation"} <= set(move.clauses)
    assert (halt.replies, halt.within_ms) == ((), 0)


def test_an_operation_of_many_messages_correlates_what_some_of_them_carry() -> None:
    """A template may speak of a value that not every command of it has, and of none that no command has."""
    said = "operationId: control\n      x-conformance: {correlates: {moved: {/ref: '{/floor}'}}}\n"
    text = LIFT.replace("operationId: control\n", said)
    assert text != LIFT
    assert len(service_of(text)[0].operations["control.halt"].correlates) == 1
    with pytest.raises(DocumentError, match=r"control\.Move has nothing at /flor"):
        service_of(text.replace("{/floor}", "{/flor}"))


def test_a_trait_patches_the_message(lift: Service) -> None:
    """2.6.0, Message Object: traits are merged into the message, so they win. From 3.0 on they do not."""
    assert lift.messages["Move"].summary == "From the trait."
    assert lift.messages["Move"].correlation == "/ref"
    assert lift.messages["moved"].correlation == "/ref"


def test_servers_and_addresses(lift: Service) -> None:
    """The address is the channel's key; a server is a URL with variables, and only WebSocket ones count."""
    assert [(each.name, each.url) for each in lift.servers] == [("main", "wss://lift.example.com:8443/v1")]
    assert (lift.address, lift.template, dict(lift.parameters)) == ("/lift/a", "/lift/{id}", {"id": "a"})
    assert notes_of(LIFT) == [
        "other-protocol a.yaml:9: the server broker speaks mqtt, and is left out",
    ]


def test_clauses_know_their_place(lift: Service) -> None:
    """No conversion on the way: a clause stands at the line of the document, with its real pointer."""
    _, book = service_of(LIFT, "lift")
    clause = book.clauses["lift/Move/floor/maximum"]
    assert (str(clause.where), clause.where.pointer) == (
        "a.yaml:41",
        "/components/messages/Move/payload/properties/floor/maximum",
    )


def test_operations_without_id_are_named_by_their_channel() -> None:
    """The channel's address and the action; the root needs no word."""
    text = """
    asyncapi: 2.0.0
    info: {title: T, version: '1'}
    channels:
      ROOM:
        publish: {message: {payload: {type: object}}}
    """
    service = service_of(text.replace("ROOM", "/rooms/{room}"))[0]
    assert (list(service.operations), list(service.messages)) == (
        ["rooms-room.publish"],
        ["rooms-room.publish"],
    )
    assert list(service_of(text.replace("ROOM", "/"))[0].operations) == ["publish"]


def test_names_do_not_depend_on_the_order() -> None:
    """Where two messages want one name, both say where they stand."""
    one = "publish: {operationId: x, message: {name: note, payload: {const: 1}}}"
    two = "subscribe: {message: {name: note, payload: {const: 2}}}"
    text = """
    asyncapi: 2.4.0
    info: {title: T, version: '1'}
    channels: {/a: {ONE, TWO}}
    """
    names = {
        tuple(sorted(service_of(text.replace("ONE", first).replace("TWO", second))[0].messages))
        for first, second in ((one, two), (two, one))
    }
    assert names == {("a.publish.note", "a.subscribe.note")}


def test_a_message_that_goes_both_ways_is_one_message() -> None:
    """A reference to the same component from both sides."""
    service = service_of(
        """
        asyncapi: 2.6.0
        info: {title: T, version: '1'}
        channels:
          /:
            publish: {message: {$ref: '#/components/messages/ping'}}
            subscribe: {message: {$ref: '#/components/messages/ping'}}
        components: {messages: {ping: {payload: {type: object}}}}
        """
    )[0]
    (ping,) = service.messages.values()
    assert (ping.name, ping.sent_by_client, ping.sent_by_target) == ("ping", True, True)


BROKEN = [
    ("channels: {/: {publish: {message: {payload: {type: text}}}}}", "a.yaml:3: .*type is .text"),
    ("channels: {/: {publish: {message: {playload: {}}}}}", "a.yaml:3: unknown key 'playload'.*payload"),
    ("channels: {/: {publish: {mesage: {}}}}", "a.yaml:3: unknown key 'mesage'.*did you mean message"),
    ("servers: {a: {protocol: ws}}\nchannels: {}", "a.yaml:3: /servers/a has no 'url'"),
    ("operations: {}", "a.yaml:1: the document has no 'channels'"),
    (
        "channels: {/: {publish: {message: {$ref: '#/components/messages/x'}}}}\n"
        "components: {messages: {x: {oneOf: [{$ref: '#/components/messages/x'}]}}}",
        "a.yaml:4: oneOf leads into itself without an end",
    ),
    (
        "channels: {/: {publish: {message: {traits: [{$ref: '#/components/messages/x'}]}}}}\n"
        "components: {messages: {x: {traits: []}}}",
        "a.yaml:4: a trait has traits of its own",
    ),
    (
        "channels:\n  /:\n    publish:\n      message:\n"
        "        payload: {type: record}\n        schemaFormat: application/vnd.apache.avro",
        "a.yaml:8: the schema format application/vnd.apache.avro is not supported: Avro is no JSON Schema",
    ),
    (
        "channels: {/: {publish: {message: {contentType: image/png}}}}",
        "no message of the document is in an encoding that is known here, only image/png",
    ),
]


@pytest.mark.parametrize(("text", "sentence"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_document_is_refused(text: str, sentence: str) -> None:
    """One sentence with the line."""
    with pytest.raises(DocumentError, match=sentence):
        services_of("asyncapi: 2.6.0\ninfo: {title: T, version: '1'}\n" + text)


ODD = [
    ("info: {title: T}", "a.yaml:2: /info has no 'version' (it is required here)"),
    ("info: {title: T, version: 1.0}", "not-a-text a.yaml:2: /info/version is 1.0"),
    ("info: {title: T, version: '1', licence: {}}", "did you mean license"),
    (
        "info: {title: T, version: '1', logo: {}}",
        "a.yaml:2: unknown key 'logo' in /info; expected only",
    ),
    (
        "info: {title: T, version: '1', externalDocs: {}}",
        "unknown-key a.yaml:2: unknown key 'externalDocs' in /info",
    ),
    (
        "info: {title: T, version: '1', contact: {email: nobody}}",
        'a.yaml:2: /info/contact/email is "nobody"; expected an email address',
    ),
]


@pytest.mark.parametrize(("info", "said"), ODD, ids=range(len(ODD)))
def test_what_can_be_lived_with_is_noted(info: str, said: str) -> None:
    """Against the specification, and clear all the same; what looks like a misspelt key is refused."""
    try:
        notes = notes_of(f"asyncapi: 2.6.0\n{info}\nchannels: {{}}")
    except DocumentError as problem:
        notes = [str(problem)]
    assert any(said in each for each in notes)


def test_a_version_may_be_a_number() -> None:
    """YAML reads 1.5 as a number; it is noted, and is the version."""
    service, _ = service_of("asyncapi: 2.6.0\ninfo: {title: T, version: 1.5}\nchannels: {}")
    assert service.version == "1.5"


def test_what_cannot_be_read_is_listed_with_its_reason() -> None:
    """A message in Avro, one in XML: never a silent pass; the others are judged."""
    text = """
    asyncapi: 2.6.0
    info: {title: T, version: '1'}
    channels:
      /:
        publish: {message: {name: ask, payload: {type: object}}}
        subscribe:
          message:
            oneOf:
              - {name: told, payload: {type: object, required: [a]}}
              - {name: blob, schemaFormat: application/vnd.apache.avro, payload: {type: record}}
              - {name: page, contentType: application/xml, payload: {type: object, required: [b]}}
    """
    service, book = service_of(text)
    assert list(service.messages) == ["ask", "told"]
    assert dict(service.unread) == {
        "blob": "blob cannot be read: its schema format application/vnd.apache.avro is not supported",
        "page": "page cannot be read: its content type application/xml is not supported",
    }
    given_up = {name: each.unenforceable for name, each in book.clauses.items() if each.unenforceable}
    assert given_up["toy/blob/schemaFormat"] == service.unread["blob"]
    assert given_up["toy/page/required"] == service.unread["page"]
    assert "any bytes may be a message that is not read" in given_up["toy/wire/known-message"]
    assert "toy/told/required" not in given_up
    assert [each.split()[0] for each in notes_of(text)] == ["unread-message", "unread-message"]
