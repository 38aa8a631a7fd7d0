"""Documents written from the client's point of view: found out on clear evidence, said, and turned round."""

from __future__ import annotations

import pytest

from conformance.contract.perspective import asking, doing
from tests.contract.build import CHAT, notes_of, service_of, services_of

FEED = """\
asyncapi: 3.0.0
info: {title: Feed, version: '1'}
channels:
  feed:
    address: /
    messages:
      subscribe:
        payload: {type: object, required: [op], properties: {op: {const: subscribe}, on: {type: string}}}
      ping: {payload: {type: object, required: [op], properties: {op: {const: ping}}}}
      pong: {payload: {type: object, required: [op], properties: {op: {const: pong}}}}
      subscribed: {payload: {type: object, required: [op], properties: {op: {const: subscribed}}}}
      tickerUpdate: {payload: {type: object, required: [op], properties: {op: {const: ticker}}}}
operations:
  subscribe:
    action: send
    channel: {$ref: '#/channels/feed'}
    messages: [{$ref: '#/channels/feed/messages/subscribe'}]
    reply:
      channel: {$ref: '#/channels/feed'}
      messages: [{$ref: '#/channels/feed/messages/subscribed'}]
  ping:
    action: send
    channel: {$ref: '#/channels/feed'}
    messages: [{$ref: '#/channels/feed/messages/ping'}]
  hear:
    action: receive
    channel: {$ref: '#/channels/feed'}
    messages:
      - {$ref: '#/channels/feed/messages/tickerUpdate'}
      - {$ref: '#/channels/feed/messages/pong'}
"""
TURNED = FEED.replace("send", "SEND").replace("action: receive", "action: send").replace("SEND", "receive")


def test_what_the_client_sends_is_a_command() -> None:
    """Its replies belong to it; what the client receives the target sends."""
    service, _ = service_of(FEED)
    assert list(service.operations) == ["subscribe", "ping"]
    assert service.operations["subscribe"].replies == ("subscribed",)
    assert [each.name for each in service.from_target()] == ["pong", "subscribed", "tickerUpdate"]
    assert [each.name for each in service.from_target() if each.event] == ["pong", "tickerUpdate"]


def test_it_is_said_with_the_evidence() -> None:
    """A loud note: what gave it away, where that stands, and how to overrule it."""
    assert notes_of(FEED) == [
        "perspective-client a.yaml:14: the document is written from the client's point of view: "
        "subscribe sends what is answered (a.yaml:14); "
        "what it sends is named subscribe, ping and what it receives is named subscribed, tickerUpdate, pong "
        "(a.yaml:7); what it receives is marked ticker (a.yaml:12); --perspective target overrides this"
    ]
    _, book = service_of(FEED)
    assert "toy/subscribe/reply" in book.clauses


def test_the_same_document_the_right_way_round() -> None:
    """Both mean the same service."""
    turned, _ = service_of(TURNED)
    found, _ = service_of(FEED)
    assert notes_of(TURNED) == []
    assert list(turned.operations) == list(found.operations)
    assert {name: each.sent_by_target for name, each in turned.messages.items()} == {
        name: each.sent_by_target for name, each in found.messages.items()
    }


STATED = "version: '1', x-conformance: {perspective: client}"


@pytest.mark.parametrize("text", [FEED, FEED.replace("version: '1'", STATED)], ids=["found", "stated"])
def test_who_is_asked_decides(text: str) -> None:
    """The option goes before the document, the document before the evidence; nothing is noted then."""
    ((service, _),) = services_of(text, perspective="target")
    assert list(service.operations) == ["hear.tickerUpdate", "hear.pong"]
    assert notes_of(text, "target") == []


def test_the_document_may_say_it() -> None:
    """``info.x-conformance.perspective``, without any evidence."""
    text = CHAT.replace("version: '1'", STATED)
    assert list(service_of(text)[0].operations) == ["listen"]
    assert notes_of(text) == []


def test_version_2_is_turned_round_too() -> None:
    """A client that publishes what it sends follows the specification; one that subscribes to it does not."""
    text = """
    asyncapi: 2.6.0
    info: {title: T, version: '1'}
    channels:
      /:
        WRONG: {message: {oneOf: [{name: subscribe}, {name: unsubscribe}, {name: ping}]}}
        RIGHT: {message: {oneOf: [{name: trade}, {name: bookSnapshot}, {name: error}]}}
    """
    right = service_of(text.replace("WRONG", "publish").replace("RIGHT", "subscribe"))[0]
    wrong = service_of(text.replace("WRONG", "subscribe").replace("RIGHT", "publish"))[0]
    assert [each.message for each in right.operations.values()] == ["subscribe", "unsubscribe", "ping"]
    assert [each.message for each in wrong.operations.values()] == ["subscribe", "unsubscribe", "ping"]


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ("tick", "note"),  # names that say nothing
        ("ping", "pong"),  # two words alone
        ("subscribe", "unsubscribe"),  # on both sides
    ],
)
def test_without_clear_evidence_the_specification_holds(sent: str, received: str) -> None:
    """The document is the target's."""
    text = f"""
    asyncapi: 3.0.0
    info: {{title: T, version: '1'}}
    channels: {{c: {{address: /, messages: {{{sent}: {{payload: true}}, {received}: {{payload: true}}}}}}}}
    operations:
      a:
        action: send
        channel: {{$ref: '#/channels/c'}}
        messages: [{{$ref: '#/channels/c/messages/{sent}'}}]
      b:
        action: receive
        channel: {{$ref: '#/channels/c'}}
        messages: [{{$ref: '#/channels/c/messages/{received}'}}]
    """
    assert [each.message for each in service_of(text)[0].operations.values()] == [received]


MUTE = """
asyncapi: 3.0.0
info: {title: T, version: '1'}
channels: {c: {address: /, messages: {Order: {payload: true}, Cxl: {payload: true}, Levels: {payload: true}}}}
operations:
  placeOrder:
    {action: send, channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/Order'}]}
  cancelOrder:
    {action: send, channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/Cxl'}]}
  onBook:
    {action: receive, channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/Levels'}]}
"""


def test_operations_speak_where_their_messages_do_not() -> None:
    """Orders that the described side sends, and a book that it receives, are a client's."""
    assert list(service_of(MUTE)[0].operations) == ["placeOrder", "cancelOrder"]
    (note,) = notes_of(MUTE)
    assert note.startswith("perspective-client a.yaml:6: ")
    assert (
        "what it sends stands under placeOrder, cancelOrder and what it receives stands under onBook" in note
    )
    turned = (
        MUTE.replace("send", "SEND").replace("action: receive", "action: send").replace("SEND", "receive")
    )
    assert list(service_of(turned)[0].operations) == ["placeOrder", "cancelOrder"]
    assert notes_of(turned) == []


def test_a_message_that_is_named_goes_before_its_operations() -> None:
    """What is told is told, whatever those that send it are called."""
    text = MUTE.replace("Order:", "OrderUpdate:", 1).replace("onBook:", "setLimits:")
    for name in ("Order", "Cxl", "Levels"):
        text = text.replace(f"/{name}'", "/OrderUpdate'")
    assert notes_of(text.replace("receive", "send")) == []


@pytest.mark.parametrize(
    "text",
    [
        MUTE.replace("placeOrder", "sendOrder").replace("cancelOrder", "sendCancel"),
        MUTE.replace("placeOrder", "a").replace("cancelOrder", "b"),
        """
        asyncapi: 2.6.0
        info: {title: T, version: '1'}
        channels:
          /:
            publish: {operationId: onBook, message: {name: Levels}}
            subscribe: {operationId: placeOrder, message: {name: Order}}
        """,
        """
        asyncapi: 2.6.0
        info: {title: T, version: '1'}
        channels:
          /:
            publish: {message: {name: Ok}}
            subscribe: {message: {name: Flow, payload: {properties: {op: {const: sub}}}}}
        """,
    ],
    ids=["sent", "told alone", "version 2", "marks"],
)
def test_little_that_speaks_for_the_client_alone_is_noted(text: str) -> None:
    """Too little to turn the document round, and nothing against it: whoever lints it is told."""
    assert [each.split()[0] for each in notes_of(text)] == ["perspective-unclear"]


def test_what_has_no_name_says_nothing() -> None:
    """Version 2 calls such messages by their place: that it is ``subscribe`` is no evidence."""
    text = """
    asyncapi: 2.6.0
    info: {title: T, version: '1'}
    channels:
      /:
        subscribe: {message: {oneOf: [{payload: {type: object}}, {payload: {type: array}}, {payload: {}}]}}
        publish: {message: {payload: {type: string}}}
      /other:
        subscribe: {message: {payload: {type: object}}}
    """
    assert notes_of(text) == []


@pytest.mark.parametrize("place", ["operation", "message"])
def test_who_has_rules_for_commands_is_the_target(place: str) -> None:
    """Names may be misleading; what is stated of commands is not."""
    rule = "{operation: {within_ms: 9}}" if place == "message" else "{within_ms: 9}"
    text = """
    asyncapi: 2.6.0
    info: {title: T, version: '1'}
    channels:
      /:
        publish: {message: {oneOf: [{name: trade, MESSAGE: RULE}, {name: snapshot}]}, OPERATION: RULE}
        subscribe: {message: {oneOf: [{name: subscribe}, {name: ping}]}}
    """
    misled = text.replace("RULE", "{}").replace("MESSAGE", "x-a").replace("OPERATION", "x-b")
    assert [each.message for each in service_of(misled)[0].operations.values()] == ["subscribe", "ping"]
    names = {"operation": ("x-a", "x-conformance"), "message": ("x-conformance", "x-b")}[place]
    told = text.replace("MESSAGE", names[0]).replace("OPERATION", names[1]).replace("RULE", rule)
    assert [each.message for each in service_of(told)[0].operations.values()] == ["trade", "snapshot"]


def test_doubts_are_noted() -> None:
    """More speaks for the client, but not all: it is read as the specification says, and noted."""
    notes = notes_of(FEED.replace("    action: receive\n", "    action: send\n"))
    assert [each.split()[0] for each in notes] == ["perspective-unclear"]
    assert "is read as the target's" in notes[0]


@pytest.mark.parametrize(
    ("name", "asks"),
    [
        ("subscribe", True),
        ("placeOrder", True),
        ("SubscribeRequest", True),
        ("AUTH_MESSAGE", True),
        ("ping", True),
        ("pong", False),
        ("orderUpdate", False),
        ("subscribeResponse", False),
        ("getTicker", True),
        ("ticker", False),
        ("BookSnapshotEvent", False),
        ("room", None),
        ("", None),
        ("streamRequest.message.9", True),
        ("streamResponse.message.12", False),
    ],
)
def test_names(name: str, asks: bool | None) -> None:
    """Which names are those of commands, and which of what is told."""
    assert asking(name) is asks


@pytest.mark.parametrize(
    ("name", "asks"),
    [
        ("placeOrder", True),
        ("sendCancelOrder", True),
        ("receiveSubmit", True),
        ("onBook", False),
        ("receiveBook", False),
        ("sendOrderUpdate", False),
        ("sendOrder", None),
        ("onOrder", None),
        ("onJoin", None),  # an event as well as a command
        ("book", None),  # what it is about, whoever asks for it
        ("accountStatus", None),
        ("setStatus", None),
        ("getTrades", None),
        ("subscribeTrades", None),  # version 2 has these for messages that are told
        ("chat.subscribe", None),
        ("sendMessage", None),
        ("receive", None),
        ("", None),
    ],
)
def test_names_of_operations(name: str, asks: bool | None) -> None:
    """Which are of commands, and which of what is told; with more care, for they name what is done."""
    assert doing(name) is asks
