"""Documents of what is not spoken here are refused in one sentence; all others are not."""

from __future__ import annotations

import pytest

from conformance.errors import DocumentError
from tests.contract.build import CHAT, service_of

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
