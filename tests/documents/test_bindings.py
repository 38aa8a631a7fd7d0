"""Bindings of all protocols: what their tables allow is taken, everything else refused with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from conformance.documents.notes import Note
from conformance.documents.structure import defects, judged
from conformance.documents.versions import Family, family
from conformance.errors import DocumentError
from tests.documents.build import tree_of
from tests.specs.node import installed

PLACES = {
    Family.ASYNCAPI2: """\
asyncapi: 2.6.0
info: {title: Toy, version: '1'}
servers: {main: {url: example.com, protocol: wss, bindings: SERVER}}
channels:
  /room:
    bindings: CHANNEL
    publish:
      bindings: OPERATION
      message: {bindings: MESSAGE}
""",
    Family.ASYNCAPI3: """\
asyncapi: 3.0.0
info: {title: Toy, version: '1'}
servers: {main: {host: example.com, protocol: wss, bindings: SERVER}}
channels:
  room:
    bindings: CHANNEL
    messages:
      hello: {bindings: MESSAGE}
operations:
  greet: {action: receive, channel: {$ref: '#/channels/room'}, bindings: OPERATION}
""",
}
LINES = {
    Family.ASYNCAPI2: {"server": 3, "channel": 6, "operation": 8, "message": 9},
    Family.ASYNCAPI3: {"server": 3, "channel": 6, "message": 8, "operation": 10},
}
QUEUE = "name: q, fifoQueue: true, deliveryDelay: 900, redrivePolicy: {deadLetterQueue: {arn: a}}"

VALID = [
    ("amqp", "channel", "{is: routingKey, exchange: {name: e, type: topic, durable: true, vhost: /}}"),
    ("amqp", "channel", "{is: queue, queue: {name: q, exclusive: false}, bindingVersion: 0.3.0}"),
    (
        "amqp",
        "operation",
        "{expiration: 0, cc: [a], priority: 1, deliveryMode: 2, ack: false}",
    ),
    ("amqp", "operation", "{replyTo: q, bindingVersion: 0.2.0}"),
    ("amqp", "message", "{contentEncoding: gzip, messageType: m, bindingVersion: latest, x-mine: 1}"),
    ("amqp1", "message", "{}"),
    ("anypointmq", "channel", "{destination: d, destinationType: fifo-queue, bindingVersion: 0.1.0}"),
    ("anypointmq", "message", "{headers: {type: object, properties: {messageId: {type: string}}}}"),
    ("googlepubsub", "channel", "{labels: {a: b}, schemaSettings: {encoding: json, name: n}}"),
    ("googlepubsub", "message", "{orderingKey: k, schema: {name: n}, bindingVersion: 0.2.0}"),
    ("http", "operation", "{type: request, method: GET, query: {type: object}, bindingVersion: 0.1.0}"),
    ("http", "operation", "{method: PATCH, bindingVersion: 0.3.0}"),
    ("http", "message", "{statusCode: 200, headers: {type: object, properties: {a: {type: string}}}}"),
    ("ibmmq", "server", "{groupId: g, heartBeatInterval: 999999, multiEndpointServer: true}"),
    ("ibmmq", "channel", "{destinationType: queue, queue: {objectName: q}, maxMsgLength: 1}"),
    ("ibmmq", "channel", "{topic: {string: s, durablePermitted: true}}"),
    ("ibmmq", "message", "{type: binary, headers: MQRFH2, expiry: 0, description: d}"),
    ("jms", "server", "{jmsConnectionFactory: f, properties: [{name: a, value: false}], clientID: c}"),
    ("jms", "channel", "{destination: d, destinationType: queue}"),
    ("jms", "message", "{headers: {type: object, properties: {JMSMessageID: {type: string}}}}"),
    ("kafka", "server", "{schemaRegistryUrl: 'https://r.example', schemaRegistryVendor: v}"),
    (
        "kafka",
        "channel",
        "{topic: t, partitions: 1, topicConfiguration: {cleanup.policy: [delete], a: 1}}",
    ),
    ("kafka", "operation", "{groupId: {type: string, enum: [g]}, clientId: c}"),
    ("kafka", "message", "{key: {type: string}, schemaIdLocation: payload, bindingVersion: 0.5.0}"),
    ("kafka", "message", "{key: {type: record, name: k, fields: []}, bindingVersion: 0.4.0}"),
    ("kafka", "message", "{key: {$ref: '#/components/schemas/k'}}"),
    ("mercure", "channel", "{bindingVersion: 0.1.0}"),
    (
        "mqtt",
        "server",
        "{clientId: c, lastWill: {topic: t, qos: 2}, sessionExpiryInterval: 60}",
    ),
    ("mqtt", "server", "{maximumPacketSize: {type: integer, minimum: 256}, bindingVersion: 0.2.0}"),
    ("mqtt", "operation", "{qos: 1, retain: true, messageExpiryInterval: 60}"),
    ("mqtt", "message", "{payloadFormatIndicator: 1, correlationData: {type: string}, responseTopic: a/b}"),
    ("mqtt5", "server", "{sessionExpiryInterval: 60}"),
    ("nats", "operation", "{queue: q}"),
    ("pulsar", "server", "{tenant: t}"),
    (
        "pulsar",
        "channel",
        "{namespace: n, persistence: persistent, geo-replication: [a], retention: {}}",
    ),
    ("redis", "server", "{}"),
    ("ros2", "server", "{rmwImplementation: r, domainId: 231}"),
    ("ros2", "operation", "{role: subscriber, node: /n, qosPolicies: {reliability: reliable, lifespan: -1}}"),
    ("sns", "channel", "{name: n, ordering: {type: FIFO}, policy: {statements: []}}"),
    ("sns", "operation", "{consumers: [{protocol: sqs, endpoint: {name: q}, rawMessageDelivery: false}]}"),
    ("solace", "server", "{msgVpn: v, clientName: c, bindingVersion: 0.4.0}"),
    ("solace", "operation", "{destinations: [{destinationType: queue, queue: {name: q}}], priority: 255}"),
    ("sqs", "channel", f"{{queue: {{{QUEUE}}}}}"),
    ("sqs", "operation", f"{{queues: [{{{QUEUE}}}]}}"),
    ("stomp", "operation", "{}"),
    ("ws", "channel", "{method: GET, query: {type: object}, headers: {type: object}, bindingVersion: 1.1.1}"),
    ("ws", "message", "{bindingVersion: 0.1.0}"),
    ("kafka", "channel", "{whatever: 1, bindingVersion: 9.0.0}"),
    ("carrier-pigeon", "channel", "{wings: two}"),
    ("x-mine", "server", "anything"),
]
INVALID = [
    ("amqp", "server", "{vhost: a}", "unknown key 'vhost'"),
    ("amqp", "channel", "{is: topic}", '/is is "topic"; expected one of queue, routingKey'),
    ("amqp", "channel", "{exchange: {type: any}}", '/exchange/type is "any"; expected one of topic'),
    ("amqp", "channel", f"{{queue: {{name: {'q' * 256}}}}}", "; expected at most 255 characters"),
    ("amqp", "operation", "{expiration: -1}", "/expiration is -1; expected at least 0"),
    ("amqp", "operation", "{deliveryMode: 3}", "/deliveryMode is 3; expected one of 1, 2"),
    (
        "amqp",
        "operation",
        "{replyTo: q, bindingVersion: 0.3.0}",
        "nothing (bindingVersion is 0.3.0)",
    ),
    ("amqp", "message", "{contentEncodin: gzip}", "(did you mean contentEncoding?)"),
    (
        "amqp",
        "message",
        "{bindingVersion: {a: 1}}",
        "/bindingVersion is a map; expected a value",
    ),
    ("amqp1", "message", "{a: 1}", "unknown key 'a'"),
    ("anypointmq", "channel", "{destinationType: topic}", "expected one of exchange, queue, fifo-queue"),
    (
        "anypointmq",
        "message",
        "{headers: {type: string}}",
        '/headers/type is "string"; expected one of',
    ),
    ("googlepubsub", "channel", "{labels: []}", "/labels is a list; expected a value of type object"),
    ("googlepubsub", "channel", "{topic: t, bindingVersion: 0.2.0}", "(bindingVersion is 0.2.0)"),
    ("googlepubsub", "message", "{schema: {name: []}}", "/schema/name is a list; expected a value"),
    ("http", "operation", "{method: FETCH}", "expected one of GET, POST"),
    ("http", "operation", "{method: GET, bindingVersion: 0.1.0}", "has no 'type' (it is required here)"),
    ("http", "operation", "{type: request, bindingVersion: 0.2.0}", "(bindingVersion is 0.2.0)"),
    ("http", "message", "{headers: {a: 1}}", "expected a schema: none of its keys is a keyword"),
    ("http", "message", "{hello: 1, bindingVersion: 0.3.0}", "unknown key 'hello'"),
    ("ibmmq", "server", "{heartBeatInterval: 1000000}", "expected at most 999999"),
    ("ibmmq", "channel", "{destinationType: queue}", "has no 'queue' (it is required here)"),
    ("ibmmq", "channel", "{queue: {objectName: q}}", "/queue is a map; expected nothing"),
    ("ibmmq", "channel", "{destinationType: queue, queue: {exclusive: true}}", "has no 'objectName'"),
    ("ibmmq", "message", "{type: jms, headers: h}", '/headers is "h"; expected nothing'),
    ("ibmmq", "message", "{expiry: -1}", "/expiry is -1; expected at least 0"),
    ("jms", "server", "{clientID: c}", "has no 'jmsConnectionFactory'"),
    ("jms", "channel", "{destinationType: topic}", "expected one of queue, fifo-queue"),
    ("jms", "message", "{headers: []}", "/headers is a list"),
    ("kafka", "server", "{schemaRegistryVendor: v}", "has no 'schemaRegistryUrl'"),
    ("kafka", "channel", "{partitions: 0}", "/partitions is 0; expected at least 1"),
    ("kafka", "channel", "{topicConfiguration: {cleanup.policy: [keep]}}", "expected one of delete, compact"),
    ("kafka", "channel", "{topic: t, bindingVersion: 0.1.0}", "(bindingVersion is 0.1.0)"),
    ("kafka", "operation", "{groupId: {prop: 1}}", "/groupId is a map; expected a schema"),
    ("kafka", "message", "{key: 1}", "/key is 1; expected a value of type"),
    ("kafka", "message", "{schemaIdLocation: payload, bindingVersion: 0.2.0}", "(bindingVersion is 0.2.0)"),
    ("mercure", "channel", "{a: 1}", "unknown key 'a'"),
    ("mqtt", "server", "{lastWill: {qos: 3}}", "/lastWill/qos is 3; expected one of 0, 1, 2"),
    ("mqtt", "server", "{maximumPacketSize: 0}", "/maximumPacketSize is 0; expected at least 1"),
    ("mqtt", "channel", "{qos: 3, other: 1}", "unknown key 'other'"),
    ("mqtt", "operation", "{qos: 3}", "/qos is 3; expected one of 0, 1, 2"),
    ("mqtt", "message", "{contentType: a/b, bindingVersion: 0.1.0}", "(bindingVersion is 0.1.0)"),
    ("mqtt5", "server", "{sessionExpiryInterval: long}", "expected a value of type integer"),
    ("nats", "operation", "{queue: []}", "/queue is a list; expected a value of type string"),
    ("pulsar", "server", "{tenant: 1}", "/tenant is 1; expected a value of type string"),
    ("pulsar", "channel", "{namespace: n}", "has no 'persistence'"),
    ("redis", "server", "{a: 1}", "unknown key 'a'"),
    ("ros2", "server", "{domainId: 232}", "/domainId is 232; expected at most 231"),
    ("ros2", "operation", "{role: actor}", '/role is "actor"; expected one of publisher'),
    ("sns", "channel", "{ordering: {}}", "/ordering has no 'type'"),
    ("sns", "operation", "{consumers: [{protocol: pigeon, endpoint: {}}]}", "/consumers/0/protocol is"),
    ("solace", "server", "{clientName: c, bindingVersion: 0.3.0}", "(bindingVersion is 0.3.0)"),
    ("solace", "operation", "{priority: 256}", "/priority is 256; expected at most 255"),
    ("sqs", "channel", "{}", "has no 'queue'"),
    ("sqs", "operation", "{queues: [{fifoQueue: true}]}", "/queues/0 has no 'name'"),
    ("stomp", "operation", "{a: 1}", "unknown key 'a'"),
    ("ws", "channel", "{hello: 1, bindingVersion: 1.1.1}", "unknown key 'hello'"),
    ("ws", "channel", "{method: PUT}", "expected one of GET, POST"),
    ("ws", "operation", "{hello: 1}", "unknown key 'hello'"),
]
WRONG_PLACE = [
    ("ws", "server", "{headers: {type: object}}", "headers"),
    ("http", "channel", "{method: GET}", "method"),
    ("http", "operation", "{headers: {type: object}}", "headers"),
    ("amqp", "message", "{replyTo: q}", "replyTo"),
]


def placed(kind: str, protocol: str, binding: str, version: Family) -> str:
    text = PLACES[version]
    for each in ("server", "channel", "operation", "message"):
        text = text.replace(each.upper(), f"{{{protocol}: {binding}}}" if each == kind else "{}")
    return text


@pytest.mark.parametrize("version", PLACES, ids=["2", "3"])
@pytest.mark.parametrize(("protocol", "kind", "binding"), VALID)
def test_what_the_tables_allow(protocol: str, kind: str, binding: str, version: Family) -> None:
    """Not even a note."""
    tree = tree_of(placed(kind, protocol, binding, version))
    assert family(tree) is version
    assert judged(tree.root, version) == []


@pytest.mark.parametrize("version", PLACES, ids=["2", "3"])
@pytest.mark.parametrize(("protocol", "kind", "binding", "says"), INVALID)
def test_what_they_do_not(protocol: str, kind: str, binding: str, says: str, version: Family) -> None:
    """One sentence, at the line of the binding."""
    found = defects(tree_of(placed(kind, protocol, binding, version)), version)
    assert len(found) == 1
    assert found[0].where == f"a.yaml:{LINES[version][kind]}"
    assert says in str(found[0])
    assert f"/bindings/{protocol}" in str(found[0])


@pytest.mark.parametrize("version", PLACES, ids=["2", "3"])
@pytest.mark.parametrize(("protocol", "kind", "binding", "key"), WRONG_PLACE)
def test_a_field_of_the_protocols_other_binding_is_noted(
    protocol: str, kind: str, binding: str, key: str, version: Family
) -> None:
    """Public documents do it; nobody reads it, so every command says so."""
    found = judged(tree_of(placed(kind, protocol, binding, version)).root, version)
    assert [(type(each), getattr(each, "rule", "")) for each in found] == [(Note, "unknown-key")]
    note = found[0]
    assert isinstance(note, Note)
    assert note.loud
    assert (note.where.line, f"unknown key {key!r}" in note.says) == (LINES[version][kind], True)


def test_a_line_of_its_own() -> None:
    """The field's, not the binding's."""
    text = placed("channel", "kafka", "\n        topic: t\n        partitions: none\n     ", Family.ASYNCAPI2)
    found = defects(
        tree_of(text.replace("{kafka:", "\n      kafka:").replace("     }", "")), Family.ASYNCAPI2
    )
    assert [str(each) for each in found] == [
        'a.yaml:9: /channels/~1room/bindings/kafka/partitions is "none"; expected a value of type integer'
    ]


@pytest.mark.parametrize("group", ["server", "channel", "operation", "message"])
def test_components_and_references(group: str) -> None:
    """A binding that is a component is judged there; a reference to one is taken for one."""
    text = PLACES[Family.ASYNCAPI3].replace(group.upper(), f"{{$ref: '#/components/{group}Bindings/one'}}")
    for each in ("SERVER", "CHANNEL", "OPERATION", "MESSAGE"):
        text = text.replace(each, "{}")
    text += f"components:\n  {group}Bindings:\n    one: {{stomp: {{}}, nats: {{$ref: '#/x'}}}}\n"
    assert judged(tree_of(text).root, Family.ASYNCAPI3) == []
    found = defects(tree_of(text.replace("stomp: {}", "stomp: {a: 1}")), Family.ASYNCAPI3)
    assert [each.where for each in found] == [f"a.yaml:{text.count(chr(10))}"]


def test_a_schema_that_is_but_a_map_of_names_is_noted() -> None:
    """It promises nothing, whatever it is meant to say."""
    text = placed("channel", "ws", "{query: {token: {type: string}}}", Family.ASYNCAPI3)
    (note,) = judged(tree_of(text).root, Family.ASYNCAPI3)
    assert isinstance(note, Note)
    assert (note.rule, note.loud, note.where.line) == ("bare-properties", True, 6)


DIFFERENT = {
    ("ibmmq", "0.1.0", "channel"): {"queue"},
    ("ibmmq", "0.1.0", "message"): {"headers"},
    ("solace", "0.2.0", "server"): {"msgVpn"},
}
"""What hangs on another field (destinationType, type), and what the official schema misspells (msvVpn)."""


def official() -> Iterator[tuple[str, str, str, set[str]]]:
    """Protocol, version, kind and fields of each official schema."""
    folder = installed() / "node_modules" / "@asyncapi" / "specs" / "bindings"
    for path in sorted(folder.glob("*/*/*.json")):
        protocol = "ws" if path.parts[-3] == "websockets" else path.parts[-3]
        fields = json.loads(path.read_text("utf-8"))["properties"]
        yield protocol, path.parts[-2], path.stem, set(fields) - {"bindingVersion"}


def taken(protocol: str, kind: str, version: str, key: str) -> bool:
    """Whether a field may stand there, whatever is in it."""
    binding = json.dumps({key: None, "bindingVersion": version})
    found = judged(tree_of(placed(kind, protocol, binding, Family.ASYNCAPI3)).root, Family.ASYNCAPI3)
    says = [str(each) if isinstance(each, DocumentError) else each.says for each in found]
    return not any("unknown key" in each or "expected nothing" in each for each in says)


def test_the_official_schemas_have_the_same_fields() -> None:
    """Of each protocol, version and kind."""
    found = list(official())
    known = {(protocol, kind): set[str]() for protocol, _, kind, _ in found}
    for protocol, _, kind, fields in found:
        known[protocol, kind] |= fields
    different = {
        (protocol, version, kind): wrong
        for protocol, version, kind, fields in found
        if (
            wrong := {
                key for key in known[protocol, kind] if taken(protocol, kind, version, key) != (key in fields)
            }
        )
    }
    assert different == DIFFERENT
    assert len(found) > 50


def test_bindings_are_found_whatever_their_object_is_called() -> None:
    """A channel may be called what a schema is called elsewhere."""
    text = placed("channel", "nats", "{a: 1}", Family.ASYNCAPI3).replace("room", "payload")
    assert [each.where for each in defects(tree_of(text), Family.ASYNCAPI3)] == ["a.yaml:6"]
