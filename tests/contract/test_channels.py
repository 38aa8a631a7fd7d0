"""Several channels in one document: a service for each address, and which rules belong to which."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.contract.loading import load
from conformance.documents.find import find
from conformance.errors import DocumentError, UsageError
from tests.contract.build import notes_of, service_of, services_of

YARD = """\
asyncapi: 3.0.0
info: {title: Yard, version: '1'}
channels:
  gate:
    address: gate
    messages:
      open: {payload: {type: object, required: [op], properties: {op: {const: open}, who: {type: string}}}}
      opened: {payload: {type: object, required: [op], properties: {op: {const: opened}, at: {type: number}}}}
  crane:
    address: '/crane/{number}'
    parameters: {number: {}}
    messages:
      lift: {payload: {type: object, required: [op], properties: {op: {const: lift}}}}
      opened: {payload: {type: object, required: [op], properties: {op: {const: lifted}}}}
operations:
  enter:
    action: receive
    channel: {$ref: '#/channels/gate'}
    messages: [{$ref: '#/channels/gate/messages/open'}]
    reply: {messages: [{$ref: '#/channels/gate/messages/opened'}]}
  hoist:
    action: receive
    channel: {$ref: '#/channels/crane'}
    messages: [{$ref: '#/channels/crane/messages/lift'}]
    reply: {channel: {$ref: '#/channels/crane'}}
x-conformance:
  silence: {before_first_command: true}
  roles: {yard.enter: enter, yard.hoist: hoist, yard.place: 'lift#/op'}
  deadlines: [{name: hurry, stopped_by: open, after_ms: 1000, within_ms: 500, close: 1008}]
  sources: {clock: {operation: enter, message: opened, values: {now: /at}}}
"""


def test_each_address_is_a_service() -> None:
    """Named by the document and its address, with the messages and commands of its own channels."""
    (gate, _), (crane, _) = services_of(YARD, "yard")
    assert [each.name for each in (gate, crane)] == ["yard.gate", "yard.crane-number"]
    assert [each.address for each in (gate, crane)] == ["/gate", "/crane/{number}"]
    assert (list(gate.messages), list(crane.messages)) == (["open", "opened"], ["lift", "opened"])
    assert (list(gate.operations), list(crane.operations)) == (["enter"], ["hoist"])
    assert crane.operations["hoist"].replies == ("opened",)
    assert dict(crane.parameters) == {"number": ""}


def test_a_rule_belongs_where_its_names_are() -> None:
    """What names nothing belongs to all, a source of values to the first alone."""
    (gate, gates), (crane, cranes) = services_of(YARD, "yard")
    assert (dict(gate.rules.roles), dict(crane.rules.roles)) == (
        {"yard.enter": ("enter",)},
        {"yard.hoist": ("hoist",), "yard.place": ("lift#/op",)},
    )
    assert [len(each.rules.deadlines) for each in (gate, crane)] == [1, 0]
    assert [len(each.rules.sources) for each in (gate, crane)] == [1, 0]
    assert "yard.gate/silence/before_first_command" in gates.clauses
    assert "yard.crane-number/silence/before_first_command" in cranes.clauses


def test_a_name_that_exists_nowhere_is_an_error() -> None:
    """A rule about nothing would pass for ever."""
    with pytest.raises(DocumentError, match=r"a.yaml:28: there is no operation 'leave'"):
        services_of(YARD.replace("yard.enter: enter", "yard.enter: leave"))


def test_names_do_not_depend_on_the_order() -> None:
    """Where two addresses give one word, their own order numbers them, not the channels'."""
    text = """
    asyncapi: 2.6.0
    info: {title: T, version: '1'}
    channels: {ONE: {publish: {message: {}}}, TWO: {publish: {message: {}}}, /: {publish: {message: {}}}}
    """
    for first, second in (("/a/b", "/a-b"), ("/a-b", "/a/b")):
        made = services_of(text.replace("ONE", first).replace("TWO", second))
        assert {each.address: each.name for each, _ in made} == {
            "/a-b": "toy.a-b",
            "/a/b": "toy.a-b-2",
            "/": "toy.root",
        }


TOPICS = """\
asyncapi: 2.6.0
info: {title: T, version: '1'}
channels:
  ticker: {subscribe: {message: {name: tick, payload: {type: object}}}}
  trades: {subscribe: {message: {name: deal, payload: {type: array}}}}
  control: {publish: {message: {name: subscribe, payload: {type: object}}}}
"""


def test_topics_of_one_connection() -> None:
    """The document can say where its channels really are."""
    service, _ = service_of(TOPICS + "x-conformance: {address: /ws}\n")
    assert (service.name, service.address) == ("toy", "/ws")
    assert list(service.messages) == ["tick", "deal", "subscribe"]


def test_channels_that_look_like_topics_are_noted() -> None:
    """Each is taken for an address, which every command says."""
    assert len(services_of(TOPICS)) == 3
    assert notes_of(TOPICS) == [
        "topic-channels a.yaml:3: "
        "the document has 3 channels that look like topics, and each is taken for an address: "
        "x-conformance.address at the root says where they all are"
    ]


def test_channels_without_address_are_on_the_one_connection() -> None:
    """AsyncAPI 3.0.0, Channel Object: null when the address is not known before."""
    text = YARD.replace("address: '/crane/{number}'", "address: null")
    service, _ = service_of(text, "yard")
    assert (service.name, service.address) == ("yard", "/gate")
    assert list(service.operations) == ["enter", "hoist"]
    assert list(service.messages) == ["open", "opened", "lift", "crane.opened"]


ELSEWHERE = "reply: {channel: {$ref: '#/channels/gate'}}"


def test_a_reply_at_another_address_is_noted() -> None:
    """It cannot come over the connection that the command was sent on."""
    text = YARD.replace("reply: {channel: {$ref: '#/channels/crane'}}", ELSEWHERE)
    (_, _), (crane, _) = services_of(text)
    assert crane.operations["hoist"].replies == ()
    assert notes_of(text) == [
        "reply-elsewhere a.yaml:25: "
        "the reply to hoist comes over the channel gate, which is at another address"
    ]


def test_channels_of_other_servers_are_left_out() -> None:
    """What is on a broker only is not ours; servers go with the channels that are on them."""
    text = YARD.replace(
        "channels:\n",
        "servers:\n"
        "  here: {host: localhost, protocol: ws}\n"
        "  there: {host: example.com, protocol: wss}\n"
        "  broker: {host: example.com, protocol: kafka}\n"
        "channels:\n"
        "  queue: {address: q, servers: [{$ref: '#/servers/broker'}]}\n",
        1,
    ).replace("    address: gate\n", "    address: gate\n    servers: [{$ref: '#/servers/here'}]\n")
    (gate, _), (crane, _) = services_of(text)
    assert [each.name for each in gate.servers] == ["here"]
    assert [each.name for each in crane.servers] == ["here", "there"]
    assert [each.split()[0] for each in notes_of(text)] == ["other-protocol", "other-protocol"]


@pytest.mark.parametrize(
    ("parameter", "address"),
    [
        ("{default: x}", "/c/x"),
        ("{enum: [y, z]}", "/c/y"),
        ("{examples: [w]}", "/c/w"),
        ("{default: x, enum: [y]}", "/c/x"),
        ("{}", "/c/{p}"),
        ("{$ref: '#/components/parameters/p'}", "/c/q"),
    ],
)
def test_parameters_of_addresses(parameter: str, address: str) -> None:
    """What the document knows of a parameter stands in the address; what nobody knows stays a hole."""
    service, _ = service_of(
        f"""
        asyncapi: 3.1.0
        info: {{title: T, version: '1'}}
        channels: {{c: {{address: '/c/{{p}}', parameters: {{p: {parameter}}}}}}}
        components: {{parameters: {{p: {{default: q}}}}}}
        """
    )
    assert (service.address, service.template) == (address, "/c/{p}")


def test_a_perspective_of_no_document_is_wrong_usage() -> None:
    """The sentence names the documents that there are."""
    with pytest.raises(UsageError, match="--perspective gatway: no such document"):
        load(replace(find(), perspective={"gatway": "client"}))


SHARED = """\
channel:
  address: /shared
  messages: {note: {$ref: '#/message'}}
message:
  summary: Shared.
  payload: {$ref: '#/schema'}
schema: {type: object, required: [text]}
server: {host: 'localhost:1', protocol: ws}
operation:
  action: receive
  channel: {$ref: 'main.yaml#/channels/c'}
"""
MAIN = """\
asyncapi: 3.0.0
info: {title: Main, version: '1'}
servers: {one: {$ref: 'shared.yaml#/server'}}
channels: {c: {$ref: 'shared.yaml#/channel'}}
operations: {tell: {$ref: 'shared.yaml#/operation'}}
"""


def test_parts_may_be_in_other_files(tmp_path: Path) -> None:
    """A channel, a message, a server, an operation: followed, and judged like those of the document."""
    main, shared = tmp_path / "main.yaml", tmp_path / "shared.yaml"
    main.write_text(MAIN, "utf-8")
    shared.write_text(SHARED, "utf-8")
    (service,) = load(find(asyncapi=[str(main)])).services.values()
    assert (service.address, [each.url for each in service.servers]) == ("/shared", ["ws://localhost:1"])
    assert service.operations["tell"].message == "note"
    shared.write_text(SHARED.replace("  summary: Shared.", "  payloads: {}"), "utf-8")
    with pytest.raises(DocumentError, match=r"shared.yaml:5: unknown key 'payloads' .*did you mean payload"):
        load(find(asyncapi=[str(main)]))
    shared.write_text(SHARED.replace("action: receive", "x-conformance: 5"), "utf-8")
    with pytest.raises(DocumentError, match=r"shared.yaml:9: /operation has no 'action'.*and 1 more"):
        load(find(asyncapi=[str(main)]))
