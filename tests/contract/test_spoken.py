"""Documents of what is not spoken here are refused in one sentence; all others are not."""

from __future__ import annotations

import pytest

from conformance.codec import codec_for
from conformance.contract.spoken import frames_of, media_type
from conformance.errors import DocumentError
from tests.contract.build import CHAT, notes_of, service_of

SERVERS = "servers: {{broker: {{host: 'localhost:9', protocol: {}}}}}\nchannels:\n"


def of(protocol: str) -> str:
    return CHAT.replace("channels:\n", SERVERS.format(protocol), 1)


def test_another_protocol_is_refused() -> None:
    """A WebSocket upgrade is no promise of a broker's document."""
    with pytest.raises(DocumentError, match="no server of the document speaks WebSocket, only kafka"):
        service_of(of("kafka"))


@pytest.mark.parametrize("protocol", ["ws", "wss", "WSS"])
def test_websocket_is_spoken(protocol: str) -> None:
    """Plain or secure, in whatever case."""
    assert service_of(of(protocol))[0].operations


def test_a_bound_channel_is_spoken() -> None:
    """A channel that is bound to ws is a WebSocket channel, though its server's protocol is http."""
    assert service_of(of("http").replace("address: /room\n", "address: /room\n    bindings: {ws: {}}\n"))


def test_no_server_is_no_other_protocol() -> None:
    """The user gives the address."""
    assert service_of(CHAT)[0].operations


def test_an_unknown_encoding_is_refused() -> None:
    """Nothing would be judged by the rules of an encoding that it is not in."""
    with pytest.raises(DocumentError, match="known here, only application/x-protobuf"):
        service_of(CHAT.replace("application/msgpack", "application/x-protobuf"))


def test_a_protocol_that_is_spelt_otherwise_is_noted() -> None:
    """The specification names it ws and wss; what is meant is clear."""
    (server,) = service_of(of("websocket"))[0].servers
    assert server.url == "ws://localhost:9"
    assert [each.split()[0] for each in notes_of(of("websocket"))] == ["protocol-spelling"]


@pytest.mark.parametrize(
    ("content_type", "frames"),
    [
        ("application/json", "text"),
        ("Application/JSON; charset=utf-8", "text"),
        ("application/vnd.chat+json", "text"),
        ("text/json", "text"),
        ("application/msgpack", "binary"),
        ("application/x-msgpack", "binary"),
        ("application/vnd.msgpack", "binary"),
        ("application/vnd.messagepack", "binary"),
        ("application/vnd.chat+msgpack", "binary"),
        ("application/avro", ""),
        ("text/plain", ""),
        ("image/png", ""),
        ("application/xml", ""),
        ("json", ""),
        ("", ""),
    ],
)
def test_encodings_are_those_of_the_codec(content_type: str, frames: str) -> None:
    """The contract and the codec know the same media types."""
    codec = codec_for(content_type)
    assert frames_of(content_type) == (codec.opcode if codec is not None else "") == frames


@pytest.mark.parametrize(
    ("text", "meant"), [("json", "application/json"), (" msgpack", "application/msgpack"), ("avro", "avro")]
)
def test_a_word_for_a_media_type(text: str, meant: str) -> None:
    """What is clear is read; the rest stays what it is."""
    assert media_type(text) == meant
