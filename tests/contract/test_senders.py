"""Who sends a message, read in the words of its description."""

from __future__ import annotations

import pytest

from conformance.contract.senders import sender
from tests.contract.build import notes_of, service_of


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Message sent by the client to subscribe to channels.", "client"),
        ("Messages sent from the client\n to the voice server", "client"),
        ("Receive echo message from the client.", "client"),
        ("The Client sends audio data as raw binary.", "client"),
        ("Client message to terminate the session.", "client"),
        ("All client-to-server messages.", "client"),
        ("Send a ping to the server", "client"),
        ("Pushed by the server on change.", "server"),
        ("Message send by server", "server"),
        ("Receive a challenge nonce from the server that must be signed.", "server"),
        ("Server response to any client request, success or failure.", "server"),
        ("Event sent to all connected clients", "server"),
        ("First frame the server sends after the upgrade.", "server"),
    ],
)
def test_plain_words(text: str, side: str) -> None:
    """The side that sends, and the words that say so, as they stand there."""
    who, words = sender(text)
    assert who == side
    assert words
    assert words in " ".join(text.lower().split())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Test connection to the server",
        "Unsubscribe from the server's feed",
        "Order id as assigned by the client",
        "The session has been terminated by the server.",
        "Client can ping the server, the server responds with pong.",
        "What another client sends to the room",
        "A message was sent by a user",
        "Answer of the server to a command sent by the client: sent by the server alone",
        "Client ID of the message's author",
    ],
)
def test_other_words_say_nothing(text: str) -> None:
    """Neither who connects or assigns, nor one of many clients, nor words that speak for both."""
    assert sender(text) == ("", "")


DOCUMENT = """\
asyncapi: 3.0.0
info: {title: Shop, version: '1'}
channels:
  shop:
    address: /
    messages:
      publish.message: {payload: {type: object, properties: {price: {type: integer}}}}
      subscribe.message: {description: WORDS, payload: {type: object, properties: {on: {type: string}}}}
operations:
  one:
    action: receive
    channel: {$ref: '#/channels/shop'}
    messages: [{$ref: '#/channels/shop/messages/publish.message'}]
  two:
    action: send
    channel: {$ref: '#/channels/shop'}
    messages: [{$ref: '#/channels/shop/messages/subscribe.message'}]
"""


def commands(text: str) -> list[str]:
    """The messages that the service takes."""
    return [each.message for each in service_of(text)[0].operations.values()]


def test_a_description_gives_the_point_of_view_away() -> None:
    """What it sends is described as sent by clients: it is the client's document, and that is said."""
    text = DOCUMENT.replace("WORDS", "Message sent by the client to choose.")
    assert commands(text) == ["subscribe.message"]
    assert notes_of(text) == [
        "perspective-client a.yaml:8: the document is written from the client's point of view: "
        "it sends subscribe.message ('sent by the client') (a.yaml:8); --perspective target overrides this"
    ]


def test_names_made_by_a_converter_are_no_evidence() -> None:
    """``subscribe.message`` is what became of a message without a name: of either side."""
    assert commands(DOCUMENT.replace("WORDS", "What was chosen.")) == ["publish.message"]
    several = DOCUMENT.replace("subscribe.message", "subscribe.message.1")
    assert commands(several.replace("WORDS", "Message sent by the server.")) == ["publish.message"]


def test_an_operation_speaks_for_its_messages() -> None:
    """Its summary is evidence too; what speaks against it keeps the document the target's."""
    text = DOCUMENT.replace("WORDS", "What was chosen.")
    told = text.replace("  two:\n", "  two:\n    summary: Messages sent to the server.\n")
    assert commands(told) == ["subscribe.message"]
    against = told.replace("  one:\n", "  one:\n    summary: Messages sent to the server.\n")
    assert commands(against) == ["publish.message"]
